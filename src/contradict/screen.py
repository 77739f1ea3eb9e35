"""Which pairs are worth reading, by the vectors of their statements: a small network, far cheaper than reading.

It learned from candidate pairs of real articles which of them reach `MIN_SCORE` (`benchmarks/screen.py`), and knows
vectors of the embedded encoder and verdicts of the embedded models alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from contradict.models.embedded import LAYERS_FILE, shipped_weights

_PAIRS_TOGETHER = 20_000
_LEAST, _MOST = 0.001, 0.999  # of a probability whose odds are taken


class Screen:
    """Tells the pairs that may be contradictions or updates from the many that will not be."""

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take the weights: `hidden.weight`, `hidden.bias`, `out.weight`, `out.bias`, and `least`, what is kept."""
        self._weights = {name: values.astype(np.float32) for name, values in weights.items()}

    def worth_reading(
        self, vectors: np.ndarray, ends: Sequence[tuple[int, int]], possible: Mapping[int, float]
    ) -> list[int]:
        """The pairs to read.

        Args:
            vectors: of the statements, as the embedded encoder gives them.
            ends: of each pair, as positions of statements.
            possible: the pairs in question, by position, with the most that they can reach
                (`contradict.judging.Judging.possible`).

        Returns:
            positions, in their order.
        """
        positions = list(possible)
        kept: list[int] = []
        for start in range(0, len(positions), _PAIRS_TOGETHER):
            part = positions[start : start + _PAIRS_TOGETHER]
            a, b = (vectors[[ends[at][side] for at in part]] for side in (0, 1))
            scores = self.scores(inputs(a, b, np.array([possible[at] for at in part])))
            kept += [at for at, score in zip(part, scores, strict=True) if score >= self._weights["least"]]
        return kept

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Log-odds that a pair reaches `MIN_SCORE`, of `inputs`."""
        own = self._weights
        hidden = np.maximum(rows @ own["hidden.weight"].T + own["hidden.bias"], 0)
        scores: np.ndarray = (hidden @ own["out.weight"].T + own["out.bias"])[:, 0]
        return scores


def inputs(a: np.ndarray, b: np.ndarray, possible: np.ndarray) -> np.ndarray:
    """What the network sees of pairs; which side comes first makes no difference.

    Args:
        a: vectors of one side, float32 (n, d).
        b: vectors of the other side.
        possible: the most that each pair can reach, 0 to 1.
    """
    bounded = np.clip(possible, _LEAST, _MOST)
    odds = np.log(bounded / (1 - bounded))
    return np.concatenate([np.abs(a - b), a * b, odds[:, None]], axis=1, dtype=np.float32)


@cache
def embedded_screen() -> Screen:
    """The one for the embedded models."""
    from safetensors.numpy import load_file

    return Screen(load_file(shipped_weights("screen") / LAYERS_FILE))
