import contextlib
import tracemalloc

import pytest

from contradict.labels import LabelColumn, LabelError, label_index, resolve_order


@pytest.mark.parametrize(
    ("word", "index"),
    [
        *((word, 2) for word in ("contradiction", "CONTRADICTION", " Contradiction ", "c", "LABEL_contradiction")),
        *((word, 2) for word in ("contradictory", "contradicts", "contradicting", "contradicted")),
        *((word, 1) for word in ("neutral", "N", "neutrality")),
        *((word, 0) for word in ("entailment", "E", "entails", "entailed", "entailing")),
    ],
)
def test_usual_spellings_of_a_label(word, index):
    assert label_index(word) == index


def test_unknown_word_is_no_label():
    assert label_index("LABEL_2") is None


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["entailment", "neutral", "contradiction"], (0, 1, 2)),
        (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], (2, 1, 0)),
        ({0: "contradiction", 1: "entailment", 2: "neutral"}, (1, 2, 0)),
        (["e", "n", "c"], (0, 1, 2)),
    ],
)
def test_order_is_read_from_the_names(names, order):
    assert resolve_order(names, "model") == order


@pytest.mark.parametrize(
    "names",
    [["LABEL_0", "LABEL_1", "LABEL_2"], ["entailment", "not_entailment"], ["entailment", "neutral", "entailment"]],
)
def test_unresolved_labels_are_refused_and_shown(names):
    with pytest.raises(LabelError) as caught:
        resolve_order(names, "owner/model")
    assert "owner/model" in str(caught.value)
    assert names[0] in str(caught.value)
    assert "--nli-labels" in str(caught.value)


def found_in(column, values):
    for row, value in enumerate(values, start=1):
        with contextlib.suppress(LabelError):
            column.add(value, row)
    column.check()
    return column.indices


@pytest.mark.parametrize(
    ("meaning", "values", "indices"),
    [
        ({}, [0, "1", 2.0, "2.0"], [0, 1, 2, 2]),
        ({"order": ("neutral", "entailment", "contradiction")}, ["0", 1, 2], [1, 0, 2]),
        ({"values": ("1", "2", "3")}, [3, "1", 2.0], [2, 0, 1]),
        ({"values": ("Yes", "unknown", "no")}, ["NO", " yes", "Unknown"], [2, 0, 1]),
        ({"two_way": ("0", "1")}, [1, 0, "1.0"], [2, 1, 2]),
        ({"two_way": ("false", "true")}, [True, False], [2, 1]),
        ({"two_way": ("entailment", "not_entailment")}, ["not_entailment", "entailment"], [2, 1]),
    ],
)
def test_values_mean_what_was_stated(meaning, values, indices):
    assert found_in(LabelColumn("label", **meaning), values) == indices


@pytest.mark.parametrize("meaning", [{}, {"values": ("a", "b", "c")}, {"two_way": ("0", "1")}])
@pytest.mark.parametrize("value", [-1, "-1", -1.0, "", " ", None, float("nan"), "-"])
def test_no_gold_label_is_never_taken_for_one(meaning, value):
    with pytest.raises(LabelError, match="no label"):
        LabelColumn("label", **meaning).add(value, 1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, 3, 3], r"label is '3' \(row 3\) in 2 rows; numbers are read as 0 to 2"),
        ([0, 1, -2], r"label is '-2' \(row 3\) in 1 row;"),
        ([0, *range(5, 99)], r"label is '5' \(row 2\), '6' \(row 3\), '7' \(row 4\), \.\.\. in 94 rows"),
        (
            [0, "neutral", "2", "e"],
            r"a number in some rows, '0' \(row 1\), '2' \(row 3\) in 2 rows, and a word",
        ),
        (["entailment", "not_entailment"] * 9, r"'not_entailment' \(row 2\) in 9 rows of 18.*--two-way"),
    ],
)
def test_labels_of_another_scheme_are_refused_with_their_rows(values, message):
    with pytest.raises(LabelError, match=message):
        found_in(LabelColumn("label"), values)


def test_a_long_column_costs_no_more_than_its_labels():
    column, rows = LabelColumn("label"), 20_000
    tracemalloc.start()
    for row in range(rows):
        column.add("neutral", row)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 16 * rows


def test_a_slip_among_many_labels_costs_one_row():
    assert len(found_in(LabelColumn("label"), ["neutral"] * 20 + ["nuetral"])) == 20


@pytest.mark.parametrize(
    ("meaning", "message"),
    [
        ({"order": ("neutral", "neutral", "entailment")}, "label order is neutral,neutral,entailment; it must name"),
        ({"values": ("1", "2")}, "label values are 1,2; wanted are 3 different ones"),
        ({"two_way": ("1", "1.0")}, "two-way values are 1,1.0; wanted are 2 different ones"),
        ({"two_way": ("-1", "1")}, "none of them -1, - or empty"),
        ({"values": ("1", "2", "3"), "two_way": ("0", "1")}, "give only one of"),
        ({"order": ("neutral", "entailment", "contradiction"), "two_way": ("0", "1")}, "give only one of"),
    ],
)
def test_a_meaning_that_tells_no_labels_apart_is_refused(meaning, message):
    with pytest.raises(ValueError, match=message):
        LabelColumn("label", **meaning)
