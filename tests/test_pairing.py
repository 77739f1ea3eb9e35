from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from contradict.pairing import can_pair, find_pairs, place_together
from contradict.records import Article, Attribution, Pairing, Place, Statement


def unit(vectors):
    vectors = np.asarray(vectors, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def on_circle(*degrees):
    angles = np.radians(degrees)
    return unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))


def statements_of(articles, languages=None):
    languages = languages or [None] * len(articles)
    return [
        Statement(article, f"Kalimat {number}.", 20 * number, 20 * number + 12, language)
        for number, (article, language) in enumerate(zip(articles, languages, strict=True))
    ]


def ends(pairing):
    return [(pair.a, pair.b) for pair in pairing.pairs]


def random_case(count, seed=0):
    rng = np.random.default_rng(seed)
    vectors = unit(rng.normal(size=(count, 8)) + 2 * rng.normal(size=(5, 8))[rng.integers(0, 5, count)])
    articles = [f"{number:02}" for number in rng.integers(0, 8, count)]
    languages = [("id", "en", None)[choice] for choice in rng.integers(0, 3, count)]
    return statements_of(articles, languages), vectors


def test_pairs_come_closest_first_and_the_rest_is_counted():
    statements, vectors = random_case(60)
    pairing = find_pairs(statements, vectors, max_pairs=1000)
    closeness = [pair.closeness for pair in pairing.pairs]
    assert closeness == sorted(closeness, reverse=True)
    assert all(pair.a < pair.b for pair in pairing.pairs)
    assert pairing.skipped == 0
    assert len(set(ends(pairing))) == len(pairing.pairs)
    capped = find_pairs(statements, vectors, max_pairs=7)
    assert capped.pairs == pairing.pairs[:7]
    assert capped.skipped == len(pairing.pairs) - 7


def test_without_a_cap_pairs_grow_with_the_statements(monkeypatch):
    monkeypatch.setattr("contradict.pairing.LEAST_CAP", 100)
    statements, vectors = random_case(60)
    statements = [replace(statement, article=str(number)) for number, statement in enumerate(statements)]
    pairing = find_pairs(statements, vectors, neighbours=60)
    assert len(pairing.pairs) == 600
    assert pairing.skipped == 60 * 59 // 2 - 600


def test_statements_of_one_article_are_paired_on_request_only():
    statements, vectors = statements_of(["a", "a", "b"]), on_circle(0, 1, 40)
    assert ends(find_pairs(statements, vectors)) == [(1, 2), (0, 2)]
    assert ends(find_pairs(statements, vectors, within_articles=True))[0] == (0, 1)
    assert ends(find_pairs(statements[:2], vectors[:2])) == []
    assert not can_pair(statements[:2])
    assert can_pair(statements)
    assert can_pair(statements[:2], within_articles=True)
    assert not can_pair(statements[:1], within_articles=True)


def test_no_article_is_set_against_itself():
    first, second = statements_of(["a", "a"])
    reprinted = replace(second, also=(Place("b", 0, 12),))
    assert find_pairs([first, reprinted], on_circle(0, 10)) == Pairing((), 0)
    both = replace(first, also=(Place("b", 20, 32),))
    assert find_pairs([both, reprinted], on_circle(0, 10)) == Pairing((), 0)
    assert not can_pair([first, reprinted])
    assert ends(find_pairs([first, reprinted], on_circle(0, 10), within_articles=True)) == [(0, 1)]
    # A barred pair takes no place of the cap.
    other = Statement("c", "Kalimat lain.", 0, 13)
    capped = find_pairs([first, reprinted, other], on_circle(0, 1, 40), max_pairs=1)
    assert ends(capped) == [(1, 2)]
    assert capped.skipped == 1


def test_statements_whose_articles_only_overlap_are_paired():
    first, second = statements_of(["a", "b"])
    first, second = replace(first, also=(Place("b", 40, 52),)), replace(second, also=(Place("c", 20, 32),))
    assert can_pair([first, second])
    assert ends(find_pairs([first, second], on_circle(0, 10))) == [(0, 1)]


