"""Any encoder or NLI model, from a hub or a folder, through the usual loaders; no foreign code, nothing unpickled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from safetensors import SafetensorError

from contradict.attribution.windows import OUTPUTS
from contradict.models.cache import cached_folder
from contradict.models.embedded import EMBEDDINGS_FILE, HUB_ID, encoder_folder, nli_folder, tagger_folder
from contradict.models.precision import pick_device
from contradict.models.unread import Unread

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from contradict.embedding import Encoder

# What a model is read from. Code and pickled weights are not even fetched.
_WANTED_FILES = ["*.json", "*.txt", "*.model", "*.safetensors", "*.jinja"]
_UNWANTED_FOLDERS = ["onnx/*", "openvino/*"]
_LOADING_ERRORS = (OSError, ValueError, KeyError, ImportError, SafetensorError)
_LARGE = 2**25  # bytes of weights whose digest is worth a note
_DIGEST_FILE = "sha256"
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

    It takes about a second for each gigabyte, once while the files are not written to: that of large ones is noted in
    the cache.
    """
    files = [(path.resolve(), path.stat()) for path in sorted(folder.glob("*.safetensors"))]
    return _digest_of_files(tuple((path, stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in files))


@cache
def _digest_of_files(stamped: tuple[tuple[Path, int, int, int], ...]) -> str:
    paths = [path for path, *_ in stamped]
    if sum(size for _, _, size, _ in stamped) < _LARGE:
        return _digest(paths)
    name = hashlib.sha256(str(stamped).encode()).hexdigest()[:32]
    try:
        noted = cached_folder(f"digest-{name}", lambda folder: _write_digest(folder, paths), megabytes=1)
        return (noted / _DIGEST_FILE).read_text()
    except OSError:  # a cache that cannot be written is none that is needed for this
        return _digest(paths)


def _write_digest(folder: Path, paths: Sequence[Path]) -> None:
    (folder / _DIGEST_FILE).write_text(_digest(paths))


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
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
    model: str | Path | None = None,
    device: str = "auto",
    share_with: Encoder | None = None,
    *,
    exported: bool = False,
) -> tuple[Any, PreTrainedTokenizerBase]:
    """Load a sequence classifier and its tokenizer.

    Args:
        model: folder or hub id; without one, the embedded NLI model.
        device: as torch names it, or "auto".
        share_with: an encoder in memory. Where its folder holds the same files, by a link, as the embedded models' do,
            the word embeddings and the tokenizer are not held a second time.
        exported: whether an export of it will be run on the processor; then the embedded model is an `Unread`.

    Raises:
        ModelError: see `model_folder`, or the folder holds no classifier.
    """
    folder = nli_folder() if model is None else model_folder(model)
    kind = _Kind("AutoModelForSequenceClassification", "an NLI model")
    return _load(kind, folder, f"{model or folder}", device, share_with, exported=exported)


def load_tagger(
    model: str | Path | None = None,
    device: str = "auto",
    share_with: Encoder | None = None,
    *,
    exported: bool = False,
) -> tuple[Any, PreTrainedTokenizerBase]:
    """Load a tagger of attributions and its tokenizer.

    Args:
        model: folder or hub id; without one, the embedded tagger.
        device: as torch names it, or "auto".
        share_with: as for `load_classifier`.
        exported: likewise.

    Raises:
        ModelError: see `model_folder`, or the folder holds no tagger of attributions.
    """
    folder = tagger_folder() if model is None else model_folder(model)
    named = f"{model or folder}"
    kind = _Kind("AutoModelForTokenClassification", "a tagger")
    network, tokenizer = _load(kind, folder, named, device, share_with, exported=exported)
    found = tuple((network.config.id2label or {}).values())
    if found != OUTPUTS:
        raise ModelError(f"{named}: its outputs are {', '.join(found)}; wanted are {', '.join(OUTPUTS)}")
    return network, tokenizer


def load_embedded_encoder(device: str = "auto", *, exported: bool = False) -> tuple[Any, PreTrainedTokenizerBase]:
    """Load the network of the embedded encoder and its tokenizer.

    Args:
        device: as torch names it, or "auto".
        exported: as for `load_classifier`.

    Raises:
        EmbeddedModelError: see `contradict.models.embedded.encoder_folder`.
        ModelError: the folder in the cache is damaged.
    """
    folder = encoder_folder()
    return _load(_Kind("AutoModel", "an encoder"), folder, f"{folder}", device, None, exported=exported)


class _Kind(NamedTuple):
    model_class: str  # of transformers, which takes long to import one
    name: str


def _load(
    kind: _Kind, folder: Path, named: str, device: str, share_with: Encoder | None, *, exported: bool
) -> tuple[Any, PreTrainedTokenizerBase]:
    from transformers import AutoTokenizer

    on = pick_device(device)
    shared = _shared_embeddings(share_with, folder, on)

    def read() -> PreTrainedModel:
        import torch
        import transformers

        with _named(named, kind):
            network: Any = getattr(transformers, kind.model_class).from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
            )
        if shared is not None:
            network.get_input_embeddings().weight = shared
        whole: PreTrainedModel = network.to(on).eval()
        return whole

    network: Any
    if exported and (folder / EMBEDDINGS_FILE).is_file():
        with _named(named, kind):
            network = Unread(folder, shared, read)
    else:
        network = read()
    if share_with is not None and _same_file(share_with, folder, "tokenizer.json"):
        return network, share_with.tokenizer
    with _named(named, kind):
        return network, AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


@contextmanager
def _named(named: str, kind: _Kind) -> Iterator[None]:
    """What goes wrong in the loading of a model is said of that model."""
    try:
        yield
    except _LOADING_ERRORS as error:
        raise ModelError(f"{named}: cannot be loaded as {kind.name}: {error}") from error


def _shared_embeddings(encoder: Encoder | None, folder: Path, device: str) -> Any:
    """The weights of an encoder's word embeddings, where a folder has the same file and they are on that device."""
    if encoder is None or encoder.device.type != device.split(":")[0]:
        return None
    return network_of(encoder).get_input_embeddings().weight if _same_file(encoder, folder, EMBEDDINGS_FILE) else None


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
