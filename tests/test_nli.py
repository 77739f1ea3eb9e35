import shutil

import numpy as np
import pytest
import torch

from contradict.calibration import Calibration, CalibrationError, write_calibration
from contradict.labels import LabelError
from contradict.models.loading import weights_digest
from contradict.nli import NLI
from contradict.records import MIN_SCORE
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


@pytest.fixture
def calibrated(toy_nli, tmp_path):
    folder = tmp_path / "calibrated"
    shutil.copytree(toy_nli, folder)
    calibration = Calibration(2.5, (0.2, 0.2, -3.0), 0.05, {"rows": 90}, weights_digest(folder))
    write_calibration(calibration, folder / "calibration.json")
    return folder


def test_without_a_calibration_probabilities_are_the_softmax_of_the_logits(nli):
    assert (nli.calibration, nli.threshold) == (None, MIN_SCORE)
    softmax = torch.from_numpy(nli.logits(PAIRS)).softmax(dim=1).numpy()
    assert (nli.predict(PAIRS) == softmax).all()


def test_the_calibration_beside_the_model_is_applied(calibrated, nli):
    model = NLI(calibrated, device="cpu")
    assert model.threshold == model.calibration.threshold == 0.05
    assert np.allclose(model.logits(PAIRS), nli.logits(PAIRS))
    corrected = nli.logits(PAIRS) / 2.5 + [0.2, 0.2, -3.0]
    odds = np.exp(corrected)
    assert np.allclose(model.predict(PAIRS), odds / odds.sum(axis=1, keepdims=True), atol=1e-6)
    assert model.judge(PAIRS)[0].a_b.contradiction == pytest.approx(float(model.predict(PAIRS)[0, 2]), abs=1e-4)
    assert model.predict([]).shape == (0, 3)


def test_a_calibration_can_be_left_out_or_stated(calibrated, toy_nli, nli):
    plain = NLI(calibrated, calibration=None, device="cpu")
    assert (plain.calibration, plain.threshold) == (None, MIN_SCORE)
    assert (plain.predict(PAIRS) == nli.predict(PAIRS)).all()
    beside = NLI(calibrated, device="cpu")
    for stated in (calibrated / "calibration.json", str(calibrated / "calibration.json"), beside.calibration):
        other = NLI(toy_nli, calibration=stated, device="cpu")
        assert (other.predict(PAIRS) == beside.predict(PAIRS)).all()
    by_hand = NLI(calibrated, calibration=Calibration(2.5), device="cpu")
    assert (by_hand.predict(PAIRS).argmax(axis=1) == plain.predict(PAIRS).argmax(axis=1)).all()
    assert by_hand.threshold == MIN_SCORE


def test_a_calibration_of_other_weights_is_refused(calibrated, toy_nli):
    from safetensors.torch import load_file, save_file

    weights = load_file(calibrated / "model.safetensors")
    save_file({**weights, "classifier.bias": weights["classifier.bias"] + 1}, calibrated / "model.safetensors")
    stale = calibrated / "calibration.json"
    for folder, stated in ((calibrated, "auto"), (calibrated, stale)):
        with pytest.raises(CalibrationError, match="run contradict calibrate for this model, or leave") as error:
            NLI(folder, calibration=stated, device="cpu")
        assert str(error.value).startswith(f"{stale} belongs to weights with SHA-256 {weights_digest(toy_nli)}")
    with pytest.raises(CalibrationError, match="the calibration belongs to weights with SHA-256 ab12"):
        NLI(toy_nli, calibration=Calibration(digest="ab12"), device="cpu")
    assert NLI(calibrated, calibration=None, device="cpu").predict(PAIRS).shape == (3, 3)


def test_a_damaged_or_absent_calibration_is_not_passed_over(calibrated):
    (calibrated / "calibration.json").write_text("{}")
    with pytest.raises(CalibrationError, match=r"calibration\.json: no calibration"):
        NLI(calibrated, device="cpu")
    with pytest.raises(FileNotFoundError):
        NLI(calibrated, calibration=calibrated / "absent.json", device="cpu")
