from dataclasses import replace

import numpy as np
import pytest

from contradict import embedding
from contradict.benchmark import baselines
from contradict.benchmark.baselines import BASELINES, COSINE, HYPOTHESIS, MAJORITY, OVERLAP, Baselines
from contradict.benchmark.records import LabelledSet
from contradict.labels import CONTRADICTION, NEUTRAL
from contradict.models.loading import load_encoder

PLAIN = "pemerintah mengirim pasukan kota hujan turun banjir warga polisi menteri sungai jembatan hari senin".split()
ROWS = 300


@pytest.fixture(scope="module")
def encoder(toy_encoder):
    return load_encoder(toy_encoder, device="cpu")


def labelled(premises, hypotheses, labels, **changes):
    labels = np.asarray(labels, np.int64)
    fields = {"two_way": False, "items": np.arange(len(labels)), "languages": np.full(len(labels), "id", object)}
    return LabelledSet("toy", premises, hypotheses, labels, genres=None, digest="d", origin={}, **(fields | changes))


def sentences(rng, count):
    return [" ".join(rng.choice(PLAIN, 7, replace=False)) for _ in range(count)]


def told_by_hypothesis(seed=0):
    """A word of the hypothesis tells the label; the premise has nothing to do with it."""
    rng = np.random.default_rng(seed)
    labels = np.arange(ROWS) % 3
    words = ("dibuka", "kantor", "ditutup")
    hypotheses = [f"{rng.choice(PLAIN)} {words[label]} {words[label]} {rng.choice(PLAIN)}" for label in labels]
    return labelled(sentences(rng, ROWS), hypotheses, labels)


def told_by_likeness():
    """Texts are the same, or have half their words in common, or none: each text by itself tells nothing."""
    rng = np.random.default_rng(1)
    labels = np.arange(ROWS) % 3
    premises, hypotheses = [], []
    for label in labels:
        words = rng.permutation(PLAIN)
        premises.append(" ".join(words[:7]))
        hypotheses.append(" ".join(words[(0, 3, 7)[label] :][:7]))
    return labelled(premises, hypotheses, labels)


def told_by_negation(seed=2):
    """The texts have the same words, and contradict each other where one of the two is negated."""
    rng = np.random.default_rng(seed)
    first, second = rng.integers(0, 2, (2, ROWS))
    texts = sentences(rng, ROWS)
    return labelled(
        [f"{text} {'tidak' if negated else 'kantor'} tutup" for text, negated in zip(texts, first, strict=True)],
        [f"{text} {'tidak' if negated else 'buka'} tutup" for text, negated in zip(texts, second, strict=True)],
        np.where(first != second, CONTRADICTION, NEUTRAL),
        two_way=True,
    )


def accuracy(judged, pairs):
    return float((judged.forward.argmax(axis=1) == pairs.labels).mean())


@pytest.mark.parametrize(
    ("make", "chance", "tell"),
    [
        (told_by_hypothesis, 1 / 3, {HYPOTHESIS}),
        (told_by_likeness, 1 / 3, {COSINE, OVERLAP}),
        (told_by_negation, 1 / 2, {OVERLAP}),
    ],
)
def test_a_baseline_sees_its_own_signal_and_no_other(encoder, make, chance, tell):
    pairs = make()
    judged = Baselines(encoder).judge(pairs)
    assert list(judged) == list(BASELINES)
    for name in tell:
        assert accuracy(judged[name], pairs) > chance + 0.2, name
    for name in set(BASELINES) - tell:
        assert abs(accuracy(judged[name], pairs) - chance) < 0.12, name


def test_probabilities_sum_to_one_in_both_directions(encoder):
    for pairs in (told_by_hypothesis(), told_by_negation()):
        for judged in Baselines(encoder).judge(pairs).values():
            for probabilities in (judged.forward, judged.backward):
                assert probabilities.shape == (ROWS, 3)
                assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
                assert pairs.two_way == (not probabilities[:, 0].any())


def test_majority_class_gives_the_shares_of_the_labels(encoder):
    pairs = told_by_hypothesis()
    pairs = replace(pairs, labels=np.repeat([0, 1, 2], [60, 150, 90]))
    judged = Baselines(encoder).judge(pairs)[MAJORITY]
    assert np.allclose(judged.forward, [0.2, 0.5, 0.3])
    assert np.allclose(judged.scores, 0.3)
    assert accuracy(judged, pairs) == 0.5


def test_random_labels_cannot_be_learned_through_parallel_rows(encoder):
    rng = np.random.default_rng(3)
    items = np.repeat(np.arange(60), 6)
    premises, hypotheses = ([text for text in sentences(rng, 60) for _ in range(6)] for _ in range(2))
    found = {name: [] for name in BASELINES}
    for _ in range(6):
        labels = rng.permutation(np.arange(60) % 3)[items]
        pairs = labelled(premises, hypotheses, labels, items=items)
        for name, judged in Baselines(encoder).judge(pairs).items():
            found[name].append(accuracy(judged, pairs))
    for name, accuracies in found.items():
        assert 0.22 < np.mean(accuracies) < 0.44, name


