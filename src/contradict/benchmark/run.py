"""A model judged on labelled pairs, file by file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from contradict.benchmark.metrics import Estimate, measure
from contradict.nli import NLI
from contradict.progress import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one group of pairs.

    Attributes:
        group: name of the file, with the language where the rows have one.
        rows: how many pairs.
        figures: by the names that `contradict.benchmark.metrics.measure` gives.
    """

    group: str
    rows: int
    figures: dict[str, Estimate]


def benchmark(
    nli: NLI, pairs: pd.DataFrame, name: str, *, sample: int | None = None, progress: Progress = no_progress
) -> Iterator[Result]:
    """Judge labelled pairs in both directions and measure the judgements.

    Args:
        nli: the model.
        pairs: columns `premise`, `hypothesis`, `label` (index into `LABELS`), and where they are known
            `premise_lang` and `item`.
        name: what to call the set.
        sample: judge only so many rows, drawn with a fixed seed; all where there are fewer.
        progress: told how far it is.

    Yields:
        one result for the set, then one for each language where there are several.
    """
    if sample is not None and sample < len(pairs):
        pairs = pairs.sample(sample, random_state=0)
    judged = nli.judge(list(zip(pairs["premise"], pairs["hypothesis"], strict=True)), progress)
    labels = pairs["label"].to_numpy(np.int64)
    forward = np.array([[each.a_b.entailment, each.a_b.neutral, each.a_b.contradiction] for each in judged])
    scores = np.array([each.score for each in judged])
    items = pairs["item"].to_numpy(str) if "item" in pairs else np.arange(len(pairs))
    yield Result(name, len(pairs), measure(labels, forward, scores, items))
    if "premise_lang" in pairs and pairs["premise_lang"].nunique() > 1:
        languages = pairs["premise_lang"].to_numpy(str)
        for language in sorted(set(languages)):
            rows = languages == language
            yield Result(
                f"{name} {language}", int(rows.sum()), measure(labels[rows], forward[rows], scores[rows], items[rows])
            )
