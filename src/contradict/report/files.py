"""Rows as the bytes of a file, and bytes to a file or to standard output."""

from __future__ import annotations

import csv
import json
import re
import secrets
import sys
import tempfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["table", "jsonl", "csv", "parquet", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)
ENDINGS: Mapping[str, Format] = {
    ".txt": "table",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".html": "html",
}
"""The format that the ending of a file's name, in lower case, stands for."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile("[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?")
# Unicode line ends that JSON leaves as they are, and that some readers take for the end of a JSON line.
_LINE_ENDS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


def json_lines(rows: Iterable[object]) -> bytes:
    r"""Rows as JSON lines in UTF-8, with `\n` line ends; a value that JSON has no form for, as a date, is its text."""
    lines = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    # Half a surrogate pair has no UTF-8 form; Python's escape of it is also JSON's.
    return "".join(f"{line.translate(_LINE_ENDS)}\n" for line in lines).encode("utf-8", "backslashreplace")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""A data frame as CSV in UTF-8, with `\n` line ends; text is quoted.

    Text that a spreadsheet would take for a formula is given a leading apostrophe: it is no number, and starts with
    `=`, `+`, `-`, `@`, a full-width one of these, a tab, a carriage return or a line feed.
    """
    text: str = (
        frame.map(_without_formula)
        .rename(columns=_without_formula)
        .to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    )
    return text.encode()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A data frame as a Parquet file.

    Raises:
        ValueError: a column holds values of types that Parquet does not mix, integers that are too large for it, or
            text that UTF-8 cannot hold; the message names the column.
    """
    import pyarrow

    content = BytesIO()
    try:
        frame.to_parquet(content, index=False)
    except (pyarrow.ArrowException, OverflowError, UnicodeEncodeError) as error:
        reason = _unfit_column(frame) or str(error)
        raise ValueError(f"no Parquet can be made of the rows: {reason}; write .jsonl or .csv") from error
    return content.getvalue()


def require_directory(path: Path) -> None:
    """Check that the directory of a file to be written is there.

    Raises:
        FileNotFoundError: it is not; the message names it.
    """
    directory = path.resolve().parent
    if not directory.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no directory {directory}; make it first")


def require_writable_file(path: Path) -> None:
    """Check that a file can be written, before the work whose result is to be in it.

    Raises:
        OSError: its directory is not there or cannot be written to, or it is a directory itself; the message names it.
    """
    require_directory(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a directory; name a file")
    if is_replaced(path):
        _require_writable(path.resolve().parent, path)


def require_writable_directory(path: Path) -> None:
    """Check that files can be written to a directory, which may be yet to be made in one that is there.

    Raises:
        OSError: they cannot; the message names the directory.
    """
    require_directory(path)
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(f"cannot write to {path}: it is no directory; name another one")
    _require_writable(path if path.is_dir() else path.resolve().parent, path)


def is_replaced(path: Path) -> bool:
    """Whether writing puts a new file there; pipes and devices are written to directly."""
    return path.is_file() or not path.exists()


def write_bytes(content: bytes, path: Path | None) -> None:
    """Write a whole file, or to standard output.

    A file is written beside its place and then put there, so that a failure leaves an earlier file as it was. Pipes and
    devices are written to directly.

    Args:
        content: what to write.
        path: the file, or None for standard output.

    Raises:
        FileNotFoundError: the directory of the file does not exist.
        OSError: the file cannot be written.
    """
    if path is None:
        _write_to_standard_output(content)
    elif is_replaced(path) or path.is_dir():
        _replace(path, content)
    else:
        path.write_bytes(content)


def _unfit_column(frame: pd.DataFrame) -> str | None:
    """The first column that Arrow cannot hold by itself, and why."""
    import pyarrow

    for name, column in frame.items():
        try:
            pyarrow.Array.from_pandas(column)
        except (pyarrow.ArrowException, OverflowError, UnicodeEncodeError) as error:
            return f"column {name}: {error}"
    return None


def _require_writable(directory: Path, path: Path) -> None:
    """Check by trying, since permissions do not tell of file systems that are read-only."""
    try:
        tempfile.TemporaryFile(dir=directory, prefix=".").close()
    except OSError as error:
        raise OSError(f"cannot write {path}: {directory} cannot be written to ({error.strerror})") from error


def _without_formula(cell: object) -> object:
    """The cell, with a leading apostrophe if a spreadsheet would run its text (OWASP, "CSV Injection")."""
    runs = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell


def _write_to_standard_output(content: bytes) -> None:
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:  # in a notebook, it takes text only
        sys.stdout.write(content.decode())
        return
    sys.stdout.flush()
    stream.write(content)
    stream.flush()


def _replace(path: Path, content: bytes) -> None:
    require_directory(path)
    target = path.resolve()  # a link stays a link
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
