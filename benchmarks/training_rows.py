"""The training rows of the embedded NLI model, by source and licence, as the table of its card.

python benchmarks/training_rows.py --data DIR

DIR holds `train.parquet`; sets.toml names the public sources of its rows.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from contradict.training.config import read_config
from contradict.training.mix import draw

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the training rows that the default configuration draws.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled pairs")
    options = parser.parse_args()
    rows = draw(pd.read_parquet(options.data / "train.parquet"), read_config())
    print("| source | languages | rows | licence |\n|---|---|---:|---|")
    for (source, licence), part in rows.groupby(["dataset", "licence"], sort=True):
        print(f"| {source} | {' '.join(sorted(part['premise_lang'].unique()))} | {len(part):,} | {licence} |")
