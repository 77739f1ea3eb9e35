import json
from itertools import chain
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "benchmarks" / "disputes"
EVENTS = sorted((HERE / "train" / "parallel").glob("*.json"))
MIXED = sorted((HERE / "train" / "events").glob("*/*.jsonl"))
PARTS = ("dev", "test", "fit", "train/long", "train/short")
SETS = sorted(path for part in PARTS for path in HERE.glob(f"{part}/*.json"))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_labels_of_a_set_fit_its_sentences(path):
    labelled = json.loads(path.read_text(encoding="utf-8"))
    holder = {
        (article["id"], at): sentence["holder"]
        for article in labelled["articles"]
        for at, sentence in enumerate(article["sentences"])
    }
    sentences = [sentence for article in labelled["articles"] for sentence in article["sentences"]]
    assert {sentence["stance"] for sentence in sentences} <= {"asserts", "denies", "open"}
    assert {pair["kind"] for pair in labelled["contradictions"]} <= {"denial", "figure", "other"}
    pairs = [(tuple(pair["a"]), tuple(pair["b"])) for pair in chain(labelled["contradictions"], labelled["updates"])]
    assert set(chain(*pairs)) <= holder.keys()
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    assert all(a != b for a, b in pairs)
    for pair in labelled["contradictions"]:
        (article, _), (other, _) = pair["a"], pair["b"]
        assert article != other or holder[tuple(pair["a"])] != holder[tuple(pair["b"])]


def test_the_sets_are_those_of_their_description():
    assert len([path for path in SETS if path.parent.name == "test"]) == 18
    assert len([path for path in SETS if path.parent.name == "dev"]) == 12
    assert len([path for path in SETS if path.parent.name == "fit"]) == 29
    assert len([path for path in SETS if path.parent.name == "short"]) == 64
    assert len([path for path in SETS if path.parent.name == "long"]) == 27
    assert len(EVENTS) == 120
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in MIXED) == 1394


@pytest.mark.parametrize(
    "path", [path for path in SETS if path.parent.name not in ("dev", "test")], ids=lambda p: p.stem
)
def test_the_marked_words_stand_in_their_sentences(path):
    labelled = json.loads(path.read_text(encoding="utf-8"))
    for sentence in (sentence for article in labelled["articles"] for sentence in article["sentences"]):
        words = [sentence["source"], sentence["cue"], *sentence["content"]]
        assert all(word in sentence["text"] for word in words if word is not None)
        assert sentence["mode"] in {"fact", "plan", "opinion", "question", "condition"}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_has_every_statement_in_all_of_its_languages(path):
    event = json.loads(path.read_text(encoding="utf-8"))
    assert len(set(event["languages"])) == 3
    assert all(list(statement["texts"]) == event["languages"] for statement in event["statements"])
    texts = [text for statement in event["statements"] for text in statement["texts"].values()]
    assert len(texts) == 24
    assert all(text.strip() for text in texts)
    names = {statement["id"] for statement in event["statements"]}
    pairs = [frozenset(pair) for key in ("contradictions", "updates", "agreements") for pair in event[key]]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 and pair <= names for pair in pairs)


@pytest.mark.parametrize("path", MIXED, ids=lambda path: path.stem)
def test_pairs_of_an_event_stand_in_one_list_and_what_follows_carries_its_contradictions(path):
    for event in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        places = set(range(len(event["statements"])))
        assert len({text for _, text in event["statements"]}) == len(places)
        contradictions, updates, follows = (
            [frozenset(pair) for pair in event[key]] for key in ("contradictions", "updates", "follows")
        )
        assert all(len(pair) == 2 and pair <= places for pair in chain(contradictions, updates, follows))
        assert len({*contradictions, *updates}) == len(contradictions) + len(updates)
        assert not {*contradictions, *updates} & set(follows)
        for from_, what in event["follows"]:
            carried = {frozenset({from_, *(pair - {what})}) for pair in contradictions if what in pair}
            assert carried <= {*contradictions, *updates}


def test_no_two_events_have_one_name():
    names = [json.loads(line)["id"] for path in MIXED for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", sorted((HERE / "train" / "stance").glob("*.jsonl")), ids=lambda path: path.stem)
def test_sentences_with_stances_are_whole(path):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({row["text"] for row in rows}) == len(rows) == 104
    assert {row["stance"] for row in rows} == {"asserts", "denies", "open"}
    for row in rows:
        words = [row["source"], row["cue"], *row["content"]]
        assert row["lang"] == path.stem
        assert all(word in row["text"] for word in words if word is not None)
