"""Any encoder or NLI model, from a hub or a folder, through the usual loaders; no foreign code, nothing unpickled."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from contradict.attribution.windows import OUTPUTS
from contradict.models.embedded import EMBEDDINGS_FILE, HUB_ID, encoder_folder, nli_folder, tagger_folder
from contradict.models.precision import pick_device

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from contradict.embedding import Encoder

# What a model is read from. Code and pickled weights are not even fetched.
_WANTED_FILES = ["*.json", "*.txt", "*.model", "*.safetensors", "*.jinja"]
_UNWANTED_FOLDERS = ["onnx/*", "openvino/*"]
_LOADING_ERRORS = (OSError, ValueError, KeyError, ImportError, SafetensorError)
_PICKLED = {".bin", ".pt", ".pth", ".pkl", ".ckpt"}


class ModelError(ValueError):
    """A model that cannot be had or will not be loaded; the message says why and what to do."""


def model_folder(model: str | Path) -> Path:
    """Folder of a model: the folder itself, or the local copy of a hub's model, fetched if need be.

    Args:
        model: a folder, or a hub id such as `intfloat/multilingual-e5-small`.

    Raises:
        ModelError: there is no such folder and the hub has no such model or cannot be reached; or the weights are there
            only in a pickled form.
    """
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _fetch(str(model))
    _check_safe(folder, str(model))
    return folder


def weights_digest(folder: Path) -> str:
    """SHA-256, in hexadecimal, of a model's weights: of `cat *.safetensors` in its folder.

    It takes about a second for each gigabyte, once in a process while the files are not written to.
    """
    files = [(path, path.stat()) for path in sorted(folder.glob("*.safetensors"))]
    return _digest_of_files(tuple((path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in files))


@cache
def _digest_of_files(stamped: tuple[tuple[Path, int, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, *_ in stamped:
        with path.open("rb") as file:
            hashlib.file_digest(file, lambda: digest)
    return digest.hexdigest()


def load_encoder(model: str | Path | None = None, device: str = "auto") -> SentenceTransformer:
    """Load a sentence encoder.

    Args:
        model: folder or hub id; without one, the embedded encoder.
        device: as torch names it, or "auto".

    Raises:
        ModelError: see `model_folder`, or the folder holds no encoder.
    """
    folder = encoder_folder() if model is None else model_folder(model)
    import torch
    from sentence_transformers import SentenceTransformer

    on = pick_device(device)
    try:
        encoder = SentenceTransformer(
            str(folder),
            device=on,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
        )
    except _LOADING_ERRORS as error:
        raise ModelError(f"{model or folder}: cannot be loaded as a sentence encoder: {error}") from error
    if str(model) == HUB_ID and encoder.default_prompt_name is None:  # the hub's copy leaves its prefix to the user
        encoder.prompts = {**encoder.prompts, "query": "query: "}
        encoder.default_prompt_name = "query"
    return encoder


def load_classifier(
    model: str | Path | None = None, device: str = "auto", share_with: Encoder | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a sequence classifier and its tokenizer.

    Args:
        model: folder or hub id; without one, the embedded NLI model.
        device: as torch names it, or "auto".
        share_with: an encoder in memory. Where its folder holds the same files, by a link, as the embedded models' do,
            the word embeddings and the tokenizer are not held a second time.

    Raises:
        ModelError: see `model_folder`, or the folder holds no classifier.
    """
    from transformers import AutoModelForSequenceClassification

    folder = nli_folder() if model is None else model_folder(model)
    return _load(AutoModelForSequenceClassification, folder, f"{model or folder}", "an NLI model", device, share_with)


def load_tagger(
    model: str | Path | None = None, device: str = "auto", share_with: Encoder | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a tagger of attributions and its tokenizer.

    Args:
        model: folder or hub id; without one, the embedded tagger.
        device: as torch names it, or "auto".
        share_with: as for `load_classifier`.

    Raises:
        ModelError: see `model_folder`, or the folder holds no tagger of attributions.
    """
    from transformers import AutoModelForTokenClassification

    folder = tagger_folder() if model is None else model_folder(model)
    named = f"{model or folder}"
    network, tokenizer = _load(AutoModelForTokenClassification, folder, named, "a tagger", device, share_with)
    found = tuple((network.config.id2label or {}).values())
    if found != OUTPUTS:
        raise ModelError(f"{named}: its outputs are {', '.join(found)}; wanted are {', '.join(OUTPUTS)}")
    return network, tokenizer


def _load(
    model_class: Any, folder: Path, named: str, wanted: str, device: str, share_with: Encoder | None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    import torch
    from transformers import AutoTokenizer

    on = pick_device(device)
    try:
        network: Any = model_class.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        )
        if share_with is not None and _same_file(share_with, folder, "tokenizer.json"):
            tokenizer = share_with.tokenizer
        else:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except _LOADING_ERRORS as error:
        raise ModelError(f"{named}: cannot be loaded as {wanted}: {error}") from error
    if share_with is not None and _same_file(share_with, folder, EMBEDDINGS_FILE):
        network.get_input_embeddings().weight = network_of(share_with).get_input_embeddings().weight
    return network.to(on).eval(), tokenizer


def network_of(encoder: Encoder) -> Any:
    """The network of an encoder."""
    from contradict.models.mean_encoder import MeanEncoder

    return encoder.network if isinstance(encoder, MeanEncoder) else encoder[0].auto_model


def encoder_source(encoder: Encoder) -> Path:
    """The folder that an encoder was read from."""
    return Path(network_of(encoder).config._name_or_path)


def _same_file(encoder: Encoder, folder: Path, name: str) -> bool:
    """Whether the folder that an encoder was read from and another one hold one file, by a link."""
    first, second = encoder_source(encoder) / name, folder / name
    return first.is_file() and second.is_file() and first.samefile(second)


def _fetch(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OfflineModeIsEnabled

    try:
        return Path(snapshot_download(model, allow_patterns=_WANTED_FILES, ignore_patterns=_UNWANTED_FOLDERS))
    except HFValidationError as error:
        raise ModelError(f"{model}: no such folder, and no hub id either (a hub id is OWNER/NAME)") from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        raise ModelError(
            f"{model}: no such folder, and the hub cannot be reached to look for a model of that name. Without a"
            " network, name a folder, or leave the option out to use the embedded model"
        ) from error
    except HfHubHTTPError as error:
        raise ModelError(f"{model}: no such folder, and the hub does not give a model of that name: {error}") from error


def _check_safe(folder: Path, model: str) -> None:
    """Refuse weights that would have to be unpickled, and modules that would be code from outside the usual library."""
    for pickled in sorted(path for path in folder.rglob("*") if path.suffix in _PICKLED):
        if not any(pickled.parent.glob("*.safetensors")):
            raise ModelError(
                f"{model}: {pickled.relative_to(folder)} is pickled and could run code when read; save the model with"
                " safetensors (save_pretrained does so) and name that folder"
            )
    modules = folder / "modules.json"
    if modules.is_file():
        for module in json.loads(modules.read_text(encoding="utf-8")):
            if not str(module.get("type", "")).startswith("sentence_transformers."):
                raise ModelError(f"{model}: modules.json asks for {module.get('type')!r}, which is code from elsewhere")
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(f"{model}: holds no weights in the safetensors format")
