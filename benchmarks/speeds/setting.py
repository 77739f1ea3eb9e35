"""What all measurements share: options, models, and processes that run them."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from contradict.labels import resolve_order
from contradict.models.embedded import encoder_folder, nli_folder
from contradict.models.loading import model_folder
from speeds.processes import Worker
from speeds.texts import LabelledPairs, labelled_pairs
from speeds.worker import versions

FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_bf16", "amx_int8", "asimd", "bf16")
_NARROW = {"avx512_bf16", "amx_bf16"}


@dataclass(frozen=True)
class Setting:
    """A run of the command.

    Attributes:
        options: of the command line.
        workdir: where models and environments are made.
        workers: all processes that were started.
        versions: of packages, in this environment and in others.
    """

    options: argparse.Namespace
    workdir: Path
    workers: list[Worker] = field(default_factory=list)
    versions: dict[str, dict[str, str]] = field(default_factory=lambda: {"this environment": versions()})

    @cached_property
    def nli(self) -> Path:
        """Folder of the NLI model, as any library loads it."""
        return model_folder(self.options.nli) if self.options.nli else nli_folder()

    @cached_property
    def encoder(self) -> Path:
        """Folder of the encoder."""
        return model_folder(self.options.encoder) if self.options.encoder else encoder_folder()

    @cached_property
    def label_order(self) -> list[int]:
        """Which of the NLI model's outputs are entailment, neutral and contradiction."""
        config = json.loads((self.nli / "config.json").read_text(encoding="utf-8"))
        return list(resolve_order({int(key): name for key, name in config["id2label"].items()}, str(self.nli)))

    @cached_property
    def labelled(self) -> LabelledPairs:
        """The sample of labelled pairs."""
        return labelled_pairs(self.options.data, self.options.pairs)

    @cached_property
    def cores(self) -> list[int]:
        """The processor's cores that are used; empty for all."""
        wanted = self.options.cores
        return sorted(os.sched_getaffinity(0))[:wanted] if wanted else []

    def detector(self, *, calibrated: bool = True) -> dict[str, Any]:
        """The arguments of a `Detector`; those that the command line leaves out are the library's own."""
        options = self.options
        given = {"nli": options.nli, "encoder": options.encoder, "tagger": options.tagger, "backend": options.backend}
        folders = {name: str(value) for name, value in given.items() if value is not None}
        return {**folders, "device": options.device, **({} if calibrated else {"calibration": None})}

    def start(
        self,
        engine: str,
        inputs: Sequence[Any],
        *,
        python: Path = Path(sys.executable),
        environment: Mapping[str, str] | None = None,
        **spec: Any,
    ) -> Worker:
        """A process with one of the engines of `worker.py`."""
        common = {"engine": engine, "inputs": inputs, "cores": self.cores, "device": self.options.device}
        folders = {"folder": str(self.nli), "encoder": str(self.encoder), "workdir": str(self.workdir)}
        worker = Worker({**common, **folders, **spec}, python=python, environment=environment)
        self.workers.append(worker)
        return worker

    @property
    def runs_with(self) -> dict[str, list[tuple[int, str]]]:
        """By engine, the threads of torch and the back ends that its processes ran with."""
        found: dict[str, set[tuple[int, str]]] = {}
        for worker in self.workers:
            if worker.runs_with:
                found.setdefault(worker.engine, set()).add(worker.runs_with)
        return {engine: sorted(own) for engine, own in found.items()}

    def probabilities(self, logits: Sequence[Sequence[float]]) -> np.ndarray:
        """Probabilities of entailment, neutral and contradiction, (n, 3), from the NLI model's own outputs."""
        columns = np.array(logits)[:, self.label_order]
        odds = np.exp(columns - columns.max(axis=1, keepdims=True))
        probabilities: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
        return probabilities

    @property
    def has_bf16(self) -> bool:
        """Whether the processor multiplies in bfloat16 by itself."""
        return self.options.device in ("auto", "cpu") and bool(_NARROW & set(machine()["cpu_flags"]))


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    known = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = set(known.get("flags", known.get("Features", "")).split())
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return {
        "cpu": known.get("model name", platform.processor() or platform.machine()),
        "cpu_flags": [name for name in FLAGS if name in flags],
        "cores": len(usable),
        "load": [round(value, 2) for value in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
    }
