"""A benchmark report → small tables of text, the same for the terminal and for the page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from contradict.benchmark.output.wording import (
    UNDEFINED,
    Cell,
    heading,
    printable,
    wording,
    write_value,
)
from contradict.benchmark.records import BenchmarkReport, Comparison, Cost, Group
from contradict.labels import LABELS

SIGNIFICANT = 0.05
"""A difference counts as shown where its p-value is below this."""

_TWO_LABELS = ("not a contradiction", "contradiction")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; without cells, its label stands over the rows beneath it."""

    label: str
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading, "" where the table has a single one."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that fits 80 columns.

    Attributes:
        title: what it shows.
        headings: of all columns but the first, which holds the labels of the rows.
        sections: in order.
        notes: what the figures mean, a line each, and why some have no value.
    """

    title: str
    headings: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()


def set_groups(report: BenchmarkReport) -> list[tuple[Group, ...]]:
    """The same group of every system: all sets together, where there are several, then each set."""
    return [
        groups
        for groups in zip(*(system.groups for system in report.systems), strict=True)
        if groups[0].language is None and groups[0].genre is None
    ]


def confusion_tables(report: BenchmarkReport, *, every_set: bool) -> list[Table]:
    """What each model took for what, a table for each size of matrix.

    Args:
        report: what was measured.
        every_set: also show each set by itself, where there are several.
    """
    tables = []
    for labels in (LABELS, _TWO_LABELS):
        sections = tuple(_confusion_sections(report, labels, every_set))
        if sections:
            notes = ("Counts of pairs: a row for each label, a column for what the model took them for (one way).",)
            tables.append(Table("Confusion matrix", labels, sections, notes))
    return tables


def comparisons_by_pair(report: BenchmarkReport) -> dict[tuple[str, str], list[Comparison]]:
    """The comparisons of each two systems."""
    by_pair: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in report.comparisons:
        by_pair.setdefault((comparison.first, comparison.second), []).append(comparison)
    return by_pair


def comparison_table(report: BenchmarkReport) -> Table | None:
    """The paired tests; None where there are none."""
    sections = tuple(
        Section(printable(f"{first} compared with {second}"), tuple(map(_comparison_row, comparisons)))
        for (first, second), comparisons in comparisons_by_pair(report).items()
    )
    if not sections:
        return None
    notes = (
        "difference: the first system's figure less the second's, on the same pairs; interval: its 95% interval"
        " (bootstrap by item)",
        "p: how often chance alone would give at least such a difference (approximate randomisation by item)",
        f"verdict: on the first system, better or worse where p is below {SIGNIFICANT}; each test stands by itself, so"
        " that of 20 without a true difference about one says better or worse all the same",
    )
    return Table("Differences between systems", ("difference", "interval", "p", "verdict"), sections, notes)


def cost_table(report: BenchmarkReport) -> Table | None:
    """What the judging of each model took; None where nothing was judged in this run."""
    rows = tuple(Row(printable(system.name), _cost_cells(system.cost)) for system in report.systems if system.cost)
    if not rows:
        return None
    notes = (
        "Of the pairs judged in this run, each in both directions; judgements left by an earlier run are not counted.",
        "memory: the most that the process had held by then; on disk: the model's folder; 1 MB is 1,000,000 bytes",
    )
    headings = ("pairs", "pairs/s", "tokens/s", "memory", "on disk", "device")
    return Table("Cost of judging", headings, (Section("", rows),), notes)


def verdict(comparison: Comparison) -> str:
    """Whether the first system is "better" or "worse", or that it is "unclear"."""
    difference = comparison.difference.value
    if math.isnan(difference) or math.isnan(comparison.p_value):
        return UNDEFINED
    if comparison.p_value >= SIGNIFICANT or difference == 0:
        return "unclear"
    return "better" if (difference < 0) == wording(comparison.figure).lower_is_better else "worse"


def write_p_value(p_value: float) -> str:
    """A p-value with 3 decimals."""
    if math.isnan(p_value):
        return UNDEFINED
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _confusion_sections(report: BenchmarkReport, labels: tuple[str, ...], every_set: bool) -> Iterator[Section]:
    for groups in set_groups(report)[: None if every_set else 1]:
        for system, group in zip(report.systems, groups, strict=True):
            if system.kind == "model" and len(group.confusion) == len(labels):
                rows = (
                    Row(label, tuple(Cell(f"{count:,}") for count in counts))
                    for label, counts in zip(labels, group.confusion, strict=True)
                )
                yield Section(printable(f"{group.set}: {system.name}"), tuple(rows))


def _comparison_row(comparison: Comparison) -> Row:
    figure, difference = comparison.figure, comparison.difference
    low, high = (write_value(figure, end, "+") for end in (difference.low, difference.high))
    texts = (
        write_value(figure, difference.value, "+"),
        UNDEFINED if UNDEFINED in (low, high) else f"{low} to {high}",
        write_p_value(comparison.p_value),
        verdict(comparison),
    )
    return Row(printable(f"{comparison.set}: {heading(figure)}"), tuple(map(Cell, texts)))


def _cost_cells(cost: Cost) -> tuple[Cell, ...]:
    pairs = cost.directions / 2
    speeds = (f"{count / cost.seconds:,.0f}" if cost.seconds else UNDEFINED for count in (pairs, cost.tokens))
    texts = (f"{pairs:,.0f}", *speeds, _megabytes(cost.peak_memory), _megabytes(cost.disk), printable(cost.device))
    return tuple(map(Cell, texts))


def _megabytes(size: int | None) -> str:
    if size is None:
        return UNDEFINED
    return f"{size / 1e6:,.0f} MB" if size >= 1e7 else f"{size / 1e6:,.1f} MB"
