"""How people read the figures: names, units, meanings in plain words, and why one has no value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from contradict.benchmark.metrics import KEPT
from contradict.benchmark.records import Estimate, Group

UNDEFINED = "–"
SYMMETRIC = "_symmetric"
ONE_WAY, BOTH_WAYS = "one way", "both ways"
DIRECTIONS = (
    f"{ONE_WAY}: the first text is taken as given and the second is judged against it;"
    f" {BOTH_WAYS}: the mean of that and its reverse, the score that a scan uses"
)
_MARK = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Wording:
    """How a figure is shown.

    Attributes:
        heading: of a narrow column.
        name: in a sentence.
        meaning: in plain words, to follow the heading and a colon.
        unit: how its values are written: as per cent or percentage points, as a number with 3 decimals, or as a count.
        lower_is_better: whether 0 is best.
    """

    heading: str
    name: str
    meaning: str
    unit: Literal["percent", "points", "number", "count"] = "percent"
    lower_is_better: bool = False


_WORDINGS: Mapping[str, Wording] = {
    "accuracy": Wording("accuracy", "accuracy", "share of the pairs that get the right label"),
    "macro_f1": Wording(
        "macro F1", "macro F1", "F1 of each label, averaged, so that a rare label counts like any other"
    ),
    "precision": Wording("precision", "precision", "of the pairs flagged, the share that are contradictions"),
    "recall": Wording("recall", "recall", "of the contradictions, the share that are flagged"),
    "f1": Wording("F1", "F1 of contradiction", "precision and recall in one figure, their harmonic mean"),
    "average_precision": Wording(
        "AP",
        "average precision",
        "average precision: how well contradictions are ranked above other pairs, as precision averaged over all"
        " thresholds; by chance it is the share of contradictions",
    ),
    "roc_auc": Wording(
        "AUC", "ROC AUC", "how often a contradiction scores higher than another pair; by chance half the time"
    ),
    "ece": Wording(
        "ECE",
        "calibration error",
        "expected calibration error: how far stated probabilities are from what came true, on average; 0 is best",
        "points",
        lower_is_better=True,
    ),
    "brier": Wording(
        "Brier", "Brier score", "squared error of the probabilities; 0 is best", "number", lower_is_better=True
    ),
    "false_alarms": Wording(
        "alarms",
        "false alarms",
        "false alarms: of 1,000 pairs that are no contradiction, how many are flagged when the threshold is set so that"
        f" {KEPT:.0%} of the contradictions are found; 0 is best",
        "count",
        lower_is_better=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as text.

    Attributes:
        text: the figure.
        half: half the width of its interval, "" where it has none.
        low: lower end of its interval, likewise.
        high: upper end of its interval, likewise.
    """

    text: str
    half: str = ""
    low: str = ""
    high: str = ""


def wording(figure: str) -> Wording:
    """How a figure of `contradict.benchmark.metrics.FIGURES` is shown, whichever direction it is of."""
    return _WORDINGS[figure.removesuffix(SYMMETRIC)]


def heading(figure: str) -> str:
    """Heading of a figure that stands alone, such as "AP both ways"."""
    if figure.endswith(SYMMETRIC):
        return f"{wording(figure).heading} {BOTH_WAYS}"
    return wording(figure).heading


def full_name(figure: str) -> str:
    """Name of a figure in a sentence, with its direction where that is not one way."""
    return f"{wording(figure).name} {BOTH_WAYS}" if figure.endswith(SYMMETRIC) else wording(figure).name


def write_estimate(figure: str, estimate: Estimate) -> Cell:
    """A figure and its interval in the unit of the figure."""
    if math.isnan(estimate.value):
        return Cell(UNDEFINED)
    text = write_value(figure, estimate.value)
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return Cell(text)
    low, high = write_value(figure, estimate.low), write_value(figure, estimate.high)
    return Cell(text, write_value(figure, (estimate.high - estimate.low) / 2), low, high)


def write_value(figure: str, value: float, sign: str = "") -> str:
    """A value in the unit of the figure; `sign` is "+" for a difference."""
    if math.isnan(value):
        return UNDEFINED
    match wording(figure).unit:
        case "percent" | "points":
            return f"{100 * value:{sign}.1f}"
        case "number":
            return f"{value:{sign}.3f}"
        case "count":
            return f"{value:{sign}.0f}"


def why_undefined(figure: str, group: Group) -> str:
    """Why a figure of a group has no value."""
    name = figure.removesuffix(SYMMETRIC)
    if not group.contradictions and name != "precision":
        return "no pair is labelled a contradiction"
    if group.contradictions == group.rows and name in ("roc_auc", "false_alarms"):
        return "every pair is labelled a contradiction"
    if name == "precision":
        return "no pair reaches the threshold"
    return "there are too few pairs to tell"


def printable(text: str) -> str:
    """The text on one line, with controls and unseen characters, which could disguise it, shown as U+FFFD."""
    return "".join(character if character.isprintable() else _MARK for character in " ".join(text.split()))
