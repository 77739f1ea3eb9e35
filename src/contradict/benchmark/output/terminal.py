"""A benchmark report as a person reads it in a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from contradict.benchmark.output.figure_tables import group_tables, main_tables
from contradict.benchmark.output.summary import describe_notes, summarise
from contradict.benchmark.output.tables import Row, Table, comparison_table, confusion_tables, cost_table
from contradict.benchmark.output.wording import Cell
from contradict.benchmark.records import BenchmarkReport

_WIDEST = 100  # cells; longer lines are hard to read
_NARROWEST_LABELS = 11
_PLUS_MINUS = ("±: half the width of the 95% interval; --out writes both ends",)
_TITLE = "── "  # tells a title from a heading where there are no styles


def print_benchmark(report: BenchmarkReport, console: Console) -> None:
    """Print the figures as tables, then what they say in words.

    Tables fit 80 cells, whatever the systems and sets are called: a name too long for its column stands on a line of
    its own. Notes and sentences wrap at the width of the console, at most 100 cells.

    Args:
        report: of at least one system.
        console: where to print; it decides on colours and width.
    """
    for table in _tables(report):
        _print_table(table, console)
    for title, lines in (("Notes on the data", describe_notes(report)), ("In words", summarise(report))):
        if lines:
            _print(f"{_TITLE}{title}", console, "bold")
            _print_paragraphs(lines, console)
            console.print()


def _tables(report: BenchmarkReport) -> Iterator[Table]:
    yield from main_tables(report)
    yield from group_tables(report)
    yield from confusion_tables(report, every_set=False)
    for table in (comparison_table(report), cost_table(report)):
        if table:
            yield table


def _print_table(table: Table, console: Console) -> None:
    rows = [row for section in table.sections for row in section.rows if row.cells]
    columns = list(zip(table.headings, *([_text(cell) for cell in row.cells] for row in rows), strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    room = min(console.width, _WIDEST) - sum(widths)
    widths = [width + (2 if room - 2 * len(widths) >= _NARROWEST_LABELS else 1) for width in widths]
    room = min(console.width, _WIDEST) - sum(widths)
    first = min(max(cell_len(row.label) + 2 for row in rows), max(room, _NARROWEST_LABELS))
    _print(f"{_TITLE}{table.title}", console, "bold")
    _print(_line("", table.headings, first, widths), console, "dim")
    for number, section in enumerate(table.sections):
        if number:
            console.print()
        if section.heading:
            _print(section.heading, console, "bold")
        for row in section.rows:
            for line in _row_lines(row, first, widths):
                _print(line, console)
    plus_minus = _PLUS_MINUS if any(cell.half for row in rows for cell in row.cells) else ()
    _print_paragraphs((*plus_minus, *table.notes), console, "dim")
    console.print()


def _row_lines(row: Row, first: int, widths: list[int]) -> Iterator[str]:
    if not row.cells:
        yield f" {row.label}"
        return
    label = f"  {row.label}"
    if cell_len(label) > first:
        yield label
        label = ""
    yield _line(label, map(_text, row.cells), first, widths)


def _line(label: str, texts: Iterable[str], first: int, widths: list[int]) -> str:
    padded = (" " * (width - cell_len(text)) + text for text, width in zip(texts, widths, strict=True))
    return "".join((label, " " * (first - cell_len(label)), *padded))


def _text(cell: Cell) -> str:
    return f"{cell.text} ±{cell.half}" if cell.half else cell.text


def _print(line: str, console: Console, style: str = "") -> None:
    console.print(Text(line, style), no_wrap=True, overflow="ignore", crop=False)


def _print_paragraphs(texts: Iterable[str], console: Console, style: str = "") -> None:
    """Print each text with the lines after its first one indented."""
    for text in texts:
        for number, line in enumerate(Text(text).wrap(console, min(console.width, _WIDEST) - 2)):
            _print(("  " if number else "") + line.plain.rstrip(), console, style)
