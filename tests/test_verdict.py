from dataclasses import replace
from decimal import Decimal

import pytest

from contradict.figures import find_figures
from contradict.records import Article, Attribution, Judgement, Probabilities, Side, Statement
from contradict.verdict import explain, features, judge_pair, why_update

CONFLICT, AGREEMENT, NOTHING = ((0.02, 0.03, 0.95), (0.95, 0.03, 0.02), (0.02, 0.96, 0.02))


def side(text, **known):
    article = Article("a", text, published=known.pop("published", None))
    return Side(article, Statement("a", text, 0, len(text), "en"), Attribution(**known))


def judged(probabilities):
    return Judgement(Probabilities(*probabilities), Probabilities(*probabilities))


DENIAL = side(
    "Police denied that it was closed.", speaker="Police", stance="denies", claim="it was closed", cue="denied"
)
ASSERTION = side(
    "The bridge was closed, the mayor said.", speaker="the mayor", stance="asserts", claim="The bridge was closed"
)


def test_a_denial_of_what_another_asserts_is_a_contradiction_of_that_kind():
    evidence = "Police denies: “denied”"
    assert explain(DENIAL, ASSERTION) == explain(ASSERTION, DENIAL) == ("denial", evidence)
    assert explain(DENIAL, DENIAL)[0] == "other"
    nameless = replace(DENIAL, attribution=Attribution(stance="denies"))
    assert explain(nameless, ASSERTION) == ("denial", "one side denies")


def test_the_order_of_the_sides_does_not_matter():
    judgements = judged(NOTHING), judged(AGREEMENT)
    assert features(DENIAL, ASSERTION, *judgements, 0.9) == features(ASSERTION, DENIAL, *judgements, 0.9)


def test_what_one_denies_and_another_asserts_scores_above_what_both_assert():
    both = replace(DENIAL, attribution=replace(DENIAL.attribution, stance="asserts"))
    denied, asserted = (judge_pair(one, ASSERTION, judged(NOTHING), judged(AGREEMENT), 0.9) for one in (DENIAL, both))
    assert denied.contradiction > asserted.contradiction
    assert denied.agreement == asserted.agreement == pytest.approx(0.95)


def test_sentences_that_entail_each_other_neither_contradict_nor_replace_each_other():
    verdict = judge_pair(DENIAL, ASSERTION, judged(AGREEMENT), judged(CONFLICT), 0.1)
    assert (verdict.contradiction, verdict.update) == (0, 0)
    one_way = Judgement(Probabilities(*AGREEMENT), Probabilities(*NOTHING))
    assert judge_pair(DENIAL, ASSERTION, one_way, judged(CONFLICT), 0.1).contradiction > 0


def test_claims_that_conflict_score_above_claims_that_do_not():
    other = side("The bridge was open all day, drivers said.", speaker="drivers", stance="asserts")
    high, low = (judge_pair(ASSERTION, other, judged(p), judged(p), 0.9).contradiction for p in (CONFLICT, NOTHING))
    assert high > low


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ("2025-03-03T08:00:00+07:00", "2025-03-05", "a (2025-03-05) is later than a (2025-03-03)"),
        ("2025-03-04T00:30+09:00", "2025-03-03T23:00-05:00", "a (2025-03-04) is later than a (2025-03-03)"),
        ("2025-03-04T00:30+09:00", "2025-03-03T12:00+00:00", "order unknown: both of 2025-03-03"),
        ("2025-03-03T12:00+00:00", "0001-01-01T00:00:00+07:00", "order unknown: no date for a"),
        ("2025-03-03", None, "order unknown: no date for a"),
        ("2025-03-03", "soon", "order unknown: no date for a"),
        ("2025-03-03", "2025-03-03T20:00", "order unknown: both of 2025-03-03"),
    ],
)
def test_the_order_of_an_update_is_told_by_the_dates_or_said_to_be_unknown(first, second, order):
    assert why_update(side("12 died.", published=first), side("19 died.", published=second)) == order


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("About 1,500 people came, or 2.500 by another count.", "1,500, 2.500"),
        ("집회에 1,500명이 모였고 12명이 다쳤다.", "1,500, 12"),
        ("死者12,000人、3日間の停電。", "12,000, 3"),
        ("Each bag weighs 3.5kg.", "3.5"),
        ("数量は１２人。", "１２"),
        ("Sebanyak 10.000-15.000 orang hadir.", "10.000-15.000"),
        ("Kerugian Rp1,5 triliun atau US$100 juta.", "1,5 triliun, 100 juta"),
        ("피해액은 1만 2,000달러였다.", "1만 2,000"),
        ("A 15-year-old won.", "15"),
        ("손님 2000명이 왔다.", "2000"),
        ("The 1st, 2nd, 3rd, 12th and 1,200th came, le 1er, el 2º, yang ke-4, 5-й, 第6回, 제7차 8번째.", None),
        ("On 21/10/2024, 2024-10-21, 21.10.2024, at 10:30, 5pm or 10h30.", None),
        ("2024년 10월 8일, 2024年10月8日 10時30分, 오전 10시.", None),
        ("In 1999 and the 1990s; ٢٠٢٤.", None),
        ("Flight MH17, an F-16, a KN-23, a 2S19 and COVID-19.", None),
        ("航班MH17坠毁。", None),
    ],
)
def test_what_a_figure_is(text, figures):
    told = ("other", "") if figures is None else ("figure", f"figures differ: {figures} against 987")
    assert explain(side(text), side("There were 987.")) == told


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1,500", "1.500"),
        ("1,500", "1\u202f500"),
        ("1,500", "1\u00a0500"),
        ("1500", "1 500"),
        ("1,50,000", "150.000"),
        ("1.500,5", "1,500.50"),
        ("2,5", "2.50"),
        ("١٢٣", "123"),
        ("१२", "12"),
        ("1,5 juta", "1.5 million"),
        ("150万", "1,500,000"),
        ("1만 2,000", "12,000"),
        ("3 mil millones", "3 billion"),
        ("2 млн", "2 миллиона"),
        ("5.000", "5 BİN"),
    ],
)
def test_figures_are_compared_by_value(a, b):
    assert explain(side(f"Total: {a} und mehr."), side(f"Total: {b} in all.")) == ("other", "")


