"""The commands of `benchmarks/`, on small data."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from contradict.training.config import read_config

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    rows = pd.read_csv(ROOT / "examples" / "labelled_pairs.csv")
    rows = rows.assign(dataset="own-train", licence="Apache-2.0", item=range(len(rows)))
    rows["label"] = rows["label"].map({"entailment": 0, "neutral": 1, "contradiction": 2})
    rows.to_parquet(folder / "train.parquet")
    (folder / "test").mkdir()
    rows[::2].to_parquet(folder / "test" / "first.parquet")
    rows[1::2].to_parquet(folder / "test" / "second.parquet")
    return folder


def run(script, *arguments):
    command = [sys.executable, str(ROOT / "benchmarks" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.embedded
def test_quality_prints_what_it_measured_and_then_what_others_published(data, tmp_path):
    shown = run("quality.py", "--data", data, "--sample", 24, "--out", tmp_path)
    measured, published = shown.split("Published by others, not measured here:")
    rows = {
        cells[0]: cells for cells in (line.strip("| ").split(" | ") for line in measured.splitlines()[2:]) if cells[0]
    }
    assert {"all", "first", "second", "first en", "second ko"} <= set(rows)
    groups = json.loads((tmp_path / "results.json").read_text())["systems"][0]["groups"]
    accuracy = groups[0]["figures"]["accuracy"]["value"]
    assert rows["all"][1:3] == ["48", rows["all"][2]]
    assert rows["all"][2].startswith(f"{100 * accuracy:.1f} [")
    assert "mDeBERTa" in published
    assert "mDeBERTa" not in measured


@pytest.mark.slow
def test_what_news_asks_is_measured(tmp_path):
    pairs = pd.read_csv(ROOT / "examples" / "labelled_pairs.csv").assign(item=lambda rows: rows.index)
    pairs["label"] = pairs["label"].map({"entailment": 0, "neutral": 1, "contradiction": 2})
    figures = [(f"The storm damaged {n} boats.", "Boats sank.", 1, "en", n) for n in range(30, 60)]
    pairs = pd.concat(
        [pairs, pd.DataFrame(figures, columns=["premise", "hypothesis", "label", "premise_lang", "item"])]
    )
    (tmp_path / "nli" / "dev").mkdir(parents=True)
    for name in ("indonli_val", "xnli_dev", "klue_holdback", "inferbr_val"):
        pairs.to_parquet(tmp_path / "nli" / "dev" / f"{name}.parquet")
    (tmp_path / "topics").mkdir()
    articles = [
        (f"The flood closed road {n}.", f"The election in town {n} was held.", 4.0, "en", "en") for n in range(60)
    ]
    columns = ["text_a", "text_b", "dissimilarity", "lang_a", "lang_b"]
    pd.DataFrame(articles, columns=columns).to_parquet(tmp_path / "topics" / "semeval22_dev.parquet")
    shown = run("news.py", "--data", tmp_path, "--part", "dev", "--out", tmp_path / "news.json")
    rows = json.loads((tmp_path / "news.json").read_text())["rows"]
    assert {row["part"] for row in rows if row["what"] == "label changed by reported speech"} == {
        "all",
        "en",
        "id",
        "ko",
    }
    assert all(0 <= row["figure"]["value"] <= 1 for row in rows)
    assert "figures: right label" in shown


def test_training_rows_are_counted_by_source_and_licence(data):
    shown = run("training_rows.py", data / "train.parquet", ROOT / "benchmarks" / "pairs" / "names_train.csv")
    assert "| own-train | en id ko | 60 | 60 | 60 | 60 | Apache-2.0 |" in shown
    assert "| names | ar de en es fr hi id ja ko ru tr zh | 576 | 288 | 144 | 144 | Apache-2.0 |" in shown


def test_every_capped_source_has_its_public_address():
    sets = tomllib.loads((ROOT / "benchmarks" / "sets.toml").read_text(encoding="utf-8"))
    known = {name for entry in sets.values() for name in entry["rows"]}
    assert {*read_config().caps, *read_config().repeats} <= known
    assert all(entry.keys() >= {"rows", "title", "source", "licence", "citation"} for entry in sets.values())


def test_every_published_figure_has_its_source():
    published = tomllib.loads((ROOT / "benchmarks" / "published.toml").read_text(encoding="utf-8"))
    for figure in published["figures"]:
        assert published["sources"][figure["source"]]["url"].startswith("https://")
        assert 50 < figure["accuracy"] < 100
