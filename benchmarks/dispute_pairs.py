"""Training pairs from the training sets of disputes.

python benchmarks/dispute_pairs.py [--events] --out FILE.parquet

Of each set in `benchmarks/disputes/train`, the pairs that are labelled and the nearer half of the others become rows,
once as sentences and once as bare claims. What contradicts is a contradiction, but for a denial as bare claims, which
then agree; of everything else only "not a contradiction" is taken to be known (column `two_way`). Of an event
in `train/parallel`, every pair of statements becomes a row in each combination of its languages, and so does a
statement with its translation. With --events, so does every pair of statements of an event in `train/events`; what
follows from what is known there, so that only updates, and what is more general than the other, are two-way.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from itertools import combinations, combinations_with_replacement, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from contradict.cli.common import add_run_options, make_progress
from contradict.embedding import Embed, embed
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL
from contradict.models.loading import load_encoder

SETS = Path(__file__).parent / "disputes" / "train"
SEED = 20261123
LISTS = {"contradictions": "contradiction", "updates": "update", "agreements": "agreement"}
LEAST_LETTERS = 12  # of a claim that can stand by itself; half of that in scripts that write words in few characters


def rows_of(labelled: dict[str, Any], embed: Embed) -> list[dict[str, object]]:
    """The rows of a set."""
    listed = {
        frozenset((tuple(pair["a"]), tuple(pair["b"]))): (name, pair.get("kind"))
        for key, name in LISTS.items()
        for pair in labelled[key]
    }
    sentences = [
        ((article["id"], at), sentence, article["language"])
        for article in labelled["articles"]
        for at, sentence in enumerate(article["sentences"])
    ]
    vectors = embed([sentence["text"] for _, sentence, _ in sentences])
    nearness = vectors @ vectors.T
    ends = list(combinations(range(len(sentences)), 2))
    middle = np.median([nearness[a, b] for a, b in ends])
    rows = []
    for a, b in ends:
        (place, sentence, language), (other, other_sentence, other_language) = sentences[a], sentences[b]
        outcome, kind = listed.get(frozenset((place, other)), ("neither", None))
        if outcome == "neither" and nearness[a, b] < middle:
            continue
        texts = {"sentences": (sentence["text"], other_sentence["text"])}
        claims = claim(sentence, language), claim(other_sentence, other_language)
        if all(claims) and claims != texts["sentences"]:
            texts["claims"] = claims
        for form, own in texts.items():
            conflict = outcome == "contradiction" and (form == "sentences" or kind != "denial")
            rows.append(_row(own, (language, other_language), f"disputes-{form}-{outcome}", conflict))
    return rows


def parallel_rows_of(event: dict[str, Any]) -> list[dict[str, object]]:
    """The rows of an event in several languages."""
    listed = {frozenset(pair): name for key, name in LISTS.items() for pair in event[key]}
    rows = []
    for one, other in combinations_with_replacement(event["statements"], 2):
        same = one is other
        outcome = "translation" if same else listed.get(frozenset((one["id"], other["id"])), "neither")
        languages = combinations(event["languages"], 2) if same else product(event["languages"], repeat=2)
        for language, other_language in languages:
            texts = one["texts"][language], other["texts"][other_language]
            rows.append(_row(texts, (language, other_language), f"parallel-{outcome}", outcome == "contradiction"))
    return rows


def event_rows_of(event: dict[str, Any], part: str) -> list[dict[str, object]]:
    """The rows of an event whose statements stand in one language each."""
    contradictions, updates = ({frozenset(pair) for pair in event[key]} for key in ("contradictions", "updates"))
    follows = {tuple(pair) for pair in event["follows"]}
    rows = []
    for a, b in combinations(range(len(event["statements"])), 2):
        pair = frozenset((a, b))
        outcome = "contradiction" if pair in contradictions else "update" if pair in updates else "neither"
        if {(a, b), (b, a)} & follows:
            outcome = "follows"
        for one, other in ((a, b), (b, a)) if outcome == "follows" else ((a, b),):
            (language, text), (other_language, other_text) = event["statements"][one], event["statements"][other]
            row = _row(
                (text, other_text), (language, other_language), f"events-{part}-{outcome}", outcome == "contradiction"
            )
            if (one, other) in follows:
                row |= {"label": ENTAILMENT, "two_way": False}
            elif outcome == "neither":
                row["two_way"] = False
            rows.append(row)
    return rows


def _row(texts: tuple[str, str], languages: tuple[str, str], dataset: str, conflict: bool) -> dict[str, object]:
    return {
        "premise": texts[0],
        "hypothesis": texts[1],
        "label": CONTRADICTION if conflict else NEUTRAL,
        "premise_lang": languages[0],
        "hypothesis_lang": languages[1],
        "dataset": dataset,
        "genre": "news",
        "licence": "Apache-2.0",
        "two_way": not conflict,
    }


def claim(sentence: dict[str, Any], language: str) -> str:
    """The bare claim of a sentence; empty where its words cannot stand alone."""
    content = " ".join(sentence["content"])
    if not content and sentence["stance"] == "asserts":
        return str(sentence["text"])
    least = LEAST_LETTERS // 2 if language in ("ja", "ko", "zh") else LEAST_LETTERS
    return content if len(content) >= least else ""


def main() -> None:
    """Write the pairs, each in an order drawn, and say how many there are of each kind."""
    parser = argparse.ArgumentParser(description="Write training pairs from the sets of disputes.")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="for the pairs, as Parquet")
    parser.add_argument("--events", action="store_true", help="with the events in one language a statement")
    add_run_options(parser)
    options = parser.parse_args()
    vectors_of = partial(embed, load_encoder(None, options.device), progress=make_progress(options))
    sets, events = (
        [
            json.loads(path.read_text(encoding="utf-8"))
            for part in parts
            for path in sorted((SETS / part).glob("*.json"))
        ]
        for parts in (("long", "short"), ("parallel",))
    )
    made = [row for labelled in sets for row in rows_of(labelled, vectors_of)]
    made += [row for event in events for row in parallel_rows_of(event)]
    for path in sorted((SETS / "events").glob("*/*.jsonl") if options.events else ()):
        for line in path.read_text(encoding="utf-8").splitlines():
            made += event_rows_of(json.loads(line), path.parent.name)
    rows = pd.DataFrame(made)
    turned = (np.random.default_rng(SEED).random(len(rows)) < 0.5) & (rows["label"] != ENTAILMENT)
    names = ["premise", "hypothesis", "premise_lang", "hypothesis_lang"]
    exchanged = rows[["hypothesis", "premise", "hypothesis_lang", "premise_lang"]].set_axis(names, axis=1)
    rows.loc[turned, names] = exchanged[turned]
    rows.to_parquet(options.out, index=False)
    print(rows.groupby("dataset").size().to_string())


if __name__ == "__main__":
    main()
