import json
from itertools import chain
from pathlib import Path

import pytest

SETS = sorted((Path(__file__).parents[1] / "benchmarks" / "disputes").glob("[dt]*/*.json"))


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
