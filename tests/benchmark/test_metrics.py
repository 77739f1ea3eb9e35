from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from sklearn import metrics as sk

from contradict.benchmark.groups import ALL, MAX_PARTS, groups, join, pool
from contradict.benchmark.metrics import FIGURES, confusion_matrix, figures, measure, outcomes
from contradict.benchmark.records import Judged, LabelledSet
from contradict.benchmark.resampling import RESAMPLES, resamples
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL


def judged_pairs(labels, rng, skill=4):
    """Probabilities in sixteenths: many equal scores, and every sum is exact."""
    shares = np.full((len(labels), 3), 0.25)
    shares[np.arange(len(labels)), labels] += 0.1 * skill / 4
    shares /= shares.sum(axis=1, keepdims=True)
    return Judged(*(rng.multinomial(16, shares).astype(np.float32) / 16 for _ in range(2)))


def thousand_pairs(seed=0):
    rng = np.random.default_rng(seed)
    items = rng.integers(0, 400, 1000)
    labels = rng.choice(3, 400, p=[0.4, 0.4, 0.2])[items]
    return labels, judged_pairs(labels, rng), items


def by_contradiction(*probabilities):
    p = np.array(probabilities)
    forward = np.stack([(1 - p) / 2, (1 - p) / 2, p], axis=1)
    return Judged(forward, forward)


def labelled_set(name, labels, *, two_way=False, items=None, languages=None, genres=None, item_names=None):
    count = len(labels)
    columns = [languages, genres, item_names]
    *columns, names = [None if column is None else np.array(column, dtype=object) for column in columns]
    items = np.arange(count) if items is None else np.array(items)
    texts = [f"Kalimat {row}." for row in range(count)]
    return LabelledSet(name, texts, texts, np.array(labels), two_way, items, *columns, "", {}, item_names=names)


def values(labels, judged, items=None, *, threshold=0.5, two_way=False):
    items = np.arange(len(labels)) if items is None else items
    measured = measure(np.array(labels), judged, items, threshold=threshold, two_way=two_way)
    return {name: found.value for name, found in measured.items()}


def scikit_learn(labels, judged, threshold, two_way, weights=None):
    contradicts = labels == CONTRADICTION
    predicted = judged.forward.argmax(axis=1)
    truth = labels
    if two_way:
        truth, predicted = contradicts, predicted == CONTRADICTION
    weigh = {"sample_weight": weights}
    expected = {
        "accuracy": sk.accuracy_score(truth, predicted, **weigh),
        "macro_f1": sk.f1_score(truth, predicted, average="macro", zero_division=0.0, **weigh),
    }
    for suffix, scores in (("", judged.forward[:, CONTRADICTION].astype(float)), ("_symmetric", judged.scores)):
        flagged = scores >= threshold
        expected |= {
            f"precision{suffix}": sk.precision_score(contradicts, flagged, **weigh),
            f"recall{suffix}": sk.recall_score(contradicts, flagged, **weigh),
            f"f1{suffix}": sk.f1_score(contradicts, flagged, **weigh),
            f"average_precision{suffix}": sk.average_precision_score(contradicts, scores, **weigh),
            f"roc_auc{suffix}": sk.roc_auc_score(contradicts, scores, **weigh),
            f"brier{suffix}": sk.brier_score_loss(contradicts, scores, **weigh),
        }
    if not two_way:
        by_label = [sk.brier_score_loss(labels == k, judged.forward[:, k].astype(float), **weigh) for k in range(3)]
        expected["brier"] = sum(by_label)
    return expected


@pytest.mark.parametrize("two_way", [False, True])
def test_figures_of_a_thousand_pairs_are_those_of_scikit_learn(two_way):
    labels, judged, items = thousand_pairs()
    found = values(labels, judged, items, threshold=0.375, two_way=two_way)
    assert list(found) == list(FIGURES)
    expected = scikit_learn(labels, judged, 0.375, two_way)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert set(found) - set(expected) == {"ece", "ece_symmetric", "false_alarms", "false_alarms_symmetric"}


