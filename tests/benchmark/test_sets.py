import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from contradict.benchmark.sets import load_set, read_set, sample, take
from contradict.labelled_pairs import PairColumns
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL


def row(premise="Jembatan ditutup.", hypothesis="Jembatan dibuka.", label="contradiction", **others):
    return {"premise": premise, "hypothesis": hypothesis, "label": label, **others}


def different(count, label="neutral"):
    return [row(hypothesis=f"Kalimat {number}.", label=label) for number in range(count)]


@pytest.fixture
def read(tmp_path):
    def read_rows(rows, columns=None, name="pairs.jsonl"):
        path = tmp_path / name
        data = "".join(f"{json.dumps(each)}\n" for each in rows).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return read_set(path, columns)

    return read_rows


def test_a_file_becomes_a_set(read, tmp_path):
    rows = [
        row(label="e", premise_lang="id", genre="berita", item=7),
        row(hypothesis="Sungai meluap.", label="n", premise_lang=None, genre=" ", item=None),
        row(premise="The bridge is closed.", hypothesis="The bridge is open.", premise_lang="en", item=7),
        row(premise="Kota tenang.", label="n", premise_lang="id", item="8"),
    ]
    found = read(rows, name="berita.jsonl.gz")
    assert (found.name, len(found), found.two_way) == ("berita", 4, False)
    assert found.premises[2:] == ["The bridge is closed.", "Kota tenang."]
    assert found.hypotheses[:2] == ["Jembatan dibuka.", "Sungai meluap."]
    assert found.labels.tolist() == [ENTAILMENT, NEUTRAL, CONTRADICTION, NEUTRAL]
    assert found.languages.tolist() == ["id", "", "en", "id"]
    assert found.genres.tolist() == ["berita", "", "", ""]
    assert found.items.tolist() == [0, 1, 0, 2]
    assert found.item_names.tolist() == ["7", "", "7", "8"]
    sha256 = hashlib.sha256((tmp_path / "berita.jsonl.gz").read_bytes()).hexdigest()
    assert found.origin == {"file": "berita.jsonl.gz", "sha256": sha256}
    assert found.notes == ()


def test_rows_of_one_item_belong_together_and_a_row_without_one_stands_alone(read):
    items = ["a", "b", "", "a", None, "b"]
    rows = [row(hypothesis=f"Kalimat {n}.", label="ecn"[n % 3], item=item) for n, item in enumerate(items)]
    assert read(rows).items.tolist() == [0, 1, 2, 0, 3, 1]
    named = [{"nomor": each.pop("item"), **each} for each in rows]
    assert read(named, PairColumns(item="nomor")).items.tolist() == [0, 1, 2, 0, 3, 1]
    assert read(named).items.tolist() == [0, 1, 2, 3, 4, 5]
    assert read(named).item_names is None


def test_repeated_pairs_are_one_item_and_are_told_with_their_rows(read):
    rows = [*different(2), row(), row(), row(label="neutral"), *different(1)]
    found = read(rows)
    assert found.items.tolist() == [0, 1, 2, 2, 2, 0]
    assert found.items.dtype == np.int64
    assert found.notes == (
        "3 repeated pairs are kept, and drawn together with the first: rows 4, 5, 6",
        "the same pair has different labels: rows 3, 4, 5",
    )


def test_the_same_texts_in_other_places_are_no_repetition(read):
    rows = [row("a", "b"), row("b", "a", "n"), row("ab", "", "n"), row("a", "bb", "e"), row("ab", "b", "e")]
    assert read(rows).items.tolist() == [0, 1, 2, 3]


def test_repeated_pairs_of_different_items_are_told_but_not_called_one(read):
    found = read([row(item=1), row(item=2), *different(1)])
    assert found.items.tolist() == [0, 1, 2]
    assert found.notes == ("1 repeated pair is kept: row 2",)


