"""`contradict benchmark`: measure models on labelled pairs."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.cli.common import (
    Commands,
    add_backend_option,
    add_command,
    add_encoder_option,
    add_nli_options,
    add_pair_options,
    add_run_options,
    make_progress,
    pair_columns,
    print_note,
    print_notes_on,
)
from contradict.report.files import require_writable_directory

if TYPE_CHECKING:
    from contradict.benchmark.records import LabelledSet
    from contradict.nli import NLI


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands,
        "benchmark",
        "measure models on labelled pairs",
        "contradict benchmark my_pairs.csv xnli:de --out results/",
    )
    parser.add_argument(
        "sets",
        nargs="+",
        metavar="NAME-OR-FILE",
        help="labelled pairs: a file (.jsonl .json .csv .tsv .parquet, gzipped or not), or a data set of the hub, as"
        " indonli, xnli:de, anli@test_r1, OWNER/NAME:CONFIGURATION@SPLIT",
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write results.json, plots and a page (index.html) there"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="judge only N pairs of a set, drawn with a fixed seed")
    parser.add_argument(
        "--min-score",
        type=float,
        metavar="P",
        help="score from which a pair counts as flagged (default: the model's own)",
    )
    parser.add_argument("--no-baselines", action="store_true", help="leave out the baselines")
    parser.add_argument(
        "--train",
        metavar="NAME-OR-FILE",
        help="labelled pairs that the baselines are fitted on (default: each set itself)",
    )
    add_pair_options(parser, labelled=True, measured=True)
    add_nli_options(parser, several=True)
    add_encoder_option(parser)
    add_backend_option(parser)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Judge, measure, print the tables, and write the files."""
    from rich.console import Console

    from contradict.benchmark.output.terminal import print_benchmark
    from contradict.benchmark.output.write import write_outputs
    from contradict.benchmark.run import JudgementStore, benchmark
    from contradict.models.cache import judgements_folder
    from contradict.models.loading import load_encoder, model_folder

    _check(options)  # what cannot be had or read is told before hours of judging
    if options.out:
        require_writable_directory(options.out)
    for model in [*(options.nli or ()), *([options.encoder] if options.encoder else ())]:
        model_folder(model)
    sets = _read_sets(options)
    training = _read_set(options.train, options) if options.train else None
    if not options.quiet:
        print_notes_on([*sets, training] if training else sets)
    if options.out:
        options.out.mkdir(exist_ok=True)
    saved = JudgementStore(judgements_folder())
    report = benchmark(
        _models(options),
        sets,
        encoder=None if options.no_baselines else lambda: load_encoder(options.encoder, options.device),
        training=training,
        threshold=options.min_score,
        saved=saved,
        command=shlex.join(["contradict", *sys.argv[1:]]),
        progress=make_progress(options),
    )
    if options.out:
        write_outputs(report, options.out)  # first, since whoever reads the tables may stop reading
        if not options.quiet:
            print_note(f"written: results.json, plots and index.html in {options.out}")
    print_benchmark(report, Console())
    saved.remove()


def _check(options: argparse.Namespace) -> None:
    from contradict.calibration import read_calibration

    if options.sample is not None and options.sample < 1:
        raise ValueError(f"--sample is {options.sample}; it must be at least 1")
    if options.min_score is not None and not 0 <= options.min_score <= 1:
        raise ValueError(f"--min-score is {options.min_score}; it must be from 0 to 1")
    for name in ("nli_labels", "calibration"):
        given, models = getattr(options, name), options.nli or [None]
        if given and len(given) not in (1, len(models)):
            raise ValueError(
                f"--{name.replace('_', '-')} is given {len(given)} times for {len(models)} models; give it once for"
                " all, or once for each --nli"
            )
    for calibration in options.calibration or ():
        if calibration not in (None, "auto"):
            read_calibration(Path(calibration))


def _models(options: argparse.Namespace) -> Iterator[NLI]:
    """The models that the options name, each loaded when it is asked for."""
    from contradict.nli import NLI

    models = options.nli or [None]
    labels = _for_each(options.nli_labels or [None], len(models))
    calibrations = _for_each(options.calibration or ["auto"], len(models))
    names: list[str] = []
    for model, order, calibration in zip(models, labels, calibrations, strict=True):
        nli = NLI(model, labels=order, calibration=calibration, device=options.device, backend=options.backend)
        nli.name = _free_name(nli.name, names)
        names.append(nli.name)
        yield nli
        del nli  # before the next one is loaded


def _for_each(given: list[Any], count: int) -> list[Any]:
    return given * count if len(given) == 1 else given


def _read_sets(options: argparse.Namespace) -> list[LabelledSet]:
    """The sets with names that differ, and no more rows than are wanted."""
    from contradict.benchmark.groups import ALL
    from contradict.benchmark.sets import sample

    sets: list[LabelledSet] = []
    for name in options.sets:
        each = _read_set(name, options)
        each = dataclasses.replace(each, name=_free_name(each.name, [ALL, *(other.name for other in sets)]))
        sets.append(each if options.sample is None else sample(each, options.sample))
    return sets


def _free_name(name: str, taken: Sequence[str]) -> str:
    """The name, numbered where it is taken."""
    names = [name, *(f"{name} ({number})" for number in range(2, len(taken) + 2))]
    return next(free for free in names if free not in taken)


def _read_set(name: str, options: argparse.Namespace) -> LabelledSet:
    from contradict.benchmark.sets import load_set

    return load_set(name, pair_columns(options))
