"""Texts → vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from contradict.batching import batches_by_tokens
from contradict.models.precision import autocast
from contradict.progress import Progress, no_progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_CHARACTERS_A_BATCH = 8192


def embed(encoder: SentenceTransformer, texts: Sequence[str], progress: Progress = no_progress) -> np.ndarray:
    """Vectors of texts, of unit length.

    Args:
        encoder: any sentence encoder; its default prompt, if it has one, is put before each text.
        texts: any number of texts.
        progress: told how many texts are done.

    Returns:
        float32 array of shape (len(texts), dimensions).
    """
    dimensions = encoder.get_embedding_dimension()
    vectors = np.zeros((len(texts), dimensions or 0), np.float32)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    with progress("Reading statements", len(texts)) as advance, autocast(encoder.device):
        for rows in batches_by_tokens(lengths, _CHARACTERS_A_BATCH):
            vectors[rows] = encoder.encode(
                [texts[row] for row in rows],
                batch_size=len(rows),
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
            advance(len(rows))
    return vectors
