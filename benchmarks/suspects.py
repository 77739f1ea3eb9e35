"""Pairs of real news that an earlier NLI model took for conflicts, as training pairs with labels given by reading them.

python benchmarks/suspects.py --data DIR --out FILE.parquet                  # the labelled pairs
python benchmarks/suspects.py --data DIR --draw FOLDER --out FILE.csv        # pairs to label, and the labels so far

FOLDER is the one that `screen.py` keeps its scanned groups in; the suspicions are those of the model that scanned them.
Drawn are the pairs of a score of `LEAST` or more in the groups that it holds, and a few of the others; only from
articles that nothing is measured on. The labels are in pairs/suspects.csv, without the texts, which may not be passed
on. A pair hard to label is marked as unclear there, and trains nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from places import articles_by_key, place, texts_at
from screen import TEST
from speeds.texts import MARKED, STORIES, articles

from contradict import Article
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL
from contradict.records import MIN_SCORE
from contradict.statements import split_articles
from contradict.training.attributions import read_marked
from contradict.training.near_misses import story_part

LABELS_FILE = Path(__file__).parent / "pairs" / "suspects.csv"
LEAST = 0.13  # score from which on all pairs are drawn
OTHERS = 0.008  # share of those below
LONGEST = 600  # code points of a statement
SEED = 5
FOLLOWS = {"same": (True, True), "b follows": (True, False), "a follows": (False, True)}
"""Labels under which b follows from a, and a from b."""


def for_training(data: Path) -> set[str]:
    """Texts of the articles that no benchmark measures on."""
    stories = pd.read_parquet(data / STORIES)
    used, held_back = story_part(stories, "train"), pd.concat(story_part(stories, part) for part in ("dev", "test"))
    marked, measured = ({article.text for article in read_marked(data / path)} for path in MARKED)
    return ({*used["text_a"], *used["text_b"]} | marked) - {*held_back["text_a"], *held_back["text_b"]} - measured


def draw(data: Path, groups: Path) -> pd.DataFrame:
    """Pairs to be labelled, with their texts and scores, in an order drawn."""
    usable = for_training(data)
    scanned = sorted(tuple(map(int, path.stem.split("-"))) for path in groups.glob("*[0-9]-[0-9]*.npz"))
    if not scanned:
        raise SystemExit(f"{groups}: no scanned groups; run screen.py --workdir {groups} first")
    everything = articles(data, max(last for _, last in scanned))
    rng = np.random.default_rng(SEED)
    found = []
    for first, last in scanned:
        if (first, last) in TEST:
            continue
        by_id = {row["id"]: Article(**row) for row in everything[first:last]}
        statements, _ = split_articles([by_id[name] for name in sorted(by_id)])
        group = np.load(groups / f"{first}-{last}.npz")
        taken = (group["scores"] >= LEAST) | (rng.random(len(group["scores"])) < OTHERS)
        for (a, b), score in zip(group["ends"][taken].tolist(), group["scores"][taken].tolist(), strict=True):
            sides = [(statements[at], by_id[statements[at].article].text) for at in (a, b)]
            if all(text in usable and len(statement.text) <= LONGEST for statement, text in sides):
                one, other = (place(side, *own) for side, own in zip("ab", sides, strict=True))
                found.append(one | other | {"score": score})
    return pd.DataFrame(found).sample(frac=1, random_state=SEED)


def labels_from(drawn: pd.DataFrame, least: float) -> pd.Series:
    """How many of the pairs with a score of this or more have which label, of those that are labelled."""
    labels = pd.read_csv(LABELS_FILE)
    places = [name for name in labels if name != "label"]
    return drawn[drawn["score"] >= least].merge(labels, on=places)["label"].value_counts()


def labelled(data: Path) -> pd.DataFrame:
    """The labelled pairs as rows to train on."""
    labels = pd.read_csv(LABELS_FILE)
    labels = labels[labels["label"] != "unclear"]
    known = articles_by_key(data)
    rows = []
    ends = zip(*([known[key][1] for key in labels[f"{side}_article"]] for side in "ab"), strict=True)
    texts_of = texts_at(labels, (text for text, _ in known.values()))
    for label, texts, langs in zip(labels["label"], texts_of, ends, strict=True):
        for forward, follows in zip((True, False), FOLLOWS.get(label, (None, None)), strict=True):
            if forward or follows is not None:
                rows.append(_row(label, texts, langs, follows, forward=forward))
    return pd.DataFrame(rows)


def _row(
    label: str, texts: tuple[str, str], languages: tuple[str, str], follows: bool | None, *, forward: bool
) -> dict[str, Any]:
    step = 1 if forward else -1
    (premise, hypothesis), (premise_lang, hypothesis_lang) = texts[::step], languages[::step]
    conflict = label == "contradiction"
    return {
        "premise": premise,
        "hypothesis": hypothesis,
        "label": CONTRADICTION if conflict else ENTAILMENT if follows else NEUTRAL,
        "premise_lang": premise_lang,
        "hypothesis_lang": hypothesis_lang,
        "dataset": f"suspects-{'follows' if label in FOLLOWS else label}",
        "genre": "news",
        "licence": "not open: that of the articles",
        "two_way": label == "update" or follows is False,
    }


def main() -> None:
    """Write the pairs, and say how many there are."""
    parser = argparse.ArgumentParser(
        description="Pairs of real news that look like conflicts, labelled by reading them."
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled data")
    parser.add_argument("--draw", type=Path, metavar="FOLDER", help="scanned groups to draw pairs from, to be labelled")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="for the pairs")
    options = parser.parse_args()
    if options.draw:
        drawn = draw(options.data, options.draw)
        drawn.to_csv(options.out, index=False)
        print(f"{len(drawn):,} pairs to label")
        for least in (LEAST, MIN_SCORE):
            counts = ", ".join(f"{count} {label}" for label, count in labels_from(drawn, least).items())
            print(f"labelled so far, of a score of {least:g} or more: {counts}")
    else:
        rows = labelled(options.data)
        rows.to_parquet(options.out, index=False)
        print(rows.groupby("dataset").size().to_string())


if __name__ == "__main__":
    main()