@pytest.mark.parametrize("two_way", [False, True])
def test_a_resample_is_measured_as_scikit_learn_measures_its_rows(two_way):
    labels, judged, items = thousand_pairs()
    rare = np.where(labels == ENTAILMENT, NEUTRAL, labels)
    rare[0] = ENTAILMENT  # some resamples have none
    never = Judged(judged.forward @ np.array([[0, 0, 1], [0, 1, 0], [0, 0, 1]]), judged.backward)
    for truth, given in ((labels, judged), (rare, never)):
        rows = outcomes(truth, given, items, threshold=0.375, two_way=two_way)
        draws = np.concatenate(list(resamples(rows.items.max() + 1, len(labels), seed=1)))[:5]
        assert 0 < (draws[:, rows.items[0]] == 0).sum() < len(draws)
        found = figures(rows, FIGURES, [draws])
        for draw, counts in enumerate(draws):
            own = np.repeat(np.arange(len(labels)), counts[rows.items])
            drawn = Judged(given.forward[own], given.backward[own])
            expected = scikit_learn(truth[own], drawn, 0.375, two_way)
            assert {name: found[name][draw] for name in expected} == pytest.approx(expected, abs=1e-12)
            weighted = scikit_learn(truth, given, 0.375, two_way, counts[rows.items])
            del expected["macro_f1"], weighted["macro_f1"]  # scikit-learn counts a class of no weight as a failure
            assert weighted == pytest.approx(expected, abs=1e-12)
            of_drawn = outcomes(truth[own], drawn, np.zeros(len(own)), threshold=0.375, two_way=two_way)
            alone = figures(of_drawn, FIGURES, [np.ones((1, 1), dtype=np.int32)])
            assert {name: found[name][draw] for name in FIGURES} == pytest.approx(
                {name: alone[name][0] for name in FIGURES}
            )


def test_confusion_counts_labels_by_predictions():
    labels, judged, _ = thousand_pairs()
    predicted = judged.forward.argmax(axis=1)
    assert confusion_matrix(labels, judged, two_way=False) == tuple(
        map(tuple, sk.confusion_matrix(labels, predicted).tolist())
    )
    assert confusion_matrix(labels, judged, two_way=True) == tuple(
        map(tuple, sk.confusion_matrix(labels == CONTRADICTION, predicted == CONTRADICTION).tolist())
    )
    only = Judged(np.array([[0.2, 0.7, 0.1]]), np.array([[0.2, 0.7, 0.1]]))
    assert confusion_matrix(np.array([2]), only, two_way=False) == ((0, 0, 0), (0, 0, 0), (0, 1, 0))


def test_calibration_and_brier_by_hand():
    forward = np.array([[0.5, 0.3, 0.2], [0.11, 0.79, 0.10], [0.05, 0.77, 0.18]])
    found = values([0, 2, 1], Judged(forward, forward))
    # 0.79 (wrong) and 0.77 (right) lie in one bin, 0.5 (right) in another.
    assert found["ece"] == pytest.approx((abs(-0.79 + 0.23) + 0.5) / 3)
    assert found["brier"] == pytest.approx((0.25 + 0.09 + 0.04 + 0.0121 + 0.6241 + 0.81 + 0.0025 + 0.0529 + 0.0324) / 3)
    # Of contradiction: 0.2 and 0.18 (neither is one) lie in one bin, 0.1 (is one) in another.
    assert found["ece_symmetric"] == pytest.approx((0.38 + 0.9) / 3)
    assert found["brier_symmetric"] == pytest.approx((0.04 + 0.81 + 0.0324) / 3)
    found = values([2, 1, 1, 2], by_contradiction(0.9, 0.92, 0.1, 0.3), two_way=True)
    assert found["ece"] == found["ece_symmetric"] == pytest.approx((abs(0.1 - 0.92) + 0.1 + 0.7) / 4)
    assert found["brier"] == found["brier_symmetric"] == pytest.approx((0.01 + 0.8464 + 0.01 + 0.49) / 4)


