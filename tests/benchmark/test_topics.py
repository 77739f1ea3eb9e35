from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, v_measure_score
from sklearn.metrics.cluster import pair_confusion_matrix

from contradict.benchmark.topics import PAIRS_FILE, SENTENCES_FILE, measure_stories, measure_subjects, read_labelled

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "topics.py"
STORIES = ("flood", "election", "harvest", "match")


def to_vectors(texts):
    """One direction for each story, so that topics are exactly the stories."""
    return np.eye(len(STORIES), dtype=np.float32)[[next(n for n, s in enumerate(STORIES) if s in t) for t in texts]]


def write(name, **sentences):
    """An article with so many sentences of each story, in this order."""
    return " ".join(
        f"Report {name} has part {number} of the {story}."
        for story, size in sentences.items()
        for number in range(size)
    )


def pair_rows(*pairs):
    columns = ("text_a", "text_b", "dissimilarity", "lang_a", "lang_b")
    return pd.DataFrame([(*pair, "en", "en")[:5] for pair in pairs], columns=columns)


def at(stories, method, cut=2.0, languages="all"):
    (row,) = (row for row in stories.figures if (row.method, row.cut, row.languages) == (method, cut, languages))
    return row


def values(row):
    return {name: figure.value for name, figure in row.figures.items()}


A, B = write("A", flood=3), write("B", flood=2, election=1)
C, D, E = write("C", election=3), write("D", election=2, flood=1), write("E", harvest=3)
PAIRS = ((A, B, 1.0), (A, C, 4.0), (B, C, 4.0), (C, D, 2.0), (A, D, 1.5), (E, C, 2.5))


def test_articles_are_one_story_by_their_commonest_topic_or_by_any():
    stories = measure_stories(pair_rows(*PAIRS), to_vectors)
    assert (stories.articles, stories.statements, stories.topics) == (5, 15, 3)
    commonest = at(stories, "commonest topic")
    assert (commonest.pairs, commonest.same) == (6, 3)
    assert values(commonest) == pytest.approx({"precision": 1, "recall": 2 / 3, "f1": 4 / 5})
    assert values(at(stories, "topic in common")) == pytest.approx({"precision": 3 / 4, "recall": 1, "f1": 6 / 7})
    assert values(at(stories, "every pair")) == pytest.approx({"precision": 1 / 2, "recall": 1, "f1": 2 / 3})


def test_the_cut_says_what_is_the_same_story():
    stories = measure_stories(pair_rows(*PAIRS), to_vectors)
    assert {cut: at(stories, "every pair", cut).same for cut in (1.0, 1.5, 2.0, 2.5, 3.0)} == {
        1.0: 1,
        1.5: 2,
        2.0: 3,
        2.5: 4,
        3.0: 4,
    }
    assert values(at(stories, "commonest topic", 2.5))["recall"] == pytest.approx(2 / 4)


def test_cosine_ranks_pairs_by_the_means_of_the_vectors():
    stories = measure_stories(pair_rows(*PAIRS), to_vectors)
    means = {A: (3, 0, 0), B: (2, 1, 0), C: (0, 3, 0), D: (1, 2, 0), E: (0, 0, 3)}
    cosines = [np.dot(means[a], means[b]) / math.hypot(*means[a]) / math.hypot(*means[b]) for a, b, _ in PAIRS]
    same = [dissimilarity <= 2 for *_, dissimilarity in PAIRS]
    assert values(at(stories, "cosine")) == pytest.approx(
        {"average_precision": average_precision_score(same, cosines), "roc_auc": roc_auc_score(same, cosines)}
    )


def test_of_equally_common_topics_the_earlier_one_counts():
    earlier, later = write("F", election=2, flood=2), write("G", flood=2, election=2)
    stories = measure_stories(pair_rows((earlier, C, 1.0), (later, C, 4.0)), to_vectors)
    assert values(at(stories, "commonest topic")) == {"precision": 1, "recall": 1, "f1": 1}


def test_a_sentence_that_two_articles_share_counts_in_both():
    sentences = [f"{sentence}." for sentence in A.rstrip(".").split(". ")]
    reprint = " ".join(reversed(sentences))
    stories = measure_stories(pair_rows((A, reprint, 1.0), (C, E, 4.0)), to_vectors)
    assert stories.statements == 9
    assert values(at(stories, "commonest topic")) == {"precision": 1, "recall": 1, "f1": 1}
    assert values(at(stories, "cosine"))["roc_auc"] == 1


