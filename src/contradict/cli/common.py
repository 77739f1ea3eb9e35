"""What the commands share: model options, messages and progress on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from contradict.labelled_pairs import PairColumns
from contradict.labels import LABELS
from contradict.progress import Advance, Progress, no_progress
from contradict.records import Unreadable

_NAMED_UNREADABLE = 5

Commands = argparse._SubParsersAction  # the type that `add_subparsers` returns has no public name


def add_command(commands: Commands[Any], name: str, summary: str, example: str) -> argparse.ArgumentParser:
    """Add a command with its one-line summary and an example."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"Example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def add_nli_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that judges."""
    parser.add_argument("--nli", metavar="ID-OR-FOLDER", help="NLI model: hub id or folder (default: the embedded one)")
    parser.add_argument(
        "--nli-labels",
        metavar="A,B,C",
        type=lambda text: text.split(","),
        help=f"what the NLI model's outputs are, in order, where it does not say so itself, as in {','.join(LABELS)}",
    )


def add_encoder_option(parser: argparse.ArgumentParser) -> None:
    """Add the option of every command that reads or trains an encoder."""
    parser.add_argument(
        "--encoder", metavar="ID-OR-FOLDER", help="encoder: hub id or folder (default: the embedded one)"
    )


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that computes."""
    parser.add_argument("--device", metavar="NAME", default="auto", help="cpu, cuda, cuda:1, mps, or auto (default)")
    parser.add_argument("--quiet", action="store_true", help="show no progress, notes or warnings on standard error")


def add_pair_options(parser: argparse.ArgumentParser, *, labelled: bool) -> None:
    """Add the options that say where the rows of a file have what."""
    columns = parser.add_argument_group("columns of the pairs")
    columns.add_argument("--premise", metavar="NAME", default="premise", help="column of the first text")
    columns.add_argument("--hypothesis", metavar="NAME", default="hypothesis", help="column of the second text")
    if labelled:
        columns.add_argument("--label", metavar="NAME", default="label", help="column of the label: a word, or 0 to 2")
        columns.add_argument(
            "--label-order",
            metavar="A,B,C",
            type=lambda text: tuple(text.split(",")),
            default=LABELS,
            help=f"what 0, 1, 2 stand for (default: {','.join(LABELS)})",
        )


def pair_columns(options: argparse.Namespace) -> PairColumns:
    """The columns that the options name."""
    if not hasattr(options, "label"):
        return PairColumns(options.premise, options.hypothesis)
    return PairColumns(options.premise, options.hypothesis, options.label, options.label_order)


def print_unreadable(items: Sequence[Unreadable]) -> None:
    """Name what was not read, the first few one by one."""
    for item in items[:_NAMED_UNREADABLE]:
        row = f", row {item.row}" if item.row is not None else ""
        print_note(f"not read: {item.file}{row}: {item.reason}")
    if len(items) > _NAMED_UNREADABLE:
        print_note(f"not read: {len(items) - _NAMED_UNREADABLE:,} more files or rows")


def print_note(message: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"contradict: {' '.join(message.split())}\n")


def make_progress(options: argparse.Namespace) -> Progress:
    """Bars on standard error where that is a terminal and nobody asked for quiet; else nothing."""
    return no_progress if options.quiet or not sys.stderr.isatty() else _show_progress


@contextmanager
def _show_progress(description: str, total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda count: bar.advance(task, count)
