"""Labelled pairs → the rows of a run and the order in which they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from contradict.labels import CONTRADICTION, NEUTRAL
from contradict.training.config import TrainingConfig

_BATCHES_SORTED_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Mix:
    """The pairs of a run.

    Attributes:
        premises: one text a pair.
        hypotheses: one text a pair.
        labels: int64, indices into `LABELS`.
        two_way: bool; where true, only "contradiction or not" is learned from the label.
    """

    premises: list[str]
    hypotheses: list[str]
    labels: np.ndarray
    two_way: np.ndarray


def make_mix(rows: pd.DataFrame, config: TrainingConfig) -> Mix:
    """Draw the rows of a run and add the reversed and the mismatched ones.

    Args:
        rows: columns `premise`, `hypothesis`, `label` (index into `LABELS`), and where there are several sources
            `dataset` and `premise_lang`; where there is a column `two_way`, a label of a row for which it is true says
            no more than contradiction or not.
        config: caps, shares and seed.
    """
    rng = np.random.default_rng(config.seed)
    drawn = draw(rows, config, rng)
    mismatched = _mismatched(drawn, config, rng)
    chosen = drawn.iloc[np.flatnonzero(rng.random(len(drawn)) < config.reversed_share)]
    reverse = chosen.assign(premise=chosen["hypothesis"], hypothesis=chosen["premise"])
    rows = pd.concat([drawn, mismatched, reverse], ignore_index=True)
    labels = rows["label"].to_numpy(np.int64)
    is_reverse = np.arange(len(rows)) >= len(drawn) + len(mismatched)
    stated = rows["two_way"].to_numpy(bool) if "two_way" in rows else np.zeros(len(rows), bool)
    two_way = (stated | is_reverse) & (labels != CONTRADICTION)
    return Mix(rows["premise"].tolist(), rows["hypothesis"].tolist(), labels, two_way)


def batches(lengths: np.ndarray, config: TrainingConfig) -> Iterator[np.ndarray]:
    """Row numbers of each step: shuffled, and of like length within a batch, so that little padding is computed."""
    rng = np.random.default_rng([config.seed, 1])
    for _ in range(config.passes):
        order = rng.permutation(len(lengths))
        together = config.batch_size * _BATCHES_SORTED_TOGETHER
        steps = []
        for start in range(0, len(order), together):
            bucket = order[start : start + together]
            bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
            steps += [bucket[i : i + config.batch_size] for i in range(0, len(bucket), config.batch_size)]
        for step in rng.permutation(len(steps)):
            yield steps[step]


def count_steps(pairs: int, config: TrainingConfig) -> int:
    """How many batches `batches` gives for so many pairs."""
    return config.passes * -(-pairs // config.batch_size)


def draw(rows: pd.DataFrame, config: TrainingConfig, rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Draw the rows of each source, up to its cap.

    Args:
        rows: as for `make_mix`.
        config: caps and seed.
        rng: what to draw with, for whoever draws on; by default one from the seed.
    """
    if "dataset" not in rows:
        return rows
    rng = rng or np.random.default_rng(config.seed)
    parts = []
    for name, part in rows.groupby("dataset", sort=True, dropna=False):
        cap = config.caps.get(str(name), len(part))
        if cap < len(part):
            part = part.iloc[np.sort(rng.choice(len(part), cap, replace=False))]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _mismatched(rows: pd.DataFrame, config: TrainingConfig, rng: np.random.Generator) -> pd.DataFrame:
    """Neutral pairs that share words but no story: the commonest pair in use, and rare in NLI sets."""
    wanted = round(config.mismatched_share * len(rows))
    if not wanted or not config.mismatched_from or "dataset" not in rows:
        return rows.iloc[:0]
    usable = rows[rows["dataset"].isin(config.mismatched_from)]
    groups = usable.groupby([name for name in ("dataset", "premise_lang") if name in rows], sort=True)
    found = [_with_nearest_hypothesis(part) for _, part in groups if len(part) > 1]
    if not found:
        return rows.iloc[:0]
    pairs = pd.concat(found, ignore_index=True)
    return pairs.iloc[np.sort(rng.choice(len(pairs), min(wanted, len(pairs)), replace=False))]


def _with_nearest_hypothesis(rows: pd.DataFrame) -> pd.DataFrame:
    """Each premise with the hypothesis, of another premise, that shares most with its own hypothesis."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors

    vectors = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, max_features=50_000
    ).fit_transform(rows["hypothesis"])
    count = min(8, len(rows))
    neighbours = NearestNeighbors(n_neighbors=count, metric="cosine").fit(vectors).kneighbors(return_distance=False)
    premises = rows["premise"].to_numpy()
    other = premises[neighbours] != premises[:, None]
    has_one = other.any(axis=1)
    nearest = neighbours[np.arange(len(rows)), other.argmax(axis=1)]
    paired = rows.assign(hypothesis=rows["hypothesis"].to_numpy()[nearest], label=NEUTRAL)
    if "two_way" in paired:
        paired["two_way"] = False  # it is neutral, whatever the labels of its source say
    return paired.iloc[np.flatnonzero(has_one)]
