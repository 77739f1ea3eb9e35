"""Pairs → probabilities of entailment, neutral and contradiction."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from contradict.calibration import FILE_NAME, Calibration, CalibrationError, read_calibration
from contradict.judging import judge_both_ways
from contradict.labels import resolve_order
from contradict.models.backends import is_exported, load_run
from contradict.models.loading import load_classifier, weights_digest
from contradict.models.padding import SEGMENTS, batches, pad
from contradict.progress import Progress, no_progress
from contradict.records import MIN_SCORE, Judgement

if TYPE_CHECKING:
    from contradict.embedding import Encoder
    from contradict.engine import Backend

_PAIRS_TOKENISED_TOGETHER = 4096
_USUAL_LIMIT = 512
_SPARE_POSITIONS = 2  # models of the RoBERTa kind count positions from 2


class NLI:
    """A natural language inference model: the embedded one, or any other.

    Attributes:
        name: the folder or hub id as it was given, or "embedded".
        folder: where the model's files are.
        calibration: what its probabilities are corrected by; None for nothing.
        label_order: which of the network's outputs are entailment, neutral and contradiction.
        max_tokens: of its longest input, a pair together.
        backend: what computes it.

    Example:
        >>> NLI().predict([("Semua kantor tutup hari ini.", "Satu kantor buka hari ini.")]).shape
        (1, 3)
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        labels: Sequence[str] | None = None,
        calibration: Calibration | str | Path | None = "auto",
        device: str = "auto",
        backend: Backend = "auto",
        share_with: Encoder | None = None,
    ) -> None:
        """Load the model.

        Args:
            model: folder or hub id of a three-way classifier; without one, the embedded model.
            labels: what its outputs are, in order; without it, the model's own `id2label` says so.
            calibration: what to correct its probabilities by, or the file that holds it; "auto" for the file
                `calibration.json` in the model's folder, where there is one; None for nothing.
            device: as torch names it, or "auto".
            backend: what computes it; "auto" for the fastest one installed (`contradict.models.backends`).
            share_with: an encoder in memory, whose word embeddings and tokenizer are used where the files are the same.

        Raises:
            BackendError: the back end is not installed, or cannot compute this model.
            CalibrationError: the calibration cannot be read, or belongs to other weights.
            LabelError: the labels cannot be resolved; the message shows them.
            ModelError: the model cannot be had or will not be loaded.
            OSError: the calibration's file is not there, or the system does not let it be read.
        """
        self.network, self.tokenizer = load_classifier(model, device, share_with, exported=is_exported(backend, device))
        self.name = str(model or "embedded")
        self.folder = Path(str(self.network.name_or_path))
        self.calibration = calibration_for(self.folder, calibration)
        self.label_order = list(resolve_order(labels or self.network.config.id2label or {}, self.name))
        self.max_tokens = self._find_max_tokens()
        segments = SEGMENTS in self.tokenizer.model_input_names
        self.backend, self._run = load_run(self.network, self.folder, backend, segments=segments)

    @property
    def threshold(self) -> float:
        """Least symmetric score worth reporting: that of the calibration, or `MIN_SCORE` where it has none."""
        stated = self.calibration.threshold if self.calibration else None
        return MIN_SCORE if stated is None else stated

    def predict(self, pairs: Sequence[tuple[str, str]], progress: Progress = no_progress) -> np.ndarray:
        """Judge each pair in one direction.

        Args:
            pairs: see `logits`.
            progress: told how many pairs are done.

        Returns:
            float32 array of shape (len(pairs), 3): probabilities of entailment, neutral and contradiction, calibrated
            where the model has a calibration; each row sums to 1.

        Raises:
            ValueError: see `logits`.
        """
        logits = self.logits(pairs, progress)
        if self.calibration:
            return self.calibration.apply(logits)
        probabilities: np.ndarray = torch.from_numpy(logits).softmax(dim=1).numpy()
        return probabilities

    def logits(self, pairs: Sequence[tuple[str, str]], progress: Progress = no_progress) -> np.ndarray:
        """What the network gives each pair in one direction, before any calibration.

        Args:
            pairs: (premise, hypothesis) texts, in any language that the model knows. What is beyond the model's longest
                input is not read; a warning says how many pairs that concerns.
            progress: told how many pairs are done.

        Returns:
            float32 array of shape (len(pairs), 3): logits of entailment, neutral and contradiction.

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
        logits = np.zeros((len(pairs), 3), np.float32)
        cut = 0
        with progress("Judging pairs", len(pairs)) as advance:
            for start in range(0, len(order), _PAIRS_TOKENISED_TOGETHER):
                part = order[start : start + _PAIRS_TOKENISED_TOGETHER]
                inputs = self._tokenise([pairs[position] for position in part])
                lengths = np.array([len(ids) for ids in inputs["input_ids"]])
                cut += int((lengths >= self.max_tokens).sum())
                for rows in batches(lengths, self.max_tokens, self.backend, self.network.device):
                    logits[part[rows]] = self._judge_batch(inputs, rows)
                    advance(len(rows))
        if cut:
            warnings.warn(
                f"{cut} of {len(pairs)} pairs fill the {self.max_tokens} tokens that the model reads; what is beyond,"
                " at the end of the longer text, was not read. Split long texts into sentences",
                stacklevel=2,
            )
        return logits

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
        return judge_both_ways(pairs, lambda both: self.predict(both, progress))

    def _tokenise(self, pairs: Sequence[tuple[str, str]]) -> dict[str, list[list[int]]]:
        premises, hypotheses = [list(side) for side in zip(*pairs, strict=True)]
        return dict(self.tokenizer(premises, hypotheses, truncation="longest_first", max_length=self.max_tokens))

    def _judge_batch(self, inputs: dict[str, list[list[int]]], rows: np.ndarray) -> np.ndarray:
        batch = {name: [values[row] for row in rows] for name, values in inputs.items()}
        return self._run(pad(self.tokenizer, batch, self.max_tokens, self.backend))[:, self.label_order]


def calibration_for(folder: Path, stated: Calibration | str | Path | None) -> Calibration | None:
    """The calibration of the NLI model in a folder; see `NLI` for what may be stated, and what is raised.

    It is found to be of the weights there.
    """
    beside = folder / FILE_NAME
    if stated is None or (stated == "auto" and not beside.exists()):
        return None
    origin = beside if stated == "auto" else stated
    calibration = origin if isinstance(origin, Calibration) else read_calibration(Path(origin))
    if calibration.digest is not None and calibration.digest != (found := weights_digest(folder)):
        raise CalibrationError(
            f"{'the calibration' if origin is calibration else origin} belongs to weights with SHA-256"
            f" {calibration.digest}, but those in {folder} have {found}; run contradict calibrate for this model, or"
            " leave the calibration out with --calibration none (in Python: calibration=None)"
        )
    return calibration
