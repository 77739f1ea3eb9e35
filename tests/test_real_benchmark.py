"""The benchmark on real labelled pairs, which are beside the project and no part of it."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from contradict.models.embedded import encoder_folder, nli_folder

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def pairs(shared_data):
    return shared_data / "data" / "nli" / "dev" / "indonli_val.parquet"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache with the models, and with judgements of its own."""
    folder = tmp_path_factory.mktemp("cache")
    for model in (encoder_folder(), nli_folder()):
        (folder / model.name).symlink_to(model)
    return folder


@pytest.fixture(scope="module")
def results(pairs, cache, tmp_path_factory):
    """Results of one run straight through, with what it printed."""
    out = tmp_path_factory.mktemp("straight")
    printed = start(pairs, out, cache).communicate()[0]
    return json.loads((out / "results.json").read_text()), printed


def start(pairs, out, cache):
    command = [sys.executable, "-m", "contradict", "benchmark", str(pairs), "--out", str(out), "--quiet"]
    environment = os.environ | {"CONTRADICT_CACHE": str(cache)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_it_finishes_and_prints_all_of_it(results):
    report, printed = results
    for wanted in ("accuracy", "precision", "AP", "ECE", "Confusion matrix", "pairs/s", "hypothesis only"):
        assert wanted in printed
    assert report["systems"][0]["groups"][0]["rows"] == 2196
    assert report["systems"][0]["groups"][0]["figures"]["accuracy"]["value"] > 0.7


def test_the_model_beats_a_head_on_the_hypothesis_alone(results):
    compared = {(each["second"], each["figure"]): each for each in results[0]["comparisons"]}
    for figure in ("accuracy", "average_precision_symmetric"):
        found = compared["hypothesis only", figure]
        assert found["p_value"] < 0.01
        assert found["difference"]["low"] > 0


def test_killed_in_the_middle_and_started_again_it_gives_the_same_figures(results, pairs, cache, tmp_path):
    process = start(pairs, tmp_path, cache)
    while process.poll() is None and not any(path.stat().st_size for path in cache.glob("judgements/*.judged")):
        time.sleep(0.2)
    assert process.poll() is None  # in the middle
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    again = start(pairs, tmp_path, cache)
    again.communicate()
    assert again.returncode == 0
    report = json.loads((tmp_path / "results.json").read_text())
    straight = results[0]["systems"][0]
    assert report["systems"][0]["groups"] == straight["groups"]
    assert report["comparisons"] == results[0]["comparisons"]
    assert 0 < report["systems"][0]["cost"]["directions"] < straight["cost"]["directions"]