@pytest.mark.parametrize(("a", "b"), [("1,5", "1,500"), ("5", "5 million"), ("5 ribu", "5 juta"), ("3만", "3")])
def test_figures_of_other_value_differ(a, b):
    assert explain(side(f"Total {a}."), side(f"Total {b}.")) == ("figure", f"figures differ: {a} against {b}")


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ko", "2천500만", 25_000_000),
        ("ko", "1천200만원", 12_000_000),
        ("ko", "3천200억원", 320_000_000_000),
        ("ko", "2억5천만", 250_000_000),
        ("en", "$500m", 500_000_000),
        ("en", "$1.2tn", 1_200_000_000_000),
        ("en", "500m", 500),
        ("en", "SGD100 million", 100_000_000),
        ("en", "GBP5bn", 5_000_000_000),
        ("en", "US$5", 5),
        ("th", "12 ล้านคน", 12_000_000),
        ("ar", "12 مليوناً", 12_000_000),
        ("uk", "12 тисяч", 12_000),
        ("hi", "12 अरब", 12_000_000_000),
        ("el", "12 χιλιάδες", 12_000),
        ("he", "12 מיליארד", 12_000_000_000),
        ("bg", "12 милиона", 12_000_000),
        ("en", "10 billion", 10**10),
        ("de", "10 Billionen", 10**13),
        ("fr", "10 billions", 10**13),
        ("en", "0.125 percent", Decimal("0.125")),
        ("en", "0.005", Decimal("0.005")),
    ],
)
def test_the_value_of_a_figure(language, text, value):
    assert list(find_figures(text, language)) == [value]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It sank on 21 October, on October 21, 2024, on 10-12 October or on 12 May."),
        ("de", "Am 21. Oktober."),
        ("ru", "21 октября"),
        ("es", "El 21 de octubre."),
        ("ar", "21 أكتوبر"),
        ("id", "Pada 21 Oktober."),
        ("en", "They lost 1-3 in 2019-2021 on a Boeing 737-800, flight 021-555."),
    ],
)
def test_dates_scores_and_types_are_no_figures(language, text):
    assert not find_figures(text, language)


@pytest.mark.parametrize(
    ("language", "text", "low", "high"),
    [
        ("en", "12 may have died", 12, 12),
        ("en", "by May 12 million", 12_000_000, 12_000_000),
        ("en", "10-20 people", 10, 20),
        ("en", "10–20 million", 10_000_000, 20_000_000),
        ("en", "between 10 and 20", 10, 20),
        ("id", "150-200 orang", 150, 200),
        ("id", "tidak kurang dari 12", 12, "Infinity"),
        ("en", "not less than 12", 12, "Infinity"),
        ("en", "not more than 12", 0, 12),
        ("de", "nicht mehr als 12", 0, 12),
        ("es", "no más de 12", 0, 12),
        ("fr", "pas plus de 12", 0, 12),
        ("ru", "не менее 12", 12, "Infinity"),
        ("ru", "более 12", Decimal("12.000001"), "Infinity"),
        ("en", "fewer than 12", 0, Decimal("11.999999")),
        ("en", "up to 12", 0, 12),
        ("en", "more than $12", Decimal("12.000001"), "Infinity"),
        ("id", "lebih dari Rp12", Decimal("12.000001"), "Infinity"),
        ("ko", "12명 이상", 12, "Infinity"),
        ("ja", "12人未満", 0, Decimal("11.999999")),
        ("de", "gegenüber 12", 12, 12),
        ("en", "Moreover 12", 12, 12),
        ("zh", "条约12", 12, 12),
    ],
)
def test_what_a_figure_allows(language, text, low, high):
    (figure,) = find_figures(text, language).values()
    assert (figure.low, figure.high) == (Decimal(low), Decimal(high))
