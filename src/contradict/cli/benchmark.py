"""`contradict benchmark`: measure a model on labelled pairs."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.cli.common import (
    Commands,
    add_command,
    add_nli_options,
    add_pair_options,
    add_run_options,
    make_progress,
    pair_columns,
    print_unreadable,
)
from contradict.records import MIN_SCORE
from contradict.report.files import require_directory, write_bytes

if TYPE_CHECKING:
    from contradict.benchmark.run import Result

_HEADINGS = {
    "accuracy": "accuracy",
    "average_precision": "AP",
    "average_precision_symmetric": "AP both",
    "precision": "precision",
    "recall": "recall",
}


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands, "benchmark", "measure a model on labelled pairs", "contradict benchmark my_pairs.csv --out results/"
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="labelled pairs (.jsonl .json .csv .tsv .parquet)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write results.json there; made if it does not exist")
    parser.add_argument("--sample", type=int, metavar="N", help="judge only N rows of a file, drawn with a fixed seed")
    add_pair_options(parser, labelled=True)
    add_nli_options(parser)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Judge, measure, and print the table."""
    from contradict.benchmark.run import benchmark
    from contradict.labelled_pairs import read_pairs
    from contradict.nli import NLI

    if options.sample is not None and options.sample < 1:
        raise ValueError(f"--sample is {options.sample}; it must be at least 1")
    if options.out:
        require_directory(options.out)
    files = [(path, read_pairs(path, pair_columns(options), labelled=True)) for path in options.files]
    if options.out:
        options.out.mkdir(exist_ok=True)
    nli = NLI(options.nli, labels=options.nli_labels, device=options.device)
    results: list[Result] = []
    for path, pairs in files:
        if not options.quiet:
            print_unreadable(pairs.unusable)
        name = path.name.partition(".")[0]
        results += benchmark(nli, pairs, name, sample=options.sample, progress=make_progress(options))
    _print_table(results)
    if options.out:
        text = json.dumps({"schema": 1, "nli": nli.name, "results": [_plain(result) for result in results]}, indent=1)
        write_bytes(f"{text}\n".encode(), options.out / "results.json")


def _plain(result: Result) -> dict[str, object]:
    """The result with figures to 4 decimals, and undefined ones as null."""
    figures = {
        name: {key: None if math.isnan(value) else round(value, 4) for key, value in asdict(estimate).items()}
        for name, estimate in result.figures.items()
    }
    return {"group": result.group, "rows": result.rows, **figures}


def _print_table(results: Sequence[Result]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        box=None,
        pad_edge=False,
        caption="Per cent, with half the width of the 95% bootstrap interval (results.json has both"
        " ends, and macro F1). AP: average precision of contradiction, of one direction and of the score of"
        f" both that scan uses; precision and recall: of contradiction at a score of {MIN_SCORE}.",
        caption_justify="left",
    )
    table.add_column("set", no_wrap=True)
    for heading in ("rows", *_HEADINGS.values()):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results:
        cells = []
        for name in _HEADINGS:
            figure = result.figures[name]
            undefined = math.isnan(figure.value)
            cells.append("–" if undefined else f"{100 * figure.value:.1f} ±{50 * (figure.high - figure.low):.1f}")
        table.add_row(result.group, f"{result.rows:,}", *cells)
    Console().print(table)
