from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from contradict.records import (
    Article,
    Attribution,
    Contradiction,
    Dispute,
    Judgement,
    LeftOut,
    Place,
    Position,
    Probabilities,
    Report,
    SetResult,
    Side,
    Statement,
    Topic,
    Unreadable,
)
from contradict.report.files import FORMATS, require_writable_file
from contradict.report.rows import contradiction_row, dispute_row
from contradict.report.table import to_frame
from contradict.report.terminal import print_report
from contradict.report.write import write_disputes, write_report

INDONESIAN = "Kepala pelabuhan membantah bahwa kedua feri bertabrakan pada Senin malam."
KOREAN = "항만 당국은 월요일 밤에 두 여객선이 짙은 안개 속에서 충돌했다고 밝혔다."
ARABIC = "قالت هيئة الموانئ إن سبعة بحارة أصيبوا بجروح طفيفة وعادوا إلى المرسى."
CHINESE = "港口管理局表示昨晚没有发生任何碰撞事故" * 8
UNKNOWN = Attribution()
JUDGEMENT = Judgement(Probabilities(0.010049, 0.02, 0.969951), Probabilities(0.01, 0.04, 0.95))


def make_side(text=INDONESIAN, article="001", attribution=UNKNOWN, also=(), **about):
    statement = Statement(article, text, 0, len(text), about.get("language"), also)
    return Side(Article(article, text, **about), statement, attribution)


def make_contradiction(a=None, b=None, **changes):
    fields = {
        "set": None,
        "score": 0.91,
        "kind": "other",
        "evidence": "",
        "topic": 0,
        "judgement": JUDGEMENT,
        **changes,
    }
    return Contradiction(a=a or make_side(), b=b or make_side(KOREAN, "002"), **fields)


def make_set(
    name=None, articles=2, statements=2, topics=1, first_topic=0, pairs_judged=7, pairs_skipped=0, left_out=()
):
    side = make_side()
    return SetResult(
        set=name,
        articles=(side.article,) * articles,
        statements=(side.statement,) * statements,
        left_out=tuple(left_out),
        topics=tuple(Topic(first_topic + n, name, ("feri", "충돌"), (0,)) for n in range(topics)),
        pairs_judged=pairs_judged,
        pairs_skipped=pairs_skipped,
    )


def make_report(*contradictions, sets=None, unreadable=()):
    return Report(contradictions, (make_set(),) if sets is None else tuple(sets), tuple(unreadable))


def printed(report, top=20, width=80, colour=False):
    screen = io.StringIO()
    print_report(report, Console(file=screen, width=width, force_terminal=colour, color_system=None), top)
    return screen.getvalue()


def written(report, file_format, folder, **options):
    path = folder / f"report.{file_format}"
    write_report(report, file_format, path, **options)
    return path.read_bytes()


# The JSON object


def test_row_has_the_keys_and_values_of_schema_1_in_order():
    a = make_side(
        INDONESIAN,
        "001",
        Attribution("Kepala pelabuhan", "denies", "kedua feri bertabrakan"),
        (Place("004", 3, 90), Place("005", 0, 87)),
        title="Feri",
        source="Kabar Timur",
        published="2024-05-06",
        language="id",
    )
    row = contradiction_row(make_contradiction(a, kind="denial", evidence="membantah", score=0.96123456, set="feri"))
    assert json.dumps(row, ensure_ascii=False) == (
        '{"schema": 1, "set": "feri", "score": 0.9612, "kind": "denial", "evidence": "membantah", "topic": 0, '
        '"a": {"article": "001", "source": "Kabar Timur", "published": "2024-05-06", "language": "id", '
        f'"text": "{INDONESIAN}", "start": 0, "end": {len(INDONESIAN)}, '
        '"speaker": "Kepala pelabuhan", "stance": "denies", "claim": "kedua feri bertabrakan", '
        '"cue": null, "mode": null, '
        '"also": [{"article": "004", "start": 3, "end": 90}, {"article": "005", "start": 0, "end": 87}]}, '
        '"b": {"article": "002", "source": null, "published": null, "language": null, '
        f'"text": "{KOREAN}", "start": 0, "end": {len(KOREAN)}, '
        '"speaker": null, "stance": null, "claim": null, "cue": null, "mode": null, "also": []}, '
        '"probabilities": {"a_b": {"entailment": 0.01, "neutral": 0.02, "contradiction": 0.97}, '
        '"b_a": {"entailment": 0.01, "neutral": 0.04, "contradiction": 0.95}}}'
    )


