import json
import multiprocessing
import random
import time
from collections import Counter

import pandas as pd
import pytest

import killable_scan
from toys import WORDS

KILLS = 20
PARTS = ("vectors", "attributions", "judgements")
PATIENCE = 900  # seconds for a process to get on


@pytest.fixture(scope="module")
def processes():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(killable_scan.PRELOADED)
    return context


@pytest.fixture(scope="module")
def arguments(tmp_path_factory, toy_nli, toy_encoder, toy_tagger):
    chance = random.Random(7)
    articles = tmp_path_factory.mktemp("articles") / "articles.jsonl"
    with articles.open("w") as file:
        for number in range(60):
            sentences = [" ".join(chance.choices(WORDS, k=9)).capitalize() + "." for _ in range(5)]
            row = {"text": " ".join(sentences), "language": "id", "set": "ab"[number % 2], "source": f"s{number % 5}"}
            file.write(f"{json.dumps(row)}\n")
    models = ["--nli", str(toy_nli), "--encoder", str(toy_encoder), "--tagger", str(toy_tagger)]
    return [str(articles), *models, "--device", "cpu", "--backend", "torch", "--min-score", "0", "--quiet"]


def begin(processes, arguments, store):
    more = ["--store", str(store), "--out", str(store.with_suffix(".jsonl"))]
    process = processes.Process(target=killable_scan.scan, args=([*arguments, *more],))
    process.start()
    return process


def finish(processes, arguments, store):
    process = begin(processes, arguments, store)
    process.join(PATIENCE)
    assert process.exitcode == 0
    return json.loads((store / "manifest.json").read_text())


def part_names(store):
    return sorted(path.relative_to(store).as_posix() for kind in PARTS for path in (store / kind).glob("*.parquet"))


def kill_once_there_are(count, process, store, after):
    """Kill a process once it has written so many parts, and some time more has passed."""
    deadline = time.monotonic() + PATIENCE
    while len(part_names(store)) < count and process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(after)
    process.kill()
    process.join()
    return process.exitcode


@pytest.mark.slow
@pytest.mark.timeout(3600)  # a minute or two where nothing else runs
def test_twenty_kills_change_nothing_and_no_pair_is_judged_twice(processes, arguments, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    expected = finish(processes, arguments, whole)
    names = part_names(whole)
    assert expected["result"]["pairs_judged"] > 500
    assert expected["result"]["contradictions"] > 5
    assert len(names) > 4 * KILLS

    chance = random.Random(time.time_ns())
    written = []
    while len(written) < KILLS:
        left = len(names) - len(part_names(killed))
        more = chance.randrange(1 + 2 * left // (KILLS + 2 - len(written)))
        process = begin(processes, arguments, killed)
        if kill_once_there_are(len(names) - left + more, process, killed, after=chance.uniform(0, 0.01)) == -9:
            written.append(len(part_names(killed)))
    assert len(set(written)) > KILLS // 2, "most kills must come while something is being written"
    result = finish(processes, arguments, killed)

    assert result == expected
    for name in [*expected["result"]["files"], *names]:
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name
    assert killed.with_suffix(".jsonl").read_bytes() == whole.with_suffix(".jsonl").read_bytes()
    assert part_names(killed) == names
    for kind in PARTS:
        keys = Counter(key for path in (killed / kind).glob("*.parquet") for key in pd.read_parquet(path).key)
        assert set(keys.values()) == {1}, kind
