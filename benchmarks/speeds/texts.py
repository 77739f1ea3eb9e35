"""The texts that are timed: labelled pairs, and real articles."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from contradict.benchmark.topics import PAIRS_FILE, SAME_STORY
from contradict.labelled_pairs import read_pairs
from contradict.training.attributions import read_marked

PAIRS_OF_TEXTS = Path("nli") / "test" / "indonli_test_lay.parquet"
STORIES = Path("topics") / PAIRS_FILE
MARKED = tuple(Path("attribution") / f"{name}.jsonl.gz" for name in ("train", "dev"))
_SEED = 0

Article = dict[str, str]
"""With `id`, `text` and `language`."""


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """A sample of labelled pairs; labels are indices into `contradict.labels.LABELS`."""

    pairs: list[tuple[str, str]]
    labels: list[int]


def labelled_pairs(data: Path, count: int) -> LabelledPairs:
    """So many pairs at random, always the same; all, in their order, where there are no more."""
    read = read_pairs(data / PAIRS_OF_TEXTS, labelled=True)
    assert read.labels is not None
    chosen = list(range(len(read.premises)))
    if count < len(chosen):
        chosen = random.Random(_SEED).sample(chosen, count)
    return LabelledPairs(
        [(read.premises[at], read.hypotheses[at]) for at in chosen], [int(read.labels[at]) for at in chosen]
    )


def languages_of(data: Path) -> dict[str, str]:
    """The texts of all articles in a folder of labelled data, with their languages."""
    pairs = pd.read_parquet(data / STORIES)
    texts = dict(zip([*pairs["text_a"], *pairs["text_b"]], [*pairs["lang_a"], *pairs["lang_b"]], strict=True))
    for path in MARKED:
        texts |= {article.text: article.language for article in read_marked(data / path)}
    return texts


def articles(data: Path, count: int) -> list[Article]:
    """So many articles at random, each text once; a smaller number gives the first of a larger one.

    Raises:
        ValueError: there are fewer.
    """
    texts = languages_of(data)
    if count > len(texts):
        raise ValueError(f"{count:,} articles are wanted, and {data} has {len(texts):,} different ones")
    found = sorted(texts.items())
    random.Random(_SEED).shuffle(found)
    return [{"id": f"{at:05}", "text": text, "language": language} for at, (text, language) in enumerate(found[:count])]


def stories(data: Path, count: int) -> tuple[list[Article], list[tuple[str, str]]]:
    """At most so many articles, those first that people took for the same stories, and which of them are.

    Returns:
        the articles, and the pairs of their ids that tell one story.
    """
    rows = pd.read_parquet(data / STORIES).sample(frac=1, random_state=_SEED)
    rows = rows.sort_values("dissimilarity", kind="stable")
    found: dict[str, Article] = {}
    for text_a, text_b, *languages in rows[["text_a", "text_b", "lang_a", "lang_b"]].to_numpy().tolist():
        for text, language in zip((text_a, text_b), languages, strict=True):
            if len(found) < count:
                found.setdefault(text, {"id": f"{len(found):05}", "text": text, "language": language})
    same = rows[rows["dissimilarity"] <= SAME_STORY]
    ends = zip(same["text_a"], same["text_b"], strict=True)
    return list(found.values()), [(found[a]["id"], found[b]["id"]) for a, b in ends if a in found and b in found]


def digest(texts: Any) -> str:
    """SHA-256 of what was timed, in hexadecimal."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()
