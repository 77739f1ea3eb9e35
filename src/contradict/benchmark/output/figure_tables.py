"""The figures of a benchmark report → tables: of the systems on each set, and of the models by language and genre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from contradict.benchmark.output.tables import Row, Section, Table, set_groups
from contradict.benchmark.output.wording import (
    BOTH_WAYS,
    DIRECTIONS,
    ONE_WAY,
    SYMMETRIC,
    UNDEFINED,
    Cell,
    heading,
    printable,
    why_undefined,
    wording,
    write_estimate,
)
from contradict.benchmark.records import BenchmarkReport, Group

_LABEL_FIGURES = ("accuracy", "macro_f1")
_CONTRADICTION_FIGURES = ("precision", "recall", "f1", "average_precision", "roc_auc", "false_alarms")
_CALIBRATION_FIGURES = ("ece", "brier")
_GROUP_FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "average_precision": "AP",
    "average_precision_symmetric": "AP both",
    "false_alarms_symmetric": "alarms",
}
_PLACES_NAMED = 3


def main_tables(report: BenchmarkReport) -> list[Table]:
    """The figures of every system, for all sets together and for each set."""
    return [_label_table(report), _contradiction_table(report), _calibration_table(report)]


def group_tables(report: BenchmarkReport) -> list[Table]:
    """The figures of each model by language and by genre; no table where the pairs have none."""
    tables = (_group_table(report, "language"), _group_table(report, "genre"))
    return [table for table in tables if table.sections]


def _label_table(report: BenchmarkReport) -> Table:
    notes = ("Per cent.", f"Judged {ONE_WAY}: the first text is taken as given, the second is judged against it.")
    return _system_table(report, "Right labels", _LABEL_FIGURES, (*notes, *_meanings(_LABEL_FIGURES)))


def _contradiction_table(report: BenchmarkReport) -> Table:
    sections, undefined = [], _Undefined()
    for groups in set_groups(report):
        rows: list[Row] = []
        for system, group in zip(report.systems, groups, strict=True):
            rows.append(Row(printable(system.name)))
            for direction, suffix in ((ONE_WAY, ""), (BOTH_WAYS, SYMMETRIC)):
                names = [name + suffix for name in _CONTRADICTION_FIGURES]
                rows.append(Row(direction, undefined.cells(names, group)))
        sections.append(Section(_describe(groups[0]), tuple(rows)))
    headings = tuple(wording(name).heading for name in _CONTRADICTION_FIGURES)
    notes = (
        "Per cent; alarms are counts.",
        DIRECTIONS,
        f"flagged: the pairs that score at least the threshold, {_thresholds(report)}",
        *_meanings(_CONTRADICTION_FIGURES),
        *undefined.notes(),
    )
    return Table("Contradictions found", headings, tuple(sections), notes)


def _calibration_table(report: BenchmarkReport) -> Table:
    names = tuple(name + suffix for suffix in ("", SYMMETRIC) for name in _CALIBRATION_FIGURES)
    notes = (
        "ECE in percentage points; the Brier score has no unit.",
        *_meanings(_CALIBRATION_FIGURES),
        f"{ONE_WAY}: ECE of the label chosen and Brier over three labels (0 to 2); {BOTH_WAYS}, and where there are two"
        " labels: of contradiction alone (Brier 0 to 1)",
    )
    return _system_table(report, "How far the probabilities can be trusted", names, notes)


def _system_table(report: BenchmarkReport, title: str, names: Sequence[str], notes: Iterable[str]) -> Table:
    sections, undefined = [], _Undefined()
    for groups in set_groups(report):
        rows = (
            Row(printable(system.name), undefined.cells(names, group))
            for system, group in zip(report.systems, groups, strict=True)
        )
        sections.append(Section(_describe(groups[0]), tuple(rows)))
    return Table(title, tuple(map(heading, names)), tuple(sections), (*notes, *undefined.notes()))


def _group_table(report: BenchmarkReport, kind: Literal["language", "genre"]) -> Table:
    by_section: dict[str, list[Row]] = {}
    undefined = _Undefined()
    for system in report.systems:
        for group in system.groups if system.kind == "model" else ():
            name = group.language if kind == "language" else group.genre
            if name is not None:
                cells = (Cell(f"{group.rows:,}"), *undefined.cells(_GROUP_FIGURES, group))
                section = by_section.setdefault(printable(f"{group.set}: {system.name}"), [])
                section.append(Row(printable(name) or "(none given)", cells))
    sections = tuple(Section(name, tuple(rows)) for name, rows in by_section.items())
    notes = (
        "Per cent; alarms are counts.",
        f"AP: {ONE_WAY}; AP both and alarms: {BOTH_WAYS}; all as explained above",
        *undefined.notes(),
    )
    return Table(f"By {kind}", ("pairs", *_GROUP_FIGURES.values()), sections, notes)


def _describe(group: Group) -> str:
    """Name of a group of a set or of all sets, and how much it holds."""
    parts = [_count(group.rows, "pair")]
    if group.items != group.rows:
        parts.append(f"{group.items:,} independent")
    parts.append(_count(group.contradictions, "contradiction"))
    return f"{printable(group.set)}: {', '.join(parts)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _thresholds(report: BenchmarkReport) -> str:
    thresholds = {f"{system.threshold:.2f}" for system in report.systems}
    if len(thresholds) == 1:
        return thresholds.pop()
    return ", ".join(f"{system.threshold:.2f} for {printable(system.name)}" for system in report.systems)


def _meanings(names: Iterable[str]) -> list[str]:
    return [f"{wording(name).heading}: {wording(name).meaning}" for name in names]


class _Undefined:
    """Collects where figures of a table lack a value or an interval, and why."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}

    def cells(self, names: Iterable[str], group: Group) -> tuple[Cell, ...]:
        """The figures of a group as cells."""
        cells = []
        for name in names:
            cell = write_estimate(name, group.figures[name])
            if cell.text == UNDEFINED:
                self._add(f"{UNDEFINED}: undefined, since {why_undefined(name, group)}", group)
            elif not cell.half:
                self._add("no interval: there are too few independent pairs", group)
            cells.append(cell)
        return tuple(cells)

    def notes(self) -> list[str]:
        """A line for each reason, with the groups that it holds for."""
        lines = []
        for reason, places in self._places.items():
            more = len(places) - _PLACES_NAMED
            named = ", ".join(list(places)[:_PLACES_NAMED]) + (f" and {more:,} more" if more > 0 else "")
            lines.append(f"{reason} ({named})")
        return lines

    def _add(self, reason: str, group: Group) -> None:
        place = " ".join(printable(part) for part in (group.set, group.language, group.genre) if part is not None)
        self._places.setdefault(reason, {})[place] = None