def test_false_alarms_are_counted_where_four_contradictions_in_five_are_found():
    contradictions = [0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.62, 0.6, 0.3, 0.2]  # eight reach 0.6
    others = [0.95, 0.72, 0.64, 0.6, 0.5, 0.4, 0.35, 0.25, 0.1, 0.05]  # four reach 0.6, one of them just
    found = values([2] * 10 + [0, 1] * 5, by_contradiction(*contradictions, *others))
    assert found["false_alarms"] == found["false_alarms_symmetric"] == 400


def test_symmetric_figures_use_both_directions():
    right, wrong = by_contradiction(0.9, 0.2), by_contradiction(0.3, 0.4)
    found = values([2, 1], Judged(wrong.forward, right.backward))
    assert found["roc_auc"] == 0
    assert found["roc_auc_symmetric"] == 1
    assert found["recall"] == 0
    assert found["recall_symmetric"] == 1


def test_interval_of_independent_pairs_is_that_of_theory():
    labels, judged, _ = thousand_pairs()
    found = measure(labels, judged, np.arange(1000), threshold=0.5, two_way=False)["accuracy"]
    half = 1.96 * math.sqrt(found.value * (1 - found.value) / 1000)
    assert found.value - found.low == pytest.approx(half, rel=0.2)
    assert found.high - found.value == pytest.approx(half, rel=0.2)


def test_copies_of_a_pair_make_no_interval_narrower():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 80)
    judged = judged_pairs(labels, rng)
    once = measure(labels, judged, np.arange(80), threshold=0.3, two_way=False)
    copied = measure(np.tile(labels, 5), join([judged] * 5), np.tile(np.arange(80), 5), threshold=0.3, two_way=False)
    for name in FIGURES:
        assert (copied[name].value, copied[name].low, copied[name].high) == pytest.approx(
            (once[name].value, once[name].low, once[name].high)
        )


def test_without_a_contradiction_its_figures_are_undefined():
    found = measure(
        np.array([0, 1] * 10), by_contradiction(*[0.2, 0.6] * 10), np.arange(20), threshold=0.5, two_way=True
    )
    undefined = {name.removesuffix("_symmetric") for name, each in found.items() if math.isnan(each.value)}
    assert undefined == {"recall", "f1", "average_precision", "roc_auc", "false_alarms"}
    assert all(math.isnan(each.low) and math.isnan(each.high) for each in found.values() if math.isnan(each.value))
    assert found["precision"].value == 0
    assert found["accuracy"].value == 0.5


def test_without_another_pair_figures_that_need_one_are_undefined():
    found = values([2] * 4, by_contradiction(0.9, 0.8, 0.3, 0.1))
    undefined = {name.removesuffix("_symmetric") for name, value in found.items() if math.isnan(value)}
    assert undefined == {"roc_auc", "false_alarms"}
    assert found["recall"] == 0.5
    assert found["precision"] == found["average_precision"] == 1


def test_nothing_flagged_leaves_precision_undefined():
    found = values([2, 1, 0], by_contradiction(0.4, 0.3, 0.2), threshold=0.9)
    assert math.isnan(found["precision"])
    assert found["recall"] == found["f1"] == 0


def test_equal_scores_rank_nothing():
    found = values([2, 2, 0, 1, 1], by_contradiction(*[0.4] * 5))
    assert found["average_precision"] == 0.4
    assert found["roc_auc"] == 0.5
    assert found["false_alarms"] == 1000


def test_one_pair_has_figures_but_no_interval():
    found = measure(np.array([2]), by_contradiction(0.7), np.array([7]), threshold=0.5, two_way=False)
    assert found["accuracy"].value == found["recall"].value == 1
    assert all(math.isnan(each.low) and math.isnan(each.high) for each in found.values())


