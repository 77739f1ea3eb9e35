"""`contradict train`: train an NLI model on labelled pairs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.cli.common import (
    Commands,
    add_command,
    add_encoder_option,
    add_pair_options,
    add_run_options,
    make_progress,
    pair_columns,
    print_unreadable,
)
from contradict.labels import CONTRADICTION

if TYPE_CHECKING:
    import pandas as pd

    from contradict.labelled_pairs import Pairs

_HINT = "; if the labels say no more than contradiction or not, state them with --two-way NOT,CONTRADICTION"


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands,
        "train",
        "train an NLI model on labelled pairs; a run that was killed goes on where it was",
        "contradict train --data pairs.parquet --out runs/mine",
    )
    parser.add_argument("--data", nargs="+", type=Path, required=True, metavar="FILE", help="labelled pairs")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="for the checkpoint, the log and the model"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the run, in TOML (default: the first of those that made the embedded model)",
    )
    parser.add_argument(
        "--licence",
        choices=("any", "open"),
        default="any",
        help="open: only rows whose column `licence` is among the configuration's open ones",
    )
    parser.add_argument(
        "--stop-after", type=int, metavar="STEPS", help="stop early, leaving a checkpoint to go on from"
    )
    start = parser.add_mutually_exclusive_group()
    add_encoder_option(start)
    start.add_argument(
        "--nli", metavar="ID-OR-FOLDER", help="train this NLI model further, instead of an encoder with a new head"
    )
    add_pair_options(parser, labelled=True)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train, and name the folder of the result."""
    import pandas as pd

    from contradict.labelled_pairs import read_pairs
    from contradict.models.embedded import encoder_folder
    from contradict.models.loading import model_folder
    from contradict.training.config import read_config
    from contradict.training.mix import make_mix, open_rows
    from contradict.training.recipe import train

    config = read_config(options.config)
    files = [read_pairs(path, pair_columns(options), labelled=True) for path in options.data]
    if not options.quiet:
        print_unreadable([row for pairs in files for row in pairs.unusable])
    rows = pd.concat([_labelled_rows(pairs) for pairs in files], ignore_index=True)
    hint = "" if options.two_way or rows["label"].eq(CONTRADICTION).any() else _HINT
    if options.two_way:
        rows["two_way"] = True
    if options.licence == "open":
        rows = open_rows(rows, config)
    mix = make_mix(rows, config)
    if not (mix.labels == CONTRADICTION).any():
        raise ValueError(f"no pair of the run is labelled contradiction{hint}")
    named = options.nli or options.encoder
    base = model_folder(named) if named else encoder_folder()
    made = train(
        mix,
        base,
        options.out,
        config,
        device=options.device,
        stop_after=options.stop_after,
        progress=make_progress(options),
        further=options.nli is not None,
    )
    sys.stdout.write(f"{made}\n")


def _labelled_rows(pairs: Pairs) -> pd.DataFrame:
    """The usable rows, with texts and labels in columns of the same names in every file."""
    usable = pairs.rows.iloc[pairs.usable]
    return usable.assign(premise=pairs.premises, hypothesis=pairs.hypotheses, label=pairs.labels)
