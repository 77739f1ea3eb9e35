from __future__ import annotations

import re

import numpy as np
import pytest

from contradict.cli import main
from contradict.marks import MARKED, MOST_LEFT_OUT, Mark, PairMarks, find_marks, mark_strongest
from contradict.unspaced import AFTER, BEFORE, CHARACTER
from report_samples import make_article, make_contradiction, make_side


class Judge:
    """Sees a conflict where one text has one of its words and the other text the other, and less with words missing."""

    def __init__(self, one, other, needed=(), drop=0.1, both_ways=True):
        self.words, self.needed, self.drop, self.both_ways = (one, other), needed, drop, both_ways
        self.asked = []

    def __call__(self, pairs):
        self.asked += pairs
        scores = np.array([self.score(a, b) for a, b in pairs], np.float32)
        return np.column_stack([np.zeros_like(scores), 1 - scores, scores])

    def score(self, a, b):
        assert a.strip()
        assert b.strip()
        one, other = self.words
        forward, backward = one in a and other in b, other in a and one in b
        if not (forward or (backward and self.both_ways)):
            return 0.1
        missing = sum(word not in a + b for word in self.needed)
        return 0.9 - self.drop * missing


def marked(pair, marks):
    return tuple([text[mark.start : mark.end] for mark in side] for text, side in zip(pair, marks, strict=True))


def words_of(pair, judge):
    (found,) = find_marks([pair], judge)
    return marked(pair, (found.a, found.b))


def test_the_words_without_which_there_is_no_conflict_are_marked_at_their_places():
    pair = ("Police say the bridge was closed.", "It stayed open, drivers said.")
    (found,) = find_marks([pair], Judge("closed", "open"))
    assert found == PairMarks((Mark(26, 32, pytest.approx(8 / 9)),), (Mark(10, 14, pytest.approx(8 / 9)),))


def test_each_pair_has_its_own_marks():
    pairs = [("It is closed.", "It is open."), ("Nothing here.", "Nothing there."), ("He is open.", "She is closed.")]
    found = find_marks(pairs, Judge("closed", "open"))
    assert [marked(pair, (one.a, one.b)) for pair, one in zip(pairs, found, strict=True)] == [
        (["closed"], ["open"]),
        ([], []),
        (["open"], ["closed"]),
    ]


def test_a_word_with_which_too_little_goes_is_not_marked():
    pair = ("The old bridge was closed.", "It stayed open.")
    assert words_of(pair, Judge("closed", "open", needed=["old"], drop=0.2)) == (["closed"], ["open"])
    assert words_of(pair, Judge("closed", "open", needed=["old"], drop=0.25)) == (["old", "closed"], ["open"])


def test_nothing_is_marked_where_the_conflict_hangs_on_no_single_word():
    pair = ("It was closed, closed for good.", "It stayed open, wide open.")
    assert words_of(pair, Judge("closed", "open")) == ([], [])


def test_both_directions_count():
    pair = ("It was closed.", "They found no entry open.")
    assert words_of(pair, Judge("closed", "open", both_ways=False)) == (["closed"], ["open"])
    (one_way,) = find_marks([pair], Judge("closed", "open", both_ways=False))
    assert one_way.a[0].weight == pytest.approx(0.8)  # of the mean of 0.9 and 0.1, 0.1 is left


def test_words_that_stand_in_both_texts_are_passed_over():
    pair = ("The Bridge was closed.", "The bridge was open.")
    judge = Judge("closed", "open", needed=["was"], drop=0.5)
    assert words_of(pair, judge) == (["closed"], ["open"])
    assert len(judge.asked) == 2 * 3


@pytest.mark.parametrize(
    ("one", "other", "is_passed_over"),
    [
        ("Russia's", "Russia", True),
        ("북한군의", "북한군", True),
        ("pasukannya", "pasukan", True),
        ("nothing", "not", False),
        ("1500", "15000", False),
        ("closed", "close-up", False),
    ],
)
def test_a_word_with_another_ending_is_the_same_word(one, other, is_passed_over):
    found = words_of((f"They saw {one} there.", f"He spoke of {other} again."), Judge(one, other))
    assert found == (([], []) if is_passed_over else ([one], [other]))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('They said "closed", he wrote.', "closed"),
        ("Shut—closed—for a year.", "closed"),
        ("It fell by 12,000 (a third).", "12,000"),
        ("It fell by $1.5 in a day.", "$1.5"),
        ("We met the vice-president there.", "vice-president"),
        ("नदी पर बना पुल बंद था।", "बंद"),
        ("강 위의 다리는 폐쇄되었다.", "폐쇄되었다"),
        ("كان الجسر مغلقا صباحا.", "مغلقا"),
    ],
)
def test_a_mark_is_a_word_without_what_stands_around_it(text, word):
    pair = (text, "It was open.")
    assert words_of(pair, Judge(word, "open")) == ([word], ["open"])


