import gzip
import json

import pandas as pd
import pytest

from contradict.labelled_pairs import PairColumns, read_pairs
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL

ROWS = [
    {"id": 7, "premise": "Hujan turun.", "hypothesis": "Ada hujan.", "label": "entailment"},
    {"id": 8, "premise": "Hujan turun.", "hypothesis": " ", "label": "neutral"},
    {"id": 9, "premise": "Kota tenang.", "hypothesis": "Kota ricuh.", "label": "contradiction"},
]


@pytest.fixture
def write(tmp_path):
    def write_file(name, rows):
        path = tmp_path / name
        if name.endswith(".parquet"):
            pd.DataFrame(rows).to_parquet(path)
            return path
        data = pd.DataFrame(rows).to_csv(index=False) if ".csv" in name else "\n".join(map(json.dumps, rows))
        path.write_bytes(gzip.compress(data.encode()) if name.endswith(".gz") else data.encode())
        return path

    return write_file


def reasons(pairs):
    return [(item.row, item.reason) for item in pairs.unusable]


@pytest.mark.parametrize(
    ("name", "row"), [("p.jsonl", 2), ("p.csv", 3), ("p.csv.gz", 3), ("p.parquet", 2), ("p.jsonl.gz", 2)]
)
def test_all_rows_are_kept_and_the_usable_ones_are_pairs(write, name, row):
    pairs = read_pairs(write(name, ROWS), labelled=True)
    assert list(pairs.rows) == ["id", "premise", "hypothesis", "label"]
    assert pairs.rows["id"].astype(int).tolist() == [7, 8, 9]
    assert pairs.usable.tolist() == [0, 2]
    assert (pairs.premises, pairs.hypotheses) == (["Hujan turun.", "Kota tenang."], ["Ada hujan.", "Kota ricuh."])
    assert pairs.labels.tolist() == [ENTAILMENT, CONTRADICTION]
    assert reasons(pairs) == [(row, "hypothesis is empty")]


def test_columns_of_other_names_leave_the_files_own_as_they_are(write):
    rows = [{"premise_old": "Lama.", "premise": "Baru.", "hypothesis": "Sama."}]
    path = write("p.jsonl", rows)
    old = read_pairs(path, PairColumns(premise="premise_old"), labelled=False)
    swapped = read_pairs(path, PairColumns(premise="hypothesis", hypothesis="premise"), labelled=False)
    assert (old.premises, old.labels) == (["Lama."], None)
    assert (swapped.premises, swapped.hypotheses) == (["Sama."], ["Baru."])
    assert old.rows.to_dict("records") == swapped.rows.to_dict("records") == rows


def test_values_stay_as_they_are_where_other_rows_lack_them(write):
    pair = {"premise": "Satu.", "hypothesis": "Dua."}
    pairs = read_pairs(write("p.jsonl", [{**pair, "id": 1}, pair, {**pair, "tags": ["a"]}]), labelled=False)
    assert pairs.rows["id"].tolist() == [1, None, None]
    assert pairs.rows["tags"].tolist() == [None, None, ["a"]]
    assert type(pairs.rows["id"][0]) is int


def test_lone_surrogates_and_nuls_reach_no_column(write):
    row = {"premise": "a\ud800b", "hypothesis": "c\0d", "note": ["\udfff", {"in": "\ud800"}]}
    pairs = read_pairs(write("p.jsonl", [row]), labelled=False)
    assert (pairs.premises, pairs.hypotheses) == (["a\ufffdb"], ["c\ufffdd"])
    assert pairs.rows.to_dict("records") == [
        {"premise": "a\ufffdb", "hypothesis": "c\ufffdd", "note": ["\ufffd", {"in": "\ufffd"}]}
    ]


@pytest.mark.parametrize(
    ("columns", "given", "indices"),
    [
        (PairColumns(), ["c", "Neutral", "ENTAILED"], [CONTRADICTION, NEUTRAL, ENTAILMENT]),
        (PairColumns(label_order=("contradiction", "neutral", "entailment")), [0, "2", 1.0], [2, 0, 1]),
        (PairColumns(label_values=("1", "2", "3")), [3, 1, 2], [2, 0, 1]),
        (PairColumns(two_way=("compatible", "conflict")), ["Conflict", "compatible"], [CONTRADICTION, NEUTRAL]),
    ],
)
def test_labels_are_words_or_numbers_as_stated(write, columns, given, indices):
    rows = [{"premise": "Satu.", "hypothesis": "Dua.", "label": label} for label in [*given, -1, None, "", "-"]]
    pairs = read_pairs(write("p.jsonl", rows), columns, labelled=True)
    assert pairs.labels.tolist() == indices
    assert [reason for _, reason in reasons(pairs)] == ["no label (-1)", "no label", "no label", "no label (-)"]
    assert [row for row, _ in reasons(pairs)] == [len(given) + number for number in (1, 2, 3, 4)]


