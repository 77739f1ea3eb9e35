"""What computes a network: torch, or on a processor OpenVINO or ONNX Runtime, to which it is exported once.

An export begins at the word embeddings, so that no table of words is written a second time; it is kept in the cache,
under a name that holds the digest of the weights and the library's version. With "openvino-int8", products of matrices
are of whole numbers of 8 bits (`openvino_model.py`).
"""

from __future__ import annotations

import hashlib
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from contradict.engine import BACKENDS, Backend
from contradict.models.cache import cached_folder
from contradict.models.loading import weights_digest
from contradict.models.openvino_model import Session, narrow, session, write
from contradict.models.padding import SEGMENTS
from contradict.models.precision import autocast, native_bf16, native_int8, pick_device
from contradict.models.unread import Unread

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Run = Callable[[Mapping[str, torch.Tensor]], np.ndarray]
"""A padded batch, as a tokenizer gives it with `return_tensors="pt"`, to what the network says of it, in float32."""
Finish = Callable[[Any, torch.Tensor], torch.Tensor]
"""What a network gives and the attention mask → what is wanted of it."""

_EXTRAS = {"openvino": "openvino", "openvino-int8": "openvino", "onnx": "onnx"}  # of the package, by back end
_MODULES = {"openvino": ["openvino"], "onnx": ["onnxruntime", "onnxscript"]}  # of each extra
_VERSION_OF = {"openvino": "openvino", "onnx": "onnxruntime"}
_FORMAT_VERSION = 1
_CLOSE = 1e-3  # greatest difference between what torch and an export say of an input or token, both in float32
_CLOSE_NARROW = 0.1  # the same as a share of the longest one, where the export multiplies in 8 bits


class BackendError(RuntimeError):
    """A back end that is not installed, or does not compute what torch does."""


def choose_backend(stated: Backend, device: torch.device) -> Backend:
    """The back end of that name, or for "auto" the fastest one installed.

    That is OpenVINO on a processor that multiplies in bfloat16 by itself, or else in whole numbers of 8 bits; in
    float32, torch is the faster one.

    Raises:
        BackendError: it is not installed, or does not compute on that device.
        ValueError: there is none of that name.
    """
    if stated not in BACKENDS:
        raise ValueError(f"backend is {stated!r}; it must be one of {', '.join(BACKENDS)}")
    if stated == "auto":
        return _fastest(device)
    if stated == "torch":
        return stated
    extra = _EXTRAS[stated]
    if missing := [name for name in _MODULES[extra] if not find_spec(name)]:
        raise BackendError(
            f"backend {stated} needs {' and '.join(missing)}; run: pip install 'contradict-nlp[{extra}]'"
        )
    if device.type != "cpu":
        raise BackendError(f"backend {stated} computes on the processor; the device is {device}. Use backend torch")
    return stated


def is_exported(stated: Backend, device: str) -> bool:
    """Whether the back end chosen runs an export, on the device of that name; see `choose_backend`."""
    return choose_backend(stated, torch.device(pick_device(device))) != "torch"


def _fastest(device: torch.device) -> Backend:
    if device.type != "cpu" or not find_spec("openvino"):
        return "torch"
    if native_bf16(device):
        return "openvino"
    return "openvino-int8" if native_int8(device) else "torch"


def logits(outputs: Any, mask: torch.Tensor) -> torch.Tensor:
    """Those of a classifier, of texts or of their tokens."""
    found: torch.Tensor = outputs.logits
    return found


def load_run(
    network: PreTrainedModel | Unread,
    folder: Path,
    backend: Backend,
    *,
    segments: bool = False,
    finish: Finish = logits,
) -> tuple[Backend, Run]:
    """The back end chosen, and what computes with it what is wanted of the network.

    "auto" falls back to torch where an export fails; a warning says why.

    Args:
        network: what is run.
        folder: from which it was read.
        backend: see `choose_backend`.
        segments: whether its tokenizer says to which of two texts each token belongs.
        finish: takes what is wanted from what the network gives.

    Raises:
        BackendError: the stated back end is not installed, or does not compute what torch does.
        ValueError: there is none of that name.
    """
    chosen = choose_backend(backend, network.device)
    if chosen == "torch":
        return chosen, _torch(network, finish)
    told = segments and getattr(network.config, "type_vocab_size", 2) > 1  # XLNet is told, and states no number
    beside = ("attention_mask", SEGMENTS) if told else ("attention_mask",)
    try:
        return chosen, _exported(network, folder, chosen, beside, finish)
    except BackendError as error:
        if backend != "auto":
            raise
        warnings.warn(f"{error}; computing with torch", stacklevel=3)
        return "torch", _torch(network, finish)


