"""What the tagger says of a text, and the ranges, stances and modes that follow from it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contradict.attribution.windows import MODES, PARTS, STANCES, TAGS, Span
from contradict.records import Mode, Stance

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tagger says of the tokens of one text.

    Attributes:
        offsets: int64 (n, 2), the range of code points of each token.
        logits: float16 (n, outputs), in the order of `OUTPUTS`.
    """

    offsets: np.ndarray
    logits: np.ndarray

    def spans(self, role: str, start: int, end: int) -> list[Span]:
        """The ranges of a role within `text[start:end]`, in order; a range ends where another begins."""
        found: list[Span] = []
        last = None
        for at in self._within(start, end):
            tag = TAGS[int(self.logits[at, PARTS["tags"]].argmax())]
            a, b = int(max(self.offsets[at, 0], start)), int(min(self.offsets[at, 1], end))
            if tag.endswith(role):
                goes_on = last == at - 1 and not (tag.startswith("B") and found and a > found[-1][1])
                if goes_on and found:
                    found[-1] = (found[-1][0], b)
                else:
                    found.append((a, b))
                last = at
        return found

    def stance(self, start: int, end: int) -> tuple[Stance, float]:
        """The likeliest stance of the sentence `text[start:end]`, and its probability."""
        index, probability = self._choice("stances", start, end)
        return STANCES[index], probability

    def mode(self, start: int, end: int) -> tuple[Mode, float]:
        """The likeliest mode of the claim of the sentence `text[start:end]`, and its probability."""
        index, probability = self._choice("modes", start, end)
        return MODES[index], probability

    def _choice(self, part: str, start: int, end: int) -> tuple[int, float]:
        """What the tokens of a range say together: the choice with the highest mean logit."""
        import numpy as np

        within = self._within(start, end)
        if not len(within):
            return 0, 0.0
        mean = self.logits[within, PARTS[part]].mean(axis=0, dtype=np.float32)
        shares = np.exp(mean - mean.max())
        return int(mean.argmax()), float(shares.max() / shares.sum())

    def _within(self, start: int, end: int) -> range:
        """The tokens of a range; tokens stand in order, so that a long text is not gone through for each sentence."""
        return range(bisect_right(self.offsets[:, 1], start), bisect_left(self.offsets[:, 0], end))
