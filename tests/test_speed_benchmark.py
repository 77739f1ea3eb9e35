"""`benchmarks/speed.py`, with toy models on a few texts."""

import gzip
import json
import os
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest

from contradict import Article, Detector
from contradict.statements import split_articles
from toys import WORDS, save_classifier

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.append(str(BENCHMARKS))

import speed  # noqa: E402
from speeds import setting as setting_module  # noqa: E402
from speeds import worker  # noqa: E402
from speeds.rows import Row  # noqa: E402
from speeds.setting import Setting  # noqa: E402
from speeds.texts import stories  # noqa: E402

PLACES = ["city", "river", "bridge", "police", "army", "kota", "sungai", "jembatan", "polisi", "kantor"]
SMALL = {
    "repeats": 2,
    "pairs": 12,
    "shape-pairs": 6,
    "memory-pairs": 6,
    "text-pairs": 4,
    "candidates": 8,
    "candidate-articles": 6,
    "recall-articles": 6,
    "recall-statements": 12,
    "articles": 4,
    "backend": "torch",
}
SHAPE = """
[tiny]
model_type = "bert"
vocab_size = 64
hidden_size = 16
num_hidden_layers = 1
num_attention_heads = 2
intermediate_size = 32
max_position_embeddings = 66
"""


def article(number):
    place, other = PLACES[number % 10], PLACES[(number + 3) % 10]
    return f"The army closed the {place} {number}, the police said. The minister opened the {other} in rain {number}."


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name in ("nli/test", "topics", "attribution"):
        (folder / name).mkdir(parents=True)
    pairs = [(f"the {a} opened", f"the {a} closed not {b}", n % 3) for n, (a, b) in enumerate(pairwise(WORDS))]
    pd.DataFrame(pairs, columns=["premise", "hypothesis", "label"]).to_parquet(
        folder / "nli" / "test" / "indonli_test_lay.parquet"
    )
    stories = [(article(n), article(n + 10), "en", "en", 1.0 + n % 4) for n in range(0, 9, 2)]
    pd.DataFrame(stories, columns=["text_a", "text_b", "lang_a", "lang_b", "dissimilarity"]).to_parquet(
        folder / "topics" / "semeval22_dev.parquet"
    )
    for name, numbers in (("train", range(20, 23)), ("dev", range(23, 25))):
        with gzip.open(folder / "attribution" / f"{name}.jsonl.gz", "wt") as lines:
            for n in numbers:
                lines.write(json.dumps({"id": str(n), "lang": "en", "text": article(n), "attributions": []}) + "\n")
    return folder


@pytest.fixture
def arguments(data, toy_nli, toy_encoder, toy_tagger, tmp_path):
    shapes = tmp_path / "shapes.toml"
    shapes.write_text(SHAPE)
    given = {"data": data, "shapes": shapes, "nli": toy_nli, "encoder": toy_encoder, "tagger": toy_tagger}

    def make(**changes):
        options = given | SMALL | {name.replace("_", "-"): value for name, value in changes.items()}
        return [part for name, value in options.items() for part in (f"--{name}", str(value))]

    return make


class InThisProcess:
    """What a process of `worker.py` does, without one: the same engines answer."""

    def __init__(self, spec, **_):
        self._inputs, self._act = spec["inputs"], worker.ENGINES[spec["engine"]](spec)
        self.runs_with = None

    def ask(self, request):
        inputs = self._inputs if request == "run" else self._inputs[:2]
        return json.loads(json.dumps(worker.timed(self._act, inputs), default=worker.plain))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def measure(arguments, monkeypatch, tmp_path):
    monkeypatch.setattr(setting_module, "Worker", InThisProcess)

    def run(name, **changes):
        return list(speed.MEASUREMENTS[name](Setting(speed.read_options(arguments(**changes)), tmp_path)))

    return run


def run_command(*given, status=0, environment=None):
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "speed.py", *given],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def test_the_same_weights_give_the_same_probabilities(measure):
    row = measure("score")[0]
    # In bfloat16 numbers have eight bits; with the labels in another order, toy probabilities would be far apart.
    assert 0 < row.details["largest difference"] < 0.05 or row.details["mean difference"] == 0
    assert row.details["same label"] > 0.8
    assert abs(row.details["accuracy"] - row.details["other accuracy"]) <= 0.2
    assert row.details["pairs"] == SMALL["pairs"]


def test_the_order_of_labels_is_read_from_the_model(measure, tmp_path):
    other = save_classifier(tmp_path / "other", names=("contradiction", "entailment", "neutral"))
    assert measure("score", nli=other)[0].details["largest difference"] < 0.05


