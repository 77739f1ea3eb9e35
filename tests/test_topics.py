from __future__ import annotations

import numpy as np
import pytest

from contradict.records import Statement
from contradict.topics import group

SUBJECTS = ["banjir sungai", "pemilu kota", "panen beras"]


def case(sizes=(12, 20, 8), seed=0):
    """Statements in clusters of these sizes, mixed, and the cluster of each."""
    rng = np.random.default_rng(seed)
    subject = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    vectors = 3 * np.eye(16)[subject] + rng.normal(size=(len(subject), 16)) / 2
    statements = [
        Statement(f"{place % 7}", f"Kabar {SUBJECTS[number]} menurut warga.", place, place + 30, "id")
        for place, number in enumerate(subject)
    ]
    return statements, (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), subject


def test_near_statements_share_a_topic_and_the_largest_comes_first():
    statements, vectors, subject = case()
    topics = group(statements, vectors, resolution=0.1)
    assert [set(topic.statements) for topic in topics] == [set(np.flatnonzero(subject == n)) for n in (1, 0, 2)]
    assert [topic.id for topic in topics] == [0, 1, 2]
    assert all(list(topic.statements) == sorted(topic.statements) for topic in topics)
    for topic, subject_words in zip(topics, ("pemilu kota", "banjir sungai", "panen beras"), strict=True):
        assert set(topic.keywords[:2]) == set(subject_words.split())


def test_ids_and_set_are_those_asked_for():
    statements, vectors, _ = case()
    topics = group(statements, vectors, set_name="monday", first_id=7)
    assert [topic.id for topic in topics] == list(range(7, 7 + len(topics)))
    assert {topic.set for topic in topics} == {"monday"}


@pytest.mark.parametrize("resolution", [0.1, 1.0, 10.0])
def test_every_statement_has_one_topic(resolution):
    statements, vectors, _ = case(sizes=(40, 30, 1))
    topics = group(statements, vectors, resolution=resolution)
    assert sorted(place for topic in topics for place in topic.statements) == list(range(71))
    sizes = [len(topic.statements) for topic in topics]
    assert sizes == sorted(sizes, reverse=True)


def test_more_resolution_gives_more_topics():
    statements, vectors, _ = case(sizes=(40, 30, 30))
    assert len(group(statements, vectors, resolution=3.0)) > len(group(statements, vectors, resolution=0.1))


def test_a_statement_that_is_nobodys_neighbour_joins_the_nearest():
    statements, _, _ = case(sizes=(40, 40, 1))
    rng = np.random.default_rng(0)
    vectors = np.eye(8)[[0] * 40 + [1] * 40 + [1]] + 0.05 * rng.normal(size=(81, 8))
    vectors[80] += 0.7 * np.eye(8)[5]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    topics = group(statements, vectors, resolution=0.1)
    assert [topic.statements for topic in topics] == [tuple(range(40, 81)), tuple(range(40))]


def test_the_order_of_the_statements_does_not_matter():
    statements, vectors, _ = case(sizes=(30, 30, 30))
    order = np.random.default_rng(1).permutation(90)
    straight = group(statements, vectors)
    mixed = group([statements[place] for place in order], vectors[order])
    assert {frozenset(topic.statements): topic.keywords for topic in straight} == {
        frozenset(int(order[place]) for place in topic.statements): topic.keywords for topic in mixed
    }


def test_little_to_group():
    statements, vectors, _ = case()
    assert group([], vectors[:0]) == ()
    (alone,) = group(statements[:1], vectors[:1])
    assert alone.statements == (0,)
    assert group(statements[:2], vectors[:2])[0].id == 0
    equal = group(statements, np.tile(vectors[:1], (40, 1)))
    assert sorted(place for topic in equal for place in topic.statements) == list(range(40))


def test_vectors_that_are_not_one_a_statement():
    statements, vectors, _ = case()
    with pytest.raises(ValueError, match="want one row for each of 40 statements"):
        group(statements, vectors[1:])
