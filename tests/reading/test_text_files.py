from __future__ import annotations

import pytest

from contradict.reading import read_articles
from contradict.records import Article

STORY = "Wali kota mengatakan jembatan lama ditutup mulai Senin.\nWarga menolak penutupan itu.\n"


class TestTextFiles:
    def test_plain_text_is_one_article_named_by_its_stem(self, write):
        read = read_articles(write("kota.lama.txt", STORY))
        assert read.items == (Article(id="kota.lama", text=STORY, language="id"),)

    def test_front_matter_gives_the_fields_as_written(self, write):
        head = (
            "---\nid: 007\nTitle: 'Jembatan: ditutup'\nsource: Koran Uji\ndate: 2024-10-21\nlanguage: no\nset:\n---\n"
        )
        (article,) = read_articles(write("a.md", head + "\n" + STORY))
        assert article == Article("007", "\n" + STORY, "Jembatan: ditutup", "Koran Uji", "2024-10-21", "no", None)

    def test_front_matter_that_is_no_yaml_is_read_line_by_line(self, write):
        (article,) = read_articles(write("a.txt", f'---\ntitle: Kota: ditutup\nid: "7"\n---\n{STORY}'))
        assert (article.id, article.title, article.text) == ("7", "Kota: ditutup", STORY)

    @pytest.mark.parametrize(
        "text", ["---\nSebuah garis: bukan judul.\n---\nIsi.", "---\ntitle: tanpa akhir\n", "--- "]
    )
    def test_rules_across_a_text_are_no_front_matter(self, text, write):
        assert read_articles(write("a.txt", text))[0].text == text

    def test_front_matter_without_a_value_for_published_takes_the_date(self, write):
        (article,) = read_articles(write("a.md", f"---\npublished:\ndate: 2024-10-21\n---\n{STORY}"))
        assert article.published == "2024-10-21"

    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "cp1251", "gb18030", "cp874"]
    )
    def test_encodings(self, encoding, write):
        text = {
            "cp1251": "Министр заявил, что мост откроют в понедельник. Жители города довольны решением.",
            "gb18030": "市长表示，大桥将于周一重新开放。居民对这一决定表示欢迎。",
            "cp874": "นายกเทศมนตรีกล่าวว่าสะพานจะเปิดในวันจันทร์ ชาวเมืองยินดีกับการตัดสินใจนี้",
        }.get(encoding, "Der Bürgermeister erklärte, die Brücke über den Fluß werde für Fußgänger geöffnet.")
        assert read_articles(write("a.txt", text.encode(encoding)))[0].text == text

    def test_a_rare_letter_late_in_a_long_text_decides_its_encoding(self, write):
        text = "The bridge is closed.\n" * 5000 + "Это мост через реку, и он закрыт для всех машин.\n"
        assert read_articles(write("a.txt", text.encode("cp1251")))[0].text == text

    def test_a_damaged_character_does_not_change_the_encoding(self, write):
        text = "Министр заявил, что мост откроют."
        data = text.encode() + "й".encode()[:1]
        assert read_articles(write("a.txt", data))[0].text == text + "\ufffd"

    def test_line_ends_become_one_and_no_break_spaces_stay(self, write):
        (article,) = read_articles(write("a.txt", "satu\r\ndua\rtiga\u00a0empat\u2028lima"))
        assert article.text == "satu\ndua\ntiga\u00a0empat\u2028lima"

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            ("\ufeff \n\u00a0", "empty"),
            (b"---\ntitle: Judul\n---\n", "the text is empty"),
            (bytes(range(256)) * 4, "not text"),
            (b"teks\x00\x00\x00", "not text"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "not text"),
        ],
    )
    def test_what_is_no_text_is_reported(self, content, reason, write, reasons):
        read = read_articles(write("a.txt", content))
        assert (read.items, reasons(read)) == ((), [("a.txt", None, reason)])

    def test_an_unknown_ending_is_read_as_text_where_the_file_is_named(self, write, reasons):
        assert read_articles(write("berita.story", STORY))[0].id == "berita"
        assert reasons(read_articles(write("a.bin", b"\x00\x01"))) == [("a.bin", None, "not text")]


