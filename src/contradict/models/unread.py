"""One of the embedded networks of which only the word embeddings are read, where an export has its layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from contradict.models.embedded import EMBEDDINGS_FILE, WORD_EMBEDDINGS

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Unread:
    """Stands for a network on the processor: importing its class and reading its layers take seconds.

    Attributes:
        config: of the network.
        name_or_path: where its files are.
        device: the processor.
    """

    def __init__(self, folder: Path, weights: torch.nn.Parameter | None, read: Callable[[], PreTrainedModel]) -> None:
        """Take the network in a folder of an embedded model.

        Args:
            folder: where its files are.
            weights: of its word embeddings, where they are in memory.
            read: gives the whole of it, for an export to be made.
        """
        from safetensors.torch import load_file
        from transformers import AutoConfig

        self.config: Any = AutoConfig.from_pretrained(folder, local_files_only=True)
        self.name_or_path = str(folder)
        self.device = torch.device("cpu")
        self._read = read
        self._embeddings = torch.nn.Embedding(self.config.vocab_size, self.config.hidden_size, device="meta")
        self._embeddings.weight = (
            torch.nn.Parameter(load_file(folder / EMBEDDINGS_FILE)[WORD_EMBEDDINGS], requires_grad=False)
            if weights is None
            else weights
        )

    def get_input_embeddings(self) -> torch.nn.Embedding:
        """The word embeddings."""
        return self._embeddings

    def whole(self) -> PreTrainedModel:
        """The network with its layers, and with the word embeddings that are in memory."""
        network = self._read()
        network.get_input_embeddings().weight = self._embeddings.weight
        return network
