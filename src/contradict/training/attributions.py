"""Articles with marked attributions → windows of tokens, each token with its role and its sentence's stance."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contradict.attribution.windows import MODES, PARTS, ROLES, STANCES, TAGS, Span, Window, cut

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IGNORED = -100
_WITHOUT_SPACES = {"ja", "th", "zh"}


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """An article in which people marked who says what, or the stances of sentences.

    Attributes:
        id: of the article.
        text: its text.
        language: ISO 639-1.
        spans: for each of `ROLES` its ranges of code points; where ranges of two roles overlap, the shorter one counts.
            Empty where nobody marked them.
        sentences: ranges of code points with the indices of their stance and mode, where these are known.
    """

    id: str
    text: str
    language: str
    spans: dict[str, tuple[Span, ...]]
    sentences: tuple[tuple[Span, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedWindow:
    """A window, and for each of `PARTS` the index of the right output of each token, or `IGNORED`."""

    window: Window
    labels: dict[str, list[int]]


def read_marked(path: Path) -> list[MarkedArticle]:
    """Read articles from JSON lines, gzipped or not, or from one JSON file with a set of disputes.

    A line has `id, lang, text, attributions`, these with lists of ranges, or null where nobody marked them; it may have
    `stances`: ranges of sentences, each with its stance and mode. A set has, for each sentence of its articles, the
    words that are `source`, `cue` and `content`, its `stance` and its `mode` (`benchmarks/disputes/README.md`); so has
    a line with a single sentence.

    Raises:
        ValueError: a line is damaged or lacks something; the message names file and line.
    """
    if path.suffix == ".json":
        try:
            return [_of_set(article) for article in json.loads(path.read_text(encoding="utf-8"))["articles"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: no set of articles with marked sentences ({error!r})") from error
    articles = []
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                if "stance" in row:
                    articles.append(_of_set({"id": number, "language": row["lang"], "sentences": [row]}))
                    continue
                articles.append(_of_line(row))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: no article with attributions ({error!r})") from error
    return articles


def _of_line(row: dict[str, Any]) -> MarkedArticle:
    marked = row["attributions"]
    roles = () if marked is None else ROLES
    spans = {role: tuple((int(a), int(b)) for each in marked for a, b in each[role]) for role in roles}
    sentences = tuple(
        ((int(a), int(b)), STANCES.index(stance), MODES.index(mode)) for a, b, stance, mode in row.get("stances", ())
    )
    return MarkedArticle(str(row["id"]), str(row["text"]), str(row["lang"]), spans, sentences)


def _of_set(article: dict[str, Any]) -> MarkedArticle:
    language = article["language"]
    gap = "" if language in _WITHOUT_SPACES else " "
    text, sentences = "", []
    spans: dict[str, list[Span]] = {role: [] for role in ROLES}
    for sentence in article["sentences"]:
        start = len(text) + len(gap) * bool(text)
        text += gap * bool(text) + sentence["text"]
        at = (start, len(text)), STANCES.index(sentence["stance"]), MODES.index(sentence["mode"])
        sentences.append(at)
        for role in ROLES:
            words = sentence[role] or []
            for part in [words] if isinstance(words, str) else words:
                a = start + sentence["text"].index(part)
                spans[role].append((a, a + len(part)))
    marked = {role: tuple(ranges) for role, ranges in spans.items()}
    return MarkedArticle(str(article["id"]), text, language, marked, tuple(sentences))


def windows(
    tokenizer: PreTrainedTokenizerBase, articles: Iterable[MarkedArticle], max_tokens: int
) -> list[MarkedWindow]:
    """Cut articles into windows, without those of which nothing is known; see `contradict.attribution.windows.cut`.

    Args:
        tokenizer: of the encoder.
        articles: with their marks.
        max_tokens: of a window.
    """
    found = []
    for article in articles:
        marks = _marks(article)
        for window in cut(tokenizer, article.text, max_tokens):
            labels = {part: [IGNORED] * len(window.ids) for part in PARTS}
            for at, ((a, b), counts) in enumerate(zip(window.offsets, window.counts, strict=True)):
                if counts:
                    if article.spans:
                        labels["tags"][at] = _tag(marks["tags"][a:b])
                    for part in ("stances", "modes"):
                        labels[part][at] = int(marks[part][b - 1])
            if any(label != IGNORED for own in labels.values() for label in own):
                found.append(MarkedWindow(window, labels))
    return found


def _marks(article: MarkedArticle) -> dict[str, np.ndarray]:
    """The right output of each code point; one that begins a range has a tag with B."""
    marks = {part: np.full(len(article.text), 0 if part == "tags" else IGNORED) for part in PARTS}
    ranges = [(b - a, a, b, role) for role, spans in article.spans.items() for a, b in spans]
    for _, a, b, role in sorted(ranges, reverse=True):
        marks["tags"][a:b] = TAGS.index(f"I-{role}")
        marks["tags"][a : a + 1] = TAGS.index(f"B-{role}")
    for (a, b), stance, mode in article.sentences:
        marks["stances"][a:b] = stance
        marks["modes"][a:b] = mode
    return marks


def _tag(marks: np.ndarray) -> int:
    """The tag of a token: that of its first code point that has one, but B where a range begins within it."""
    own = [int(mark) for mark in marks if mark]
    begins = [mark for mark in own if TAGS[mark].startswith("B")]
    return (begins or own or [0])[0]