def test_an_article_without_statements_is_no_story_of_anybody():
    stories = measure_stories(pair_rows((A, B, 1.0), ("Who knows?", "Who cares?", 4.0)), to_vectors)
    for method in ("commonest topic", "topic in common"):
        assert values(at(stories, method)) == {"precision": 1, "recall": 1, "f1": 1}
    assert values(at(stories, "cosine")) == {"average_precision": 1, "roc_auc": 1}


def test_languages_of_pairs_are_measured_apart_in_one_grouping():
    rows = pair_rows((A, B, 1.0, "en", "de"), (C, A, 4.0, "de", "en"), (C, D, 2.0, "de", "de"), (E, A, 4.0, "en", "en"))
    stories = measure_stories(rows, to_vectors)
    groups = {row.languages: (row.pairs, row.same) for row in stories.figures if row.cut == 2.0}
    assert groups == {
        "all": (4, 2),
        "same language": (2, 1),
        "cross-language": (2, 1),
        "de-de": (1, 1),
        "de-en": (2, 1),
        "en-en": (1, 0),
    }
    assert values(at(stories, "topic in common", languages="de-en")) == {"precision": 1, "recall": 1, "f1": 1}
    assert math.isnan(values(at(stories, "commonest topic", languages="en-en"))["recall"])


def test_pairs_that_share_articles_are_drawn_together():
    rng = np.random.default_rng(0)
    pairs = []
    for number in range(40):
        first, second = rng.choice(STORIES, 2)
        rating = 1.0 if rng.random() < (0.8 if first == second else 0.2) else 4.0
        pairs.append((write(f"{number}a", **{first: 1}), write(f"{number}b", **{second: 1}), rating))
    once, twice = (
        at(measure_stories(pair_rows(*pairs * times), to_vectors), "commonest topic").figures["recall"]
        for times in (1, 2)
    )
    assert twice.value == once.value
    assert once.low < once.value < once.high
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.15)


def sentence_rows(languages=("en", "de"), sentences=48):
    """Sentences of four stories, in each language, under three subjects that agree with them now and then."""
    rng = np.random.default_rng(1)
    rows = []
    for number in range(sentences):
        story = int(rng.integers(4))
        subject = story // 2 if rng.random() < 0.7 else int(rng.integers(3))
        text = f"Sentence {number} is about the {STORIES[story]}"
        rows += [(f"{number}", f"subject {subject}", f"{text} in {language}.", language) for language in languages]
    return pd.DataFrame(rows, columns=["index_id", "category", "text", "lang"])


def test_topics_against_subjects_as_scikit_learn_measures_them():
    rows = sentence_rows()
    everything, *of_each = measure_subjects(rows, to_vectors)
    assert [(part.languages, part.sentences) for part in (everything, *of_each)] == [
        ("all", 96),
        ("de", 48),
        ("en", 48),
    ]
    for part, own in ((everything, rows), (of_each[1], rows[rows["lang"] == "en"])):
        topics = to_vectors(own["text"]).argmax(axis=1)
        (_, apart), (missed, together) = pair_confusion_matrix(own["category"], topics)
        assert part.topics == 4
        assert values(part) == pytest.approx(
            {
                "v_measure": v_measure_score(own["category"], topics),
                "precision": together / (together + apart),
                "recall": together / (together + missed),
                "f1": 2 * together / (2 * together + apart + missed),
            }
        )


def test_intervals_of_topics_against_subjects():
    everything, of_one, _ = measure_subjects(sentence_rows(), to_vectors)
    for part in (everything, of_one):
        for figure in part.figures.values():
            assert figure.low < figure.value < figure.high
            assert (figure.low + figure.high) / 2 == pytest.approx(figure.value, abs=0.03)
    widths = [part.figures["precision"].high - part.figures["precision"].low for part in (everything, of_one)]
    assert widths[0] == pytest.approx(widths[1], rel=0.2)  # translations are no further evidence


