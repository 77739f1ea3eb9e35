"""One of the embedded networks of which only the word embeddings are read, where an export has its layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
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

    def __init__(self, folder: Path, read: Callable[[], PreTrainedModel]) -> None:
        """Take the network in a folder of an embedded model.

        Args:
            folder: where its files are.
            read: gives the whole of it, for an export to be made.
        """
        from transformers import AutoConfig

        self.config: Any = AutoConfig.from_pretrained(folder, local_files_only=True)
        self.name_or_path = str(folder)
        self.device = torch.device("cpu")
        self._folder, self._read = folder, read

    def get_input_embeddings(self) -> torch.nn.Embedding:
        """The word embeddings, whose weights may be replaced by equal ones in memory."""
        return self._embeddings

    @cached_property
    def _embeddings(self) -> torch.nn.Embedding:
        from safetensors.torch import load_file

        weight = load_file(self._folder / EMBEDDINGS_FILE)[WORD_EMBEDDINGS]
        return torch.nn.Embedding(len(weight), weight.shape[1], _weight=weight, _freeze=True)

    def whole(self) -> PreTrainedModel:
        """The network with its layers, and with the word embeddings that are in memory."""
        network = self._read()
        network.get_input_embeddings().weight = self._embeddings.weight
        return network
