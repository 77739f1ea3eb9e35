"""Which pairs of statements are worth judging: mutual nearest neighbours, ranked first and capped after."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, pairwise
from types import MappingProxyType

import numpy as np

from contradict.attribution.holders import same_holder
from contradict.figures import agree, find_figures
from contradict.neighbours import Links, NeighbourIndex, canonical_order, link_mutual
from contradict.records import Article, Attribution, Pair, Pairing, Place, Statement
from contradict.statements import at_place

_FEWEST_WORDS = 5
_FEWEST_SHARED = 6  # words; shorter sentences may share half of them and differ in what counts
PAIRS_PER_STATEMENT, LEAST_CAP = 10, 1000
"""The cap where none is given: this many pairs for each statement, and so many in any case."""

Attributions = Mapping[tuple[str, int], Attribution]
"""Who holds each sentence, by its place: the article and the first code point. What is missing is unknown."""
_NONE_KNOWN: Attributions = MappingProxyType({})


def can_pair(
    statements: Sequence[Statement], *, within_articles: bool = False, attributions: Attributions = _NONE_KNOWN
) -> bool:
    """Whether any two statements may be paired; if none, their vectors are not needed. See `find_pairs`."""
    if within_articles:
        return len(statements) > 1
    if len({known.speaker for known in attributions.values()} - {None}) > 1:
        return True
    by_size = sorted({statement.articles for statement in statements}, key=len)
    return any(not smaller <= larger for smaller, larger in pairwise(by_size))


def find_pairs(
    statements: Sequence[Statement],
    vectors: np.ndarray,
    *,
    within_articles: bool = False,
    attributions: Attributions = _NONE_KNOWN,
    neighbours: int = 10,
    max_pairs: int | None = None,
) -> Pairing:
    """Find the pairs of statements that lie nearest to each other.

    Two statements are a candidate if each is among the nearest neighbours of the other; so no floor on similarity is
    needed. Candidates are ranked by similarity corrected for hubs (`contradict.neighbours.link_mutual`), then capped.
    The order in which the statements come has no influence: equals are ranked by article and place.

    A pair is of two articles: each statement stands in one in which the other does not. So no article is set against
    itself by a reprint of a part of it. Where two statements have different holders in one article, they may be paired,
    unless one repeats the other, or the same holders hold both in the same articles.

    Args:
        statements: n statements.
        vectors: their vectors, float32 of shape (n, d), rows of unit length.
        within_articles: pair statements of one article whoever holds them.
        attributions: who holds the statements, at each of their places.
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
    vectors = _rows(vectors, order)
    owners = np.arange(len(ordered)) if within_articles else _numbered([each.articles for each in ordered])
    links = _link_languages(ordered, vectors, owners, neighbours)
    if not within_articles:
        links = _across_articles(links, ordered)
        if attributions:
            links = _merged(links, _across_holders(ordered, vectors, attributions, neighbours))
    ranked = np.lexsort((links.b, links.a, -links.closeness))
    kept = ranked[: max_pairs or max(LEAST_CAP, PAIRS_PER_STATEMENT * len(statements))]
    ends = np.sort(np.stack([order[links.a[kept]], order[links.b[kept]]]), axis=0)
    pairs = tuple(map(Pair, *ends.tolist(), links.closeness[kept].tolist()))
    return Pairing(pairs, len(ranked) - len(kept))


def place_apart(a: Statement, b: Statement, articles: Mapping[str, Article]) -> tuple[Statement, Statement]:
    """Each of two statements at its first place in an article in which the other does not stand.

    Args:
        a: one of a pair that `find_pairs` found across articles.
        b: the other one.
        articles: the articles of the set, by their ids.

    Returns:
        the same sentences at these places, with their other places in `also`.
    """
    own = next(place for place in _places(a) if place.article not in b.articles)
    other = next(place for place in _places(b) if place.article not in a.articles)
    return _placed(a, own, articles), _placed(b, other, articles)


def place_together(
    a: Statement, b: Statement, articles: Mapping[str, Article], attributions: Attributions = _NONE_KNOWN
) -> tuple[Statement, Statement]:
    """Two statements at their first places in one article: the first in which they have different holders, if any.

    Args:
        a: one of a pair that `find_pairs` found within an article.
        b: the other one.
        articles: the articles of the set, by their ids.
        attributions: who holds the statements, at each of their places.

    Returns:
        the same sentences at these places, with their other places in `also`.
    """
    shared = min(a.articles & b.articles)
    firsts = (next(place for place in _places(each) if place.article == shared) for each in (a, b))
    own, other = _held_apart(a, b, attributions) or firsts
    return _placed(a, own, articles), _placed(b, other, articles)


def _places(statement: Statement) -> tuple[Place, ...]:
    return (Place(statement.article, statement.start, statement.end), *statement.also)


