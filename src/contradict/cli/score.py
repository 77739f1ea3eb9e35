"""`contradict score`: judge the pairs of a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.cli.common import (
    Commands,
    add_command,
    add_common_options,
    add_pair_options,
    make_progress,
    pair_columns,
    print_unreadable,
)

if TYPE_CHECKING:
    import pandas as pd

_DECIMALS = 4
_ENDINGS = (".jsonl", ".csv", ".parquet")


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(commands, "score", "judge the pairs of a file", "contradict score pairs.csv --out judged.csv")
    parser.add_argument(
        "pairs", type=Path, metavar="PAIRS", help="file with a pair a row (.jsonl .json .csv .tsv .parquet)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"file to write ({' '.join(_ENDINGS)}); default: JSON lines to standard output",
    )
    add_pair_options(parser, labelled=False)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Judge the pairs, and write them with their probabilities."""
    from contradict.detector import Detector
    from contradict.labelled_pairs import read_pairs
    from contradict.labels import LABELS

    if options.out is not None and options.out.suffix.lower() not in _ENDINGS:
        raise ValueError(f"--out {options.out}: name a file that ends in {', '.join(_ENDINGS)}")
    pairs = read_pairs(options.pairs, pair_columns(options), labelled=False)
    if not options.quiet:
        print_unreadable(pairs.unusable)
    detector = Detector(
        options.nli, nli_labels=options.nli_labels, device=options.device, progress=make_progress(options)
    )
    judged = detector.judge(list(zip(pairs.rows["premise"], pairs.rows["hypothesis"], strict=True)))
    scored = pairs.rows.assign(
        **{name: [getattr(each.a_b, name) for each in judged] for name in LABELS}, score=[each.score for each in judged]
    )
    scored = scored.rename(columns={"premise": options.premise, "hypothesis": options.hypothesis})
    _write(scored.round(dict.fromkeys((*LABELS, "score"), _DECIMALS)), options.out)


def _write(scored: pd.DataFrame, path: Path | None) -> None:
    ending = path.suffix.lower() if path else ".jsonl"
    if path and ending == ".parquet":
        scored.to_parquet(path, index=False)
    elif ending == ".csv":
        scored.to_csv(path, index=False)
    else:
        scored.to_json(path or sys.stdout, orient="records", lines=True, force_ascii=False)
