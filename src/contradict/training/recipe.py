"""Labelled pairs → an NLI model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from contradict.labels import CONTRADICTION, LABELS, resolve_order
from contradict.models.loading import weights_digest
from contradict.models.precision import autocast
from contradict.progress import Progress, no_progress
from contradict.training.config import TrainingConfig
from contradict.training.loop import train_model
from contradict.training.mix import Mix, batches, count_steps

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def train(
    mix: Mix,
    base: str | Path,
    out: Path,
    config: TrainingConfig,
    *,
    device: str = "auto",
    stop_after: int | None = None,
    progress: Progress = no_progress,
    model_class: Any = None,
    further: bool = False,
) -> Path:
    """Train an NLI model and save it as an ordinary folder.

    The word embeddings stay as they are; all layers and the classification head are trained, with AdamW. There is no
    dropout, so a run's only chance is its seed, and a run that goes on from a checkpoint ends with the same weights.

    Args:
        mix: the pairs.
        base: folder of the encoder to start from, which gets a new head; or of an NLI model.
        out: folder for the checkpoint, the log and the finished model.
        config: the run.
        device: as torch names it, or "auto".
        stop_after: end after so many steps, leaving a checkpoint (for a look at the first steps).
        progress: told how many steps are done.
        model_class: as for `new_classifier`.
        further: whether `base` is an NLI model, whose head stays.

    Returns:
        folder of the finished model, `out/model`; or of the checkpoint, where the run was stopped before its end.

    Raises:
        LabelError: `base` is to be trained further, and does not say what its outputs are.
    """
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    inputs = _tokenise(tokenizer, mix, config.max_tokens)
    lengths = np.array([len(ids) for ids in inputs["input_ids"]])
    torch.manual_seed(config.seed)
    kind = model_class or AutoModelForSequenceClassification
    model = load_network(kind, base) if further else new_classifier(base, kind)
    order = list(resolve_order(model.config.id2label, str(base)))
    return train_model(
        model,
        tokenizer,
        ((len(rows), partial(_loss, tokenizer, inputs, rows, mix, order, config)) for rows in batches(lengths, config)),
        count_steps(len(lengths), config),
        out,
        config,
        fingerprint=_fingerprint(mix, base, config, further=further),
        device=device,
        stop_after=stop_after,
        progress=progress,
    )


def _loss(
    tokenizer: PreTrainedTokenizerBase,
    inputs: dict[str, list[list[int]]],
    rows: np.ndarray,
    mix: Mix,
    order: list[int],
    config: TrainingConfig,
    model: Any,
    device: torch.device,
) -> torch.Tensor:
    batch = tokenizer.pad({name: [values[row] for row in rows] for name, values in inputs.items()}, return_tensors="pt")
    with autocast(device):
        logits = model(**{name: values.to(device) for name, values in batch.items()}).logits
    labels, two_way = (torch.from_numpy(values[rows]).to(device) for values in (mix.labels, mix.two_way))
    return nli_loss(logits.float()[:, order], labels, two_way, config.label_smoothing)


def nli_loss(logits: torch.Tensor, labels: torch.Tensor, two_way: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Mean cross entropy, three-way with smoothed labels, or two-way where only "not a contradiction" is known.

    Args:
        logits: (batch, 3), in the order of `LABELS`.
        labels: (batch,) indices into `LABELS`.
        two_way: (batch,) bool; true where the label says no more than that the pair is no contradiction.
        smoothing: share of probability spread over all labels, three-way rows only.
    """
    three = functional.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")
    not_contradiction = torch.logsumexp(logits[:, :CONTRADICTION], dim=1)
    two = torch.logsumexp(logits, dim=1) - not_contradiction
    return torch.where(two_way, two, three).mean()


def _fingerprint(mix: Mix, base: str | Path, config: TrainingConfig, *, further: bool) -> str:
    """Tells apart runs that would not end with the same weights."""
    digest = hashlib.sha256(f"{asdict(config)} {weights_digest(Path(base))}{' further' * further}".encode())
    for text in (*mix.premises, *mix.hypotheses):
        digest.update(text.encode() + b"\0")
    digest.update(mix.labels.tobytes() + mix.two_way.tobytes())
    return digest.hexdigest()[:16]


def new_classifier(base: str | Path, model_class: Any = None, labels: Sequence[str] = LABELS) -> Any:
    """The encoder with a new head; word embeddings frozen, no dropout.

    Args:
        base: folder of the encoder.
        model_class: a class of transformers, or one derived from it; by default the standard class of the encoder's
            kind.
        labels: names of its outputs.
    """
    from transformers import AutoModelForSequenceClassification

    names = dict(enumerate(labels))
    label2id = {name: index for index, name in names.items()}
    model = load_network(model_class or AutoModelForSequenceClassification, base, id2label=names, label2id=label2id)
    _new_head(model)
    return model


def load_network(model_class: Any, base: str | Path, **names: Any) -> Any:
    """A model to train, as it is in its folder; word embeddings frozen, no dropout.

    Args:
        model_class: a class of transformers.
        base: the folder.
        names: changes to its configuration.
    """
    model = model_class.from_pretrained(base, local_files_only=True, use_safetensors=True, dtype=torch.float32, **names)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        for name, value in vars(module).items():  # as in BART, which drops by functions
            if "drop" in name and isinstance(value, float):
                setattr(module, name, 0.0)
    model.get_input_embeddings().weight.requires_grad_(False)
    return model


def _new_head(model: Any) -> None:
    """Fresh weights for the pooler, which an encoder folder may hold unused as zeros."""
    pooler = getattr(model.base_model, "pooler", None)
    dense = getattr(pooler, "dense", None)
    if dense is not None:
        torch.nn.init.normal_(dense.weight, std=model.config.initializer_range)
        torch.nn.init.zeros_(dense.bias)


def _tokenise(tokenizer: PreTrainedTokenizerBase, mix: Mix, max_tokens: int) -> dict[str, list[list[int]]]:
    """The tokens of each pair and, for a model that is told so, to which of the two texts each belongs."""
    inputs: dict[str, list[list[int]]] = {}
    for start in range(0, len(mix.premises), 1000):
        tokenised = tokenizer(
            mix.premises[start : start + 1000],
            mix.hypotheses[start : start + 1000],
            truncation="longest_first",
            max_length=max_tokens,
            return_attention_mask=False,
        )
        for name, values in tokenised.items():
            inputs.setdefault(name, []).extend(values)
    return inputs
