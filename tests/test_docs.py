"""The documentation builds without a warning, names everything public, and what it shows runs."""

import ast
import contextlib
import doctest
import importlib
import importlib.util
import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
import zlib

import pytest

import contradict
from contradict.cli import main
from contradict.report.rows import contradiction_row
from pages import ROOT, Block, at_hand, blocks, commands_of, make_workshop, parse, python_of
from report_samples import make_report

DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [
    *DOCS,
    ROOT / "README.md",
    *sorted((ROOT / "benchmarks").rglob("README.md")),
    *sorted((ROOT / "src").rglob("README.md")),
]
NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    options = ["-E", "-W", "--keep-going", "-q", "-b", "html", "-c", "docs", "-d", str(folder / "doctrees")]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, ".", str(folder / "html")],
        cwd=ROOT,
        env=os.environ | NO_NETWORK,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def documented(site):
    packed = (site / "objects.inv").read_bytes().split(b"\n", 4)[-1]
    return {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return make_workshop(tmp_path_factory.mktemp("workshop"))


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(DOCS)
    loaded = [
        address
        for page in pages
        for address in re.findall(
            r"<(?:script|link|img)[^>]+(?:src|href)=\"([^\"]+)\"", page.read_text(encoding="utf-8")
        )
    ]
    assert loaded
    assert not [address for address in loaded if re.match(r"(https?:)?//", address)]


@pytest.mark.slow
def test_the_picture_and_the_figures_are_those_of_the_readme(site):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page, heading, wanted in (
        ("how-it-works", "## How it works", r"│ (\w+)"),
        ("results", "## What to trust, and what not", r"\d[\d.]* \[\d[\d.]*, \d[\d.]*\]"),
    ):
        text = re.sub(r"<[^>]+>", "", (site / "docs" / f"{page}.html").read_text(encoding="utf-8"))
        found = re.findall(wanted, readme.partition(heading)[2].partition("\n## ")[0])
        assert len(found) > 5
        assert not [each for each in found if each not in text]


@pytest.mark.slow
def test_every_public_name_is_in_the_reference(documented):
    wanted = {_home(module, name) for module in _public_modules() for name in importlib.import_module(module).__all__}
    tree = ast.parse((ROOT / "src" / "contradict" / "records.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            wanted.add(f"contradict.records.{node.name}")
        elif isinstance(node, ast.Assign):
            wanted.update(f"contradict.records.{target.id}" for target in node.targets)
    for path in PAGES:
        for text in python_of(path):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom) and node.module.startswith("contradict"):
                    wanted.update(_home(node.module, alias.name) for alias in node.names)
    picture = (ROOT / "README.md").read_text(encoding="utf-8").partition("## How it works")[2].partition("Each name")[0]
    steps = set(re.findall(r"^(?:   │ )?([a-z]{3,})\s{2,}", picture, re.MULTILINE)) - {"reading"}  # has one public name
    assert len(wanted) > 30
    assert len(steps) > 8
    assert not sorted(name for name in wanted | {f"contradict.{step}" for step in steps} if name not in documented)


def _public_modules():
    source = ROOT / "src"
    found = [path for path in source.rglob("__init__.py") if "\n__all__ = " in path.read_text(encoding="utf-8")]
    return [".".join(path.parent.relative_to(source).parts) for path in found]


def _home(module, name):
    """What the reference calls an object: a record by its own module, all else by that from which it is imported."""
    value = getattr(importlib.import_module(module), name)
    if getattr(value, "__module__", None) == "contradict.records":
        return f"contradict.records.{name}"
    return f"contradict.{name}" if name in contradict.__all__ else f"{module}.{name}"


@pytest.mark.slow
def test_every_command_and_option_is_in_the_reference(site):
    page = (site / "docs" / "reference" / "commands.html").read_text(encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as shown, pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    (\w+) ", shown.getvalue(), re.MULTILINE)
    assert {"scan", "train"} <= set(commands)
    for command in commands:
        with contextlib.redirect_stdout(io.StringIO()) as shown, pytest.raises(SystemExit):
            main([command, "--help"])
        options = set(re.findall(r"(?<![\w-])--[a-z-]+", shown.getvalue())) - {"--help"}
        assert f'id="contradict-{command}"' in page
        assert not [option for option in options if f'id="cmdoption-contradict-{command}-{option[2:]}"' not in page]
    places = [page.index(f'id="contradict-{command}"') for command in commands]
    assert places == sorted(places)


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize("command", ["scan", "score", "benchmark", "calibrate", "train", "cache"])
def test_the_example_of_each_command_runs_or_at_least_parses(command, workshop, monkeypatch, tmp_path):
    monkeypatch.chdir(workshop)
    if command == "cache":
        monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path))  # it removes what is there
    parsers = runpy.run_path(str(ROOT / "docs" / "site" / "commands.py"))["parsers"]()
    program, *arguments = shlex.split(parsers[command].epilog.removeprefix("Example: "))
    assert [program, arguments[0]] == ["contradict", command]
    _run(arguments, Block("", "", ""), workshop)


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize(
    "page",
    [path for path in PAGES if python_of(path) and path != ROOT / "README.md"],  # that has a test of its own
    ids=lambda path: path.stem,
)
def test_python_blocks_run_in_their_order(page, workshop, monkeypatch):
    monkeypatch.chdir(workshop)
    names: dict[str, object] = {}
    for text in python_of(page):
        exec(compile(text, page.name, "exec"), names)


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize("page", [path for path in PAGES if [*commands_of(path)]], ids=lambda path: path.stem)
def test_commands_run_or_at_least_parse(page, workshop, monkeypatch, capsys):
    monkeypatch.chdir(workshop)
    for block, (program, *arguments) in commands_of(page):
        if program == "contradict":
            _run(arguments, block, workshop)
        elif program == "make":
            assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        elif program == "python" and arguments[0] != "-m":
            assert (ROOT / arguments[0]).is_file()
        elif program == "python":
            assert importlib.util.find_spec(arguments[1])
        else:
            assert [program, arguments[0]] == ["pip", "install"]
            assert re.fullmatch(rf"contradict-nlp(\[({'|'.join(_extras())})\])?", arguments[1])


_DONE: set[tuple[str, ...]] = set()


def _run(arguments, block, folder):
    """Parse a command, and run it once unless its fence says `parsed` or, naming no language, lacks what it reads."""
    options = parse(arguments)
    if block.mark == "parsed" or tuple(arguments) in _DONE or (not block.language and not at_hand(options, folder)):
        return
    _DONE.add(tuple(arguments))
    if arguments[0] == "calibrate" and not options.out:  # would be saved beside the embedded model, for every later run
        arguments = [*arguments, "--out", "beside.json"]
    assert main([*arguments]) == 0, arguments
    assert not options.__dict__.get("out") or (folder / options.out).exists()


def _extras():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


def test_no_command_on_the_examples_is_misspelt():
    named = {word for path in PAGES for _, words in commands_of(path) for word in words}
    assert {"examples/articles", "examples/labelled_pairs.csv"} <= named
    assert not [word for word in named if word.startswith("examples/") and not (ROOT / word).exists()]


def test_what_is_only_parsed_says_so():
    marks = {block.mark for path in DOCS for block in blocks(path) if block.language in ("bash", "python")}
    assert marks <= {"", "parsed"}
    assert not [path.name for path in DOCS for block in blocks(path) if block.language == "python" and block.mark]


def test_the_front_matter_that_is_shown_is_read(tmp_path):
    (shown,) = [block.text for block in blocks(ROOT / "docs" / "guide" / "articles.md") if block.language == "text"]
    (tmp_path / "shown.txt").write_text(shown, encoding="utf-8")
    (article,) = contradict.read_articles(tmp_path / "shown.txt")
    assert article.text.startswith("The bridge")
    assert all((article.title, article.source, article.published == "2024-10-18", article.language == "en"))


def test_the_line_that_is_shown_has_the_fields_of_one_that_is_written():
    (shown,) = [json.loads(block.text) for block in blocks(ROOT / "README.md") if block.language == "json"]
    written = contradiction_row(make_report()[0])
    for keys in (lambda row: row, lambda row: row["a"], lambda row: row["probabilities"]["a_b"]):
        assert list(keys(shown)) == list(keys(written))


@pytest.mark.slow
@pytest.mark.embedded
def test_the_examples_of_docstrings_run(workshop, monkeypatch):
    monkeypatch.chdir(workshop)
    source = ROOT / "src"
    files = [path for path in (source / "contradict").rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")]
    attempted = 0
    for path in files:
        name = ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        found = doctest.testmod(importlib.import_module(name))
        assert not found.failed, name
        attempted += found.attempted
    assert attempted > 5
