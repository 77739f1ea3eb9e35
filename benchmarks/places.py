"""Places in articles that may not be passed on: labels name them; the texts are read where they are to be had."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pandas as pd
from speeds.texts import languages_of

from contradict.records import Statement


def article_key(text: str) -> str:
    """What stands for an article in a file of labels."""
    return sha256(text.encode()).hexdigest()[:16]


def articles_by_key(data: Path) -> dict[str, tuple[str, str]]:
    """The text and the language of each article in a folder of labelled data, by what stands for it."""
    return {article_key(text): (text, language) for text, language in languages_of(data).items()}


def place(side: str, statement: Statement, article: str) -> dict[str, object]:
    """The columns of one side of a pair to be labelled: its place, and for the reader its text.

    Args:
        side: "a" or "b".
        statement: what stands there.
        article: the whole text.
    """
    found = {"article": article_key(article), "start": statement.start, "end": statement.end, "text": statement.text}
    return {f"{side}_{name}": value for name, value in found.items()}


def texts_at(labels: pd.DataFrame, articles: Iterable[str]) -> list[tuple[str, str]]:
    """The two texts of each labelled pair.

    Args:
        labels: columns `a_article, a_start, a_end` and the same of `b`; a place is a range of code points.
        articles: all texts in which they stand, and perhaps others.
    """
    known = {article_key(text): text for text in articles}
    sides = []
    for side in "ab":
        columns = labels[[f"{side}_article", f"{side}_start", f"{side}_end"]]
        sides.append([known[key][start:end] for key, start, end in columns.itertuples(index=False)])
    return list(zip(*sides, strict=True))