def test_a_long_article_does_not_hide_its_neighbours_in_others():
    rng = np.random.default_rng(0)
    own = unit(np.eye(8)[0] + 0.01 * rng.normal(size=(50, 8)))
    others = unit(np.eye(8)[0] + 0.5 * np.eye(8)[1:4])
    pairing = find_pairs(statements_of(["a"] * 50 + ["b", "c", "d"]), np.concatenate([own, others]), neighbours=5)
    assert {b for a, b in ends(pairing) if a < 50} == {50, 51, 52}


def test_another_language_is_not_crowded_out():
    # Two Indonesian sentences and their translations, each farther from its translation than from the other sentence.
    vectors = unit([[1, 0, 0], [1, 0.3, 0], [1, 0, 0.6], [1, 0.3, 0.6]])
    alone = find_pairs(statements_of("abcd"), vectors, neighbours=1)
    assert set(ends(alone)) == {(0, 1), (2, 3)}
    pairing = find_pairs(statements_of("abcd", ["id", "id", "en", "en"]), vectors, neighbours=1)
    assert set(ends(pairing)) == {(0, 1), (2, 3), (0, 2), (1, 3)}
    unknown = find_pairs(statements_of("abcd", ["id", "id", None, None]), vectors, neighbours=1)
    assert set(ends(unknown)) == set(ends(pairing))


def test_a_hub_is_ranked_below_a_pair_of_its_own():
    # The hub (0) is nearer in angle to each of its neighbours than the last two are to each other.
    vectors = unit([[1, 0, 0, 0], [1, 0.3, 0, 0], [1, -0.3, 0, 0], [1, 0, 0.3, 0], [0, 0, 0.32, 1], [0, 0, 0, 1]])
    statements = statements_of("abcdef")
    cosines = vectors @ vectors.T
    assert cosines[0, 1] > cosines[4, 5]
    assert ends(find_pairs(statements, vectors, neighbours=3))[0] == (4, 5)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_statements_does_not_matter(seed):
    statements, vectors = random_case(60, seed)
    vectors[40:50] = vectors[40]  # equals, so that ties must be broken
    order = np.random.default_rng(seed).permutation(60)
    straight = find_pairs(statements, vectors, neighbours=4, max_pairs=30)
    mixed = find_pairs([statements[place] for place in order], vectors[order], neighbours=4, max_pairs=30)
    assert ends(straight) == [tuple(sorted((int(order[a]), int(order[b])))) for a, b in ends(mixed)]
    assert [pair.closeness for pair in straight.pairs] == [pair.closeness for pair in mixed.pairs]


def test_equals_are_ranked_by_place():
    vectors = np.tile(np.float32([[1, 0, 0, 0]]), (5, 1))
    pairing = find_pairs(statements_of("abcde"), vectors)
    assert ends(pairing) == [(a, b) for a in range(5) for b in range(a + 1, 5)]
    assert [pair.closeness for pair in pairing.pairs] == [0] * 10


def test_little_or_nothing_to_pair():
    assert find_pairs([], np.zeros((0, 4), np.float32)) == Pairing((), 0)
    assert find_pairs(statements_of("a"), on_circle(0)) == Pairing((), 0)
    assert not can_pair([])
    two = find_pairs(statements_of("ab"), on_circle(0, 30), neighbours=50)
    assert ends(two) == [(0, 1)]
    assert np.isfinite(two.pairs[0].closeness)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"neighbours": 0}, "neighbours is 0; want 1 or more"), ({"max_pairs": 0}, "max_pairs is 0; want 1 or more")],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        find_pairs(statements_of("ab"), on_circle(0, 30), **options)


def test_vectors_that_are_not_one_a_statement():
    with pytest.raises(ValueError, match=r"shape \(3, 2\); want one row for each of 2 statements"):
        find_pairs(statements_of("ab"), on_circle(0, 30, 60))


# Holders


def in_own_words(statements):
    """The statements with texts that share no word."""
    return [
        replace(statement, text=" ".join(f"{letter}{number}" for letter in "abcdef"))
        for number, statement in enumerate(statements)
    ]


def held(statements, holders):
    """Who holds the statements at their first places."""
    return {(each.article, each.start): Attribution(own) for each, own in zip(statements, holders, strict=True)}


