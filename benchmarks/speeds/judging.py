"""Pairs a second, cold start and memory, against `CrossEncoder.predict` and against other shapes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

import numpy as np

from contradict import read_articles
from contradict.records import MIN_SCORE
from speeds.processes import Answer, Worker, take_turns
from speeds.rows import MEGABYTE, Row
from speeds.setting import Setting
from speeds.texts import articles, digest

OTHER = "CrossEncoder"
ONE_PAIR = [("Semua kantor tutup pada hari Senin.", "Pada hari Senin satu kantor tetap buka.")]


def score(setting: Setting) -> Iterator[Row]:
    """One direction of labelled pairs, with the same weights: speed, and how far the probabilities agree."""
    pairs, labels = setting.labelled.pairs, np.array(setting.labelled.labels)
    others = {"`CrossEncoder.predict`": False}
    if setting.has_bf16:
        others["`CrossEncoder.predict` within `torch.autocast`, bfloat16"] = True
    with ExitStack() as stack:
        own = stack.enter_context(setting.start("score", pairs, detector=setting.detector(calibrated=False)))
        sides = [stack.enter_context(setting.start(OTHER, pairs, bf16=narrow)) for narrow in others.values()]
        answers, *found = take_turns([own, *sides], setting.options.repeats)
    ours = np.array(answers[-1]["probabilities"])
    for name, theirs in zip(others, found, strict=True):
        agreement = compare(ours, setting.probabilities(theirs[-1]["logits"]), labels)
        yield Row(
            "score",
            f"`Detector.score`, {len(pairs):,} labelled pairs, same weights",
            "pairs/s",
            rates(answers, len(pairs)),
            name,
            rates(theirs, len(pairs)),
            "accuracy {accuracy:.1%} and {other accuracy:.1%}; same label in {same label:.1%}; probabilities, before"
            " calibration, differ by {mean difference:.2g} on average, {largest difference:.2g} at most".format(
                **agreement
            ),
            {**agreement, "pairs": len(pairs), "sha256": digest(pairs)},
        )


def compare(ours: np.ndarray, theirs: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Accuracy of both, and how far the probabilities differ."""
    difference = np.abs(ours - theirs)
    return {
        "accuracy": float((ours.argmax(axis=1) == labels).mean()),
        "other accuracy": float((theirs.argmax(axis=1) == labels).mean()),
        "same label": float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean()),
        "mean difference": float(difference.mean()),
        "largest difference": float(difference.max()),
    }


def judging(setting: Setting) -> Iterator[Row]:
    """One fixed list of candidate pairs of real articles: both directions, and as far as a scan reads on."""
    options = setting.options
    rows = articles(options.data, options.candidate_articles)
    with setting.start("candidates", rows, detector=setting.detector(), most=options.candidates) as worker:
        made = worker.ask("run")
    pairs: list[tuple[str, str]] = [tuple(pair["texts"]) for pair in made["pairs"]]
    both = [*pairs, *((b, a) for a, b in pairs)]
    on: dict[str, Any] = {"detector": setting.detector(), "in full": False}
    with (
        setting.start("judge", pairs, detector=setting.detector(calibrated=False)) as own,
        setting.start("read on", made["pairs"], **on) as scanning,
        setting.start(OTHER, both) as other,
    ):
        answers, read, found = take_turns([own, scanning, other], options.repeats)
    with setting.start("read on", made["pairs"], **on | {"in full": True}) as worker:
        in_full = worker.ask("run")["found"]
    forth, back = np.split(setting.probabilities(found[-1]["logits"])[:, 2], 2)
    difference = np.abs(np.array(answers[-1]["scores"]) - (forth + back) / 2)
    yield Row(
        "judging",
        f"`Detector.judge`, {len(pairs):,} candidate pairs in both directions, same weights",
        "pairs/s",
        rates(answers, len(pairs)),
        "`CrossEncoder.predict`, both directions in one list",
        rates(found, len(pairs)),
        f"drawn from {made['found']:,} pairs that the search finds in {len(rows):,} articles; scores, before"
        f" calibration, differ by {difference.mean():.2g} on average, {difference.max():.2g} at most",
        {"pairs": len(pairs), "sha256": digest(pairs), "largest difference": float(difference.max())},
    )
    kept = len(set(read[-1]["found"]) & set(in_full))
    yield Row(
        "judging",
        "the same pairs as a scan judges them, claims and holders included",
        "pairs/s",
        rates(read, len(pairs)),
        "`CrossEncoder.predict`, both directions in one list",
        rates(found, len(pairs)),
        f"{read[-1]['begun']:,} read, {read[-1]['in full']:,} of them in both directions and as claims; of"
        f" {len(in_full):,} pairs that reach {MIN_SCORE:g} when all are read in full, {kept:,} do here",
        {"pairs": len(pairs), "found": len(read[-1]["found"]), "found when all is read": len(in_full), "kept": kept},
    )


