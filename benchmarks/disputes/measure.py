"""How well contradictions are told from everything else in the labelled sets of disputes.

python benchmarks/disputes/measure.py [--part dev|test] [--nli ID-OR-FOLDER] [--tagger FOLDER] [--out FILE.json]

Every pair of sentences of a set is judged: (a) by the NLI model alone, as bare sentences; (b) by the verdict on the
claims and their holders. `dev` is for choosing, `test` for what is quoted. Intervals are over sets.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sets import JudgedSet, contradicts, judge_sets, read_sets

from contradict.attribution.holders import same_holder
from contradict.attribution.tagger import Tagger
from contradict.benchmark.metrics import figures, outcomes
from contradict.benchmark.output.results import plain
from contradict.benchmark.records import Estimate, Judged
from contradict.benchmark.resampling import estimate, resamples
from contradict.benchmark.versions import versions
from contradict.cli.common import add_backend_option, add_nli_options, add_run_options, make_progress
from contradict.judging import Judging
from contradict.labels import CONTRADICTION, NEUTRAL
from contradict.models.loading import weights_digest
from contradict.nli import NLI
from contradict.records import MIN_SCORE, Probabilities
from contradict.screen import Screen, embedded_screen
from contradict.verdict import judge_pair

FIGURES = ("average_precision", "false_alarms", "precision", "recall")
HEADINGS = ("AP", "false alarms", "precision", "recall")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scan would read of the pairs, and what it would miss for it.

    Attributes:
        shown: pairs that it would report as contradictions.
        right: those of them that are.
        directions: how often it would read a pair of texts; in full, sentences and claims are read in both directions.
        in_full: how often all would be read in full.
        reported: pairs that reach the least score when they are read in full.
        missed: those of them that a scan leaves unread, or gives up before.
    """

    shown: int
    right: int
    directions: int
    in_full: int
    reported: int
    missed: int


def read_less(sets: list[JudgedSet], screen: Screen | None) -> Reading:
    """Go through the pairs as a scan does, with what was judged already."""
    shown = right = directions = in_full = reported = missed = 0
    for each in sets:
        sides = [each.sides(at) for at in range(len(each.labelled.pairs))]
        known: dict[tuple[str, str], Probabilities] = {}
        for (a, b), sentences, claims in zip(sides, each.by_sentence, each.by_claim, strict=True):
            texts = a.statement.text, b.statement.text
            bare = a.attribution.claim or texts[0], b.attribution.claim or texts[1]
            for (one, other), judged in ((bare, claims), (texts, sentences)):
                known |= {(one, other): judged.a_b, (other, one): judged.b_a}
        asked: list[int] = []

        def predict(pairs: Sequence[tuple[str, str]], known: Any = known, asked: list[int] = asked) -> np.ndarray:
            asked.append(len(pairs))
            return np.array([astuple(known[pair]) for pair in pairs], np.float32).reshape(-1, 3)

        judging = Judging(sides, each.nearness, predict, MIN_SCORE)
        possible = judging.possible()
        ends = each.labelled.pairs
        read = judging.strongest(screen.worth_reading(each.vectors, ends, possible) if screen else possible)
        directions += sum(asked)
        full = Judging(sides, each.nearness, predict, 0.0).strongest()
        in_full += sum(
            4 if a.attribution.claim != a.statement.text or b.attribution.claim != b.statement.text else 2
            for a, b in sides
        )
        found = {at for at, own in full.items() if max(own.verdict.contradiction, own.verdict.update) >= MIN_SCORE}
        reported += len(found)
        missed += len(found - read.keys())
        own = {at for at, judged in read.items() if judged.verdict.contradiction >= MIN_SCORE}
        shown += len(own)
        right += sum(each.labelled.outcomes[at] == "contradiction" for at in own)
    return Reading(shown, right, directions, in_full, reported, missed)


def scores_of(sets: list[JudgedSet]) -> dict[str, np.ndarray]:
    """The score of every pair of the sets, in a row, by what judged it."""
    verdicts = [
        judge_pair(*each.sides(at), each.by_sentence[at], each.by_claim[at], each.nearness[at]).contradiction
        for each in sets
        for at in range(len(each.labelled.pairs))
    ]
    return {
        "bare sentences": np.array([judgement.score for each in sets for judgement in each.by_sentence]),
        "claims with holders": np.array(verdicts),
    }


def measure(truth: np.ndarray, scores: np.ndarray, sets: np.ndarray, threshold: float) -> dict[str, np.ndarray]:
    """Each of `FIGURES`, as it is and in its resamples."""
    rest = (1 - scores) / 2
    probabilities = np.stack([rest, rest, scores], axis=1)
    labels = np.where(truth, CONTRADICTION, NEUTRAL)
    items = np.unique(sets, return_inverse=True)[1]
    rows = outcomes(labels, Judged(probabilities, probabilities), items, threshold=threshold, two_way=True)
    names = [f"{name}_symmetric" for name in FIGURES]
    found = figures(rows, names, resamples(int(items.max()) + 1, len(labels), 0))
    return {name: found[f"{name}_symmetric"] for name in FIGURES}


