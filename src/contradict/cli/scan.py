"""`contradict scan`: find the contradictions in sets of articles."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from contradict.cli.common import Commands, add_command, add_common_options, make_progress, print_unreadable

_FORMATS = ("table", "jsonl", "csv", "parquet")


def add(commands: Commands[Any]) -> None:
    """Add the command's arguments."""
    parser = add_command(
        commands,
        "scan",
        "find the contradictions in sets of articles",
        "contradict scan articles/ --format jsonl --out found.jsonl",
    )
    parser.add_argument(
        "articles",
        nargs="+",
        metavar="ARTICLES",
        help="files or directories (.txt .md .html .jsonl .csv .tsv .parquet), or - for standard input; each"
        " sub-directory, or each value of a column 'set', is a set of its own",
    )
    parser.add_argument("--format", choices=_FORMATS, help="default: table on a terminal, jsonl otherwise")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of to standard output")
    parser.add_argument("--top", type=int, metavar="N", help="only the N strongest (default: 20 in a table, else all)")
    parser.add_argument(
        "--min-score", type=float, default=0.5, metavar="P", help="least probability of contradiction (default: 0.5)"
    )
    parser.add_argument(
        "--within-articles", action="store_true", help="also compare statements of one article with each other"
    )
    parser.add_argument(
        "--max-pairs", type=int, metavar="N", help="most pairs judged in a set (default: 10 times its statements)"
    )
    parser.add_argument("--text-column", default="text", metavar="NAME", help="column of the text in files with rows")
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Scan, and write the report."""
    from contradict.detector import Detector, DetectorConfig
    from contradict.reading import read_articles
    from contradict.report.write import Format, write_report

    if options.top is not None and options.top < 1:
        raise ValueError(f"--top is {options.top}; it must be at least 1")
    file_format: Format = options.format or ("table" if options.out is None and sys.stdout.isatty() else "jsonl")
    if file_format == "parquet" and options.out is None:
        raise ValueError("--format parquet needs a file: name it with --out FILE")
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
        device=options.device,
        config=config,
        progress=make_progress(options),
    )
    write_report(detector.scan(articles), file_format, options.out, top=options.top)
