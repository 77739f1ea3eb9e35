"""The training rows of the embedded NLI model's runs, by source and licence, as the table of its card.

python benchmarks/training_rows.py FILE...

The files are those that docs/training.md names; sets.toml has the public sources of their rows.
"""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

import pandas as pd

from contradict.training.config import read_config
from contradict.training.mix import draw

NEAR = ("other-story", "unlabelled-story", "same-article")  # what `near_misses.py` makes
DISPUTES, EVENTS, SUSPECTS = ("disputes-", "parallel-"), ("events-",), ("suspects-",)  # how sources of our own begin
CONFIGURATIONS = {"first": "default"}  # of the others, it has the name of the run
RUNS = {  # by its name, which sources a run does not have
    "first": (*DISPUTES, *EVENTS, *SUSPECTS),
    "further": (*DISPUTES, *EVENTS, *SUSPECTS),
    "news": (*EVENTS, *SUSPECTS),
    "parallel": (*EVENTS, *SUSPECTS),
    "events": (*NEAR, *SUSPECTS),
    "suspects": NEAR,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print how often each source is drawn in the runs of the recipe.")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="labelled pairs, in Parquet or CSV")
    files = parser.parse_args().files
    tables = [pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path) for path in files]
    rows = pd.concat(tables, ignore_index=True)
    folder = Path(str(resources.files("contradict.training")))
    counts = {}
    for run, lacking in RUNS.items():
        usable = rows[~rows["dataset"].str.startswith(lacking)]
        drawn = draw(usable.reset_index(drop=True), read_config(folder / f"{CONFIGURATIONS.get(run, run)}.toml"))
        counts[run] = drawn.groupby(["dataset", "licence"]).size()
    table = pd.DataFrame(counts).fillna(0).astype(int)
    print(f"| source | languages | {' | '.join(RUNS)} | licence |\n|---|---|{'---:|' * len(RUNS)}---|")
    for (source, licence), row in table.iterrows():
        part = rows[(rows["dataset"] == source) & (rows["licence"] == licence)]
        languages = " ".join(sorted(part["premise_lang"].unique()))
        print(f"| {source} | {languages} | {' | '.join(f'{row[run]:,}' for run in RUNS)} | {licence} |")
