"""Files of statement pairs, labelled or not → data frames, and what could not be used."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from contradict.labels import LABELS, label_index
from contradict.reading.formats import READERS
from contradict.reading.rows import NumberedRow
from contradict.reading.text import UnreadableError
from contradict.records import Unreadable

if TYPE_CHECKING:
    import pandas as pd

_ENDINGS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet")


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
    """Rows of a file of pairs.

    Attributes:
        rows: the file's columns, with `premise`, `hypothesis` and, where asked for, `label` (index into `LABELS`) under
            these names; one row for each that can be used, in the file's order.
        unusable: the other rows, and why.
    """

    rows: pd.DataFrame
    unusable: tuple[Unreadable, ...]


def read_pairs(path: Path, columns: PairColumns | None = None, *, labelled: bool) -> Pairs:
    """Read a file of pairs: `.jsonl`, `.json`, `.csv`, `.tsv` or `.parquet`, gzipped or not.

    Args:
        path: the file.
        columns: names of the columns.
        labelled: whether each row must have a label. A label of -1 or an empty one means that there is none.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read, lacks a column, or has no usable row; the message names file and reason.
    """
    import pandas as pd

    columns = columns or PairColumns()
    wanted = [columns.premise, columns.hypothesis, *([columns.label] if labelled else [])]
    try:
        numbered = _read_rows(path, columns.premise)
    except (UnreadableError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: {error}") from error
    present = {name for _, row in numbered if not isinstance(row, str) for name in row}
    missing = [name for name in wanted if name not in present]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; columns found: {', '.join(sorted(present))}")
    usable, unusable = [], []
    for number, row in numbered:
        try:
            usable.append(_checked_row(row, columns, labelled=labelled))
        except UnreadableError as error:
            unusable.append(Unreadable(str(path), number, str(error)))
    if not usable:
        raise ValueError(f"{path}: no usable row; the first, row {unusable[0].row}: {unusable[0].reason}")
    return Pairs(pd.DataFrame(usable), tuple(unusable))


def _read_rows(path: Path, column: str) -> Sequence[NumberedRow]:
    zipped = path.suffix.lower() == ".gz"
    ending = Path(path.stem).suffix.lower() if zipped else path.suffix.lower()
    if ending not in _ENDINGS:
        raise UnreadableError(f"ends in {ending or 'nothing'}; pairs are read from {', '.join(_ENDINGS)}")
    data = gzip.decompress(path.read_bytes()) if zipped else path.read_bytes()
    return _parquet_rows(data) if ending == ".parquet" else READERS[ending](data, column)


def _parquet_rows(data: bytes) -> list[NumberedRow]:
    import pyarrow
    from pyarrow import parquet

    try:
        return list(enumerate(parquet.read_table(pyarrow.BufferReader(data)).to_pylist(), start=1))
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableError(f"damaged Parquet: {error}") from error


def _checked_row(row: Mapping[str, object] | str, columns: PairColumns, *, labelled: bool) -> dict[str, object]:
    if isinstance(row, str):
        raise UnreadableError(row)
    checked = dict(row)
    for name, column in (("premise", columns.premise), ("hypothesis", columns.hypothesis)):
        text = checked.pop(column, None)
        if not isinstance(text, str) or not text.strip():
            raise UnreadableError(
                f"{column} is {'empty' if text in (None, '') or isinstance(text, str) else repr(text)}"
            )
        checked[name] = text
    if labelled:
        checked["label"] = _label(checked.pop(columns.label, None), columns)
    return checked


def _label(value: object, columns: PairColumns) -> int:
    word = "" if value is None or value != value else str(value).strip()
    if word.removesuffix(".0").lstrip("-").isdigit():
        number = int(float(word))
        if number == -1:
            raise UnreadableError("no label (-1)")
        word = columns.label_order[number] if 0 <= number < len(columns.label_order) else word
    index = label_index(word)
    if index is None:
        known = f"{', '.join(LABELS)}, or 0 to 2 for {', '.join(columns.label_order)}"
        raise UnreadableError(f"{columns.label} is {word!r}; wanted is one of {known}" if word else "no label")
    return index
