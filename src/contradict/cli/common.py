"""What the commands share: model options, messages and progress on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from contradict.engine import BACKENDS, Backend
from contradict.labelled_pairs import PairColumns
from contradict.labels import LABELS
from contradict.progress import Advance, Progress, no_progress
from contradict.records import Unreadable

if TYPE_CHECKING:
    from contradict.benchmark.records import LabelledSet

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


def add_nli_options(parser: argparse.ArgumentParser, *, several: bool = False, calibrated: bool = True) -> None:
    """Add the options of every command that judges.

    Args:
        parser: of the command.
        several: whether models are compared; each option can then be given again, and is a list, or None if not given.
        calibrated: whether the model's calibration is used.
    """
    action, again = ("append", "; can be given again, for another model") if several else ("store", "")
    parser.add_argument(
        "--nli",
        metavar="ID-OR-FOLDER",
        action=action,
        help=f"NLI model: hub id or folder (default: the embedded one){again}",
    )
    parser.add_argument(
        "--nli-labels",
        metavar="A,B,C",
        action=action,
        type=lambda text: text.split(","),
        help="what the NLI model's outputs are, in order, where it does not say so itself, as in"
        f" {','.join(LABELS)}{again}",
    )
    if calibrated:
        parser.add_argument(
            "--calibration",
            metavar="FILE",
            action=action,
            type=lambda text: None if text == "none" else text,
            default=None if several else "auto",
            help="what `contradict calibrate` wrote, or none (default: the one beside the NLI model, if there is one)"
            f"{again}",
        )


def add_encoder_option(parser: argparse._ActionsContainer) -> None:
    """Add the option of every command that reads or trains an encoder."""
    parser.add_argument(
        "--encoder", metavar="ID-OR-FOLDER", help="encoder: hub id or folder (default: the embedded one)"
    )


def add_backend_option(parser: argparse.ArgumentParser, default: Backend = "auto") -> None:
    """Add the option of every command that judges."""
    usual = "the fastest one installed" if default == "auto" else default
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        default=default,
        help=f"what computes the networks (default: {usual})",
    )


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that computes."""
    parser.add_argument("--device", metavar="NAME", default="auto", help="cpu, cuda, cuda:1, mps, or auto (default)")
    parser.add_argument("--quiet", action="store_true", help="show no progress, notes or warnings on standard error")


def add_pair_options(parser: argparse.ArgumentParser, *, labelled: bool, measured: bool = False) -> None:
    """Add the options that say where the rows of a file have what.

    Args:
        parser: of the command.
        labelled: whether the rows have labels.
        measured: whether figures are taken of them, by language and genre.
    """
    columns = parser.add_argument_group("columns of the pairs")
    columns.add_argument("--premise", metavar="NAME", default="premise", help="column of the first text")
    columns.add_argument("--hypothesis", metavar="NAME", default="hypothesis", help="column of the second text")
    if labelled:
        columns.add_argument("--label", metavar="NAME", default="label", help="column of the label: a word, or 0 to 2")
        columns.add_argument(
            "--label-order",
            metavar="A,B,C",
            type=_split_list,
            default=LABELS,
            help=f"what 0, 1, 2 stand for (default: {','.join(LABELS)})",
        )
        columns.add_argument(
            "--label-values",
            metavar="E,N,C",
            type=_split_list,
            help="other labels: those for entailment, neutral and contradiction, as in yes,unknown,no",
        )
        columns.add_argument(
            "--two-way",
            metavar="NOT,CONTRADICTION",
            type=_split_list,
            help="a set of two labels: those for no contradiction and for contradiction, as in 0,1",
        )
    if measured:
        columns.add_argument("--lang", metavar="NAME", help="column of the language (default: premise_lang or lang)")
        columns.add_argument("--genre", metavar="NAME", help="column of the genre (default: genre)")
        columns.add_argument("--item", metavar="NAME", help="column that is equal in parallel rows (default: item)")


def pair_columns(options: argparse.Namespace) -> PairColumns:
    """The columns that the options name."""
    given = vars(options)
    fields = ("premise", "hypothesis", "label", "label_order", "label_values", "two_way", "genre", "item")
    return PairColumns(**{name: given[name] for name in fields if name in given}, language=given.get("lang"))


def _split_list(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def print_unreadable(items: Sequence[Unreadable]) -> None:
    """Name what was not read, the first few one by one."""
    for item in items[:_NAMED_UNREADABLE]:
        row = f", row {item.row}" if item.row is not None else ""
        print_note(f"not read: {item.file}{row}: {item.reason}")
    if len(items) > _NAMED_UNREADABLE:
        print_note(f"not read: {len(items) - _NAMED_UNREADABLE:,} more files or rows")


def print_notes_on(sets: Iterable[LabelledSet]) -> None:
    """Say what a reader of figures on the sets must know."""
    for each in sets:
        for note in each.notes:
            print_note(f"{each.name}: {note}")


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