def _placed(statement: Statement, place: Place, articles: Mapping[str, Article]) -> Statement:
    """The same sentence at one of its places."""
    places = _places(statement)
    if place == places[0]:
        return statement
    also = tuple(each for each in places if each != place)
    return replace(at_place(place, articles[place.article]), also=also)


def _link_languages(statements: Sequence[Statement], vectors: np.ndarray, owners: np.ndarray, k: int) -> Links:
    """Links within each language and between each two, as positions a < b.

    Each pair of languages is searched apart, for encoders place the sentences of one language nearer to each other
    than to their translations.
    """
    members: dict[str, list[int]] = {}
    for position, statement in enumerate(statements):
        members.setdefault(statement.language or "", []).append(position)
    positions = [np.array(rows) for _, rows in sorted(members.items())]
    groups = [(rows, NeighbourIndex(_rows(vectors, rows), owners[rows])) for rows in positions]
    found = [(np.zeros((2, 0), np.int64), np.zeros(0, np.float32))]
    for (rows, one), (other_rows, other) in combinations_with_replacement(groups, 2):
        links = link_mutual(one, other, k)
        found.append((np.sort(np.stack([rows[links.a], other_rows[links.b]]), axis=0), links.closeness))
    a, b = np.concatenate([ends for ends, _ in found], axis=1)
    return Links(a, b, np.concatenate([closeness for _, closeness in found]))


def _rows(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """These rows; all of them in their order are not copied, for they may be many."""
    return vectors if np.array_equal(rows, np.arange(len(vectors))) else vectors[rows]


def _across_articles(links: Links, statements: Sequence[Statement]) -> Links:
    """The links between two statements of which neither stands in all articles of the other."""
    articles = [statement.articles for statement in statements]
    ends = zip(links.a.tolist(), links.b.tolist(), strict=True)
    across = np.array([not (articles[a] <= articles[b] or articles[a] >= articles[b]) for a, b in ends], dtype=bool)
    return Links(links.a[across], links.b[across], links.closeness[across])


def _across_holders(statements: Sequence[Statement], vectors: np.ndarray, attributions: Attributions, k: int) -> Links:
    """The links between two statements that two holders are known to hold in one article.

    Statements that the same holders hold in the same articles are no neighbours, so that one who says much does not
    crowd out another.
    """
    owners = _numbered(
        [
            frozenset((place.article, _holder(place, attributions)) for place in _places(statement))
            for statement in statements
        ]
    )
    links = _link_languages(statements, vectors, owners, k)
    ends = [(statements[a], statements[b]) for a, b in zip(links.a.tolist(), links.b.tolist(), strict=True)]
    kept = np.array([_held_apart(a, b, attributions) is not None and not _restates(a, b) for a, b in ends], dtype=bool)
    return Links(links.a[kept], links.b[kept], links.closeness[kept])


def _held_apart(a: Statement, b: Statement, attributions: Attributions) -> tuple[Place, Place] | None:
    """The first places of two statements in one article at which two holders are known to hold them."""
    others: dict[str, list[Place]] = {}
    for place in _places(b):
        others.setdefault(place.article, []).append(place)
    together = ((place, other) for place in _places(a) for other in others.get(place.article, ()))
    return next((both for both in together if _differ(*(_holder(place, attributions) for place in both))), None)


def _holder(place: Place, attributions: Attributions) -> str | None:
    known = attributions.get((place.article, place.start))
    return known.speaker if known else None


def _differ(holder: str | None, other: str | None) -> bool:
    return holder is not None and other is not None and not same_holder(holder, other)


def _restates(statement: Statement, other: Statement) -> bool:
    """Whether two sentences of one article share half of their words, and not few, and no figures part them.

    Then one repeats the other. So do lists of points and the text below them. Of the 493 contradictions within an
    article in all sets of `benchmarks/disputes` but the held-out ones, none does.
    """
    words, others = _vocabulary(statement.text), _vocabulary(other.text)
    shared = len(words & others)
    if shared < _FEWEST_SHARED or 2 * shared < len(words | others):
        return False
    figures, more = (find_figures(each.text, each.language) for each in (statement, other))
    return not figures or not more or agree(figures, more)


def _vocabulary(text: str) -> set[str]:
    """The words of a text, or its characters in scripts that do not part words."""
    words = re.findall(r"\w+", text.casefold())
    return set(words if len(words) >= _FEWEST_WORDS else text)


def _merged(links: Links, more: Links) -> Links:
    """Both; a link that stands in both stays as it is in the first."""
    known = set(zip(links.a.tolist(), links.b.tolist(), strict=True))
    new = np.array([ends not in known for ends in zip(more.a.tolist(), more.b.tolist(), strict=True)], dtype=bool)
    parts = [(links.a, more.a[new]), (links.b, more.b[new]), (links.closeness, more.closeness[new])]
    return Links(*map(np.concatenate, parts))


def _numbered(keys: Sequence[Hashable]) -> np.ndarray:
    """A number for each key, the same for equal ones; two statements may be neighbours where it differs."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
