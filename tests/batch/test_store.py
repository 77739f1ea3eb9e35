import errno
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path

import pandas as pd
import pytest

import contradict.attribution
from contradict import Detector, DetectorConfig
from contradict.batch import results, store
from contradict.batch.folder import StoreError
from contradict.batch.store import StoredEngine
from contradict.cli import main
from contradict.report.rows import contradiction_row, dispute_row
from contradict.report.table import to_frame
from counting_engine import CountingEngine, StoppedError, make_articles
from toys import EXAMPLES

CONFIG = DetectorConfig(min_score=0.2)
ARTICLES = make_articles(9)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    for name, chunk in (("_VECTORS", 10), ("_ATTRIBUTIONS", 1_000), ("_JUDGEMENTS", 80)):
        monkeypatch.setattr(store, name, replace(getattr(store, name), chunk=chunk))


def scan(folder, engine, articles=ARTICLES):
    with StoredEngine(engine, folder) as stored:
        report = Detector(engine=stored, config=CONFIG).scan(articles)
        stored.save(report, CONFIG)
    return report


def rows(report):
    return [contradiction_row(each) for each in (*report, *report.updates)], [*map(dispute_row, report.disputes)]


def result_files(folder):
    return {name: (folder / name).read_bytes() for name in manifest(folder)["result"]["files"]}


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def keys(folder):
    kinds = ("vectors", "attributions", "judgements")
    return {
        kind: [key for path in (folder / kind).glob("*.parquet") for key in pd.read_parquet(path).key] for kind in kinds
    }


def test_a_store_changes_nothing_in_what_is_found(tmp_path):
    bare = Detector(engine=CountingEngine(), config=CONFIG).scan(ARTICLES)
    assert len(bare) > 5
    assert bare.disputes
    assert rows(scan(tmp_path / "s", CountingEngine())) == rows(bare)


def test_a_second_scan_reads_nothing_and_finds_the_same(tmp_path):
    first, second = CountingEngine(), CountingEngine()
    reports = [scan(tmp_path, engine) for engine in (first, second)]
    assert first.calls > 10
    assert second.calls == 0
    assert rows(reports[0]) == rows(reports[1])


def test_what_stands_twice_in_a_call_is_read_once(tmp_path):
    engine = CountingEngine()
    with StoredEngine(engine, tmp_path) as stored:
        probabilities = stored.probabilities([("a b", "c d"), ("c d", "a b"), ("a b", "c d")])
        vectors = stored.vectors(["a b", "c d", "a b"])
    assert set(engine.read.values()) == {1}
    assert (probabilities[0] == probabilities[2]).all()
    assert (probabilities[:2] == CountingEngine().probabilities([("a b", "c d"), ("c d", "a b")])).all()
    assert (vectors == CountingEngine().vectors(["a b", "c d", "a b"])).all()


ATTRIBUTIONS_VERSION, ATTRIBUTIONS_DIGEST = 4, "1f1150d70a34ab10"


def test_stored_attributions_have_the_version_of_what_makes_them():
    sources = Path(contradict.attribution.__file__).parent
    files = sorted(file for file in sources.iterdir() if file.suffix in (".py", ".toml"))
    content = b"".join(file.name.encode() + file.read_bytes().replace(b"\r\n", b"\n") for file in files)
    found = store._ATTRIBUTIONS.version, sha256(content).hexdigest()[:16]
    assert found == (ATTRIBUTIONS_VERSION, ATTRIBUTIONS_DIGEST), (
        "src/contradict/attribution has changed. If it may now say another speaker, stance, claim, cue or mode of any"
        " text, raise the version of _ATTRIBUTIONS in batch/store.py, so that no store gives what is stale. Then, or"
        f" where it says the same of every text, put what was found above this test: {found}"
    )


def test_new_articles_are_all_that_is_read(tmp_path):
    first, second = CountingEngine(), CountingEngine()
    scan(tmp_path, first, ARTICLES[:-2])
    grown = scan(tmp_path, second)
    assert second.calls > 0
    assert not first.read & second.read
    new = {article.text for article in ARTICLES[-2:]}
    texts = {text for text in second.read if isinstance(text, str)}
    assert new <= texts
    assert all(any(text in article for article in new) for text in texts)
    whole = Detector(engine=CountingEngine(), config=CONFIG).scan(ARTICLES)
    assert rows(grown) == rows(whole)
    assert manifest(tmp_path)["result"]["articles"] == len(ARTICLES)


