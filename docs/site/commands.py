"""The reference of the commands, made from the parsers that read them."""

from __future__ import annotations

import argparse
import functools
import importlib
import pkgutil
from collections.abc import Iterator

from sphinx.application import Sphinx

import contradict.cli

_PLACE = "<!-- every command -->"
_USAGE_WIDTH = 88  # characters


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by its name."""
    commands = argparse.ArgumentParser(prog="contradict").add_subparsers()
    for found in pkgutil.iter_modules(contradict.cli.__path__, "contradict.cli."):
        if add := getattr(importlib.import_module(found.name), "add", None):
            add(commands)
    return dict(commands.choices)


def _describe(parser: argparse.ArgumentParser) -> Iterator[str]:
    parser.formatter_class = functools.partial(argparse.HelpFormatter, width=_USAGE_WIDTH)
    yield f"## {parser.prog}\n\n{parser.description}\n"
    yield f"```text\n{parser.format_usage().removeprefix('usage: ').rstrip()}\n```\n"
    yield f"For example:\n\n```bash\n{(parser.epilog or '').removeprefix('Example: ')}\n```\n"
    yield f"```{{program}} {parser.prog}\n```\n"
    for group in parser._action_groups:
        for action in group._group_actions:
            if action.dest == "help":
                continue
            names = ", ".join(_names(action)) or str(action.metavar or action.dest)
            said = (action.help or "") % {**vars(action), "prog": parser.prog}
            yield f"````{{option}} {names}\n{said}\n````\n"


def _names(action: argparse.Action) -> list[str]:
    if action.nargs == 0:
        return list(action.option_strings)
    value = action.metavar or "{" + ",".join(action.choices or ()) + "}"
    return [f"{name} {value}" for name in action.option_strings]


def _fill(app: Sphinx, name: str, content: list[str]) -> None:
    if _PLACE in content[0]:
        described = (part for _, parser in sorted(parsers().items()) for part in _describe(parser))
        content[0] = content[0].replace(_PLACE, "\n".join(described))


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
