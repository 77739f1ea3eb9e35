"""A model judged on labelled pairs, file by file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from contradict.benchmark.metrics import Estimate, measure
from contradict.labelled_pairs import Pairs
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
    nli: NLI, pairs: Pairs, name: str, *, sample: int | None = None, progress: Progress = no_progress
) -> Iterator[Result]:
    """Judge labelled pairs in both directions and measure the judgements.

    Args:
        nli: the model.
        pairs: read with their labels; rows may have the columns `premise_lang`, and `item`, which is the same for rows
            that are drawn together in a bootstrap sample.
        name: what to call the set.
        sample: judge only so many rows, drawn with a fixed seed; all where there are fewer.
        progress: told how far it is.

    Yields:
        one result for the set, then one for each language where there are several.

    Raises:
        ValueError: the pairs were read without labels.
    """
    if pairs.labels is None:
        raise ValueError("the pairs have no labels; read them with labelled=True")
    chosen = np.arange(len(pairs.usable))
    if sample is not None and sample < len(chosen):
        chosen = np.random.RandomState(0).choice(len(chosen), sample, replace=False)
    rows, labels = pairs.rows.iloc[pairs.usable[chosen]], pairs.labels[chosen]
    judged = nli.judge([(pairs.premises[i], pairs.hypotheses[i]) for i in chosen], progress)
    forward = np.array([[each.a_b.entailment, each.a_b.neutral, each.a_b.contradiction] for each in judged])
    scores = np.array([each.score for each in judged])
    items = rows["item"].to_numpy(str) if "item" in rows else np.arange(len(rows))
    yield Result(name, len(rows), measure(labels, forward, scores, items))
    if "premise_lang" in rows and rows["premise_lang"].nunique() > 1:
        languages = rows["premise_lang"].to_numpy(str)
        for language in sorted(set(languages)):
            own = languages == language
            yield Result(
                f"{name} {language}", int(own.sum()), measure(labels[own], forward[own], scores[own], items[own])
            )
