"""The reference of the commands, made from the parsers that read them."""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import io
import pkgutil
from collections.abc import Iterable, Iterator

from sphinx.application import Sphinx

import contradict.cli

_PLACE = "<!-- every command -->"
_USAGE_WIDTH = 88  # characters


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by its name."""
    return dict(_commands().choices)


def _commands() -> argparse._SubParsersAction[argparse.ArgumentParser]:
    commands = argparse.ArgumentParser(prog="contradict").add_subparsers()
    for found in pkgutil.iter_modules(contradict.cli.__path__, "contradict.cli."):
        if add := getattr(importlib.import_module(found.name), "add", None):
            add(commands)
    return commands


def _in_order(names: Iterable[str]) -> list[str]:
    """The commands as `contradict --help` lists them."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
        contradict.cli.main(["--help"])
    return sorted(names, key=lambda name: shown.getvalue().index(f"\n    {name}"))


def _describe(parser: argparse.ArgumentParser) -> Iterator[str]:
    parser.formatter_class = functools.partial(argparse.HelpFormatter, width=_USAGE_WIDTH)
    yield f"## {parser.prog}\n\n{parser.description}\n"
    yield f"```text\n{parser.format_usage().removeprefix('usage: ').rstrip()}\n```\n"
    yield f"For example:\n\n```bash\n{(parser.epilog or '').removeprefix('Example: ')}\n```\n"
    yield f"```{{program}} {parser.prog}\n```\n"
    for number, group in enumerate(parser._action_groups):
        if number > 1 and group._group_actions:  # the first two are argparse's own
            yield f"### {str(group.title).capitalize()}\n"
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
        commands = _commands()
        said = {action.dest: action.help for action in commands._choices_actions}
        names = _in_order(commands.choices)
        rows = ["| command | what it does |", "|---|---|"]
        rows += [f"| [`{name}`](#contradict-{name}) | {said[name]} |" for name in names]
        described = [part for name in names for part in _describe(commands.choices[name])]
        content[0] = content[0].replace(_PLACE, "\n".join([*rows, "", *described]))


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