def test_translations_of_one_sentence_have_no_interval():
    rows = sentence_rows(languages=("en", "de", "fr"), sentences=1)
    everything, *_ = measure_subjects(rows, to_vectors)
    assert everything.figures["precision"].value == 1
    assert all(math.isnan(figure.low) and math.isnan(figure.high) for figure in everything.figures.values())


def test_chance_is_told_for_topics_of_the_same_sizes():
    rows = sentence_rows(languages=("en",))
    everything, _ = measure_subjects(rows, to_vectors)
    topics = to_vectors(rows["text"]).argmax(axis=1)
    same_topic, same_subject = (
        (sum(size * (size - 1) for size in sizes) / (48 * 47))
        for sizes in (np.bincount(topics), rows["category"].value_counts())
    )
    assert everything.at_random["recall"] == pytest.approx(same_topic, abs=0.01)
    assert everything.at_random["precision"] == pytest.approx(same_subject, abs=0.01)
    assert 0 < everything.at_random["v_measure"] < everything.figures["v_measure"].value


def test_what_is_undefined_is_not_a_number():
    rows = sentence_rows(languages=("en",), sentences=1)
    part, _ = measure_subjects(rows, to_vectors)
    assert all(math.isnan(figure.value) and math.isnan(figure.low) for figure in part.figures.values())


def write_folder(folder, pairs=None, sentences=None):
    (pair_rows(*PAIRS) if pairs is None else pairs).to_parquet(folder / PAIRS_FILE)
    (sentence_rows() if sentences is None else sentences).to_parquet(folder / SENTENCES_FILE)
    return folder


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pairs": pair_rows(*PAIRS).drop(columns="lang_b")}, f"{PAIRS_FILE}: no column lang_b; columns found: text_a"),
        ({"pairs": pair_rows()}, f"{PAIRS_FILE}: there are no rows"),
        ({"pairs": pair_rows((A, B, 1.0), (A, " ", 1.0))}, "text_b must be a text, and not empty; row 2 is wrong"),
        ({"pairs": pair_rows((A, B, 0.5), (A, C, math.nan))}, "from 1 to 4; row 1 is wrong, and 1 more"),
        ({"sentences": sentence_rows().drop(columns="category")}, f"{SENTENCES_FILE}: no column category"),
        ({"sentences": sentence_rows(languages=("en", "en"))}, "earlier row; row 2 is wrong, and 47 more"),
    ],
)
def test_rows_that_cannot_be_used(tmp_path, changed, message):
    with pytest.raises(ValueError, match=message):
        read_labelled(write_folder(tmp_path, **changed))


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"{PAIRS_FILE}: there is no such file"):
        read_labelled(tmp_path)
    write_folder(tmp_path)
    (tmp_path / SENTENCES_FILE).write_bytes(b"no table")
    with pytest.raises(ValueError, match=f"{SENTENCES_FILE}: cannot be read as Parquet"):
        read_labelled(tmp_path)


@pytest.fixture(scope="module")
def command():
    spec = importlib.util.spec_from_file_location("benchmarks_topics", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def test_the_command_prints_tables_and_writes_all_figures(tmp_path, toy_encoder, command, capsys):
    folder = write_folder(tmp_path)
    written = []
    for name in ("first.json", "second.json"):
        command(["--data", str(folder), "--encoder", str(toy_encoder), "--out", str(tmp_path / name), "--quiet"])
        written.append((tmp_path / name).read_bytes())
    shown = capsys.readouterr().out
    assert written[0] == written[1]
    assert "commonest topic" in shown
    assert "much finer than these subjects" in " ".join(shown.split())
    result = json.loads(written[0])
    assert result["encoder"]["name"] == str(toy_encoder)
    assert {len(digest) for digest in (result["encoder"]["sha256"], *result["data"].values())} == {64}
    assert set(result["data"]) == {PAIRS_FILE, SENTENCES_FILE}
    assert result["stories"]["articles"] == 5
    assert {row["cut"] for row in result["stories"]["figures"]} == {1.0, 1.5, 2.0, 2.5, 3.0}
    assert [part["languages"] for part in result["subjects"]] == ["all", "de", "en"]


def test_the_command_says_in_one_line_what_is_wrong(tmp_path, command, capsys):
    with pytest.raises(SystemExit) as stopped:
        command(["--data", str(tmp_path)])
    assert stopped.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert PAIRS_FILE in line
