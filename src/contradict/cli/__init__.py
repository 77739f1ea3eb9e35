"""The command `contradict`: finds contradictions, judges pairs, measures and trains models."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import warnings
from collections.abc import Sequence

from contradict import __version__
from contradict.cli import benchmark, cache, calibrate, scan, score, train
from contradict.cli.common import print_note

_DONE, _FAILED, _INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: without the program's name; by default the process's own.

    Returns:
        exit status: 0 done, 2 bad arguments or nothing readable, 130 interrupted.
    """
    parser = argparse.ArgumentParser(
        prog="contradict",
        description="Shows where the sources in a pile of news contradict each other.",
        epilog="Example: contradict scan examples/articles",
    )
    parser.add_argument("--version", action="version", version=f"contradict {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (scan, score, benchmark, calibrate, train, cache):
        command.add(commands)
    options = parser.parse_args(arguments)
    _quieten_libraries()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # the platform's own may lack a script
    if options.quiet:
        warnings.simplefilter("ignore")
    try:
        options.run(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has seen enough, as `head` does
        return _DONE
    except (OSError, ValueError, RuntimeError) as error:
        print_note(str(error))
        return _FAILED
    except KeyboardInterrupt:
        print_note("interrupted")
        return _INTERRUPTED
    return _DONE


def _quieten_libraries() -> None:
    """Keep the loaders' own messages and bars off the terminal; ours, and warnings, go to standard error."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    for name in ("huggingface_hub", "sentence_transformers", "trafilatura"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.showwarning = lambda message, *_, **__: print_note(f"warning: {message}")
