"""A network in OpenVINO's format: written, its weights narrowed to whole numbers of 8 bits, and run.

Narrowed, each row of a matrix of weights has one scale for every 64 of its numbers, and OpenVINO narrows what it is
multiplied with likewise, while it computes. So nothing has to be known of the texts that will be read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

_FILE = "model.xml"
_NARROWED_FILE = "narrowed.xml"
_GROUP = 64  # numbers with one scale
_LARGEST = 127

Session = Callable[[Mapping[str, np.ndarray]], np.ndarray]
"""Inputs by name → logits."""


def import_openvino() -> Any:
    """OpenVINO without its telemetry, which tells its makers over the network of each import."""
    telemetry = "openvino_telemetry"
    silenced = telemetry not in sys.modules
    if silenced:
        sys.modules[telemetry] = None  # type: ignore[assignment]  # so that importing it fails, as if it were not there
    try:
        import openvino
    finally:
        if silenced:
            del sys.modules[telemetry]
    return openvino


def write(module: torch.nn.Module, folder: Path, inputs: Mapping[str, torch.Tensor]) -> None:
    """Write a module that takes `inputs_embeds` and what else the inputs have, of any number and length."""
    openvino = import_openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    # Not `openvino.convert_model`, which may tell its makers, too.
    frontend = FrontEndManager().load_by_framework("pytorch")
    decoder = TorchScriptPythonDecoder(module.eval(), example_input=dict(inputs))  # must outlive the conversion
    model = frontend.convert(frontend.load(decoder))
    model.reshape({name: [-1, -1, *values.shape[2:]] for name, values in inputs.items()})
    openvino.save_model(model, folder / _FILE, compress_to_fp16=False)


def narrow(folder: Path) -> None:
    """Replace what `write` wrote by the same with narrowed weights, where their rows can be cut into groups."""
    openvino = import_openvino()
    model = openvino.Core().read_model(folder / _FILE, config={"ENABLE_MMAP": False})
    for product in model.get_ordered_ops():
        if product.get_type_name() == "MatMul" and product.get_attributes()["transpose_b"]:
            weights = product.input_value(1).get_node()
            if weights.get_type_name() == "Constant" and _worth_narrowing(weights.get_output_shape(0)):
                product.input(1).replace_source_output(_narrowed(weights.get_data()))
    openvino.save_model(model, folder / _NARROWED_FILE, compress_to_fp16=False)
    for file in (folder / _FILE, folder / _FILE.replace(".xml", ".bin")):
        file.unlink()


def _worth_narrowing(shape: Sequence[int]) -> bool:
    """Whether that is a layer whose rows can be cut into groups, and not the small last one."""
    return len(shape) == 2 and min(shape) >= _GROUP and shape[1] % _GROUP == 0


def _narrowed(weights: np.ndarray) -> Any:
    from openvino import opset13 as operations

    groups = weights.reshape(len(weights), -1, _GROUP)
    scales = np.abs(groups).max(axis=-1, keepdims=True) / _LARGEST
    scales[scales == 0] = 1
    whole = operations.constant(np.rint(groups / scales).astype(np.int8), dtype=np.int8)
    wide = operations.multiply(operations.convert(whole, "f32"), operations.constant(scales.astype(np.float32)))
    return operations.reshape(wide, operations.constant(np.array(weights.shape)), special_zero=False).output(0)


def session(folder: Path, precision: str) -> Session:
    """What runs the network in that folder, multiplying in bf16 or f32, or in 8 bits where it was narrowed.

    It uses as many threads as torch does, so that a worker that has one core to itself keeps to it.
    """
    narrowed = folder / _NARROWED_FILE
    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": str(torch.get_num_threads())}
    if narrowed.exists():
        settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = str(_GROUP)
    file = narrowed if narrowed.exists() else folder / _FILE
    request: Any = import_openvino().Core().compile_model(str(file), "CPU", settings).create_infer_request()

    def run(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        logits: np.ndarray = request.infer(dict(inputs))[0]
        return logits

    return run
