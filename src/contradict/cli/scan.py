"""`contradict scan`: find the contradictions in sets of articles."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from contradict.cli.common import (
    Commands,
    add_command,
    add_encoder_option,
    add_nli_options,
    add_run_options,
    make_progress,
    print_note,
    print_unreadable,
)
from contradict.records import MIN_SCORE
from contradict.report.files import ENDINGS, FORMATS, Format, require_directory


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands,
        "scan",
        "find the contradictions in sets of articles",
        "contradict scan articles/ --out found.jsonl",
    )
    parser.add_argument(
        "articles",
        nargs="+",
        metavar="ARTICLES",
        help="files or directories (.txt .md .html .jsonl .csv .tsv .parquet), or - for standard input; each"
        " sub-directory, or each value of a column 'set', is a set of its own",
    )
    parser.add_argument(
        "--format", choices=FORMATS, help="default: by the ending of --out; without it table on a terminal, else jsonl"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"write there, not to standard output ({' '.join(ENDINGS)})"
    )
    parser.add_argument("--top", type=int, metavar="N", help="only the N strongest (default: 20 in a table, else all)")
    parser.add_argument(
        "--min-score",
        type=float,
        metavar="P",
        help=f"least probability of contradiction (default: that of the calibration; without one, {MIN_SCORE})",
    )
    parser.add_argument(
        "--within-articles", action="store_true", help="also compare statements of one article with each other"
    )
    parser.add_argument(
        "--max-pairs",
        type=int,
        metavar="N",
        help="most pairs judged in a set (default: 10 times its statements, at least 1,000)",
    )
    parser.add_argument("--text-column", default="text", metavar="NAME", help="column of the text in files with rows")
    add_nli_options(parser)
    add_encoder_option(parser)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Scan, and write the report."""
    from contradict.detector import Detector, DetectorConfig
    from contradict.reading import read_articles
    from contradict.report.terminal import explain_absence, summarise
    from contradict.report.write import write_report

    if options.top is not None and options.top < 1:
        raise ValueError(f"--top is {options.top}; it must be at least 1")
    file_format = _choose_format(options.format, options.out)
    config = DetectorConfig(
        min_score=options.min_score, within_articles=options.within_articles, max_pairs=options.max_pairs
    )
    articles = read_articles(*options.articles, text_column=options.text_column)
    if not options.quiet and (not articles or file_format != "table"):  # a table names them itself
        print_unreadable(articles.unreadable)
    if not articles:
        raise ValueError(f"nothing readable in {', '.join(options.articles)}")
    detector = Detector(
        options.nli,
        options.encoder,
        nli_labels=options.nli_labels,
        calibration=options.calibration,
        device=options.device,
        config=config,
        progress=make_progress(options),
    )
    report = detector.scan(articles)
    write_report(report, file_format, options.out, top=options.top)
    if not options.quiet and (file_format != "table" or options.out):
        for line in (*summarise(report), *(where + why for where, why in explain_absence(report))):
            print_note(line)


def _choose_format(stated: Format | None, out: Path | None) -> Format:
    if out is None:
        if stated == "parquet":
            raise ValueError("--format parquet needs a file: name it with --out FILE")
        return stated or ("table" if sys.stdout.isatty() else "jsonl")
    require_directory(out)
    by_ending = ENDINGS.get(out.suffix.lower())
    if stated and by_ending and stated != by_ending:
        raise ValueError(f"--format is {stated}, but --out {out} ends as {by_ending} does; change one of them")
    chosen = stated or by_ending
    if chosen is None:
        raise ValueError(f"--out {out}: name a file that ends in {', '.join(ENDINGS)}, or state --format")
    return chosen
