"""Models and baselines measured on labelled sets: the whole of a benchmark."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from contradict.benchmark.baselines import Baselines
from contradict.benchmark.compare import COMPARED, compare
from contradict.benchmark.groups import ALL, groups, join, pool
from contradict.benchmark.judging import judge_set, judgements_file, remove_judgements
from contradict.benchmark.records import BenchmarkReport, Comparison, Cost, Judged, LabelledSet, SystemResult
from contradict.labels import CONTRADICTION
from contradict.models.loading import weights_digest
from contradict.progress import Progress, no_progress
from contradict.records import MIN_SCORE

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from contradict.nli import NLI

_PACKAGES = ("contradict-nlp", "torch", "transformers", "sentence-transformers", "numpy", "scikit-learn")
_AGAINST_BASELINES = ("accuracy", "average_precision_symmetric")
_SEED = 0


class Judgements:
    """Files in which judgements are saved as they are made, so that a run that was killed goes on where it was.

    Example:
        >>> saved = Judgements(Path("judgements"))
        >>> saved.remove()  # once the report is written
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when it is needed."""
        self._folder = folder
        self._files: list[Path] = []

    def file(self, nli: NLI, labelled: LabelledSet, digest: str) -> Path:
        """The file of a model and a set."""
        file = judgements_file(self._folder, nli, labelled, digest)
        self._files.append(file)
        return file

    def remove(self) -> None:
        """Remove the files that were asked for; other runs' files stay."""
        for file in self._files:
            remove_judgements(file)


def benchmark(
    models: Iterable[NLI],
    sets: Sequence[LabelledSet],
    *,
    encoder: Callable[[], SentenceTransformer] | None = None,
    training: LabelledSet | None = None,
    threshold: float | None = None,
    saved: Judgements | None = None,
    command: str | None = None,
    progress: Progress = no_progress,
) -> BenchmarkReport:
    """Measure models, and the baselines that they have to beat, on labelled pairs.

    Args:
        models: asked for one at a time, so that a generator needs to hold one in memory; the first is compared with the
            others and with the baselines. Their names differ.
        sets: with names that differ.
        encoder: gives the encoder of the baselines, once the models are done; without it there are no baselines.
        training: what the baselines are fitted on; without it, each set itself, by cross-fitting.
        threshold: least score of a flagged pair; without it, each model's own.
        saved: where judgements are saved; without it nowhere.
        command: what the run was called by, for whoever repeats it.
        progress: told how far it is.

    Raises:
        ValueError: there is no model or no set, or two have one name.
    """
    names = [each.name for each in sets]
    if not sets or len(set(names)) < len(names):
        raise ValueError(f"sets are {', '.join(names) or 'none'}; there must be one at least, each with its own name")
    systems: list[SystemResult] = []
    judged: list[list[Judged]] = []
    for nli in models:
        if nli.name in {system.name for system in systems}:
            raise ValueError(f"{nli.name} is given twice; models to compare must have different names")
        system, found = _judge_by_model(nli, sets, threshold, saved, progress)
        systems.append(system)
        judged.append(found)
    if not systems:
        raise ValueError("no model to measure")
    count = len(systems)
    notes = [list(each.notes) for each in sets]
    if encoder is not None:
        baselines = Baselines(encoder(), training, progress)
        by_set = [baselines.judge(each) for each in sets]
        for noted, each in zip(notes, sets, strict=True):
            noted.append(f"baselines: {baselines.fitted_on(each)}")
        for name in by_set[0]:
            judged.append([found[name] for found in by_set])
            systems.append(SystemResult(name, "baseline", MIN_SCORE, groups(sets, judged[-1], MIN_SCORE)))
    return BenchmarkReport(
        systems=tuple(systems),
        comparisons=tuple(_comparisons(systems, judged, sets)),
        sets=tuple(
            {"name": each.name, "rows": len(each), "two_way": each.two_way, "digest": each.digest}
            | {"origin": each.origin, "notes": noted}
            for each, noted in zip(sets, notes, strict=True)
        ),
        curves={
            system.name: (pool(sets).labels == CONTRADICTION, join(found).scores)
            for system, found in zip(systems[:count], judged[:count], strict=True)
        },
        run=_about(command),
    )


def _judge_by_model(
    nli: NLI, sets: Sequence[LabelledSet], threshold: float | None, saved: Judgements | None, progress: Progress
) -> tuple[SystemResult, list[Judged]]:
    digest = weights_digest(nli.folder)
    found, costs = [], []
    for each in sets:
        judged, cost = judge_set(nli, each, saved.file(nli, each, digest) if saved else None, progress)
        found.append(judged)
        costs += [cost] if cost else []
    threshold = nli.threshold if threshold is None else threshold
    system = SystemResult(
        nli.name,
        "model",
        threshold,
        groups(sets, found, threshold),
        _total(costs),
        digest,
        asdict(nli.calibration) if nli.calibration else None,
    )
    return system, found


def _total(costs: Sequence[Cost]) -> Cost | None:
    if not costs:
        return None
    return Cost(
        directions=sum(cost.directions for cost in costs),
        seconds=sum(cost.seconds for cost in costs),
        tokens=sum(cost.tokens for cost in costs),
        peak_memory=costs[-1].peak_memory,
        disk=costs[0].disk,
        device=costs[0].device,
    )


def _comparisons(
    systems: Sequence[SystemResult], judged: Sequence[Sequence[Judged]], sets: Sequence[LabelledSet]
) -> Iterator[Comparison]:
    """The first model against every other system, on all pairs together and on each set."""
    parts = [(each.name, slice(number, number + 1)) for number, each in enumerate(sets)]
    if len(sets) > 1:
        parts.insert(0, (ALL, slice(None)))
    for system, other in zip(systems[1:], judged[1:], strict=True):
        for name, part in parts:
            pairs = pool(sets[part])
            yield from compare(
                join(judged[0][part]),
                join(other[part]),
                pairs.labels,
                pairs.items,
                two_way=pairs.two_way,
                thresholds=(systems[0].threshold, system.threshold),
                names=(systems[0].name, system.name),
                set=name,
                compared=COMPARED if system.kind == "model" else _AGAINST_BASELINES,
                seed=_SEED,
            )


def _about(command: str | None) -> dict[str, object]:
    """What a run was made with."""
    versions = {name: version(name) for name in _PACKAGES}
    return {
        "command": command,
        "seed": _SEED,
        "versions": {"python": platform.python_version(), **versions},
        "platform": f"{platform.system()} {platform.machine()}",
    }
