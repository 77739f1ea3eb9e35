from dataclasses import replace

import pytest

from contradict.attribution import attribute
from contradict.records import Article, Attribution, Side, Statement
from contradict.verdict import explain


def side(text, language="en"):
    statement = Statement("a", text, 0, len(text), language)
    return Side(Article("a", text), statement, attribute(statement))


@pytest.mark.parametrize(
    ("a", "b", "kind", "evidence"),
    [
        ("Police closed the bridge.", "The mayor denied that it was closed.", "denial", "one side denies: “denied”"),
        ("The mayor denied it.", "The police denied it.", "other", ""),
        ("The mayor did not deny it.", "The police closed it.", "other", ""),
        ("The bridge is open.", "The bridge is closed.", "other", ""),
        ("Many people came.", "Some 3,000 people came.", "other", ""),
    ],
)
def test_kind_and_evidence(a, b, kind, evidence):
    assert explain(side(a), side(b)) == (kind, evidence)
    assert explain(side(b), side(a)) == (kind, evidence)


def test_stance_and_cue_are_those_of_the_attribution():
    report, other = side("The minister waved the report away."), side("The report is true.")
    assert explain(report, other) == ("other", "")
    told = replace(report, attribution=Attribution(stance="denies", cue="waved the report away"))
    assert explain(told, other) == ("denial", "one side denies: “waved the report away”")
    assert explain(replace(report, attribution=Attribution(stance="denies")), other) == ("denial", "one side denies")


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("About 1,500 people came, or 2.500 by another count.", "1,500, 2.500"),
        ("집회에 1,500명이 모였고 12명이 다쳤다.", "1,500, 12"),
        ("死者12,000人、3日間の停電。", "12,000, 3"),
        ("Each bag weighs 3.5kg.", "3.5"),
        ("数量は１２人。", "１２"),
        ("Sebanyak 10.000-15.000 orang hadir.", "10.000, 15.000"),
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
    ],
)
def test_figures_are_compared_by_value(a, b):
    assert explain(side(f"Total: {a} und mehr."), side(f"Total: {b} in all.")) == ("other", "")


@pytest.mark.parametrize(("a", "b"), [("1,5", "1,500"), ("5", "5 million"), ("5 ribu", "5 juta"), ("3만", "3")])
def test_figures_of_other_value_differ(a, b):
    assert explain(side(f"Total {a}."), side(f"Total {b}.")) == ("figure", f"figures differ: {a} against {b}")
