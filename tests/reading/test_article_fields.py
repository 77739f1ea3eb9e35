from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contradict.reading import read_articles
from contradict.records import Article

STORY = "Wali kota mengatakan jembatan lama ditutup mulai Senin.\nWarga menolak penutupan itu.\n"


class TestFields:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("2024-10-21", "2024-10-21"),
            ("2024-10-21T10:00:00+07:00", "2024-10-21T10:00:00+07:00"),
            ("2024-10", "2024-10"),
            ("2024", "2024"),
            (2024, "2024"),
            ("2024-13", None),
            ("2024-10-32", None),
            (date(2024, 10, 21), "2024-10-21"),
            (datetime(2024, 10, 21, 10, tzinfo=UTC), "2024-10-21T10:00:00+00:00"),
            ("last Monday", None),
            (20, None),
            (float("nan"), None),
            ([], None),
        ],
    )
    def test_published_is_iso_8601_or_nothing(self, given, kept):
        assert [article.published for article in read_articles([{"text": STORY, "published": given}])] == [kept]

    @pytest.mark.parametrize(
        ("given", "code"),
        [("ID", "id"), ("id-ID", "id"), ("ind_Latn", "id"), ("zh-Hans", "zh"), ("fil", "fil"), ("Indonesian", "id")],
    )
    def test_languages_become_two_letter_codes(self, given, code):
        assert read_articles([{"text": STORY, "language": given}])[0].language == code

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("The mayor said that the old bridge is closed for repairs.", "en"),
            ("Министр заявил, что мост откроют в понедельник.", "ru"),
            ("12 34 56 78 90 12 34 56 78 90 12", None),
            ("Jembatan ditutup.", None),
        ],
    )
    def test_languages_are_detected(self, text, language):
        assert read_articles([text])[0].language == language

    def test_ids_are_unique_and_do_not_depend_on_the_order_of_sources(self, write):
        one, two = write("1/a.txt", "Satu."), write("2/a.txt", "Dua.")
        taken = Article("a-2", "Tiga.")
        forth, back = read_articles(one, two, taken), read_articles(taken, two, one)
        assert [(article.id, article.text) for article in forth] == [("a-3", "Satu."), ("a", "Dua."), ("a-2", "Tiga.")]
        assert set(forth) == set(back)

    def test_the_same_article_twice_is_two_articles(self):
        assert [article.id for article in read_articles([Article("a", "Satu.")] * 3)] == ["a", "a-2", "a-3"]
