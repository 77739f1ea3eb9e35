"""A report written in a named format, to a file or to standard output."""

from __future__ import annotations

import csv
import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Literal, get_args

from rich.console import Console

from contradict.records import Report
from contradict.report.rows import DECIMALS, contradiction_row
from contradict.report.table import to_frame
from contradict.report.terminal import print_report

Format = Literal["table", "jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

_TABLE_TOP = 20
_TABLE_WIDTH = 80  # of a table in a file, in cells
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Unicode line ends that JSON leaves as they are, and that some readers take for the end of a JSON line.
_LINE_ENDS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


def write_report(report: Report, format: Format, path: Path | None, top: int | None = None) -> None:  # noqa: A002
    r"""Write a report; the same report always gives the same bytes.

    A file is written beside its place and then put there, so that a failure leaves an earlier file as it was. Pipes and
    devices are written to directly.

    Args:
        report: what was found.
        format: "table": what a person reads, 80 cells wide in a file, else as wide as the terminal (at most 100).
            "jsonl": one contradiction a line, see `contradict.report.rows`.
            "csv": the columns of `contradict.report.table`, in UTF-8 with `\n` line ends; text is quoted, numbers have
            up to 4 decimals, and text that a spreadsheet would take for a formula (it starts with `=`, `+`, `-`, `@`, a
            tab or a carriage return) is given a leading apostrophe.
            "parquet": the same columns, unchanged.
        path: the file to write, or None for standard output.
        top: only so many contradictions, the strongest, 0 or more; None for 20 in a table and all in other formats.

    Raises:
        ValueError: the format is unknown, or Parquet is asked for on standard output.
        FileNotFoundError: the directory of the file does not exist.
        OSError: the file cannot be written.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    if path is None and format == "parquet":
        raise ValueError("Parquet is not written to standard output; name a file with --out")
    if format == "table":
        shown = _TABLE_TOP if top is None else top
        if path is None:
            print_report(report, Console(), shown)
            return
        content = _table(report, shown)
    else:
        content = _ENCODERS[format](replace(report, contradictions=report[:top]))
    if path is None:
        _write_to_standard_output(content)
    else:
        _write_whole(path, content)


def _table(report: Report, top: int) -> bytes:
    text = StringIO()
    # Said outright, since the environment (FORCE_COLOR, a notebook) would otherwise change the bytes.
    console = Console(file=text, width=_TABLE_WIDTH, force_terminal=False, force_jupyter=False)
    print_report(report, console, top)
    return text.getvalue().encode()


def _jsonl(report: Report) -> bytes:
    lines = (json.dumps(contradiction_row(contradiction), ensure_ascii=False) for contradiction in report)
    # Half a surrogate pair has no UTF-8 form; Python's escape of it is also JSON's.
    return "".join(f"{line.translate(_LINE_ENDS)}\n" for line in lines).encode("utf-8", "backslashreplace")


def _csv(report: Report) -> bytes:
    frame = to_frame(report).round(DECIMALS).map(_without_formula)
    text: str = frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return text.encode()


def _without_formula(cell: object) -> object:
    """The cell, with a leading apostrophe if a spreadsheet would run its text (OWASP, "CSV Injection")."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _parquet(report: Report) -> bytes:
    content = BytesIO()
    to_frame(report).to_parquet(content, index=False)
    return content.getvalue()


_ENCODERS: dict[str, Callable[[Report], bytes]] = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}


def _write_to_standard_output(content: bytes) -> None:
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:  # in a notebook, it takes text only
        sys.stdout.write(content.decode())
        return
    sys.stdout.flush()
    stream.write(content)
    stream.flush()


def _write_whole(path: Path, content: bytes) -> None:
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe or device must not be replaced by a file
        path.write_bytes(content)
        return
    target = path.resolve()  # a link stays a link
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no directory {target.parent}; make it first")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
