import pytest

from contradict.training.denial_words import find_stance
from contradict.training.frames import can_wrap, read_frames, wrap

TRAINED = "en id ko zh ja ar fa he hi ur th vi tr ru bg el de fr es pt it nl pl sw".split()
TESTED = "en id ko zh ja ar de fr es pt ru tr hi sw".split()
FRAMES = [
    (language, template)
    for part in (read_frames("training"), read_frames("held_back"))
    for language, templates in part.items()
    for template in templates
]


def test_every_language_has_enough_frames():
    assert {code: len(found) >= 10 for code, found in read_frames().items()} == dict.fromkeys(TRAINED, True)
    assert {code: len(found) >= 5 for code, found in read_frames("held_back").items()} == dict.fromkeys(TESTED, True)


def test_no_frame_stands_twice_so_that_none_held_back_is_trained_on():
    templates = [template for _, template in FRAMES]
    assert len(set(templates)) == len(templates)


def test_every_frame_has_one_place_for_the_claim_and_words_around_it():
    for _, template in FRAMES:
        assert template.count("{claim}") == 1
        assert len(template) >= len("{claim}") + 4
        assert template == template.strip()


@pytest.mark.parametrize("language", TRAINED)
def test_frames_stand_before_the_claim_and_after_it(language):
    first = [template.lstrip('"“„«‘「 ').startswith("{claim}") for template in read_frames()[language]]
    assert 2 <= sum(first) <= len(first) - 2


def test_no_frame_denies_its_claim_or_leaves_it_open():
    for language, template in FRAMES:
        text = wrap("7 × 6 = 42", template)
        assert find_stance(text, language) is None, text


def test_quotation_marks_come_in_pairs():
    for _, template in FRAMES:
        assert sum(template.count(mark) for mark in '"“”„«»「」') % 2 == 0, template


@pytest.mark.parametrize(
    ("text", "template", "wrapped"),
    [
        ("The bridge is open.", "Police said: {claim}.", "Police said: The bridge is open."),
        ("The bridge is open", "{claim}, police said.", "The bridge is open, police said."),
        ("桥已开放。", "他说，{claim}。", "他说，桥已开放。"),
        ("पुल खुला है।", "“{claim},” उन्होंने कहा।", "“पुल खुला है,” उन्होंने कहा।"),
        ("پل کھلا ہے۔", "پولیس کے مطابق {claim}۔", "پولیس کے مطابق پل کھلا ہے۔"),
        (" The bridge is open ... ", "{claim}, he said.", "The bridge is open, he said."),
        ("The sign reads “open.”", "{claim}, he said.", "The sign reads “open”, he said."),
        ("The bridge is open!", "“{claim},” he said.", "“The bridge is open!” he said."),
        ("The bridge is open!", "He said: “{claim}”.", "He said: “The bridge is open!”."),
        ("橋は開いた！", "「{claim}」と彼は言った。", "「橋は開いた！」と彼は言った。"),
        ("Use {claim} or {0} {}.", "He said: {claim}.", "He said: Use {claim} or {0} {}."),
        ("Growth was 4.5%.", "{claim}, he said.", "Growth was 4.5%, he said."),
    ],
)
def test_wrapping_changes_nothing_but_the_final_mark(text, template, wrapped):
    assert wrap(text, template) == wrapped


@pytest.mark.parametrize("template", ["He said so.", "{claim} and {claim}."])
def test_a_template_without_one_place_for_the_claim_is_refused(template):
    with pytest.raises(ValueError, match="exactly once"):
        wrap("The bridge is open.", template)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        ".",
        "Is it open?",
        "“Is it open?”",
        "开放了吗？",
        "هل الجسر مفتوح؟",
        "Είναι ανοιχτή;",
        "«Είναι;»",
        "x" * 401,
    ],
)
def test_empty_texts_questions_and_long_texts_are_not_wrapped(text):
    assert not can_wrap(text)


@pytest.mark.parametrize("text", ["The bridge is open.", "Open!", "Asked “is it open?”, she nodded.", "x" * 400])
def test_statements_are_wrapped(text):
    assert can_wrap(text)
