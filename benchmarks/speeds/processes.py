"""Processes that each hold one side of a comparison, and their turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

WORKER = Path(__file__).with_name("worker.py")
_THREAD_SETTINGS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY")

Answer = dict[str, Any]


class WorkerError(RuntimeError):
    """A process that gave no answer; the message has the last line of what it wrote."""


class Worker:
    """A process of `worker.py`; to be used in a `with`, at whose end it is gone.

    Attributes:
        engine: what it holds.
        runs_with: threads of torch, and the back end where one is named; known after its first run.
        started: when, as `time.perf_counter` has it.
    """

    def __init__(
        self, spec: Mapping[str, Any], *, python: Path = Path(sys.executable), environment: Mapping[str, str] | None
    ) -> None:
        """Start it; nothing is waited for.

        Args:
            spec: its first line.
            python: which to run it with. Where it is another than this one, nothing of this environment is seen there.
            environment: variables to set for it. Those that would limit the threads of some libraries and not of
                others are left out; `spec["cores"]` limits all.
        """
        kept = {name: value for name, value in os.environ.items() if name not in _THREAD_SETTINGS}
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 (closed at the end of the `with`)
        self.engine = str(spec["engine"])
        self.runs_with: tuple[int, str] | None = None
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [python, "-P" if python == Path(sys.executable) else "-I", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
            env={**kept, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true", **(environment or {})},
        )
        self._tell(json.dumps(spec))

    def ask(self, request: str) -> Answer:
        """What it answers to `warm`, `run` or `versions`.

        Raises:
            WorkerError: it came to an end instead.
        """
        self._tell(request)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            self._errors.seek(0)
            last = next(
                (each for each in reversed(self._errors.read().splitlines()) if each.strip()), "it said nothing"
            )
            raise WorkerError(f"{self.engine} ended with status {status}: {last.strip()}")
        answer: Answer = json.loads(line)
        if "threads" in answer:
            self.runs_with = answer["threads"], answer.get("backend", "")
        return answer

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # `ask` finds out why
            return

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()


def take_turns(sides: Sequence[Worker], repeats: int) -> list[list[Answer]]:
    """The answers of each side: a short run that is not counted, then A B A B and so on."""
    for side in sides:
        side.ask("warm")
    rounds = [[side.ask("run") for side in sides] for _ in range(repeats)]
    return [list(answers) for answers in zip(*rounds, strict=True)]