def test_a_scan_stopped_at_any_chunk_goes_on_to_the_same_result(tmp_path):
    articles = [*ARTICLES[:5], *make_articles(3, set="b")]
    whole = CountingEngine()
    scan(tmp_path / "whole", whole, articles)
    for chunk in range(1, whole.calls + 1):
        folder = tmp_path / str(chunk)
        stopped, going_on = CountingEngine(stop_at=chunk), CountingEngine()
        with pytest.raises(StoppedError):
            scan(folder, stopped, articles)
        assert not manifest(folder)["finished"]
        scan(folder, going_on, articles)
        assert stopped.calls - 1 + going_on.calls == whole.calls
        assert stopped.read + going_on.read == whole.read
        assert result_files(folder) == result_files(tmp_path / "whole")
        assert manifest(folder)["finished"]
        assert all(Counter(found).most_common(1)[0][1] == 1 for found in keys(folder).values())


def cut_short(data):
    return data[: len(data) // 2]


def one_bit_other(data):
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("kind", ["vectors", "attributions", "judgements"])
@pytest.mark.parametrize("damage", [cut_short, one_bit_other, lambda _: b""])
def test_a_damaged_part_is_set_aside_and_read_anew(tmp_path, kind, damage):
    report = scan(tmp_path, CountingEngine())
    before = Counter(keys(tmp_path)[kind])
    part = sorted((tmp_path / kind).glob("*.parquet"))[1]
    held = Counter(pd.read_parquet(part).key)
    part.write_bytes(damage(part.read_bytes()))
    engine = CountingEngine()
    with pytest.warns(UserWarning, match=f"{part.name} is damaged") as caught:
        again = scan(tmp_path, engine)
    assert len(caught) == 1
    assert rows(again) == rows(report)
    assert engine.read.total() == held.total()
    assert Counter(keys(tmp_path)[kind]) == before
    assert [path.name for path in (tmp_path / kind).glob("*.damaged")] == [f"{part.name}.damaged"]
    nothing_left = CountingEngine()
    scan(tmp_path, nothing_left)
    assert nothing_left.calls == 0


def test_what_a_kill_left_half_written_is_removed(tmp_path):
    scan(tmp_path, CountingEngine())
    left = [tmp_path / folder / ".000099.part" for folder in ("vectors", "results")]
    for path in left:
        path.write_bytes(b"half")
    scan(tmp_path, CountingEngine())
    assert not any(path.exists() for path in left)


def test_a_second_process_is_refused_until_the_first_ends(tmp_path):
    holding = (
        "import sys, time; from pathlib import Path; from contradict.batch.folder import StoreFolder;"
        f"held = StoreFolder(Path({str(tmp_path)!r})); print('held', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", holding], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(
            StoreError, match=rf"in use by another process \(process {process.pid} on .*\); wait for it"
        ):
            StoredEngine(CountingEngine(), tmp_path)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    scan(tmp_path, CountingEngine())
    with StoredEngine(CountingEngine(), tmp_path), pytest.raises(StoreError, match=f"process {os.getpid()} on"):
        StoredEngine(CountingEngine(), tmp_path)


def test_other_models_find_nothing_of_these_and_lose_nothing(tmp_path):
    report = scan(tmp_path, CountingEngine("one"))
    other = CountingEngine("other")
    with pytest.warns(UserWarning, match="last used with another encoder and another tagger and another nli"):
        scan(tmp_path, other)
    alone = CountingEngine("other")
    scan(tmp_path / "alone", alone)
    assert other.read == alone.read
    noted = manifest(tmp_path)
    assert noted["models"] == other.digests
    assert noted["earlier_models"] == [CountingEngine("one").digests]
    back = CountingEngine("one")
    with pytest.warns(UserWarning, match="last used with another"):
        assert rows(scan(tmp_path, back)) == rows(report)
    assert back.calls == 0
    assert manifest(tmp_path)["earlier_models"] == [other.digests]


def test_the_results_are_parquet_with_a_manifest(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "_ROWS_A_PART", 10)
    report = scan(tmp_path, CountingEngine())
    assert len(list((tmp_path / "results").iterdir())) > 1
    found = pd.read_parquet(tmp_path / "results")
    ordered = sorted([*report, *report.updates], key=lambda each: -each.score)
    pd.testing.assert_frame_equal(found, to_frame(replace(report, contradictions=tuple(ordered))))
    assert report.updates
    assert (found.kind == "update").sum() == len(report.updates)
    (disputes,) = (tmp_path / "disputes").iterdir()
    assert [json.loads(line) for line in disputes.read_text().splitlines()] == [*map(dispute_row, report.disputes)]
    noted = manifest(tmp_path)
    assert (noted["schema"], noted["finished"]) == (1, True)
    counts = {
        "articles": 9,
        "not_read": 0,
        "statements": len(report.sets[0].statements),
        "pairs_judged": report.sets[0].pairs_judged,
        "pairs_skipped": report.sets[0].pairs_skipped,
        "contradictions": len(report),
        "updates": len(report.updates),
        "disputes": len(report.disputes),
    }
    assert {name: noted["result"][name] for name in counts} == counts
    assert noted["result"]["scan"]["min_score"] == CONFIG.min_score
    assert noted["result"]["models"] == CountingEngine().digests


def test_nothing_found_is_a_result_too(tmp_path):
    scan(tmp_path, CountingEngine(), ["Hujan turun di kota pada hari Senin."])
    found = pd.read_parquet(tmp_path / "results")
    assert len(found) == 0
    assert {"set", "score", "kind", "a_text", "b_text"} <= set(found.columns)


def test_the_earlier_result_stands_until_the_new_one_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "_ROWS_A_PART", 10)
    scan(tmp_path, CountingEngine(), ARTICLES[:-2])
    earlier = result_files(tmp_path)
    found = pd.read_parquet(tmp_path / "results")
    encode = results.parquet_bytes
    for number in range(3):
        left = iter([True] * number)

        def encode_or_stop(frame, left=left):
            if not next(left, False):
                raise StoppedError
            return encode(frame)

        with monkeypatch.context() as patch:
            patch.setattr(results, "parquet_bytes", encode_or_stop)
            patch.setattr(Path, "unlink", lambda *_, **__: None)  # a kill removes nothing
            with pytest.raises(StoppedError):
                scan(tmp_path, CountingEngine())
        assert len(list((tmp_path / "results").glob(".*.part"))) == number
        assert result_files(tmp_path) == earlier
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "results"), found)
    report = scan(tmp_path, CountingEngine())
    assert len(pd.read_parquet(tmp_path / "results")) == len(report) + len(report.updates)
    assert len(list((tmp_path / "disputes").iterdir())) == 1


