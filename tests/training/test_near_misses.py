import numpy as np
import pandas as pd
import pytest

from contradict.training.near_misses import (
    make_library,
    of_one_article,
    of_two_articles,
    of_unlabelled_stories,
    story_part,
)

SUBJECTS = ("flood", "election", "harvest")
FLOOD = "The flood closed the northern road. Workers cleared the flood from the market."
FLOOD_AGAIN = "The flood closed a school in the town. The mayor visited the flood shelter."
ELECTION = "The election drew many voters to the halls. The flood office denied the election was late."
HARVEST = "The harvest began early in the valley. Farmers sold the harvest at the market."


def to_vectors(texts):
    """A direction for each subject, with a little of each text's own."""
    vectors = np.array([[text.count(subject) + 0.01 * len(text) % 0.1 for subject in SUBJECTS] for text in texts])
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def library():
    rows = pd.DataFrame(
        [(FLOOD, FLOOD_AGAIN, "en", "en", 1.0), (FLOOD, ELECTION, "en", "en", 4.0)],
        columns=["text_a", "text_b", "lang_a", "lang_b", "dissimilarity"],
    )
    return make_library(rows, [(HARVEST, "en")], to_vectors)


def articles(library, pairs):
    return {frozenset((library.statements[a].article, library.statements[b].article)) for a, b, _ in pairs}


def test_no_article_stands_in_two_parts():
    rows = pd.DataFrame([(f"text {i // 2}", f"text {i // 2 + 1 + i % 3}") for i in range(0, 900, 7)])
    rows.columns = ["text_a", "text_b"]
    texts = [
        set(part["text_a"]) | set(part["text_b"]) for part in (story_part(rows, p) for p in ("train", "dev", "test"))
    ]
    assert sum(map(len, texts)) == len(set.union(*texts)) == len({*rows["text_a"], *rows["text_b"]})
    assert all(texts)


def test_pairs_of_different_stories_are_of_articles_rated_so(library):
    pairs = of_two_articles(library, library.dissimilarity >= 3)
    assert articles(library, pairs) == {frozenset("02")}
    assert len(of_two_articles(library, library.dissimilarity >= 3, each=1)) == 1


def test_articles_without_rating_count_as_different_stories_where_they_lie_apart(library):
    found = articles(library, of_unlabelled_stories(library, 100))
    assert found
    assert all("3" in pair for pair in found)  # the others are linked by ratings


def test_pairs_of_one_article_leave_out_denials(library):
    pairs = of_one_article(library, 100)
    assert articles(library, pairs) == {frozenset("0"), frozenset("1"), frozenset("3")}
    assert len(of_one_article(library, 2)) == 2
