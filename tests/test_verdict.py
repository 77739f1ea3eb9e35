import pytest

from contradict.records import Article, Attribution, Side, Statement
from contradict.verdict import explain


def side(text, language="en"):
    return Side(Article("a", text), Statement("a", text, 0, len(text), language), Attribution())


@pytest.mark.parametrize(
    ("a", "b", "kind", "evidence"),
    [
        ("Police closed the bridge.", "The mayor denied that it was closed.", "denial", "one side denies: “denied”"),
        ("The mayor denied it.", "The police denied it.", "other", ""),
        ("About 1,500 people came.", "Some 3.000 people came.", "figure", "figures differ: 1,500 against 3.000"),
        ("In 2023, 40 people came.", "In 2024, 40 people came.", "other", ""),
        ("It opened in 1999.", "It opened in 2004.", "other", ""),
        ("Flight MH17 was hit.", "It was hit by 2 missiles.", "other", ""),
        ("On 21/10/2024 one train ran.", "Trains ran at 10:30.", "other", ""),
        ("The bridge is open.", "The bridge is closed.", "other", ""),
    ],
)
def test_kind_and_evidence(a, b, kind, evidence):
    assert explain(side(a), side(b)) == (kind, evidence)
    assert explain(side(b), side(a))[0] == kind
