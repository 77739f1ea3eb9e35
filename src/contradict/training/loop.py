"""The training loop: survives a kill, and goes on to the same weights."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from contradict.models.precision import pick_device
from contradict.progress import Progress
from contradict.training.config import Schedule

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

CHECKPOINT = "checkpoint"
LOG = "log.jsonl"

Loss = Callable[[Any, torch.device], torch.Tensor]
"""The model, and where it is → the mean loss of the rows of one step."""


def train_model(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    plan: Iterable[tuple[int, Loss]],
    steps: int,
    out: Path,
    schedule: Schedule,
    *,
    fingerprint: str,
    device: str,
    stop_after: int | None,
    progress: Progress,
) -> Path:
    """Train those weights of a model that require a gradient, with AdamW, and save it as an ordinary folder.

    Args:
        model: of transformers, as its run begins.
        tokenizer: saved with it.
        plan: for each step the number of its rows, and its loss, which is not computed for steps that an earlier run
            has taken.
        steps: how many there are.
        out: folder for the checkpoint, the log and the finished model.
        schedule: of the run.
        fingerprint: tells apart runs that would not end with the same weights.
        device: as torch names it, or "auto".
        stop_after: end after so many steps, leaving a checkpoint; None for all.
        progress: told how many steps are done.

    Returns:
        folder of the finished model, `out/model`; or of the checkpoint, where the run was stopped before its end.

    Raises:
        ValueError: the checkpoint in the folder is of another run, or `stop_after` is below 1.
    """
    if stop_after is not None and stop_after < 1:
        raise ValueError(f"stop_after is {stop_after}; it must be at least 1")
    out.mkdir(parents=True, exist_ok=True)
    run = _Run(model, schedule, steps, torch.device(pick_device(device)), fingerprint)
    run.resume(out / CHECKPOINT)
    last = steps if stop_after is None else min(steps, stop_after)
    with (out / LOG).open("a", encoding="utf-8", buffering=1) as log, progress("Training", last) as advance:
        meter = _Meter(log.write, schedule.log_every, steps)
        for step, (rows, loss) in enumerate(plan):
            if step >= last:
                break
            advance(1)
            if step < run.step:
                continue
            meter.add(step + 1, run.take_step(loss), rows)
            if run.step % schedule.checkpoint_every == 0 or run.step == last:
                run.save(out / CHECKPOINT)
    if last < steps:
        return out / CHECKPOINT
    model.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    return out / "model"


def padded(inputs: Sequence[Sequence[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of token ids as one tensor, filled up with `pad`, and which of its cells are tokens."""
    width = max(map(len, inputs))
    ids = torch.full((len(inputs), width), pad)
    mask = torch.zeros((len(inputs), width), dtype=torch.long)
    for at, row in enumerate(inputs):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids, mask


class _Run:
    """Model, optimiser and the step they are at."""

    def __init__(self, model: Any, schedule: Schedule, steps: int, device: torch.device, fingerprint: str) -> None:
        self.schedule, self.steps, self.device, self.fingerprint = schedule, steps, device, fingerprint
        self.step = 0
        self.model = model.to(device).train()
        if device.type == "cpu":  # the backward pass of the fused kernel takes a third of a step there
            self.model.set_attn_implementation("eager")
        self.trained = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        self.optimiser = torch.optim.AdamW(
            self.trained.values(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay, fused=True
        )

    def take_step(self, loss_of: Loss) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.learning_rate * self._slope()
        loss = loss_of(self.model, self.device)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.trained.values(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.step += 1
        return float(loss.detach())

    def _slope(self) -> float:
        """Share of the highest learning rate: a linear rise, then a linear fall to nothing."""
        warmup = max(1, round(self.schedule.warmup_share * self.steps))
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
            if weight in self.optimiser.state  # not where the forward pass makes no use of it
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
                if f"exp_avg/{name}" not in state:
                    continue
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
