"""Texts → vectors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from contradict.batching import batches_by_tokens, tokens_a_batch
from contradict.models.precision import autocast
from contradict.progress import Progress, no_progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from contradict.models.mean_encoder import MeanEncoder

    Encoder: TypeAlias = "SentenceTransformer | MeanEncoder"

Embed = Callable[[Sequence[str]], np.ndarray]
"""Texts to vectors: float32, one row of unit length a text."""

_CHARACTERS_A_TOKEN = 4
_BATCHES = 4


def embed(encoder: Encoder, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
    """Vectors of texts, of unit length.

    Args:
        encoder: any sentence encoder; its default prompt, if it has one, is put before each text.
        texts: any number of texts.
        progress: told how many texts are done.

    Returns:
        float32 array of shape (len(texts), dimensions); without texts, of shape (0, 0).
    """
    _warn_of_long_texts(encoder, texts)
    vectors = np.zeros((len(texts), 0), np.float32)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    with progress("Reading statements", len(texts)) as advance, autocast(encoder.device):
        for rows in batches_by_tokens(lengths, characters_together(encoder.device.type)):
            encoded = _encode(encoder, [texts[row] for row in rows])
            if not vectors.shape[1]:
                vectors = np.zeros((len(texts), encoded.shape[1]), np.float32)
            vectors[rows] = encoded
            advance(len(rows))
    return vectors


def characters_together(device: str) -> int:
    """How many characters of texts of like length `embed` hands to an encoder, which makes batches of them."""
    return _BATCHES * _characters_a_batch(device)


def _characters_a_batch(device: str) -> int:
    return _CHARACTERS_A_TOKEN * tokens_a_batch(device)


def _encode(encoder: Encoder, texts: list[str]) -> np.ndarray:
    from contradict.models.mean_encoder import MeanEncoder

    if isinstance(encoder, MeanEncoder):
        return encoder.encode(texts)
    size = max(1, _characters_a_batch(encoder.device.type) // max(1, *map(len, texts)))
    return encoder.encode(
        texts, batch_size=size, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
    )


def _warn_of_long_texts(encoder: Encoder, texts: Sequence[str]) -> None:
    limit = encoder.max_seq_length
    if limit is None:
        return
    may_be_long = [text for text in texts if len(text) > limit]  # a token has at least one character
    cut = sum(len(ids) > limit for ids in encoder.tokenizer(may_be_long)["input_ids"]) if may_be_long else 0
    if cut:
        warnings.warn(
            f"{cut} of {len(texts)} texts are longer than the {limit} tokens that the encoder reads; their ends count"
            " for nothing when pairs are sought",
            stacklevel=3,
        )
