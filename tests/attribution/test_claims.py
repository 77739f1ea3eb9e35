import re
import subprocess
import sys

import numpy as np
import pytest

from contradict.attribution.claims import attribute
from contradict.attribution.reading import Reading
from contradict.attribution.windows import MODES, OUTPUTS, STANCES, TAGS
from contradict.records import Article, Attribution, Statement

ROLES = {"S": "source", "C": "cue", "T": "content"}


def read_as(*sentences, language="en", name="1"):
    """An article, its statements, and a reading of it, from `(marked text, stance, mode)`.

    Words are marked as "{S|source}", "{C|cue}" and "{T|content}"; each letter is a token.
    """
    text, statements, offsets, rows = "", [], [], []
    for marked, stance, mode in sentences:
        start = len(text)
        for part in re.split(r"(\{\w\|[^}]*\})", marked):
            role, words = (ROLES[part[1]], part[3:-1]) if part.startswith("{") else (None, part)
            for at, letter in enumerate(words):
                row = np.zeros(len(OUTPUTS), np.float32)
                row[TAGS.index(f"{'I' if at else 'B'}-{role}" if role else "O")] = 1
                row[len(TAGS) + STANCES.index(stance)] = 1
                row[len(TAGS) + len(STANCES) + MODES.index(mode)] = 1
                if not letter.isspace():
                    offsets.append((len(text) + at, len(text) + at + 1))
                    rows.append(row)
            text += words
        statements.append(Statement(name, text[start:], start, len(text), language))
        text += " "
    return Article(name, text, language=language), statements, Reading(np.array(offsets), np.array(rows))


def attributed(*sentences, **about):
    """What becomes of sentences that are each `(marked text, stance)`, or with a mode."""
    article, statements, reading = read_as(*((*each, "fact")[:3] for each in sentences), **about)
    return attribute(article, statements, reading)


MAYOR = ("{S|The mayor} {C|said} {T|the bridge was closed on Monday}.", "asserts")
POLICE = ("{S|Police} {C|say} {T|two boats sank near the harbour}.", "asserts")
REJECTS = ("{S|The company} {C|rejected} the accusation.", "denies")
PLAIN = ("Rain fell on the city all night.", "asserts")
CLOSED = "the bridge was closed on Monday"


@pytest.mark.parametrize(
    ("language", "marked", "found"),
    [
        (
            "en",
            "“{T|No patient has died},” {S|the hospital} {C|said}.",
            Attribution("the hospital", "asserts", "No patient has died", "said", "fact"),
        ),
        (
            "id",
            "{S|Kepala Dinas Perhubungan (Dishub)} {C|menyatakan} {T|kedua feri tidak bertabrakan}.",
            Attribution(
                "Kepala Dinas Perhubungan (Dishub)", "asserts", "kedua feri tidak bertabrakan", "menyatakan", "fact"
            ),
        ),
        (
            "ko",
            "{S|항만 당국}은 {T|두 여객선이 안개 속에서 충돌했다}고 {C|밝혔다}.",
            Attribution("항만 당국", "asserts", "두 여객선이 안개 속에서 충돌했다", "밝혔다", "fact"),
        ),
        (
            "ar",
            "{C|قالت} {S|هيئة الموانئ} إن {T|سبعة بحارة أصيبوا بجروح طفيفة}.",
            Attribution("هيئة الموانئ", "asserts", "سبعة بحارة أصيبوا بجروح طفيفة", "قالت", "fact"),
        ),
    ],
)
def test_who_says_what(language, marked, found):
    assert attributed((marked, "asserts"), language=language) == [found]


def test_the_claim_of_a_denial_is_what_is_denied():
    (denial,) = attributed(
        ("{S|Wali kota} {C|membantah} {T|jembatan itu ditutup sejak Senin}.", "denies"), language="id"
    )
    assert (denial.stance, denial.claim) == ("denies", "jembatan itu ditutup sejak Senin")


def test_an_article_speaks_for_itself():
    (own,) = attributed(PLAIN)
    assert own == Attribution(None, "asserts", PLAIN[0], None, "fact")


def test_the_mode_of_a_claim_is_told():
    (plan,) = attributed(("{S|The mayor} {C|said} {T|the bridge will open in May}.", "open", "plan"))
    assert (plan.stance, plan.mode) == ("open", "plan")


def test_a_quotation_in_two_parts_is_one_claim():
    (found,) = attributed(("“{T|No patient has died,}” {S|she} {C|said}, “{T|and none will}.”", "asserts"))
    assert found.claim == "No patient has died and none will"


