"""How well the tagger finds who says what, and how the holder stands to it.

python benchmarks/attribution.py --data DIR [--part dev|test] [--tagger FOLDER]

DIR holds `attribution/dev.jsonl.gz`, of which one half of the articles is `dev` and the other `test`; README.md names
its sources. Stances, modes and holders are those of `stance/`. With `--part test` there are also stances of sentences
of real news (`stance/real/`), for which DIR also holds `attribution/train.jsonl.gz` and `topics/`. Intervals are over
articles, or over sentences.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from places import articles_by_key
from real_stances import labelled
from rich.console import Console
from rich.table import Table

from contradict.attribution import attribute
from contradict.attribution.holders import clean_name, same_holder
from contradict.attribution.tagger import Tagger
from contradict.attribution.windows import PARTS, ROLES, TAGS
from contradict.benchmark.records import Estimate
from contradict.benchmark.resampling import estimate, resamples
from contradict.cli.common import add_backend_option, add_run_options, make_progress
from contradict.progress import Progress
from contradict.records import Article, Statement
from contradict.statements import split_articles
from contradict.training.attributions import MarkedArticle, read_marked, windows

HERE = Path(__file__).parent


def in_part(article: MarkedArticle, part: str) -> bool:
    """Whether an article is of a half; each always is of the same one."""
    odd = hashlib.sha256(article.id.encode()).digest()[0] % 2
    return odd == (part == "test")


def spans_of(tags: Sequence[int]) -> set[tuple[str, int, int]]:
    """Role, first and last token of each marked range."""
    found: list[tuple[str, int, int]] = []
    for at, tag in enumerate(tags):
        start, _, role = TAGS[tag].partition("-")
        if not role:
            continue
        if start == "I" and found and found[-1][0] == role and found[-1][2] == at - 1:
            found[-1] = (role, found[-1][1], at)
        else:
            found.append((role, at, at))
    return set(found)


def f1(counts: np.ndarray) -> Estimate:
    """F1 of rows of (right, found, wanted), one an article."""
    draws = np.concatenate([drawn @ counts for drawn in resamples(len(counts), len(counts), 0)])
    return estimate(2 * draws[:, 0] / np.maximum(draws[:, 1] + draws[:, 2], 1))


def count_marks(articles: list[MarkedArticle], tagger: Tagger, progress: Progress) -> dict[tuple[str, str], np.ndarray]:
    """For each role, by spans and by tokens, (right, found, wanted) of each article."""
    rows: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    readings = tagger.read([article.text for article in articles], progress)
    for article, reading in zip(articles, readings, strict=True):
        cut = windows(tagger.tokenizer, [article], 256)
        wanted = [
            tag for each in cut for tag, counts in zip(each.labels["tags"], each.window.counts, strict=True) if counts
        ]
        found = reading.logits[:, PARTS["tags"]].argmax(axis=1).tolist()
        spans, wanted_spans = spans_of(found), spans_of(wanted)
        for role in ROLES:
            one, other = ({span for span in each if span[0] == role} for each in (spans, wanted_spans))
            rows.setdefault((role, "spans"), []).append((len(one & other), len(one), len(other)))
            here, there = (np.array([TAGS[tag].endswith(role) for tag in each]) for each in (found, wanted))
            rows.setdefault((role, "tokens"), []).append((int((here & there).sum()), int(here.sum()), int(there.sum())))
    return {key: np.array(values) for key, values in rows.items()}


def read_stances(part: str, tagger: Tagger) -> dict[str, dict[str, list[bool]]]:
    """By language, whether stance, mode and holder of each sentence are right."""
    found: dict[str, dict[str, list[bool]]] = {}
    for path in sorted((HERE / "stance").glob(f"{part}_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row, reading in zip(rows, tagger.read([row["text"] for row in rows]), strict=True):
            article = Article("a", row["text"], language=row["lang"])
            statement = Statement("a", row["text"], 0, len(row["text"]), row["lang"])
            (made,) = attribute(article, [statement], reading)
            holder, speaker = clean_name(row["holder"]), made.speaker or ""
            right = {
                "stance": made.stance == row["stance"],
                "denials found": made.stance == "denies" if row["stance"] == "denies" else None,
                "mode": made.mode == row["mode"],
                "holder": same_holder(holder, speaker) if holder else not speaker,
            }
            for language in ("all", row["lang"]):
                for name, value in right.items():
                    if value is not None:
                        found.setdefault(language, {}).setdefault(name, []).append(value)
    return found


def read_real_stances(data: Path, tagger: Tagger, progress: Progress) -> pd.DataFrame:
    """The labelled sentences of real news, with the stance that the tagger finds in the column `found`."""
    labels = labelled("test")
    known = articles_by_key(data)
    keys = sorted(set(labels["article"]))
    found = {}
    for key, reading in zip(keys, tagger.read([known[key][0] for key in keys], progress), strict=True):
        text, language = known[key]
        article = Article(key, text, language=language)
        statements, _ = split_articles([article])
        for statement, made in zip(statements, attribute(article, statements, reading), strict=True):
            found[key, statement.start, statement.end] = made.stance
    places = labels[["article", "start", "end"]].itertuples(index=False, name=None)
    return labels.assign(found=[found[place] for place in places])


def real_figures(real: pd.DataFrame) -> dict[str, Estimate]:
    """How well stances of real sentences are read; those drawn for a word of denial count among the denials alone.

    Args:
        real: as `read_real_stances` gives it.
    """
    drawn, denials = real[real["weight"] > 0], real[real["stance"] == "denies"]
    found, meant = drawn["found"], drawn["stance"]
    weights, articles = drawn["weight"].to_numpy(), drawn["article"].to_numpy()
    return {
        f"read rightly, of {len(drawn)} sentences": share(found == meant, articles, weights),
        "the same, if all were said to assert": share(meant == "asserts", articles, weights),
        "said to deny": share(found == "denies", articles, weights),
        "do deny": share(meant == "denies", articles, weights),
        f"found, of {len(denials)} denials": share(denials["found"] == "denies", denials["article"].to_numpy()),
    }


def share(
    values: Sequence[bool] | pd.Series, groups: np.ndarray | None = None, weights: np.ndarray | None = None
) -> Estimate:
    """A share with its interval.

    Args:
        values: whether each sentence counts.
        groups: what the interval is over, of each sentence; None for the sentences.
        weights: how many sentences each stands for; None for one.
    """
    hits = np.array(values, dtype=float)
    own = np.ones(len(hits)) if weights is None else weights
    numbers = np.arange(len(hits)) if groups is None else np.unique(groups, return_inverse=True)[1]
    right, count = np.bincount(numbers, own * hits), np.bincount(numbers, own)
    draws = resamples(len(count), len(hits), 0)
    return estimate(np.concatenate([drawn @ right / (drawn @ count) for drawn in draws]))


def cell(figure: Estimate, digits: int = 0) -> str:
    """A figure in per cent with its interval."""
    value, low, high = (f"{100 * each:.{digits}f}" for each in (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high})"


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="Measure the tagger of attributions.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled data")
    parser.add_argument("--part", choices=("dev", "test"), default="test", help="default: test")
    parser.add_argument("--tagger", type=Path, metavar="FOLDER", help="default: the embedded one")
    add_backend_option(parser, "torch")
    add_run_options(parser)
    options = parser.parse_args()
    tagger = Tagger(options.tagger, options.device, backend=options.backend)
    console = Console(highlight=False, width=140)
    table = Table("language", "articles", *(f"{role}, {by}" for role in ROLES for by in ("spans", "tokens")), box=None)
    articles = [
        each for each in read_marked(options.data / "attribution" / "dev.jsonl.gz") if in_part(each, options.part)
    ]
    for language in sorted({article.language for article in articles}):
        own = [article for article in articles if article.language == language]
        counts = count_marks(own, tagger, make_progress(options))
        table.add_row(
            language, str(len(own)), *[cell(f1(counts[role, by])) for role in ROLES for by in ("spans", "tokens")]
        )
    console.print(table)
    console.print("F1 in per cent; a span is right where both its ends are.\n")
    names = ("stance", "denials found", "mode", "holder")
    table = Table("language", "sentences", *names, box=None)
    for language, right in read_stances(options.part, tagger).items():
        table.add_row(language, str(len(right["stance"])), *[cell(share(right[name])) for name in names])
    console.print(table)
    console.print("Per cent right.")
    if options.part == "test":
        real = real_figures(read_real_stances(options.data, tagger, make_progress(options)))
        console.print("\nStances of sentences of real news, in per cent:")
        for name, figure in real.items():
            console.print(f"{name}: {cell(figure, digits=1)}")


if __name__ == "__main__":
    main()
