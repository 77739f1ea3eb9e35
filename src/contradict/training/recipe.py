"""The training loop: survives a kill, and goes on to the same weights."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from contradict.labels import CONTRADICTION, LABELS
from contradict.models.precision import autocast, pick_device
from contradict.progress import Progress, no_progress
from contradict.training.config import TrainingConfig
from contradict.training.mix import Mix, batches, count_steps

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

CHECKPOINT = "checkpoint"
LOG = "log.jsonl"


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
) -> Path:
    """Train an NLI model and save it as an ordinary folder.

    The word embeddings stay as they are; all layers and a new classification head are trained, with AdamW. There is no
    dropout, so a run's only chance is its seed, and a run that goes on from a checkpoint ends with the same weights.

    Args:
        mix: the pairs.
        base: folder of the encoder to start from.
        out: folder for the checkpoint, the log and the finished model.
        config: the run.
        device: as torch names it, or "auto".
        stop_after: end after so many steps, leaving a checkpoint (for a look at the first steps).
        progress: told how many steps are done.
        model_class: as for `new_classifier`.

    Returns:
        folder of the finished model, `out/model`; or of the checkpoint, where the run was stopped before its end.
    """
    from transformers import AutoTokenizer

    if stop_after is not None and stop_after < 1:
        raise ValueError(f"stop_after is {stop_after}; it must be at least 1")
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
    inputs = _tokenise(tokenizer, mix, config.max_tokens)
    lengths = np.array([len(ids) for ids in inputs])
    steps = count_steps(len(lengths), config)
    on = torch.device(pick_device(device))
    torch.manual_seed(config.seed)
    run = _Run(new_classifier(base, model_class), config, steps, on, _fingerprint(mix, base, config))
    run.resume(out / CHECKPOINT)
    last = steps if stop_after is None else min(steps, stop_after)
    with (out / LOG).open("a", encoding="utf-8", buffering=1) as log, progress("Training", last) as advance:
        meter = _Meter(log.write, config.log_every, steps)
        for step, rows in enumerate(batches(lengths, config)):
            if step >= last:
                break
            advance(1)
            if step < run.step:
                continue
            loss = run.take_step(_Batch(inputs, rows, mix, tokenizer.pad_token_id))
            meter.add(step + 1, loss, len(rows))
            if run.step % config.checkpoint_every == 0 or run.step == last:
                run.save(out / CHECKPOINT)
    if last < steps:
        return out / CHECKPOINT
    run.model.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    return out / "model"


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


class _Batch:
    """Padded tensors of one step."""

    def __init__(self, inputs: list[list[int]], rows: np.ndarray, mix: Mix, pad: int) -> None:
        width = max(len(inputs[row]) for row in rows)
        self.ids = torch.full((len(rows), width), pad)
        self.mask = torch.zeros((len(rows), width), dtype=torch.long)
        for at, row in enumerate(rows):
            self.ids[at, : len(inputs[row])] = torch.tensor(inputs[row])
            self.mask[at, : len(inputs[row])] = 1
        self.labels = torch.from_numpy(mix.labels[rows])
        self.two_way = torch.from_numpy(mix.two_way[rows])


class _Run:
    """Model, optimiser and the step they are at."""

    def __init__(self, model: Any, config: TrainingConfig, steps: int, device: torch.device, fingerprint: str) -> None:
        self.config, self.steps, self.device, self.fingerprint = config, steps, device, fingerprint
        self.step = 0
        self.model = model.to(device).train()
        if device.type == "cpu":  # the backward pass of the fused kernel takes a third of a step there
            self.model.set_attn_implementation("eager")
        self.trained = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        self.optimiser = torch.optim.AdamW(
            self.trained.values(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )

    def take_step(self, batch: _Batch) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.learning_rate * self._slope()
        with autocast(self.device):
            logits = self.model(input_ids=batch.ids.to(self.device), attention_mask=batch.mask.to(self.device)).logits
        loss = nli_loss(
            logits.float(), batch.labels.to(self.device), batch.two_way.to(self.device), self.config.label_smoothing
        )
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.trained.values(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.step += 1
        return float(loss.detach())

    def _slope(self) -> float:
        """Share of the highest learning rate: a linear rise, then a linear fall to nothing."""
        warmup = max(1, round(self.config.warmup_share * self.steps))
        return min((self.step + 1) / warmup, (self.steps - self.step) / max(1, self.steps - warmup))

    def save(self, folder: Path) -> None:
        """Write a checkpoint; the one before it stays until the new one is whole."""
        from safetensors.torch import save_file

        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        state = {
            f"{kind}/{name}": self.optimiser.state[weight][kind]
            for name, weight in self.trained.items()
            for kind in ("exp_avg", "exp_avg_sq")
        }
        state |= {f"weight/{name}": weight.detach() for name, weight in self.trained.items()}
        save_file({name: tensor.cpu().contiguous() for name, tensor in state.items()}, part / "state.safetensors")
        (part / "step.json").write_text(json.dumps({"step": self.step, "of": self.steps, "run": self.fingerprint}))
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
        shutil.rmtree(old, ignore_errors=True)

    def resume(self, folder: Path) -> None:
        """Take up a checkpoint, if there is one."""
        from safetensors.torch import load_file

        if not folder.exists():
            old = folder.with_name(folder.name + ".old")
            if not old.exists():
                return
            old.rename(folder)  # killed between the two renames of `save`
        found = json.loads((folder / "step.json").read_text())
        if found["run"] != self.fingerprint:
            raise ValueError(
                f"{folder} belongs to another run ({found['step']} of {found['of']} steps done): its pairs,"
                " configuration or encoder were not these; name another --out, or remove it"
            )
        state = load_file(folder / "state.safetensors")
        with torch.no_grad():
            for name, weight in self.trained.items():
                weight.copy_(state[f"weight/{name}"])
                self.optimiser.state[weight] = {
                    "step": torch.tensor(float(found["step"]), device=self.device),
                    "exp_avg": state[f"exp_avg/{name}"].to(self.device),
                    "exp_avg_sq": state[f"exp_avg_sq/{name}"].to(self.device),
                }
        self.step = found["step"]


class _Meter:
    """Writes mean loss and speed since the last line."""

    def __init__(self, write: Callable[[str], Any], every: int, steps: int) -> None:
        self.write, self.every, self.steps = write, every, steps
        self.losses: list[float] = []
        self.pairs = 0
        self.since = time.perf_counter()

    def add(self, step: int, loss: float, pairs: int) -> None:
        self.losses.append(loss)
        self.pairs += pairs
        if step % self.every and step != self.steps:
            return
        now = time.perf_counter()
        speed = self.pairs / (now - self.since)
        line = {
            "step": step,
            "of": self.steps,
            "loss": round(float(np.mean(self.losses)), 4),
            "pairs_per_second": round(speed, 1),
        }
        self.write(json.dumps(line) + "\n")
        self.losses, self.pairs, self.since = [], 0, now


def _fingerprint(mix: Mix, base: str | Path, config: TrainingConfig) -> str:
    """Tells apart runs that would not end with the same weights."""
    digest = hashlib.sha256(f"{asdict(config)} {Path(base).name}".encode())
    for text in (*mix.premises, *mix.hypotheses):
        digest.update(text.encode() + b"\0")
    digest.update(mix.labels.tobytes() + mix.two_way.tobytes())
    return digest.hexdigest()[:16]


def new_classifier(base: str | Path, model_class: Any = None) -> Any:
    """The encoder with a new head; word embeddings frozen, no dropout.

    Args:
        base: folder of the encoder.
        model_class: a class of transformers, or one derived from it; by default the standard class of the encoder's
            kind.
    """
    from transformers import AutoModelForSequenceClassification

    model_class = model_class or AutoModelForSequenceClassification
    names = dict(enumerate(LABELS))
    model = model_class.from_pretrained(
        base,
        local_files_only=True,
        use_safetensors=True,
        dtype=torch.float32,
        id2label=names,
        label2id={name: index for index, name in names.items()},
    )
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    _new_head(model)
    model.get_input_embeddings().weight.requires_grad_(False)
    return model


def _new_head(model: Any) -> None:
    """Fresh weights for the pooler, which an encoder folder may hold unused as zeros."""
    pooler = getattr(model.base_model, "pooler", None)
    dense = getattr(pooler, "dense", None)
    if dense is not None:
        torch.nn.init.normal_(dense.weight, std=model.config.initializer_range)
        torch.nn.init.zeros_(dense.bias)


def _tokenise(tokenizer: PreTrainedTokenizerBase, mix: Mix, max_tokens: int) -> list[list[int]]:
    return [
        ids
        for start in range(0, len(mix.premises), 1000)
        for ids in tokenizer(
            mix.premises[start : start + 1000],
            mix.hypotheses[start : start + 1000],
            truncation="longest_first",
            max_length=max_tokens,
        )["input_ids"]
    ]
