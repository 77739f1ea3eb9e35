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
    parser.add_argument("--clear", action="store_true", help="remove them; the next use unpacks them again")
    parser.set_defaults(run=run, quiet=False)


def run(options: argparse.Namespace) -> None:
    """Show or remove the unpacked models."""
    from contradict.models.cache import cache_root, cache_size, clear_cache

    if options.clear:
        sys.stdout.write(f"removed {clear_cache() / 1e6:.0f} MB from {cache_root()}\n")
    else:
        sys.stdout.write(f"{cache_root()}: {cache_size() / 1e6:.0f} MB\n")