def test_a_figure_that_hangs_on_one_pair_has_no_interval():
    labels = np.array([2] + [1] * 49)
    found = measure(labels, by_contradiction(0.8, *[0.1] * 49), np.arange(50), threshold=0.5, two_way=False)
    assert found["recall"].value == 1
    assert math.isnan(found["recall"].low)
    assert not math.isnan(found["accuracy"].low)


@pytest.mark.parametrize(
    ("labels", "forward", "message"),
    [
        ([1, 2], [[0.1, 0.2, 0.7], [0.1, np.nan, 0.7]], r"1 of 2 pairs .*nan.* of pair 1, counted from 0"),
        ([1], [[-1.5, 0.5, 2.0]], r"sum to 1,.*-1\.5"),
        ([1], [[0.2, 0.2, 0.2]], "sum to 1"),
        ([1], [[0.5, 0.5]], r"shape \(1, 2\); want \(1, 3\)"),
        ([1, -1], [[0.1, 0.2, 0.7]] * 2, "pair 1, counted from 0, has the label -1"),
        ([], np.empty((0, 3)), "0 labels"),
    ],
)
def test_what_cannot_be_measured_is_refused(labels, forward, message):
    forward, sound = np.array(forward), np.tile([0.1, 0.2, 0.7], (len(labels), 1))
    with pytest.raises(ValueError, match=message):
        values(np.array(labels, dtype=int), Judged(forward, sound))
    if "label" not in message:
        with pytest.raises(ValueError, match="backward.*" + message):
            values(np.array(labels, dtype=int), Judged(sound, forward))


def test_items_must_match_the_labels():
    with pytest.raises(ValueError, match="2 labels and 3 items"):
        values([1, 2], by_contradiction(0.1, 0.8), np.arange(3))


def test_interval_of_a_calibration_error_lies_around_it():
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, 300)
    labels = np.where(rng.uniform(0, 1, 300) < p, CONTRADICTION, NEUTRAL)  # perfectly calibrated
    found = measure(labels, by_contradiction(*p), np.arange(300), threshold=0.5, two_way=True)
    for name in ("ece", "ece_symmetric"):
        assert 0 <= found[name].low < found[name].value < found[name].high
        assert (found[name].low + found[name].high) / 2 == pytest.approx(found[name].value, abs=0.015)


def test_many_pairs_are_measured_as_few_are(monkeypatch):
    labels, judged, items = thousand_pairs()
    few = measure(labels, judged, items, threshold=0.375, two_way=False)
    monkeypatch.setattr("contradict.benchmark.metrics._TABLE", 0)
    many = measure(labels, judged, items, threshold=0.375, two_way=False)
    for name in FIGURES:
        assert astuple(many[name]) == pytest.approx(astuple(few[name]), abs=1e-12)


def test_the_unresampled_items_come_first_and_once():
    first, *others = np.concatenate(list(resamples(30, 30, seed=0)))
    assert first.tolist() == [1] * 30
    assert len(others) == RESAMPLES
    assert all(draw.sum() == 30 and draw.max() > 1 for draw in others)