def _exported(
    network: PreTrainedModel | Unread, source: Path, backend: Backend, beside: Sequence[str], finish: Finish
) -> Run:
    version = metadata.version(_VERSION_OF[_EXTRAS[backend]])
    made_of = f"{_FORMAT_VERSION} {weights_digest(source)} {torch.__version__} {' '.join(beside)} {finish.__name__}"
    key = hashlib.sha256(made_of.encode()).hexdigest()[:16]

    def make(folder: Path) -> None:
        try:
            with _unheard():
                _export(_whole(network), folder, backend, beside, finish)
        except BackendError:
            raise
        except Exception as error:  # whatever the exporter meets in a network that it does not know
            raise BackendError(f"{source} cannot be exported for {backend}: {error}") from error

    try:
        folder = cached_folder(f"{backend}-{version}-{key}", make, megabytes=100)
    except OSError as error:
        raise BackendError(f"{source} cannot be exported for {backend}: {error.strerror or error}") from error
    compute = _load(folder, backend)
    embeddings = network.get_input_embeddings()
    if not isinstance(network, Unread):
        _forget(network, embeddings)

    def run(batch: Mapping[str, torch.Tensor]) -> np.ndarray:
        with torch.inference_mode():
            return compute(
                {name: values.numpy() for name, values in _from_embeddings(embeddings, batch, beside).items()}
            )

    return run


def _whole(network: PreTrainedModel | Unread) -> PreTrainedModel:
    return network.whole() if isinstance(network, Unread) else network


def _forget(network: PreTrainedModel, embeddings: torch.nn.Module) -> None:
    """Let go of the weights that the export has too; shapes and numbers of them stay known."""
    for module in network.modules():
        for name, weights in module.named_parameters(recurse=False):
            if module is not embeddings:
                empty = torch.nn.Parameter(torch.empty_like(weights, device="meta"), requires_grad=False)
                module.register_parameter(name, empty)


@contextmanager
def _unheard() -> Iterator[None]:
    """Without what exporters say of their own ways."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)


def _torch(network: PreTrainedModel | Unread, finish: Finish) -> Run:
    whole = _whole(network)

    def run(batch: Mapping[str, torch.Tensor]) -> np.ndarray:
        device = whole.device
        there = {name: values.to(device) for name, values in batch.items()}
        with torch.inference_mode(), autocast(device):
            wanted = finish(whole(**there), there["attention_mask"])
        array: np.ndarray = wanted.float().cpu().numpy()
        return array

    return run


class _Exported(torch.nn.Module):
    """The network, from the word embeddings on."""

    def __init__(self, network: PreTrainedModel, finish: Finish) -> None:
        super().__init__()
        self.network, self.finish = network, finish

    def forward(
        self, inputs_embeds: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor | None = None
    ) -> torch.Tensor:
        beside = {} if token_type_ids is None else {SEGMENTS: token_type_ids}
        outputs = self.network(inputs_embeds=inputs_embeds, attention_mask=attention_mask, **beside)
        return self.finish(outputs, attention_mask)


def _from_embeddings(
    embeddings: torch.nn.Module, batch: Mapping[str, torch.Tensor], beside: Sequence[str]
) -> dict[str, torch.Tensor]:
    return {"inputs_embeds": embeddings(batch["input_ids"]), **{name: batch[name] for name in beside}}


def _export(network: PreTrainedModel, folder: Path, backend: Backend, beside: Sequence[str], finish: Finish) -> None:
    """Write the network in the format of the back end, and see that it computes what torch does."""
    chance = torch.Generator().manual_seed(0)
    ids = torch.randint(5, network.config.vocab_size, (3, 24), generator=chance)
    mask = torch.ones_like(ids)
    mask[1, 17:] = mask[2, 9:] = 0
    batch = {"input_ids": ids, "attention_mask": mask, SEGMENTS: torch.randint(2, ids.shape, generator=chance)}
    read_with = _from_embeddings(network.get_input_embeddings(), batch, beside)
    inputs = {name: values.detach() for name, values in read_with.items()}
    module = _Exported(network, finish).eval()
    with torch.inference_mode():
        wanted = module(**inputs).numpy()
    read = mask.bool().numpy() if wanted.ndim > 2 else slice(None)

    def compare(run: Session, close: float) -> None:
        got = run({name: values.numpy() for name, values in inputs.items()})
        difference = float(np.linalg.norm(wanted[read] - got[read], axis=-1).max())
        if not difference <= close:
            raise BackendError(
                f"as exported for {backend}, {network.name_or_path} gives figures that differ by {difference:.3g} from"
                " those of torch; use backend torch"
            )

    if backend == "onnx":
        _export_onnx(module, folder, inputs)
        compare(_onnx(folder), _CLOSE)
        return
    write(module, folder, inputs)
    compare(session(folder, "f32"), _CLOSE)
    if backend == "openvino-int8":
        narrow(folder)
        compare(session(folder, "f32"), _CLOSE_NARROW * float(np.linalg.norm(wanted[read], axis=-1).max()))


def _export_onnx(module: torch.nn.Module, folder: Path, inputs: dict[str, torch.Tensor]) -> None:
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    torch.onnx.export(
        module,
        (),
        folder / "model.onnx",
        kwargs=inputs,
        input_names=list(inputs),
        output_names=["logits"],
        dynamic_shapes={name: {0: batch, 1: length} for name in inputs},
        dynamo=True,
        verbose=False,
    )


def _load(folder: Path, backend: Backend) -> Session:
    if backend == "onnx":
        return _onnx(folder)
    bf16 = backend == "openvino" and native_bf16(torch.device("cpu"))
    return session(folder, "bf16" if bf16 else "f32")


def _onnx(folder: Path) -> Session:
    import onnxruntime

    loaded: Any = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])

    def run(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        logits: np.ndarray = loaded.run(["logits"], dict(inputs))[0]
        return logits

    return run
