"""Rows to articles, whatever the rows come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from numbers import Number
from typing import TYPE_CHECKING, Any

from contradict.reading.language import language_of
from contradict.reading.text import UnreadableError, make_usable
from contradict.records import Article, Unreadable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow
    from datasets import Dataset

# Row number, or None for what is one article by nature; and the row, or why it is none.
NumberedRow = tuple[int | None, Mapping[str, object] | str]

_COLUMNS = ("id", "title", "source", "published", "language", "set")
# ISO 8601 allows these; `datetime.fromisoformat` does not.
_YEAR_OR_MONTH = re.compile("[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


def rows_to_articles(
    rows: Iterable[NumberedRow], file: str, stem: str, text_column: str, set_name: str | None = None
) -> Iterator[Article | Unreadable]:
    """Make an article of each row.

    Args:
        rows: numbered rows with the columns of `read_articles`.
        file: where they come from, to name a row that cannot be read.
        stem: id of a row without a number, and start of the ids `<stem>-<number>` of rows that state none.
        text_column: the column that holds the text.
        set_name: set of the rows that state none.
    """
    for number, row in rows:
        if isinstance(row, str):
            yield Unreadable(file, number, row)
            continue
        try:
            default_id = stem if number is None else f"{stem}-{number}"
            yield _to_article(row, default_id, text_column, set_name)
        except UnreadableError as error:
            yield Unreadable(file, number, str(error))


def frame_rows(frame: pd.DataFrame, text_column: str) -> list[NumberedRow]:
    """Rows of a data frame, counted from 1.

    Raises:
        UnreadableError: there is no such text column, or one of the columns to read is there twice.
    """
    names = _wanted(frame.columns, text_column)
    part = frame[names].astype(object)
    values = part.where(part.notna(), None).itertuples(index=False, name=None)
    return [(number, dict(zip(names, row, strict=True))) for number, row in enumerate(values, start=1)]


def dataset_rows(dataset: Dataset, text_column: str) -> Iterator[NumberedRow]:
    """Rows of a dataset, counted from 1.

    Raises:
        UnreadableError: there is no such text column.
    """
    part = dataset.with_format(None).select_columns(_wanted(dataset.column_names, text_column))
    return enumerate(part, start=1)


def parquet_rows(data: bytes, text_column: str, *, every_column: bool = False) -> list[NumberedRow]:
    """Rows of a Parquet file, counted from 1. A row with a value that Python cannot hold costs no other row.

    Args:
        data: content of the file.
        text_column: the column that holds the text.
        every_column: whether to read all columns, and not only those of articles.

    Raises:
        UnreadableError: the file is damaged, has no such text column or a column twice, or no rows.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(data))
        names = file.schema_arrow.names
        wanted = _wanted(names, text_column)
        if every_column:
            refuse_repeats(names)
        table = file.read(columns=None if every_column else wanted)
    except UnreadableError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise UnreadableError(f"damaged Parquet: {error}") from error
    if not len(table):
        raise UnreadableError("empty: no rows")
    return list(enumerate(_table_rows(table), start=1))


def no_text_column(text_column: str, columns: Iterable[object]) -> UnreadableError:
    """The error for rows without their text column, which names the columns found."""
    found = ", ".join(map(str, columns)) or "none"
    return UnreadableError(f"no column {text_column!r}; columns found: {found}")


def refuse_repeats(columns: Iterable[object]) -> None:
    """Refuse columns of the same name, of which a row could keep only one.

    Raises:
        UnreadableError: names the first such column.
    """
    for name, count in Counter(columns).items():
        if count > 1:
            raise UnreadableError(f"{count} columns are named {name!r}; each needs a name of its own")


def _table_rows(table: pyarrow.Table) -> list[Mapping[str, object] | str]:
    import pyarrow

    try:
        return list(table.to_pylist())
    except (pyarrow.ArrowException, OverflowError, ValueError) as error:
        if len(table) == 1:
            return [f"a value cannot be read: {error}"]
    half = len(table) // 2
    return _table_rows(table.slice(0, half)) + _table_rows(table.slice(half))


def _wanted(columns: Iterable[Any], text_column: str) -> list[str]:
    names = list(columns)
    if text_column not in names:
        raise no_text_column(text_column, names)
    wanted = [name for name in names if name == text_column or name in _COLUMNS]
    refuse_repeats(wanted)
    return wanted


def _to_article(row: Mapping[str, object], default_id: str, text_column: str, set_name: str | None) -> Article:
    if text_column not in row:
        raise no_text_column(text_column, row)
    text = row[text_column]
    if text is None or (isinstance(text, float) and text != text) or (isinstance(text, str) and not text.strip()):
        raise UnreadableError("the text is empty")
    if not isinstance(text, str):
        raise UnreadableError(f"the text is of type {type(text).__name__}; a string is wanted")
    text = make_usable(text)
    fields = {name: _to_string(row.get(name)) for name in _COLUMNS}
    return Article(
        id=fields["id"] or make_usable(default_id),
        text=text,
        title=fields["title"],
        source=fields["source"],
        published=fields["published"] if _is_iso_8601(fields["published"]) else None,
        language=language_of(fields["language"], text),
        set=fields["set"] or (set_name and make_usable(set_name)),
    )


def _to_string(value: object) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, Number)) and value == value:  # NaN stands for a missing value
        return make_usable(str(value)).strip() or None
    return None


def _is_iso_8601(value: str | None) -> bool:
    try:
        datetime.fromisoformat(value or "")
    except ValueError:
        return _YEAR_OR_MONTH.fullmatch(value or "") is not None
    return True
