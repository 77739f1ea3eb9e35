from pathlib import Path

import pandas as pd
import pytest

FILES = sorted((Path(__file__).parents[1] / "benchmarks" / "stance").glob("*.csv"))


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
