"""Judgements of labelled pairs → figures with bootstrap intervals; pairs of one item are resampled together.

Every figure is a formula over sums in which an item counts a number of times: once for the figure itself, as often as
it was drawn for a resample. So one formula serves both, for many resamples at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from contradict.benchmark.records import Estimate, Judged
from contradict.benchmark.resampling import BIASED, estimate, resamples
from contradict.labels import CONTRADICTION, LABELS

BINS = 15
"""Bins of equal width of the expected calibration error."""
KEPT = 0.8
"""Share of the contradictions that must be flagged where false alarms are counted."""

_BY_SCORE = {
    "precision": "share of contradictions among the pairs flagged at the threshold",
    "recall": "share of the contradictions that are flagged at the threshold",
    "f1": "harmonic mean of precision and recall",
    "average_precision": "precision of contradiction averaged over recall, over all thresholds",
    "roc_auc": "chance that a contradiction scores higher than another pair",
    "ece": f"expected calibration error: gap between stated probability and frequency, in {BINS} bins",
    "brier": "Brier score: squared distance between the probabilities and what is true",
    "false_alarms": f"flagged per 1,000 other pairs, where {KEPT:.0%} of the contradictions are flagged",
}
FIGURES: Mapping[str, str] = {
    "accuracy": "share of pairs with the right label",
    "macro_f1": "harmonic mean of precision and recall, averaged over the labels",
    **_BY_SCORE,
    **{f"{name}_symmetric": f"{meaning}; symmetric score" for name, meaning in _BY_SCORE.items()},
}
"""Every figure with its meaning, in the order of tables; of premise to hypothesis, or of the symmetric score."""

_TABLE = 2**20  # numbers of a table of items by cells: more of them would be read from memory for every draw
_Floats = npt.NDArray[np.float64]
_Sums = Callable[[np.ndarray], tuple[np.ndarray, ...]]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How judgements turned out, pair by pair. Arrays (2, n) hold the one direction first, then the symmetric score.

    Attributes:
        labels: (n,) class of each pair; contradiction is the last class.
        predicted: (n,) class that the one direction makes most probable.
        classes: 3, or 2 where contradictions are told from everything else.
        items: (n,) item of each pair, counted from 0 without gaps.
        scores: (2, n) higher means more of a contradiction; only their order counts.
        flagged: (2, n) bool, whether the score reaches the threshold.
        confidence: (2, n) the probability whose calibration is measured.
        correct: (2, n) bool, whether what it is the probability of is true.
        loss: (2, n) squared distance between the probabilities and what is true.
    """

    labels: np.ndarray
    predicted: np.ndarray
    classes: int
    items: np.ndarray
    scores: np.ndarray
    flagged: np.ndarray
    confidence: np.ndarray
    correct: np.ndarray
    loss: np.ndarray


def measure(
    labels: np.ndarray, judged: Judged, items: np.ndarray, *, threshold: float, two_way: bool, seed: int = 0
) -> dict[str, Estimate]:
    """Measure judgements against labels.

    The Brier score of the one direction of three-way pairs sums over the labels, 0 to 2, and its calibration error is
    that of the most probable label (Guo et al. 2017). Otherwise both are those of contradiction, 0 to 1. Macro F1 is
    the mean over the classes that occur among labels or predictions, in a resample over those that occur there.

    A figure is NaN where it is undefined: precision with nothing flagged; recall, F1 and average precision without a
    contradiction; ROC AUC and false alarms with one kind of pair alone. An interval is NaN where there is one item, and
    where more than 5% of the resamples leave the figure undefined, since 95% of all resamples then cannot be told.
    The resamples of the calibration error are centred on the figure, as `estimate` says.

    Args:
        labels: (n,) indices into `LABELS`.
        judged: the probabilities of these pairs.
        items: (n,) integers; pairs of one item are drawn together.
        threshold: least probability of contradiction, in one direction or symmetric, of a flagged pair.
        two_way: tell contradictions from the rest; one is predicted where it is the most probable of the three labels.
        seed: of the resampling.

    Returns:
        each of `FIGURES` with its 95% interval.

    Raises:
        ValueError: there is no pair, an array has a wrong shape, a label is no index into `LABELS`, or a row of
            probabilities has NaN, a negative number, or a sum other than 1.
    """
    rows = outcomes(labels, judged, items, threshold=threshold, two_way=two_way)
    count = int(rows.items.max()) + 1
    drawn = figures(rows, FIGURES, resamples(count, len(labels), seed))
    return {name: estimate(values, recentre=name in BIASED) for name, values in drawn.items()}


