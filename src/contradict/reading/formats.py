"""File formats: the bytes of a file to numbered rows."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from contradict.reading.rows import NumberedRow, no_text_column, parquet_rows, refuse_repeats
from contradict.reading.text import UnreadableError, decode, split_front_matter

if TYPE_CHECKING:
    from collections.abc import Mapping

Reader = Callable[[bytes, str], list[NumberedRow]]

_CSV_DELIMITERS = ",;\t|"
_STATED_DELIMITER = re.compile(r'sep=([^\w\s"]|\t)\s*', re.IGNORECASE)
_QUOTED_FIELD = re.compile('"(?:[^"]|"")*"')
_PAGE_START = re.compile("<html|<!doctype", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)|<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE
)
_CHARSET_BYTES = 4096
_GENERATOR = "contradict"  # as the reports of this library state it
_FIELD_SIZE_LOCK = threading.Lock()


def plain_text_rows(data: bytes, text_column: str) -> list[NumberedRow]:
    """The one article of a text file, with the fields of its front matter.

    Raises:
        UnreadableError: no text, or an empty one.
    """
    fields, text = split_front_matter(decode(data))
    return [(None, {**fields, text_column: text})]


def html_rows(data: bytes, text_column: str) -> list[NumberedRow]:
    """The main text of a page, with its title, date, site name and language where the page states them.

    Raises:
        UnreadableError: no text, a page in which trafilatura finds no main text, or a report of this library.
    """
    import trafilatura
    from trafilatura.settings import Document

    text = decode(data, _declared_charset(data))
    if not _PAGE_START.search(text):
        text = f"<html><body>{text}</body></html>"  # trafilatura takes some fragments for no HTML
    tree = trafilatura.load_html(text)
    if tree is None:
        raise UnreadableError("not HTML")
    if _GENERATOR in tree.xpath("//meta[@name='generator']/@content"):
        raise UnreadableError("a report that contradict wrote, and no article")
    # Dates found anywhere but in the page's own description of itself are often those of other stories.
    where_dates = {"extensive_search": False, "original_date": True}
    page = trafilatura.bare_extraction(
        tree, include_comments=False, with_metadata=True, date_extraction_params=where_dates
    )
    if not isinstance(page, Document) or not page.text:
        raise UnreadableError("no main text found in the page")
    fields = {
        "title": page.title,
        "source": page.sitename,
        "published": page.date,
        "language": tree.get("lang"),
        text_column: page.text,
    }
    return [(None, fields)]


def json_rows(data: bytes, text_column: str) -> list[NumberedRow]:
    """Rows of a JSON file: a list of rows, counted from 1, or one row, or one row a line.

    Raises:
        UnreadableError: no text, broken JSON, no rows, or none with the text column.
    """
    text = decode(data)
    try:
        value = _parse_json(text)
    except UnreadableError:
        if not text.lstrip().startswith("{"):
            raise
        return json_lines_rows(data, text_column)
    rows = list(enumerate(value, start=1)) if isinstance(value, list) else [(None, value)]
    return _checked([(number, _require_object(row)) for number, row in rows], text_column)


def json_lines_rows(data: bytes, text_column: str) -> list[NumberedRow]:
    """Rows of a JSON lines file; a row's number is its line, counted from 1. Blank lines are passed over.

    Raises:
        UnreadableError: no text, or no row with the text column.
    """
    rows: list[NumberedRow] = []
    for line, content in enumerate(decode(data).split("\n"), start=1):
        if content.strip():
            try:
                rows.append((line, _require_object(_parse_json(content))))
            except UnreadableError as error:
                rows.append((line, str(error)))
    return _checked(rows, text_column)


def csv_rows(data: bytes, text_column: str) -> list[NumberedRow]:
    """Rows of a CSV or TSV file; a row's number is the line on which it starts, counted from 1.

    The header is the first line that is not blank. The delimiter is that of a line `sep=;` before it, or else that of
    comma, semicolon, tab and bar by which the header has the text column. Where each line parted by tabs is a whole
    row, and not all quotation marks that begin a field close it, they belong to the text. Otherwise a row with broken
    quotes costs no other row: reading goes on with the next line.

    Raises:
        UnreadableError: no text, a broken header, a column twice, no rows, or no text column.
    """
    lines = list(io.StringIO(decode(data)))
    first, delimiter = _find_header(lines, text_column)
    rows: list[NumberedRow] = []
    header: list[str] | None = None
    for line, fields in _csv_records(lines, first, delimiter):
        if header is None:
            if isinstance(fields, str):
                raise UnreadableError(f"header: {fields}")
            header = [name.strip() for name in fields]
            refuse_repeats(name for name in header if name or name == text_column)
        elif isinstance(fields, str):
            rows.append((line, fields))
        elif len(fields) != len(header):
            rows.append((line, f"{len(fields)} fields; the header has {len(header)}"))
        else:
            rows.append((line, dict(zip(header, fields, strict=True))))
    if header is not None and text_column not in header:
        raise no_text_column(text_column, header)
    return _checked(rows, text_column)


READERS: Mapping[str, Reader] = {
    ".txt": plain_text_rows,
    ".md": plain_text_rows,
    ".html": html_rows,
    ".htm": html_rows,
    ".jsonl": json_lines_rows,
    ".ndjson": json_lines_rows,
    ".json": json_rows,
    ".csv": csv_rows,
    ".tsv": csv_rows,
    ".parquet": parquet_rows,
}
"""How files are read, by their ending in lower case."""


def _checked(rows: list[NumberedRow], text_column: str) -> list[NumberedRow]:
    """The rows, where there are any and not all lack the text column: that is said once, not for each row."""
    if not rows:
        raise UnreadableError("empty: no rows")
    found = [row for _, row in rows if not isinstance(row, str)]
    if found and not any(text_column in row for row in found):
        raise no_text_column(text_column, dict.fromkeys(name for row in found for name in row))
    return rows


def _parse_json(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"broken JSON: {error.msg}, at character {error.pos + 1}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"broken JSON: {error}") from error


def _require_object(value: object) -> Mapping[str, object] | str:
    return value if isinstance(value, dict) else f"no row but a JSON {type(value).__name__}; an object is wanted"


def _declared_charset(data: bytes) -> str | None:
    found = _CHARSET.search(data[:_CHARSET_BYTES])
    return (found[1] or found[2]).decode("ascii") if found else None


def _find_header(lines: list[str], text_column: str) -> tuple[int, str]:
    """Position of the header, and the delimiter."""
    filled = (position for position, line in enumerate(lines) if line.strip())
    first = next(filled)
    stated = _STATED_DELIMITER.fullmatch(lines[first])
    if stated is None:
        return first, _find_delimiter(lines[first], text_column)
    return next(filled, len(lines)), stated[1]


def _find_delimiter(header: str, text_column: str) -> str:
    for delimiter in _CSV_DELIMITERS:
        if text_column in [name.strip().strip('"') for name in header.split(delimiter)]:
            return delimiter
    return _CSV_DELIMITERS[0]


def _csv_records(lines: list[str], first: int, delimiter: str) -> list[tuple[int, list[str] | str]]:
    """First line and fields of each record from the header on, or why it is none."""
    quoted = delimiter != "\t" or not _has_bare_quotes(lines[first:])
    with _FIELD_SIZE_LOCK:
        limit = csv.field_size_limit()
        csv.field_size_limit(max(limit, sum(map(len, lines))))
        try:
            return list(_parse_csv(lines, first, delimiter, quoted=quoted))
        finally:
            csv.field_size_limit(limit)


def _has_bare_quotes(lines: list[str]) -> bool:
    """Whether lines parted by tabs are all whole rows, in which some fields begin with a quotation mark of the text."""
    rows = [line.rstrip("\n").split("\t") for line in lines if line.strip()]
    if not rows or len(rows[0]) == 1 or any(len(row) != len(rows[0]) for row in rows):
        return False
    return any(field.startswith('"') and not _QUOTED_FIELD.fullmatch(field) for row in rows for field in row)


def _parse_csv(lines: list[str], start: int, delimiter: str, *, quoted: bool) -> Iterator[tuple[int, list[str] | str]]:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    while start < len(lines):
        done = start
        rest = (lines[position] for position in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True, quoting=quoting)
        try:
            for fields in reader:
                if fields:
                    yield done + 1, fields
                done = start + reader.line_num
            return
        except csv.Error as error:
            # An open quote swallows the lines after it, which may be sound rows.
            yield done + 1, f"broken row: {error}"
            start = done + 1
