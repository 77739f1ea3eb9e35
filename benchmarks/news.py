"""What news asks of an NLI model and labelled sets do not show: reported speech, look-alikes, order, figures.

python benchmarks/news.py --data DIR [--nli ID-OR-FOLDER] [--part dev|test] [--out FILE.json]

DIR holds `nli/` and `topics/`; README.md names their sources. `test`, the default, is what is quoted; `dev` is for
choosing. Neither shares an article, or a frame of reported speech, with the training pairs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from places import texts_at
from rich.console import Console
from rich.table import Table

from contradict.benchmark.output.results import plain
from contradict.benchmark.records import Estimate
from contradict.benchmark.resampling import estimate, resamples
from contradict.benchmark.topics import PAIRS_FILE
from contradict.benchmark.versions import versions
from contradict.cli.common import (
    add_backend_option,
    add_encoder_option,
    add_nli_options,
    add_run_options,
    make_progress,
)
from contradict.embedding import embed
from contradict.labels import CONTRADICTION
from contradict.models.loading import load_encoder, weights_digest
from contradict.nli import NLI
from contradict.training.frames import can_wrap, read_frames, wrap
from contradict.training.near_misses import Library, make_library, of_two_articles, story_part
from contradict.training.quantities import figure_pairs

SEED = 7
FRAMED = {  # files whose pairs are put in reported speech, and the languages taken from each
    "dev": {
        "indonli_val": "id",
        "xnli_dev": "ar de en es fr hi ru sw tr zh",
        "klue_holdback": "ko",
        "inferbr_val": "pt",
    },
    "test": {
        "indonli_test_lay": "id",
        "xnli_test": "ar de en es fr hi ru sw tr zh",
        "klue_dev": "ko",
        "jsick_test": "ja",
    },
}
WITH_FIGURES = {"dev": ("indonli_val", "xnli_dev"), "test": ("indonli_test_lay", "xnli_test")}
PAIRS_EACH = 150  # of a language, in reported speech
NEAREST, UNLIKE = 2_000, 3.5  # pairs of different stories, and the least dissimilarity of their articles
ORDER_FILE = "indonli_val"
LABELLED = Path(__file__).parent / "pairs" / "same_story_labels.csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    part: str
    pairs: int
    figure: Estimate


def ratio(parts: np.ndarray, wholes: np.ndarray, items: Sequence[object]) -> Estimate:
    """The sum of some values over that of others, with its interval; those of one item are drawn together."""
    codes = pd.factorize(pd.Series(items))[0]
    part, whole = np.bincount(codes, parts), np.bincount(codes, wholes)
    drawn = [np.divide(times @ part, times @ whole) for times in resamples(len(part), len(part), SEED)]
    return estimate(np.concatenate(drawn))


def mean_by(values: np.ndarray, items: Sequence[object]) -> Estimate:
    """A mean with its interval; values of one item are drawn together."""
    return ratio(values.astype(float), np.ones(len(values)), items)


def frames(nli: NLI, data: Path, part: str) -> list[Row]:
    """Share of pairs whose label changes when a side, or both, are put in reported speech."""
    templates = read_frames("held_back")
    found, rng = [], np.random.default_rng(SEED)
    for name, languages in FRAMED[part].items():
        rows = pd.read_parquet(data / part / f"{name}.parquet")
        for language in languages.split():
            own = rows[rows["premise_lang"] == language]
            usable = [can_wrap(a) and can_wrap(b) for a, b in zip(own["premise"], own["hypothesis"], strict=True)]
            own = own[np.array(usable, bool)]
            own = own.iloc[rng.permutation(len(own))[:PAIRS_EACH]]
            if own.empty:
                continue
            bare = list(zip(own["premise"], own["hypothesis"], strict=True))
            framed = []
            for premise, hypothesis in bare:
                side, (one, other) = rng.integers(3), rng.choice(templates[language], 2)
                framed.append(
                    (wrap(premise, one) if side < 2 else premise, wrap(hypothesis, other) if side else hypothesis)
                )
            changed = nli.predict(bare).argmax(axis=1) != nli.predict(framed).argmax(axis=1)
            found.append((language, changed.astype(float), own["item"].tolist()))
    rows_of = [
        Row("label changed by reported speech", language, len(v), mean_by(v, i)) for language, v, i in sorted(found)
    ]
    values, items = np.concatenate([v for _, v, _ in found]), [item for _, _, i in found for item in i]
    return [Row("label changed by reported speech", "all", len(values), mean_by(values, items)), *rows_of]


def other_stories(nli: NLI, library: Library) -> list[Row]:
    """Share of the nearest statements of different stories that score as contradictions."""
    pairs = sorted(of_two_articles(library, library.dissimilarity >= UNLIKE, neighbours=10), key=lambda pair: -pair[2])[
        :NEAREST
    ]
    judged = nli.judge([(library.statements[a].text, library.statements[b].text) for a, b, _ in pairs])
    scores = np.array([judgement.score for judgement in judged])
    groups = [int(library.group[library.owner[a]]) for a, _, _ in pairs]
    return [
        Row(
            "different stories, flagged",
            f"score ≥ {least:.2g}",
            len(pairs),
            mean_by((scores >= least).astype(float), groups),
        )
        for least in (0.5, nli.threshold)
    ]


def same_story(nli: NLI, articles: pd.DataFrame) -> list[Row]:
    """Precision and recall on sentences of one story that were labelled by hand; drawn pairs stand for others."""
    labels = pd.read_csv(LABELLED)
    pairs = texts_at(labels, [*articles["text_a"], *articles["text_b"]])
    flagged = np.array([each.score >= 0.5 for each in nli.judge(pairs)])
    is_contradiction = labels["label"].eq("contradiction").to_numpy()
    weights, items = labels["weight"].to_numpy(), labels["a_article"].tolist()
    both = weights * (flagged & is_contradiction)
    return [
        Row("same story, contradictions", name, len(labels), ratio(both, weights * whole, items))
        for name, whole in (("precision at 0.5", flagged), ("recall at 0.5", is_contradiction))
    ] + [Row("same story, flagged", "score ≥ 0.5", len(labels), ratio(weights * flagged, weights, items))]


def order(nli: NLI, data: Path) -> list[Row]:
    """How far the probability of contradiction depends on which statement comes first."""
    rows = pd.read_parquet(data / "dev" / f"{ORDER_FILE}.parquet")
    judged = nli.judge(list(zip(rows["premise"], rows["hypothesis"], strict=True)))
    apart = np.array([abs(one.a_b.contradiction - one.b_a.contradiction) for one in judged])
    return [
        Row("contradiction, difference of the two orders", ORDER_FILE, len(rows), mean_by(apart, rows["item"].tolist()))
    ]


def figures(nli: NLI, data: Path, part: str) -> list[Row]:
    """Accuracy on pairs about figures, made by rule from texts that the model has not seen."""
    rows = pd.concat(
        [pd.read_parquet(data / part / f"{name}.parquet") for name in WITH_FIGURES[part]], ignore_index=True
    )
    made = figure_pairs(rows, 2_000, np.random.default_rng(SEED))
    probabilities = nli.predict(list(zip(made["premise"], made["hypothesis"], strict=True)))
    right = (probabilities.argmax(axis=1) == made["label"].to_numpy()).astype(float)
    is_contradiction = (made["label"] == CONTRADICTION).to_numpy()
    flagged = probabilities[:, CONTRADICTION] >= 0.5
    items = made["item"].to_numpy()
    return [
        Row("figures: right label", "all", len(made), mean_by(right, items)),
        *(
            Row(
                f"figures: {name}, called a contradiction",
                "all",
                int(part.sum()),
                mean_by(flagged[part] * 1.0, items[part]),
            )
            for name, part in (("conflicting", is_contradiction), ("not conflicting", ~is_contradiction))
        ),
    ]


def main() -> None:
    """Measure, print the table, and write the figures to the file that was asked for."""
    parser = argparse.ArgumentParser(description="Measure what news asks of an NLI model.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled data")
    parser.add_argument("--part", choices=("dev", "test"), default="test", help="default: test")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures there, as JSON")
    add_nli_options(parser)
    add_encoder_option(parser)
    add_backend_option(parser, "torch")
    add_run_options(parser)
    options = parser.parse_args()
    nli = NLI(options.nli, device=options.device, backend=options.backend)
    encoder = load_encoder(options.encoder, options.device)
    articles = story_part(pd.read_parquet(options.data / "topics" / PAIRS_FILE), options.part)
    library = make_library(articles, [], partial(embed, encoder, progress=make_progress(options)))
    pairs = options.data / "nli"
    rows = [
        *frames(nli, pairs, options.part),
        *other_stories(nli, library),
        *(same_story(nli, articles) if options.part == "test" else ()),
        *order(nli, pairs),
        *figures(nli, pairs, options.part),
    ]
    table = Table("", "", "pairs", "figure", "95% interval", box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            row.what,
            row.part,
            f"{row.pairs:,}",
            f"{row.figure.value:.3f}",
            f"{row.figure.low:.3f}–{row.figure.high:.3f}",
        )
    Console(highlight=False).print(table)
    if options.out:
        model = {"name": nli.name, "sha256": weights_digest(nli.folder)}
        script = sha256(Path(__file__).read_bytes()).hexdigest()
        result = {"schema": 1, "versions": versions(), "model": model, "script": script, "part": options.part}
        options.out.write_text(json.dumps(result | {"rows": plain(rows)}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
