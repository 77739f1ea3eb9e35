import gzip
import json

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

from contradict.attribution.windows import MODES, PARTS, STANCES, TAGS, cut
from contradict.training.attributions import IGNORED, MarkedArticle, read_marked, windows
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


def named(marked):
    return [TAGS[tag] if tag != IGNORED else None for tag in marked.labels["tags"]]


def test_tokens_get_the_roles_of_their_words(tokenizer):
    (marked,) = windows(tokenizer, [ARTICLE], 64)
    content = ["B-content", *["I-content"] * 4]
    assert named(marked) == [None, "B-source", "I-source", "B-cue", *content, *["O"] * 6, None]
    assert [TEXT[a:b] for a, b in marked.window.offsets[1:4]] == ["the", "minister", "denied"]


def test_where_roles_overlap_the_shorter_range_counts(tokenizer):
    spans = ARTICLE.spans | {"content": (span(TEXT[:-2]),)}
    (marked,) = windows(tokenizer, [MarkedArticle("1", TEXT, "en", spans)], 64)
    assert named(marked)[1:6] == ["B-source", "I-source", "B-cue", "I-content", "I-content"]


@pytest.mark.parametrize("max_tokens", [10, 16, 20])
def test_each_token_counts_in_one_window(tokenizer, max_tokens):
    text = " ".join([TEXT] * 5)
    found = cut(tokenizer, text, max_tokens)
    counted = [offset for w in found for offset, counts in zip(w.offsets, w.counts, strict=True) if counts]
    assert len(found) > 3
    assert counted == sorted(set(counted))
    assert len(counted) == len(text.split())


def test_a_tagger_learns_and_leaves_the_lower_layers_as_they_are(toy_encoder, tmp_path, tokenizer):
    half = TEXT.index(" . ") + 2
    sentences = (((0, half), STANCES.index("denies"), 0), ((half + 1, len(TEXT)), 0, MODES.index("plan")))
    article = MarkedArticle("1", TEXT, "en", ARTICLE.spans, sentences)
    config = TaggerConfig(passes=60, batch_size=2, learning_rate=1e-2, max_tokens=32, frozen_layers=1)
    folder = train_tagger([article] * 4, toy_encoder, tmp_path, config, device="cpu")
    tagger = AutoModelForTokenClassification.from_pretrained(folder)
    (marked,) = windows(tokenizer, [article], 32)
    with torch.inference_mode():
        logits = tagger(torch.tensor([marked.window.ids])).logits[0]
    for part, columns in PARTS.items():
        assert logits[1:-1, columns].argmax(1).tolist() == marked.labels[part][1:-1]
    trained, before = load_file(folder / "model.safetensors"), load_file(toy_encoder / "model.safetensors")
    lower = [name for name in before if "layer.0." in name or "embeddings" in name]
    assert all(torch.equal(trained[f"bert.{name}"], before[name]) for name in lower)


def test_a_new_head_and_a_kept_one_are_different_runs(toy_tagger, tmp_path):
    config = TaggerConfig(passes=2, batch_size=1, max_tokens=32, frozen_layers=1)
    train_tagger([ARTICLE] * 2, toy_tagger, tmp_path, config, device="cpu", stop_after=1)
    with pytest.raises(ValueError, match="belongs to another run"):
        train_tagger([ARTICLE] * 2, toy_tagger, tmp_path, config, device="cpu", further=True)


def test_the_sentences_of_a_set_are_marked_at_their_places(tmp_path):
    sentences = [
        {
            "text": "Rain closed the river.",
            "stance": "asserts",
            "mode": "fact",
            "source": None,
            "cue": None,
            "content": [],
        },
        {
            "text": "The army denied it.",
            "stance": "denies",
            "mode": "fact",
            "source": "The army",
            "cue": "denied",
            "content": ["it"],
        },
    ]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"articles": [{"id": "a", "language": "en", "sentences": sentences}]}))
    (article,) = read_marked(path)
    assert [article.text[a:b] for (a, b), *_ in article.sentences] == [each["text"] for each in sentences]
    assert [article.text[a:b] for role in ("source", "cue") for a, b in article.spans[role]] == ["The army", "denied"]
    assert [article.text[a:b] for a, b in article.spans["content"]] == ["it"]


def test_of_sentences_with_stances_alone_no_role_is_learned(tmp_path, tokenizer):
    half = TEXT.index(" . ") + 2
    row = {"id": "1", "lang": "en", "text": TEXT, "attributions": None, "stances": [[0, half, "denies", "plan"]]}
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (article,) = read_marked(path)
    assert article.sentences == (((0, half), STANCES.index("denies"), MODES.index("plan")),)
    (marked,) = windows(tokenizer, [article], 64)
    assert set(marked.labels["tags"]) == {IGNORED}
    words = len(TEXT[:half].split())
    assert marked.labels["stances"][1 : words + 1] == [STANCES.index("denies")] * words
    assert set(marked.labels["stances"][words + 1 :]) == {IGNORED}


def test_a_window_of_which_nothing_is_known_is_left_out(tokenizer):
    text = " ".join([TEXT] * 3)
    first = MarkedArticle("1", text, "en", {}, (((0, len(TEXT)), 0, 0),))
    assert len(windows(tokenizer, [first], 20)) < len(cut(tokenizer, text, 20))
    assert windows(tokenizer, [MarkedArticle("2", text, "en", {})], 20) == []


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