def kill_while_saving(folder, monkeypatch, after, articles=ARTICLES):
    """Stop a save after so many files have been named or removed."""
    steps = count(1)

    def stepping(do):
        def step(path, *arguments, **options):
            if next(steps) > after:
                raise StoppedError
            return do(path, *arguments, **options)

        return step

    with StoredEngine(CountingEngine(), folder) as stored:
        report = Detector(engine=stored, config=CONFIG).scan(articles)
        with monkeypatch.context() as patch:
            for name in ("replace", "unlink"):
                patch.setattr(Path, name, stepping(getattr(Path, name)))
            with pytest.raises(StoppedError):
                stored.save(report, CONFIG)


def open_and_close(folder):
    StoredEngine(CountingEngine(), folder).close()


def written(folder):
    return {
        file.relative_to(folder).as_posix() for kind in ("results", "disputes") for file in (folder / kind).iterdir()
    }


@pytest.mark.parametrize("after", range(5))  # two files named, the manifest, two files removed
def test_a_save_that_was_killed_leaves_one_result_once_the_store_is_opened(tmp_path, monkeypatch, after):
    scan(tmp_path, CountingEngine(), ARTICLES[:-2])
    earlier = result_files(tmp_path)
    kill_while_saving(tmp_path, monkeypatch, after)
    named = result_files(tmp_path)
    assert (named == earlier) == (after < 3)
    open_and_close(tmp_path)
    assert result_files(tmp_path) == named
    assert written(tmp_path) == named.keys()


