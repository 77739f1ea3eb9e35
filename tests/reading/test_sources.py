from __future__ import annotations

import io
import json
import os
import sys
from datetime import date
from pathlib import Path

import datasets
import pandas as pd
import pytest

from contradict.reading import read_articles
from contradict.records import Article, Unreadable

STORY = "Wali kota mengatakan jembatan lama ditutup mulai Senin.\nWarga menolak penutupan itu.\n"
ROWS = [{"text": "Jembatan itu dibuka."}, {"text": "Jembatan itu ditutup."}]


def json_lines(rows):
    return "\n".join(map(json.dumps, rows))


class TestFolders:
    def test_sub_directories_are_sets_and_what_is_not_read_is_reported(self, tmp_path, write, reasons):
        for name in ("b.txt", "a/x.txt", "a/in/y.txt", ".git/z.txt", "a/.hidden.txt"):
            write(name, STORY)
        write("c.jsonl", json_lines([*ROWS, {"text": "Lain.", "set": "own"}]))
        write("a/photo.jpg", b"\xff\xd8")
        write("README", "x")
        read = read_articles(str(tmp_path))
        assert [(article.id, article.set) for article in read] == [
            *[("y", "a/in"), ("x", "a"), ("b", None)],
            *[("c-1", None), ("c-2", None), ("c-3", "own")],
        ]
        assert reasons(read) == [
            ("README", None, "not a format that is read: no ending"),
            ("photo.jpg", None, "not a format that is read: .jpg"),
        ]

    def test_a_directory_without_files_is_reported(self, tmp_path, reasons):
        (tmp_path / "inner").mkdir()
        assert reasons(read_articles(tmp_path)) == [(tmp_path.name, None, "a directory without files")]

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
    def test_names_that_cannot_be_written_are_made_writable(self, tmp_path, write):
        write(os.fsdecode(b"set\xff/berita\xff.txt"), STORY)
        write(os.fsdecode(b"kosong\xff.txt"), "")
        read = read_articles(tmp_path)
        assert [(article.id, article.set) for article in read] == [("berita\ufffd", "set\ufffd")]
        assert read.unreadable[0].file == str(tmp_path / "kosong\ufffd.txt")

    def test_links_that_lead_nowhere_or_back_are_reported(self, tmp_path, write, reasons):
        write("in/a.txt", STORY)
        (tmp_path / "in/back").symlink_to(tmp_path)
        (tmp_path / "in/gone.txt").symlink_to(tmp_path / "missing.txt")
        read = read_articles(tmp_path)
        assert [article.id for article in read] == ["a"]
        assert [name for name, _, _ in reasons(read)] == ["back", "gone.txt"]

    def test_permission_denied_is_a_reason(self, tmp_path, monkeypatch, write, reasons):
        write("a.txt", STORY)
        write("b.txt", STORY)
        read_bytes = Path.read_bytes

        def refuse(path):
            if path.name == "a.txt":
                raise PermissionError(13, "Permission denied")
            return read_bytes(path)

        monkeypatch.setattr(Path, "read_bytes", refuse)
        read = read_articles(tmp_path)
        assert [article.id for article in read] == ["b"]
        assert reasons(read) == [("a.txt", None, "Permission denied")]


class TestOtherSources:
    def test_items_of_all_kinds_in_one_iterable(self, write):
        path = write("a.txt", STORY)
        items = [Article("own", "Satu.", language="id"), "Dua.", path, {"text": "Tiga.", "set": "s"}, " "]
        read = read_articles(iter(items))
        assert [(article.id, article.set) for article in read] == [
            ("own", None),
            ("input-2", None),
            ("a", None),
            ("input-4", "s"),
        ]
        assert read.unreadable == (Unreadable("input", 5, "the text is empty"),)

    def test_an_article_is_a_source_and_is_kept(self):
        article = Article("x", "satu\r\ndua", "T", "S", "2024-10-21", "id", "s")
        assert read_articles(article, text_column="isi").items == (article,)

    def test_what_is_no_text_in_a_list_is_reported_and_costs_no_other_item(self):
        read = read_articles(["Satu.", None, float("nan"), 3, "Dua."])
        assert [article.text for article in read] == ["Satu.", "Dua."]
        assert read.unreadable == (
            Unreadable("input", 2, "the text is empty"),
            Unreadable("input", 3, "the text is empty"),
            Unreadable("input", 4, "the text is of type int; a string is wanted"),
        )

    def test_articles_read_before_bring_what_was_unreadable(self):
        read = read_articles(["Satu.", ""])
        assert read_articles(read) == read

    @pytest.mark.parametrize(
        "table",
        [
            pd.DataFrame({"text": ["Satu.", None], "published": [pd.Timestamp("2024-10-21"), pd.NaT], "n": [1, 2]}),
            datasets.Dataset.from_dict({"text": ["Satu.", None], "published": [date(2024, 10, 21), None], "n": [1, 2]}),
        ],
        ids=["dataframe", "dataset"],
    )
    def test_tables(self, table, reasons):
        name = type(table).__name__.lower()
        (article,) = (read := read_articles(table)).items
        assert (article.id, article.text, article.published[:10]) == (f"{name}-1", "Satu.", "2024-10-21")
        assert read.unreadable == (Unreadable(name, 2, "the text is empty"),)
        assert reasons(read_articles(table, text_column="isi")) == [
            (name, None, "no column 'isi'; columns found: text, published, n")
        ]

    def test_a_data_frame_with_a_column_twice_is_refused(self, reasons):
        frame = pd.DataFrame([["Satu.", "Dua.", 1, 2]], columns=["text", "text", "n", "n"])
        reason = "2 columns are named 'text'; each needs a name of its own"
        assert reasons(read_articles(frame)) == [("dataframe", None, reason)]
        assert len(read_articles(frame.iloc[:, 1:])) == 1

    @pytest.mark.parametrize(
        ("data", "ids"),
        [
            (STORY, ["stdin"]),
            (json_lines(ROWS), ["stdin-1", "stdin-2"]),
            (f"{{\n{json_lines(ROWS)}", ["stdin-2", "stdin-3"]),
            (json.dumps(ROWS, indent=1), ["stdin-1", "stdin-2"]),
            (f"[Antara] {STORY}", ["stdin"]),
        ],
    )
    def test_standard_input(self, monkeypatch, data, ids):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
        assert [article.id for article in read_articles("-")] == ids

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
    def test_a_byte_order_mark_hides_no_rows_of_standard_input(self, monkeypatch, encoding):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json_lines(ROWS).encode(encoding))))
        assert [article.text for article in read_articles("-")] == [row["text"] for row in ROWS]

    def test_empty_standard_input_is_reported(self, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        assert read_articles("-").unreadable == (Unreadable("standard input", None, "empty"),)

    @pytest.mark.parametrize("path", ["not/here.txt", "Sebuah berita yang panjang. " * 200])
    def test_a_path_that_does_not_exist_is_an_error(self, path):
        with pytest.raises(FileNotFoundError, match=r"no file or directory .*pass them in a list"):
            read_articles(path)

    @pytest.mark.parametrize("source", [None, 3, b"bytes", {"text": "Satu."}])
    def test_another_type_is_an_error(self, source):
        with pytest.raises(TypeError, match="texts, paths"):
            read_articles(source)