def test_two_holders_in_one_article_are_paired():
    statements, vectors = in_own_words(statements_of(["a", "a"])), on_circle(0, 5)
    known = held(statements, ["Wali kota", "Polisi"])
    assert can_pair(statements, attributions=known)
    assert ends(find_pairs(statements, vectors, attributions=known)) == [(0, 1)]


@pytest.mark.parametrize(
    "holders",
    [
        ["Kim", "Kim Jong Un"],  # two names of one
        ["국가정보원", "국가정보원"],
        ["Polisi", None],
        [None, None],
    ],
)
def test_one_holder_or_an_unknown_one_is_not_set_against_itself(holders):
    statements, vectors = in_own_words(statements_of(["a", "a", "b"])), on_circle(0, 1, 40)
    known = held(statements, [*holders, "Reuters"])
    assert ends(find_pairs(statements, vectors, attributions=known)) == [(1, 2), (0, 2)]


def test_one_holder_in_one_article_needs_no_vectors():
    statements = statements_of(["a", "a"])
    assert not can_pair(statements, attributions=held(statements, ["Polisi", "Polisi"]))
    assert not can_pair(statements, attributions=held(statements, ["Polisi", None]))


def test_statements_of_two_articles_are_paired_whoever_holds_them():
    statements, vectors = statements_of(["a", "b"]), on_circle(0, 5)
    for holders in (["Polisi", "Polisi"], [None, None], ["Polisi", None]):
        assert can_pair(statements, attributions=held(statements, holders))
        assert ends(find_pairs(statements, vectors, attributions=held(statements, holders))) == [(0, 1)]


def test_knowing_the_holders_adds_pairs_and_changes_no_other():
    statements, vectors = random_case(60)
    statements = in_own_words(statements)
    holders = [("Polisi", "Wali kota", None)[number % 3] for number in range(60)]
    without, found = (
        find_pairs(statements, vectors, max_pairs=1000, attributions=each) for each in ({}, held(statements, holders))
    )
    assert set(without.pairs) < set(found.pairs)
    assert len(set(ends(found))) == len(found.pairs)
    for a, b in set(ends(found)) - set(ends(without)):
        assert statements[a].article == statements[b].article
        assert {holders[a], holders[b]} == {"Polisi", "Wali kota"}


def test_with_holders_the_order_of_the_statements_does_not_matter():
    statements, vectors = random_case(60)
    statements = in_own_words(statements)
    known = held(statements, [("Polisi", "Wali kota", None)[number % 3] for number in range(60)])
    order = np.random.default_rng(1).permutation(60)
    straight = find_pairs(statements, vectors, attributions=known)
    mixed = find_pairs([statements[at] for at in order], vectors[order], attributions=known)
    assert ends(straight) == [tuple(sorted((int(order[a]), int(order[b])))) for a, b in ends(mixed)]


def test_a_pair_of_holders_takes_its_place_in_the_ranking_and_the_cap():
    statements, vectors = in_own_words(statements_of(["a", "a", "b"])), on_circle(0, 1, 40)
    pairing = find_pairs(statements, vectors, attributions=held(statements, ["Polisi", "Wali kota", None]), max_pairs=1)
    assert ends(pairing) == [(0, 1)]
    assert pairing.skipped == 2


def test_a_pair_of_two_holders_and_of_two_articles_is_one_pair():
    first, second = in_own_words(statements_of(["a", "a"]))
    first, second = replace(first, also=(Place("b", 0, 12),)), replace(second, also=(Place("c", 0, 12),))
    known = held([first, second], ["Polisi", "Wali kota"])
    assert ends(find_pairs([first, second], on_circle(0, 10), attributions=known)) == [(0, 1)]


def repeated(number, *articles):
    """A sentence in words of its own that stands in these articles; its places are told by its number."""
    first, *also = [Place(article, 40 * number, 40 * number + 20) for article in sorted(articles)]
    text = " ".join(f"{letter}{number}" for letter in "abcdef")
    return Statement(first.article, text, first.start, first.end, also=tuple(also))


