"""Which device and number format this machine computes with."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


def pick_device(name: str = "auto") -> str:
    """The device of that name, or for "auto" the fastest one present.

    Raises:
        ValueError: torch cannot compute on that device here.
    """
    if name != "auto":
        try:
            torch.zeros(1, device=name)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(f"device {name!r} cannot be used here: {str(error).splitlines()[0]}") from error
        return name
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def native_bf16(device: torch.device) -> bool:
    """Whether the device multiplies in bfloat16 by itself; elsewhere it would be slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def native_int8(device: torch.device) -> bool:
    """Whether the device is a processor that multiplies and adds whole numbers of 8 bits in one step."""
    return device.type == "cpu" and bool(torch.cpu._is_vnni_supported())


def autocast(device: torch.device) -> AbstractContextManager[object]:
    """Multiply in bfloat16 where that is native, in float32 otherwise."""
    return torch.autocast(device.type, torch.bfloat16) if native_bf16(device) else nullcontext()