def confusion_matrix(labels: np.ndarray, judged: Judged, *, two_way: bool) -> tuple[tuple[int, ...], ...]:
    """Count pairs by label and by the most probable label of premise to hypothesis.

    Returns:
        a row for each label, a column for each prediction, in the order of `LABELS`; for two-way pairs "not a
        contradiction" and "contradiction".
    """
    truth, predicted, classes = _classes(labels, judged, two_way)
    counts = np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)
    return tuple(tuple(row) for row in counts.tolist())


def outcomes(labels: np.ndarray, judged: Judged, items: np.ndarray, *, threshold: float, two_way: bool) -> Outcomes:
    """Compare judgements with labels; arguments and errors as of `measure`."""
    _check(labels, judged, items)
    truth, predicted, classes = _classes(labels, judged, two_way)
    probabilities = judged.forward.astype(np.float64)
    scores = np.stack([probabilities[:, CONTRADICTION], judged.scores])
    correct = np.stack([labels == CONTRADICTION] * 2)
    confidence, loss = scores.copy(), (scores - correct) ** 2
    if not two_way:
        confidence[0] = probabilities.max(axis=1)
        correct[0] = predicted == truth
        loss[0] = ((probabilities - np.eye(classes)[truth]) ** 2).sum(axis=1)
    _, numbered = np.unique(items, return_inverse=True)
    return Outcomes(truth, predicted, classes, numbered, scores, scores >= threshold, confidence, correct, loss)


def _classes(labels: np.ndarray, judged: Judged, two_way: bool) -> tuple[np.ndarray, np.ndarray, int]:
    predicted = judged.forward.argmax(axis=1)
    if two_way:
        return (labels == CONTRADICTION).astype(int), (predicted == CONTRADICTION).astype(int), 2
    return labels.astype(int), predicted, len(LABELS)


def _check(labels: np.ndarray, judged: Judged, items: np.ndarray) -> None:
    if not len(labels) or len(items) != len(labels):
        raise ValueError(
            f"got {len(labels)} labels and {len(items)} items; give at least one pair, and an item for each"
        )
    wrong = np.flatnonzero(~np.isin(labels, range(len(LABELS))))
    if len(wrong):
        raise ValueError(f"pair {wrong[0]}, counted from 0, has the label {labels[wrong[0]]}; labels are 0, 1 or 2")
    for name, given in (("forward", judged.forward), ("backward", judged.backward)):
        if given.shape != (len(labels), len(LABELS)):
            raise ValueError(f"{name} probabilities have the shape {given.shape}; want ({len(labels)}, {len(LABELS)})")
        # Half precision misses a sum of 1 by a thousandth.
        wrong = np.flatnonzero(~((given >= 0).all(axis=1) & (abs(given.sum(axis=1, dtype=float) - 1) < 0.01)))
        if len(wrong):
            raise ValueError(
                f"{name} probabilities of {len(wrong)} of {len(labels)} pairs are not numbers from 0 that sum to 1,"
                f" first {given[wrong[0]].tolist()} of pair {wrong[0]}, counted from 0; give the output of a softmax"
            )


