import numpy as np
import pytest

from contradict.judging import Judging, judge_both_ways
from contradict.records import Article, Attribution, Side, Statement

CONFLICT, AGREEMENT, NOTHING = ((0.02, 0.03, 0.95), (0.95, 0.03, 0.02), (0.001, 0.998, 0.001))
NEAR, FAR = 0.1, -0.05  # where the network says nothing, one is hopeful and the other is not


class Reader:
    """Canned answers for pairs of texts, nothing for all others; remembers what it was given."""

    def __init__(self, **answers):
        self.answers = answers
        self.read = []

    def __call__(self, pairs):
        self.read += pairs
        rows = [self.answers.get("_".join(pair), NOTHING) for pair in pairs]
        return np.array(rows, np.float32).reshape(-1, 3)


def side(name, **known):
    return Side(Article(name, name), Statement(name, name, 0, len(name), "en"), Attribution(**known))


def judging(sides, reader, least=0.3, nearness=NEAR):
    return Judging(sides, [nearness] * len(sides), reader, least)


def test_both_ways_gives_each_direction_its_own_row():
    reader = Reader(a_b=CONFLICT, b_a=AGREEMENT)
    (found,) = judge_both_ways([("a", "b")], reader)
    assert found.a_b.contradiction == pytest.approx(0.95)
    assert found.b_a.entailment == pytest.approx(0.95)


def test_without_hope_a_pair_is_read_in_one_direction_only():
    reader = Reader(a_b=CONFLICT, b_a=CONFLICT)
    found = judging([(side("a"), side("b")), (side("c"), side("d"))], reader, nearness=FAR).strongest()
    assert list(found) == [0]
    assert reader.read == [("a", "b"), ("c", "d"), ("b", "a")]


def test_a_least_score_of_nothing_reads_all_in_full():
    reader = Reader()
    found = judging([(side("a"), side("b", claim="b*")), (side("c"), side("d"))], reader, least=0).strongest()
    assert list(found) == [0, 1]
    assert sorted(reader.read) == sorted([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("a", "b*"), ("b*", "a")])


def test_what_could_not_count_whatever_the_network_said_is_not_read():
    reader = Reader(a_b=CONFLICT, b_a=CONFLICT)
    far = Judging([(side("a", speaker="x"), side("b", speaker="x", mode="question"))], [-1.0], reader, 0.3)
    assert far.possible() == {}
    assert far.strongest() == {}
    assert reader.read == []


def test_of_the_possible_pairs_those_are_read_that_are_worth_it():
    reader = Reader(a_b=CONFLICT, b_a=CONFLICT, c_d=CONFLICT, d_c=CONFLICT)
    own = judging([(side("a"), side("b")), (side("c"), side("d"))], reader)
    assert list(own.possible()) == [0, 1]
    assert min(own.possible().values()) >= 0.3
    assert list(own.strongest([1])) == [1]
    assert reader.read == [("c", "d"), ("d", "c")]


def test_claims_are_read_where_they_are_not_the_whole_sentences():
    reader = Reader(a_b=CONFLICT, b_a=CONFLICT)
    bare = side("b", speaker="police", stance="denies", claim="b*")
    judging([(side("a"), bare)], reader).strongest()
    assert reader.read[2:] == [("a", "b*"), ("b*", "a")]
    reader.read.clear()
    judging([(side("a"), side("b", claim="b"))], reader).strongest()
    assert reader.read == [("a", "b"), ("b", "a")]


def test_a_verdict_is_made_of_all_that_was_read():
    sides = side("a", stance="asserts"), side("b", speaker="police", stance="denies", claim="b*")
    answers = {"a_b": CONFLICT, "b_a": CONFLICT}
    agreeing = Reader(**answers, **{"a_b*": AGREEMENT, "b*_a": AGREEMENT})
    strange = Reader(**answers)
    (one,), (other,) = (judging([sides], reader).strongest().values() for reader in (agreeing, strange))
    assert one.verdict.agreement == pytest.approx(0.95)
    assert other.verdict.agreement == pytest.approx(0.001)
    assert one.verdict.contradiction > other.verdict.contradiction
    assert (one.sentences.a_b.contradiction, one.a.article.id) == (pytest.approx(0.95), "a")


def test_of_pairs_given_up_those_that_agree_are_read_in_full_afterwards():
    reader = Reader(c_d=NOTHING, **{"c_d*": NOTHING, "d*_c": AGREEMENT, "e_f": NOTHING})
    bare = side("d", speaker="police", stance="asserts", claim="d*")
    own = judging([(side("a"), side("b")), (side("c"), bare), (side("e"), side("f"))], reader, nearness=FAR)
    assert own.strongest() == {}
    reader.read.clear()
    found = own.agreeing([1, 2])
    assert reader.read == [("c", "d*"), ("e", "f"), ("d*", "c"), ("f", "e"), ("d", "c")]
    assert list(found) == [1]
    assert found[1].verdict.agreement == pytest.approx(0.95)
