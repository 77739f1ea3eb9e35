import numpy as np
import pytest

from contradict.labels import LabelError
from contradict.nli import NLI
from toys import save_classifier

PAIRS = [
    ("pemerintah mengirim pasukan", "pemerintah tidak mengirim pasukan"),
    ("the bridge closed", "police opened the bridge"),
    ("hujan turun", "banjir kota sungai hujan turun warga jembatan ditutup hari senin"),
]


@pytest.fixture(scope="module")
def nli(toy_nli):
    return NLI(toy_nli, device="cpu")


def test_probabilities_of_a_pair_sum_to_one(nli):
    probabilities = nli.predict(PAIRS)
    assert probabilities.shape == (3, 3)
    assert probabilities.dtype == np.float32
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_a_pair_is_judged_alike_alone_and_among_others(nli):
    together = nli.predict(PAIRS * 20)
    for position, pair in enumerate(PAIRS):
        assert np.allclose(nli.predict([pair])[0], together[position], atol=0.02)


def test_both_directions_and_their_mean(nli):
    forward, backward = nli.predict([PAIRS[0], PAIRS[0][::-1]])
    judgement = nli.judge([PAIRS[0]])[0]
    assert judgement.a_b.contradiction == pytest.approx(float(forward[2]), abs=0.02)
    assert judgement.b_a.contradiction == pytest.approx(float(backward[2]), abs=0.02)
    assert judgement.score == pytest.approx((judgement.a_b.contradiction + judgement.b_a.contradiction) / 2)


def test_no_pairs_give_no_rows(nli):
    assert nli.predict([]).shape == (0, 3)
    assert nli.judge([]) == []


@pytest.mark.parametrize(("pair", "side"), [(("a", "  "), "hypothesis"), (("\n", "a"), "premise")])
def test_empty_text_is_refused_with_its_position(nli, pair, side):
    with pytest.raises(ValueError, match=f"pair 1: the {side} is empty"):
        nli.predict([PAIRS[0], pair])


def test_text_beyond_the_longest_input_is_told(nli):
    with pytest.warns(UserWarning, match="1 of 2 pairs fill the 62 tokens"):
        nli.predict([PAIRS[0], ("kota " * 100, "hujan turun")])


def test_label_order_of_the_model_is_respected(toy_nli, tmp_path):
    other = NLI(save_classifier(tmp_path, ("contradiction", "neutral", "entailment")), device="cpu")
    assert np.allclose(other.predict(PAIRS), NLI(toy_nli, device="cpu").predict(PAIRS)[:, ::-1], atol=1e-6)


def test_model_with_unknown_labels_needs_them_stated(tmp_path, toy_nli):
    folder = save_classifier(tmp_path, ("LABEL_0", "LABEL_1", "LABEL_2"))
    with pytest.raises(LabelError, match="LABEL_0"):
        NLI(folder, device="cpu")
    stated = NLI(folder, labels=["entailment", "neutral", "contradiction"], device="cpu")
    assert np.allclose(stated.predict(PAIRS), NLI(toy_nli, device="cpu").predict(PAIRS))
