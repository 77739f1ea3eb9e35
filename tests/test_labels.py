import pytest

from contradict.labels import LabelError, label_index, resolve_order


@pytest.mark.parametrize(
    "word", ["contradiction", "CONTRADICTION", " Contradiction ", "c", "contradictory", "LABEL_contradiction"]
)
def test_usual_spellings_of_a_label(word):
    assert label_index(word) == 2


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
