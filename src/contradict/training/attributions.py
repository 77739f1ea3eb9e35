"""Articles with marked attributions → windows of tokens, each token with its role."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ROLES = ("source", "cue", "content")
TAGS = ("O", *(f"{start}-{role}" for role in ROLES for start in "BI"))
"""What a token can be: outside, or at the beginning of or inside the words that name a source, the words of reporting,
or what is reported."""
IGNORED = -100

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """An article in which people marked who says what.

    Attributes:
        id: of the article.
        text: its text.
        language: ISO 639-1.
        spans: for each of `ROLES` its ranges of code points; where ranges of two roles overlap, the shorter one counts.
    """

    id: str
    text: str
    language: str
    spans: dict[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of a part of an article.

    Attributes:
        ids: of the tokens, with those that begin and end a text.
        tags: index into `TAGS` of each token, or `IGNORED`.
        offsets: range of code points of each token; empty for those that begin and end a text.
    """

    ids: list[int]
    tags: list[int]
    offsets: list[Span]


def read_marked(path: Path) -> list[MarkedArticle]:
    """Read articles from JSON lines, gzipped or not: `id, lang, text, attributions`, these with lists of ranges.

    Raises:
        ValueError: a line is damaged or lacks something; the message names file and line.
    """
    articles = []
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                spans = {
                    role: tuple((int(a), int(b)) for marked in row["attributions"] for a, b in marked[role])
                    for role in ROLES
                }
                articles.append(MarkedArticle(str(row["id"]), str(row["text"]), str(row["lang"]), spans))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: no article with attributions ({error!r})") from error
    return articles


def windows(
    tokenizer: PreTrainedTokenizerBase, articles: Iterable[MarkedArticle], max_tokens: int, overlap: int
) -> list[Window]:
    """Cut articles into windows that overlap; a token counts in the window in which it has more around it.

    Args:
        tokenizer: of the encoder.
        articles: with their marks.
        max_tokens: of a window.
        overlap: tokens that two windows share.
    """
    return [
        window for article in articles for window in cut(tokenizer, article.text, max_tokens, overlap, _marks(article))
    ]


def cut(
    tokenizer: PreTrainedTokenizerBase, text: str, max_tokens: int, overlap: int, marks: np.ndarray
) -> list[Window]:
    """Cut one text into windows.

    Args:
        tokenizer: of the encoder.
        text: of an article.
        max_tokens: of a window.
        overlap: tokens that two windows share, of which each counts in one.
        marks: index into `TAGS` of each code point of the text.
    """
    encoded = tokenizer(
        text, truncation=True, max_length=max_tokens, stride=overlap, return_overflowing_tokens=True,
        return_offsets_mapping=True, return_special_tokens_mask=True,
    )  # fmt: skip
    found = []
    parts = list(zip(encoded["input_ids"], encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True))
    for number, (ids, offsets, special) in enumerate(parts):
        tags = [
            IGNORED if is_special else _tag(marks, a, b) for (a, b), is_special in zip(offsets, special, strict=True)
        ]
        inner = [at for at, is_special in enumerate(special) if not is_special]
        first = inner[: overlap // 2] if number else []
        last = inner[len(inner) - (overlap - overlap // 2) :] if number < len(parts) - 1 else []
        for at in (*first, *last):
            tags[at] = IGNORED
        found.append(Window(list(ids), tags, [tuple(offset) for offset in offsets]))
    return found


def _marks(article: MarkedArticle) -> np.ndarray:
    """The tag of each code point; a code point that begins a range has a tag with B."""
    marks = np.zeros(len(article.text), dtype=np.int64)
    ranges = [(b - a, a, b, role) for role, spans in article.spans.items() for a, b in spans]
    for _, a, b, role in sorted(ranges, reverse=True):
        marks[a:b] = TAGS.index(f"I-{role}")
        marks[a : a + 1] = TAGS.index(f"B-{role}")
    return marks


def _tag(marks: np.ndarray, a: int, b: int) -> int:
    """The tag of a token: that of its first code point that has one, but B where a range begins within it."""
    own = [int(mark) for mark in marks[a:b] if mark]
    begins = [mark for mark in own if TAGS[mark].startswith("B")]
    return (begins or own or [0])[0]
