"""Two systems on the same pairs → how far their figures differ, and whether chance would do as much."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

import numpy as np

from contradict.benchmark.metrics import FIGURES, Outcomes, figures, outcomes
from contradict.benchmark.records import Comparison, Judged
from contradict.benchmark.resampling import chunks, estimate, resamples

COMPARED = ("accuracy", "macro_f1", "average_precision_symmetric")
ROUNDS = 2000
"""Rounds of the approximate randomisation; the least p-value is 1 / (ROUNDS + 1)."""


def compare(
    first: Judged,
    second: Judged,
    labels: np.ndarray,
    items: np.ndarray,
    *,
    two_way: bool,
    thresholds: tuple[float, float],
    names: tuple[str, str],
    set: str,
    compared: Collection[str] = COMPARED,
    seed: int = 0,
) -> tuple[Comparison, ...]:
    """Test whether two systems differ on the same pairs.

    The interval of a difference is that of a paired bootstrap: both systems are measured on the same resampled items.
    The p-value is that of approximate randomisation (Noreen 1989): in each of `ROUNDS` rounds, a coin for each item
    decides whether the systems swap what they say of its pairs, and the p-value is the share of rounds in which the
    figures lie at least as far apart as without swapping, which is counted as one more round. A round that leaves a
    figure undefined counts towards that share.

    Predictions, probabilities and what is flagged at a system's own threshold are swapped as they are. For figures that
    depend on the order of the scores alone (average precision, ROC AUC, false alarms), the ranks of the scores within
    their system are swapped, since the scales of two systems may differ; equal scores share their mean rank.

    Args:
        first: what one system says of the pairs.
        second: what the other says.
        labels: (n,) indices into `LABELS`.
        items: (n,) integers; pairs of one item are drawn and swapped together.
        two_way: as in `measure`.
        thresholds: of the first and the second.
        names: of the first and the second.
        set: name of the set.
        compared: which of `FIGURES`.
        seed: of resampling and of swapping.

    Returns:
        a comparison for each figure; difference and p-value are NaN where the figure of a system is undefined.

    Raises:
        ValueError: as in `measure`, or a figure is unknown.
    """
    unknown = [name for name in compared if name not in FIGURES]
    if unknown:
        raise ValueError(f"cannot compare {', '.join(unknown)}; the figures are {', '.join(FIGURES)}")
    one = outcomes(labels, first, items, threshold=thresholds[0], two_way=two_way)
    other = outcomes(labels, second, items, threshold=thresholds[1], two_way=two_way)
    both, count = _side_by_side(one, other), int(one.items.max()) + 1
    of_first = figures(both, compared, _draws(count, len(labels), seed))
    of_second = figures(both, compared, (np.roll(draw, count, axis=1) for draw in _draws(count, len(labels), seed)))
    found = []
    for figure in compared:
        differences = of_first[figure] - of_second[figure]
        drawn, swapped = differences[:-ROUNDS], differences[-ROUNDS:]
        found.append(Comparison(*names, set, figure, estimate(drawn), _p_value(drawn[0], swapped)))
    return tuple(found)


def _side_by_side(one: Outcomes, other: Outcomes) -> Outcomes:
    """The pairs twice: as one system judges them, then, as further items, as the other does; scores become ranks."""
    return Outcomes(
        labels=np.tile(one.labels, 2),
        predicted=np.append(one.predicted, other.predicted),
        classes=one.classes,
        items=np.append(one.items, other.items + one.items.max() + 1),
        scores=np.hstack([_ranks(scores) for scores in (one.scores, other.scores)]),
        flagged=np.hstack([one.flagged, other.flagged]),
        confidence=np.hstack([one.confidence, other.confidence]),
        correct=np.hstack([one.correct, other.correct]),
        loss=np.hstack([one.loss, other.loss]),
    )


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Rank of each score within its row, from the lowest; equal scores share their mean rank."""
    ranks = np.empty(scores.shape)
    for row, values in zip(ranks, scores, strict=True):
        _, numbered, counts = np.unique(values, return_inverse=True, return_counts=True)
        row[:] = (np.cumsum(counts) - (counts - 1) / 2)[numbered]
    return ranks


def _draws(count: int, pairs: int, seed: int) -> Iterator[np.ndarray]:
    """What makes up one of two systems side by side: itself, its resamples, then its rounds of swapping."""
    for drawn in resamples(count, 2 * pairs, seed):
        yield np.hstack([drawn, np.zeros_like(drawn)])
    rng = np.random.default_rng([seed, 1])  # not the stream that drew the resamples
    for size in chunks(ROUNDS, 2 * pairs):
        own = rng.integers(0, 2, (size, count), dtype=np.int32)
        yield np.hstack([own, 1 - own])


def _p_value(difference: float, swapped: np.ndarray) -> float:
    if math.isnan(difference):
        return math.nan
    nearer = int((abs(swapped) < abs(difference) - 1e-9).sum())  # rounding must not part what is equal
    return (ROUNDS - nearer + 1) / (ROUNDS + 1)
