"""Figures of merit with bootstrap intervals, resampled by item so that parallel rows stay together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from contradict.labels import CONTRADICTION
from contradict.records import MIN_SCORE

RESAMPLES = 500
_Metric = Callable[[np.ndarray], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95% interval (percentile bootstrap, Efron 1979); NaN where it is undefined."""

    value: float
    low: float
    high: float


def measure(
    labels: np.ndarray, probabilities: np.ndarray, scores: np.ndarray, items: np.ndarray, seed: int = 0
) -> dict[str, Estimate]:
    """Measure judgements against labels.

    Args:
        labels: (n,) indices into `LABELS`.
        probabilities: (n, 3) of premise to hypothesis.
        scores: (n,) symmetric probability of contradiction.
        items: (n,) which rows belong together; they are resampled together.
        seed: of the resampling.

    Returns:
        `accuracy`, `macro_f1` and `average_precision` (of contradiction) of the one direction;
        `average_precision_symmetric`, and `precision` and `recall` of contradiction at `MIN_SCORE`, of the
        symmetric score.
    """
    predicted = probabilities.argmax(axis=1)
    is_contradiction = labels == CONTRADICTION
    metrics: dict[str, _Metric] = {
        "accuracy": lambda rows: float((predicted[rows] == labels[rows]).mean()),
        "macro_f1": lambda rows: _macro_f1(labels[rows], predicted[rows]),
        "average_precision": lambda rows: _average_precision(
            is_contradiction[rows], probabilities[rows, CONTRADICTION]
        ),
        "average_precision_symmetric": lambda rows: _average_precision(is_contradiction[rows], scores[rows]),
        "precision": lambda rows: _share(is_contradiction[rows], scores[rows] >= MIN_SCORE),
        "recall": lambda rows: _share(scores[rows] >= MIN_SCORE, is_contradiction[rows]),
    }
    resamples = list(_resamples(items, seed))
    everything = np.arange(len(labels))
    return {name: _estimate(metric, everything, resamples) for name, metric in metrics.items()}


def _estimate(metric: _Metric, everything: np.ndarray, resamples: list[np.ndarray]) -> Estimate:
    value = metric(everything)
    drawn = np.array([metric(rows) for rows in resamples])
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(drawn):
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def _resamples(items: np.ndarray, seed: int) -> list[np.ndarray]:
    """Row numbers of resamples: as many items as there are, drawn with replacement, each with all its rows."""
    rng = np.random.default_rng(seed)
    _, item_of_row = np.unique(items, return_inverse=True)
    by_item = np.argsort(item_of_row, kind="stable")
    starts = np.searchsorted(item_of_row[by_item], np.arange(item_of_row.max() + 2))
    drawn = []
    for _ in range(RESAMPLES):
        chosen = rng.integers(0, len(starts) - 1, len(starts) - 1)
        drawn.append(np.concatenate([by_item[starts[item] : starts[item + 1]] for item in chosen]))
    return drawn


def _share(wanted: np.ndarray, among: np.ndarray) -> float:
    return float(wanted[among].mean()) if among.any() else float("nan")


def _macro_f1(labels: np.ndarray, predicted: np.ndarray) -> float:
    from sklearn.metrics import f1_score

    return float(f1_score(labels, predicted, average="macro", zero_division=0.0))


def _average_precision(is_contradiction: np.ndarray, scores: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    if not is_contradiction.any():
        return float("nan")
    return float(average_precision_score(is_contradiction, scores))
