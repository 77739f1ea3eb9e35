"""What is built for others to install, and what is said of it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest
import yaml

import contradict

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODELS = ("nli", "tagger", "screen")
MEGABYTE = 1_000_000
OFFLINE = {"HF_HUB_OFFLINE": "1", "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def words(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a source distribution, and of the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    assert wheel.stat().st_size < 95 * MEGABYTE
    source = ROOT / "src" / "contradict"
    wanted = {f"contradict/{path.relative_to(source)}" for path in source.rglob("*") if path.is_file()}
    wanted = {name for name in wanted if "__pycache__" not in name}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    about = f"contradict_nlp-{contradict.__version__}.dist-info"
    assert {name for name in names if not name.startswith(f"{about}/")} == wanted
    assert {f"{about}/licenses/LICENSE", f"{about}/licenses/NOTICE"} <= names
    for needed in (
        "py.typed",
        "models/weights/nli/layers.safetensors",
        "models/weights/tagger/README.md",
        "models/weights/screen/layers.safetensors",
    ):
        assert f"contradict/{needed}" in wanted


@pytest.mark.slow
def test_the_source_distribution_holds_what_tests_and_documentation_need(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = ("README.md", "CHANGELOG.md", "CITATION.cff", "LICENSE", "NOTICE", "Makefile", "constraints.txt")
    assert {*needed, "docs/conf.py", "tests/test_package.py", "examples/labelled_pairs.csv"} <= names
    assert {name.partition("/")[0] for name in names} <= {
        *needed,
        *("PKG-INFO", "pyproject.toml", ".gitignore", "src", "tests", "benchmarks", "examples", "docs", "notebooks"),
    }


@pytest.mark.slow
def test_what_is_said_of_the_package_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        said = HeaderParser().parsestr(archive.read(name).decode())
    assert said["License-Expression"] == "Apache-2.0"
    assert said["Requires-Python"] == PROJECT["requires-python"]
    assert set(said.get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_wheel_scans_in_an_empty_environment_without_a_network(wheel, tmp_path):
    try:
        run(sys.executable, "-m", "venv", tmp_path / "venv")
        python = tmp_path / "venv" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel)
        articles = tmp_path / "articles"
        articles.mkdir()
        (articles / "gazette.txt").write_text("The old bridge was closed all day on Friday, the mayor said.\n")
        (articles / "courier.txt").write_text("The police denied that the old bridge was closed on Friday.\n")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        shown = run(
            *(tmp_path / "venv" / "bin" / "contradict", "scan", articles, "--min-score", "0", "--format", "jsonl"),
            env=clean | OFFLINE | {"CONTRADICT_CACHE": str(tmp_path / "cache")},
            cwd=tmp_path,
        )
        (found,) = [json.loads(line) for line in shown.splitlines()]
        assert {found["a"]["article"], found["b"]["article"]} == {"gazette", "courier"}
        assert "bridge" in found["a"]["text"]
    finally:
        shutil.rmtree(tmp_path)  # 2 GB that nobody looks at again


def test_the_python_versions_declared_are_those_tested():
    declared = re.findall(r"Python :: (\d+\.\d+)", " ".join(PROJECT["classifiers"]))
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in declared
    assert PROJECT["requires-python"] == f">={min(declared, key=lambda version: [*map(int, version.split('.'))])}"


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == contradict.__version__ == citation["version"]
    assert f"\n## {contradict.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["license"] == PROJECT["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)


def test_each_extra_is_documented():
    page = (ROOT / "docs" / "quick-start.md").read_text(encoding="utf-8")
    assert not [extra for extra in PROJECT["optional-dependencies"] if f"| `{extra}` |" not in page]


def test_the_notice_names_what_the_weights_were_trained_on():
    notice = words((ROOT / "NOTICE").read_text(encoding="utf-8"))
    card = (ROOT / "src" / "contradict" / "models" / "weights" / "nli" / "README.md").read_text(encoding="utf-8")
    used = set(re.findall(r"^\| ([a-z0-9-]+) \|", card, re.MULTILINE))
    sources = tomllib.loads((ROOT / "benchmarks" / "sets.toml").read_text(encoding="utf-8"))
    others = [each for name, each in sources.items() if name != "own" and used & {*each["rows"]}]
    assert len(others) > 20
    for each in others:
        assert f"{each['title']}. {each['citation']}. {each['source']}. Licence: {each['licence']}." in notice


def test_the_notice_names_the_encoder_and_the_data_of_the_tagger():
    notice = words((ROOT / "NOTICE").read_text(encoding="utf-8"))
    assert "multilingual-e5-small" in notice
    assert "MIT License Copyright (c) Microsoft Corporation." in notice
    assert "PolNeAR research release; Wikinews CC BY-NC-SA 4.0" in notice
