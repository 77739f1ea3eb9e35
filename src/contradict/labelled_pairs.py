"""Files of statement pairs, labelled or not → data frames, and what could not be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from contradict.labels import LABELS, LabelColumn, LabelError
from contradict.reading.files import read_bytes, split_name
from contradict.reading.formats import READERS
from contradict.reading.rows import NumberedRow, parquet_rows
from contradict.reading.text import UnreadableError, make_usable
from contradict.records import Unreadable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
"""How the names of files of pairs end, but for a final `.gz`."""


@dataclass(frozen=True, slots=True)
class PairColumns:
    """Where a file's rows have what, and what their labels mean.

    Labels are words in one of the usual spellings, or the numbers 0 to 2. Where they are not, or stand in another
    order, one of `label_order`, `label_values` and `two_way` says what they are. A label that is empty, `-` or -1 never
    means anything but that there is none.

    Attributes:
        premise: column of the first text.
        hypothesis: column of the second text.
        label: column of the label.
        label_order: what the numbers 0, 1, 2 in that column stand for; words are understood by themselves.
        label_values: what that column holds for entailment, for neutral and for contradiction; nothing else is taken.
        two_way: in a set that says no more than contradiction or not, what that column holds for "not a contradiction"
            and for "contradiction"; nothing else is taken.
        language: column of the premise's language; None for `premise_lang` or else `lang`, where there is one.
        genre: column of the genre; None for `genre`, where there is one.
        item: column with the same value in rows that belong together, such as translations of one pair; None for
            `item`, where there is one.
    """

    premise: str = "premise"
    hypothesis: str = "hypothesis"
    label: str = "label"
    label_order: tuple[str, ...] = LABELS
    label_values: tuple[str, ...] | None = None
    two_way: tuple[str, ...] | None = None
    language: str | None = None
    genre: str | None = None
    item: str | None = None

    def __post_init__(self) -> None:
        self.label_column()

    def label_column(self) -> LabelColumn:
        """What the labels mean, with none taken yet."""
        return LabelColumn(self.label, self.label_order, self.label_values, self.two_way)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A file of pairs.

    Attributes:
        rows: every row that could be parsed, in the file's order and with the file's columns; all of dtype object, with
            None for what a row lacks. Lone surrogates and NULs are U+FFFD.
        usable: int64, ascending: the positions in `rows` of the pairs that can be used.
        numbers: int64, ascending: the number of each usable row, by which messages name it: from 1, and for JSON lines
            and CSV the line of the file.
        premises: the first text of each usable row, in order.
        hypotheses: the second text of each usable row, in order.
        labels: int64, index into `LABELS` of each usable row, in order; in a two-way set `NEUTRAL` stands for "not a
            contradiction". None where labels were not asked for.
        unusable: the other rows, and those that could not be parsed, in the file's order, with the reasons.
    """

    rows: pd.DataFrame
    usable: np.ndarray
    numbers: np.ndarray
    premises: list[str]
    hypotheses: list[str]
    labels: np.ndarray | None
    unusable: tuple[Unreadable, ...]


def read_pairs(path: Path, columns: PairColumns | None = None, *, labelled: bool) -> Pairs:
    """Read a file of pairs: `.jsonl`, `.ndjson`, `.json`, `.csv`, `.tsv` or `.parquet`, gzipped or not.

    Args:
        path: the file.
        columns: names of the columns.
        labelled: whether each row must have a label. A label of -1 or an empty one means that there is none.

    Raises:
        OSError: the file is not there, or the system does not let it be read.
        ValueError: it is damaged, lacks a column, has no usable row, or labels that cannot be told apart for sure; the
            message names file and reason.
    """
    columns = columns or PairColumns()
    return pairs_from_rows(_read_rows(path, columns.premise), str(path), columns, labelled=labelled)


