"""Workers of Ray find what the networks in this process find, also where one of them is killed on the way."""

import os
import random
import signal
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from contradict import Article, Detector, DetectorConfig
from contradict.batch import ray_engine
from contradict.batch.ray_engine import EngineError, RayEngine
from contradict.engine import LocalEngine
from contradict.labels import LABELS, LabelError
from toys import WORDS, save_classifier, save_tokenizer, toy_config

MEGABYTE = 1_000_000
LONG = [" ".join(["kota"] * 100), "Hujan turun di kota."] * 4


def make_articles(count=40):
    pick = random.Random(7)
    texts = [
        " ".join(f"{' '.join(pick.choices(WORDS, k=pick.randint(4, 14))).capitalize()}." for _ in range(4))
        for _ in range(count)
    ]
    return [Article(f"{at:02}", text, language="id" if at % 3 else "en") for at, text in enumerate(texts)]


@pytest.fixture
def many_batches(monkeypatch):
    monkeypatch.setattr(ray_engine, "_FEW", 1)
    monkeypatch.setattr(ray_engine, "_BATCH", (1000, 1000))


@pytest.fixture
def models(toy_nli, toy_encoder, toy_tagger):
    return {"nli": toy_nli, "encoder": toy_encoder, "tagger": toy_tagger, "device": "cpu", "backend": "torch"}


@pytest.fixture(scope="module")
def cluster():
    ray = pytest.importorskip("ray")
    ray.init("local", num_cpus=2, object_store_memory=200 * MEGABYTE, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


class Watch:
    """Progress that keeps what it was told, and calls a function at the first step of a stage."""

    def __init__(self, stage=None, act=None):
        self.stages = Counter()
        self.left = None
        self._stage, self._act = stage, act

    @contextmanager
    def __call__(self, description, total):
        def advance(count):
            self.stages[description] += count
            if description == self._stage and self.left is None:
                self.left = total - count
                self._act()

        yield advance


def processes_below(ancestor):
    """Processes, with their command lines, that this one or its descendants started."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
    below = {ancestor}
    for _ in range(4):
        below |= {process for process, parent in parents.items() if parent in below}
    return {process: commands[process] for process in below - {ancestor}}


def workers():
    return [
        process for process, command in processes_below(os.getpid()).items() if command.startswith("ray::MapWorker")
    ]


def findings(contradictions):
    return {
        tuple((side.article.id, side.statement.start, side.attribution) for side in (found.a, found.b)): found
        for found in contradictions
    }


def assert_same(report, wanted):
    for own, others in ((report.contradictions, wanted.contradictions), (report.updates, wanted.updates)):
        found, expected = findings(own), findings(others)
        assert found.keys() == expected.keys()
        assert all(found[ends].kind == expected[ends].kind for ends in expected)
        assert all(found[ends].score == pytest.approx(expected[ends].score, abs=0.02) for ends in expected)
    assert [dispute.issue for dispute in report.disputes] == [dispute.issue for dispute in wanted.disputes]


@pytest.mark.slow
def test_workers_find_what_the_networks_here_find(models, many_batches, cluster):
    config, articles, watch = DetectorConfig(min_score=0.0, max_pairs=300), make_articles(), Watch()
    wanted = Detector(**models, config=config).scan(articles)
    with RayEngine(**models, workers=2, progress=watch) as engine:
        report = Detector(engine=engine, config=config).scan(articles)
    assert len(wanted) > 30
    assert len({found.a.attribution.speaker for found in wanted}) > 2
    assert_same(report, wanted)
    assert not any(stage.startswith("Loading") for stage in watch.stages)  # in this process
    assert watch.stages["Reading statements"] == len(report.sets[0].statements)
    assert watch.stages["Finding who says what"] == sum(len(article.text) for article in articles)
    assert cluster.is_initialized()  # it was there before the engine


@pytest.mark.slow
def test_a_killed_worker_changes_nothing(models, many_batches, cluster, tmp_path):
    import torch
    from transformers import BertForSequenceClassification

    torch.manual_seed(3)
    names = dict(enumerate(LABELS))
    config = toy_config(hidden_size=256, num_hidden_layers=6, intermediate_size=512, initializer_range=0.1)
    config.id2label, config.label2id = names, {name: at for at, name in names.items()}
    BertForSequenceClassification(config).save_pretrained(tmp_path)  # large enough that judging takes seconds
    save_tokenizer(tmp_path)
    models |= {"nli": tmp_path}
    seen = []

    def kill():
        seen.extend(workers())
        os.kill(seen[0], signal.SIGKILL)

    config = DetectorConfig(min_score=0.0, claims=False, max_pairs=500)
    articles, watch = make_articles(), Watch("Judging pairs", kill)
    wanted = Detector(**models, config=config).scan(articles)
    report = Detector(engine=RayEngine(**models, workers=2, progress=watch), config=config).scan(articles)
    assert len(seen) == 2
    assert watch.left > 500  # of 1,000 directions; both workers were busy
    assert len(wanted) == 500
    assert_same(report, wanted)


@pytest.mark.slow
def test_what_workers_warn_of_is_said_here_once(models, many_batches, cluster):
    with pytest.warns(UserWarning, match="longer than the 64 tokens") as caught:
        vectors = RayEngine(**models, workers=2).vectors(LONG)
    assert len(caught) == 1
    with pytest.warns(UserWarning, match="longer than the 64 tokens"):
        np.testing.assert_allclose(vectors, LocalEngine(**models).vectors(LONG), atol=1e-3)


@pytest.mark.slow
def test_what_a_worker_raises_is_raised_here(models, many_batches, cluster, tmp_path):
    nameless = save_classifier(tmp_path, names=("LABEL_0", "LABEL_1", "LABEL_2"))
    with pytest.raises(LabelError, match="LABEL_0"):
        RayEngine(**models | {"nli": nameless}, workers=1).probabilities([("Hujan turun.", "Kota banjir.")])


@pytest.mark.slow
def test_an_empty_text_is_named_by_its_place(models, many_batches):
    pytest.importorskip("ray")
    with pytest.raises(ValueError, match="pair 1: the hypothesis is empty"):
        RayEngine(**models).probabilities([("Hujan turun.", "Kota banjir."), ("Hujan turun di kota.", " ")])


@pytest.mark.slow
def test_little_is_read_here_and_much_by_a_ray_of_its_own(models, monkeypatch):
    ray = pytest.importorskip("ray")
    ray.shutdown()
    monkeypatch.setenv("RAY_ADDRESS", "local")
    texts = [article.text for article in make_articles(8)]
    with RayEngine(**models) as engine:
        wanted = engine.vectors(texts)
        assert not ray.is_initialized()
        monkeypatch.setattr(ray_engine, "_FEW", 1)
        np.testing.assert_allclose(engine.vectors(texts), wanted, atol=1e-3)
        assert ray.is_initialized()
    assert not ray.is_initialized()
    np.testing.assert_array_equal(wanted, LocalEngine(**models).vectors(texts))


def test_without_ray_the_message_says_what_to_install(monkeypatch):
    class NoRay:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "ray":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    for name in [name for name in sys.modules if name.partition(".")[0] == "ray"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [NoRay(), *sys.meta_path])
    with pytest.raises(EngineError, match=r"RayEngine needs ray; run: pip install 'contradict-nlp\[ray\]'"):
        RayEngine()


def test_no_workers_at_all_are_refused():
    with pytest.raises(ValueError, match="workers is 0"):
        RayEngine(workers=0)
