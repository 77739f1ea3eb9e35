"""The code blocks of the project's Markdown files, and what has to be at hand for them to run."""

import argparse
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(r"^(`{3,})(.*)\n((?:.*\n)*?)\1$", re.MULTILINE)
_ARTICLES = ("en-seoul-18-october.md", "id-bantahan-22-oktober.md", "ko-yuen-22-october.md")  # a few, to be quick
_SHELL = ("contradict ", "pip ", "make ", "python ")


@dataclass(frozen=True)
class Block:
    """A fenced block: the language that the fence names, the word after it, and what it holds."""

    language: str
    mark: str
    text: str


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a Markdown file, in order."""
    found = _FENCE.findall(path.read_text(encoding="utf-8"))
    return [Block(*(word.strip() for word in info.partition(" ")[::2]), text) for _, info, text in found]


def python_of(path: Path) -> list[str]:
    """The Python blocks of a Markdown file."""
    return [block.text for block in blocks(path) if block.language == "python"]


def commands_of(path: Path) -> Iterator[tuple[Block, list[str]]]:
    """Each command of the shell blocks, and of the blocks of no stated language, with its block."""
    for block in blocks(path):
        if block.language in ("", "bash"):
            for line in block.text.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                if words and (block.language == "bash" or line.startswith(_SHELL)):
                    yield block, words


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of a `contradict` command, by the parser that reads them; those it does not know end the test."""
    parsers = runpy.run_path(str(ROOT / "docs" / "site" / "commands.py"))["parsers"]()
    options: argparse.Namespace = parsers[arguments[0]].parse_args(arguments[1:])
    return options


def at_hand(options: argparse.Namespace, folder: Path) -> bool:
    """Whether a command takes neither hours nor a cluster, and all that it reads is in the folder."""
    if options.run.__module__ == "contradict.cli.train" or getattr(options, "engine", None) == "ray":
        return False
    names = ("articles", "pairs", "sets", "data", "nli", "encoder", "calibration", "store")
    given = [getattr(options, name, None) or () for name in names]
    paths = [path for value in given for path in (value if isinstance(value, (list, tuple)) else [value])]
    return all((folder / path).exists() for path in paths if path != "auto")


def make_workshop(folder: Path) -> Path:
    """Fill a folder with what the commands of the README and of the pages name."""
    pairs = ROOT / "examples" / "labelled_pairs.csv"
    for name in ("examples/articles", "articles"):
        (folder / name).mkdir(parents=True)
        for article in _ARTICLES:
            shutil.copy(ROOT / "examples" / "articles" / article, folder / name)
    for name in ("examples/labelled_pairs.csv", "pairs.csv", "my_pairs.csv"):
        shutil.copy(pairs, folder / name)
    rows = pd.read_csv(pairs).rename(columns={"premise": "a", "hypothesis": "b"})
    rows.assign(label=(rows["label"] == "contradiction").astype(int)).to_csv(
        folder / "claims.tsv", sep="\t", index=False
    )
    return folder
