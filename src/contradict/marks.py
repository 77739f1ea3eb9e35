"""Pairs in conflict → the words that make the conflict: each is left out in turn, and the pair judged again.

Leaving words out asks the model itself, whatever it is and wherever it runs, and needs no gradients (Li, Monroe and
Jurafsky 2016, "Understanding Neural Networks through Representation Erasure").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

from contradict.judging import Predict, judge_both_ways
from contradict.records import Contradiction
from contradict.unspaced import AFTER, BEFORE, CHARACTER, LETTERS

MARKED = 50
"""Of how many contradictions, the strongest, a report is given the marks."""
MOST_LEFT_OUT = 24
"""How many times at most something is left out of a text; a longer text is left out several words at a time."""
LEAST_SHARE = 0.25
"""Part of the probability of contradiction, 0 to 1, that goes with a word that is marked."""

_LEAST_STEM = 4  # letters; "not" is no stem of "nothing"
_LEAST_DROP = 0.1  # smaller ones are the model's noise, whatever they are a part of
_WORD = re.compile(f"([{LETTERS}]+)|[^\\s—…{LETTERS}]+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that makes a conflict: `text[start:end]`, in code points.

    Attributes:
        start: first code point.
        end: one past the last code point.
        weight: part of the probability of contradiction that goes with it, from `LEAST_SHARE` to 1.
    """

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class PairMarks:
    """The marks in both texts of a pair, each in order of place; none where no word makes the conflict by itself."""

    a: tuple[Mark, ...] = ()
    b: tuple[Mark, ...] = ()


def mark_strongest(found: Sequence[Contradiction], predict: Predict) -> list[PairMarks]:
    """The marks in the statements of the first `MARKED` contradictions; see `find_marks`.

    Args:
        found: a report, or contradictions, strongest first.
        predict: what judges in one direction.
    """
    return find_marks([(each.a.statement.text, each.b.statement.text) for each in found[:MARKED]], predict)


def find_marks(pairs: Sequence[tuple[str, str]], predict: Predict) -> list[PairMarks]:
    """Find the words without which two texts would contradict each other less.

    The probability of contradiction is the mean of both directions, as in `Judgement.score`. A word is marked where at
    least `LEAST_SHARE` of that probability, and 0.1, goes with it. Words that stand in both texts, be it with other
    endings, are passed over: without one, the texts are about two things, which ends the conflict but does not make it.

    In scripts without spaces, it is characters that stand in both texts together with a neighbour which are passed
    over; of the others, each two neighbours are left out in turn, and marked where no overlapping two weigh more. That
    needs no dictionary.

    Args:
        pairs: two texts each, that contradict each other.
        predict: what judges in one direction. It is asked at one time for all that is to be judged: both directions of
            each pair, and of what remains of it up to `MOST_LEFT_OUT` times a text.

    Returns:
        the marks of each pair, in the same order.
    """
    if not pairs:
        return []
    drafts = [(_Draft(a, b), _Draft(b, a)) for a, b in pairs]
    asked = list(pairs)
    for (a, b), (first, second) in zip(pairs, drafts, strict=True):
        asked += [(rest, b) for rest in first.rests] + [(a, rest) for rest in second.rests]
    scores = iter([judgement.score for judgement in judge_both_ways(asked, predict)])
    whole = [next(scores) for _ in pairs]
    return [
        PairMarks(*(draft.finish(score, [next(scores) for _ in draft.rests]) for draft in both))
        for score, both in zip(whole, drafts, strict=True)
    ]


class _Draft:
    """A text, and what is left of it when this or that is left out."""

    def __init__(self, text: str, other: str) -> None:
        parts = [part for part in _in_groups(list(_telling(text, other))) if _has_words(_without(text, part))]
        self.parts = parts
        self.rests = [_without(text, part) for part in parts]

    def finish(self, whole: float, rests: Sequence[float]) -> tuple[Mark, ...]:
        """The marks, from the probability of contradiction of the whole text and of each of the rests."""
        marks: list[Mark] = []
        drops = [whole - rest for rest in rests]
        for at, part in enumerate(self.parts):
            beside = [n for n in (at - 1, at + 1) if 0 <= n < len(drops) and _overlap(self.parts[n], part)]
            if drops[at] < max(LEAST_SHARE * whole, _LEAST_DROP, *(drops[n] for n in beside)):
                continue
            for start, end in part:
                weight = drops[at] / whole
                if marks and marks[-1].end >= start:
                    last = marks.pop()
                    start, weight = last.start, max(last.weight, weight)
                marks.append(Mark(start, end, weight))
        return tuple(marks)


def _telling(text: str, other: str) -> Iterator[Span]:
    """What could make the conflict: words that the other text lacks, or two characters, in order of place."""
    words = {other[start:end].casefold() for run in _cut(other) for start, end in run}
    for run in _cut(text):
        if len(run) > 1:
            yield from _telling_characters(text, run, other)
        elif not any(_one_word(text[slice(*run[0])].casefold(), word) for word in words):
            yield run[0]


def _one_word(one: str, other: str) -> bool:
    """Whether two words are the same, or one is the other with an ending, as "Russia's" and "Russia"."""
    short, long = sorted((one, other), key=len)
    letters = len(unicodedata.normalize("NFD", short))  # of a Korean syllable, each letter counts
    has_ending = long.startswith(short) and letters >= _LEAST_STEM and not any(map(str.isdigit, short))
    return one == other or has_ending


def _telling_characters(text: str, run: Sequence[Span], other: str) -> Iterator[Span]:
    in_both = [_stands_in(text[one[0] : two[1]], other) for one, two in pairwise(run)]
    passed_over = [before or after for before, after in pairwise([False, *in_both, False])]
    for is_passed_over, stretch in groupby(zip(passed_over, run, strict=True), key=itemgetter(0)):
        if not is_passed_over:
            characters = [span for _, span in stretch]
            alone = (characters[0], characters[0])
            yield from ((one[0], two[1]) for one, two in list(pairwise(characters)) or [alone])


def _cut(text: str) -> Iterator[list[Span]]:
    """The words of a text, each as one span, and the runs of scripts without spaces as spans of their characters."""
    for found in _WORD.finditer(text):
        if found[1]:
            yield [(found.start() + one.start(), found.start() + one.end()) for one in CHARACTER.finditer(found[0])]
            continue
        start, end = found.span()
        while start < end and _is_punctuation(text[start]):
            start += 1
        while start < end and _is_punctuation(text[end - 1]):
            end -= 1
        if _has_words(text[start:end]):
            yield [(start, end)]


def _in_groups(spans: Sequence[Span]) -> list[Sequence[Span]]:
    """Neighbours together, as evenly as may be, where there are more than `MOST_LEFT_OUT`."""
    number = min(len(spans), MOST_LEFT_OUT)
    return [spans[len(spans) * at // number : len(spans) * (at + 1) // number] for at in range(number)]


def _without(text: str, part: Iterable[Span]) -> str:
    reached, kept = 0, []
    for start, end in part:
        kept.append(text[reached:start])
        reached = end
    return " ".join(("".join(kept) + text[reached:]).split())


def _overlap(one: Sequence[Span], other: Sequence[Span]) -> bool:
    return one[0][0] < other[-1][1] and other[0][0] < one[-1][1]


def _stands_in(characters: str, text: str) -> bool:
    """Whether they stand in the text, and not as parts of other characters."""
    return re.search(f"(?<![{BEFORE}]){re.escape(characters)}(?![{AFTER}])", text) is not None


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")