def pairs_from_rows(rows: Iterable[NumberedRow], name: str, columns: PairColumns, *, labelled: bool) -> Pairs:
    """Take the pairs of rows that were read already.

    Args:
        rows: as a reader gives them.
        name: what messages call the place that they come from.
        columns: names of the columns.
        labelled: whether each row must have a label.

    Raises:
        ValueError: as for `read_pairs`.
    """
    import numpy as np

    numbers, frame, unusable = _split_parsed(rows, name)
    labels = columns.label_column()
    usable: list[int] = []
    pairs: list[tuple[str, str]] = []
    for position, (premise, hypothesis, label) in enumerate(_cells(frame, name, columns, labelled=labelled)):
        try:
            pair = _text(premise, columns.premise), _text(hypothesis, columns.hypothesis)
            if labelled:
                labels.add(label, numbers[position])
        except (UnreadableError, LabelError) as error:
            unusable.append(Unreadable(make_usable(name), numbers[position], str(error)))
            continue
        pairs.append(pair)
        usable.append(position)
    unusable.sort(key=lambda row: row.row or 1)
    if not usable:
        first = [f"the first, row {row.row}: {row.reason}" for row in unusable[:1]]
        raise ValueError("; ".join([f"{name}: no usable row", *first, *labels.hints]))
    try:
        labels.check()
    except LabelError as error:
        raise ValueError(f"{name}: {error}") from error
    return Pairs(
        frame,
        np.array(usable, np.int64),
        np.array(numbers, np.int64)[usable],
        [premise for premise, _ in pairs],
        [hypothesis for _, hypothesis in pairs],
        np.array(labels.indices, np.int64) if labelled else None,
        tuple(unusable),
    )


def _read_rows(path: Path, column: str) -> Iterator[NumberedRow]:
    _, ending = split_name(path)
    if ending not in ENDINGS:
        raise ValueError(f"{path}: ends in {ending or 'nothing'}; pairs are read from {', '.join(ENDINGS)}")
    read = partial(parquet_rows, every_column=True) if ending == ".parquet" else READERS[ending]
    try:
        yield from read(read_bytes(path), column)
    except UnreadableError as error:
        raise ValueError(f"{path}: {error}") from error


def _split_parsed(rows: Iterable[NumberedRow], name: str) -> tuple[list[int], pd.DataFrame, list[Unreadable]]:
    """Numbers and cells of the rows that could be parsed, and the others."""
    numbers: list[int] = []
    parsed: list[Mapping[str, object]] = []
    broken: list[Unreadable] = []
    for number, row in rows:
        if isinstance(row, str):
            broken.append(Unreadable(make_usable(name), number or 1, row))
        else:
            numbers.append(number or 1)  # the one row of a JSON object has none
            parsed.append(row)
    return numbers, _frame(parsed), broken


def _frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    import pandas as pd

    names = dict.fromkeys(name for row in rows for name in row)
    # As objects, since a missing number would make floats of whole numbers.
    columns = {name: pd.Series([_cleaned(row.get(name)) for row in rows], dtype=object) for name in names}
    return pd.DataFrame(columns, range(len(rows))).rename(columns=make_usable)


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return make_usable(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {make_usable(name): _cleaned(item) for name, item in value.items()} if isinstance(value, dict) else value


def _cells(
    frame: pd.DataFrame, name: str, columns: PairColumns, *, labelled: bool
) -> Iterable[tuple[object, object, object]]:
    """Premise, hypothesis and label of each row."""
    if not len(frame):
        return ()
    wanted = [columns.premise, columns.hypothesis, *([columns.label] if labelled else [])]
    others = [column for column in (columns.language, columns.genre, columns.item) if column is not None]
    missing = [column for column in [*wanted, *others] if column not in frame]
    if missing:
        raise ValueError(f"{name}: no column {', '.join(missing)}; columns found: {', '.join(map(str, frame))}")
    labels = frame[columns.label] if labelled else [None] * len(frame)
    return zip(frame[columns.premise], frame[columns.hypothesis], labels, strict=True)


def _text(text: object, column: str) -> str:
    if text is None or text != text or (isinstance(text, str) and not text.strip()):  # NaN differs from itself
        raise UnreadableError(f"{column} is empty")
    if not isinstance(text, str):
        raise UnreadableError(f"{column} is {text!r}; a string is wanted")
    return text
