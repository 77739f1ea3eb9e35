"""A benchmark report → what it says, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contradict.benchmark.metrics import KEPT
from contradict.benchmark.output.tables import comparisons_by_pair, verdict, write_p_value
from contradict.benchmark.output.wording import (
    SYMMETRIC,
    UNDEFINED,
    full_name,
    printable,
    why_undefined,
    wording,
    write_estimate,
    write_value,
)
from contradict.benchmark.records import BenchmarkReport, Comparison, Group, SystemResult

_NAMED = 4
_UNITS = {"percent": "%", "points": " points"}
_VERDICTS = {
    "better": "better in",
    "worse": "worse in",
    "unclear": "no difference shown in",
    UNDEFINED: "undefined for",
}


def summarise(report: BenchmarkReport) -> list[str]:
    """What a report says of its first system on all sets together, and how that compares with the others.

    Args:
        report: of at least one system.

    Returns:
        a sentence or two an item.
    """
    system, group = report.systems[0], report.systems[0].groups[0]
    chance = write_value("average_precision", group.contradictions / group.rows)
    sentences = {
        "accuracy": "{} of the pairs get the right label (accuracy, one way).",
        f"average_precision{SYMMETRIC}": "Ranked by the score that a scan uses, contradictions come before other pairs"
        f" with an average precision of {{}}; by chance it would be {chance}%.",
        f"precision{SYMMETRIC}": f"Of the pairs flagged, those with a score of {system.threshold:.2f} or more, {{}} are"
        " contradictions (precision).",
        f"recall{SYMMETRIC}": "{} of the contradictions are flagged (recall).",
        f"false_alarms{SYMMETRIC}": f"To find {KEPT:.0%} of the contradictions, one has to put up with {{}} false"
        " alarms among 1,000 pairs that are no contradiction.",
        f"ece{SYMMETRIC}": "The stated probability of contradiction is off by {} on average (calibration error).",
    }
    return [
        _describe_data(report, system, group),
        *(_describe_correction(each, group) for each in report.systems if each.calibration),
        *(_say(figure, sentence, group) for figure, sentence in sentences.items()),
        *_compare(report, group),
    ]


def expected_share(calibration: Mapping[str, object]) -> object:
    """The share of contradictions that a calibration was fitted for; None where none was stated."""
    fitted_on = calibration.get("fitted_on")
    target = fitted_on.get("target") if isinstance(fitted_on, Mapping) else None
    return target.get("share") if isinstance(target, Mapping) else None


def describe_notes(report: BenchmarkReport) -> list[str]:
    """What a reader must know of the data, with the name of the set that it is about."""
    return [printable(f"{about['name']}: {note}") for about in report.sets for note in set_notes(about)]


def set_notes(about: Mapping[str, object]) -> list[str]:
    """The notes of one of a report's sets."""
    notes = about.get("notes", ())
    return [str(note) for note in notes] if isinstance(notes, list | tuple) else []


def _describe_data(report: BenchmarkReport, system: SystemResult, group: Group) -> str:
    names = [printable(str(about["name"])) for about in report.sets]
    sets = f"{len(names)} sets ({_listed(names)})" if len(names) > 1 else names[0]
    share = f"{group.contradictions / group.rows:.1%}"
    return (
        f"{printable(system.name)} was measured on {group.rows:,} labelled {'pair' if group.rows == 1 else 'pairs'} of"
        f" {sets}; {share} of the pairs are labelled contradictions."
    )


def _describe_correction(system: SystemResult, group: Group) -> str:
    calibration = system.calibration or {}
    temperature = write_value("brier", float(str(calibration.get("temperature"))))
    told = f"The probabilities of {printable(system.name)} are corrected (temperature {temperature})"
    share = expected_share(calibration)
    if not isinstance(share, float):
        return f"{told}."
    here = group.contradictions / group.rows
    return f"{told} and moved to a share of {share:.1%} contradictions; of the pairs measured, {here:.1%} are."


def _say(figure: str, sentence: str, group: Group) -> str:
    cell = write_estimate(figure, group.figures[figure])
    if cell.text == UNDEFINED:
        return f"Undefined, since {why_undefined(figure, group)}: {full_name(figure)}."
    unit = _UNITS.get(wording(figure).unit, "")
    interval = f" (95% interval {cell.low} to {cell.high})" if cell.half else ""
    return sentence.format(f"{cell.text}{unit}{interval}")


def _compare(report: BenchmarkReport, group: Group) -> Iterator[str]:
    """A sentence for each two systems, on the sets that the group is of."""
    for (first, second), comparisons in comparisons_by_pair(report).items():
        parts = []
        for said, meaning in _VERDICTS.items():
            details = [_detail(each) for each in comparisons if each.set == group.set and verdict(each) == said]
            if details:
                parts.append(f"{meaning} {'; '.join(details)}")
        if parts:
            yield f"{printable(first)} compared with {printable(second)}: {', and '.join(parts)}."


def _detail(comparison: Comparison) -> str:
    figure, difference = comparison.figure, comparison.difference.value
    name = full_name(figure)
    if verdict(comparison) == UNDEFINED:
        return name
    unit = " points" if wording(figure).unit in _UNITS else ""
    return f"{name} ({write_value(figure, difference, '+')}{unit}, p {write_p_value(comparison.p_value)})"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
