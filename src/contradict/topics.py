"""What statements are about: communities of near statements, each with the words that name it. None is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from contradict.keywords import find_keywords
from contradict.neighbours import NeighbourIndex, canonical_order, link_mutual
from contradict.records import Topic

if TYPE_CHECKING:
    from contradict.records import Statement

_NEIGHBOURS = 15  # fewer part a sentence from its translations, more join stories that have little in common
_LEAST_WEIGHT = 1e-3  # so that neighbours that are hubs, with a closeness below 0, still hold together


def group(
    statements: Sequence[Statement],
    vectors: np.ndarray,
    *,
    set_name: str | None = None,
    first_id: int = 0,
    resolution: float = 1.0,
) -> tuple[Topic, ...]:
    """Group statements into topics, whatever article and language they stand in.

    Topics are the communities (Blondel et al. 2008, "Fast unfolding of communities in large networks") of the graph
    of mutual nearest neighbours, weighed by closeness; a statement without any is linked to the one nearest to it.
    The order in which the statements come has no influence.

    Args:
        statements: n statements.
        vectors: their vectors, float32 of shape (n, d), rows of unit length.
        set_name: the set that the topics bear.
        first_id: id of the largest topic; the others follow.
        resolution: above 0; more gives more and smaller topics.

    Returns:
        The topics, largest first; each statement is in exactly one.

    Raises:
        ValueError: the vectors are not one row a statement.
    """
    order = canonical_order(statements, vectors)
    communities = _find_communities(vectors[order], resolution)
    topics = sorted((sorted(order[members].tolist()) for members in communities), key=len, reverse=True)
    keywords = find_keywords([[statements[position] for position in topic] for topic in topics])
    return tuple(
        Topic(first_id + number, set_name, words, tuple(topic))
        for number, (topic, words) in enumerate(zip(topics, keywords, strict=True))
    )


def _find_communities(vectors: np.ndarray, resolution: float) -> list[list[int]]:
    """Positions of the members of each community, in order of the first."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(vectors)))
    if len(vectors) > 1:
        index = NeighbourIndex(vectors, np.arange(len(vectors)))
        links = link_mutual(index, index, _NEIGHBOURS)
        weights = np.maximum(links.closeness, _LEAST_WEIGHT)
        graph.add_weighted_edges_from(zip(links.a.tolist(), links.b.tolist(), weights.tolist(), strict=True))
        alone = np.array(list(nx.isolates(graph)), dtype=np.int64)
        _, nearest = index.nearest(vectors[alone], alone, 1)
        graph.add_weighted_edges_from(
            (a, b, _LEAST_WEIGHT) for a, b in zip(alone.tolist(), nearest[:, 0].tolist(), strict=True)
        )
    communities = nx.community.louvain_communities(graph, resolution=resolution, seed=0)
    return sorted(sorted(members) for members in communities)