def test_without_a_signal_a_small_set_is_judged_no_worse_than_by_chance(encoder):
    rng = np.random.default_rng(4)
    found = []
    for _ in range(20):
        pairs = labelled(sentences(rng, 30), sentences(rng, 30), rng.permutation(np.arange(30) % 3))
        judged = Baselines(encoder).judge(pairs)
        found += [accuracy(judged[name], pairs) for name in (HYPOTHESIS, COSINE, OVERLAP)]
    assert 0.28 < np.mean(found) < 0.38


def test_training_rows_serve_sets_of_any_size_whose_labels_are_not_looked_at(encoder):
    training, pairs = told_by_hypothesis(), told_by_hypothesis(seed=9)
    fitted = Baselines(encoder, training)
    judged = fitted.judge(pairs)
    assert accuracy(judged[HYPOTHESIS], pairs) > 0.6
    few = replace(
        pairs, premises=pairs.premises[:3], hypotheses=pairs.hypotheses[:3], labels=np.full(3, 2), items=np.arange(3)
    )
    for name, each in fitted.judge(replace(few, languages=None)).items():
        assert np.allclose(each.forward, judged[name].forward[:3], atol=0.02)
    assert fitted.fitted_on(few) == "fitted on 300 rows of toy"


def test_backward_the_texts_change_places(encoder):
    training, pairs = told_by_negation(seed=9), told_by_negation()
    turned = replace(pairs, premises=pairs.hypotheses, hypotheses=pairs.premises)
    fitted = Baselines(encoder, training)
    there, back = fitted.judge(pairs), fitted.judge(turned)
    for name in BASELINES:
        assert np.allclose(there[name].backward, back[name].forward, atol=1e-5)
    assert not np.allclose(there[HYPOTHESIS].backward, there[HYPOTHESIS].forward, atol=0.05)


def test_three_way_training_serves_a_two_way_set(encoder):
    pairs = told_by_hypothesis()
    two_way = replace(pairs, labels=np.where(pairs.labels == CONTRADICTION, CONTRADICTION, NEUTRAL), two_way=True)
    fitted = Baselines(encoder, told_by_hypothesis(seed=9))
    three, two = (fitted.judge(each) for each in (pairs, two_way))
    for name in BASELINES:  # a contradiction is what is the most probable of three labels, as it is for a model
        assert np.array_equal(two[name].forward, three[name].forward), name
        assert np.array_equal(two[name].backward, three[name].backward), name


def test_two_way_training_cannot_serve_a_three_way_set(encoder):
    pairs = told_by_hypothesis()
    fitted = Baselines(encoder, told_by_negation())
    assert "on the set itself, in 5 folds" in fitted.fitted_on(pairs)
    assert accuracy(fitted.judge(pairs)[HYPOTHESIS], pairs) > 0.6


def test_many_training_rows_are_drawn_down(encoder, monkeypatch):
    monkeypatch.setattr(baselines, "MOST_ROWS", 100)
    pairs = told_by_hypothesis()
    training = told_by_hypothesis(seed=9)
    fitted = Baselines(encoder, training)
    assert fitted.fitted_on(pairs) == "fitted on 100 of 300 rows (seed 0) of toy"
    assert accuracy(fitted.judge(pairs)[HYPOTHESIS], pairs) > 0.6
    again = Baselines(encoder, training).judge(pairs)
    assert all(np.array_equal(each.forward, again[name].forward) for name, each in fitted.judge(pairs).items())


def random_labels(count, seed):
    rng = np.random.default_rng(seed)
    return labelled(sentences(rng, count), sentences(rng, count), rng.integers(0, 3, count))


@pytest.mark.parametrize("turned", [False, True])
def test_training_rows_that_are_pairs_of_the_set_are_left_out_for_it(encoder, turned):
    pairs, others, elsewhere = random_labels(30, 5), random_labels(60, 6), random_labels(20, 7)
    premises, hypotheses = (pairs.hypotheses, pairs.premises) if turned else (pairs.premises, pairs.hypotheses)
    labels = np.concatenate([others.labels, pairs.labels])
    fitted = Baselines(encoder, labelled(others.premises + premises, others.hypotheses + hypotheses, labels))
    assert fitted.fitted_on(pairs) == "fitted on 90 rows of toy, less 30 whose pairs are in the set"
    assert fitted.fitted_on(elsewhere) == "fitted on 90 rows of toy"
    without, found, found_elsewhere = Baselines(encoder, others), fitted.judge(pairs), fitted.judge(elsewhere)
    for name, judged in without.judge(pairs).items():
        assert np.allclose(found[name].forward, judged.forward, atol=1e-4), name
    assert not np.allclose(found_elsewhere[HYPOTHESIS].forward, without.judge(elsewhere)[HYPOTHESIS].forward, atol=1e-3)


