import dataclasses
import hashlib
import json
import math
import os
import shutil

import numpy as np
import pytest

from contradict.benchmark.calibrating import cross_fit
from contradict.benchmark.fitting import (
    LabelledLogits,
    Target,
    apply,
    choose_threshold,
    fit,
    fit_own_share,
    fit_temperature,
    prior_log_weights,
    require_enough,
)
from contradict.calibration import Calibration, read_calibration, write_calibration
from contradict.cli import main
from contradict.labels import CONTRADICTION, LABELS, NEUTRAL
from contradict.models.loading import weights_digest
from contradict.nli import NLI
from toys import WORDS


def draw(temperature, rows, *, two_way=False, seed=0):
    """Logits whose probabilities at a temperature are those that the labels are drawn by, in both directions."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2 * temperature, (rows, 3)).astype(np.float32)
    odds = np.exp(logits / temperature)
    labels = (rng.random(rows)[:, None] > np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)).sum(axis=1)
    labels = labels.clip(max=CONTRADICTION)
    if two_way:
        labels[labels != CONTRADICTION] = NEUTRAL
    backward = logits[:, [1, 0, 2]]  # what else it is changes with the direction, a contradiction does not
    return LabelledLogits(logits, backward, labels, np.full(rows, two_way), np.arange(rows))


@pytest.mark.parametrize("two_way", [False, True])
@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(temperature, two_way):
    assert fit_temperature(draw(temperature, 20_000, two_way=two_way)) == pytest.approx(temperature, rel=0.03)


def test_a_two_way_label_does_not_say_which_of_the_others_it_is():
    whole = draw(2.0, 2_000)
    others = whole.labels != CONTRADICTION
    two_way = dataclasses.replace(whole, labels=np.where(others, NEUTRAL, whole.labels), two_way=np.ones(2_000, bool))
    mixed = dataclasses.replace(whole, labels=np.where(others, 1 - whole.labels, whole.labels), two_way=two_way.two_way)
    assert fit_temperature(mixed) == fit_temperature(two_way) != fit_temperature(whole)


def test_a_temperature_changes_no_prediction():
    judged = draw(2.0, 500)
    before, after = apply(Calibration(), judged), apply(fit(judged, Target()), judged)
    assert (before.forward.argmax(axis=1) == after.forward.argmax(axis=1)).all()
    assert (np.abs(before.forward - after.forward) > 0.05).any()


def test_labels_that_the_model_knows_nothing_of_are_told():
    judged = draw(1.0, 2_000)
    shuffled = dataclasses.replace(judged, labels=(judged.labels + 1) % 3)
    with pytest.raises(ValueError, match=r"say nothing of these labels; .*--label-order.*--nli-labels"):
        fit_temperature(shuffled)


def test_a_model_without_mistakes_is_told():
    judged = draw(1.0, 200)
    logits = np.eye(3, dtype=np.float32)[judged.labels]
    with pytest.raises(ValueError, match="makes no mistake on these pairs"):
        fit_temperature(dataclasses.replace(judged, forward=logits, backward=logits))


def test_the_prior_is_corrected_as_bayes_rule_says():
    p = 0.6
    by_hand = p * (0.03 / 0.4) / (p * (0.03 / 0.4) + (1 - p) * (0.97 / 0.6))
    log_weights = prior_log_weights(0.4, 0.03)
    assert log_weights == pytest.approx((math.log(0.97 / 0.6), math.log(0.97 / 0.6), math.log(0.03 / 0.4)))
    logits = np.log(np.array([[0.1, 0.3, p]], np.float32))
    entailment, neutral, contradiction = Calibration(log_weights=log_weights).apply(logits)[0].tolist()
    assert contradiction == pytest.approx(by_hand, abs=1e-6)
    assert neutral / entailment == pytest.approx(3, abs=1e-5)


def test_the_prior_is_corrected_for_a_stated_share_only():
    judged = draw(1.0, 20_000)
    found = float(judged.contradicts.mean())
    assert fit(judged, Target()).log_weights == (0.0, 0.0, 0.0)
    assert fit(judged, Target(share=0.03)).log_weights == pytest.approx(prior_log_weights(found, 0.03), abs=0.03)


def test_few_contradictions_among_the_pairs_are_not_taken_for_a_mistake_of_the_model():
    judged = draw(1.0, 6_000)
    found = float(judged.contradicts.mean())
    few = judged[np.sort(np.r_[np.flatnonzero(~judged.contradicts), np.flatnonzero(judged.contradicts)[::10]])]
    assert few.contradicts.mean() < 0.06
    assert fit_own_share(few, 1.0) == pytest.approx(found, abs=0.03)
    before, after = cross_fit(few, Target(share=0.05))
    assert before["ece_symmetric_at_share"] > 0.1 > 0.03 > after["ece_symmetric_at_share"]


# Three contradictions of six pairs. At a share of a quarter each stands for 0.5 pairs, and each other one for 1.5.
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
CONTRADICTS = np.array([True, True, False, True, False, False])
AT_A_QUARTER = np.where(CONTRADICTS, 0.5, 1.5)


@pytest.mark.parametrize(
    ("weights", "target", "threshold"),
    [
        (np.ones(6), Target(precision=0.75), 0.55),  # 3 of 4
        (np.ones(6), Target(precision=0.76), 0.75),  # 2 of 2
        (AT_A_QUARTER, Target(precision=0.5), 0.55),  # 1.5 of 3
        (AT_A_QUARTER, Target(precision=0.51), 0.75),
        (AT_A_QUARTER, Target(precision=0.25), 0.4),  # 1.5 of 6: everything
        (AT_A_QUARTER, Target(false_alarms=250), 0.55),  # 1.5 of 6
        (AT_A_QUARTER, Target(false_alarms=249), 0.75),
        (np.ones(6), Target(false_alarms=167), 0.55),  # 1 of 6
        (np.ones(6), Target(false_alarms=0), 0.75),
        (np.ones(6), Target(), None),
    ],
)
def test_the_threshold_is_the_lowest_that_gives_what_is_wanted(weights, target, threshold):
    order = [3, 0, 5, 1, 4, 2]
    found = choose_threshold(SCORES[order], CONTRADICTS[order], weights[order], target)
    assert found == (threshold if threshold is None else pytest.approx(threshold))


def test_equal_scores_are_flagged_together():
    scores, contradicts = np.array([0.9, 0.6, 0.6, 0.3]), np.array([True, True, False, True])
    assert choose_threshold(scores, contradicts, np.ones(4), Target(precision=0.9)) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            Target(precision=0.8),
            "a precision of 0.8 cannot be reached on these pairs; the best is a precision of 0.667",
        ),
        (
            Target(false_alarms=50),
            r"50 false alarms per 1,000 pairs cannot be reached.* 250 false alarms .*recall of 0.5",
        ),
    ],
)
def test_what_cannot_be_reached_is_refused_with_the_best(target, message):
    scores, contradicts = np.array([0.9, 0.8, 0.7, 0.1]), np.array([False, True, True, False])
    if target.false_alarms:
        contradicts = np.array([False, True, False, True])
    with pytest.raises(ValueError, match=message):
        choose_threshold(scores, contradicts, np.ones(4), target)


def test_the_wanted_precision_holds_on_the_pairs_weighted_to_the_share():
    judged, target = draw(2.0, 3_000), Target(share=0.05, precision=0.6)
    calibration = fit(judged, target)
    flagged = apply(calibration, judged).scores >= calibration.threshold
    hits = 0.05 * flagged[judged.contradicts].mean()
    alarms = 0.95 * flagged[~judged.contradicts].mean()
    assert hits / (hits + alarms) == pytest.approx(0.6, abs=0.02)
    assert hits / (hits + alarms) >= 0.6


def test_calibration_error_falls_on_pairs_that_did_not_fit_it():
    before, after = cross_fit(draw(3.0, 4_000), Target(share=0.05, false_alarms=5))
    assert before["ece"] > 0.1 > 0.03 > after["ece"]
    assert before["ece_symmetric"] > after["ece_symmetric"]
    assert before["ece_symmetric_at_share"] > 0.1 > 0.02 > after["ece_symmetric_at_share"]
    assert after["false_alarms_at_threshold"] == pytest.approx(5, abs=3)
    assert "ece_symmetric_at_share" not in cross_fit(draw(3.0, 500), Target())[0]


def test_figures_are_of_thresholds_that_other_pairs_chose():
    judged, none = draw(2.0, 1_000), Target(false_alarms=0)
    calibration = fit(judged, none)
    assert not (apply(calibration, judged).scores >= calibration.threshold)[~judged.contradicts].any()
    assert cross_fit(judged, none)[1]["false_alarms_at_threshold"] > 0


def test_the_rows_of_an_item_are_never_divided():
    judged = draw(2.0, 500)
    twice = judged[np.tile(np.arange(500), 2)]
    apart = dataclasses.replace(twice, items=np.arange(1_000))
    alarms = [cross_fit(each, Target(false_alarms=0))[1]["false_alarms_at_threshold"] for each in (twice, apart)]
    assert alarms[0] > alarms[1]


def test_figures_at_a_share_are_those_of_pairs_in_that_share():
    judged = draw(2.0, 900)
    others = np.flatnonzero(~judged.contradicts)
    multiplied = judged[np.concatenate([np.arange(900), others, others])]
    share = float(multiplied.contradicts.mean())
    weighted, counted = (cross_fit(each, Target(wanted))[0] for each, wanted in ((judged, share), (multiplied, None)))
    assert weighted["ece_symmetric_at_share"] == pytest.approx(counted["ece_symmetric"])
    for name in ("precision_symmetric", "recall_symmetric", "false_alarms_at_threshold"):
        assert weighted[name] == pytest.approx(counted[name])


def test_what_rests_on_a_few_pairs_is_refused():
    judged = draw(1.0, 300)
    best = np.flatnonzero(judged.contradicts)[:1]
    for logits in (judged.forward, judged.backward):
        logits[:, CONTRADICTION] = np.minimum(logits[:, CONTRADICTION], 1)
        logits[best] = [0, 0, 9]
        logits[np.flatnonzero(~judged.contradicts)[:20]] = [0, 0, 8]
    assert (apply(fit(judged, Target(precision=1.0)), judged).scores.argmax() == best).all()
    with pytest.raises(
        ValueError, match="fits all pairs together, but without a fifth of them: a precision of 1 cannot"
    ):
        cross_fit(judged, Target(precision=1.0))


@pytest.mark.parametrize(
    ("contradictions", "others", "message"),
    [
        (19, 500, "19 contradictions in 19 items; .* at least 20 items"),
        (500, 0, "0 other pairs in 0 items"),
        (0, 500, "0 contradictions in 0 items"),
    ],
)
def test_too_few_pairs_of_a_class_are_told(contradictions, others, message):
    contradicts = np.arange(contradictions + others) < contradictions
    with pytest.raises(ValueError, match=message):
        require_enough(contradicts, np.arange(len(contradicts)))


def test_many_rows_of_few_items_are_too_few():
    with pytest.raises(ValueError, match="200 contradictions in 10 items"):
        require_enough(np.arange(400) < 200, np.arange(400) % 10)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"share": 0.0}, "share is 0.0; it must be above 0 and below 1"),
        ({"share": 3.0}, "share is 3.0"),
        ({"precision": 50.0}, "precision is 50.0; it must be above 0 and at most 1"),
        ({"false_alarms": -1.0}, "false_alarms is -1.0; it must be at least 0"),
        ({"share": math.nan}, "share is nan"),
        ({"precision": 0.5, "false_alarms": 5.0}, "state one of them"),
    ],
)
def test_impossible_targets_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Target(**settings)


@pytest.fixture(scope="module")
def rows(toy_nli):
    """Pairs with a label that follows the toy model's opinion, with mistakes, and with labels that do not."""
    rng = np.random.default_rng(1)
    texts = [(" ".join(rng.choice(WORDS, 5)), " ".join(rng.choice(WORDS, 5))) for _ in range(300)]
    nli = NLI(toy_nli, device="cpu")
    ranked = np.argsort([-judgement.score for judgement in nli.judge(texts)])
    labels = nli.predict(texts)[:, :CONTRADICTION].argmax(axis=1)
    labels[ranked[:100]] = CONTRADICTION
    wrong = rng.random(300) < 0.15
    labels[wrong] = rng.integers(0, 3, wrong.sum())
    disputed = labels.copy()
    disputed[ranked[:30]] = NEUTRAL
    return [
        {
            "premise": premise,
            "hypothesis": hypothesis,
            "label": LABELS[labels[number]],
            "two": "yes" if labels[number] == CONTRADICTION else "no",
            "disputed": int(disputed[number]),
            "turned": int(labels[number] + 1) % 3,
            "one": "contradiction",
            "item": f"pair-{number}",
        }
        for number, (premise, hypothesis) in enumerate(texts)
    ]


