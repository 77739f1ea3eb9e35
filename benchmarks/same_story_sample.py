"""Pairs of sentences from two articles of one story, drawn to be labelled by hand.

python benchmarks/same_story_sample.py --data DIR --out FILE.csv

Of the nearest sentences of articles that people rated as one story, in the part of the articles that is kept for tests,
half are drawn among those that an NLI model scores highest, for conflicts are rare, and half among the others. `weight`
says how many pairs each drawn one stands for. The labels are in pairs/same_story_labels.csv, without the texts, which
may not be passed on: a place is a range of code points of an article.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from places import place

from contradict.benchmark.topics import PAIRS_FILE
from contradict.cli.common import add_nli_options, add_run_options, make_progress
from contradict.embedding import embed
from contradict.models.loading import load_encoder
from contradict.nli import NLI
from contradict.records import Statement
from contradict.training.near_misses import SAME_STORY, Library, make_library, of_two_articles, story_part

SEED = 11
HIGHEST, DRAWN = 300, 300  # pairs with the highest scores; drawn in all, half of them among those


def main() -> None:
    """Draw and write the pairs."""
    parser = argparse.ArgumentParser(description="Draw pairs of sentences of one story, to be labelled.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled data")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="for the pairs with their texts")
    add_nli_options(parser)
    add_run_options(parser)
    options = parser.parse_args()
    rows = story_part(pd.read_parquet(options.data / "topics" / PAIRS_FILE), "test")
    encoder = load_encoder(None, options.device)
    library = make_library(rows, [], partial(embed, encoder, progress=make_progress(options)))
    pairs = sorted({(a, b) for a, b, _ in of_two_articles(library, library.dissimilarity <= SAME_STORY)})
    ends = [(library.statements[a], library.statements[b]) for a, b in pairs]
    judged = NLI(options.nli, device=options.device, backend="torch").judge([(a.text, b.text) for a, b in ends])
    ranked = np.argsort([-judgement.score for judgement in judged], kind="stable")
    rng = np.random.default_rng(SEED)
    found = []
    for part in (ranked[:HIGHEST], ranked[HIGHEST:]):
        for at in rng.choice(part, DRAWN // 2, replace=False):
            a, b = ends[at]
            weight = {"weight": round(len(part) / (DRAWN // 2), 4)}
            found.append(weight | _place_in(library, "a", a) | _place_in(library, "b", b))
    pd.DataFrame(found).sample(frac=1, random_state=SEED).to_csv(options.out, index=False)


def _place_in(library: Library, side: str, statement: Statement) -> dict[str, object]:
    return place(side, statement, library.articles[int(statement.article)].text)


if __name__ == "__main__":
    main()
