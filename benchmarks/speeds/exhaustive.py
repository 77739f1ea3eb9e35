"""The search for pairs against the judging of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, zip_longest
from typing import Any

import numpy as np

from contradict import Article, Detector
from contradict.pairing import find_pairs
from contradict.records import Statement
from contradict.statements import split_articles

PAIRS_AT_ONCE = 20_000
Ends = tuple[int, int]


def measure_recall(rows: Sequence[Mapping[str, Any]], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Judge all pairs of statements of two articles, and count those of at least a score that the search proposes.

    A score is the mean of both directions. Where one of them is below twice the least score less 1, the mean cannot
    reach it whatever the other is; so the second direction is judged only where the first allows it, and what is found
    is what judging everything twice would find.

    Args:
        rows: articles.
        spec: `statements`, how many to take; `least`, the score; `same`, pairs of ids of articles on one story;
            `detector`, the options of one.
    """
    detector = Detector(**spec["detector"])
    statements = spread(split_articles([Article(**row) for row in rows])[0], spec["statements"])
    texts = [each.text for each in statements]
    pairing = find_pairs(statements, detector.engine.vectors(texts))
    proposed = {(pair.a, pair.b) for pair in pairing.pairs}
    pairs = [(a, b) for a, b in combinations(range(len(statements)), 2) if apart(statements[a], statements[b])]
    forth = contradiction(detector, [(texts[a], texts[b]) for a, b in pairs])
    possible = np.flatnonzero(forth >= 2 * spec["least"] - 1)
    back = contradiction(detector, [(texts[pairs[at][1]], texts[pairs[at][0]]) for at in possible])
    strong = [pairs[at] for at in possible[(forth[possible] + back) / 2 >= spec["least"]]]
    same = {frozenset(each) for each in spec["same"]}
    return {
        "articles": len({each.article for each in statements}),
        "statements": len(statements),
        "pairs": len(pairs),
        "judged in both directions": len(possible),
        "proposed": len(proposed),
        "strong": {
            name: (len(own), sum(each in proposed for each in own))
            for name, own in grouped(strong, statements, same).items()
        },
    }


def spread(statements: Sequence[Statement], count: int) -> list[Statement]:
    """The first statement of each article, then the second, and so on, until there are so many."""
    own: dict[str, list[Statement]] = {}
    for each in statements:
        own.setdefault(each.article, []).append(each)
    ranked = (each for rank in zip_longest(*own.values()) for each in rank if each is not None)
    return [each for each, _ in zip(ranked, range(count), strict=False)]


def apart(one: Statement, other: Statement) -> bool:
    """Whether each stands in an article in which the other does not."""
    return not (one.articles <= other.articles or other.articles <= one.articles)


def contradiction(detector: Detector, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """Probability that the second text contradicts the first, as a scan has it."""
    starts = range(0, len(pairs), PAIRS_AT_ONCE)
    parts = [detector.score(pairs[start : start + PAIRS_AT_ONCE])[:, 2] for start in starts]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def grouped(pairs: Sequence[Ends], statements: Sequence[Statement], same: set[frozenset[str]]) -> dict[str, list[Ends]]:
    """All pairs, and those of one story, of one language and of two."""
    ends = [(pair, statements[pair[0]], statements[pair[1]]) for pair in pairs]
    return {
        "all": list(pairs),
        "of one story": [
            pair for pair, a, b in ends if any(frozenset((x, y)) in same for x in a.articles for y in b.articles)
        ],
        "in one language": [pair for pair, a, b in ends if a.language == b.language],
        "in two languages": [pair for pair, a, b in ends if a.language != b.language],
    }
