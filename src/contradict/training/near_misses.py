"""Articles → pairs of statements that look alike and do not conflict: the commonest pairs in use, rare in NLI sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import numpy as np

from contradict.embedding import Embed
from contradict.neighbours import Links, NeighbourIndex, link_mutual
from contradict.records import Article, Statement
from contradict.statements import split_articles
from contradict.training.denial_words import find_stance

if TYPE_CHECKING:
    import pandas as pd

SAME_STORY, OTHER_STORY = 2.0, 3.0
"""Dissimilarity, from 1 to 4, up to which two articles tell one story, and from which they tell two."""

_SAME_STORY_MISSED = 0.1  # share of the labelled same stories that may lie below the cosine taken for "other story"
_WIDE = 50  # neighbours among which those of other stories are looked for: the nearest are mostly of the same one


@dataclass(frozen=True, slots=True)
class Library:
    """Articles, their statements and vectors.

    Attributes:
        articles: with ids "0", "1" and so on.
        statements: in order of article and place.
        vectors: float32, one row of unit length a statement.
        owner: of each statement, the position of its article.
        group: of each article, a number shared by the articles that are linked by labelled pairs.
        pairs: int64 of shape (n, 2), positions of the articles of labelled pairs.
        dissimilarity: of each labelled pair, 1 to 4.
    """

    articles: tuple[Article, ...]
    statements: tuple[Statement, ...]
    vectors: np.ndarray
    owner: np.ndarray
    group: np.ndarray
    pairs: np.ndarray
    dissimilarity: np.ndarray


def story_part(rows: pd.DataFrame, part: Literal["train", "dev", "test"]) -> pd.DataFrame:
    """A part of labelled pairs of articles: no article stands in two parts. About 45, 10 and 45 in a hundred.

    Args:
        rows: columns `text_a`, `text_b`.
        part: which.
    """
    import networkx as nx

    linked = nx.connected_components(nx.Graph(list(zip(rows["text_a"], rows["text_b"], strict=True))))
    drawn = {text: sha256(min(texts).encode()).digest()[0] for texts in linked for text in texts}
    low, high = {"train": (0, 115), "dev": (115, 141), "test": (141, 256)}[part]
    return rows[rows["text_a"].map(drawn).between(low, high, inclusive="left")].reset_index(drop=True)


def make_library(rows: pd.DataFrame, others: Sequence[tuple[str, str]], embed: Embed) -> Library:
    """Split and embed articles.

    Args:
        rows: labelled pairs: `text_a, text_b, lang_a, lang_b, dissimilarity`.
        others: (text, language) of articles without labels.
        embed: texts to vectors.
    """
    keys = [key for side in "ab" for key in zip(rows[f"text_{side}"], rows[f"lang_{side}"], strict=True)]
    number = {key: position for position, key in enumerate(dict.fromkeys([*keys, *others]))}
    pairs = np.array([number[key] for key in keys], dtype=np.int64).reshape(2, -1).T
    articles = [Article(str(position), text, language=language) for (text, language), position in number.items()]
    statements, _ = split_articles(articles)
    statements = tuple(sorted(statements, key=lambda each: (int(each.article), each.start)))
    owner = np.array([int(each.article) for each in statements], dtype=np.int64)
    vectors = embed([each.text for each in statements])
    dissimilarity = rows["dissimilarity"].to_numpy(float)
    return Library(tuple(articles), statements, vectors, owner, _groups(len(articles), pairs), pairs, dissimilarity)


def of_two_articles(
    library: Library, chosen: np.ndarray, *, neighbours: int = 2, each: int | None = None
) -> list[tuple[int, int, float]]:
    """Nearest statements of the two articles of labelled pairs.

    Args:
        library: the articles.
        chosen: bool, of each labelled pair, whether to take it.
        neighbours: how many of the nearest statements count; pairs are mutual.
        each: most pairs taken from two articles; None for all mutual neighbours.

    Returns:
        positions of two statements and their closeness, closest first within two articles.
    """
    members = [np.flatnonzero(library.owner == position) for position in range(len(library.articles))]
    found = []
    for a, b in library.pairs[chosen].tolist():
        if a == b or not len(members[a]) or not len(members[b]):
            continue
        one, other = (NeighbourIndex(library.vectors[members[at]], library.owner[members[at]]) for at in (a, b))
        links = _closest(link_mutual(one, other, neighbours), each)
        found += [(int(members[a][i]), int(members[b][j]), c) for i, j, c in links]
    return found


def of_unlabelled_stories(library: Library, count: int) -> list[tuple[int, int, float]]:
    """Nearest statements of articles in one language that hardly tell one story, closest first.

    No person said so: two articles count as different stories if their mean vectors lie further apart than those of
    nearly all pairs that people rated as the same story.

    Args:
        library: the articles.
        count: most pairs of each language.
    """
    means = _article_means(library)
    same = library.pairs[(library.dissimilarity <= SAME_STORY) & (library.pairs[:, 0] != library.pairs[:, 1])]
    limit = np.quantile((means[same[:, 0]] * means[same[:, 1]]).sum(axis=1), _SAME_STORY_MISSED)
    found = []
    for _, rows in _by_language(library):
        index = NeighbourIndex(library.vectors[rows], library.group[library.owner[rows]])
        for i, j, closeness in _closest(link_mutual(index, index, _WIDE), None):
            a, b = int(rows[i]), int(rows[j])
            if means[library.owner[a]] @ means[library.owner[b]] < limit:
                found.append((a, b, closeness))
    return [pair for _, part in _per_language(library, found) for pair in part[:count]]


def of_one_article(library: Library, count: int) -> list[tuple[int, int, float]]:
    """Nearest statements of one article, closest first, without those that speak of a denial.

    Args:
        library: the articles.
        count: most pairs of each language.
    """
    denies = np.array([find_stance(each.text, each.language) == "denies" for each in library.statements])
    found = []
    for position in range(len(library.articles)):
        rows = np.flatnonzero((library.owner == position) & ~denies)
        if len(rows) > 1:
            index = NeighbourIndex(library.vectors[rows], np.arange(len(rows)))
            found += [(int(rows[i]), int(rows[j]), c) for i, j, c in _closest(link_mutual(index, index, 2), 6)]
    found.sort(key=lambda pair: -pair[2])
    return [pair for _, part in _per_language(library, found) for pair in part[:count]]


def _closest(links: Links, count: int | None) -> list[tuple[int, int, float]]:
    order = np.argsort(-links.closeness, kind="stable")[:count]
    return list(zip(links.a[order].tolist(), links.b[order].tolist(), links.closeness[order].tolist(), strict=True))


def _groups(count: int, pairs: np.ndarray) -> np.ndarray:
    import networkx as nx

    graph = nx.Graph(pairs.tolist())
    graph.add_nodes_from(range(count))
    groups = np.zeros(count, dtype=np.int64)
    for number, part in enumerate(nx.connected_components(graph)):
        groups[list(part)] = number
    return groups


def _article_means(library: Library) -> np.ndarray:
    """Mean vector of each article, of unit length; zeros where it has no statement."""
    sums = np.zeros((len(library.articles), library.vectors.shape[1]), np.float32)
    np.add.at(sums, library.owner, library.vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    sums /= np.maximum(lengths, np.finfo(np.float32).tiny)
    return sums


def _by_language(library: Library) -> Iterator[tuple[str, np.ndarray]]:
    languages = np.array([statement.language for statement in library.statements])
    for language in sorted(set(languages)):
        yield language, np.flatnonzero(languages == language)


def _per_language(
    library: Library, pairs: list[tuple[int, int, float]]
) -> Iterator[tuple[str, list[tuple[int, int, float]]]]:
    def language(pair: tuple[int, int, float]) -> str:
        return library.statements[pair[0]].language or ""

    for name, part in groupby(sorted(pairs, key=language), key=language):  # stable: still closest first
        yield name, list(part)
