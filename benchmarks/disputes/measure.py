"""How well contradictions are told from everything else in the labelled sets of disputes.

python benchmarks/disputes/measure.py [--part dev|test] [--nli ID-OR-FOLDER] [--out FILE.json]

Every pair of sentences of a set is judged, in both directions, as bare sentences. `dev` is for choosing, `test` for
what is quoted. Intervals are over sets.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from contradict.benchmark.metrics import measure
from contradict.benchmark.output.results import plain
from contradict.benchmark.records import Estimate, Judged
from contradict.benchmark.versions import versions
from contradict.cli.common import add_nli_options, add_run_options, make_progress
from contradict.labels import CONTRADICTION, NEUTRAL
from contradict.models.loading import weights_digest
from contradict.nli import NLI

HERE = Path(__file__).parent
FIGURES = ("average_precision", "false_alarms", "precision", "recall")


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """Every pair of sentences of the sets of a part.

    Attributes:
        texts: the two sentences of each pair.
        labels: int64, `CONTRADICTION` or `NEUTRAL`.
        sets: int64, the set that each pair is of, counted from 0.
        languages: of the set: one language, or "across".
    """

    texts: list[tuple[str, str]]
    labels: np.ndarray
    sets: np.ndarray
    languages: np.ndarray


def read_part(part: str) -> LabelledPairs:
    """Read the sets of a part."""
    texts, labels, sets, languages = [], [], [], []
    for number, path in enumerate(sorted((HERE / part).glob("*.json"))):
        labelled = json.loads(path.read_text(encoding="utf-8"))
        contradictions = {frozenset((tuple(pair["a"]), tuple(pair["b"]))) for pair in labelled["contradictions"]}
        sentences = [
            ((article["id"], at), sentence["text"])
            for article in labelled["articles"]
            for at, sentence in enumerate(article["sentences"])
        ]
        for (place, text), (other, other_text) in combinations(sentences, 2):
            texts.append((text, other_text))
            labels.append(CONTRADICTION if frozenset((place, other)) in contradictions else NEUTRAL)
            sets.append(number)
            languages.append(labelled["languages"][0] if len(labelled["languages"]) == 1 else "across")
    return LabelledPairs(texts, np.array(labels), np.array(sets), np.array(languages))


def judge(nli: NLI, pairs: LabelledPairs, options: argparse.Namespace) -> Judged:
    """Judge the pairs as bare sentences."""
    judged = nli.judge(pairs.texts, make_progress(options))
    sides = ([one.a_b for one in judged], [one.b_a for one in judged])
    return Judged(*(np.array([[p.entailment, p.neutral, p.contradiction] for p in side]) for side in sides))


def cell(figure: Estimate) -> str:
    """A figure with its interval; of a single set, it has none."""
    interval = "" if math.isnan(figure.low) else f" ({figure.low:.3g}–{figure.high:.3g})"
    return f"{figure.value:.3g}{interval}"


def main() -> None:
    """Measure, print the table, and write the figures to the file that was asked for."""
    parser = argparse.ArgumentParser(description="Measure how well contradictions are told in the sets of disputes.")
    parser.add_argument("--part", choices=("dev", "test"), default="test", help="default: test")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures there, as JSON")
    add_nli_options(parser)
    add_run_options(parser)
    options = parser.parse_args()
    nli = NLI(options.nli, device=options.device)
    pairs = read_part(options.part)
    judged = judge(nli, pairs, options)
    rows = []
    for language in ("all", *sorted(set(pairs.languages.tolist()))):
        chosen = np.ones(len(pairs.labels), bool) if language == "all" else pairs.languages == language
        part = Judged(judged.forward[chosen], judged.backward[chosen])
        labels, sets = pairs.labels[chosen], np.unique(pairs.sets[chosen], return_inverse=True)[1]
        figures = measure(labels, part, sets, threshold=nli.threshold, two_way=True)
        kept = {name: figures[f"{name}_symmetric"] for name in FIGURES}
        rows.append({"languages": language, "pairs": len(labels), "contradictions": int((labels > 1).sum()), **kept})
    table = Table("languages", "pairs", "contradictions", "AP", "false alarms", "precision", "recall", box=None)
    for row in rows:
        cells = [cell(row[name]) for name in FIGURES]
        table.add_row(row["languages"], f"{row['pairs']:,}", str(row["contradictions"]), *cells)
    Console(highlight=False, width=140).print(table)
    print(f"False alarms: per 1,000 pairs, at a recall of 80%. Precision and recall at {nli.threshold:.2g}.")
    if options.out:
        model = {"name": nli.name, "sha256": weights_digest(nli.folder)}
        result = {"schema": 1, "versions": versions(), "model": model, "part": options.part, "rows": plain(rows)}
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
