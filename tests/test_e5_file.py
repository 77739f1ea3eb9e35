import struct

import numpy as np
import pytest

from contradict.models import e5_file


def q4_block(scale: float, nibbles: list[int]) -> bytes:
    """Byte j holds weight j low and weight j + 16 high."""
    return struct.pack("<e", scale) + bytes(nibbles[j] | nibbles[j + 16] << 4 for j in range(16))


def small_file(block_size: int = 32) -> bytes:
    pieces = ["<s>", "▁air", "é"]
    text = "".join(pieces).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in pieces)])
    head = b"E5S1" + struct.pack("<I7if2i4i", 1, 4, 1, 2, 8, 3, 16, 2, 1e-12, block_size, len(pieces), 0, 2, 1, 3)
    head += struct.pack("<Q", len(text)) + offsets.astype("<u4").tobytes()
    head += np.array([0.0, -1.5, -2.5], "<f4").tobytes() + text
    head += struct.pack("<iI", 0, 3) + b"map"
    plain, packed = np.array([1.5, -2.0], "<f4").tobytes(), q4_block(0.5, [*range(16), *reversed(range(16))])
    names = [(b"emb.ln.w", plain, 2), (b"l0.q.w", packed, 32)]
    table_size = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _, _ in names)
    table, at = struct.pack("<i", len(names)), len(head) + table_size
    for name, data, elements in names:
        table += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", 0, elements, at, len(data))
        at += len(data)
    return head + table + plain + packed


def test_every_part_of_the_file_is_read():
    parsed = e5_file.parse(small_file())
    assert parsed.dimensions == e5_file.Dimensions(4, 1, 2, 8, 3, 16, 2, pytest.approx(1e-12))
    assert parsed.special == e5_file.SpecialTokens(bos=0, eos=2, pad=1, unk=3)
    assert parsed.pieces == [("<s>", 0.0), ("▁air", -1.5), ("é", -2.5)]
    assert parsed.tensors["emb.ln.w"].tolist() == [1.5, -2.0]


def test_four_bit_weights_are_widened():
    weights = e5_file.parse(small_file()).tensors["l0.q.w"]
    assert weights.tolist() == [(n - 8) * 0.5 for n in [*range(16), *reversed(range(16))]]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"GGUF" + bytes(80), "GGUF"), (small_file()[:40], "ends at byte"), (small_file(block_size=64), "blocks of 64")],
)
def test_other_bytes_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        e5_file.parse(data)
