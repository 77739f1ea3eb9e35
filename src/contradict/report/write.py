"""A report written in a named format, to a file or to standard output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from contradict.marks import PairMarks
from contradict.records import Report
from contradict.report.files import FORMATS, Format, csv_bytes, json_lines, parquet_bytes, write_bytes
from contradict.report.html import html_bytes
from contradict.report.rows import DECIMALS, contradiction_row, dispute_row
from contradict.report.table import to_frame
from contradict.report.terminal import print_report

_TABLE_TOP = 20
_TABLE_WIDTH = 80  # of a table in a file, in cells


def write_report(
    report: Report,
    format: Format,  # noqa: A002
    path: Path | None,
    top: int | None = None,
    marks: Sequence[PairMarks] = (),
) -> None:
    """Write a report, as `contradict.report.files` does; the same report always gives the same bytes.

    Args:
        report: what was found.
        format: "table": what a person reads, 80 cells wide in a file, else as wide as the terminal (at most 100).
            "jsonl": one contradiction a line, see `contradict.report.rows`.
            "csv": the columns of `contradict.report.table`, numbers with up to 4 decimals.
            "parquet": the same columns, unchanged.
            "html": a page that needs no other file, with the disputes and the updates, too.
        path: the file to write, or None for standard output.
        top: only so many contradictions, the strongest, 0 or more; None for 20 in a table and all in other formats.
        marks: the words that make the first contradictions, for a page to show; see `contradict.marks`.

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
    elif format == "html":
        content = html_bytes(report, marks, top)
    else:
        content = _ENCODERS[format](replace(report, contradictions=report[:top]))
    write_bytes(content, path)


def write_disputes(report: Report, path: Path) -> None:
    """Write the disputes of a report as JSON lines; see `contradict.report.rows.dispute_row`.

    Args:
        report: what was found.
        path: the file to write.

    Raises:
        FileNotFoundError: the directory of the file does not exist.
        OSError: the file cannot be written.
    """
    write_bytes(json_lines(map(dispute_row, report.disputes)), path)


def _table(report: Report, top: int) -> bytes:
    text = StringIO()
    # Said outright, since the environment (FORCE_COLOR, a notebook) would otherwise change the bytes.
    console = Console(file=text, width=_TABLE_WIDTH, force_terminal=False, force_jupyter=False)
    print_report(report, console, top)
    return text.getvalue().encode()


_ENCODERS: dict[str, Callable[[Report], bytes]] = {
    "jsonl": lambda report: json_lines(map(contradiction_row, report)),
    "csv": lambda report: csv_bytes(to_frame(report).round(DECIMALS)),
    "parquet": lambda report: parquet_bytes(to_frame(report)),
}
