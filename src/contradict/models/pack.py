"""A trained NLI model → the files that this package ships: what differs from the encoder, in 16 bits.

Run as `python -m contradict.models.pack RUN/model`; `contradict train` makes the folder.
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
    """Write the layers and the head of a trained model, as float16, with a manifest that holds their SHA-256.

    Args:
        model: folder of a model that was trained from the embedded encoder with its word embeddings frozen.
        target: folder to write to.

    Raises:
        ValueError: the word embeddings are not the encoder's.
    """
    from safetensors.numpy import load_file, save

    tensors = load_file(model / "model.safetensors")
    encoder = load_file(encoder_folder() / EMBEDDINGS_FILE)
    if not np.array_equal(tensors.pop(WORD_EMBEDDINGS), encoder[WORD_EMBEDDINGS]):
        raise ValueError(f"{model}: its word embeddings are not the embedded encoder's")
    data = save({name: values.astype(np.float16) for name, values in tensors.items()})
    target.mkdir(parents=True, exist_ok=True)
    (target / LAYERS_FILE).write_bytes(data)
    manifest = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    (target / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Pack a trained NLI model into this package.")
    parser.add_argument("model", type=Path, help="folder of the trained model")
    pack(parser.parse_args().model, shipped_weights())
