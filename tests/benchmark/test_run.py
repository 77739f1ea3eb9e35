import dataclasses
import json

import numpy as np
import pytest

from contradict.benchmark import JudgementStore, benchmark, load_set, sample
from contradict.benchmark.baselines import BASELINES, HYPOTHESIS
from contradict.calibration import Calibration, write_calibration
from contradict.cli import main
from contradict.models.cache import judgements_folder
from contradict.models.loading import load_encoder, weights_digest
from contradict.nli import NLI
from toys import WORDS, save_classifier


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(2)
    rows = [
        {
            "premise": " ".join(rng.choice(WORDS, 5)),
            "hypothesis": " ".join(rng.choice(WORDS, 4)),
            "label": number % 4 - 1,
            "premise_lang": "id" if number < 60 else "en",
            "genre": "news",
        }
        for number in range(96)
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.fixture
def models(toy_nli, toy_encoder):
    return ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--device", "cpu"]


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def nli(toy_nli):
    return NLI(toy_nli, device="cpu")


def test_models_are_compared_with_the_first_and_the_first_with_the_baselines(file, nli, toy_encoder, tmp_path):
    other = NLI(save_classifier(tmp_path / "other", names=("neutral", "contradiction", "entailment")), device="cpu")
    sets = [load_set(str(file)), dataclasses.replace(sample(load_set(str(file)), 60), name="again")]
    report = benchmark(iter([nli, other]), sets, encoder=lambda: load_encoder(toy_encoder, "cpu"))
    assert [system.name for system in report.systems] == [nli.name, other.name, *BASELINES]
    compared = {(each.first, each.second, each.set) for each in report.comparisons}
    assert compared == {
        (nli.name, name, part) for name in (other.name, *BASELINES) for part in ("all", "pairs", "again")
    }
    assert {each.figure for each in report.comparisons if each.second == other.name} == {
        *("accuracy", "macro_f1", "average_precision_symmetric")
    }
    assert list(report.curves) == [nli.name, other.name]
    assert report.systems[0].digest == weights_digest(nli.folder)
    assert "5 folds" in report.sets[0]["notes"][-1]
    alone = benchmark([other], sets[:1])
    assert repr(alone.systems[0].groups) == repr(
        tuple(group for group in report.systems[1].groups if group.set == "pairs")
    )


def test_the_threshold_is_the_models_own_unless_one_is_stated(file, toy_nli):
    calibrated = NLI(toy_nli, calibration=Calibration(threshold=0.6), device="cpu")
    sets = [load_set(str(file))]
    assert benchmark([calibrated], sets).systems[0].threshold == 0.6
    low = benchmark([calibrated], sets, threshold=0.0).systems[0]
    assert low.threshold == 0.0
    assert low.groups[0].figures["recall_symmetric"].value == 1.0


def test_figures_on_what_fitted_a_calibration_are_marked(file, toy_nli):
    labelled = load_set(str(file))
    for digest, marked in ((labelled.digest, True), ("other", False)):
        calibration = Calibration(temperature=2.0, fitted_on={"sets": [{"digest": digest}]})
        report = benchmark([NLI(toy_nli, calibration=calibration, device="cpu")], [labelled])
        assert any("fitted to these very pairs" in note for note in report.sets[0]["notes"]) == marked


@pytest.mark.parametrize(
    ("place", "fitted", "marked"),
    [
        ({"file": "a.csv", "sha256": "ab"}, {"file": "b.csv", "sha256": "ab"}, True),
        ({"file": "a.csv", "sha256": "ab"}, {"file": "a.csv", "sha256": "cd"}, False),
        ({"hub": "o/n", "split": "test", "commit": "ab"}, {"hub": "o/n", "split": "test"}, True),
        ({"hub": "o/n", "split": "test", "commit": "ab"}, {"hub": "o/n", "split": "test", "commit": "cd"}, False),
        ({"hub": "o/n", "split": "test", "configuration": "fr"}, {"hub": "o/n", "split": "test"}, False),
        ({"hub": "o/n", "split": "test"}, {"hub": "o/n", "split": "validation"}, False),
        ({}, {}, False),
    ],
)
def test_figures_on_a_sample_of_what_fitted_a_calibration_are_marked(file, toy_nli, place, fitted, marked):
    drawn = dataclasses.replace(sample(load_set(str(file)), 30), origin=place)
    calibration = Calibration(fitted_on={"sets": [{"digest": "of the whole", **fitted}]})
    report = benchmark([NLI(toy_nli, calibration=calibration, device="cpu")], [drawn])
    assert any("fitted to pairs of the same file or split" in note for note in report.sets[0]["notes"]) == marked


def test_two_labels_in_a_mixture_are_told(file, nli):
    labelled = load_set(str(file))
    two_way = dataclasses.replace(labelled, name="two", two_way=True, digest="two")
    report = benchmark([nli], [labelled, two_way])
    assert not any("two labels" in note for note in report.sets[0]["notes"])
    assert 'in "all", contradictions are told from the rest' in report.sets[1]["notes"][-1]


def test_names_that_are_given_twice_are_refused(file, nli):
    labelled = load_set(str(file))
    with pytest.raises(ValueError, match="is given twice"):
        benchmark([nli, nli], [labelled])
    with pytest.raises(ValueError, match="each with its own name"):
        benchmark([nli], [labelled, labelled])
    with pytest.raises(ValueError, match="pairs and again are the same pairs"):
        benchmark([nli], [labelled, dataclasses.replace(labelled, name="again")])
    with pytest.raises(ValueError, match="no model"):
        benchmark([], [labelled])


def test_what_was_judged_is_not_judged_again_until_it_is_removed(file, nli, tmp_path):
    labelled = load_set(str(file))
    first = benchmark([nli], [labelled], saved=JudgementStore(tmp_path / "kept"))
    saved = JudgementStore(tmp_path / "kept")
    again = benchmark([nli], [labelled], saved=saved)
    assert first.systems[0].cost.directions == 2 * len(labelled)
    assert again.systems[0].cost is None
    assert repr(again.systems[0].groups) == repr(first.systems[0].groups)  # NaN is not equal to itself
    saved.remove()
    assert not list((tmp_path / "kept").iterdir())


def test_the_command_prints_and_writes_the_same_figures(file, models, tmp_path, own_cache, capfd):
    out = tmp_path / "results"
    assert main(["benchmark", str(file), "--out", str(out), *models]) == 0
    printed, told = capfd.readouterr()
    results = json.loads((out / "results.json").read_text())
    model = results["systems"][0]
    whole, english, indonesian = model["groups"]
    assert [whole["rows"], english["rows"], indonesian["rows"]] == [72, 27, 45]
    assert f"{100 * whole['figures']['accuracy']['value']:.1f} ±" in printed
    assert "left out" in told
    assert "-1" in told
    assert results["sets"][0]["notes"][0] in " ".join(printed.split())
    assert {each.name for each in out.iterdir()} == {
        *("results.json", "index.html", "reliability.png", "precision_recall.png", "languages.png")
    }
    assert not list(judgements_folder().iterdir())


def test_two_models_a_sample_and_a_stated_threshold(file, models, toy_nli, tmp_path, own_cache, capfd):
    other = save_classifier(tmp_path / "other", names=("a", "b", "c"))
    orders = ["--nli-labels", "entailment,neutral,contradiction", "--nli-labels", "neutral,entailment,contradiction"]
    options = ["--nli", str(other), *orders, "--sample", "30", "--min-score", "0.4"]
    again = tmp_path / "deeper" / "pairs.jsonl"
    again.parent.mkdir()
    again.write_text("\n".join(file.read_text().splitlines()[4:]))
    assert main(["benchmark", str(file), str(again), "--out", str(tmp_path), *models, *options]) == 0
    results = json.loads((tmp_path / "results.json").read_text())
    assert [each["name"] for each in results["sets"]] == ["pairs", "pairs (2)"]
    assert [each["name"] for each in results["systems"]] == [str(toy_nli), str(other), *BASELINES]
    assert [group["rows"] for group in results["systems"][1]["groups"]][:2] == [60, 30]
    assert {each["threshold"] for each in results["systems"]} == {0.4}
    assert "30 of 72 usable rows drawn" in capfd.readouterr().out


def test_a_model_is_compared_with_itself_under_a_calibration(file, models, toy_nli, tmp_path, own_cache):
    write_calibration(Calibration(temperature=3.0, threshold=0.5), tmp_path / "c.json")
    options = ["--nli", str(toy_nli), "--calibration", "none", "--calibration", str(tmp_path / "c.json")]
    assert main(["benchmark", str(file), "--out", str(tmp_path), "--no-baselines", *models, *options]) == 0
    plain, calibrated = json.loads((tmp_path / "results.json").read_text())["systems"]
    assert [plain["name"], calibrated["name"]] == [str(toy_nli), f"{toy_nli} (2)"]
    assert plain["calibration"] is None
    assert calibrated["calibration"]["temperature"] == 3.0
    accuracies = [each["groups"][0]["figures"]["accuracy"] for each in (plain, calibrated)]
    assert accuracies[0] == accuracies[1]


@pytest.mark.parametrize(
    ("name", "message"), [("absent.json", "absent.json"), ("pairs.jsonl", "pairs.jsonl: no calibration")]
)
def test_a_second_calibration_that_cannot_be_read_is_told_before_anything_is_judged(
    file, models, toy_nli, tmp_path, own_cache, monkeypatch, capfd, name, message
):
    judged = []
    monkeypatch.setattr(NLI, "logits", lambda nli, *_: judged.append(nli))
    options = ["--nli", str(toy_nli), "--calibration", "none", "--calibration", str(tmp_path / name)]
    assert main(["benchmark", str(file), *models, *options]) == 2
    assert message in capfd.readouterr().err
    assert not judged


def test_what_killed_runs_left_goes_with_the_cache(file, nli, own_cache, capfd):
    benchmark([nli], [load_set(str(file))], saved=JudgementStore(judgements_folder()))
    assert list(judgements_folder().glob("*.judged"))
    assert main(["cache", "--clear"]) == 0
    assert "removed 0 MB" in capfd.readouterr().out
    assert not list(judgements_folder().glob("*.judged"))


def test_training_rows_fit_the_baselines(file, models, tmp_path, own_cache, capfd):
    training = tmp_path / "training.csv"
    training.write_text("premise,hypothesis,label\n" + "".join(f"kota {n},hujan {n},2\n" for n in range(20)))
    assert main(["benchmark", str(file), "--train", str(training), "--out", str(tmp_path), *models]) == 0
    baseline = next(
        system
        for system in json.loads((tmp_path / "results.json").read_text())["systems"]
        if system["name"] == HYPOTHESIS
    )
    assert [sum(column) for column in zip(*baseline["groups"][0]["confusion"], strict=True)] == [0, 0, 72]
    assert "fitted on 20 rows of training" in " ".join(capfd.readouterr().out.split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sample", "0"], "--sample is 0; it must be at least 1"),
        (["--min-score", "1.5"], "--min-score is 1.5"),
        (["--nli-labels", "a,b,c", "--nli-labels", "a,b,c"], "--nli-labels is given 2 times for 1 models"),
        (["--two-way", "a,b"], "label"),
    ],
)
def test_bad_options_give_one_line(file, models, own_cache, capfd, options, message):
    assert main(["benchmark", str(file), *models, *options]) == 2
    out, err = capfd.readouterr()
    assert message in err.splitlines()[-1]
    assert not out
