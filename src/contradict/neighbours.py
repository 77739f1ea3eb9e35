"""Which vectors lie near each other: nearest neighbours that may be barred, and links between mutual ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import faiss

    from contradict.records import Statement

EXACT_LIMIT = 20_000
"""Vectors among which every similarity is computed; beyond as many similarities, an approximate index is searched."""

_BLOCK_BYTES = 64 * 2**20
_CELL_BYTES = 16  # a similarity, its mask and its position, which numpy and faiss give as int64
_LINKS_PER_NODE, _BUILD_WIDTH = 32, 100  # M and efConstruction of HNSW
_SPARE = (64, 1024)  # fetched from the index beyond k, to make up for those of the same owner


def canonical_order(statements: Sequence[Statement], vectors: np.ndarray) -> np.ndarray:
    """Positions of the statements by article and place, so that nothing depends on the order in which they came.

    Raises:
        ValueError: the vectors are not one row a statement.
    """
    if vectors.ndim != 2 or len(vectors) != len(statements):
        raise ValueError(f"vectors have shape {vectors.shape}; want one row for each of {len(statements)} statements")
    keys = [(s.article, s.start, s.end, s.text) for s in statements]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


class NeighbourIndex:
    """Vectors among which neighbours are searched.

    Up to `EXACT_LIMIT` vectors the search is exact; beyond, it is by a hierarchical navigable small world graph
    (Malkov and Yashunin 2018), whose cost grows with n log n. Both give the same result at each call, and use memory
    that grows linearly with n.
    """

    def __init__(self, vectors: np.ndarray, owners: np.ndarray) -> None:
        """Take the vectors.

        Args:
            vectors: float32, shape (n, d), n at least 1, rows of unit length.
            owners: integers from 0, shape (n,); vectors of one owner are not neighbours of each other.
        """
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.owners = owners

    def nearest(self, vectors: np.ndarray, owners: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each query among those of other owners.

        Args:
            vectors: float32, shape (m, d), the queries, of unit length.
            owners: of each query.
            k: 1 or more.

        Returns:
            Cosines (float32) and positions (int64), both of shape (m, min(k, n)), in no particular order within a
            row; -inf and -1 where fewer have another owner.
        """
        k = min(k, len(self.vectors))
        cosines = np.full((len(vectors), k), -np.inf, np.float32)
        positions = np.full((len(vectors), k), -1, np.int64)
        unanswered = np.arange(len(vectors))
        if len(self.vectors) > EXACT_LIMIT:
            own = owners == self._majority
            if own.any():  # around these, the graph holds little but vectors of the same owner
                places, others = self._others
                found, nearest = others.nearest(vectors[own], owners[own], k)
                width = found.shape[1]
                cosines[own, :width], positions[own, :width] = found, places[nearest]
            barred = np.bincount(self.owners, minlength=int(owners.max(initial=0)) + 1)[owners]
            wanted = np.minimum(k, len(self.vectors) - barred)
            unanswered = _incomplete(positions, wanted)
            # For few queries, the graph would cost more than it saves.
            for spare in _SPARE if len(unanswered) * len(self.vectors) > EXACT_LIMIT**2 else ():
                for block in _blocks(unanswered, k + spare):
                    cosines[block], positions[block] = self._approximate(vectors[block], owners[block], k, k + spare)
                unanswered = _incomplete(positions, wanted)
        for block in _blocks(unanswered, len(self.vectors)):
            cosines[block], positions[block] = self._exact(vectors[block], owners[block], k)
        return cosines, positions

    def _exact(self, vectors: np.ndarray, owners: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        cosines: np.ndarray = vectors @ self.vectors.T
        cosines[owners[:, None] == self.owners] = -np.inf
        return _keep(cosines, np.argpartition(cosines, -k, axis=1)[:, -k:])

    def _approximate(
        self, vectors: np.ndarray, owners: np.ndarray, k: int, fetch: int
    ) -> tuple[np.ndarray, np.ndarray]:
        self._graph.hnsw.efSearch = fetch
        cosines, found = self._graph.search(np.ascontiguousarray(vectors, dtype=np.float32), fetch)
        cosines[(found < 0) | (owners[:, None] == self.owners[found])] = -np.inf
        cosines, columns = _keep(cosines, np.argsort(-cosines, axis=1, kind="stable")[:, :k])
        return cosines, np.where(columns < 0, -1, np.take_along_axis(found, columns, axis=1))

    @cached_property
    def _majority(self) -> int:
        """The owner of more than half of the vectors; -1 where there is none, or no other."""
        counts = np.bincount(self.owners)
        owner = int(counts.argmax())
        return owner if len(self.owners) / 2 < counts[owner] < len(self.owners) else -1

    @cached_property
    def _others(self) -> tuple[np.ndarray, NeighbourIndex]:
        """Positions of the vectors of all owners but the majority, and an index of them."""
        places = np.flatnonzero(self.owners != self._majority)
        return places, NeighbourIndex(self.vectors[places], self.owners[places])

    @cached_property
    def _graph(self) -> faiss.IndexHNSWFlat:
        import faiss

        graph = faiss.IndexHNSWFlat(self.vectors.shape[1], _LINKS_PER_NODE, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = _BUILD_WIDTH
        with _one_thread():  # with more, the graph depends on how they take turns
            graph.add(self.vectors)
        return graph


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of neighbours, as three arrays of one length.

    Attributes:
        a: int64 positions in the one index.
        b: int64 positions in the other.
        closeness: float32, similarity corrected for hubs, -4 to 4.
    """

    a: np.ndarray
    b: np.ndarray
    closeness: np.ndarray


def link_mutual(one: NeighbourIndex, other: NeighbourIndex, k: int) -> Links:
    """Link every two vectors each of which is among the k nearest of the other.

    Closeness is cross-domain similarity local scaling (Conneau et al. 2018, "Word translation without parallel
    data"): 2 cos(a, b) - r(a) - r(b), with r the mean cosine of a vector to its k nearest in the other index.

    Args:
        one: vectors, with owners numbered as in `other`.
        other: vectors; may be `one` itself, then each link is given once, with a < b.
        k: neighbours of each vector, 1 or more.

    Returns:
        At most k links for each vector of `one`, in order of a, then b.
    """
    cosines, there = other.nearest(one.vectors, one.owners, k)
    back_cosines, back = (cosines, there) if one is other else one.nearest(other.vectors, other.owners, k)
    row, column = np.nonzero(there >= 0)
    back_row, back_column = np.nonzero(back >= 0)
    width = len(other.vectors)
    forth_codes = row * width + there[row, column]
    back_codes = back[back_row, back_column] * width + back_row
    codes, place, _ = np.intersect1d(forth_codes, back_codes, assume_unique=True, return_indices=True)
    a, b = np.divmod(codes, width)
    closeness = 2 * cosines[row, column][place] - _means(cosines)[a] - _means(back_cosines)[b]
    once = a < b if one is other else np.full(len(codes), True)
    return Links(a[once], b[once], closeness[once])


def nearness(vectors: np.ndarray, pairs: Sequence[tuple[int, int]], k: int = 10) -> list[float]:
    """How near the vectors of each pair are, for such as lie where these do: similarity corrected for hubs.

    As the closeness of `link_mutual`, but against the k nearest of all vectors, whoever owns them.

    Args:
        vectors: float32 (n, d), rows of unit length.
        pairs: positions.
        k: neighbours of each vector, 1 or more.
    """
    owners = np.arange(len(vectors))
    means = _means(NeighbourIndex(vectors, owners).nearest(vectors, owners, k)[0])
    return [float(2 * (vectors[a] @ vectors[b]) - means[a] - means[b]) for a, b in pairs]


def _incomplete(positions: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The rows with fewer neighbours than wanted."""
    return np.flatnonzero((positions >= 0).sum(axis=1) < wanted)


def _keep(cosines: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """These columns of each row, with -1 in place of barred ones."""
    kept = np.take_along_axis(cosines, columns, axis=1)
    return kept, np.where(np.isneginf(kept), -1, columns)


def _means(cosines: np.ndarray) -> np.ndarray:
    """Mean over the neighbours of each row; 0 where it has none."""
    found = np.isfinite(cosines)
    total: np.ndarray = cosines.sum(axis=1, where=found)
    means: np.ndarray = total / np.maximum(found.sum(axis=1), 1).astype(np.float32)
    return means


def _blocks(rows: np.ndarray, columns: int) -> Iterator[np.ndarray]:
    """Parts of `rows`, each so small that its table of that many columns stays within bounded memory."""
    size = max(1, _BLOCK_BYTES // (_CELL_BYTES * columns))
    return (rows[start : start + size] for start in range(0, len(rows), size))


@contextmanager
def _one_thread() -> Iterator[None]:
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