def test_an_unknown_label_costs_its_row_and_is_named(write):
    rows = [{"premise": "Satu.", "hypothesis": "Dua.", "label": label} for label in ["maybe", *["neutral"] * 10]]
    pairs = read_pairs(write("p.csv", rows), labelled=True)
    assert len(pairs.labels) == 10
    assert reasons(pairs)[0][0] == 2
    assert reasons(pairs)[0][1].startswith("label is 'maybe'; wanted is one of entailment, neutral, contradiction")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            ["YES", "NO", "UNKNOWN"],
            "no usable row; the first, row 1: label is 'YES'; wanted is .* --label-values",
        ),
        ([0, 1, "contradiction"], "a number in some rows, .* and a word in others, 'contradiction' .row 3. in 1 row"),
        ([1, 2, 3], "label is '3' .row 3. in 1 row; numbers are read as 0 to 2"),
    ],
)
def test_labels_that_may_mean_something_else_refuse_the_file(write, given, message):
    path = write("p.jsonl", [{"premise": "Satu.", "hypothesis": "Dua.", "label": label} for label in given])
    with pytest.raises(ValueError, match=message) as error:
        read_pairs(path, labelled=True)
    assert str(path) in str(error.value)


def test_nan_is_an_empty_text_and_no_label(tmp_path):
    path = tmp_path / "p.jsonl"
    rows = [("NaN", "1"), ('"a"', "NaN"), ('"a"', "1")]
    path.write_text("".join(f'{{"premise": {text}, "hypothesis": "b", "label": {label}}}\n' for text, label in rows))
    pairs = read_pairs(path, labelled=True)
    assert reasons(pairs) == [(1, "premise is empty"), (2, "no label (nan)")]
    assert pairs.labels.tolist() == [NEUTRAL]


@pytest.mark.parametrize(("name", "delimiter"), [("p.tsv", "\t"), ("p.tsv.gz", "\t"), ("p.csv", ";")])
def test_other_delimiters_columns_and_quotes(tmp_path, name, delimiter):
    lines = [["Teks 1", "teks,2", "nilai"], ["Kota\ntenang.", '"Kota ""ricuh""."', "C"], ["a", "b", "N"]]
    lines[1][0] = f'"{lines[1][0]}"'
    data = "".join(f"{delimiter.join(line)}\n" for line in lines).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    pairs = read_pairs(tmp_path / name, PairColumns("Teks 1", "teks,2", "nilai"), labelled=True)
    assert (pairs.premises, pairs.hypotheses) == (["Kota\ntenang.", "a"], ['Kota "ricuh".', "b"])
    assert pairs.labels.tolist() == [CONTRADICTION, NEUTRAL]
    assert pairs.numbers.tolist() == [2, 4]


def test_a_column_that_was_named_must_be_there(write):
    with pytest.raises(ValueError, match="no column topik; columns found: id, premise, hypothesis, label"):
        read_pairs(write("p.csv", ROWS), PairColumns(genre="topik"), labelled=True)


def test_rows_that_cannot_be_parsed_are_told_in_their_place(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text('{"premise": 3, "hypothesis": "a"}\n{"prem\n{"premise": "a", "hypothesis": "b"}\n')
    pairs = read_pairs(path, labelled=False)
    assert (len(pairs.rows), pairs.usable.tolist()) == (2, [1])
    assert [row for row, _ in reasons(pairs)] == [1, 2]
    assert reasons(pairs)[0][1] == "premise is 3; a string is wanted"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.txt", b"x", "ends in .txt; pairs are read from .jsonl"),
        ("p.csv.gz", b"no gzip", "damaged gzip"),
        ("p.parquet", b"no parquet", "damaged Parquet"),
        ("p.jsonl", b'{"premise": "a"}', "no column hypothesis; columns found: premise"),
        ("p.jsonl", b'{"pre', "no usable row; the first, row 1: broken JSON"),
        ("p.csv", b"premise,hypothesis\n", "empty: no rows"),
    ],
)
def test_a_file_without_pairs_is_refused_with_its_name(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        read_pairs(path, labelled=False)
    assert str(path) in str(error.value)