def shapes(setting: Setting) -> Iterator[Row]:
    """The library with its own model against other shapes with random weights, run the usual way."""
    pairs = setting.labelled.pairs[: setting.options.shape_pairs]
    known = tomllib.loads(setting.options.shapes.read_text(encoding="utf-8"))
    for name, shape in known.items():
        with (
            setting.start("score", pairs, detector=setting.detector()) as own,
            setting.start(OTHER, pairs, shape=shape) as other,
        ):
            answers, found = take_turns([own, other], setting.options.repeats)
        size = found[-1]["parameters"]
        yield Row(
            "shapes",
            f"`Detector.score`, {len(pairs):,} labelled pairs",
            "pairs/s",
            rates(answers, len(pairs)),
            f"`CrossEncoder.predict`, random weights in the shape of {name}",
            rates(found, len(pairs)),
            f"{size / 1e6:,.0f} million parameters; cut into tokens by this library's tokenizer",
            {"pairs": len(pairs), "parameters": size, "shape": shape},
        )


def start(setting: Setting) -> Iterator[Row]:
    """From the start of a process to the probabilities of one pair, and of the command to the end of a scan."""

    def seconds(environment: dict[str, str] | None, engine: str, **spec: Any) -> float:
        with setting.start(engine, ONE_PAIR, environment=environment, **spec) as worker:
            worker.ask("run")
            return time.perf_counter() - worker.started

    def own() -> float:
        return seconds(None, "score", detector=setting.detector())

    def other() -> float:
        return seconds(None, OTHER)

    own(), other()  # from here on, the files of both are in memory
    rounds = [(own(), other()) for _ in range(setting.options.repeats)]
    ours, theirs = zip(*rounds, strict=True)
    what = "cold start: from a new process to the probabilities of a pair"
    note = "models unpacked, and their files in the system's cache"
    yield Row("start", what, "s", ours, "`CrossEncoder.predict`, the same", theirs, note)
    yield _cold_scan(setting)
    if setting.options.nli or setting.options.encoder:
        return
    first = []
    for _ in range(setting.options.repeats):
        folder = tempfile.mkdtemp(dir=setting.workdir)
        try:
            first.append(seconds({"CONTRADICT_CACHE": folder}, "score", detector=setting.detector()))
        finally:
            shutil.rmtree(folder)
    note = "an empty cache: models are unpacked, and exported where the back end wants it"
    yield Row("start", "the same for the first time", "s", first, notes=note)


def _cold_scan(setting: Setting) -> Row:
    folder = setting.options.scanned
    given = [part for name, value in setting.detector().items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "contradict", "scan", str(folder), "--quiet", *given]
    keep = partial(os.sched_setaffinity, 0, setting.cores) if setting.cores else None
    found = []
    for _ in range(setting.options.repeats):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=keep)
        found.append(time.perf_counter() - began)
    what = f"`contradict scan` of {len(read_articles(folder))} short articles, from the start of the command to its end"
    return Row("start", what, "s", found, notes="models unpacked, and their files in the system's cache")


def memory(setting: Setting) -> Iterator[Row]:
    """The most that a process holds that loads the model and judges pairs; each in its own."""
    pairs = setting.labelled.pairs[: setting.options.memory_pairs]

    def peak(worker: Worker) -> float:
        with worker:
            return float(worker.ask("run")["peak"]) / MEGABYTE

    ours, theirs = [], []
    for _ in range(setting.options.repeats):
        ours.append(peak(setting.start("score", pairs, detector=setting.detector())))
        theirs.append(peak(setting.start(OTHER, pairs)))
    what = f"peak memory of a process that judges {len(pairs):,} labelled pairs"
    note = "resident, mapped files included"
    yield Row("memory", what, "MB", ours, "`CrossEncoder.predict`, the same", theirs, note)


def rates(answers: Sequence[Answer], count: int) -> list[float]:
    """Pairs a second."""
    return [count / answer["seconds"] for answer in answers]
