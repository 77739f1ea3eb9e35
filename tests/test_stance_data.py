from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks" / "stance"
FILES = sorted(FOLDER.glob("*.csv"))
REAL = {part: pd.read_csv(FOLDER / "real" / f"{part}.csv") for part in ("train", "test")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_labels_fit_the_sentences(path):
    rows = pd.read_csv(path, keep_default_na=False)
    part, language = path.stem.split("_")
    assert len(rows) == {"dev": 20, "test": 40}[part]
    assert set(rows["lang"]) == {language}
    assert set(rows["stance"]) == {"asserts", "denies", "open"}
    assert set(rows["mode"]) <= {"fact", "plan", "opinion", "question", "condition"}
    assert rows["id"].is_unique
    assert rows["text"].is_unique
    assert all(row.holder in row.text and row.cue in row.text for row in rows.itertuples())


def test_there_are_two_files_for_each_of_fourteen_languages():
    assert len(FILES) == 28


@pytest.mark.parametrize("part", REAL)
def test_labels_of_real_sentences_are_whole(part):
    rows = REAL[part]
    assert set(rows["stance"]) == {"asserts", "denies", "open"}
    assert set(rows["mode"]) <= {"fact", "plan", "opinion", "question", "condition"}
    assert not rows.duplicated(["article", "start", "end"]).any()
    assert (rows["start"] < rows["end"]).all()
    assert ((rows["weight"] >= 1) | (rows["weight"] == 0)).all()


def test_no_article_of_real_sentences_is_trained_and_measured_on():
    assert not set(REAL["train"]["article"]) & set(REAL["test"]["article"])
