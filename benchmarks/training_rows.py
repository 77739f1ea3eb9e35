"""The training rows of the embedded NLI model's recipe, by source and licence, as the table of its card.

python benchmarks/training_rows.py FILE...

The files are those that docs/training.md names; sets.toml has the public sources of their rows.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from contradict.training.config import read_config
from contradict.training.mix import draw

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the training rows that the default configuration draws.")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="labelled pairs, in Parquet or CSV")
    files = parser.parse_args().files
    tables = [pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path) for path in files]
    config = read_config()
    rows = draw(pd.concat(tables, ignore_index=True), config)
    print("| source | languages | rows | times | licence |\n|---|---|---:|---:|---|")
    for (source, licence), part in rows.groupby(["dataset", "licence"], sort=True):
        times = config.repeats.get(source, 1)
        languages = " ".join(sorted(part["premise_lang"].unique()))
        print(f"| {source} | {languages} | {len(part) // times:,} | {times} | {licence} |")
