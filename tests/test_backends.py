import subprocess
import sys

import numpy as np
import pytest
import torch

from contradict.attribution.tagger import Tagger
from contradict.models import backends, openvino_model
from contradict.models.backends import BackendError, choose_backend
from contradict.nli import NLI
from toys import WORDS, save_classifier, save_tokenizer

PAIRS = [
    ("pemerintah mengirim pasukan ke kota", "hujan turun"),
    ("the army sent police", "the minister denied the army opened the bridge to the city on monday"),
    ("kantor tutup", "kantor buka"),
]
EXPORTED = ["openvino", "openvino-int8", "onnx"]


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(params=EXPORTED)
def exported(request, own_cache):
    for module in backends._MODULES[backends._EXTRAS[request.param]]:
        pytest.importorskip(module)
    return request.param


@pytest.fixture
def wide_nli(tmp_path):
    """A toy whose layers are wide enough for groups of weights."""
    return save_classifier(tmp_path / "wide", hidden_size=64, intermediate_size=128)


def test_an_export_says_what_torch_says(exported, own_cache, toy_nli):
    wanted, got = (NLI(toy_nli, device="cpu", backend=name) for name in ("torch", exported))
    assert (wanted.backend, got.backend) == ("torch", exported)
    assert np.abs(wanted.predict(PAIRS) - got.predict(PAIRS)).max() < 0.03
    (folder,) = (path for path in own_cache.iterdir() if path.is_dir())
    assert folder.name.startswith(f"{exported}-")


def test_an_export_is_told_to_which_text_a_token_belongs(exported, own_cache, tmp_path):
    folder = save_classifier(tmp_path / "told")
    unaware = NLI(folder, device="cpu", backend="torch").logits(PAIRS)
    save_tokenizer(folder, segments=True)
    wanted, got = (NLI(folder, device="cpu", backend=name).logits(PAIRS) for name in ("torch", exported))
    assert np.abs(wanted - unaware).max() > 0.1
    assert np.abs(wanted - got).max() < 0.01


def test_an_export_is_made_once(exported, own_cache, toy_nli, monkeypatch):
    first = NLI(toy_nli, device="cpu", backend=exported).predict(PAIRS)

    def fail(*arguments):
        raise AssertionError("exported a second time")

    monkeypatch.setattr(backends, "_export", fail)
    assert np.array_equal(NLI(toy_nli, device="cpu", backend=exported).predict(PAIRS), first)


def test_a_tagger_can_be_exported_too(exported, own_cache, toy_tagger):
    text = "The minister denied the army opened the bridge. Rain closed the river."
    wanted, got = (Tagger(toy_tagger, "cpu", backend=name).read([text])[0] for name in ("torch", exported))
    assert np.array_equal(wanted.offsets, got.offsets)
    assert np.abs(wanted.logits - got.logits).max() < 1  # of -9 to 9, by numbers of 8 bits and of 24


def test_an_export_that_computes_something_else_is_refused(exported, own_cache, toy_nli, monkeypatch):
    name = "_onnx" if exported == "onnx" else "session"
    load = getattr(backends, name)
    monkeypatch.setattr(backends, name, lambda *arguments: lambda inputs: load(*arguments)(inputs) + 0.1)
    with pytest.raises(BackendError, match=r"differ by 0\.1"):
        NLI(toy_nli, device="cpu", backend=exported)
    assert [path for path in own_cache.iterdir() if path.is_dir()] == []


def test_auto_goes_back_to_torch_where_an_export_fails(own_cache, toy_nli, monkeypatch):
    pytest.importorskip("openvino")

    def fail(*arguments):
        raise RuntimeError("no such operation")

    monkeypatch.setattr(backends, "write", fail)
    monkeypatch.setattr(backends, "native_bf16", lambda device: True)
    with pytest.warns(UserWarning, match="no such operation; computing with torch"):
        nli = NLI(toy_nli, device="cpu")
    assert nli.backend == "torch"
    with pytest.raises(BackendError, match="cannot be exported for openvino"):
        NLI(toy_nli, device="cpu", backend="openvino")