def figures(rows: Outcomes, names: Collection[str], draws: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """Compute the named figures for each draw: int32 arrays (some draws, items) of how often each item counts."""
    families = [(formulas, make()) for formulas, make in _families(rows) if formulas.keys() & names]
    found: dict[str, list[np.ndarray]] = {name: [] for name in names}
    with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is how an undefined figure becomes NaN
        for counts in draws:
            for formulas, sums in families:
                summed = sums(counts)
                for name in formulas.keys() & names:
                    found[name].append(formulas[name](*summed))
    return {name: np.concatenate(values) for name, values in found.items()}


def _families(rows: Outcomes) -> Iterator[tuple[dict[str, Callable[..., _Floats]], Callable[[], _Sums]]]:
    """Figures that are formulas over the same sums: the formulas by name, and what makes the function of those sums."""
    total = partial(_total, rows.items)
    size = (np.zeros(len(rows.labels), dtype=int), 1)
    labels = (rows.labels * rows.classes + rows.predicted, rows.classes**2)
    is_contradiction = rows.labels == rows.classes - 1
    yield {"accuracy": _accuracy, "macro_f1": _macro_f1}, partial(total, labels)
    for k, suffix in enumerate(("", "_symmetric")):
        flagged = (2 * is_contradiction + rows.flagged[k], 4)
        at_threshold = {"precision": _precision, "recall": _recall, "f1": _f1}
        yield {name + suffix: formula for name, formula in at_threshold.items()}, partial(total, flagged)
        bins = np.digitize(rows.confidence[k], np.linspace(0, 1, BINS + 1)[1:-1], right=True)
        gaps = (bins, BINS, rows.correct[k] - rows.confidence[k])
        yield {f"ece{suffix}": _mean}, partial(total, gaps, size)
        yield {f"brier{suffix}": _mean}, partial(total, (*size, rows.loss[k]), size)
        by_rank = {"average_precision": _average_precision, "roc_auc": _roc_auc, "false_alarms": _false_alarms}
        reached = partial(_reached, rows.scores[k], is_contradiction, rows.items)
        yield {name + suffix: formula for name, formula in by_rank.items()}, reached


def _total(items: np.ndarray, *cells: tuple[np.ndarray, int] | tuple[np.ndarray, int, np.ndarray]) -> _Sums:
    """(draws, cells) each: how many pairs fall into each cell, or the sum of their values; a cell for each pair."""
    sums = [_by_cell(items, *each) for each in cells]
    return lambda counts: tuple(of_cells(counts) for of_cells in sums)


def _by_cell(
    items: np.ndarray, cell: np.ndarray, cells: int, values: np.ndarray | None = None
) -> Callable[[np.ndarray], np.ndarray]:
    count = int(items.max()) + 1
    if count * cells <= _TABLE:
        table = np.bincount(items * cells + cell, values, count * cells).reshape(count, cells).astype(float)
        return lambda counts: counts @ table
    weights = 1 if values is None else values
    return lambda counts: np.stack([np.bincount(cell, draw[items] * weights, cells) for draw in counts])


def _reached(scores: np.ndarray, is_contradiction: np.ndarray, items: np.ndarray) -> _Sums:
    """(draws, scores): how many contradictions and how many other pairs reach each distinct score, highest first."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    ordered, hit = items[order], is_contradiction[order].astype(np.int32)

    def sums(counts: np.ndarray) -> tuple[np.ndarray, ...]:
        drawn = counts.take(ordered, axis=1)
        hits = np.cumsum(drawn * hit, axis=1, dtype=np.int32).take(ends, axis=1)
        return hits, np.cumsum(drawn, axis=1, dtype=np.int32).take(ends, axis=1) - hits

    return sums


def _accuracy(confusion: _Floats) -> _Floats:
    classes = math.isqrt(confusion.shape[1])
    share: _Floats = confusion[:, :: classes + 1].sum(axis=1) / confusion.sum(axis=1)
    return share


def _class_f1(confusion: _Floats) -> _Floats:
    classes = math.isqrt(confusion.shape[1])
    matrix = confusion.reshape(-1, classes, classes)
    f1: _Floats = 2 * np.diagonal(matrix, axis1=1, axis2=2) / (matrix.sum(axis=1) + matrix.sum(axis=2))
    return f1


def _macro_f1(confusion: _Floats) -> _Floats:
    macro: _Floats = np.nanmean(_class_f1(confusion), axis=1)
    return macro


def _precision(confusion: _Floats) -> _Floats:
    return confusion[:, 3] / (confusion[:, 1] + confusion[:, 3])


def _recall(confusion: _Floats) -> _Floats:
    return confusion[:, 3] / (confusion[:, 2] + confusion[:, 3])


def _f1(confusion: _Floats) -> _Floats:
    return np.where(np.isnan(_recall(confusion)), np.nan, _class_f1(confusion)[:, 1])


def _mean(sums: _Floats, size: _Floats) -> _Floats:
    mean: _Floats = abs(sums).sum(axis=1) / size[:, 0]
    return mean


def _average_precision(hits: np.ndarray, others: np.ndarray) -> _Floats:
    precision = hits / np.maximum(hits + others, 1)
    mean: _Floats = np.einsum("ij,ij->i", np.diff(hits, axis=1, prepend=np.int32(0)), precision) / hits[:, -1]
    return mean


def _roc_auc(hits: np.ndarray, others: np.ndarray) -> _Floats:
    middle = hits - np.diff(hits, axis=1, prepend=np.int32(0)) / 2
    area: _Floats = (
        np.einsum("ij,ij->i", np.diff(others, axis=1, prepend=np.int32(0)), middle) / hits[:, -1] / others[:, -1]
    )
    return area


def _false_alarms(hits: np.ndarray, others: np.ndarray) -> _Floats:
    first = (hits < KEPT * hits[:, -1:] - 1e-9).sum(axis=1, keepdims=True)
    flagged = np.take_along_axis(others, first, axis=1)[:, 0]
    return np.where(hits[:, -1] > 0, 1000 * flagged / others[:, -1], np.nan)