class TestPages:
    PAGE = """<!DOCTYPE html><html lang="id-ID"><head><title>Jembatan ditutup | Koran Uji</title>
        <meta property="og:title" content="Jembatan ditutup"><meta property="og:site_name" content="Koran Uji">
        <meta property="article:published_time" content="2024-10-21T08:30:00+07:00"></head><body>
        <nav><a href="/">Beranda</a></nav><article><p>Wali kota mengatakan jembatan lama itu ditutup mulai Senin.</p>
        <p>Warga di kedua tepi sungai menolak penutupan itu.</p></article><footer>Hak cipta</footer></body></html>"""

    @pytest.mark.parametrize("name", ["a.html", "a.HTM"])
    def test_main_text_and_fields_are_taken(self, name, write):
        (article,) = read_articles(write(name, self.PAGE))
        assert "jembatan lama itu ditutup" in article.text
        assert "Beranda" not in article.text
        assert (article.id, article.title, article.source) == ("a", "Jembatan ditutup", "Koran Uji")
        assert (article.published, article.language) == ("2024-10-21", "id")

    def test_a_fragment_is_read(self, write):
        (article,) = read_articles(write("a.html", "<p>Wali kota menutup jembatan.</p>"))
        assert article.text.strip() == "Wali kota menutup jembatan."

    @pytest.mark.parametrize("page", ["<html><body></body></html>", "<p>"])
    def test_a_page_without_text_is_reported(self, page, write, reasons):
        assert reasons(read_articles(write("a.html", page))) == [("a.html", None, "no main text found in the page")]

    @pytest.mark.parametrize(
        ("declared", "encoding", "text"),
        [
            ("iso-8859-9", "cp1254", "Başkan, köprünün “bugün” kapatıldığını söyledi."),
            ("ISO-8859-5", "iso8859-5", "Мост закрыт."),
            ("iso-8859-13", "iso8859-13", "Meras teigia, kad tiltas uždarytas šiandien."),
            ("iso-2022-jp", "iso2022_jp", "市長は橋を閉鎖すると発表した。"),
            ("shift_jis", "cp932", "市長は①番の橋を閉鎖した。"),
            ("gb2312", "gb18030", "市长表示大桥关闭。"),
            ("windows-874", "cp874", "สะพานปิดแล้ว"),
            ("iso-8859-1", "utf-8", "The mayor’s bridge is closed."),
            ("iso-2022-jp", "utf-8", "市長は橋を閉鎖すると発表した。"),
            ("utf-16", "utf-8", "Jembatan itu ditutup."),
            ("no-such", "cp1251", "Министр заявил, что мост откроют в понедельник. Жители довольны решением."),
        ],
    )
    @pytest.mark.parametrize(
        "head",
        [
            '<!DOCTYPE html><html><head><meta charset="{}"></head>',
            "<html><head><META http-equiv=Content-Type content='text/html; charset={}'></head>",
            '<?xml version="1.0" encoding="{}"?><html xmlns="http://www.w3.org/1999/xhtml"><head></head>',
        ],
    )
    def test_a_page_is_read_in_the_encoding_that_it_declares(self, head, declared, encoding, text, write):
        page = f"{head.format(declared)}<body><article><p>{text}</p></article></body></html>"
        assert read_articles(write("a.html", page.encode(encoding)))[0].text.strip() == text

    def test_a_report_of_this_library_is_no_article(self, write, reasons):
        page = self.PAGE.replace("<head>", '<head><meta name="generator" content="contradict">')
        read = read_articles(write("a.html", page))
        assert (len(read), reasons(read)) == (0, [("a.html", None, "a report that contradict wrote, and no article")])
        assert len(read_articles(write("a.html", page.replace('"contradict"', '"Contradict me, a blog"')))) == 1
