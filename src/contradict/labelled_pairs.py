"""Files of statement pairs, labelled or not → data frames, and what could not be used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from contradict.labels import LABELS, label_index
from contradict.reading.files import read_bytes, split_name
from contradict.reading.formats import READERS
from contradict.reading.rows import NumberedRow, parquet_rows
from contradict.reading.text import UnreadableError, make_usable
from contradict.records import Unreadable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")
_WHOLE_NUMBER = re.compile(r"(-?[0-9]+)(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class PairColumns:
    """Where a file's rows have what.

    Attributes:
        premise: column of the first text.
        hypothesis: column of the second text.
        label: column of the label.
        label_order: what the numbers 0, 1, 2 in that column stand for; words are understood by themselves.
    """

    premise: str = "premise"
    hypothesis: str = "hypothesis"
    label: str = "label"
    label_order: tuple[str, ...] = LABELS

    def __post_init__(self) -> None:
        indices = [label_index(name) for name in self.label_order]
        if len(indices) != len(LABELS) or set(indices) != set(range(len(LABELS))):
            raise ValueError(
                f"label order is {','.join(self.label_order)}; it must name {', '.join(LABELS)}, once each"
            )


@dataclass(frozen=True, slots=True)
class Pairs:
    """A file of pairs.

    Attributes:
        rows: every row that could be parsed, in the file's order and with the file's columns; all of dtype object, with
            None for what a row lacks. Lone surrogates and NULs are U+FFFD.
        usable: int64, ascending: the positions in `rows` of the pairs that can be used.
        premises: the first text of each usable row, in order.
        hypotheses: the second text of each usable row, in order.
        labels: int64, index into `LABELS` of each usable row, in order; None where labels were not asked for.
        unusable: the other rows, and those that could not be parsed, in the file's order, with the reasons.
    """

    rows: pd.DataFrame
    usable: np.ndarray
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
        ValueError: it is damaged, lacks a column, or has no usable row; the message names file and reason.
    """
    import numpy as np

    columns = columns or PairColumns()
    rows: list[Mapping[str, object]] = []
    usable: list[int] = []
    pairs: list[tuple[str, str, int | None]] = []
    unusable: list[Unreadable] = []
    for number, row in _read_rows(path, columns.premise):
        try:
            rows.append(_cleaned(row))
            pairs.append(_pair(rows[-1], columns, labelled=labelled))
            usable.append(len(rows) - 1)
        except UnreadableError as error:
            unusable.append(Unreadable(make_usable(str(path)), number, str(error)))
    frame = _frame(rows)
    wanted = [columns.premise, columns.hypothesis, *([columns.label] if labelled else [])]
    missing = [name for name in wanted if name not in frame]
    if rows and missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; columns found: {', '.join(map(str, frame))}")
    if not usable:
        raise ValueError(f"{path}: no usable row; the first, row {unusable[0].row}: {unusable[0].reason}")
    return Pairs(
        frame,
        np.array(usable, np.int64),
        [premise for premise, _, _ in pairs],
        [hypothesis for _, hypothesis, _ in pairs],
        np.array([label for _, _, label in pairs], np.int64) if labelled else None,
        tuple(unusable),
    )


def _read_rows(path: Path, column: str) -> Sequence[NumberedRow]:
    _, ending = split_name(path)
    if ending not in _ENDINGS:
        raise ValueError(f"{path}: ends in {ending or 'nothing'}; pairs are read from {', '.join(_ENDINGS)}")
    read = partial(parquet_rows, every_column=True) if ending == ".parquet" else READERS[ending]
    try:
        return read(read_bytes(path), column)
    except UnreadableError as error:
        raise ValueError(f"{path}: {error}") from error


def _cleaned(row: Mapping[str, object] | str) -> dict[str, object]:
    if isinstance(row, str):
        raise UnreadableError(row)
    return {make_usable(name): _cleaned_cell(value) for name, value in row.items()}


def _cleaned_cell(value: object) -> object:
    if isinstance(value, str):
        return make_usable(value)
    if isinstance(value, list):
        return [_cleaned_cell(item) for item in value]
    return _cleaned(value) if isinstance(value, dict) else value


def _frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    import pandas as pd

    names = dict.fromkeys(name for row in rows for name in row)
    # As objects, since a missing number would make floats of whole numbers.
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})


def _pair(row: Mapping[str, object], columns: PairColumns, *, labelled: bool) -> tuple[str, str, int | None]:
    premise, hypothesis = _text(row, columns.premise), _text(row, columns.hypothesis)
    return premise, hypothesis, _label(row.get(columns.label), columns) if labelled else None


def _text(row: Mapping[str, object], column: str) -> str:
    text = row.get(column)
    if text is None or (isinstance(text, str) and not text.strip()):
        raise UnreadableError(f"{column} is empty")
    if not isinstance(text, str):
        raise UnreadableError(f"{column} is {text!r}; a string is wanted")
    return text


def _label(value: object, columns: PairColumns) -> int:
    word = "" if value is None or value != value else str(value).strip()
    if number := _WHOLE_NUMBER.fullmatch(word):
        if number[1] == "-1":
            raise UnreadableError("no label (-1)")
        word = dict(zip("012", columns.label_order, strict=True)).get(number[1], word)
    index = label_index(word)
    if index is None:
        known = f"{', '.join(LABELS)}, or 0 to 2 for {', '.join(columns.label_order)}"
        raise UnreadableError(f"{columns.label} is {word!r}; wanted is one of {known}" if word else "no label")
    return index
