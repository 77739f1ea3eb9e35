"""`contradict scan`: find the contradictions in sets of articles."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.cli.common import (
    Commands,
    add_backend_option,
    add_command,
    add_encoder_option,
    add_nli_options,
    add_run_options,
    make_progress,
    print_note,
    print_unreadable,
)
from contradict.progress import Progress, no_progress
from contradict.records import MIN_SCORE
from contradict.report.files import ENDINGS, FORMATS, Format, is_replaced, require_writable_file

if TYPE_CHECKING:
    from contradict.detector import Detector
    from contradict.engine import Engine

_CHUNKS_FOR_RAY = 32  # workers load their networks anew for each call


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
    parser.add_argument(
        "--disputes", type=Path, metavar="FILE", help="write who stands against whom there, as JSON lines"
    )
    parser.add_argument("--top", type=int, metavar="N", help="only the N strongest (default: 20 in a table, else all)")
    parser.add_argument(
        "--min-score",
        type=float,
        metavar="P",
        help=f"least probability of contradiction (default: {MIN_SCORE}; for bare sentences that of the calibration)",
    )
    parser.add_argument(
        "--within-articles", action="store_true", help="also compare all statements of one article, whoever holds them"
    )
    parser.add_argument(
        "--updates",
        action="store_true",
        help="also list pairs of which one replaces the other as time passes (a page always does)",
    )
    parser.add_argument(
        "--bare-sentences", action="store_true", help="judge the sentences alone, without who holds their claims"
    )
    parser.add_argument(
        "--no-screen",
        action="store_true",
        help="also read pairs that are hardly worth it by the vectors of their statements (with models of your own, all"
        " are read)",
    )
    parser.add_argument(
        "--max-pairs",
        type=int,
        metavar="N",
        help="most pairs compared in a set (default: 10 times its statements, at least 1,000)",
    )
    parser.add_argument("--text-column", default="text", metavar="NAME", help="column of the text in files with rows")
    parser.add_argument("--tagger", metavar="ID-OR-FOLDER", help="tagger of attributions (default: the embedded one)")
    parser.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="keep there what is read and found: a scan that was stopped goes on, one with more articles reads these",
    )
    parser.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="what reads: this process (default), or workers of Ray",
    )
    add_nli_options(parser)
    add_encoder_option(parser)
    add_backend_option(parser)
    add_run_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Scan, and write the report."""
    from contradict.detector import Detector, DetectorConfig

    if options.top is not None and options.top < 1:
        raise ValueError(f"--top is {options.top}; it must be at least 1")
    file_format = _choose_format(options.format, options.out)
    if options.disputes and options.bare_sentences:
        raise ValueError("--disputes needs to know who holds the claims; leave out --bare-sentences")
    _check_outputs(options)
    config = DetectorConfig(
        min_score=options.min_score,
        within_articles=options.within_articles,
        claims=not options.bare_sentences,
        screen=not options.no_screen,
        max_pairs=options.max_pairs,
    )
    progress = make_progress(options)
    with _open_engine(options, progress) as engine:
        _scan(options, Detector(engine=engine, config=config, progress=progress), file_format)


def _scan(options: argparse.Namespace, detector: Detector, file_format: Format) -> None:
    from contradict.detector import strongest_first
    from contradict.reading import read_articles
    from contradict.report.terminal import explain_absence, summarise
    from contradict.report.write import write_disputes, write_report

    articles = read_articles(*options.articles, text_column=options.text_column)
    if not options.quiet and (not articles or file_format != "table"):  # a table names them itself
        print_unreadable(articles.unreadable)
    if not articles:
        raise ValueError(f"nothing readable in {', '.join(options.articles)}")
    report = detector.scan(articles)
    if options.store:
        from contradict.batch.store import StoredEngine

        if isinstance(detector.engine, StoredEngine):
            detector.engine.save(report, detector.config)
    if options.disputes:
        write_disputes(report, options.disputes)
    if options.updates and file_format != "html":  # a page lists them apart in any case
        report = replace(report, contradictions=strongest_first([*report.contradictions, *report.updates]))
    marks = detector.mark(report[: options.top]) if file_format == "html" else ()
    write_report(report, file_format, options.out, top=options.top, marks=marks)
    if not options.quiet and (file_format != "table" or options.out):
        for line in (*summarise(report), *(where + why for where, why in explain_absence(report))):
            print_note(line)


@contextmanager
def _open_engine(options: argparse.Namespace, progress: Progress) -> Iterator[Engine]:
    """What reads the texts, until the scan is written."""
    models: dict[str, Any] = {
        "nli": options.nli,
        "encoder": options.encoder,
        "nli_labels": options.nli_labels,
        "calibration": options.calibration,
        "tagger": options.tagger,
        "device": options.device,
        "backend": options.backend,
        "progress": no_progress if options.store else progress,  # a store shows its own
    }
    with ExitStack() as stack:
        engine: Engine
        if options.engine == "ray":
            if not find_spec("ray"):
                raise ValueError("--engine ray needs ray; run: pip install 'contradict-nlp[ray]'")
            from contradict.batch.ray_engine import RayEngine

            engine = stack.enter_context(RayEngine(**models))
        else:
            from contradict.engine import LocalEngine

            engine = LocalEngine(**models)
        if options.store:
            from contradict.batch.store import StoredEngine

            together = _CHUNKS_FOR_RAY if options.engine == "ray" else 1
            engine = stack.enter_context(
                StoredEngine(engine, options.store, chunks_together=together, progress=progress)
            )
        yield engine


def _choose_format(stated: Format | None, out: Path | None) -> Format:
    if out is None:
        if stated == "parquet":
            raise ValueError("--format parquet needs a file: name it with --out FILE")
        return stated or ("table" if sys.stdout.isatty() else "jsonl")
    by_ending = ENDINGS.get(out.suffix.lower())
    if stated and by_ending and stated != by_ending:
        raise ValueError(f"--format is {stated}, but --out {out} ends as {by_ending} does; change one of them")
    chosen = stated or by_ending
    if chosen is None:
        raise ValueError(f"--out {out}: name a file that ends in {', '.join(ENDINGS)}, or state --format")
    return chosen


def _check_outputs(options: argparse.Namespace) -> None:
    """Refuse what could not be written, or would stand in the way of articles, before anything is read."""
    outputs = {name: getattr(options, name) for name in ("out", "disputes") if getattr(options, name)}
    for name, path in outputs.items():
        require_writable_file(path)
        for source in options.articles:
            if source != "-":
                _require_no_article(f"--{name} {path}", path, Path(source))
    if len(outputs) > 1 and is_replaced(options.out) and options.out.resolve() == options.disputes.resolve():
        raise ValueError(f"--out {options.out} and --disputes {options.disputes} are the same file; name two")


def _require_no_article(option: str, path: Path, source: Path) -> None:
    """Refuse to write over an article, and to read what an earlier run has written as one."""
    from contradict.reading.files import split_name
    from contradict.reading.formats import READERS

    if not path.is_file():
        return
    target, scanned = path.resolve(), source.resolve()
    if target == scanned:
        raise ValueError(f"{option} is one of the files to be scanned; name another one")
    if split_name(target)[1] not in READERS or not target.is_relative_to(scanned):
        return
    if not any(part.startswith(".") for part in target.relative_to(scanned).parts):  # hidden files are passed over
        raise ValueError(
            f"{option} is already there and lies in {source}, where it would be read as an article; remove it, or name"
            " a file elsewhere"
        )
