"""Training pairs of news that look alike and do not conflict, from articles.

python benchmarks/near_misses.py --data DIR --out FILE.parquet

DIR holds `topics/semeval22_dev.parquet`, of which about half of the articles are kept for benchmarks/news.py, and
`attribution/train.jsonl.gz`; README.md names their sources. Sentences of different stories are neutral; of different
sentences of one article, without a word of denial, only "not a contradiction" is taken to be known (column `two_way`).
"""

from __future__ import annotations

import argparse
import gzip
import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from contradict.benchmark.topics import PAIRS_FILE
from contradict.cli.common import add_run_options, make_progress
from contradict.embedding import embed
from contradict.labels import NEUTRAL
from contradict.models.loading import load_encoder
from contradict.training.near_misses import (
    OTHER_STORY,
    Library,
    make_library,
    of_one_article,
    of_two_articles,
    of_unlabelled_stories,
    story_part,
)

SEED = 20261122
OTHER_ARTICLES = 700  # of those without labels, drawn by the seed
EACH_PAIR, OF_UNLABELLED, OF_ONE_ARTICLE = 8, 1_500, 1_200  # most pairs of two articles; of each language


def read_articles(data: Path) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """The labelled pairs that are for training, and other articles."""
    rows = story_part(pd.read_parquet(data / "topics" / PAIRS_FILE), "train")
    with gzip.open(data / "attribution" / "train.jsonl.gz", "rt", encoding="utf-8") as file:
        others = [json.loads(line) for line in file]
    drawn = np.random.default_rng(SEED).permutation(len(others))[:OTHER_ARTICLES]
    return rows, [(others[position]["text"], others[position]["lang"]) for position in drawn]


def to_rows(library: Library, pairs: list[tuple[int, int, float]], name: str, *, two_way: bool) -> pd.DataFrame:
    """Pairs of statements as rows of labelled pairs, in either order."""
    exchanged = np.random.default_rng(SEED).random(len(pairs)) < 0.5
    ends = [(b, a) if turn else (a, b) for (a, b, _), turn in zip(pairs, exchanged, strict=True)]
    sides = [(library.statements[a], library.statements[b]) for a, b in ends]
    return pd.DataFrame(
        {
            "premise": [a.text for a, _ in sides],
            "hypothesis": [b.text for _, b in sides],
            "label": NEUTRAL,
            "premise_lang": [a.language for a, _ in sides],
            "hypothesis_lang": [b.language for _, b in sides],
            "dataset": name,
            "genre": "news",
            "licence": "not open: that of the articles",
            "two_way": two_way,
        }
    )


def main() -> None:
    """Write the pairs, and say how many there are of each kind and language."""
    parser = argparse.ArgumentParser(description="Write training pairs of news that do not conflict.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled data")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="for the pairs, as Parquet")
    add_run_options(parser)
    options = parser.parse_args()
    encoder = load_encoder(None, options.device)
    library = make_library(*read_articles(options.data), partial(embed, encoder, progress=make_progress(options)))
    apart = library.dissimilarity >= OTHER_STORY
    rows = pd.concat(
        [
            to_rows(library, of_two_articles(library, apart, each=EACH_PAIR), "other-story", two_way=False),
            to_rows(library, of_unlabelled_stories(library, OF_UNLABELLED), "unlabelled-story", two_way=False),
            to_rows(library, of_one_article(library, OF_ONE_ARTICLE), "same-article", two_way=True),
        ],
        ignore_index=True,
    )
    rows.to_parquet(options.out, index=False)
    print(rows.groupby(["dataset", "premise_lang"]).size().to_string())


if __name__ == "__main__":
    main()
