"""The embedded encoder without `sentence_transformers`, which is slow to import and computes with torch alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from contradict.models.backends import is_exported, load_run
from contradict.models.embedded import MAX_TOKENS, PREFIX
from contradict.models.loading import load_embedded_encoder
from contradict.models.padding import batches, pad

if TYPE_CHECKING:
    from contradict.engine import Backend


class MeanEncoder:
    """The mean of what the network gives the tokens of a text, at unit length.

    Attributes:
        network: what reads the tokens.
        tokenizer: what makes them of a text.
        backend: what computes the network.
        max_seq_length: of the longest text that is read whole, in tokens.
    """

    def __init__(self, device: str = "auto", backend: Backend = "auto") -> None:
        """Load it.

        Args:
            device: as torch names it, or "auto".
            backend: what computes it; "auto" for the fastest one installed (`contradict.models.backends`).

        Raises:
            BackendError: the back end is not installed, or cannot compute this model.
            EmbeddedModelError: see `contradict.models.embedded.encoder_folder`.
            ModelError: the folder in the cache is damaged.
            ValueError: there is no back end, or no device, of that name.
        """
        self.network, self.tokenizer = load_embedded_encoder(device, exported=is_exported(backend, device))
        folder = Path(self.network.name_or_path)
        self.backend, self._run = load_run(self.network, folder, backend, finish=mean)
        self.max_seq_length = MAX_TOKENS

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        device: torch.device = self.network.device
        return device

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of texts, at least one, float32, one row a text."""
        prefixed = [PREFIX + text for text in texts]
        inputs = dict(self.tokenizer(prefixed, truncation=True, max_length=self.max_seq_length))
        lengths = np.array([len(ids) for ids in inputs["input_ids"]])
        vectors = np.zeros((len(texts), self.network.config.hidden_size), np.float32)
        for rows in batches(lengths, self.max_seq_length, self.backend, self.device):
            batch = {name: [values[row] for row in rows] for name, values in inputs.items()}
            vectors[rows] = self._run(pad(self.tokenizer, batch, self.max_seq_length, self.backend))
        return vectors


def mean(outputs: Any, mask: torch.Tensor) -> torch.Tensor:
    """The mean of what the network gives the tokens of each text, at unit length."""
    read = mask[:, :, None].float()
    means = (outputs.last_hidden_state.float() * read).sum(dim=1) / read.sum(dim=1)
    return torch.nn.functional.normalize(means, dim=1)
