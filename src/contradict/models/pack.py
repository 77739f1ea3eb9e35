"""A trained model → the files that this package ships: what differs from the encoder, in 16 bits.

Run as `python -m contradict.models.pack nli RUN/model`, or with `tagger` in the place of `nli`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from contradict.models.embedded import (
    EMBEDDINGS_FILE,
    LAYERS_FILE,
    MANIFEST_FILE,
    WORD_EMBEDDINGS,
    encoder_folder,
    shipped_weights,
)


def pack(model: Path, target: Path) -> None:
    """Write the weights of a trained model that are not the encoder's, as float16, with their SHA-256 in a manifest.

    Args:
        model: folder of a model that was trained from the embedded encoder with its word embeddings frozen.
        target: folder to write to.

    Raises:
        ValueError: the word embeddings are not the encoder's.
    """
    from safetensors.numpy import load_file, save

    tensors = load_file(model / "model.safetensors")
    encoder = load_file(encoder_folder() / EMBEDDINGS_FILE) | load_file(encoder_folder() / LAYERS_FILE)
    own = {
        name: values
        for name, values in tensors.items()
        if name not in encoder or not np.array_equal(values, encoder[name])
    }
    if WORD_EMBEDDINGS in own:
        raise ValueError(f"{model}: its word embeddings are not the embedded encoder's")
    data = save({name: values.astype(np.float16) for name, values in own.items()})
    target.mkdir(parents=True, exist_ok=True)
    (target / LAYERS_FILE).write_bytes(data)
    manifest = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (target / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Pack a trained model into this package.")
    parser.add_argument("name", choices=("nli", "tagger"), help="what it is")
    parser.add_argument("model", type=Path, help="folder of the trained model")
    options = parser.parse_args()
    pack(options.model, shipped_weights(options.name))
