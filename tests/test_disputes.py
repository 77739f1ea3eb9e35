from itertools import permutations

import pytest

from contradict.disputes import Link, gather, link_of, renumbered
from contradict.records import (
    Article,
    Attribution,
    Contradiction,
    Dispute,
    Judgement,
    Place,
    Probabilities,
    Side,
    Statement,
)
from contradict.verdict import Verdict

JUDGEMENT = Judgement(Probabilities(0.1, 0.1, 0.8), Probabilities(0.1, 0.1, 0.8))


def side(text, speaker=None, stance="asserts", article="1", start=0, claim=None, also=()):
    statement = Statement(article, text, start, start + len(text), also=also)
    return Side(Article(article, " " * start + text), statement, Attribution(speaker, stance, claim or text))


def against(a, b, score=0.9):
    return Contradiction("feri", score, "denial", "", 0, a, b, JUDGEMENT)


def agree(a, b, agreement=0.9):
    return Link(a, b, leaves_open=False, agreement=agreement)


def told(positions):
    """Each holder with the texts of its statements."""
    return {position.holder: [each.statement.text for each in position.sides] for position in positions}


CRASHED = side("Dua feri bertabrakan.", "Polisi", article="1")
CRASHED_TOO = side("두 여객선이 충돌했다.", "해경", article="2")
DENIED = side("لم يقع أي تصادم.", "هيئة الموانئ", "denies", article="3")
DENIED_TOO = side("Es gab keinen Zusammenstoß.", "die Reederei", "denies", article="4")
UNSURE = side("It is unclear whether they collided.", "the ministry", "open", article="5")


def test_a_dispute_tells_who_stands_against_whom():
    (dispute,) = gather([against(CRASHED, DENIED), against(CRASHED_TOO, DENIED, 0.8)], [])
    assert (dispute.set, dispute.id, dispute.score) == ("feri", 0, 0.9)
    assert dispute.issue == "Dua feri bertabrakan."
    assert told(dispute.asserts) == {"Polisi": ["Dua feri bertabrakan."], "해경": ["두 여객선이 충돌했다."]}
    assert told(dispute.denies) == {"هيئة الموانئ": ["لم يقع أي تصادم."]}
    assert dispute.open == ()


@pytest.mark.parametrize("pair", [(CRASHED, DENIED), (DENIED, CRASHED)])
def test_whoever_denies_stands_on_the_denying_side(pair):
    (dispute,) = gather([against(*pair)], [])
    assert list(told(dispute.asserts)) == ["Polisi"]
    assert list(told(dispute.denies)) == ["هيئة الموانئ"]


def test_the_issue_is_the_bare_claim_in_one_line():
    quoted = side("Polisi: dua feri\nbertabrakan.", "Polisi", claim="dua feri\n bertabrakan", article="1")
    assert gather([against(DENIED, quoted)], [])[0].issue == "dua feri bertabrakan"


def test_contradictions_about_other_things_are_other_disputes():
    dead, none_dead = side("Seven died.", "Police", article="6"), side("Nobody died.", "the hospital", article="7")
    first, second = gather([against(CRASHED, DENIED, 0.9), against(dead, none_dead, 0.6)], [])
    assert (first.id, first.score, second.id, second.score) == (0, 0.9, 1, 0.6)
    assert told(second.asserts) == {"Police": ["Seven died."]}
    assert told(second.denies) == {"the hospital": ["Nobody died."]}


@pytest.mark.parametrize(
    "pairs", list(permutations((one, other) for one in (CRASHED, CRASHED_TOO) for other in (DENIED, DENIED_TOO)))
)
def test_two_against_two_are_one_dispute_whichever_pair_is_strongest(pairs):
    (dispute,) = gather([against(*pair, 0.9 - 0.1 * at) for at, pair in enumerate(pairs)], [])
    assert set(told(dispute.asserts)) == {"Polisi", "해경"}
    assert set(told(dispute.denies)) == {"هيئة الموانئ", "die Reederei"}


def test_a_dispute_is_told_once_even_if_its_sides_were_named_the_other_way_round():
    # Nobody denies, so that the first article of the strongest pair is the one that asserts.
    dry, dry_too = side("The lake is dry.", "the farmers", article="1"), side("Danau kering.", "warga", article="4")
    full, full_too = side("The lake is full.", "the dam", article="2"), side("호수가 가득 찼다.", "시장", article="3")
    pairs = [(dry, full), (full_too, dry_too), (dry, full_too), (full, dry_too)]
    (dispute,) = gather([against(*pair, 0.9 - 0.1 * at) for at, pair in enumerate(pairs)], [])
    assert set(told(dispute.asserts)) == {"the farmers", "warga"}
    assert set(told(dispute.denies)) == {"the dam", "시장"}


