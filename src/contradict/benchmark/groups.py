"""Judged sets → the figures of the whole, of each set, and of each language and genre of a set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from contradict.benchmark.metrics import confusion_matrix, measure
from contradict.benchmark.records import Group, Judged, LabelledSet
from contradict.labels import CONTRADICTION

ALL = "all"
"""Name of the group that holds the pairs of every set."""
MAX_PARTS = 30
"""Most languages of a set, and most genres of it, that get figures of their own: those with the most rows."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What figures need to know of labelled pairs; attributes as of `LabelledSet`."""

    labels: np.ndarray
    items: np.ndarray
    two_way: bool


def pool(sets: Sequence[LabelledSet]) -> Labelled:
    """Put the labels of several sets one after the other.

    Rows that state the same item are one item, in whichever sets they are, since files may be parallel. Items without
    a name stay different in different sets, also where their numbers are the same. Where one of the sets is two-way, so
    are the pooled pairs: in every set, contradictions are then told from the rest, and no pair is left out.

    Args:
        sets: at least one.
    """
    numbers: dict[object, int] = {}
    items: list[int] = []
    for position, each in enumerate(sets):
        names = [""] * len(each) if each.item_names is None else each.item_names
        keys = (name or (position, item) for name, item in zip(names, each.items.tolist(), strict=True))
        items += [numbers.setdefault(key, len(numbers)) for key in keys]
    labels = np.concatenate([each.labels for each in sets])
    return Labelled(labels, np.array(items, np.int64), any(each.two_way for each in sets))


def join(judged: Sequence[Judged]) -> Judged:
    """Put judgements one after the other."""
    return Judged(np.concatenate([each.forward for each in judged]), np.concatenate([each.backward for each in judged]))


def groups(sets: Sequence[LabelledSet], judged: Sequence[Judged], threshold: float) -> tuple[Group, ...]:
    """Measure one system on every group of pairs.

    Args:
        sets: in the order of tables, at least one.
        judged: what the system says of each.
        threshold: least probability of contradiction of a flagged pair.

    Returns:
        where there are several sets, all together, as `pool` puts them, under the name `ALL`; then of each set: the
        whole; where its pairs are of several languages, each of these, by name; where they are of several genres, each
        of these, the largest first; at most the `MAX_PARTS` largest of either kind. Pairs whose language or genre isn't
        known are in no group of that kind.

    Raises:
        ValueError: a set has no pairs, or its judgements are no probabilities or not as many as its pairs; the message
            names the set.
    """
    found: list[Group] = []
    for each, own in zip(sets, judged, strict=True):
        try:
            found += _of_set(each, own, threshold)
        except ValueError as error:
            raise ValueError(f"{each.name}: {error}") from error
    if len(sets) > 1:
        found.insert(0, _group(ALL, pool(sets), join(judged), threshold))
    return tuple(found)


def _of_set(each: LabelledSet, judged: Judged, threshold: float) -> Iterator[Group]:
    whole = Labelled(each.labels, each.items, each.two_way)
    yield _group(each.name, whole, judged, threshold)
    for language, rows in sorted(_parts(each.languages)[:MAX_PARTS], key=lambda part: part[0]):
        yield _group(each.name, *_rows(whole, judged, rows), threshold, language=language)
    for genre, rows in _parts(each.genres)[:MAX_PARTS]:
        yield _group(each.name, *_rows(whole, judged, rows), threshold, genre=genre)


def _parts(names: np.ndarray | None) -> list[tuple[str, np.ndarray]]:
    """Rows of each name, the most frequent first, where there are several; none of rows without a name."""
    if names is None:
        return []
    distinct, numbered, counts = np.unique(names.astype(str), return_inverse=True, return_counts=True)
    if len(distinct) == 1:
        return []
    order = np.argsort(-counts, kind="stable")
    return [(str(distinct[k]), np.flatnonzero(numbered == k)) for k in order if distinct[k]]


def _rows(labelled: Labelled, judged: Judged, rows: np.ndarray) -> tuple[Labelled, Judged]:
    return (
        Labelled(labelled.labels[rows], labelled.items[rows], labelled.two_way),
        Judged(judged.forward[rows], judged.backward[rows]),
    )


def _group(
    name: str,
    pairs: Labelled,
    judged: Judged,
    threshold: float,
    *,
    language: str | None = None,
    genre: str | None = None,
) -> Group:
    return Group(
        set=name,
        language=language,
        genre=genre,
        rows=len(pairs.labels),
        items=len(np.unique(pairs.items)),
        contradictions=int((pairs.labels == CONTRADICTION).sum()),
        figures=measure(pairs.labels, judged, pairs.items, threshold=threshold, two_way=pairs.two_way),
        confusion=confusion_matrix(pairs.labels, judged, two_way=pairs.two_way),
    )
