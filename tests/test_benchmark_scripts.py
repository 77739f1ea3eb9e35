"""The commands of `benchmarks/`, on small data."""

import gzip
import json
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL
from contradict.training.attributions import read_marked
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
    assert "| own-train | en id ko | 60 | 60 | 60 | 60 | 60 | 60 | Apache-2.0 |" in shown
    assert "| names | ar de en es fr hi id ja ko ru tr zh | 576 | 288 | 144 | 144 | 144 | 144 | Apache-2.0 |" in shown


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


EVENT = {
    "id": "bridge",
    "statements": [
        ["en", "It is shut."],
        ["id", "Jembatan dibuka."],
        ["en", "It is shut for a week."],
        ["en", "It is new."],
    ],
    "contradictions": [[0, 1], [1, 2]],
    "updates": [[0, 3]],
    "follows": [[2, 0]],
}


def test_pairs_of_an_event_say_what_follows_what_conflicts_and_what_is_known_of_the_rest(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    rows = import_module("dispute_pairs").event_rows_of(EVENT, "first")
    found = [(row["premise"][:9], row["hypothesis"][:9], row["dataset"], row["label"], row["two_way"]) for row in rows]
    assert found == [
        ("It is shu", "Jembatan ", "events-first-contradiction", CONTRADICTION, False),
        ("It is shu", "It is shu", "events-first-follows", NEUTRAL, True),
        ("It is shu", "It is shu", "events-first-follows", ENTAILMENT, False),
        ("It is shu", "It is new", "events-first-update", NEUTRAL, True),
        ("Jembatan ", "It is shu", "events-first-contradiction", CONTRADICTION, False),
        ("Jembatan ", "It is new", "events-first-neither", NEUTRAL, False),
        ("It is shu", "It is new", "events-first-neither", NEUTRAL, False),
    ]
    assert rows[2]["premise"] == "It is shut for a week."
    assert (rows[0]["premise_lang"], rows[0]["hypothesis_lang"]) == ("en", "id")


def write_articles(folder, texts):
    """Two articles on one story, in English and German, and one marked article of each part."""
    (folder / "topics").mkdir()
    columns = ["text_a", "text_b", "lang_a", "lang_b", "dissimilarity"]
    pd.DataFrame([(*texts, "en", "de", 1.0)], columns=columns).to_parquet(folder / "topics" / "semeval22_dev.parquet")
    (folder / "attribution").mkdir()
    marks = [{"source": [[0, 3]], "cue": [], "content": []}]
    for name in ("train", "dev"):
        with gzip.open(folder / "attribution" / f"{name}.jsonl.gz", "wt") as file:
            row = {"id": name, "lang": "en", "text": f"The {name}", "licence": "", "attributions": marks}
            file.write(json.dumps(row) + "\n")


def test_labelled_places_become_rows_without_the_unclear_ones(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    suspects, places = import_module("suspects"), import_module("places")
    texts = ["The bridge is shut. It is new.", "Die Brücke ist offen."]
    ends = {
        "a_article": places.article_key(texts[0]),
        "b_article": places.article_key(texts[1]),
        "b_start": 0,
        "b_end": 21,
    }
    labels = [
        ends | {"a_start": 0, "a_end": 19, "label": "contradiction"},
        ends | {"a_start": 20, "a_end": 30, "label": "unclear"},
        ends | {"a_start": 20, "a_end": 30, "label": "b follows"},
    ]
    pd.DataFrame(labels).to_csv(tmp_path / "labels.csv", index=False)
    monkeypatch.setattr(suspects, "LABELS_FILE", tmp_path / "labels.csv")
    write_articles(tmp_path, texts)
    rows = suspects.labelled(tmp_path)
    assert rows[["premise", "label", "two_way", "dataset"]].to_numpy().tolist() == [
        ["The bridge is shut.", CONTRADICTION, False, "suspects-contradiction"],
        ["It is new.", ENTAILMENT, False, "suspects-follows"],
        ["Die Brücke ist offen.", NEUTRAL, True, "suspects-follows"],
    ]
    assert rows["premise_lang"].tolist() == ["en", "en", "de"]


def test_shares_of_real_sentences_count_by_weight_and_denials_one_by_one(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    columns = ["article", "stance", "found", "weight"]
    rows = [
        ("a", "asserts", "asserts", 3.0),
        ("b", "denies", "asserts", 1.0),
        ("b", "denies", "denies", 0.0),
        ("c", "asserts", "denies", 0.0),
    ]
    found = import_module("attribution").real_figures(pd.DataFrame(rows, columns=columns))
    assert {name: figure.value for name, figure in found.items()} == {
        "read rightly, of 2 sentences": 0.75,
        "the same, if all were said to assert": 0.75,
        "said to deny": 0.0,
        "do deny": 0.25,
        "found, of 2 denials": 0.5,
    }


def test_sentences_with_stances_become_articles_to_train_on(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    real_stances, places = import_module("real_stances"), import_module("places")
    texts = ["The bridge is shut. It is new.", "Die Brücke ist offen."]
    write_articles(tmp_path, texts)
    labels = [
        {"article": places.article_key(text), "start": 0, "end": end, "lang": "", "stance": stance, "mode": "fact"}
        for text, end, stance in ((texts[0], 19, "denies"), ("The train", 9, "asserts"))
    ]
    pd.DataFrame(labels).to_csv(tmp_path / "train.csv", index=False)
    monkeypatch.setattr(real_stances, "FOLDER", tmp_path)
    found = real_stances.to_train_on(tmp_path)
    assert len(found) == real_stances.DENIALS_COUNT + 1
    rows = {row["text"]: row for row in found}
    assert rows.keys() == {texts[0], "The train"}
    assert rows[texts[0]]["stances"] == [[0, 19, "denies", "fact"]]
    assert rows[texts[0]]["attributions"] is None
    assert rows["The train"]["attributions"] == [{"source": ((0, 3),), "cue": (), "content": ()}]
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows.values()), encoding="utf-8")
    assert [article.language for article in read_marked(path)] == [row["lang"] for row in rows.values()]
