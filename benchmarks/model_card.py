"""The tables of the embedded NLI model's card: what it was trained on, and how it does.

python benchmarks/model_card.py --data DIR [--sample 4000] [--split test]

DIR holds `train.parquet` and the folders `dev/` and `test/` of labelled pairs; README.md names their sources.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from contradict.benchmark.metrics import Estimate
from contradict.benchmark.run import Result, benchmark
from contradict.labelled_pairs import read_pairs
from contradict.nli import NLI
from contradict.records import MIN_SCORE
from contradict.training.config import read_config
from contradict.training.mix import draw

FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "average_precision": "AP of contradiction, one way",
    "average_precision_symmetric": "AP, mean of both ways",
    "precision": f"precision at {MIN_SCORE}",
    "recall": f"recall at {MIN_SCORE}",
}


def show_data(rows: pd.DataFrame) -> None:
    """Print the rows that the default configuration draws from each source."""
    print("| source | languages | rows | licence |\n|---|---|---:|---|")
    for (source, licence), part in draw(rows, read_config()).groupby(["dataset", "licence"], sort=True):
        print(f"| {source} | {' '.join(sorted(part['premise_lang'].unique()))} | {len(part):,} | {licence} |")


def show_results(folder: Path, sample: int | None) -> None:
    """Print the embedded model's figures on every file of a folder, in per cent with 95% intervals."""
    nli = NLI()
    print(f"\n| set | rows | {' | '.join(FIGURES.values())} |\n|---|---:|{'---:|' * len(FIGURES)}")
    for path in sorted(folder.glob("*.parquet")):
        for result in benchmark(nli, read_pairs(path, labelled=True), path.stem, sample=sample):
            print(f"| {result.group} | {result.rows:,} | {' | '.join(cells(result))} |")
            sys.stdout.flush()


def cells(result: Result) -> list[str]:
    """A result's figures as they stand in the table."""
    return [percent(result.figures[name]) for name in FIGURES]


def percent(figure: Estimate) -> str:
    """A figure and its interval in per cent."""
    return f"{100 * figure.value:.1f} [{100 * figure.low:.1f}, {100 * figure.high:.1f}]"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the tables of the embedded NLI model's card.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled pairs")
    parser.add_argument("--sample", type=int, metavar="N", help="judge at most N rows of a file")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    options = parser.parse_args()
    show_data(pd.read_parquet(options.data / "train.parquet"))
    show_results(options.data / options.split, options.sample)