def test_without_a_cache_that_can_be_written_torch_computes(tmp_path, toy_nli, monkeypatch):
    pytest.importorskip("openvino")
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(backends, "native_bf16", lambda device: True)
    with pytest.warns(UserWarning, match="cannot write models to the cache: .*; computing with torch"):
        nli = NLI(toy_nli, device="cpu")
    assert nli.backend == "torch"
    with pytest.raises(BackendError, match=r"cannot be exported for openvino: .* \(set CONTRADICT_CACHE to use"):
        NLI(toy_nli, device="cpu", backend="openvino")


def test_exporting_leaves_chance_as_it_was(exported, own_cache, toy_nli):
    before = torch.get_rng_state()
    NLI(toy_nli, device="cpu", backend=exported)
    assert torch.equal(torch.get_rng_state(), before)


def test_in_8_bits_an_export_is_narrow_and_close(own_cache, wide_nli):
    pytest.importorskip("openvino")
    exact, narrowed = (
        NLI(wide_nli, device="cpu", backend=name).logits(PAIRS) for name in ("openvino", "openvino-int8")
    )
    assert 0 < np.abs(exact - narrowed).max() < 0.1 * np.abs(exact).max()
    whole, narrow = (sum(file.stat().st_size for file in own_cache.glob(f"{name}-2*/*.bin")) for name in EXPORTED[:2])
    assert narrow < whole / 2


@pytest.mark.parametrize("backend", ["openvino", "openvino-int8"])
def test_what_is_judged_beside_a_pair_changes_nothing_of_it(backend, own_cache, wide_nli):
    pytest.importorskip("openvino")
    nli = NLI(wide_nli, device="cpu", backend=backend)
    rng = np.random.default_rng(0)
    pairs = [tuple(" ".join(rng.choice(WORDS, rng.integers(1, 30))) for _ in range(2)) for _ in range(60)]
    together = nli.logits(pairs)
    assert np.array_equal(np.concatenate([nli.logits([pair]) for pair in pairs]), together)


def test_what_cannot_be_told_in_8_bits_is_refused(own_cache, wide_nli, monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setattr(openvino_model, "_LARGEST", 1)
    with pytest.raises(BackendError, match="as exported for openvino-int8"):
        NLI(wide_nli, device="cpu", backend="openvino-int8")


@pytest.mark.parametrize(("name", "extra"), [("openvino", "openvino"), ("openvino-int8", "openvino"), ("onnx", "onnx")])
def test_a_missing_back_end_says_what_to_install(name, extra, monkeypatch):
    monkeypatch.setattr(backends, "find_spec", lambda module: None)
    with pytest.raises(BackendError, match=rf"contradict-nlp\[{extra}\]"):
        choose_backend(name, torch.device("cpu"))
    assert choose_backend("auto", torch.device("cpu")) == "torch"


@pytest.mark.parametrize(
    ("bf16", "int8", "fastest"),
    [(True, True, "openvino"), (True, False, "openvino"), (False, True, "openvino-int8"), (False, False, "torch")],
)
def test_the_fastest_on_a_processor_depends_on_its_number_formats(bf16, int8, fastest, monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setattr(backends, "native_bf16", lambda device: bf16)
    monkeypatch.setattr(backends, "native_int8", lambda device: int8)
    assert choose_backend("auto", torch.device("cpu")) == fastest


def test_off_the_processor_torch_computes():
    assert choose_backend("auto", torch.device("cuda")) == "torch"
    pytest.importorskip("openvino")
    with pytest.raises(BackendError, match="the device is cuda"):
        choose_backend("openvino", torch.device("cuda"))


def test_an_unknown_back_end_is_refused(toy_nli):
    with pytest.raises(
        ValueError, match="backend is 'tensorrt'; it must be one of auto, torch, openvino, openvino-int8, onnx"
    ):
        NLI(toy_nli, device="cpu", backend="tensorrt")


def test_exporting_tells_nobody(own_cache, toy_nli):
    pytest.importorskip("openvino")
    code = (
        "import sys; from contradict.nli import NLI\n"
        f"print(NLI({str(toy_nli)!r}, device='cpu', backend='openvino').backend)\n"
        "print('openvino_telemetry.main' in sys.modules)\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["openvino", "False"]
