"""`contradict score`: judge the pairs of a file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
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
    print_unreadable,
)
from contradict.labels import LABELS
from contradict.report.files import ENDINGS, csv_bytes, json_lines, parquet_bytes, require_writable_file, write_bytes
from contradict.report.rows import DECIMALS

if TYPE_CHECKING:
    import pandas as pd

    from contradict.labelled_pairs import Pairs
    from contradict.records import Judgement

_ENDINGS = tuple(ending for ending, name in ENDINGS.items() if name in ("jsonl", "csv", "parquet"))
_FIGURES = (*LABELS, "score")


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
    add_nli_options(parser)
    add_backend_option(parser)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Judge the pairs, and write all rows with their probabilities; a row that cannot be judged has none."""
    from contradict.detector import Detector
    from contradict.labelled_pairs import read_pairs

    ending = options.out.suffix.lower() if options.out else ".jsonl"
    if ending not in _ENDINGS:
        raise ValueError(f"--out {options.out}: name a file that ends in {', '.join(_ENDINGS)}")
    if options.out:
        require_writable_file(options.out)
    pairs = read_pairs(options.pairs, pair_columns(options), labelled=False)
    taken = [name for name in _FIGURES if name in pairs.rows]
    if taken:
        raise ValueError(f"{options.pairs} has a column {', '.join(taken)} already; rename or remove it")
    if ending == ".parquet":
        parquet_bytes(pairs.rows)  # columns that it cannot hold are found before the work is done
    if not options.quiet:
        print_unreadable(pairs.unusable)
    detector = Detector(
        options.nli,
        nli_labels=options.nli_labels,
        calibration=options.calibration,
        device=options.device,
        backend=options.backend,
        progress=make_progress(options),
    )
    judged = detector.judge(list(zip(pairs.premises, pairs.hypotheses, strict=True)))
    write_bytes(_encode(_with_figures(pairs, judged), ending), options.out)


def _with_figures(pairs: Pairs, judged: Sequence[Judgement]) -> pd.DataFrame:
    import numpy as np

    figures = np.full((len(pairs.rows), len(_FIGURES)), np.nan)
    figures[pairs.usable] = [[*(getattr(each.a_b, name) for name in LABELS), each.score] for each in judged]
    return pairs.rows.assign(**dict(zip(_FIGURES, figures.round(DECIMALS).T, strict=True)))


def _encode(rows: pd.DataFrame, ending: str) -> bytes:
    if ending == ".parquet":
        return parquet_bytes(rows)
    if ending == ".csv":
        return csv_bytes(rows)
    return json_lines(rows.astype(object).where(rows.notna(), None).to_dict("records"))
