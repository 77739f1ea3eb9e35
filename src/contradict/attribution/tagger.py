"""Article → the words that tell who says what, and how the holder of each sentence's claim stands to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contradict.attribution.reading import Reading
from contradict.attribution.windows import MAX_TOKENS, OUTPUTS, Window, cut
from contradict.models.backends import is_exported, load_run
from contradict.models.loading import load_tagger
from contradict.models.padding import batches, pad
from contradict.progress import Progress, no_progress

if TYPE_CHECKING:
    from contradict.embedding import Encoder
    from contradict.engine import Backend

_WINDOWS_TOGETHER = 512
_PIECE = 50_000  # code points


class Tagger:
    """The embedded tagger of attributions, or another one with the same outputs."""

    def __init__(
        self,
        model: str | Path | None = None,
        device: str = "auto",
        share_with: Encoder | None = None,
        backend: Backend = "auto",
    ) -> None:
        """Load it.

        Args:
            model: folder of a tagger that `contradict.training.tagger` made; without one, the embedded one.
            device: as torch names it, or "auto".
            share_with: an encoder in memory, whose word embeddings and tokenizer are used where the files are the same.
            backend: what computes it; "auto" for the fastest one installed (`contradict.models.backends`).

        Raises:
            BackendError: the back end is not installed, or cannot compute this model.
            ModelError: the folder holds no such tagger.
        """
        self.network, self.tokenizer = load_tagger(model, device, share_with, exported=is_exported(backend, device))
        self.folder = Path(str(self.network.name_or_path))
        self.backend, self._run = load_run(self.network, self.folder, backend)
        self.max_tokens = min(MAX_TOKENS, self.network.config.max_position_embeddings)

    def read(self, texts: Sequence[str], progress: Progress = no_progress) -> list[Reading]:
        """Read texts, in windows of tokens.

        Args:
            texts: of articles, in any language that the model knows.
            progress: told how many code points are done.
        """
        parts: list[list[Reading]] = [[] for _ in texts]
        waiting: list[tuple[int, int, Window]] = []  # number of the text, where the piece begins, window
        with progress("Finding who says what", sum(map(len, texts))) as advance:
            for number, text in enumerate(texts):
                for start, piece in _pieces(text):
                    waiting += [(number, start, window) for window in cut(self.tokenizer, piece, self.max_tokens)]
                    if len(waiting) >= _WINDOWS_TOGETHER:
                        self._read_windows(waiting, parts)
                        waiting = []
                advance(len(text))
            self._read_windows(waiting, parts)
        return [_joined(own) for own in parts]

    def _read_windows(self, windows: list[tuple[int, int, Window]], parts: list[list[Reading]]) -> None:
        """Read windows, and put what is found to the parts of their texts, in order."""
        logits: list[np.ndarray] = [np.zeros(0)] * len(windows)
        lengths = np.array([len(window.ids) for *_, window in windows])
        for rows in batches(lengths, self.max_tokens, self.backend, self.network.device):
            ids = {"input_ids": [windows[row][2].ids for row in rows]}
            batch = pad(self.tokenizer, ids, self.max_tokens, self.backend)
            for row, values in zip(rows, self._run(batch), strict=True):
                counts = windows[row][2].counts
                logits[row] = values[: len(counts)][counts]
        for (number, start, window), values in zip(windows, logits, strict=True):
            offsets = np.array(window.offsets, dtype=np.int64).reshape(-1, 2)[window.counts]
            parts[number].append(Reading(offsets + start, values.astype(np.float16)))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A text in pieces that fit in memory once they are tokens, each with its place; all but huge ones are whole."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _PIECE)
        if end < len(text):
            end = max(text.rfind(" ", start, end), text.rfind("\n", start, end)) + 1 or end
        yield start, text[start:end]
        start = end


def _joined(parts: list[Reading]) -> Reading:
    if not parts:
        return Reading(np.zeros((0, 2), np.int64), np.zeros((0, len(OUTPUTS)), np.float16))
    return Reading(np.concatenate([each.offsets for each in parts]), np.concatenate([each.logits for each in parts]))