def presence(word, text):
    """Of a word in a script without spaces: 1 if it stands in the text, less if a part of it does."""
    characters = CHARACTER.findall(word)
    if re.search(f"(?<![{BEFORE}]){word}", text):
        return 1
    return 0.3 if any(re.search(f"(?<![{BEFORE}]){character}(?![{AFTER}])", text) for character in characters) else 0


@pytest.mark.parametrize(
    ("a", "b", "one", "other"),
    [
        ("周一早上河上的大桥关闭了。", "周一早上河上的大桥对车辆开放。", "关闭", "开放"),
        ("月曜日の朝、橋は閉鎖されていた。", "月曜日の朝、橋は車に開放された。", "閉鎖", "開放"),
        ("ประตูเมืองปิดแล้ว", "ประตูเมืองเปิดแล้ว", "ปิ", "เปิ"),
        ("ປະຕູປິດແລ້ວ", "ປະຕູເປີດແລ້ວ", "ປິ", "ເປີ"),
        ("တံတားကို ပိတ်ထားသည်။", "တံတားကို ဖွင့်ထားသည်။", "ပိတ်", "ဖွင့်"),
        ("ស្ពានត្រូវបានបិទ", "ស្ពានត្រូវបានបើក", "បិ", "បើ"),
        ("工厂在2019年关闭。", "工厂在2021年关闭。", "2019", "2021"),
    ],
)
def test_scripts_without_spaces_need_no_dictionary(a, b, one, other):
    def judge(pairs):
        conflict = [max(presence(one, x) * presence(other, y), presence(other, x) * presence(one, y)) for x, y in pairs]
        return np.array([[0, 1 - score, score] for score in conflict], np.float32)

    (a_word,), (b_word,) = words_of((a, b), judge)
    for found, word, text in ((a_word, one, a), (b_word, other, b)):
        assert word in found or found in word
        assert len(CHARACTER.findall(found)) <= max(2, len(CHARACTER.findall(word)))
        assert not re.search(f"[{BEFORE}]{found}|{found}[{AFTER}]", text)


def test_characters_that_stand_in_both_texts_with_a_neighbour_are_passed_over():
    pair = ("河上大桥关闭。", "周一大桥开放。")
    judge = Judge("关闭", "开放", needed=["河上"], drop=0.4)
    assert words_of(pair, judge) == (["河上", "关闭"], ["开放"])
    assert words_of(pair, Judge("大桥", "开放")) == ([], ["开放"])


def test_a_vowel_is_never_parted_from_its_letter():
    asked = []

    def judge(pairs):
        asked.extend(pairs)
        return np.full((len(pairs), 3), 1 / 3, np.float32)

    find_marks([("รัฐมนตรีไม่ได้ลงนาม", "no")], judge)
    rests = {first for first, _ in asked} - {"no"}
    assert len(rests) == 12
    assert all(re.fullmatch("(รั|ฐ|ม|น|ต|รี|ไม่|ได้|ล|ง|นา)+", rest) for rest in rests)


def test_a_long_text_is_left_out_several_words_at_a_time():
    words = [f"word{n}" for n in range(100)]
    words[61] = "closed"
    judge = Judge("closed", "open")
    a_words, b_words = words_of((" ".join(words), "It was open."), judge)
    assert "closed" in a_words
    assert len(a_words) <= 5
    assert b_words == ["open"]
    assert len(judge.asked) == 2 * (1 + MOST_LEFT_OUT + 3)


def test_a_text_of_one_word_is_not_left_out_whole():
    assert words_of(("Closed.", "The whole line is open!"), Judge("Closed", "open")) == ([], ["open"])


def test_all_is_asked_at_one_time_and_nothing_for_nothing():
    calls = []

    def judge(pairs):
        calls.append(len(pairs))
        return np.full((len(pairs), 3), 1 / 3, np.float32)

    find_marks([("One is here.", "Two are there.")] * 5, judge)
    assert len(calls) == 1
    assert find_marks([], judge) == []
    assert len(calls) == 1


