"""The whole command on real and on hostile input, in a process of its own, with its memory and its time."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from toys import EXAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.embedded]

SENTENCE = "Pemerintah kota {n} menutup jembatan nomor {n} karena banjir pada hari Senin. "


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str
    megabytes: float
    seconds: float

    @property
    def found(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(tmp_path: Path, *arguments: str, environment=None) -> Done:
    """Run the command; memory is the peak of that one process."""
    out, err = tmp_path / "stdout", tmp_path / "stderr"
    began = time.perf_counter()
    with out.open("wb") as out_file, err.open("wb") as err_file:
        process = subprocess.Popen(
            [sys.executable, "-m", "contradict", *arguments],
            stdout=out_file,
            stderr=err_file,
            env=os.environ | (environment or {}),
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    return Done(process.returncode, out.read_text(), err.read_text(), usage.ru_maxrss / 1024, seconds)


def scan(tmp_path, *arguments):
    return run(tmp_path, "scan", *map(str, arguments), "--format", "jsonl")


EVEN_WEAK = ["--min-score", "0.02"]


@pytest.fixture(scope="module")
def articles(shared_data):
    return shared_data / "articles"


@pytest.fixture(scope="module")
def five(articles, tmp_path_factory):
    return scan(tmp_path_factory.mktemp("five"), articles, *EVEN_WEAK)


def sides(found):
    return (found["a"], found["b"]), (found["b"], found["a"])


def asserts(side):
    """Says that troops were or are being sent, and neither denies nor doubts it."""
    text = side["text"].casefold()
    sent = any(
        word in text for word in ("mengirim", "dikirim", "mengerahkan", "dikerahkan", "mengangkut", "telah sampai")
    )
    return side["stance"] == "asserts" and sent and not any(word in text for word in ("belum", "tidak"))


def test_the_denial_at_the_united_nations_meets_an_assertion_among_the_ten_highest(five):
    assert five.status == 0
    assert any(
        one["article"] == "001" and "belum mengirimkan" in one["text"] and asserts(other)
        for found in five.found[:10]
        for one, other in sides(found)
    )


def test_the_sentence_that_both_deny_stands_in_a_contradiction(five):
    assert any(
        one["article"] == "000"
        and one["stance"] == "denies"
        and "membantah" in one["text"]
        and other["stance"] == "asserts"
        for found in five.found
        for one, other in sides(found)
    )


def test_no_furniture_of_the_page_among_the_ten_highest(five):
    marks = (
        "baca juga",
        "dukungan anda",
        "copyright",
        "genpi.co -",
        "tribunnews.com",
        "editor:",
        "leave a reply",
        "berita ter",
    )
    for found in five.found[:10]:
        for side, _ in sides(found):
            assert not any(mark in side["text"].casefold() for mark in marks)
            assert len(side["text"].split()) >= 5


def test_offsets_point_at_the_text_in_the_file(five, articles):
    for found in five.found:
        for side in (found["a"], found["b"]):
            text = (articles / f"{side['article']}.txt").read_text(encoding="utf-8")
            assert text[side["start"] : side["end"]] == side["text"]


def test_cold_scan_of_five_articles_is_within_its_bounds(articles, tmp_path):
    environment = {"CONTRADICT_CACHE": str(tmp_path / "cache")}
    done = run(tmp_path, "scan", str(articles), "--format", "jsonl", environment=environment)
    assert done.status == 0
    assert done.seconds <= 60
    assert done.megabytes < 2300


def test_same_bytes_twice_and_whatever_the_order_of_the_files(five, articles, tmp_path):
    assert scan(tmp_path, articles, *EVEN_WEAK).out == five.out
    files = sorted(articles.glob("*.txt"), reverse=True)
    assert scan(tmp_path, *files, *EVEN_WEAK).out == five.out


HOSTILE = {
    "one article": lambda folder: (folder / "a.txt").write_text(SENTENCE.format(n=1) * 2),
    "one sentence": lambda folder: (folder / "a.txt").write_text(SENTENCE.format(n=1)),
    "a sentence of 10,000 words": lambda folder: (folder / "a.txt").write_text("jembatan itu " * 5000 + "."),
    "10,000 copies": lambda folder: [
        (folder / f"{n}.txt").write_text("".join(SENTENCE.format(n=k) for k in range(20))) for n in range(10_000)
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_beside_a_good_article_gives_a_clear_result(name, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    HOSTILE[name](folder)
    alone = scan(tmp_path, folder)
    shutil.copy(EXAMPLES / "id-bantahan-22-oktober.md", folder)
    shutil.copy(EXAMPLES / "id-pasukan-19-oktober.md", folder)
    beside = scan(tmp_path, folder)
    assert (alone.status, alone.found) == (0, [])
    assert "No contradictions: " in alone.err
    assert beside.status == 0
    assert all(line.startswith("contradict: ") for line in (alone.err + beside.err).splitlines())
    assert beside.found
    assert max(alone.megabytes, beside.megabytes) < 2300


@pytest.mark.timeout(1500)
def test_an_article_of_five_megabytes(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "long.txt").write_text("".join(SENTENCE.format(n=n) for n in range(5_000_000 // len(SENTENCE))))
    shutil.copy(EXAMPLES / "id-pasukan-19-oktober.md", folder)
    done = scan(tmp_path, folder)
    assert done.status == 0
    assert "64,109 statements" in done.err
    assert done.megabytes < 2600


def test_a_long_article_alone(tmp_path):
    article = tmp_path / "long.txt"
    article.write_text("".join(SENTENCE.format(n=n) for n in range(300_000 // len(SENTENCE))))
    done = scan(tmp_path, article)
    assert (done.status, done.out) == (0, "")
    assert "there is a single article, and nothing to compare it with" in done.err
    assert done.megabytes < 2300


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "nothing readable"),
        ({"a.txt": b""}, "a.txt: empty"),
        ({"a.txt": random.Random(1).randbytes(50_000)}, "a.txt: not text"),
        ({"a.csv": b"title,body\nx,y\n"}, "no column 'text'; columns found: title, body"),
    ],
)
def test_unreadable_input_is_named_in_one_line_each(content, message, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in content.items():
        (folder / name).write_bytes(data)
    done = scan(tmp_path, folder)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert all(line.startswith("contradict: ") for line in done.err.splitlines())


def test_kills_while_the_models_are_unpacked_leave_them_whole_or_absent(tmp_path):
    environment = os.environ | {"CONTRADICT_CACHE": str(tmp_path)}
    code = "from contradict.models.embedded import nli_folder; nli_folder()"
    moments = random.Random(2)
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.3, 5))
        process.kill()
        process.wait()
        for folder in [path for path in tmp_path.iterdir() if path.is_dir() and not path.name.startswith(".")]:
            index = json.loads((folder / "model.safetensors.index.json").read_text())
            assert (folder / "tokenizer.json").stat().st_size > 5_000_000
            assert (
                sum((folder / name).stat().st_size for name in set(index["weight_map"].values()))
                == index["metadata"]["total_size"]
            )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not list(tmp_path.glob(".part-*"))