def test_no_contradiction_is_left_out_and_no_side_at_odds_with_itself_where_two_sides_do_not_suffice():
    one, two, three = (side(f"{count} died.", f"source {count}", article=str(count)) for count in (12, 15, 19))
    disputes = gather([against(one, two, 0.9), against(two, three, 0.8), against(one, three, 0.7)], [])
    sides = [(*told(dispute.asserts), *told(dispute.denies)) for dispute in disputes]
    assert sides == [("source 12", "source 15"), ("source 15", "source 19"), ("source 12", "source 19")]


def test_those_who_agree_join_their_side():
    (dispute,) = gather([against(CRASHED, DENIED)], [agree(CRASHED_TOO, CRASHED), agree(DENIED, DENIED_TOO)])
    assert set(told(dispute.asserts)) == {"Polisi", "해경"}
    assert set(told(dispute.denies)) == {"هيئة الموانئ", "die Reederei"}


@pytest.mark.parametrize("nearer", [CRASHED, DENIED])
@pytest.mark.parametrize("step", [1, -1])
def test_a_statement_joins_the_side_that_it_agrees_with_most(nearer, step):
    torn = side("It was a collision, or was it?", "the pilot", article="6")
    links = [agree(torn, other, 0.9 if other is nearer else 0.6) for other in (CRASHED, DENIED)]
    (dispute,) = gather([against(CRASHED, DENIED)], links[::step])
    own, others = (dispute.asserts, dispute.denies) if nearer is CRASHED else (dispute.denies, dispute.asserts)
    assert "the pilot" in told(own)
    assert "the pilot" not in told(others)


@pytest.mark.parametrize("step", [1, -1])
def test_who_agrees_with_one_that_joined_joins_too(step):
    witness = side("I saw them collide.", "a fisherman", article="6")
    links = [agree(witness, CRASHED_TOO, 0.8), agree(CRASHED_TOO, CRASHED, 0.7)]
    (dispute,) = gather([against(CRASHED, DENIED)], links[::step])
    assert set(told(dispute.asserts)) == {"Polisi", "해경", "a fisherman"}


def test_nobody_joins_those_whom_another_contradiction_sets_against_them():
    one, two, three = (side(f"{count} died.", f"source {count}", article=str(count)) for count in (12, 15, 19))
    many = side("Many died.", "a nurse", article="20")
    contradictions = [against(one, two, 0.9), against(two, three, 0.8), against(one, three, 0.7)]
    disputes = gather(contradictions, [agree(many, three), agree(many, two, 0.8)])
    sides = [(set(told(dispute.asserts)), set(told(dispute.denies))) for dispute in disputes]
    assert sides == [
        ({"source 12"}, {"source 15", "a nurse"}),
        ({"source 15"}, {"source 19", "a nurse"}),
        ({"source 12"}, {"source 19", "a nurse"}),
    ]


@pytest.mark.parametrize(
    "links", [[agree(CRASHED_TOO, CRASHED), agree(DENIED, DENIED_TOO)], [agree(CRASHED_TOO, CRASHED)]]
)
def test_who_contradicts_one_that_joined_stands_in_the_same_dispute(links):
    pairs = [against(CRASHED, DENIED), against(CRASHED_TOO, DENIED_TOO, 0.6)]
    (dispute,) = gather(pairs, links)
    assert set(told(dispute.asserts)) == {"Polisi", "해경"}
    assert set(told(dispute.denies)) == {"هيئة الموانئ", "die Reederei"}
    assert len(gather(pairs, [])) == 2


def test_agreement_on_something_else_adds_nobody():
    (dispute,) = gather([against(CRASHED, DENIED)], [agree(CRASHED_TOO, UNSURE)])
    assert set(told(dispute.asserts)) == {"Polisi"}


def test_agreement_does_not_move_anybody_to_the_other_side():
    (dispute,) = gather([against(CRASHED, DENIED)], [agree(CRASHED, DENIED)])
    assert set(told(dispute.denies)) == {"هيئة الموانئ"}


def test_who_leaves_it_open_stands_apart_and_brings_nobody_along():
    links = [
        Link(DENIED, UNSURE, leaves_open=True, agreement=0.9),
        agree(UNSURE, side("Nobody knows.", "the crew", "open", "8")),
    ]
    (dispute,) = gather([against(CRASHED, DENIED)], links)
    assert told(dispute.open) == {"the ministry": ["It is unclear whether they collided."]}
    assert set(told(dispute.denies)) == {"هيئة الموانئ"}


