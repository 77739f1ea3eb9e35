from __future__ import annotations

import csv
import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from contradict.reading import read_articles
from contradict.records import Article

STORY = "Wali kota mengatakan jembatan lama ditutup mulai Senin.\nWarga menolak penutupan itu.\n"
ROWS = [{"text": "Jembatan itu dibuka."}, {"text": "Jembatan itu ditutup."}]


def json_lines(rows):
    return "\n".join(map(json.dumps, rows))


def parquet(rows, count=None):
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows).slice(0, count), buffer)
    return buffer.getvalue()


class TestRowFiles:
    @pytest.mark.parametrize(
        ("name", "content", "numbers"),
        [
            ("n.jsonl", json_lines(ROWS), [1, 2]),
            ("n.NDJSON", "\n" + json_lines(ROWS) + "\n", [2, 3]),
            ("n.json", json.dumps(ROWS, indent=1), [1, 2]),
            ("n.json", json_lines(ROWS), [1, 2]),
            ("n.csv", "text\r\n" + "\r\n".join(row["text"] for row in ROWS), [2, 3]),
            ("n.csv", "nomor;text\n" + "\n".join(f"1;{row['text']}" for row in ROWS), [2, 3]),
            ("n.tsv", "nomor\ttext\n" + "\n".join(f"1\t{row['text']}" for row in ROWS), [2, 3]),
            ("n.parquet", parquet(ROWS), [1, 2]),
            ("n.jsonl.gz", gzip.compress(json_lines(ROWS).encode()), [1, 2]),
            ("n.csv.gz", gzip.compress(b"text\n" + "\n".join(row["text"] for row in ROWS).encode()), [2, 3]),
        ],
    )
    def test_formats(self, name, content, numbers, write):
        read = read_articles(write(name, content))
        assert [(article.id, article.text) for article in read] == [
            (f"n-{number}", row["text"]) for number, row in zip(numbers, ROWS, strict=True)
        ]
        assert read.unreadable == ()

    def test_one_json_object_is_one_article(self, write):
        assert read_articles(write("n.json", json.dumps(ROWS[0], indent=1)))[0].id == "n"

    def test_all_columns_are_kept(self, write):
        row = {"text": STORY, "id": 5, "title": " Judul ", "source": "S", "published": "2024-10-21T10:00Z"}
        read = read_articles(write("n.jsonl", json.dumps({**row, "language": "ID", "set": "x", "more": 1})))
        assert read.items == (Article("5", STORY, "Judul", "S", "2024-10-21T10:00Z", "id", "x"),)

    def test_the_text_column_has_the_name_asked_for(self, write):
        read = read_articles(write("n.csv", "isi,text\nya,bukan\n"), text_column="isi")
        assert [article.text for article in read] == ["ya"]

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("n.csv", "id,isi\n1,teks\n"),
            ("n.jsonl", json_lines([{"id": 1, "isi": "teks"}] * 3)),
            ("n.json", json.dumps([{"id": 1}, {"isi": "teks"}])),
            ("n.parquet", parquet([{"id": 1, "isi": "teks"}])),
        ],
    )
    def test_a_missing_text_column_is_said_once_with_the_columns_found(self, name, content, write, reasons):
        read = read_articles(write(name, content))
        assert reasons(read) == [(name, None, "no column 'text'; columns found: id, isi")]

    def test_broken_json_lines_cost_no_other_row(self, write, reasons):
        lines = [
            '{"text": "satu"}',
            '{"text": "du',
            "[1]",
            '{"text": NaN}',
            '{"text": 3}',
            '{"id": 1}',
            '{"text": "x"}',
        ]
        read = read_articles(write("n.jsonl", "\n".join(lines)))
        assert [article.id for article in read] == ["n-1", "n-7"]
        assert reasons(read) == [
            ("n.jsonl", 2, "broken JSON: Unterminated string starting at, at character 10"),
            ("n.jsonl", 3, "no row but a JSON list; an object is wanted"),
            ("n.jsonl", 4, "the text is empty"),
            ("n.jsonl", 5, "the text is of type int; a string is wanted"),
            ("n.jsonl", 6, "no column 'text'; columns found: id"),
        ]

    def test_broken_csv_rows_cost_no_other_row(self, write):
        rows = ['1,"satu\nbaris"', '2,"terbuka', '3,"tiga, baik"', "4,a,b", "5, ", '6,"kutip" salah', '7,"te""rus']
        read = read_articles(write("n.csv", "\n".join(["id,text", *rows, "8,akhir"])))
        assert [(article.id, article.text) for article in read] == [
            ("1", "satu\nbaris"),
            ("3", "tiga, baik"),
            ("8", "akhir"),
        ]
        assert [item.row for item in read.unreadable] == [4, 6, 7, 8, 9]
        assert read.unreadable[1].reason == "3 fields; the header has 2"

    @pytest.mark.parametrize(
        ("rows", "texts"),
        [
            (
                ['"Tuntutan itu kami tolak.\t1', "Jembatan ditutup.\t2", 'Tak ada korban."\t3', "Hujan.\t4"],
                ['"Tuntutan itu kami tolak.', "Jembatan ditutup.", 'Tak ada korban."', "Hujan."],
            ),
            (['"Tuntutan" itu kami tolak.\t1', '"Hujan."\t2'], ['"Tuntutan" itu kami tolak.', '"Hujan."']),
            (['"kata ""baru"""\t1', "Hujan.\t2"], ['kata "baru"', "Hujan."]),
            (['"satu\nbaris"\t1', '"satu\ttab"\t2'], ["satu\nbaris", "satu\ttab"]),
        ],
    )
    def test_quotation_marks_of_a_tsv_are_those_of_the_text_unless_they_enclose_fields(self, rows, texts, write):
        read = read_articles(write("n.tsv", "\n".join(["text\tnomor", *rows, ""])))
        assert ([article.text for article in read], read.unreadable) == (texts, ())

    @pytest.mark.parametrize(
        ("head", "delimiter", "line"),
        [("\n \n", ";", 4), ("sep=;\n", ";", 3), ("\nSEP=#\r\n\n", "#", 5), ("sep=\t\n", "\t", 3)],
    )
    def test_what_stands_before_a_csv_header_is_passed_over(self, head, delimiter, line, write):
        (article,) = read_articles(write("n.csv", f"{head}nomor{delimiter}text\n1{delimiter}Hujan, deras."))
        assert (article.id, article.text) == (f"n-{line}", "Hujan, deras.")

    @pytest.mark.parametrize("content", ["sep=;", "sep=;\n\n"])
    def test_a_csv_with_nothing_but_its_separator_is_reported(self, content, write, reasons):
        assert reasons(read_articles(write("n.csv", content))) == [("n.csv", None, "empty: no rows")]

    def test_columns_of_one_name_are_refused(self, write, reasons):
        table = pa.table([["ya"], ["bukan"]], names=["text", "text"])
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        reason = "2 columns are named 'text'; each needs a name of its own"
        for name, content in [("n.csv", "text,id, text\nya,1,bukan\n"), ("n.parquet", buffer.getvalue())]:
            assert reasons(read_articles(write(name, content))) == [(name, None, reason)]

    def test_columns_without_a_name_may_be_many(self, write):
        (article,) = read_articles(write("n.csv", ",,text\n1,,ya\n"))
        assert article.text == "ya"

    def test_a_parquet_value_out_of_range_costs_no_other_row(self, write, reasons):
        days = pa.array([19_000, 10**8, 19_001], pa.int32()).cast(pa.date32())
        buffer = io.BytesIO()
        pq.write_table(pa.table({"text": ["satu", "dua", "tiga"], "published": days}), buffer)
        read = read_articles(write("n.parquet", buffer.getvalue()))
        assert [(article.id, article.published) for article in read] == [("n-1", "2022-01-08"), ("n-3", "2022-01-09")]
        assert reasons(read) == [("n.parquet", 2, "a value cannot be read: date value out of range")]

    def test_a_long_csv_field_is_read_and_the_limit_of_others_stays(self, write):
        limit = csv.field_size_limit()
        (article,) = read_articles(write("n.csv", "text\n" + "kata " * 100_000))
        assert len(article.text) == 500_000
        assert csv.field_size_limit() == limit

    def test_lone_surrogates_never_reach_a_text(self, write):
        (article,) = read_articles(write("n.jsonl", r'{"text": "a\ud800b\u0000c \ud83d\ude00", "id": "\udfff"}'))
        assert (article.text, article.id) == ("a\ufffdb\ufffdc 😀", "\ufffd")

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("n.jsonl.gz", gzip.compress(json_lines(ROWS).encode())[:-12]),
            ("n.jsonl.gz", b"bukan gzip"),
            ("n.parquet", parquet(ROWS)[:-40]),
            ("n.parquet", parquet(ROWS, count=0)),
            ("n.json", json.dumps(ROWS)[:-5]),
            ("n.csv", "id,text\n"),
            ("n.json", "[]"),
            ("n.json", "3"),
            ("n.csv", b"\x00\x01\x02"),
        ],
    )
    def test_a_broken_file_is_reported(self, name, content, write):
        read = read_articles(write(name, content))
        assert len(read) == 0
        assert [item.row for item in read.unreadable] == [None]
        assert read.unreadable[0].reason
