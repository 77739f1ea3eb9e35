"""The embedded encoder without `sentence_transformers`, which gives the same vectors but takes a second to import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from contradict.models.embedded import MAX_TOKENS, PREFIX, encoder_folder
from contradict.models.precision import pick_device


class MeanEncoder:
    """The mean of what the network gives the tokens of a text, at unit length.

    Attributes:
        folder: where its files are.
        network: what reads the tokens.
        tokenizer: what makes them of a text.
        max_seq_length: of the longest text that is read whole, in tokens.
    """

    def __init__(self, device: str = "auto") -> None:
        """Load it.

        Args:
            device: as torch names it, or "auto".

        Raises:
            EmbeddedModelError: see `contradict.models.embedded.encoder_folder`.
        """
        on = pick_device(device)
        self.folder: Path = encoder_folder()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        network: Any = AutoModel.from_pretrained(
            self.folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
        self.network = network.to(on).eval()
        self.max_seq_length = MAX_TOKENS

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        device: torch.device = self.network.device
        return device

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of one batch of texts, float32, one row a text."""
        prefixed = [PREFIX + text for text in texts]
        batch = self.tokenizer(
            prefixed, padding=True, truncation=True, max_length=self.max_seq_length, return_tensors="pt"
        ).to(self.device)
        with torch.inference_mode():
            states = self.network(**batch).last_hidden_state.float()
        read = batch["attention_mask"][:, :, None].float()
        means = (states * read).sum(dim=1) / read.sum(dim=1)
        vectors: np.ndarray = torch.nn.functional.normalize(means, dim=1).cpu().numpy()
        return vectors
