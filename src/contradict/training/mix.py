"""Labelled pairs → the rows of a run and the order in which they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from contradict.labels import CONTRADICTION, NEUTRAL
from contradict.training.config import Schedule, TrainingConfig
from contradict.training.frames import can_wrap, read_frames, wrap
from contradict.training.quantities import figure_pairs

_BATCHES_SORTED_TOGETHER = 50
_TRUTH = dict.fromkeys(("true", "1", "1.0"), True)
_TRUTH |= dict.fromkeys(("false", "0", "0.0", "", "nan", "none", "<na>"), False)


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

    Raises:
        ValueError: there is no row, or none is drawn; or a cell of `two_way` says neither true nor false, and the
            message shows it.
    """
    if rows.empty:
        raise ValueError("there is no row to train on")
    if "two_way" in rows:
        rows = rows.assign(two_way=[_is_two_way(cell) for cell in rows["two_way"]])
    rng = np.random.default_rng(config.seed)
    drawn = draw(rows, config, rng)
    if drawn.empty:
        raise ValueError(f"no row is left of {len(rows):,}: the caps of the configuration take none of any source")
    drawn = _crossed(drawn, rows, config, rng)
    wanted = round(config.figures_share * len(drawn))
    figures = figure_pairs(drawn, wanted, rng) if wanted and "premise_lang" in drawn else drawn.iloc[:0]
    stated = pd.concat([drawn, _mismatched(drawn, config, rng), figures], ignore_index=True)
    reverse = _exchanged(stated.iloc[np.flatnonzero(rng.random(len(stated)) < config.reversed_share)])
    rows = pd.concat([stated, reverse], ignore_index=True)
    labels = rows["label"].to_numpy(np.int64)
    two_way = rows["two_way"].eq(True).to_numpy(bool) if "two_way" in rows else np.zeros(len(rows), bool)
    is_reverse = np.arange(len(rows)) >= len(stated)
    return Mix(*_framed(rows, config, rng), labels, (two_way | is_reverse) & (labels != CONTRADICTION))


def batches(lengths: np.ndarray, config: Schedule) -> Iterator[np.ndarray]:
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


def count_steps(pairs: int, config: Schedule) -> int:
    """How many batches `batches` gives for so many pairs."""
    return config.passes * -(-pairs // config.batch_size)


def open_rows(rows: pd.DataFrame, config: TrainingConfig) -> pd.DataFrame:
    """The rows whose licence is one of `config.open_licences`.

    Raises:
        ValueError: there are none.
    """
    stated = rows["licence"] if "licence" in rows else pd.Series(index=rows.index, dtype=object)
    found = rows[stated.isin(config.open_licences)]
    if found.empty:
        raise ValueError(
            "no row states an open licence in its column `licence`; those that count as open are"
            f" {', '.join(config.open_licences) or 'none'}"
        )
    return found.reset_index(drop=True)


def draw(rows: pd.DataFrame, config: TrainingConfig, rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Draw the rows of each source, up to its cap, as often as they are to be repeated.

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
        parts += [part] * config.repeats.get(str(name), 1)
    return pd.concat(parts, ignore_index=True)


def _is_two_way(cell: object) -> bool:
    """What a cell says, be it a truth value, a number or text; an empty one says false."""
    truth = _TRUTH.get(str(cell).strip().lower())
    if truth is None:
        raise ValueError(f"two_way is {cell!r}; it must be true or false, 1 or 0, or empty")
    return truth


def _exchanged(rows: pd.DataFrame) -> pd.DataFrame:
    """The same pairs with their sides exchanged."""
    exchanged = rows.assign(premise=rows["hypothesis"], hypothesis=rows["premise"])
    if {"premise_lang", "hypothesis_lang"} <= set(rows):
        exchanged = exchanged.assign(premise_lang=rows["hypothesis_lang"], hypothesis_lang=rows["premise_lang"])
    return exchanged


def _crossed(drawn: pd.DataFrame, rows: pd.DataFrame, config: TrainingConfig, rng: np.random.Generator) -> pd.DataFrame:
    """The drawn rows, some of them with the hypothesis of their translation into another language."""
    if not config.crossed_share or not {"dataset", "item", "premise_lang", "hypothesis_lang"} <= set(rows):
        return drawn
    chosen = rng.random(len(drawn))
    own = [rows[name] for name in ("dataset", "item", "label", "premise_lang", "hypothesis_lang", "hypothesis")]
    others: dict[tuple[object, ...], list[tuple[str, str]]] = {}
    for *key, premise_language, language, text in zip(*own, strict=True):
        if premise_language == language and pd.notna(key[1]):
            others.setdefault(tuple(key), []).append((language, text))
    languages, texts = drawn["hypothesis_lang"].tolist(), drawn["hypothesis"].tolist()
    keys = list(zip(drawn["dataset"], drawn["item"], drawn["label"], strict=True))
    for position in np.flatnonzero(
        drawn["premise_lang"].eq(drawn["hypothesis_lang"]) & (chosen < config.crossed_share)
    ):
        choices = [other for other in others.get(keys[position], ()) if other[0] != languages[position]]
        if choices:
            languages[position], texts[position] = choices[rng.integers(len(choices))]
    return drawn.assign(hypothesis=texts, hypothesis_lang=languages)


def _framed(rows: pd.DataFrame, config: TrainingConfig, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Premises and hypotheses, those of some rows in reported speech."""
    frames = read_frames()
    sides = []
    chosen = rng.random(len(rows)) < config.framed_share
    both = rng.integers(0, 3, len(rows))  # 0: both, 1: the premise alone, 2: the hypothesis alone
    for side, other in (("premise", 2), ("hypothesis", 1)):
        texts = rows[side].tolist()
        column = f"{side}_lang" if f"{side}_lang" in rows else "premise_lang"
        languages = rows[column].tolist() if column in rows else [""] * len(rows)
        for position in np.flatnonzero(chosen & (both != other)):
            templates = frames.get(languages[position], ())
            if templates and can_wrap(texts[position]):
                texts[position] = wrap(texts[position], templates[rng.integers(len(templates))])
        sides.append(texts)
    return sides[0], sides[1]


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
    count = min(8, len(rows) - 1)  # a row is no neighbour of its own
    neighbours = NearestNeighbors(n_neighbors=count, metric="cosine").fit(vectors).kneighbors(return_distance=False)
    premises = rows["premise"].to_numpy()
    other = premises[neighbours] != premises[:, None]
    has_one = other.any(axis=1)
    nearest = neighbours[np.arange(len(rows)), other.argmax(axis=1)]
    paired = rows.assign(hypothesis=rows["hypothesis"].to_numpy()[nearest], label=NEUTRAL)
    if "two_way" in paired:
        paired["two_way"] = False  # it is neutral, whatever the labels of its source say
    return paired.iloc[np.flatnonzero(has_one)]