def test_only_the_strongest_contradictions_are_marked():
    text = "The gate was closed. The gate was open."
    article = make_article("gate", text)
    found = [
        make_contradiction(make_side(article, "The gate was closed."), make_side(article, "The gate was open."))
    ] * (MARKED + 3)
    marks = mark_strongest(found, Judge("closed", "open"))
    assert len(marks) == MARKED
    assert marks[-1].a == (Mark(13, 19, pytest.approx(8 / 9)),)
    assert len(mark_strongest(found[:2], Judge("closed", "open"))) == 2


def test_a_scan_marks_words_in_a_page_and_judges_nothing_twice_for_other_formats(
    toy_nli, toy_encoder, tmp_path, monkeypatch
):
    judge = Judge("ditutup", "dibuka")
    monkeypatch.setattr("contradict.nli.NLI.predict", lambda nli, pairs, *_: judge(pairs))
    for name, text in (("a", "Jembatan di kota itu ditutup."), ("b", "Jembatan lama itu dibuka polisi.")):
        (tmp_path / f"{name}.txt").write_text(text)
    toys = ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--bare-sentences", "--device", "cpu", "--quiet"]
    articles = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert main(["scan", *articles, *toys, "--out", str(tmp_path / "found.jsonl")]) == 0
    assert len(judge.asked) == 2
    assert main(["scan", *articles, *toys, "--out", str(tmp_path / "found.html")]) == 0
    page = (tmp_path / "found.html").read_text(encoding="utf-8")
    assert re.findall('<mark class="word" [^>]*>([^<]+)<', page) == ["ditutup", "dibuka"]


# Pairs of one's own, in which a few words make the conflict; the model need not see each.
PAIRS = [
    ("The factory burnt down on Friday.", "On Friday the factory was not damaged at all.", "burnt|down", "not|damaged"),
    ("The court convicted the mayor.", "The court acquitted the mayor.", "convicted", "acquitted"),
    ("The rebels accepted the truce.", "The rebels rejected the truce.", "accepted", "rejected"),
    ("Forty miners were rescued.", "Nobody was rescued from the mine.", "Forty", "Nobody"),
    ("Pabrik itu tidak terbakar.", "Pabrik itu terbakar pada hari Jumat.", "tidak", "terbakar|Jumat|hari"),
    ("Pemberontak menolak gencatan senjata.", "Pemberontak menerima gencatan senjata.", "menolak", "menerima"),
    ("Das Gericht hat den Bürgermeister verurteilt.", "Das Gericht hat den Bürgermeister freigesprochen.", "verurteilt", "freigesprochen"),  # noqa: E501
    ("Les rebelles ont refusé la trêve.", "Les rebelles ont accepté la trêve.", "refusé", "accepté"),
    ("Los rebeldes rechazaron la tregua.", "Los rebeldes aceptaron la tregua.", "rechazaron", "aceptaron"),
    ("Суд оправдал мэра.", "Суд признал мэра виновным.", "оправдал", "признал|виновным"),
    ("المتمردون رفضوا الهدنة.", "المتمردون قبلوا الهدنة.", "رفضوا", "قبلوا"),
    ("विद्रोहियों ने युद्धविराम ठुकरा दिया।", "विद्रोहियों ने युद्धविराम मान लिया।", "ठुकरा|दिया", "मान|लिया"),
    ("반군은 휴전을 거부했다.", "반군은 휴전을 받아들였다.", "거부했다", "받아들였다"),
    ("叛军拒绝停火。", "叛军接受了停火。", "拒绝", "接受"),
    ("法院没有判市长有罪。", "法院判市长有罪。", "没有", "判"),
    ("反乱軍は停戦を拒否した。", "反乱軍は停戦を受け入れた。", "拒否", "受け入れ"),
    ("กลุ่มกบฏปฏิเสธการหยุดยิง", "กลุ่มกบฏยอมรับการหยุดยิง", "ปฏิเสธ", "ยอมรับ"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.embedded
def test_the_embedded_model_finds_the_words_of_conflict_in_many_languages():
    from contradict.nli import NLI

    found = find_marks([(a, b) for a, b, *_ in PAIRS], NLI().predict)
    sides = [
        (text, side, words)
        for (a, b, one, other), marks in zip(PAIRS, found, strict=True)
        for text, side, words in ((a, marks.a, one), (b, marks.b, other))
    ]
    marks = [(text[mark.start : mark.end], words) for text, side, words in sides for mark in side]
    right = [mark for mark, words in marks if re.search(words, mark) or any(mark in word for word in words.split("|"))]
    assert len(right) >= len(PAIRS) / 2
    assert len(right) >= 0.8 * len(marks)
