"""Which pairs of statements are worth judging: mutual nearest neighbours, ranked first and capped after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement, pairwise

import numpy as np

from contradict.neighbours import Links, NeighbourIndex, canonical_order, link_mutual
from contradict.records import Article, Pair, Pairing, Place, Statement

PAIRS_PER_STATEMENT, LEAST_CAP = 10, 1000
"""The cap where none is given: this many pairs for each statement, and so many in any case."""


def can_pair(statements: Sequence[Statement], *, within_articles: bool = False) -> bool:
    """Whether any two statements may be paired; if none, their vectors are not needed."""
    if within_articles:
        return len(statements) > 1
    by_size = sorted({statement.articles for statement in statements}, key=len)
    return any(not smaller <= larger for smaller, larger in pairwise(by_size))


def find_pairs(
    statements: Sequence[Statement],
    vectors: np.ndarray,
    *,
    within_articles: bool = False,
    neighbours: int = 10,
    max_pairs: int | None = None,
) -> Pairing:
    """Find the pairs of statements that lie nearest to each other.

    Two statements are a candidate if each is among the nearest neighbours of the other; so no floor on similarity is
    needed. Candidates are ranked by similarity corrected for hubs (`contradict.neighbours.link_mutual`), then capped.
    The order in which the statements come has no influence: equals are ranked by article and place.

    A pair is of two articles: each statement stands in one in which the other does not. So no article is set against
    itself by a reprint of a part of it.

    Args:
        statements: n statements.
        vectors: their vectors, float32 of shape (n, d), rows of unit length.
        within_articles: pair statements of one article, too.
        neighbours: how many of the nearest count, for each statement in each language, 1 or more. Statements
            that stand in the same articles are not counted, unless they may be paired.
        max_pairs: cap on the pairs, 1 or more; None stands for `PAIRS_PER_STATEMENT` times n, or
            `LEAST_CAP` where that is more.

    Returns:
        The pairs, closest first, and the number of candidates beyond the cap.

    Raises:
        ValueError: the vectors are not one row a statement, or an option is out of its range.
    """
    if neighbours < 1:
        raise ValueError(f"neighbours is {neighbours}; want 1 or more")
    if max_pairs is not None and max_pairs < 1:
        raise ValueError(f"max_pairs is {max_pairs}; want 1 or more, or None for the usual cap")
    order = canonical_order(statements, vectors)
    ordered = [statements[position] for position in order]
    links = _link_languages(ordered, vectors[order], _owners(ordered, within_articles), neighbours)
    if not within_articles:
        links = _across_articles(links, ordered)
    ranked = np.lexsort((links.b, links.a, -links.closeness))
    kept = ranked[: max_pairs or max(LEAST_CAP, PAIRS_PER_STATEMENT * len(statements))]
    ends = np.sort(np.stack([order[links.a[kept]], order[links.b[kept]]]), axis=0)
    pairs = tuple(map(Pair, *ends.tolist(), links.closeness[kept].tolist()))
    return Pairing(pairs, len(ranked) - len(kept))


def place_apart(statement: Statement, other: Statement, articles: Mapping[str, Article]) -> Statement:
    """The statement at its first place in an article in which the other does not stand.

    Args:
        statement: one of a pair that `find_pairs` found across articles.
        other: the other one.
        articles: the articles of the set, by their ids.

    Returns:
        the same sentence at that place, with its other places in `also`.
    """
    own = Place(statement.article, statement.start, statement.end)
    place = next(place for place in (own, *statement.also) if place.article not in other.articles)
    if place == own:
        return statement
    article = articles[place.article]
    also = (own, *(reprint for reprint in statement.also if reprint != place))
    return Statement(article.id, article.text[place.start : place.end], place.start, place.end, article.language, also)


def _link_languages(statements: Sequence[Statement], vectors: np.ndarray, owners: np.ndarray, k: int) -> Links:
    """Links within each language and between each two, as positions a < b.

    Each pair of languages is searched apart, for encoders place the sentences of one language nearer to each other
    than to their translations.
    """
    members: dict[str, list[int]] = {}
    for position, statement in enumerate(statements):
        members.setdefault(statement.language or "", []).append(position)
    groups = [(np.array(rows), NeighbourIndex(vectors[rows], owners[rows])) for _, rows in sorted(members.items())]
    found = [(np.zeros((2, 0), np.int64), np.zeros(0, np.float32))]
    for (rows, one), (other_rows, other) in combinations_with_replacement(groups, 2):
        links = link_mutual(one, other, k)
        found.append((np.sort(np.stack([rows[links.a], other_rows[links.b]]), axis=0), links.closeness))
    a, b = np.concatenate([ends for ends, _ in found], axis=1)
    return Links(a, b, np.concatenate([closeness for _, closeness in found]))


def _across_articles(links: Links, statements: Sequence[Statement]) -> Links:
    """The links between two statements of which neither stands in all articles of the other."""
    articles = [statement.articles for statement in statements]
    ends = zip(links.a.tolist(), links.b.tolist(), strict=True)
    across = np.array([not (articles[a] <= articles[b] or articles[a] >= articles[b]) for a, b in ends], dtype=bool)
    return Links(links.a[across], links.b[across], links.closeness[across])


def _owners(statements: Sequence[Statement], within_articles: bool) -> np.ndarray:
    """A number for each statement; two statements may be neighbours where it differs."""
    if within_articles:
        return np.arange(len(statements))
    numbers: dict[frozenset[str], int] = {}
    return np.array([numbers.setdefault(s.articles, len(numbers)) for s in statements], dtype=np.int64)
