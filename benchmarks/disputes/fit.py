"""Fit how the verdict weighs what is known of a pair, on the sets in `fit/`; `dev/` shows what each stage gives.

python benchmarks/disputes/fit.py [--nli ID-OR-FOLDER] [--tagger FOLDER]

Writes `src/contradict/verdict.json`.
"""

from __future__ import annotations

import argparse
import json
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sets import JudgedSet, contradicts, judge_sets, read_sets
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from contradict.attribution.tagger import Tagger
from contradict.cli.common import add_nli_options, add_run_options, make_progress
from contradict.models.loading import weights_digest
from contradict.nli import NLI
from contradict.verdict import OUTCOMES, features

STAGES = {
    "sentences": ("sentences_conflict",),
    "claims": ("claims_conflict", "claims_agree"),
    "stances": ("one_denies", "one_denies_what_agrees", "one_leaves_open", "not_claimed", "plan_and_fact"),
    "holders": ("one_holder", "one_article"),
    "figures": ("figures_differ", "figures_agree"),
    "dates": ("days_apart",),
    "nearness": ("nearness",),
}
"""The features of each stage, as `contradict.verdict.features` names them."""
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)


def table_of(sets: list[JudgedSet]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the features, their values for every pair, and the outcomes' numbers."""
    rows = [
        features(*each.sides(at), each.by_sentence[at], each.by_claim[at], each.nearness[at])
        for each in sets
        for at in range(len(each.labelled.pairs))
    ]
    outcomes = [OUTCOMES.index(outcome) for each in sets for outcome in each.labelled.outcomes]
    return list(rows[0]), np.array([list(row.values()) for row in rows]), np.array(outcomes)


def fit(values: np.ndarray, outcomes: np.ndarray, strength: float) -> Pipeline:
    """A logistic regression over standardised features."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000)).fit(values, outcomes)


def main() -> None:
    """Fit, show what each stage gives on `dev/`, and write the weights."""
    parser = argparse.ArgumentParser(description="Fit the verdict on labelled sets of disputes.")
    parser.add_argument("--tagger", type=Path, metavar="FOLDER", help="default: the embedded one")
    add_nli_options(parser)
    add_run_options(parser)
    options = parser.parse_args()
    on: dict[str, Any] = {"device": options.device, "backend": "torch"}
    nli, tagger = NLI(options.nli, **on), Tagger(options.tagger, **on)
    progress = make_progress(options)
    for_fit, for_choice = (judge_sets(read_sets(part), nli, tagger, progress) for part in ("fit", "dev"))
    names, values, outcomes = table_of(for_fit)
    _, other_values, _ = table_of(for_choice)
    truth = contradicts(for_choice)

    def precision(columns: list[int], strength: float) -> float:
        model = fit(values[:, columns], outcomes, strength)
        return float(average_precision_score(truth, model.predict_proba(other_values[:, columns])[:, 1]))

    everything = list(range(len(names)))
    strength = max(STRENGTHS, key=lambda each: precision(everything, each))
    table = Table("verdict", "average precision on dev/", box=None)
    table.add_row("all stages", f"{precision(everything, strength):.3f}")
    for stage, own in STAGES.items():
        without = [at for at, name in enumerate(names) if name not in own]
        table.add_row(f"without {stage}", f"{precision(without, strength):.3f}")
    for count in range(1, len(STAGES) + 1):
        used = [name for stage in list(STAGES)[:count] for name in STAGES[stage]]
        columns = [at for at, name in enumerate(names) if name in used]
        table.add_row(f"up to {list(STAGES)[count - 1]}", f"{precision(columns, strength):.3f}")
    Console(highlight=False).print(table)
    scaler, regression = fit(values, outcomes, strength)
    weights = {}
    for outcome, coefficients, constant in zip(OUTCOMES, regression.coef_, regression.intercept_, strict=True):
        slopes = coefficients / scaler.scale_
        weights[outcome] = {"constant": round(float(constant - slopes @ scaler.mean_), 4)}
        weights[outcome] |= {name: round(float(slope), 4) for name, slope in zip(names, slopes, strict=True)}
    result = {
        "fitted_on": f"{len(outcomes)} pairs of {len(for_fit)} sets, benchmarks/disputes/fit",
        "strength": strength,
        "nli": weights_digest(nli.folder),
        "tagger": weights_digest(Path(tagger.network.name_or_path)),
        "weights": weights,
    }
    path = Path(str(resources.files("contradict").joinpath("verdict.json")))
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