def shares(sets: list[JudgedSet]) -> dict[str, list[tuple[int, bool]]]:
    """Whether kind, holder and stance are right, each with the number of its set."""
    found: dict[str, list[tuple[int, bool]]] = {"kind": [], "holder": [], "stance": [], "denials found": []}
    for number, each in enumerate(sets):
        for sentence, attribution in zip(each.labelled.sentences, each.attributions, strict=True):
            found["holder"].append((number, is_same(sentence["holder"], attribution.speaker, each.labelled.holders)))
            found["stance"].append((number, sentence["stance"] == attribution.stance))
            if sentence["stance"] == "denies":
                found["denials found"].append((number, attribution.stance == "denies"))
        for at, pair in enumerate(each.labelled.pairs):
            if pair in each.labelled.kinds:
                judged = judge_pair(*each.sides(at), each.by_sentence[at], each.by_claim[at], each.nearness[at])
                found["kind"].append((number, judged.kind == each.labelled.kinds[pair]))
    return found


def is_same(holder: str | None, found: str | None, names: list[list[str]]) -> bool:
    """Whether a holder was found, under any of its names; or rightly none."""
    if holder is None or found is None:
        return holder is found
    known = next((group for group in names if holder in group), [holder])
    return any(same_holder(name, found) for name in known)


def share(values: list[tuple[int, bool]]) -> Estimate:
    """A share with its interval over sets."""
    sets, hits = (np.array(side) for side in zip(*values, strict=True))
    numbers = np.unique(sets, return_inverse=True)[1]
    right, count = np.bincount(numbers, hits), np.bincount(numbers)
    draws = np.concatenate([drawn @ right / (drawn @ count) for drawn in resamples(len(count), len(hits), 0)])
    return estimate(draws)


def cell(figure: Estimate) -> str:
    """A figure with its interval; of a single set, it has none."""
    interval = "" if math.isnan(figure.low) else f" ({figure.low:.3g} to {figure.high:.3g})"
    return f"{figure.value:.3g}{interval}"


def main() -> None:
    """Measure, print the tables, and write the figures to the file that was asked for."""
    parser = argparse.ArgumentParser(description="Measure how well contradictions are told in the sets of disputes.")
    parser.add_argument("--part", choices=("dev", "test"), default="test", help="default: test")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures there, as JSON")
    parser.add_argument("--tagger", type=Path, metavar="FOLDER", help="default: the embedded one")
    add_nli_options(parser)
    add_backend_option(parser, "torch")
    add_run_options(parser)
    options = parser.parse_args()
    on: dict[str, Any] = {"device": options.device, "backend": options.backend}
    nli = NLI(options.nli, labels=options.nli_labels, calibration=options.calibration, **on)
    tagger = Tagger(options.tagger, **on)
    sets = judge_sets(read_sets(options.part), nli, tagger, make_progress(options))
    as_they_are = options.nli is options.tagger is None and options.calibration == "auto"
    reading = read_less(sets, embedded_screen() if as_they_are else None)
    truth = contradicts(sets)
    number_of = np.array([number for number, each in enumerate(sets) for _ in each.labelled.pairs])
    languages = np.array([each.labelled.languages for each in sets for _ in each.labelled.pairs])
    table = Table("languages", "judged", "pairs", "contradictions", *HEADINGS, box=None)
    rows = []
    for language in ("all", *sorted(set(languages.tolist()))):
        chosen = np.ones(len(truth), bool) if language == "all" else languages == language
        found = {}
        for name, scores in scores_of(sets).items():
            found[name] = measure(truth[chosen], scores[chosen], number_of[chosen], MIN_SCORE)
            kept = {figure: estimate(values) for figure, values in found[name].items()}
            rows.append({"languages": language, "judged": name, **kept})
            cells = [cell(kept[figure]) for figure in FIGURES]
            table.add_row(language, name, f"{chosen.sum():,}", str(truth[chosen].sum()), *cells)
        if language == "all":
            bare, full = found.values()
            difference = {figure: estimate(full[figure] - bare[figure]) for figure in FIGURES}
            rows.append({"languages": language, "judged": "difference", **difference})
            table.add_row(language, "difference", "", "", *[cell(difference[figure]) for figure in FIGURES])
    accuracy = {name: share(values) for name, values in shares(sets).items()}
    console = Console(highlight=False, width=140)
    console.print(table)
    print(f"False alarms: per 1,000 pairs, at a recall of 80%. Precision and recall at {MIN_SCORE:.2g}.")
    for name, figure in accuracy.items():
        console.print(f"{name}: {cell(figure)}")
    print(
        f"As a scan reads: {reading.directions:,} readings of pairs for {reading.in_full:,}; of {reading.reported:,}"
        f" pairs that reach {MIN_SCORE:.2g} as contradictions or updates, {reading.missed:,} are not read so far."
        f" Precision {reading.right / max(1, reading.shown):.3g}, recall {reading.right / truth.sum():.3g}"
    )
    if options.out:
        model = {"name": nli.name, "sha256": weights_digest(nli.folder)}
        result = {"schema": 1, "versions": versions(), "model": model, "part": options.part}
        result |= {"rows": plain(rows), "accuracy": plain(accuracy), "reading": asdict(reading)}
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