@pytest.fixture
def labelled(rows, tmp_path):
    return write(tmp_path / "berita.jsonl", rows)


@pytest.fixture
def model(toy_nli, tmp_path):
    return shutil.copytree(toy_nli, tmp_path / "model")


def write(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def run(*arguments):
    return main([*map(str, arguments), "--device", "cpu"])


def test_calibrate_writes_beside_the_model_what_score_then_uses(model, labelled, capfd):
    pair = "hujan turun", "banjir kota"
    one = write(labelled.with_name("pair.jsonl"), [dict(zip(("premise", "hypothesis"), pair, strict=True))])
    assert run("score", one, "--nli", model) == 0
    uncorrected = capfd.readouterr().out
    assert run("calibrate", labelled, "--nli", model, "--share", "0.05", "--false-alarms", "10") == 0
    out = capfd.readouterr().out.splitlines()
    path = model / "calibration.json"
    calibration = read_calibration(path)
    contradictions, own_share = (calibration.fitted_on[name] for name in ("contradictions", "own_share"))
    assert out[:4] == [
        f"fitted to 300 pairs in 300 items; {contradictions} contradictions",
        f"temperature {calibration.temperature:.3f}",
        f"share of contradictions 0.05; the model's own is {own_share:.3g}, and is corrected",
        f"threshold {calibration.threshold:.4f} for 10.0 false alarms in 1,000: with --bare-sentences"
        " a scan reports scores from there on",
    ]
    assert out[-1] == str(path)
    figures = {line[:52].strip(): line[52:].split() for line in out[5:-1]}
    assert len(figures) == 6
    before, after = figures["calibration error, score of both directions"]
    assert float(before) > float(after) > 0
    assert figures["precision of contradiction at the threshold"][0] == "–"  # nothing reaches the usual least score

    logits = NLI(model, calibration=None, device="cpu").logits([pair])
    assert run("score", one, "--nli", model) == 0
    corrected = json.loads(capfd.readouterr().out)
    assert [corrected[name] for name in LABELS] == pytest.approx(calibration.apply(logits)[0].tolist(), abs=1e-3)
    assert run("score", one, "--nli", model, "--calibration", "none") == 0
    assert capfd.readouterr().out == uncorrected


def test_scan_reports_from_the_threshold_on(model, toy_encoder, tmp_path, capfd):
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.txt").write_text("Pemerintah mengirim pasukan ke kota. Jembatan sungai itu ditutup polisi.")
    (articles / "b.txt").write_text("Pemerintah tidak mengirim pasukan. Jembatan sungai dibuka polisi kota.")
    scan = "scan", articles, "--nli", model, "--encoder", toy_encoder, "--bare-sentences", "--format", "jsonl"

    def scores(*options):
        assert run(*scan, *options) == 0
        return [json.loads(line)["score"] for line in capfd.readouterr().out.splitlines()]

    everything = scores("--min-score", "0")
    middle = (everything[0] + everything[-1]) / 2
    write_calibration(Calibration(threshold=middle, digest=weights_digest(model)), model / "calibration.json")
    assert 0 < len(scores()) < len(everything)
    assert scores() == [score for score in everything if score >= middle]
    assert scores("--min-score", "0") == everything


def test_the_file_says_what_it_was_fitted_to_and_for(model, labelled, rows, tmp_path):
    out, second = tmp_path / "mine.json", write(tmp_path / "kedua.jsonl", rows[:150] * 2)
    assert run("calibrate", labelled, second, "--nli", model, "--precision", "0.7", "--out", out) == 0
    assert not (model / "calibration.json").exists()
    content = json.loads(out.read_text())
    assert (content["schema"], content["digest"]) == (1, weights_digest(model))
    assert content["log_weights"] == [0, 0, 0]
    fitted_on = content["fitted_on"]
    sha256 = hashlib.sha256(labelled.read_bytes()).hexdigest()
    first = {"name": "berita", "rows": 300, "two_way": False, "file": "berita.jsonl", "sha256": sha256}
    assert {name: fitted_on["sets"][0][name] for name in first} == first
    assert [each["name"] for each in fitted_on["sets"]] == ["berita", "kedua"]
    assert (fitted_on["rows"], fitted_on["items"]) == (600, 300)  # both files name the same items
    assert fitted_on["target"] == {"share": None, "precision": 0.7, "false_alarms": None}
    assert fitted_on["before"]["ece_symmetric"] > fitted_on["after"]["ece_symmetric"]
    assert {"contradict", "torch", "transformers"} <= set(fitted_on["versions"])
    assert NLI(model, calibration=out, device="cpu").threshold == content["threshold"]


def test_a_set_given_twice_is_refused(model, labelled, capfd):
    again = shutil.copy(labelled, labelled.with_name("lagi.jsonl"))
    assert run("calibrate", labelled, again, "--nli", model) == 2
    assert "berita and lagi are the same pairs; give them once" in capfd.readouterr().err
    assert not (model / "calibration.json").exists()


def test_two_way_pairs_calibrate_contradiction_alone(model, labelled):
    assert run("calibrate", labelled, "--nli", model, "--label", "two", "--two-way", "no,yes") == 0
    two_way = read_calibration(model / "calibration.json")
    assert run("calibrate", labelled, "--nli", model) == 0
    three_way = read_calibration(model / "calibration.json")
    assert two_way.fitted_on["sets"][0]["two_way"]
    assert two_way.fitted_on["contradictions"] == three_way.fitted_on["contradictions"]
    assert two_way.temperature != three_way.temperature


def test_a_calibration_is_fitted_to_the_model_as_it_is(model, labelled):
    path = model / "calibration.json"
    path.write_text("left by something else")
    assert run("calibrate", labelled, "--nli", model) == 0
    first = path.read_text()
    assert run("calibrate", labelled, "--nli", model) == 0
    assert path.read_text() == first


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--label", "disputed", "--precision", "1"], "a precision of 1 cannot be reached on these pairs; the best is"),
        (["--share", "3"], "share is 3.0; it must be above 0 and below 1"),
        (["--label", "turned"], "say nothing of these labels"),
        (["--label", "one"], "0 other pairs in 0 items"),
        (["--out", "absent/x.json"], "there is no directory"),
    ],
)
def test_what_cannot_be_calibrated_is_told_and_nothing_written(model, labelled, capfd, options, message):
    assert run("calibrate", labelled, "--nli", model, *options) == 2
    out, err = capfd.readouterr()
    assert message in err
    assert out == ""
    assert not (model / "calibration.json").exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_work(model, labelled, capfd, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: (str(path), mode) != (str(model), os.W_OK))
    assert run("calibrate", labelled, "--nli", model) == 2
    assert f"{model} cannot be written; name a file with --out, and give it to --calibration" in capfd.readouterr().err
    assert run("calibrate", labelled, "--nli", model, "--out", labelled.with_name("c.json")) == 0
