"""`contradict calibrate`: make a model's probabilities mean what they say, and choose its threshold."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.cli.common import (
    Commands,
    add_backend_option,
    add_command,
    add_nli_options,
    add_pair_options,
    add_run_options,
    make_progress,
    pair_columns,
    print_notes_on,
)
from contradict.records import MIN_SCORE
from contradict.report.files import require_writable_file

if TYPE_CHECKING:
    from contradict.benchmark.calibrating import Fit
    from contradict.benchmark.fitting import Target

_HEADINGS = {
    "ece": "calibration error, premise to hypothesis",
    "ece_symmetric": "calibration error, score of both directions",
    "ece_symmetric_at_share": "calibration error of the score, at the share",
    "precision_symmetric": "precision of contradiction at the threshold",
    "recall_symmetric": "recall of contradiction at the threshold",
    "false_alarms_at_threshold": "false alarms per 1,000 pairs at the threshold",
}


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands,
        "calibrate",
        "fit a model's probabilities, and its threshold, to labelled pairs",
        "contradict calibrate my_pairs.csv --share 0.03 --precision 0.5",
    )
    parser.add_argument(
        "pairs",
        nargs="+",
        metavar="PAIRS",
        help="labelled pairs: files (.jsonl .json .csv .tsv .parquet, gzipped or not), or data sets of the hub, as"
        " `contradict benchmark` takes them",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write there, for --calibration FILE (default: beside the model)"
    )
    parser.add_argument(
        "--share",
        type=float,
        metavar="P",
        help="share of contradictions among the pairs judged in use, as 0.03 (default: no correction for it)",
    )
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--precision", type=float, metavar="P", help="choose the threshold for this precision, 0 to 1")
    wanted.add_argument(
        "--false-alarms", type=float, metavar="N", help="choose it for so many false alarms per 1,000 pairs judged"
    )
    add_pair_options(parser, labelled=True, measured=True)
    add_nli_options(parser, calibrated=False)
    add_backend_option(parser)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fit, show what was found, and write the calibration."""
    from contradict.benchmark.calibrating import calibrate
    from contradict.benchmark.fitting import Target
    from contradict.benchmark.sets import load_set
    from contradict.calibration import FILE_NAME, write_calibration
    from contradict.nli import NLI

    target = Target(options.share, options.precision, options.false_alarms)
    if options.out:
        require_writable_file(options.out)
    sets = [load_set(name, pair_columns(options)) for name in options.pairs]
    if not options.quiet:
        print_notes_on(sets)
    nli = NLI(options.nli, labels=options.nli_labels, calibration=None, device=options.device, backend=options.backend)
    if not options.out and not os.access(nli.folder, os.W_OK):
        raise PermissionError(f"{nli.folder} cannot be written; name a file with --out, and give it to --calibration")
    fit = calibrate(nli, sets, target, make_progress(options))
    out = options.out or nli.folder / FILE_NAME
    write_calibration(fit.calibration, out)
    sys.stdout.writelines(f"{line}\n" for line in (*_lines(fit, target), out))


def _lines(fit: Fit, target: Target) -> Iterator[str]:
    found, made = fit.calibration.fitted_on, fit.calibration
    yield f"fitted to {found['rows']:,} pairs in {found['items']:,} items; {found['contradictions']:,} contradictions"
    yield f"temperature {made.temperature:.3f}"
    if target.share is not None:
        own = found["own_share"]
        yield f"share of contradictions {target.share:.3g}; the model's own is {own:.3g}, and is corrected"
    if made.threshold is None:
        yield f"no threshold chosen: a scan reports scores from {MIN_SCORE} on"
    else:
        wanted = f"precision {target.precision}" if target.precision else f"{target.false_alarms} false alarms in 1,000"
        yield f"threshold {made.threshold:.4f} for {wanted}: with --bare-sentences a scan reports scores from there on"
    if target.share is None and fit.after["ece_symmetric"] > fit.before["ece_symmetric"]:
        yield "the score of both directions is not better calibrated than before; you may do without this calibration"
    yield f"{'on pairs that did not fit it (five parts, by item)':<52}{'before':>8}{'after':>8}"
    for name, heading in _HEADINGS.items():
        if name in fit.before:
            yield f"{heading:<52}{_cell(fit.before[name]):>8}{_cell(fit.after[name]):>8}"


def _cell(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"
