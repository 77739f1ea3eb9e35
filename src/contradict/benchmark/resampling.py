"""Items drawn with replacement → how often each counts; figures of such draws → an interval (bootstrap)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from contradict.benchmark.records import Estimate

RESAMPLES = 500
BIASED = frozenset({"ece", "ece_symmetric", "v_measure"})
"""Figures that resampling itself raises: items drawn twice look like miscalibration, or like clusters."""

_CHUNK = 2**18  # numbers in hand at once: few enough to stay in a processor's cache


def resamples(count: int, rows: int, seed: int) -> Iterator[np.ndarray]:
    """Yield each of `count` items once, then, where there are several, `RESAMPLES` draws of them to be measured."""
    rng = np.random.default_rng(seed)
    yield np.ones((1, count), dtype=np.int32)
    for size in chunks(RESAMPLES if count > 1 else 0, rows):
        drawn = rng.integers(0, count, (size, count)) + count * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count).astype(np.int32)


def chunks(draws: int, rows: int) -> Iterator[int]:
    """Yield how many draws of so many rows to take at once."""
    size = max(1, _CHUNK // rows)
    for start in range(0, draws, size):
        yield min(size, draws - start)


def estimate(values: np.ndarray, *, recentre: bool = False) -> Estimate:
    """A figure with its 95% interval; NaN as `measure` says.

    Args:
        values: the figure, then its resamples.
        recentre: shift the resamples so that their mean is the figure, and clip them to 0 to 1: for figures of that
            range that resampling itself raises, such as `BIASED`. Only the spread of the resamples counts then.
    """
    value, drawn = float(values[0]), values[1:]
    defined = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(drawn) or len(defined) < 0.95 * len(drawn):
        return Estimate(value, math.nan, math.nan)
    if recentre:
        defined = np.clip(value + defined - defined.mean(), 0, 1)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Estimate(value, float(low), float(high))