def test_a_first_save_that_was_killed_leaves_no_result(tmp_path, monkeypatch):
    kill_while_saving(tmp_path, monkeypatch, after=2)
    assert manifest(tmp_path)["result"] is None
    assert len(written(tmp_path)) == 2
    open_and_close(tmp_path)
    assert not written(tmp_path)


def test_a_result_outlives_its_manifest_until_the_next_one(tmp_path):
    scan(tmp_path, CountingEngine(), ARTICLES[:-2])
    kept = written(tmp_path)
    (tmp_path / "manifest.json").unlink()
    for _ in range(2):
        open_and_close(tmp_path)
        assert "result" not in manifest(tmp_path)
        assert written(tmp_path) == kept
    scan(tmp_path, CountingEngine())
    assert written(tmp_path) == set(manifest(tmp_path)["result"]["files"])
    assert not written(tmp_path) & kept


def test_what_cannot_be_written_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    scan(tmp_path, CountingEngine(), ARTICLES[:-2])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"cannot write: No space left on device: .*holder"):
            StoredEngine(CountingEngine(), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
    scan(tmp_path, CountingEngine())


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"is not empty and no store \(it holds notes.txt"):
        StoredEngine(CountingEngine(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(StoreError, match="is no folder"):
        StoredEngine(CountingEngine(), tmp_path / "notes.txt")


@pytest.mark.parametrize("content", ['{"name": "my-extension"}', '{"schema": 2}', "[]", "no JSON"])
def test_a_folder_with_the_manifest_of_another_program_is_left_alone(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match=r"manifest.json (has schema|is damaged)"):
        StoredEngine(CountingEngine(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    ("content", "message"),
    [('{"schema": 2}', "manifest.json has schema 2; .* reads schema 1"), ('{"schema": 1', "manifest.json is damaged")],
)
def test_a_manifest_of_another_schema_or_a_damaged_one_is_named(tmp_path, content, message):
    scan(tmp_path, CountingEngine())
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match=message):
        StoredEngine(CountingEngine(), tmp_path)
    assert (tmp_path / "manifest.json").read_text() == content
    (tmp_path / "manifest.json").unlink()
    engine = CountingEngine()
    scan(tmp_path, engine)
    assert engine.calls == 0


def test_progress_tells_of_what_is_missing(tmp_path):
    from contextlib import contextmanager

    told = {}

    @contextmanager
    def progress(description, total):
        told[description] = told.get(description, 0) + total
        yield lambda count: told.update({description: told[description] - count})

    with StoredEngine(CountingEngine(), tmp_path, progress=progress) as stored:
        Detector(engine=stored, config=CONFIG).scan(ARTICLES)
    assert told == dict.fromkeys(
        ["Loading the models", "Finding who says what", "Reading statements", "Judging pairs"], 0
    )


@pytest.fixture
def command(toy_nli, toy_encoder, toy_tagger):
    models = ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--tagger", str(toy_tagger), "--device", "cpu"]
    return ["scan", str(EXAMPLES), "--format", "jsonl", "--quiet", "--min-score", "0", "--backend", "torch", *models]


def test_the_command_writes_the_same_with_a_store_and_without(command, tmp_path, capfd):
    written = []
    for more in ([], ["--store", str(tmp_path / "s")], ["--store", str(tmp_path / "s")]):
        assert main([*command, *more]) == 0
        written.append([json.loads(line) for line in capfd.readouterr().out.splitlines()])
    assert [len(lines) for lines in written] == [len(written[0])] * 3
    assert written[1] == written[2]
    assert {line["a"]["text"] for line in written[0]} == {line["a"]["text"] for line in written[1]}
    assert manifest(tmp_path / "s")["finished"]
    assert len(pd.read_parquet(tmp_path / "s" / "results")) >= len(written[0])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--store", "."], "is not empty and no store"),
        (["--engine", "ray"], "--engine ray needs ray; run: pip install 'contradict-nlp[ray]'"),
    ],
)
def test_the_command_refuses_in_one_line(command, tmp_path, monkeypatch, capfd, more, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "notes.txt").write_text("mine")
    assert main([*command, *more]) == 2
    assert message in capfd.readouterr().err