# JSON lines


@pytest.mark.parametrize("text", ['Dia berkata "tidak"\nlalu\tpergi 🙂\\', "a\u2028b\u2029c\x85d\re", "half \ud83d"])
def test_jsonl_brings_every_text_back_as_it_was_one_line_each(text, tmp_path):
    report = make_report(make_contradiction(make_side(text)), make_contradiction())
    lines = written(report, "jsonl", tmp_path).decode().splitlines()
    assert [json.loads(line)["a"]["text"] for line in lines] == [text, INDONESIAN]


def test_jsonl_is_utf8_and_not_escaped(tmp_path):
    assert KOREAN.encode() in written(make_report(make_contradiction()), "jsonl", tmp_path)


# The data frame


def test_frame_has_one_flat_row_for_a_contradiction():
    a = make_side(
        attribution=Attribution("Amir", "asserts", "ya"), also=(Place("009", 0, 5),), title="Feri", source="KT"
    )
    row = make_report(make_contradiction(a, kind="figure", evidence="7, 11")).to_pandas().iloc[0]
    assert row["score"] == 0.91
    assert (row["kind"], row["evidence"], row["topic"], row["topic_keywords"]) == ("figure", "7, 11", 0, "feri, 충돌")
    assert (row["a_title"], row["a_source"], row["a_speaker"], row["a_stance"]) == ("Feri", "KT", "Amir", "asserts")
    assert (row["a_also"], row["b_also"], row["b_article"], row["b_text"]) == (1, 0, "002", KOREAN)
    assert pd.isna(row["set"])
    assert pd.isna(row["b_speaker"])
    assert (row["entailment_a_b"], row["neutral_b_a"], row["contradiction_b_a"]) == (0.010049, 0.04, 0.95)


def test_frame_of_an_empty_report_has_the_same_columns_and_types():
    empty = to_frame(make_report())
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, to_frame(make_report(make_contradiction())).dtypes)
    assert list(empty.columns[:7]) == ["set", "score", "kind", "evidence", "topic", "topic_keywords", "a_article"]
    assert empty.dtypes["b_start"] == "int64"
    assert empty.dtypes["contradiction_b_a"] == "float64"
    assert empty.dtypes["a_text"] == "string"


# CSV and Parquet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_csv_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start, tmp_path):
    side = make_side(f"{start}1+2", f"{start}id", title=f"{start}t", source=f"{start}s")
    report = make_report(make_contradiction(side, evidence=f"{start}e", score=-0.5))
    content = written(report, "csv", tmp_path)
    row = pd.read_csv(io.BytesIO(content), dtype={"a_article": "string"}, lineterminator="\n").iloc[0]
    for column, end in [("a_text", "1+2"), ("a_article", "id"), ("a_title", "t"), ("a_source", "s"), ("evidence", "e")]:
        assert row[column] == f"'{start}{end}"
    assert row["score"] == -0.5  # a number is left alone
    assert row["b_text"] == KOREAN


def test_csv_brings_texts_back_and_rounds_numbers(tmp_path):
    text = 'Dia, "ketua",\nberkata\rtidak 🙂'
    content = written(make_report(make_contradiction(make_side(text))), "csv", tmp_path)
    row = pd.read_csv(io.BytesIO(content), lineterminator="\n").iloc[0]
    assert row["a_text"] == text
    assert row["entailment_a_b"] == 0.01
    assert b"\r\n" not in content


def test_parquet_reads_back_equal(tmp_path):
    report = make_report(make_contradiction(make_side("=SUM(1)\n🙂")), make_contradiction(kind="denial"))
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(written(report, "parquet", tmp_path))), to_frame(report))


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_half_a_surrogate_pair_is_written_as_its_escape(file_format, tmp_path):
    assert rb"x\ud83d" in written(make_report(make_contradiction(make_side("x\ud83d"))), file_format, tmp_path)


# Writing


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_report_gives_the_same_bytes(file_format, tmp_path, monkeypatch):
    report = make_report(make_contradiction(), make_contradiction(make_side(ARABIC, "003")))
    first = written(report, file_format, tmp_path)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    assert written(report, file_format, tmp_path) == first
    assert b"\x1b[" not in first


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_empty_report_can_be_written_in_every_format(file_format, tmp_path):
    content = written(make_report(), file_format, tmp_path)
    assert (content == b"") == (file_format == "jsonl")