def held_in(statements, *holders):
    """For each statement a holder in each of its articles, in their order."""
    places = [[each, *each.also] for each in statements]
    return {
        (place.article, place.start): Attribution(holder)
        for own, names in zip(places, holders, strict=True)
        for place, holder in zip(own, names, strict=True)
    }


@pytest.mark.parametrize("holder", ["Polisi", "Wali kota", None])
@pytest.mark.parametrize("reprint", ["a", "z"])
def test_two_holders_in_one_article_are_paired_whoever_holds_one_of_them_elsewhere(reprint, holder):
    statements = [repeated(0, "m"), repeated(1, "m", reprint)]
    names = ["Wali kota", holder] if reprint == "z" else [holder, "Wali kota"]
    known = held_in(statements, ["Polisi"], names)
    assert ends(find_pairs(statements, on_circle(0, 10), attributions=known)) == [(0, 1)]


@pytest.mark.parametrize("reprint", ["a", "z"])
def test_two_holders_in_two_articles_make_no_pair_where_one_holds_both(reprint):
    statements = [repeated(0, "m"), repeated(1, "m", reprint)]
    names = ["Polisi", "Wali kota"] if reprint == "z" else ["Wali kota", "Polisi"]
    known = held_in(statements, ["Polisi"], names)
    assert ends(find_pairs(statements, on_circle(0, 10), attributions=known)) == []


def test_what_one_holder_says_in_an_article_and_its_reprint_crowds_out_no_other():
    statements = [repeated(number, "m", "z") for number in range(5)]
    vectors = on_circle(0, 1, 2, 3, 20)
    known = held_in(statements, *[["Polisi", "Polisi"]] * 4, ["Wali kota", "Wali kota"])
    assert ends(find_pairs(statements, vectors, attributions=known, neighbours=1)) == [(3, 4)]


@pytest.mark.parametrize("seed", range(3))
def test_every_pair_of_two_holders_in_one_article_is_found_and_shown_there(seed):
    rng = np.random.default_rng(seed)
    statements = [
        repeated(number, *rng.choice(list("abcd"), rng.integers(1, 5), replace=False)) for number in range(30)
    ]
    names = [[(None, "Polisi", "Wali kota")[rng.integers(3)] for _ in (each, *each.also)] for each in statements]
    known = held_in(statements, *names)
    vectors = unit(rng.normal(size=(30, 8)))
    across, found = (
        set(ends(find_pairs(statements, vectors, attributions=each, neighbours=30))) for each in ({}, known)
    )
    texts = {name: Article(name, "x" * 2000) for name in "abcd"}
    for a, b in combinations(range(30), 2):
        shared = sorted(statements[a].articles & statements[b].articles)
        both = [[known[article, 40 * number].speaker for number in (a, b)] for article in shared]
        apart = [article for article, (one, other) in zip(shared, both, strict=True) if one and other and one != other]
        assert ((a, b) in found) == ((a, b) in across or bool(apart))
        if shared:
            shown = place_together(statements[a], statements[b], texts, known)
            assert [each.article for each in shown] == [(apart or shared)[0]] * 2
            assert [each.articles for each in shown] == [statements[at].articles for at in (a, b)]


@pytest.mark.parametrize(
    ("text", "other", "pairs"),
    [
        ("The mayor said the old bridge is shut.", "The old bridge is shut, the mayor said on Monday.", []),
        ("Wali kota menyatakan jembatan lama ditutup.", "Polisi membantah penutupan jembatan itu.", [(0, 1)]),
        ("市长说大桥今天关闭。", "市长今天说，大桥关闭。", []),
        ("市长说大桥今天关闭。", "警方否认交通受到任何影响。", [(0, 1)]),
        ("Police said that 12 people died there.", "The mayor said that 15 people died there.", [(0, 1)]),
        ("Police said that 12 people died there.", "The mayor said that twelve (12) people died there.", []),
    ],
)
def test_a_sentence_that_repeats_another_of_its_article_is_not_set_against_it(text, other, pairs):
    statements = [Statement("a", text, 0, len(text)), Statement("a", other, 50, 50 + len(other))]
    known = held(statements, ["Wali kota", "Polisi"])
    assert ends(find_pairs(statements, on_circle(0, 5), attributions=known)) == pairs
