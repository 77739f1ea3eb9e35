from __future__ import annotations

import numpy as np
import pytest

from contradict import neighbours
from contradict.neighbours import NeighbourIndex, canonical_order, link_mutual
from contradict.records import Statement


def clustered(count, size=20, width=32, spread=0.5, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(count // size, width))
    vectors = np.repeat(centres, size, axis=0) + spread * rng.normal(size=(count // size * size, width))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def link_all(vectors, owners, k=10):
    index = NeighbourIndex(vectors, owners)
    return link_mutual(index, index, k)


def ends(links):
    return set(zip(links.a.tolist(), links.b.tolist(), strict=True))


def test_links_are_mutual_neighbours_with_hubs_corrected():
    angles = np.radians([0, 10, 30, 100])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    links = link_all(vectors, np.arange(4), k=1)
    # The third's nearest is the second, and the fourth's is the third, but neither is returned.
    assert ends(links) == {(0, 1)}
    assert links.closeness[0] == pytest.approx(0, abs=1e-6)
    links = link_all(vectors, np.arange(4), k=2)
    cosines = vectors @ vectors.T
    means = [np.sort(np.delete(row, place))[-2:].mean() for place, row in enumerate(cosines)]
    assert ends(links) == {(0, 1), (0, 2), (1, 2)}
    for a, b, closeness in zip(links.a, links.b, links.closeness, strict=True):
        assert closeness == pytest.approx(2 * cosines[a, b] - means[a] - means[b], abs=1e-6)


def test_vectors_of_one_owner_are_not_counted_among_the_nearest():
    vectors = clustered(60, size=60, spread=0.05)
    owners = np.array([0] * 50 + [1] * 10)
    found = link_all(vectors, owners, k=60)
    assert ends(found) == {(a, b) for a in range(50) for b in range(50, 60)}
    _, nearest = NeighbourIndex(vectors, owners).nearest(vectors[:1], owners[:1], 10)
    assert set(nearest[0].tolist()) == set(range(50, 60))


def test_missing_neighbours_are_marked():
    vectors = clustered(20)
    cosines, positions = NeighbourIndex(vectors, np.zeros(20, int)).nearest(vectors, np.zeros(20, int), 5)
    assert (positions == -1).all()
    assert np.isneginf(cosines).all()
    assert len(link_all(vectors, np.zeros(20, int)).a) == 0


def test_blocks_do_not_change_the_result(monkeypatch):
    vectors = clustered(200)
    whole = link_all(vectors, np.arange(200))
    monkeypatch.setattr(neighbours, "_BLOCK_BYTES", 20_000)
    parts = link_all(vectors, np.arange(200))
    assert ends(whole) == ends(parts)
    np.testing.assert_allclose(whole.closeness, parts.closeness, atol=1e-5)


def test_approximate_search_finds_what_the_exact_one_does(monkeypatch):
    vectors, owners = clustered(1000), np.arange(1000) // 4
    exact = ends(link_all(vectors, owners))
    monkeypatch.setattr(neighbours, "EXACT_LIMIT", 100)
    monkeypatch.setattr(NeighbourIndex, "_exact", lambda *_: pytest.fail("every query has neighbours in the graph"))
    approximate = ends(link_all(vectors, owners))
    assert len(exact & approximate) / len(exact) >= 0.95
    assert len(approximate - exact) / len(approximate) <= 0.05


def test_approximate_search_looks_past_a_long_article_of_its_own(monkeypatch):
    vectors = clustered(400, size=400, spread=0.05)
    vectors[180:] = clustered(220, size=220, seed=1)
    owners = np.array([0] * 180 + list(range(1, 221)))
    monkeypatch.setattr(neighbours, "EXACT_LIMIT", 100)
    for spare in [(8,), (8, 300), (8, 512)]:
        monkeypatch.setattr(neighbours, "_SPARE", spare)
        _, positions = NeighbourIndex(vectors, owners).nearest(vectors[:5], owners[:5], 10)
        assert (positions >= 180).all()
        assert all(len(set(row)) == 10 for row in positions.tolist())


def test_an_article_with_most_of_the_statements_is_searched_for_in_the_others_only(monkeypatch):
    vectors = np.concatenate([clustered(size, size=size, seed=seed) for seed, size in enumerate([900, 240, 60])])
    owners = np.array([0] * 900 + [1] * 240 + [2, 3, 4] * 20)
    exact = NeighbourIndex(vectors, owners).nearest(vectors, owners, 10)
    searched = []
    search = NeighbourIndex._exact
    monkeypatch.setattr(
        NeighbourIndex, "_exact", lambda index, *query: searched.append(len(index.vectors)) or search(index, *query)
    )
    monkeypatch.setattr(neighbours, "EXACT_LIMIT", 300)
    monkeypatch.setattr(neighbours, "_SPARE", (290,))  # past 240 of the same owner, but not past 900
    found = NeighbourIndex(vectors, owners).nearest(vectors, owners, 10)
    same = np.sort(found[1]) == np.sort(exact[1])
    assert same[:900].all()
    assert same[900:].mean() >= 0.99
    assert set(searched) == {300}


def test_of_the_others_one_may_hold_most_again(monkeypatch):
    vectors = clustered(1200, size=1200)
    owners = np.array([0] * 900 + [1] * 240 + [2, 3, 4] * 20)
    monkeypatch.setattr(neighbours, "EXACT_LIMIT", 100)
    cosines, positions = NeighbourIndex(vectors, owners).nearest(vectors, owners, 10)
    assert (owners[positions] != owners[:, None]).all()
    assert all(len(set(row)) == 10 for row in positions.tolist())
    rows = np.arange(1200)[:, None]
    np.testing.assert_allclose(cosines, (vectors @ vectors.T)[rows, positions], atol=1e-5)


def test_where_all_is_of_one_owner_nothing_is_searched(monkeypatch):
    monkeypatch.setattr(neighbours, "EXACT_LIMIT", 100)
    monkeypatch.setattr(NeighbourIndex, "_approximate", lambda *_: pytest.fail("there is nothing to find"))
    vectors, owners = clustered(200), np.zeros(200, int)
    assert len(link_all(vectors, owners).a) == 0


@pytest.fixture
def two_threads():
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(2)
    yield faiss.omp_get_max_threads
    faiss.omp_set_num_threads(threads)


def test_approximate_search_repeats_itself_and_leaves_the_threads_of_faiss(monkeypatch, two_threads):
    monkeypatch.setattr(neighbours, "EXACT_LIMIT", 100)
    monkeypatch.setattr(neighbours, "_SPARE", (1,))  # so narrow a search shows any difference between two graphs
    vectors, owners = clustered(600, spread=5, width=64), np.arange(600)
    found = [NeighbourIndex(vectors, owners).nearest(vectors, owners, 10)[1] for _ in range(3)]
    assert two_threads() == 2
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


def test_the_order_of_statements_is_that_of_articles_and_places():
    places = [("b", 0), ("a", 9), ("a", 0)]
    statements = [Statement(article, "Hujan turun.", start, start + 12) for article, start in places]
    assert canonical_order(statements, np.zeros((3, 2))).tolist() == [2, 1, 0]
    with pytest.raises(ValueError, match="each of 3 statements"):
        canonical_order(statements, np.zeros((2, 2)))
