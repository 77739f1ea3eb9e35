"""Against the package `contradict-text`, in an environment of its own: it is imported under this library's name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from contradict.labels import LABELS
from speeds.judging import rates
from speeds.processes import take_turns
from speeds.rows import Row
from speeds.setting import Setting

PACKAGE = "contradict-text"
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"


def contradict_text(setting: Setting) -> Iterator[Row]:
    """One direction of labelled pairs with the same weights, through its two ways of judging a pair."""
    pairs, labels = setting.labelled.pairs, setting.labelled.labels
    pairs, labels = pairs[: setting.options.text_pairs], labels[: setting.options.text_pairs]
    try:
        python = make_environment(setting.workdir / PACKAGE)
    except subprocess.CalledProcessError as error:
        said = [line for line in error.stderr.splitlines() if line.strip()] or ["pip said nothing"]
        yield Row(PACKAGE, f"`{PACKAGE}`", notes=f"not measured: it cannot be installed here: {said[-1].strip()}")
        return
    with ExitStack() as stack:
        own = stack.enter_context(setting.start("score", pairs, detector=setting.detector(calibrated=False)))
        sides = [stack.enter_context(setting.start(name, pairs, python=python)) for name in ("check", "classify")]
        answers, *found = take_turns([own, *sides], setting.options.repeats)
        setting.versions[f"environment of {PACKAGE}"] = versions = sides[0].ask("versions")
    ours = np.array(answers[-1]["probabilities"])
    for name, theirs in zip(("ContradictionDetector.check", "nli.classify"), found, strict=True):
        last = theirs[-1]
        right = [LABELS[label] == said for label, said in zip(labels, last["labels"], strict=True)]
        notes = f"accuracy {(ours.argmax(axis=1) == labels).mean():.1%} and {np.mean(right):.1%}"
        if "skipped" in last:
            notes += f"; {last['skipped']:,} pairs too unlike for it to judge; its encoder is this library's, too"
        else:
            difference = np.abs(ours[:, 2] - np.array(last["contradiction"]))
            notes += (
                "; probabilities of contradiction, before calibration, differ by"
                f" {difference.mean():.2g} on average, {difference.max():.2g} at most"
            )
        yield Row(
            PACKAGE,
            f"`Detector.score`, {len(pairs):,} labelled pairs, same weights",
            "pairs/s",
            rates(answers, len(pairs)),
            f"`{name}` of {PACKAGE} {versions[PACKAGE]}",
            rates(theirs, len(pairs)),
            notes,
            {"pairs": len(pairs)},
        )


def make_environment(folder: Path) -> Path:
    """The interpreter of an environment with the package; made if it is not there.

    Raises:
        subprocess.CalledProcessError: it cannot be installed.
    """
    python, done = folder / "bin" / "python", folder / "installed"
    if not done.exists():
        pip = ["pip", "--python", str(python), "install", "--quiet", "--constraint", str(CONSTRAINTS), PACKAGE]
        for command in (["venv", "--clear", "--without-pip", str(folder)], pip):
            subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, text=True)
        done.touch()
    return python