@pytest.mark.parametrize(
    ("marked", "holder"),
    [
        ("{S|The may}or of Utown {C|said} {T|the bridge is shut}.", "The mayor"),
        ("{S|Ann} van {S|Reed} {C|said} {T|the bridge is shut}.", "Ann van Reed"),
        ("{S|국방부}는 {T|다리를 닫았다}고 {C|말했다}.", "국방부"),
        ("{S|मंत्र}ी ने {C|कहा} कि {T|पुल बंद है और नदी ऊपर है}.", "मंत्री"),
        ("{S|She}, {C|said} {S|Mayor Ann Reed}, {T|knew the bridge was shut}.", "Mayor Ann Reed"),
        ("{S|Police} {C|told} the city, as {S|Chief Ann Reed} put it, {T|that the bridge was shut}.", "Chief Ann Reed"),
    ],
)
def test_a_holder_is_named_in_whole_words_and_in_full(marked, holder):
    assert attributed((marked, "asserts"))[0].speaker == holder


def test_a_holder_takes_nothing_of_a_heading_that_is_glued_to_its_sentence():
    marked = "Points{S|Mayor Reed} {C|said} {T|the bridge was shut on Monday}."
    article, (whole,), reading = read_as((marked, "asserts", "fact"))
    start = len("Points")
    statement = Statement(article.id, article.text[start:], start, whole.end, "en")
    assert attribute(article, [statement], reading)[0].speaker == "Mayor Reed"


@pytest.mark.parametrize(
    ("marked", "claim"),
    [
        ("Today {T|the bridge was shut}, {S|the mayor} {C|said}.", "Today the bridge was shut"),
        ("{S|The mayor} {C|said} {T|the bridge was shut} today.", "the bridge was shut today"),
        ("{T|The brid}ge was {T|shut}, {S|the mayor} {C|said}.", "The bridge was shut"),
        ("{T|大桥已经关闭}，{S|市长}说{T|桥可能会塌}。", "大桥已经关闭 桥可能会塌"),
    ],
)
def test_a_claim_goes_to_the_end_of_its_sentence_but_not_past_its_holder(marked, claim):
    assert attributed((marked, "asserts"))[0].claim == claim


def test_few_words_do_not_stand_for_the_whole_statement():
    (found,) = attributed(
        ("{S|The mayor} {C|spoke} of {T|chaos} when the bridge over the river was closed.", "asserts")
    )
    assert found.claim == "The mayor spoke of chaos when the bridge over the river was closed."


@pytest.mark.parametrize(
    ("language", "named", "pronoun", "holder"),
    [
        ("en", "{S|Ann Reed} {C|said} {T|the bridge is shut}.", "{S|She} {C|added} {T|it may fall}.", "Ann Reed"),
        ("id", "{S|Pak Budi} {C|berkata} {T|jembatan ditutup}.", "{T|Banjir datang}, kata {S|dia}.", "Pak Budi"),
        ("ko", "{S|김 시장}은 {T|다리를 닫았다}고 {C|말했다}.", "{S|그는} {T|비가 왔다}고 {C|말했다}.", "김 시장"),
    ],
)
def test_a_pronoun_has_the_holder_named_before(language, named, pronoun, holder):
    found = attributed((named, "asserts"), PLAIN, (pronoun, "asserts"), language=language)
    assert [each.speaker for each in found] == [holder, None, holder]


def test_a_pronoun_for_nobody_names_nobody():
    assert attributed(("{S|She} {C|said} {T|it may fall}.", "asserts"))[0].speaker is None


def test_a_quotation_that_goes_on_has_the_holder_of_the_last():
    _, goes_on, mentions = attributed(
        MAYOR,
        ("“{T|It will stay closed}.”", "asserts"),
        ("The “{T|chaos}” in the city lasted until Friday.", "asserts"),
    )
    assert goes_on.speaker == "The mayor"
    assert mentions.speaker is None


@pytest.mark.parametrize(
    ("before", "claim"),
    [
        ([MAYOR], CLOSED),
        ([POLICE, MAYOR], CLOSED),  # the nearest
        ([PLAIN], PLAIN[0]),
        ([MAYOR, ("{S|The company} {C|says} {T|the bridge is old}.", "asserts")], CLOSED),  # not its own
        ([MAYOR, ("{S|Police} {C|cannot confirm} {T|that two boats sank}.", "open")], CLOSED),  # nobody asserts that
        ([MAYOR, REJECTS, REJECTS], CLOSED),
        ([MAYOR, REJECTS, REJECTS, REJECTS], None),  # too far back
        ([], None),
    ],
)
def test_a_denial_that_points_back_is_of_what_another_asserts(before, claim):
    denial = attributed(*before, REJECTS)[-1]
    assert (denial.speaker, denial.stance, denial.claim) == ("The company", "denies", claim)


def test_knowing_holders_loads_no_tagger():
    code = "import sys, contradict.attribution, contradict.disputes; print('torch' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