def test_columns_of_language_and_genre(read):
    rows = [row(lang="id", bahasa="ms", topik="cuaca"), row(label="n", hypothesis="Sama.", lang="id")]
    assert read(rows).languages.tolist() == ["id", "id"]
    assert read(rows).genres is None
    named = read(rows, PairColumns(language="bahasa", genre="topik"))
    assert (named.languages.tolist(), named.genres.tolist()) == (["ms", ""], ["cuaca", ""])
    assert read([{**rows[0], "premise_lang": "jv"}]).languages.tolist() == ["jv"]
    assert read([{**rows[0], "premise_lang": " "}]).languages.tolist() == ["id"]
    assert read([row(lang=None), row(label="n")]).languages is None


def test_a_column_twice_is_an_error_that_names_the_file(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("premise,hypothesis,label,label\nHujan.,Kering.,contradiction,neutral\n")
    with pytest.raises(ValueError, match=r"pairs\.csv: 2 columns are named 'label'"):
        read_set(path)


def test_quotation_marks_in_a_tsv_make_no_false_pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    pairs = [
        ('"We reject the charge, the minister said.', "The minister accepts the charge."),
        ("The bridge is closed.", "The bridge is open."),
        ('Nobody was hurt."', "Three people died."),
        ("Rain fell.", "It was dry."),
    ]
    path.write_text("\n".join(["premise\thypothesis\tlabel", *(f"{a}\t{b}\tc" for a, b in pairs)]))
    found = read_set(path)
    assert list(zip(found.premises, found.hypotheses, strict=True)) == pairs


def test_two_way_sets_say_so(read):
    rows = [row(label=1), row(hypothesis="Sama.", label=0), row(hypothesis="Lain.", label=-1)]
    found = read(rows, PairColumns(two_way=("0", "1")))
    assert found.two_way
    assert found.labels.tolist() == [CONTRADICTION, NEUTRAL]
    assert found.notes == ("1 of 3 rows left out: no label (-1) (row 3)",)


def test_the_digest_is_of_texts_labels_and_items(read):
    rows = [row(item=1), *different(3)]
    digest = read(rows).digest
    assert len(digest) == 64
    assert read([{**each, "genre": "x"} for each in rows], name="other.jsonl").digest == digest
    changed = [
        [row("Jembatan ditutup", ".Jembatan dibuka.", item=1), *rows[1:]],
        [row(label="neutral", item=1), *rows[1:]],
        [rows[0], *({**each, "item": 1} for each in rows[1:])],
        rows[:3],
        rows[::-1],
    ]
    assert len({digest, *(read(each).digest for each in changed)}) == 6


LEFT_OUT = [
    (
        [*different(8), row(), *[row(hypothesis="") for _ in range(6)], row(premise=None), row(label=-1)],
        "8 of 17 rows left out: hypothesis is empty (rows 10, 11, 12, 13, 14 and 1 more); premise is empty (row 16);"
        " no label (-1) (row 17)",
    ),
    (
        [row(), *different(1), *[row(label=None)] * 3],
        "MORE THAN HALF of the rows cannot be used: 3 of 5 rows left out: no label (rows 3, 4, 5)",
    ),
    (
        [*different(1), row(), row("", label=""), row(7), row(True), row(["a"]), row({"a": 1})],
        "MORE THAN HALF of the rows cannot be used: 5 of 7 rows left out: premise is empty (row 3); premise is 7; a"
        " string is wanted (row 4); premise is True; a string is wanted (row 5); and 2 other reasons",
    ),
]
ONE_CLASS = "every row is labelled contradiction: the figures that need others are undefined"


@pytest.mark.parametrize(
    ("rows", "notes"),
    [
        *((rows, (note,)) for rows, note in LEFT_OUT),
        (
            different(2),
            (
                "no row is labelled contradiction: the figures of contradiction are undefined; if its labels say no"
                " more than contradiction or not, state them with --two-way",
            ),
        ),
        (different(2, "contradiction"), (ONE_CLASS,)),
        ([row()], (ONE_CLASS, "only one row: no interval means anything")),
    ],
)
def test_what_a_reader_must_know_is_noted_with_row_numbers(read, rows, notes):
    assert read(rows).notes == notes


def test_lines_of_a_csv_are_named(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text('premise,hypothesis,label\n"a\nb",c,n\na,b,\na,b,c\na,b,c\na,b\n')
    assert read_set(path).notes == (
        "2 of 5 rows left out: no label (row 4); 2 fields; the header has 3 (row 7)",
        "1 repeated pair is kept, and drawn together with the first: row 6",
    )


def test_a_sample_is_the_same_each_time_and_keeps_rows_whole(read):
    rows = [row(hypothesis=f"Kalimat {n}.", label="ecn"[n % 3], lang=f"l{n}", item=n // 2) for n in range(60)]
    whole = read(rows)
    drawn, again = sample(whole, 20), sample(read(rows), 20)
    assert len(drawn) == 20
    assert drawn.hypotheses == again.hypotheses
    numbers = [int(text.removeprefix("Kalimat ").removesuffix(".")) for text in drawn.hypotheses]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > 20
    assert drawn.languages.tolist() == [f"l{n}" for n in numbers]
    assert drawn.labels.tolist() == whole.labels[numbers].tolist()
    assert drawn.items.tolist() == whole.items[numbers].tolist()
    assert drawn.item_names.tolist() == [str(n // 2) for n in numbers]
    assert drawn.digest != whole.digest
    assert drawn.notes == ("20 of 60 usable rows drawn",)
    assert sample(whole, 60) is whole


def test_notes_on_labels_are_of_what_was_drawn(read):
    whole = read([row(), *different(5)])
    missing = "no row is labelled contradiction: the figures of contradiction are undefined; if its labels say no more"
    assert whole.notes == ()
    drawn = sample(whole, 3).notes
    assert drawn[0] == "3 of 6 usable rows drawn"
    assert drawn[1].startswith(missing)
    assert len(drawn) == 2
    one = sample(read(different(4)), 1).notes
    assert [note.partition(":")[0] for note in one] == [
        *("1 of 4 usable rows drawn", "no row is labelled contradiction", "only one row")
    ]


def test_rows_are_taken_whole_and_in_the_order_wanted(read):
    whole = read([row(hypothesis=f"Kalimat {n}.", label="ecn"[n % 3], genre=f"g{n}", item=n) for n in range(9)])
    taken = take(whole, np.array([7, 2]))
    assert (len(taken), taken.name, taken.origin) == (2, whole.name, whole.origin)
    assert taken.hypotheses == ["Kalimat 7.", "Kalimat 2."]
    assert (taken.labels.tolist(), taken.items.tolist()) == ([CONTRADICTION, NEUTRAL], [7, 2])
    assert (taken.genres.tolist(), taken.item_names.tolist()) == (["g7", "g2"], ["7", "2"])
    assert len({whole.digest, taken.digest, take(whole, np.array([2, 7])).digest}) == 3
    assert take(whole, np.arange(9)).digest == whole.digest
    plain = take(read(different(3)), np.array([1]))
    assert (plain.languages, plain.genres, plain.item_names) == (None, None, None)


def test_load_set_reads_files_and_says_what_else_it_knows(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("teks,hypothesis,label\na,b,c\nb,c,n\n")
    assert load_set(str(path), PairColumns(premise="teks")).premises == ["a", "b"]
    assert load_set(path, PairColumns(premise="teks")).premises == ["a", "b"]
    with pytest.raises(FileNotFoundError, match=r"no_such\.jsonl\.gz"):
        load_set(str(tmp_path / "no_such.jsonl.gz"))
    with pytest.raises(ValueError, match=r"no file 'nosuchset', and no set of that name; .*: indonli, xnli"):
        load_set("nosuchset")
    with pytest.raises(ValueError, match="no file 'nosuchset', and no set of that name"):
        load_set(Path("nosuchset"))
