"""Which inputs a network is given together, and how they are filled up to one length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from contradict.batching import batches_by_tokens, tokens_a_batch

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from contradict.engine import Backend

SEGMENTS = "token_type_ids"  # to which of two texts each token belongs, for the models that are told so
_MULTIPLE = 8  # to which lengths are padded for OpenVINO, so that it prepares itself for few shapes


def batches(lengths: np.ndarray, max_tokens: int, backend: Backend, device: torch.device) -> Iterator[np.ndarray]:
    """Positions of inputs in batches that are padded and read together.

    What OpenVINO computes differs in the last digit with the padding, which rounding to 8 bits may make a hundredth of
    a probability. So it is given inputs of one padded length, and what it says of each depends on that one alone.

    Args:
        lengths: of the inputs, in tokens.
        max_tokens: of the network's longest input.
        backend: what computes it.
        device: on which.
    """
    budget = tokens_a_batch(device.type)
    if not _is_openvino(backend):
        return batches_by_tokens(lengths, budget)
    padded = np.array([_padded_length(int(length), max_tokens) for length in lengths], dtype=np.int64)
    return batches_by_tokens(padded, budget, alike=True)


def pad(
    tokenizer: PreTrainedTokenizerBase, batch: dict[str, list[list[int]]], max_tokens: int, backend: Backend
) -> dict[str, torch.Tensor]:
    """A batch padded to one length.

    Args:
        tokenizer: of the network.
        batch: what it gave for the texts.
        max_tokens: of the network's longest input, beyond which nothing is padded.
        backend: what computes it.
    """
    length = max(map(len, batch["input_ids"]))
    if _is_openvino(backend):
        length = _padded_length(length, max_tokens)
    return dict(tokenizer.pad(batch, return_tensors="pt", padding="max_length", max_length=length))


def _is_openvino(backend: Backend) -> bool:
    return backend in ("openvino", "openvino-int8")


def _padded_length(length: int, max_tokens: int) -> int:
    return max(length, min(max_tokens, -(-length // _MULTIPLE) * _MULTIPLE))
