import numpy as np
import pytest

from contradict.attribution.reading import Reading
from contradict.attribution.windows import MODES, OUTPUTS, TAGS

TEXT = "The mayor said rain fell. Police denied it."


def reading(tags, offsets=None, **columns):
    """One token a word of `TEXT`; `columns` are logits by the names of the outputs, "_" for "-"."""
    if offsets is None:
        starts = [at for at in range(len(TEXT)) if at == 0 or TEXT[at - 1] == " "]
        offsets = [(at, (TEXT + " ").index(" ", at)) for at in starts]
    logits = np.zeros((len(offsets), len(OUTPUTS)), np.float32)
    logits[range(len(tags)), [TAGS.index(tag) for tag in tags]] = 1
    for name, values in columns.items():
        logits[:, OUTPUTS.index(name.replace("_", "-"))] = values
    return Reading(np.array(offsets, np.int64).reshape(-1, 2), logits)


def words(found):
    return [TEXT[a:b] for a, b in found]


def test_ranges_are_of_one_role_and_in_order():
    tagged = reading(["B-source", "I-source", "B-cue", "B-content", "I-content", "B-source", "B-cue", "O"])
    assert words(tagged.spans("source", 0, len(TEXT))) == ["The mayor", "Police"]
    assert words(tagged.spans("cue", 0, len(TEXT))) == ["said", "denied"]
    assert words(tagged.spans("content", 0, len(TEXT))) == ["rain fell."]


def test_a_range_ends_at_a_gap_and_where_another_begins():
    assert words(reading(["I-source", "O", "I-source"] + ["O"] * 5).spans("source", 0, 25)) == ["The", "said"]
    assert words(reading(["B-source", "B-source"] + ["O"] * 6).spans("source", 0, 25)) == ["The", "mayor"]
    assert words(reading(["I-source", "I-source"] + ["O"] * 6).spans("source", 0, 25)) == ["The mayor"]


def test_a_word_in_pieces_is_one_range():
    pieces = reading(["B-source", "B-source", "I-source"], offsets=[(4, 6), (6, 8), (8, 9)])
    assert words(pieces.spans("source", 0, 25)) == ["mayor"]


def test_a_range_that_leaves_the_sentence_is_cut_at_its_ends():
    tagged = reading(["I-content"] * 8)
    assert words(tagged.spans("content", 0, 24)) == ["The mayor said rain fell"]
    assert words(tagged.spans("content", 27, len(TEXT))) == ["olice denied it."]


def test_offsets_are_plain_integers():
    ((start, end),) = reading(["B-source"] + ["O"] * 7).spans("source", 0, 25)
    assert type(start) is type(end) is int


def test_the_tokens_of_a_sentence_decide_its_stance_together():
    # "denies" leads in one token of the first sentence, by less than "asserts" does in the others.
    tagged = reading([], stance_asserts=[2, 2, 2, 2, 2, 0, 0, 0], stance_denies=[5, 0, 0, 0, 0, 3, 3, 3])
    stance, probability = tagged.stance(0, 25)
    assert stance == "asserts"
    assert probability == pytest.approx(np.exp(2) / (np.exp(2) + np.exp(1) + np.exp(0)))
    assert tagged.stance(26, len(TEXT))[0] == "denies"


@pytest.mark.parametrize("mode", MODES)
def test_the_mode_is_named(mode):
    found, probability = reading([], **{f"mode_{mode}": 9}).mode(0, 25)
    assert found == mode
    assert probability > 0.99


def test_a_sentence_without_tokens_is_told_with_no_confidence():
    assert reading([], offsets=[]).stance(0, 25) == ("asserts", 0.0)
    assert reading([], offsets=[]).spans("source", 0, 25) == []