def test_a_ratio_is_of_two_figures_of_one_round_and_above_one_where_this_library_is_ahead():
    assert Row("score", "", "pairs/s", [100, 300], "other", [50, 100]).ratios == [2, 3]
    start = Row("start", "cold | start", "s", [1.0, 2.0, 8.0], "other", [2.0, 3.0, 4.0])
    assert start.ratios == [2, 1.5, 0.5]
    assert str(start) == "| cold / start | 2 s [1, 8] | other | 3 s [2, 4] | 1.5 [0.5, 2] |  |"


def test_candidates_are_judged_both_ways_by_both_and_as_a_scan_does(measure):
    both, as_scan = measure("judging")
    assert both.details["pairs"] == as_scan.details["pairs"] == SMALL["candidates"]
    assert both.details["largest difference"] < 0.05
    assert as_scan.details["kept"] <= as_scan.details["found when all is read"]
    assert len(both.ratios) == len(as_scan.ratios) == SMALL["repeats"]


def test_a_shape_has_the_size_that_it_states(measure):
    (row,) = measure("shapes")
    embeddings, layer, head = (64 + 66 + 2 + 2) * 16, 4 * (16 * 16 + 16) + 2 * 16 * 32 + 32 + 16 + 4 * 16, 16 * 17
    assert row.details["parameters"] == embeddings + layer + head + 3 * 17
    assert "in the shape of tiny" in row.beside


def test_the_stages_of_a_scan_are_all_of_it(measure):
    total, *stages = measure("scan", articles=5)
    assert {"… judging pairs", "… finding who says what", "… loading the tagger"} <= {row.what for row in stages}
    assert sum(row.own[0] for row in stages) == pytest.approx(total.own[0], rel=0.02)
    assert total.details["statements"] == 2 * 5


def test_recall_is_a_share_of_what_judging_everything_twice_finds(measure, data, toy_encoder, tmp_path):
    nli = save_classifier(tmp_path / "other", names=("entailment", "contradiction", "neutral"))
    (row,) = measure("recall", recall_at=0.6, recall_articles=10, recall_statements=20, nli=nli)
    rows, same = stories(data, 10)
    statements, _ = split_articles([Article(**each) for each in rows])
    pairs = [(a, b) for a, b in combinations(statements, 2) if a.article != b.article]
    judged = Detector(nli, toy_encoder, backend="torch").judge([(a.text, b.text) for a, b in pairs])
    strong = [pair for pair, own in zip(pairs, judged, strict=True) if own.score >= 0.6]
    found = row.details
    whole, part = found["strong"]["all"]
    assert (found["pairs"], whole) == (len(pairs), len(strong)) == (180, len(strong))
    assert found["strong"]["of one story"][0] == sum((a.article, b.article) in same for a, b in strong) > 0
    assert found["judged in both directions"] < len(pairs)
    assert row.own == [part / whole]
    assert 0 < part < whole


def test_without_strong_pairs_there_is_no_recall(measure):
    (row,) = measure("recall", recall_at=1.0)
    assert row.own == []
    assert row.details["pairs"] == 60  # two statements each of six articles


@pytest.mark.slow
def test_cold_start_counts_the_process_and_memory_is_its_own(arguments, tmp_path):
    out = tmp_path / "out.json"
    given = arguments(repeats=1, cores=1)
    shown = run_command("--only", "start", "memory", "--out", out, *given)
    start, scan, memory = json.loads(out.read_text())["rows"]
    assert start["ratios"] == [start["other"][0] / start["own"][0]]
    assert start["own"][0] > 0.5  # torch alone takes longer to load
    assert len(scan["own"]) == 1
    assert scan["own"][0] > start["own"][0] / 2
    assert 100 < memory["own"][0] < 5000
    assert f"torch {pd.Series(json.loads(out.read_text())['versions']['this environment'])['torch']}" in shown
    assert "score 1 torch, CrossEncoder 1." in shown


def test_what_cannot_be_measured_says_why_and_the_rest_goes_on(arguments):
    nothing = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    shown = run_command(
        "--only", "memory", "contradict-text", *arguments(device="nowhere"), status=1, environment=nothing
    )
    first, second = shown.splitlines()[2:4]
    assert "not measured: score ended with status 1" in first
    assert "'nowhere'" in first
    assert "not measured: it cannot be installed here: ERROR: No matching distribution found" in second


def test_too_few_articles_are_no_scan_of_many(measure):
    with pytest.raises(ValueError, match=r"5,000 articles are wanted, and .* has 15 different ones"):
        measure("scan", articles=5000)