def test_top_keeps_the_strongest_and_tables_show_20_without_it(tmp_path):
    report = make_report(*[make_contradiction(score=1 - rank / 100) for rank in range(25)])
    rows = [json.loads(line) for line in written(report, "jsonl", tmp_path, top=2).splitlines()]
    assert [row["score"] for row in rows] == [1.0, 0.99]
    assert len(written(report, "jsonl", tmp_path).splitlines()) == 25
    assert b"5 more: --top N" in written(report, "table", tmp_path)
    assert b"22 more: --top N" in written(report, "table", tmp_path, top=3)


def test_a_failing_write_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "found.jsonl"
    path.write_text("earlier")

    def full_disk(self, content):
        with self.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_report(make_report(make_contradiction()), "jsonl", path)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_the_longest_name_that_a_file_can_have_can_be_written(tmp_path):
    name = "報" * 83 + ".jsonl"  # 255 bytes, the most on Linux; 89 characters, as other systems count
    path = tmp_path / name
    require_writable_file(path)
    write_report(make_report(make_contradiction()), "jsonl", path)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_link_stays_a_link_and_a_missing_directory_is_named(tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("earlier")
    link.symlink_to(target)
    write_report(make_report(), "csv", link)
    assert link.is_symlink()
    assert target.read_text().startswith('"set","score"')
    with pytest.raises(FileNotFoundError, match=r"no directory .*nowhere; make it first"):
        write_report(make_report(), "csv", tmp_path / "nowhere" / "found.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes are files only on POSIX systems")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        try:
            write_report(make_report(make_contradiction()), "jsonl", pipe)
            received, _ = reader.communicate(timeout=10)
        finally:
            reader.kill()
    assert json.loads(received)["a"]["text"] == INDONESIAN
    assert pipe.is_fifo()


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "table"])
def test_standard_output_gets_what_a_file_gets(file_format, tmp_path, capfdbinary, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    report = make_report(make_contradiction())
    write_report(report, file_format, None)
    assert capfdbinary.readouterr().out == written(report, file_format, tmp_path)


def test_a_standard_output_for_text_only_will_do(monkeypatch):
    notebook = io.StringIO()
    monkeypatch.setattr(sys, "stdout", notebook)
    write_report(make_report(make_contradiction()), "jsonl", None)
    assert json.loads(notebook.getvalue())["b"]["text"] == KOREAN


def test_unknown_formats_and_parquet_on_standard_output_are_refused(tmp_path):
    with pytest.raises(ValueError, match="unknown format 'xml'; choose one of table, jsonl, csv, parquet"):
        write_report(make_report(), "xml", tmp_path / "found.xml")
    with pytest.raises(ValueError, match="--out"):
        write_report(make_report(), "parquet", None)


# The terminal


def test_what_was_read_comes_first():
    left_out = [LeftOut("001", "x", 0, 1, reason) for reason in ("dateline", "boilerplate", "boilerplate")]
    unreadable = [Unreadable(f"bad-{n}.jsonl", n or None, "no column 'text'") for n in range(7)]
    sets = [make_set(articles=1, statements=1234, pairs_judged=50, pairs_skipped=1, left_out=left_out)]
    assert printed(make_report(make_contradiction(), sets=sets, unreadable=unreadable)).splitlines()[:10] == [
        "1 article · 1,234 statements · 1 topic · 50 pairs compared",
        "Not compared, beyond the cap: 1 pair",
        "Left out: 2 boilerplate, 1 dateline",
        "Could not read 7 files or rows:",
        "  bad-0.jsonl: no column 'text'",
        *[f"  bad-{n}.jsonl, row {n}: no column 'text'" for n in range(1, 5)],
        "  and 2 more",
    ]


def test_a_contradiction_shows_both_sides_and_what_is_known_of_them():
    also = tuple(Place("009", n, n + 1) for n in range(3))
    a = make_side(
        "Feri\nitu selamat.",
        "001",
        Attribution("Amir", "denies"),
        also,
        source="Kabar",
        published="2024-05-06",
        language="id",
    )
    b = make_side(KOREAN, "002", Attribution(None, "open"))
    output = printed(make_report(make_contradiction(a, b, kind="denial", evidence="membantah")))
    assert output.splitlines()[1:] == [
        "",
        "Contradictions, pair by pair",
        "",
        "1  0.91  denial  feri, 충돌",
        "   001 · Kabar · 2024-05-06 · id · Amir denies it",
        "     Feri itu selamat.",
        "     also in 3 other places",
        "   002 · leaves it open",
        f"     {KOREAN}",
        "   evidence: membantah",
        "",
        "A score is the model's probability that both cannot hold; it does not say who is",
        "right.",
    ]


def test_only_the_top_ones_are_shown_and_the_rest_are_counted():
    report = make_report(*[make_contradiction(score=0.9 - rank / 10) for rank in range(4)])
    output = printed(report, top=2)
    assert ("0.90" in output, "0.80" in output, "0.70" in output) == (True, True, False)
    assert "2 more: --top N, or --format jsonl for all." in output
    assert "more:" not in printed(report, top=4)


def test_several_sets_are_shown_apart_with_ranks_of_the_whole():
    sets = [
        make_set("feri"),
        make_set("pasar [x]", first_topic=1),
        *[make_set(f"s{n}", articles=1, pairs_judged=0, topics=0) for n in range(7)],
    ]
    report = make_report(
        make_contradiction(set="pasar [x]", score=0.9, topic=1),
        make_contradiction(set="feri", score=0.8),
        make_contradiction(set="pasar [x]", score=0.7, topic=1),
        sets=sets,
    )
    lines = printed(report).splitlines()
    starts = ("feri", "pasar [x]", "1  ", "2  ", "3  ")
    assert [line[:9].strip() for line in lines if line.startswith(starts)] == [
        "pasar [x]",
        "1  0.90",
        "3  0.70",
        "feri",
        "2  0.80",
    ]
    assert lines[0].startswith("9 sets · 11 articles")
    assert "No contradictions in s0, s1, s2, s3, s4 and 2 more: there is a single article," in lines


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (make_set(articles=0, statements=0, topics=0, pairs_judged=0), "no article was read"),
        (make_set(articles=1, pairs_judged=0), "there is a single article, and nothing to compare it with"),
        (make_set(statements=0, topics=0, pairs_judged=0), "no statements were found in the articles"),
        (make_set(pairs_judged=0), "no pair of statements was worth judging"),
        (make_set(articles=1, pairs_judged=3), "of the pairs compared, none reached the minimum score"),
    ],
)
def test_an_empty_report_says_why(result, reason):
    output = printed(make_report(sets=[result]))
    assert f"No contradictions: {reason}." in output
    assert "A score is" not in output


