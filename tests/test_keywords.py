from __future__ import annotations

import pytest

from contradict.keywords import KEYWORDS, find_keywords
from contradict.records import Statement


def topic(language, *texts):
    return [Statement("a", text, 0, len(text), language) for text in texts]


def test_keywords_mark_a_topic_off_from_the_others():
    flood = topic("en", "The river flooded the town.", "A river wall broke near the town.")
    vote = topic("en", "The town counted its ballots.", "Most ballots in the town were valid.")
    first, second = find_keywords([flood, vote])
    assert first[0] == "river"
    assert second[0] == "ballots"


@pytest.mark.parametrize(
    ("language", "text", "content"),
    [
        ("en", "They said that the bridge would not be open until Monday", {"bridge", "open"}),
        ("id", "Menurut mereka, jembatan itu tidak akan dibuka sampai hari Senin", {"jembatan", "dibuka"}),
        ("de", "Nach ihren Angaben wird die Brücke nicht vor Montag geöffnet", {"Angaben", "Brücke", "geöffnet"}),
        ("fr", "Selon eux, le pont n'est pas ouvert et l'école aussi", {"eux", "pont", "ouvert", "école"}),
        ("ru", "Он сказал, что мост ещё не был открыт", {"мост", "открыт"}),
        ("hi", "उन्होंने कहा कि पुल अभी तक बंद है", {"उन्होंने", "पुल", "बंद"}),
        (None, "They said that jembatan itu tidak akan dibuka", {"jembatan", "dibuka"}),
    ],
)
def test_function_words_are_no_keywords_even_of_an_only_topic(language, text, content):
    assert set(find_keywords([topic(language, text, text)])[0]) == content


def test_figures_and_short_words_are_no_keywords_but_abbreviations_are():
    (words,) = find_keywords([topic("en", "Some 3,000 of 2024 vs COVID-19 xy EU F-16")])
    assert set(words) == {"COVID-19", "EU", "F-16"}


def test_a_word_is_shown_as_it_is_written_inside_sentences():
    soldiers = topic("id", "Tentara tiba di kota.", "Tentara pergi.", "Warga melihat tentara.", "Kapal NATO tiba.")
    (words,) = find_keywords([soldiers])
    assert "tentara" in words
    assert "Tentara" not in words
    assert "NATO" in words


def test_names_come_before_other_words():
    (words,) = find_keywords([topic("en", "In spring workers repaired Halvern bridges.")])
    assert words[0] == "Halvern"


def test_long_words_come_before_short_ones():
    assert find_keywords([topic("en", "ant glaciers")]) == [("glaciers", "ant")]


def test_forms_of_one_word_are_given_once():
    (words,) = find_keywords([topic("id", "kirim kapal", "pengiriman kapal", "dikirim kapal", "kirim beras")])
    assert sum("kirim" in word for word in words) == 1
    assert set(words) >= {"kapal", "beras"}


def test_at_most_five():
    text = "volcano lantern glacier pepper orchid trumpet walnut"
    (words,) = find_keywords([topic("en", text)])
    assert len(words) == KEYWORDS == 5


def test_languages_share_the_keywords_in_proportion():
    english = topic("en", *["Harbour cranes lifted timber containers yesterday."] * 3)
    french = topic("fr", *["Grues portuaires soulevant lourdes cargaisons."] * 2)
    (words,) = find_keywords([english + french])
    assert sum(word.casefold() in english[0].text.casefold() for word in words) == 3
    assert sum(word.casefold() in french[0].text.casefold() for word in words) == 2


def test_a_language_without_words_leaves_its_share_to_the_other():
    (words,) = find_keywords([topic("en", "12 345", "12 345", "12 345") + topic("fr", "Grues portuaires lourdes.")])
    assert len(words) == 3


@pytest.mark.parametrize(
    ("language", "texts", "word"),
    [
        ("zh", ("渔民说洪水很大", "昨天洪水来了", "村民怕洪水"), "洪水"),
        ("ja", ("ダムの近くで洪水が起きた", "洪水は町まで来た", "村でも洪水だった"), "洪水"),
        ("th", ("น้ำท่วมใหญ่", "เกิดน้ำท่วม", "กลัวน้ำท่วม"), "น้ำท่วม"),
        ("th", ("คนเที่ยวทะเล", "เที่ยวภูเขา", "ชอบเที่ยว"), "เที่ยว"),  # the function word ที่ is only part of it
    ],
)
def test_words_are_found_in_scripts_without_spaces(language, texts, word):
    (words,) = find_keywords([topic(language, *texts)])
    assert words[0] == word


def test_arbitrary_pieces_of_text_without_spaces_are_no_keywords():
    assert find_keywords([topic("zh", "洪水毁坏河边村庄")]) == [()]


def test_nothing_to_name():
    assert find_keywords([]) == []
    assert find_keywords([topic("en", "1,500", "...")]) == [()]
    assert find_keywords([topic("zh", "。"), topic("en", "The lighthouse.")]) == [(), ("lighthouse",)]