def test_a_set_that_has_all_training_rows_is_cross_fitted(encoder):
    pairs = told_by_hypothesis()
    fitted = Baselines(encoder, pairs)
    told = fitted.fitted_on(pairs)
    assert told.startswith("fitted on the set itself, in 5 folds")
    assert told.endswith("; not on 300 rows of toy, whose pairs are all in the set")
    found = fitted.judge(pairs)
    for name, judged in Baselines(encoder).judge(pairs).items():
        assert np.array_equal(found[name].forward, judged.forward), name


def test_sets_larger_than_what_is_in_memory_together_get_the_same_figures(encoder, monkeypatch):
    pairs = told_by_likeness()
    at_once = Baselines(encoder).judge(pairs)
    monkeypatch.setattr(baselines, "_ROWS_AT_ONCE", 7)
    for name, judged in Baselines(encoder).judge(pairs).items():
        assert np.allclose(judged.forward, at_once[name].forward, atol=1e-6), name
        assert np.allclose(judged.backward, at_once[name].backward, atol=1e-6), name


def test_heads_gather_no_more_features_than_are_drawn(encoder, monkeypatch):
    monkeypatch.setattr(baselines, "MOST_ROWS", 50)
    monkeypatch.setattr(baselines, "_ROWS_AT_ONCE", 40)
    gathered = []

    class Table(np.ndarray):
        def __getitem__(self, rows):
            gathered.append(len(rows))
            return np.asarray(self)[rows]

    embed = embedding.embed
    monkeypatch.setattr(embedding, "embed", lambda *arguments: embed(*arguments).view(Table))
    Baselines(encoder).judge(told_by_hypothesis())
    assert max(gathered) == 50


@pytest.mark.parametrize("items", [np.arange(9), np.repeat(np.arange(3), 3)])
def test_few_items_get_the_shares_of_the_set(encoder, items):
    rng = np.random.default_rng(0)
    pairs = labelled(sentences(rng, 9), sentences(rng, 9), [0, 1, 2, 2, 2, 2, 1, 0, 1], items=items)
    for judged in Baselines(encoder).judge(pairs).values():
        assert np.allclose(judged.forward, np.array([2, 3, 4]) / 9)
    assert "fewer than 10 items" in Baselines(encoder).fitted_on(pairs)


@pytest.mark.parametrize("labels", [[2] * 12, [0] * 11 + [2], [0] * 6 + [1] * 5 + [2]])
def test_a_label_that_is_rare_or_alone_does_no_harm(encoder, labels):
    rng = np.random.default_rng(0)
    pairs = labelled(sentences(rng, 12), sentences(rng, 12), labels)
    for judged in Baselines(encoder).judge(pairs).values():
        assert np.allclose(judged.forward.sum(axis=1), 1)
        assert not judged.forward[:, sorted({0, 1, 2} - set(labels))].any()


def test_each_text_gets_its_vector_once(encoder, monkeypatch):
    embedded = []
    encode = encoder.encode
    monkeypatch.setattr(encoder, "encode", lambda texts, **options: embedded.extend(texts) or encode(texts, **options))
    pairs = told_by_hypothesis()
    Baselines(encoder).judge(replace(pairs, premises=pairs.hypotheses[::-1]))
    assert sorted(embedded) == sorted(set(pairs.hypotheses))


@pytest.mark.parametrize(
    ("language", "plain", "negated"),
    [
        ("id", "Kantor itu buka.", "Kantor itu tidak buka."),
        ("en", "He came, they say.", "He didn’t come, they say."),
        ("fr", "Il est venu.", "Il n’est jamais venu."),
        ("de", "Es gab Wasser.", "Es gab kein Wasser."),
        ("tr", "Kapıyı açtı.", "Kapıyı açmadı."),
        ("el", "Έφτασε κάποιος.", "Δεν έφτασε κανείς."),
        ("hi", "वह आया।", "वह नहीं आया।"),
        ("ar", "وصل القطار.", "لم يصل القطار."),
        ("fa", "قطار می‌رسد.", "قطار نمی‌رسد."),
        ("ko", "기차가 왔다.", "기차가 오지 않았다."),
        ("zh", "火车到了。", "火车没有到。"),
        ("ja", "電車が来ました。", "電車は来ませんでした。"),
        ("th", "รถไฟมาแล้ว", "รถไฟไม่มา"),
        ("id-ID", "Kantor itu buka.", "Kantor itu belum buka."),
        (
            "",
            "The bridge over the river was open for everyone.",
            "The bridge over the river was never open for anyone.",
        ),
    ],
)
def test_negation_is_seen_in_many_languages(encoder, language, plain, negated):
    pairs = labelled(
        [plain, negated] * 20,
        ["7"] * 40,  # has nothing in common with either, so that overlap tells nothing
        [NEUTRAL, CONTRADICTION] * 20,
        two_way=True,
        languages=np.full(40, language, object),
    )
    judged = Baselines(encoder).judge(pairs)
    assert accuracy(judged[OVERLAP], pairs) == 1
