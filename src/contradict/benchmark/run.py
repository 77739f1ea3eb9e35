"""Models and baselines measured on labelled sets: the whole of a benchmark."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.benchmark.baselines import Baselines
from contradict.benchmark.compare import COMPARED, ROUNDS, compare
from contradict.benchmark.groups import ALL, groups, join, pool
from contradict.benchmark.judging import judge_set, judgements_file, remove_judgements
from contradict.benchmark.records import BenchmarkReport, Comparison, Cost, Judged, LabelledSet, SystemResult
from contradict.benchmark.resampling import RESAMPLES
from contradict.benchmark.versions import versions
from contradict.labels import CONTRADICTION
from contradict.models.loading import encoder_source, weights_digest
from contradict.progress import Progress, no_progress
from contradict.records import MIN_SCORE

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from contradict.nli import NLI

_AGAINST_BASELINES = ("accuracy", "average_precision_symmetric")
_SEED = 0


class JudgementStore:
    """Files in which judgements are saved as they are made, so that a run that was killed goes on where it was.

    Example:
        >>> saved = JudgementStore(Path("judgements"))
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
    saved: JudgementStore | None = None,
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
        threshold: least score of a flagged pair; without it, each model's own, and `MIN_SCORE` for the baselines.
        saved: where judgements are saved; without it nowhere.
        command: what the run was called by, for whoever repeats it.
        progress: told how far it is.

    Raises:
        ValueError: there is no model or no set, or two models or sets have one name, or two sets have the same pairs.
    """
    _check(sets)
    systems: list[SystemResult] = []
    judged: list[list[Judged]] = []
    for nli in models:
        if nli.name in {system.name for system in systems}:
            raise ValueError(f"{nli.name} is given twice; models to compare must have different names")
        system, found = _judge_by_model(nli, sets, threshold, saved, progress)
        if systems and system.cost:  # the process's peak may be that of a model before it
            system = replace(system, cost=replace(system.cost, peak_memory=None))
        systems.append(system)
        judged.append(found)
        del nli  # before the next one is loaded
    if not systems:
        raise ValueError("no model to measure")
    count = len(systems)
    notes = [[*each.notes, *_notes_on_use(each, systems, sets)] for each in sets]
    encoder_digest = None
    if encoder is not None:
        loaded = encoder()
        encoder_digest = weights_digest(encoder_source(loaded))
        baselines = Baselines(loaded, training, progress)
        by_set = [baselines.judge(each) for each in sets]
        least = MIN_SCORE if threshold is None else threshold
        for noted, each in zip(notes, sets, strict=True):
            noted.append(f"baselines: {baselines.fitted_on(each)}")
        for name in by_set[0]:
            judged.append([found[name] for found in by_set])
            systems.append(SystemResult(name, "baseline", least, groups(sets, judged[-1], least)))
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
        run=_about(command, training, encoder_digest),
    )


def _check(sets: Sequence[LabelledSet]) -> None:
    names = [each.name for each in sets]
    if not sets or len(set(names)) < len(names):
        raise ValueError(f"sets are {', '.join(names) or 'none'}; there must be one at least, each with its own name")
    seen: dict[str, str] = {}
    for each in sets:
        if each.digest in seen:
            raise ValueError(f"{seen[each.digest]} and {each.name} are the same pairs, which would count twice")
        seen[each.digest] = each.name


def _notes_on_use(labelled: LabelledSet, systems: Sequence[SystemResult], sets: Sequence[LabelledSet]) -> Iterator[str]:
    """What makes figures on a set less than they seem."""
    for system in systems:
        fitted_on: Any = (system.calibration or {}).get("fitted_on", {})
        fitted = fitted_on.get("sets", ())
        is_same = labelled.digest in {each.get("digest") for each in fitted}
        if is_same or any(_is_same_place(labelled.origin, each) for each in fitted):
            yield (
                f"the calibration of {system.name} was fitted to"
                f" {'these very pairs' if is_same else 'pairs of the same file or split'}; its calibration error, Brier"
                " score and figures at the threshold look better here than they are"
            )
    if labelled.two_way and not all(each.two_way for each in sets):
        yield f'it has two labels; in "{ALL}", contradictions are told from the rest in every set'


def _is_same_place(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two origins are the same file or split, of which a sample has only some pairs."""
    is_stated = "sha256" in one or "hub" in one
    same = all(one.get(name) == other.get(name) for name in ("sha256", "hub", "configuration", "split"))
    return (
        is_stated
        and same
        and all(one[name] == other[name] for name in ("folder", "commit") if name in one and name in other)
    )


def _judge_by_model(
    nli: NLI, sets: Sequence[LabelledSet], threshold: float | None, saved: JudgementStore | None, progress: Progress
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
        nli.calibration.to_json() if nli.calibration else None,
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


def _about(command: str | None, training: LabelledSet | None, encoder_digest: str | None) -> dict[str, object]:
    """What a run was made with."""
    return {
        "command": command,
        "seed": _SEED,
        "resamples": RESAMPLES,
        "rounds": ROUNDS,
        "encoder": encoder_digest,
        "training": {"name": training.name, "rows": len(training), "digest": training.digest} if training else None,
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
