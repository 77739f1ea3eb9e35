"""`contradict cache`: where the unpacked embedded models are, and their removal."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from contradict.cli.common import Commands, add_command


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands, "cache", "show where the embedded models are unpacked, or remove them", "contradict cache --clear"
    )
    parser.add_argument(
        "--clear",
        action="store_true",
        help="remove them, a calibration beside them, and what benchmarks that were killed have left; the next use"
        " unpacks the models again",
    )
    parser.set_defaults(run=run, quiet=False)


def run(options: argparse.Namespace) -> None:
    """Show or remove the unpacked models."""
    from contradict.models.cache import cache_root, cache_size, clear_cache, judgements_folder

    judged = {file: file.stat().st_size for file in judgements_folder().glob("*.judged")}
    if options.clear:
        freed = clear_cache() + sum(judged.values())
        if judged:
            from contradict.benchmark.judging import remove_judgements

            for file in judged:
                remove_judgements(file)
        sys.stdout.write(f"removed {freed / 1e6:.0f} MB from {cache_root()}\n")
    else:
        sys.stdout.write(f"{cache_root()}: {(cache_size() + sum(judged.values())) / 1e6:.0f} MB\n")
