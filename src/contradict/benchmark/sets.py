"""Labelled pairs of files and of the hub → sets to measure on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contradict.benchmark.hub import open_hub_set
from contradict.benchmark.records import LabelledSet
from contradict.labelled_pairs import ENDINGS, PairColumns, Pairs, pairs_from_rows, read_pairs
from contradict.labels import CONTRADICTION, LABELS
from contradict.reading.files import split_name

if TYPE_CHECKING:
    import pandas as pd

_ROWS_NAMED = 5
_REASONS_NAMED = 3


def load_set(
    name_or_file: str | Path, columns: PairColumns | None = None, *, source: Path | None = None
) -> LabelledSet:
    """Load labelled pairs from a file or from the hub.

    Args:
        name_or_file: path of a file that `read_set` takes, or else a name as `contradict.benchmark.hub.open_hub_set`
            takes it, such as `indonli@test_expert`, `xnli:fr` or `owner/name@test`.
        columns: where the rows have what; not used for a set of the hub that is known by name.
        source: folder with the files of a set of the hub, to be read in place of the hub's.

    Raises:
        OSError: the file cannot be read, or the set cannot be loaded.
        ValueError: there is no such file or set, or its rows cannot be used; the message says why.
    """
    columns = columns or PairColumns()
    path = Path(name_or_file)
    if source is None and (path.is_file() or split_name(path)[1] in ENDINGS):
        return read_set(path, columns)
    found = open_hub_set(str(name_or_file), columns, source)
    pairs = pairs_from_rows(found.rows, found.name, found.columns, labelled=True)
    return _to_set(found.name, pairs, found.columns, found.origin)


def read_set(path: Path, columns: PairColumns | None = None) -> LabelledSet:
    """Read labelled pairs from a file, in the formats of `contradict.labelled_pairs.read_pairs`.

    Rows of equal `item` are one item. Where there is no such column, or a row has no item, rows with the same premise
    and hypothesis are one item.

    Args:
        path: the file.
        columns: where its rows have what.

    Raises:
        OSError: the file cannot be read.
        ValueError: its rows cannot be used; the message says why.
    """
    columns = columns or PairColumns()
    pairs = read_pairs(path, columns, labelled=True)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _to_set(split_name(path)[0], pairs, columns, {"file": path.name, "sha256": digest})


def sample(labelled: LabelledSet, rows: int) -> LabelledSet:
    """Draw rows of a set with a fixed seed, without replacement; a set of no more rows is returned as it is.

    Args:
        labelled: the set.
        rows: how many are wanted, at least 1.
    """
    if len(labelled) <= rows:
        return labelled
    drawn = np.sort(np.random.RandomState(0).choice(len(labelled), rows, replace=False))
    taken = take(labelled, drawn)
    of_the_whole = set(_notes_on_labels(labelled.labels, two_way=labelled.two_way))
    notes = (
        *(note for note in labelled.notes if note not in of_the_whole),
        f"{rows:,} of {len(labelled):,} usable rows drawn",
        *_notes_on_labels(taken.labels, two_way=labelled.two_way),
    )
    return replace(taken, notes=notes)


def take(labelled: LabelledSet, rows: np.ndarray) -> LabelledSet:
    """Some rows of a set, with their own digest; name, origin and notes stay.

    Args:
        labelled: the set.
        rows: positions of the rows, in the order wanted.
    """
    premises, hypotheses = [labelled.premises[row] for row in rows], [labelled.hypotheses[row] for row in rows]
    labels, items = labelled.labels[rows], labelled.items[rows]
    return replace(
        labelled,
        premises=premises,
        hypotheses=hypotheses,
        labels=labels,
        items=items,
        languages=None if labelled.languages is None else labelled.languages[rows],
        genres=None if labelled.genres is None else labelled.genres[rows],
        digest=_digest(premises, hypotheses, labels, items),
        item_names=None if labelled.item_names is None else labelled.item_names[rows],
    )


def _to_set(name: str, pairs: Pairs, columns: PairColumns, origin: Mapping[str, str]) -> LabelledSet:
    labels = np.asarray(pairs.labels)
    rows = pairs.rows.iloc[pairs.usable]
    language_columns = ("premise_lang", "lang") if columns.language is None else (columns.language,)
    languages = (_words(rows, column) for column in language_columns)
    distinct = _distinct_pairs(pairs)
    item_names = _words(rows, columns.item or "item")
    items = _items(item_names, distinct)
    two_way = columns.two_way is not None
    return LabelledSet(
        name=name,
        premises=pairs.premises,
        hypotheses=pairs.hypotheses,
        labels=labels,
        two_way=two_way,
        items=items,
        languages=next((words for words in languages if words is not None), None),
        genres=_words(rows, columns.genre or "genre"),
        digest=_digest(pairs.premises, pairs.hypotheses, labels, items),
        origin=dict(origin),
        notes=(
            *_notes_on_left_out(pairs),
            *_notes_on_repeats(pairs.numbers, distinct, labels, items),
            *_notes_on_labels(labels, two_way=two_way),
        ),
        item_names=item_names,
    )


def _distinct_pairs(pairs: Pairs) -> np.ndarray:
    """A number for each row, the same for the same premise and hypothesis; the first row has 0."""
    import pandas as pd

    premises, hypotheses = (
        pd.factorize(np.array(texts, object))[0].astype(np.int64) for texts in (pairs.premises, pairs.hypotheses)
    )
    return pd.factorize(premises * len(hypotheses) + hypotheses)[0].astype(np.int64)


def _words(rows: pd.DataFrame, column: str | None) -> np.ndarray | None:
    """Cells of a column as text, "" for those that are empty; None where there is nothing else."""
    if column not in rows:
        return None
    cells = ["" if cell is None or cell != cell else str(cell).strip() for cell in rows[column]]
    return np.array(cells, object) if any(cells) else None


def _items(named: np.ndarray | None, distinct: np.ndarray) -> np.ndarray:
    import pandas as pd

    if named is None:
        return distinct
    # Names are stripped, so that none of them begins with a space.
    keys = [name or f" {pair}" for name, pair in zip(named, distinct, strict=True)]
    return pd.factorize(np.array(keys, object))[0].astype(np.int64)


def _digest(premises: list[str], hypotheses: list[str], labels: np.ndarray, items: np.ndarray) -> str:
    digest = hashlib.sha256()
    for texts in (premises, hypotheses):
        for text in texts:
            digest.update(f"{text}\0".encode())  # no text has a NUL, so that texts cannot run into each other
    for numbers in (labels, items):
        digest.update(numbers.astype("<i8").tobytes())
    return digest.hexdigest()


def _notes_on_left_out(pairs: Pairs) -> Iterator[str]:
    if not pairs.unusable:
        return
    rows_of = defaultdict(list)
    for row in pairs.unusable:
        rows_of[row.reason].append(row.row or 1)
    reasons = sorted(rows_of, key=lambda reason: -len(rows_of[reason]))
    shown = [f"{reason} ({_rows(rows_of[reason])})" for reason in reasons[:_REASONS_NAMED]]
    if len(reasons) > _REASONS_NAMED:
        shown.append(f"and {len(reasons) - _REASONS_NAMED:,} other reasons")
    count, rows = len(pairs.unusable), len(pairs.unusable) + len(pairs.numbers)
    start = "MORE THAN HALF of the rows cannot be used: " if 2 * count > rows else ""
    yield f"{start}{count:,} of {rows:,} rows left out: {'; '.join(shown)}"


def _notes_on_repeats(
    numbers: np.ndarray, distinct: np.ndarray, labels: np.ndarray, items: np.ndarray
) -> Iterator[str]:
    _, first = np.unique(distinct, return_index=True)
    repeats = np.setdiff1d(np.arange(len(distinct)), first)
    if len(repeats):
        kept = "repeated pair is kept" if len(repeats) == 1 else "repeated pairs are kept"
        together = np.array_equal(items[repeats], items[first[distinct[repeats]]])
        drawn = ", and drawn together with the first" if together else ""
        yield f"{len(repeats):,} {kept}{drawn}: {_rows(numbers[repeats])}"
    labelled = np.unique(distinct * len(LABELS) + labels) // len(LABELS)
    disputed = np.isin(distinct, labelled[1:][labelled[1:] == labelled[:-1]])
    if disputed.any():
        yield f"the same pair has different labels: {_rows(numbers[disputed])}"


def _notes_on_labels(labels: np.ndarray, *, two_way: bool) -> Iterator[str]:
    found = set(labels.tolist())
    if CONTRADICTION not in found:
        hint = "" if two_way else "; if its labels say no more than contradiction or not, state them with --two-way"
        yield f"no row is labelled contradiction: the figures of contradiction are undefined{hint}"
    elif len(found) == 1:
        yield "every row is labelled contradiction: the figures that need others are undefined"
    if len(labels) == 1:
        yield "only one row: no interval means anything"


def _rows(numbers: Sequence[int] | np.ndarray) -> str:
    rows = np.unique(numbers).tolist()
    rest = f" and {len(rows) - _ROWS_NAMED:,} more" if len(rows) > _ROWS_NAMED else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {', '.join(map(str, rows[:_ROWS_NAMED]))}{rest}"
