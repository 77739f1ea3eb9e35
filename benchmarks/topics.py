"""How well topics agree with people: whether two articles tell one story, and what subject a sentence has.

python benchmarks/topics.py --data DIR [--encoder ID-OR-FOLDER] [--device NAME] [--out FILE.json]

DIR holds `semeval22_dev.parquet` and `sib200_dev.parquet`; README.md names their sources.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from contradict.benchmark.output.results import plain
from contradict.benchmark.records import Estimate
from contradict.benchmark.resampling import RESAMPLES
from contradict.benchmark.topics import (
    PAIRS_FILE,
    SAME_STORY,
    SENTENCES_FILE,
    Stories,
    StoryFigures,
    SubjectFigures,
    measure_stories,
    measure_subjects,
    read_labelled,
)
from contradict.benchmark.versions import versions
from contradict.cli.common import add_encoder_option, add_run_options, make_progress
from contradict.embedding import embed
from contradict.models.embedded import HUB_ID, encoder_folder
from contradict.models.loading import load_encoder, model_folder, weights_digest
from contradict.report.files import require_directory, write_bytes

SAME_STORY_NOTE = (
    f"Same story: a mean human dissimilarity of at most {SAME_STORY:g}, from 1 (same story) to 4 (unrelated); --out has"
    " the figures at other cuts, too. The articles of all pairs are grouped as one set. Commonest topic: the topic of"
    " most of an article's statements, the earlier one of equals, is the same in both. Topic in common: a statement of"
    " one shares a topic with one of the other. Every pair: what calling all pairs the same story gives."
)
COSINE_NOTE = (
    "A baseline without topics or a threshold. A worthless ranking has the share of pairs of the same story as average"
    " precision (AP), and 50 as ROC AUC."
)
SUBJECTS_NOTE = (
    "Topics are meant to be stories, much finer than these subjects: recall, F1 and V-measure (V) are low by design;"
    " precision says whether what is together belongs together. Many pairs of all languages together are translations"
    " of one sentence, which have one subject anyway. By chance: topics of the same sizes with sentences dealt out at"
    " random, which V-measure rewards."
)
INTERVALS_NOTE = (
    f"All figures in per cent, with half the width of the 95% interval ({RESAMPLES} bootstrap resamples; --out writes"
    " both ends). Nothing is grouped anew in a resample."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the tables, and write all figures to the file that was asked for."""
    parser = argparse.ArgumentParser(description="Measure topics against people's labels.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled files")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures there, as JSON")
    add_encoder_option(parser)
    add_run_options(parser)
    options = parser.parse_args(arguments)
    try:
        run(options)
    except (OSError, ValueError) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


def run(options: argparse.Namespace) -> None:
    """The same, with the options read."""
    if options.out:
        require_directory(options.out)
    pairs, sentences = read_labelled(options.data)
    encoder = load_encoder(options.encoder, options.device)
    to_vectors = partial(embed, encoder, progress=make_progress(options))
    stories, subjects = measure_stories(pairs, to_vectors), measure_subjects(sentences, to_vectors)
    print_tables(stories, subjects)
    if options.out:
        folder = model_folder(options.encoder) if options.encoder else encoder_folder()
        result = {
            "schema": 1,
            "versions": versions(),
            "encoder": {"name": options.encoder or HUB_ID, "sha256": weights_digest(folder)},
            "data": {
                name: hashlib.sha256((options.data / name).read_bytes()).hexdigest()
                for name in (PAIRS_FILE, SENTENCES_FILE)
            },
            "notes": [SAME_STORY_NOTE, COSINE_NOTE, SUBJECTS_NOTE, INTERVALS_NOTE],
            "stories": plain(stories),
            "subjects": plain(subjects),
        }
        write_bytes(f"{json.dumps(result, indent=1, allow_nan=False)}\n".encode(), options.out)


def print_tables(stories: Stories, subjects: Sequence[SubjectFigures]) -> None:
    """Print the figures at the usual cut."""
    at_cut = [row for row in stories.figures if row.cut == SAME_STORY]
    show = partial(print_table, Console(highlight=False))
    show(
        f"Same story or not: {stories.articles:,} articles, {stories.statements:,} statements,"
        f" {stories.topics:,} topics",
        ("languages", "same story by", "pairs", "same", "precision", "recall", "F1"),
        [[row.languages, row.method, *counts(row), *cells(row.figures)] for row in at_cut if row.method != "cosine"],
        SAME_STORY_NOTE,
    )
    show(
        "Same story or not, by cosine of the means of the articles' vectors",
        ("languages", "pairs", "same", "AP", "ROC AUC"),
        [[row.languages, *counts(row), *cells(row.figures)] for row in at_cut if row.method == "cosine"],
        COSINE_NOTE,
    )
    show(
        f"Topics against subjects of {subjects[0].sentences:,} sentences",
        ("language", "topics", "V", "by chance", "precision", "by chance", "recall", "F1"),
        [[row.languages, f"{row.topics:,}", *with_chance(row)] for row in subjects],
        f"{SUBJECTS_NOTE}\n\n{INTERVALS_NOTE}",
    )


def counts(row: StoryFigures) -> list[str]:
    """How many pairs, and how many of the same story."""
    return [f"{row.pairs:,}", f"{row.same:,}"]


def with_chance(row: SubjectFigures) -> list[str]:
    """The figures of a language, V-measure and precision with what chance gives."""
    v_measure, precision, recall, f1 = cells(row.figures)
    by_chance = {name: per_cent(value) for name, value in row.at_random.items()}
    return [v_measure, by_chance["v_measure"], precision, by_chance["precision"], recall, f1]


def cells(figures: Mapping[str, Estimate]) -> list[str]:
    """Figures as they stand in a table."""
    return [per_cent(one.value) + half_width(one) for one in figures.values()]


def half_width(figure: Estimate) -> str:
    """Half the width of the interval, or nothing where there is none."""
    return "" if math.isnan(figure.low) else f" ±{per_cent((figure.high - figure.low) / 2)}"


def per_cent(share: float) -> str:
    """A share in per cent, or a dash where it is undefined."""
    return "–" if math.isnan(share) else f"{100 * share:.1f}"


def print_table(
    console: Console, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], note: str
) -> None:
    """Print one table with its note; names on the left, figures on the right."""
    table = Table(box=None, pad_edge=False, collapse_padding=True)
    for number, heading in enumerate(headings):
        is_name = number == 0 or heading == "same story by"
        table.add_column(heading, justify="left" if is_name else "right", no_wrap=is_name)
    for row in rows:
        table.add_row(*row)
    console.print(f"{title}\n", table, f"{note}\n\n", sep="\n")


if __name__ == "__main__":
    main()
