"""Pairs → probabilities of entailment, neutral and contradiction."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from contradict.batching import batches_by_tokens
from contradict.labels import resolve_order
from contradict.models.loading import load_classifier
from contradict.models.precision import autocast
from contradict.progress import Progress, no_progress
from contradict.records import Judgement, Probabilities

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_TOKENS_A_BATCH = 4096
_PAIRS_TOKENISED_TOGETHER = 4096
_USUAL_LIMIT = 512
_SPARE_POSITIONS = 2  # models of the RoBERTa kind count positions from 2


class NLI:
    """A natural language inference model: the embedded one, or any other.

    Example:
        >>> NLI().predict([("Semua kantor tutup hari ini.", "Satu kantor buka hari ini.")]).shape
        (1, 3)
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        labels: Sequence[str] | None = None,
        device: str = "auto",
        share_with: SentenceTransformer | None = None,
    ) -> None:
        """Load the model.

        Args:
            model: folder or hub id of a three-way classifier; without one, the embedded model.
            labels: what its outputs are, in order; without it, the model's own `id2label` says so.
            device: as torch names it, or "auto".
            share_with: an encoder in memory, whose word embeddings and tokenizer are used where the files are the same.

        Raises:
            LabelError: the labels cannot be resolved; the message shows them.
            ModelError: the model cannot be had or will not be loaded.
        """
        self.network, self.tokenizer = load_classifier(model, device, share_with)
        self.name = str(model or "embedded")
        self._order = list(resolve_order(labels or self.network.config.id2label or {}, self.name))
        self.max_tokens = self._find_max_tokens()

    def predict(self, pairs: Sequence[tuple[str, str]], progress: Progress = no_progress) -> np.ndarray:
        """Judge each pair in one direction.

        Args:
            pairs: (premise, hypothesis) texts, in any language that the model knows. What is beyond the model's longest
                input is not read; a warning says how many pairs that concerns.
            progress: told how many pairs are done.

        Returns:
            float32 array of shape (len(pairs), 3): probabilities of entailment, neutral and contradiction; each row
            sums to 1.

        Raises:
            ValueError: a text is empty once white space is removed; the message names its position.
        """
        for position, pair in enumerate(pairs):
            for side, text in zip(("premise", "hypothesis"), pair, strict=True):
                if not text.strip():
                    raise ValueError(f"pair {position}: the {side} is empty")
        if not pairs:
            return np.zeros((0, 3), np.float32)
        order = np.argsort([-len(premise) - len(hypothesis) for premise, hypothesis in pairs], kind="stable")
        probabilities = np.zeros((len(pairs), 3), np.float32)
        cut = 0
        with progress("Judging pairs", len(pairs)) as advance, torch.inference_mode(), autocast(self.network.device):
            for start in range(0, len(order), _PAIRS_TOKENISED_TOGETHER):
                part = order[start : start + _PAIRS_TOKENISED_TOGETHER]
                inputs = self._tokenise([pairs[position] for position in part])
                lengths = np.array([len(ids) for ids in inputs["input_ids"]])
                cut += int((lengths >= self.max_tokens).sum())
                for rows in batches_by_tokens(lengths, _TOKENS_A_BATCH):
                    probabilities[part[rows]] = self._judge_batch(inputs, rows)
                    advance(len(rows))
        if cut:
            warnings.warn(
                f"{cut} of {len(pairs)} pairs fill the {self.max_tokens} tokens that the model reads; what is beyond,"
                " at the end of the longer text, was not read. Split long texts into sentences",
                stacklevel=2,
            )
        return probabilities

    def _find_max_tokens(self) -> int:
        positions = getattr(self.network.config, "max_position_embeddings", None) or _USUAL_LIMIT
        return int(min(self.tokenizer.model_max_length, positions - _SPARE_POSITIONS))

    def judge(self, pairs: Sequence[tuple[str, str]], progress: Progress = no_progress) -> list[Judgement]:
        """Judge each pair in both directions.

        Args:
            pairs: two texts each; see `predict`.
            progress: told how many directions are done.

        Returns:
            one judgement a pair, in the same order.

        Raises:
            ValueError: see `predict`.
        """
        both = self.predict([*pairs, *((b, a) for a, b in pairs)], progress).astype(float)
        forward, backward = both[: len(pairs)], both[len(pairs) :]
        return [Judgement(Probabilities(*a_b), Probabilities(*b_a)) for a_b, b_a in zip(forward, backward, strict=True)]

    def _tokenise(self, pairs: Sequence[tuple[str, str]]) -> dict[str, list[list[int]]]:
        premises, hypotheses = [list(side) for side in zip(*pairs, strict=True)]
        return dict(self.tokenizer(premises, hypotheses, truncation="longest_first", max_length=self.max_tokens))

    def _judge_batch(self, inputs: dict[str, list[list[int]]], rows: np.ndarray) -> np.ndarray:
        batch = {name: [values[row] for row in rows] for name, values in inputs.items()}
        padded = self.tokenizer.pad(batch, return_tensors="pt").to(self.network.device)
        probabilities: np.ndarray = self.network(**padded).logits.float()[:, self._order].softmax(dim=1).cpu().numpy()
        return probabilities
