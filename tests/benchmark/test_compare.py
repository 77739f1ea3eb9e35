from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from contradict.benchmark.compare import ROUNDS, compare
from contradict.benchmark.groups import join
from contradict.benchmark.metrics import FIGURES, measure
from contradict.benchmark.records import Judged

LEAST = 1 / (ROUNDS + 1)


def softmax(logits):
    odds = np.exp(logits)
    return odds / odds.sum(axis=1, keepdims=True)


def system(labels, rng, skill):
    """What a system says that favours the right label by `skill`."""
    return Judged(*(softmax(skill * np.eye(3)[labels] + noise) for noise in rng.normal(size=(2, len(labels), 3))))


def take(judged, rows):
    return Judged(judged.forward[rows], judged.backward[rows])


def compared(first, second, labels, items=None, **options):
    items = np.arange(len(labels)) if items is None else items
    options = {"two_way": False, "thresholds": (0.3, 0.3), "names": ("a", "b"), "set": "s"} | options
    return {found.figure: found for found in compare(first, second, labels, items, **options)}


def test_a_tie_is_rejected_about_as_often_as_it_should_be():
    rejected = {"accuracy": 0, "macro_f1": 0, "average_precision_symmetric": 0}
    splits = 200
    for split in range(splits):
        rng = np.random.default_rng(split)
        labels = rng.integers(0, 3, 50)
        first, second = system(labels, rng, 1.0), system(labels, rng, 1.0)
        items = np.repeat(np.arange(50), rng.integers(1, 3, 50))  # one or two copies of a pair
        copies = take(first, items), take(second, items)
        for figure, found in compared(*copies, labels[items], items, seed=split).items():
            rejected[figure] += found.p_value < 0.05
    low, high = binom.ppf([0.001, 0.999], splits, 0.05)
    assert all(low <= count <= high for count in rejected.values()), rejected


def test_a_clear_difference_is_found():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400)
    strong, weak = system(labels, rng, 2.0), system(labels, rng, 1.0)
    for found in compared(strong, weak, labels).values():
        assert found.p_value < 0.01
        assert 0 < found.difference.low < found.difference.value < found.difference.high
    for found in compared(weak, strong, labels).values():
        assert found.p_value < 0.01
        assert found.difference.high < 0


def test_a_system_does_not_differ_from_itself():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 100)
    same = system(labels, rng, 1.0)
    for found in compared(same, same, labels, compared=tuple(FIGURES)).values():
        assert found.p_value == 1
        assert found.difference.value == found.difference.low == found.difference.high == 0


def test_copies_of_pairs_add_no_evidence():
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 3, 40)
    items = np.arange(40)
    first, second = system(labels, rng, 1.3), system(labels, rng, 1.0)
    copied = np.tile(labels, 30), np.tile(items, 30)
    copies = [join([each] * 30) for each in (first, second)]
    once, by_item = compared(first, second, labels, items), compared(*copies, *copied)
    by_row = compared(*copies, copied[0])
    for figure, found in once.items():
        assert by_item[figure].difference.value == pytest.approx(found.difference.value)
        assert by_item[figure].difference.low == pytest.approx(found.difference.low)
        assert by_item[figure].p_value == pytest.approx(found.p_value, abs=0.05)
        assert found.p_value > 0.05
        assert by_row[figure].p_value == pytest.approx(LEAST)


def test_the_difference_is_that_of_the_figures():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    items = np.arange(200) // 2
    first, second = system(labels, rng, 1.5), system(labels, rng, 1.0)
    own = measure(labels, first, items, threshold=0.3, two_way=False)
    others = measure(labels, second, items, threshold=0.6, two_way=False)
    found = compared(first, second, labels, items, thresholds=(0.3, 0.6), compared=tuple(FIGURES))
    assert list(found) == list(FIGURES)
    for figure in FIGURES:
        assert found[figure].difference.value == pytest.approx(own[figure].value - others[figure].value)
    assert (found["accuracy"].first, found["accuracy"].second, found["accuracy"].set) == ("a", "b", "s")


def test_p_value_is_the_share_of_swaps_that_do_as_much():
    labels = np.full(6, 2)
    right, wrong = np.array([[0.1, 0.1, 0.8]] * 6), np.array([[0.8, 0.1, 0.1]] * 6)
    found = compared(Judged(right, right), Judged(wrong, wrong), labels, compared=("accuracy",))["accuracy"]
    assert found.difference.value == 1
    # Of the 64 ways to swap six items, none and all keep the figures as far apart.
    low, high = binom.ppf([0.001, 0.999], ROUNDS, 2 / 64)
    assert low <= found.p_value * (ROUNDS + 1) - 1 <= high


def of_scores(scores):
    return Judged(*[np.stack([1 - scores, 0 * scores, scores], axis=1)] * 2)


def test_the_scale_of_scores_does_not_matter_where_figures_rank():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 150) * 2
    p, q = (np.clip(0.3 * labels + 0.3 * rng.normal(size=150), 0.01, 0.99) for _ in range(2))
    options = {"compared": ("average_precision", "average_precision_symmetric")}
    plain, changed = (compared(of_scores(p), of_scores(other), labels, **options) for other in (q, q**3 / 20))
    for figure, found in plain.items():
        assert changed[figure].p_value == found.p_value
        assert changed[figure].difference == found.difference


def test_equal_scores_stand_in_the_middle_of_their_ranks():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 150) * 2
    p, q = rng.integers(0, 4, 150) / 4, np.clip(0.5 + 0.1 * labels + rng.normal(size=150), 0, 1)
    upright, reversed_ = (
        compared(of_scores(a), of_scores(b), labels, compared=("roc_auc",)) for a, b in ((p, q), (1 - p, 1 - q))
    )
    assert reversed_["roc_auc"].p_value == upright["roc_auc"].p_value
    assert reversed_["roc_auc"].difference.value == pytest.approx(-upright["roc_auc"].difference.value)


def test_an_undefined_figure_has_no_difference():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 50)
    first, second = system(labels, rng, 1.0), system(labels, rng, 2.0)
    found = compared(first, second, labels)
    undefined = found["average_precision_symmetric"]
    assert math.isnan(undefined.difference.value)
    assert math.isnan(undefined.p_value)
    assert found["accuracy"].p_value < 1


def test_one_item_tells_no_difference():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 30)
    found = compared(system(labels, rng, 3.0), system(labels, rng, 0.0), labels, np.zeros(30))["accuracy"]
    assert found.p_value == 1
    assert found.difference.value > 0
    assert math.isnan(found.difference.low)


def test_the_same_seed_gives_the_same_test():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    first, second = system(labels, rng, 1.2), system(labels, rng, 1.0)
    assert compared(first, second, labels) == compared(first, second, labels)
    assert compared(first, second, labels) != compared(first, second, labels, seed=1)


def test_judgements_of_other_pairs_are_refused():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 20)
    with pytest.raises(ValueError, match=r"shape \(19, 3\)"):
        compared(system(labels, rng, 1.0), system(labels[1:], rng, 1.0), labels)


def test_an_unknown_figure_is_refused():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 20)
    with pytest.raises(ValueError, match="cannot compare accurracy; the figures are accuracy, macro_f1"):
        compared(system(labels, rng, 1.0), system(labels, rng, 1.0), labels, compared=("accurracy",))