def test_groups_are_the_sets_their_languages_and_their_genres():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    news = labelled_set(
        "news",
        labels,
        items=np.arange(60) // 2,
        languages=["id", "en", "id"] * 20,
        genres=["politik", "olahraga", "politik", "", "politik", "cuaca"] * 10,
    )
    plain = labelled_set("plain", labels[:10], languages=["ko"] * 10)
    judged = [judged_pairs(labels, rng), judged_pairs(labels[:10], rng)]
    found = groups([news, plain], judged, 0.4)
    assert [(each.set, each.language, each.genre, each.rows, each.items) for each in found] == [
        (ALL, None, None, 70, 40),
        ("news", None, None, 60, 30),
        ("news", "en", None, 20, 20),
        ("news", "id", None, 40, 30),
        ("news", None, "politik", 30, 30),
        ("news", None, "cuaca", 10, 10),
        ("news", None, "olahraga", 10, 10),
        ("plain", None, None, 10, 10),
    ]
    own = news.languages == "id"
    indonesian = found[3]
    assert indonesian.contradictions == (labels[own] == CONTRADICTION).sum()
    of_own = Judged(judged[0].forward[own], judged[0].backward[own])
    assert indonesian.figures == measure(labels[own], of_own, news.items[own], threshold=0.4, two_way=False)
    assert np.sum(indonesian.confusion) == 40
    assert groups([plain], judged[1:], 0.4) == found[-1:]


def test_a_two_way_set_makes_the_pooled_pairs_two_way():
    three, two = labelled_set("three", [0, 1, 2, 0]), labelled_set("two", [1, 2, 1], two_way=True)
    judged = [by_contradiction(0.1, 0.2, 0.9, 0.8), by_contradiction(0.9, 0.7, 0.1)]
    whole, of_three, of_two = groups([three, two], judged, 0.5)
    assert whole.confusion == ((3, 2), (0, 2))
    assert of_three.confusion == ((1, 0, 1), (1, 0, 0), (0, 0, 1))
    assert of_two.confusion == ((1, 1), (0, 1))
    assert whole.figures["accuracy"].value == pytest.approx(5 / 7)


def test_items_of_different_sets_without_names_stay_apart():
    first, second = labelled_set("a", [0, 1, 2], items=[5, 5, 9]), labelled_set("b", [2, 1], items=[5, 9])
    assert pool([first, second]).items.tolist() == [0, 0, 1, 2, 3]


def test_rows_that_state_the_same_item_belong_together_in_all_sets():
    german = labelled_set("de", [0, 1, 2, 2], items=[0, 1, 2, 2], item_names=["a", "b", "", ""])
    french = labelled_set("fr", [1, 0, 2], items=[0, 1, 2], item_names=["b", "a", ""])
    plain = labelled_set("plain", [2, 1], items=[0, 1])
    assert pool([german, french, plain]).items.tolist() == [0, 1, 2, 2, 1, 0, 3, 4, 5]


def test_parallel_sets_say_no_more_than_one_of_them():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    judged = judged_pairs(labels, rng)
    names = [f"pair {row}" for row in range(200)]
    both = [labelled_set(name, labels, item_names=names) for name in ("de", "fr")]
    together, german, _ = groups(both, [judged, judged], 0.5)
    assert (together.rows, together.items) == (400, 200)
    assert together.figures["accuracy"] == german.figures["accuracy"]
    apart, *_ = groups([labelled_set(name, labels) for name in ("de", "fr")], [judged, judged], 0.5)
    widths = [each.figures["accuracy"].high - each.figures["accuracy"].low for each in (together, apart)]
    assert widths[0] > 1.2 * widths[1]


@pytest.mark.parametrize("kind", ["languages", "genres"])
def test_of_many_languages_and_genres_the_largest_are_measured(kind):
    names = [f"g{k}" for k in range(MAX_PARTS + 5)] + ["g33"]
    each = labelled_set("many", [1] * len(names), **{kind: names})
    found = groups([each], [by_contradiction(*[0.2] * len(names))], 0.5)[1:]
    shown = [group.language or group.genre for group in found]
    assert len(shown) == MAX_PARTS
    assert "g33" in shown
    assert shown == sorted(shown) if kind == "languages" else shown[0] == "g33"


def test_judgements_that_do_not_fit_name_their_set():
    sets = [labelled_set("first", [1, 2]), labelled_set("second", [1, 2, 0])]
    with pytest.raises(ValueError, match=r"^second: forward probabilities have the shape \(2, 3\)"):
        groups(sets, [by_contradiction(0.1, 0.9)] * 2, 0.5)