def test_a_report_of_nothing_says_so():
    assert "No contradictions: no article was read." in printed(make_report(sets=[]))


@pytest.mark.parametrize("width", [80, 20])
@pytest.mark.parametrize("text", [CHINESE, KOREAN * 5, ARABIC * 4, "W" * 500, f"a{'b' * 90} {CHINESE}", "👩‍👩‍👧 " * 60])
def test_no_line_is_wider_than_the_console_and_no_text_is_lost(text, width):
    side = make_side(text, text, Attribution(text, "asserts"), source=text)
    report = make_report(make_contradiction(side, evidence=text), unreadable=[Unreadable(text, 3, text)])
    output = printed(report, width=width)
    assert max(map(cell_len, output.splitlines())) <= width
    assert (
        "".join(output.split()).count("".join(text.split())) == 7
    )  # twice unread; id, source, speaker, text, evidence


def test_wide_consoles_keep_lines_readable():
    assert (
        max(map(cell_len, printed(make_report(make_contradiction(make_side("kata " * 99))), width=250).splitlines()))
        <= 100
    )


HOSTILE = [
    ("a\x1b[31mred", "a\ufffd[31mred"),
    ("a\x1b]8;;http://x\x07link", "a\ufffd]8;;http://x\ufffdlink"),
    ("a\x9b31mred\x7f", "a\ufffd31mred\ufffd"),
    ("a\u202egnp.exe\u2066b\u200fc", "agnp.exebc"),
    ("half\ud83d", "half\ufffd"),
    ("[bold]x[/bold] :smile: [/]", "[bold]x[/bold] :smile: [/]"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("two\r\nlines\u2028more", "two lines more"),
]


@pytest.mark.parametrize(("hostile", "shown"), HOSTILE)
def test_a_contradiction_prints_as_text_only(hostile, shown):
    found = make_contradiction(make_side(hostile, hostile), kind="denial")
    first, *sides = str(found).split("\n")
    assert first == "0.91 denial"
    assert sides == [f"  {shown}[0:{len(hostile)}] {shown}", f"  002[0:{len(KOREAN)}] {KOREAN}"]


@pytest.mark.parametrize(("hostile", "shown"), HOSTILE)
def test_texts_are_printed_as_text_only(hostile, shown):
    side = make_side(
        hostile, hostile, Attribution(hostile, "denies"), source=hostile, published=hostile, language=hostile
    )
    sets = [
        replace(make_set(), topics=(Topic(0, None, (hostile,), (0,)),), left_out=(LeftOut("1", "x", 0, 1, hostile),))
    ]
    report = make_report(
        make_contradiction(side, evidence=hostile), sets=sets, unreadable=[Unreadable(hostile, None, hostile)]
    )
    output = printed(report, width=300)
    assert " ".join(output.split()).count(shown) == 11
    assert "\x1b" not in output
    assert not any("\x80" <= character <= "\x9f" or "\u202a" <= character <= "\u202e" for character in output)


def test_who_stands_against_whom_comes_before_the_pairs():
    sides = [make_side(KOREAN, f"00{n}", Attribution(f"Saksi {n}", "asserts", KOREAN)) for n in range(3)]
    asserts, denies, leaves_open = (Position(side.attribution.speaker, (), (side,)) for side in sides)
    dispute = Dispute(None, 0, "두 여객선이 충돌했다", 0.91, (asserts,), (denies,), (leaves_open,))
    report = replace(make_report(make_contradiction(kind="figure")), disputes=(dispute,) * 7)
    lines = printed(report).splitlines()
    assert lines[2:8] == [
        "Who stands against whom",
        "",
        "0.91  두 여객선이 충돌했다",
        "      asserted by: Saksi 0 (000)",
        "      against it: Saksi 1 (001)",
        "      left open by: Saksi 2 (002)",
    ]
    below = lines[lines.index("2 more disputes: --disputes FILE for all.") :]
    assert below[2:5] == ["Contradictions, pair by pair", "", "1  0.91  differing figures  feri, 충돌"]


def test_colours_only_on_a_terminal(monkeypatch):
    def with_colours(**options):
        screen = io.StringIO()
        print_report(make_report(make_contradiction()), Console(file=screen, width=80, **options), 20)
        return screen.getvalue()

    assert "\x1b[36m" in with_colours(force_terminal=True, color_system="standard")
    assert "\x1b[" not in with_colours(force_terminal=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[36m" not in with_colours(force_terminal=True, color_system="standard")


# Disputes


def test_a_dispute_is_one_object_with_its_holders_on_their_sides(tmp_path):
    denies = Attribution("Kepala pelabuhan", "denies", "kedua feri bertabrakan", "membantah", "fact")
    denying = make_side(INDONESIAN, "001", denies, source="Kabar Timur", published="2024-05-06", language="id")
    own = make_side(KOREAN, "002", Attribution(None, "asserts", KOREAN, None, "plan"), (Place("004", 3, 45),))
    dispute = Dispute(
        "feri",
        3,
        KOREAN,
        0.96123456,
        (Position(None, (), (own,)),),
        (Position("KP", ("KP", "Kepala"), (denying,)),),
        (),
    )
    expected = (
        f'{{"schema": 1, "set": "feri", "id": 3, "issue": "{KOREAN}", "score": 0.9612, "sides": {{'
        '"asserts": [{"holder": null, "names": [], "statements": [{"article": "002", "source": null, '
        f'"published": null, "language": null, "text": "{KOREAN}", "start": 0, "end": {len(KOREAN)}, '
        f'"speaker": null, "stance": "asserts", "claim": "{KOREAN}", "cue": null, "mode": "plan", '
        '"also": [{"article": "004", "start": 3, "end": 45}]}]}], '
        '"denies": [{"holder": "KP", "names": ["KP", "Kepala"], "statements": [{"article": "001", '
        '"source": "Kabar Timur", "published": "2024-05-06", "language": "id", '
        f'"text": "{INDONESIAN}", "start": 0, "end": {len(INDONESIAN)}, "speaker": "Kepala pelabuhan", '
        '"stance": "denies", "claim": "kedua feri bertabrakan", "cue": "membantah", "mode": "fact", "also": []}]}], '
        '"open": []}}'
    )
    assert json.dumps(dispute_row(dispute), ensure_ascii=False) == expected
    write_disputes(replace(make_report(), disputes=(dispute, dispute)), tmp_path / "disputes.jsonl")
    assert (tmp_path / "disputes.jsonl").read_text(encoding="utf-8") == f"{expected}\n" * 2
