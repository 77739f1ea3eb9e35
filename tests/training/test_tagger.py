import gzip
import json

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

from contradict.training.attributions import IGNORED, TAGS, MarkedArticle, read_marked, windows
from contradict.training.tagger import TaggerConfig, train_tagger

TEXT = "the minister denied the police closed the bridge . rain closed the river ."


def span(words, text=TEXT):
    start = text.index(words)
    return (start, start + len(words))


ARTICLE = MarkedArticle(
    "1",
    TEXT,
    "en",
    {"source": (span("the minister"),), "cue": (span("denied"),), "content": (span("the police closed the bridge"),)},
)


@pytest.fixture(scope="module")
def tokenizer(toy_encoder):
    return AutoTokenizer.from_pretrained(toy_encoder)


def named(window):
    return [TAGS[tag] if tag != IGNORED else None for tag in window.tags]


def test_tokens_get_the_roles_of_their_words(tokenizer):
    (window,) = windows(tokenizer, [ARTICLE], 64, 8)
    content = ["B-content", *["I-content"] * 4]
    assert named(window) == [None, "B-source", "I-source", "B-cue", *content, *["O"] * 6, None]
    assert [TEXT[a:b] for a, b in window.offsets[1:4]] == ["the", "minister", "denied"]


def test_where_roles_overlap_the_shorter_range_counts(tokenizer):
    spans = ARTICLE.spans | {"content": (span(TEXT[:-2]),)}
    (window,) = windows(tokenizer, [MarkedArticle("1", TEXT, "en", spans)], 64, 8)
    assert named(window)[1:6] == ["B-source", "I-source", "B-cue", "I-content", "I-content"]


@pytest.mark.parametrize("overlap", [2, 3, 4])
def test_each_token_counts_in_one_window(tokenizer, overlap):
    long = MarkedArticle("1", " ".join([TEXT] * 5), "en", {"source": (), "cue": (), "content": ()})
    cut = windows(tokenizer, [long], 16, overlap)
    counted = [offset for w in cut for offset, tag in zip(w.offsets, w.tags, strict=True) if tag != IGNORED]
    assert len(cut) > 3
    assert counted == sorted(set(counted))
    assert len(counted) == len(long.text.split())


def test_a_tagger_learns_and_leaves_the_lower_layers_as_they_are(toy_encoder, tmp_path, tokenizer):
    config = TaggerConfig(passes=60, batch_size=2, learning_rate=1e-2, max_tokens=32, overlap=4, frozen_layers=1)
    folder = train_tagger([ARTICLE] * 4, toy_encoder, tmp_path, config, device="cpu")
    tagger = AutoModelForTokenClassification.from_pretrained(folder)
    (window,) = windows(tokenizer, [ARTICLE], 32, 4)
    with torch.inference_mode():
        found = tagger(torch.tensor([window.ids])).logits[0].argmax(1).tolist()
    assert [TAGS[tag] for tag in found[1:-1]] == named(window)[1:-1]
    trained, before = load_file(folder / "model.safetensors"), load_file(toy_encoder / "model.safetensors")
    lower = [name for name in before if "layer.0." in name or "embeddings" in name]
    assert all(torch.equal(trained[f"bert.{name}"], before[name]) for name in lower)


def test_marked_articles_are_read_and_a_damaged_line_is_named(tmp_path):
    marks = [{"source": [[0, 12]], "cue": [[13, 19]], "content": []}]
    row = {"id": "1", "lang": "en", "text": TEXT, "attributions": marks}
    path = tmp_path / "articles.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.write(json.dumps(row) + "\n")
    (article,) = read_marked(path)
    assert article.spans == {"source": ((0, 12),), "cue": ((13, 19),), "content": ()}
    with gzip.open(path, "at") as file:
        file.write(json.dumps({"id": "2", "lang": "en", "text": "x"}) + "\n")
    with pytest.raises(ValueError, match=r"articles\.jsonl\.gz, line 2: no article with attributions"):
        read_marked(path)