def test_what_is_left_open_does_not_join_through_the_one_who_does_so():
    links = [Link(side("Seven died.", "Police", article="6"), CRASHED, leaves_open=True, agreement=0.9)]
    (dispute,) = gather([against(CRASHED, DENIED)], links)
    assert set(told((*dispute.asserts, *dispute.denies, *dispute.open))) == {"Polisi", "هيئة الموانئ"}


def test_names_of_one_holder_are_one_position():
    named = [("NIS", "1"), ("National Intelligence Service (NIS)", "2"), ("NIS", "4"), ("Police", "5")]
    claims = [side(f"They met, says {name}.", name, article=article) for name, article in named]
    (dispute,) = gather([against(claim, DENIED) for claim in claims[::-1]], [])
    one, other = dispute.asserts
    assert (one.holder, one.names) == ("NIS", ("NIS", "National Intelligence Service (NIS)"))
    assert [each.article.id for each in one.sides] == ["1", "2", "4"]
    assert (other.holder, other.names) == ("Police", ("Police",))


def test_a_short_name_does_not_join_two_holders():
    named = ["the ministry", "Ministry of Health", "Ministry of Defence"]
    claims = [side("It was shut.", name, article=f"a{number}") for number, name in enumerate(named)]
    (dispute,) = gather([against(claim, DENIED) for claim in claims], [])
    owners = {name: number for number, position in enumerate(dispute.asserts) for name in position.names}
    assert set(owners) == set(named)
    assert owners["Ministry of Health"] != owners["Ministry of Defence"]


def test_each_article_that_speaks_for_itself_is_a_voice_of_its_own():
    own = [side("It burned.", None, article="1"), side("It burned down.", None, article="1", start=40)]
    other = side("The mill burned.", None, article="2")
    (dispute,) = gather([against(each, DENIED) for each in (*own, other)], [])
    assert [(position.holder, position.names) for position in dispute.asserts] == [(None, ())] * 2
    assert [[each.statement.start for each in position.sides] for position in dispute.asserts] == [[0, 40], [0]]


def test_a_reprint_is_the_same_statement_wherever_a_pair_has_it():
    first, second = Place("1", 0, 11), Place("2", 7, 18)
    here = side("It burned. ", "Police", article="1", also=(second,))
    there = side("It burned. ", "Police", article="2", start=7, also=(first,))
    (dispute,) = gather([against(here, DENIED), against(there, DENIED_TOO, 0.8)], [])
    assert told(dispute.asserts) == {"Police": ["It burned. "]}
    assert len(told(dispute.denies)) == 2


def test_nothing_to_gather():
    assert gather([], [agree(CRASHED, CRASHED_TOO)]) == ()


def verdict(contradiction=0.1, update=0.1, agreement=0.9):
    return Verdict(contradiction, update, agreement, "other", "")


def test_a_verdict_links_those_who_agree():
    assert link_of(CRASHED, CRASHED_TOO, verdict()) == agree(CRASHED, CRASHED_TOO)
    assert link_of(DENIED, DENIED_TOO, verdict()) == agree(DENIED, DENIED_TOO)


@pytest.mark.parametrize("pair", [(CRASHED, UNSURE), (UNSURE, CRASHED)])
def test_a_verdict_links_who_leaves_open_to_what_is_left_open(pair):
    assert link_of(*pair, verdict()) == Link(CRASHED, UNSURE, leaves_open=True, agreement=0.9)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((CRASHED, CRASHED_TOO), verdict(agreement=0.4)),
        ((CRASHED, CRASHED_TOO), verdict(contradiction=0.3, update=0.3)),
        ((UNSURE, CRASHED), verdict(contradiction=0.6)),
        ((CRASHED, DENIED), verdict()),
    ],
)
def test_a_verdict_that_tells_of_no_agreement_links_nothing(pair, said):
    assert link_of(*pair, said) is None


def test_disputes_of_several_sets_are_numbered_by_strength():
    scores = {"a": 0.5, "b": 0.9, "c": 0.5, "d": 0.7}
    disputes = [Dispute(name, at, name, score, (), (), ()) for at, (name, score) in enumerate(scores.items())]
    found = renumbered(disputes)
    assert [(each.id, each.set) for each in found] == [(0, "b"), (1, "d"), (2, "a"), (3, "c")]
