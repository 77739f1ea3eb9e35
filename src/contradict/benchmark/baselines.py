"""What labels can be told by without understanding a pair: the baselines that a model has to beat.

Each is some features of a pair and a logistic regression on them; the majority class has no features.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from contradict.benchmark.records import Judged
from contradict.labels import ENTAILMENT, LABELS, NEUTRAL
from contradict.progress import Progress, no_progress
from contradict.reading.language import language_of
from contradict.statements.cues import fold

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from contradict.benchmark.records import LabelledSet

MAJORITY = "majority class"
HYPOTHESIS = "hypothesis only"
COSINE = "cosine similarity"
OVERLAP = "word overlap with negation"
BASELINES = (MAJORITY, HYPOTHESIS, COSINE, OVERLAP)

MOST_ROWS = 20_000
"""Most rows that a head is fitted on; where there are more, so many are drawn with seed 0."""

LEAST_ITEMS = 10
"""Fewest items that a set must have for heads to be fitted on its own rows."""

_FOLDS = 5
# Of a logit, all features together, before any row is seen: the best of 0.04 to 400 for the hypotheses of four sets
# (development rows of IndoNLI, OCNLI, KLUE-NLI and InferBR).
_PRIOR_VARIANCE = 0.5

# Runs of Han and Kana, of Thai and Lao, of Burmese, and of Khmer, whose words have no spaces between them.
_UNSPACED = re.compile("[\u3005\u3041-\u30ff\u3400-\u9fff]+|[\u0e01-\u0eff]+|[\u1000-\u109f]+|[\u1780-\u17ff]+")
_MARKS = string.punctuation + "“”„‘«»‹›¿¡–—。、「」『』《》।॥،؛؟۔"

_Features = dict[str, tuple[np.ndarray, np.ndarray]]  # by baseline: of each pair, and of each pair turned round


class Baselines:
    """The four baselines, fitted on training rows where there are some, else on the judged set itself.

    `majority class` gives every pair the shares of the labels. `hypothesis only` sees the vector of the hypothesis,
    `cosine similarity` the cosine of both vectors, and `word overlap with negation` what share of each text's words and
    character trigrams stands in the other, and which of the two has a word of negation. In the backward direction the
    texts change places.

    Without training rows, heads are cross-fitted: the items of the set are dealt into five folds with like shares of
    the labels, and a pair is judged by heads that saw no row of its fold. The majority class then has the shares of the
    whole set, as have all baselines for a set of fewer than `LEAST_ITEMS` items. A label that the fitted rows lack has
    probability 0.
    """

    def __init__(
        self, encoder: SentenceTransformer, training: LabelledSet | None = None, progress: Progress = no_progress
    ) -> None:
        """Name the encoder and the training rows; nothing is computed before the first set is judged.

        Args:
            encoder: gives the vectors.
            training: rows to fit on, once for all sets. Two-way rows cannot serve three-way sets, which are
                cross-fitted.
            progress: told how many texts have their vectors.
        """
        self._encoder, self._training, self._progress = encoder, training, progress

    def judge(self, labelled: LabelledSet) -> dict[str, Judged]:
        """Judge a set by each baseline.

        Args:
            labelled: at least one pair. Words of negation are sought in the row's language in both texts; where a row
                has none, in the language that each text seems to be in.

        Returns:
            by the names in `BASELINES`; in a two-way set, entailment has probability 0.
        """
        if self._is_trained_for(labelled):
            features = self._features(labelled)
            judged = {name: _judge(head, *features[name]) for name, head in self._heads.items()}
        elif _has_few_items(labelled):
            nothing = np.zeros((len(labelled), 0))
            judged = dict.fromkeys(BASELINES, _judge(_fit(nothing, labelled.labels), nothing, nothing))
        else:
            folds = _deal(labelled.labels, labelled.items)
            features = self._features(labelled)
            judged = {name: _cross_fit(*features[name], labelled.labels, folds) for name in BASELINES}
        return {name: _merged(each) if labelled.two_way else each for name, each in judged.items()}

    def fitted_on(self, labelled: LabelledSet) -> str:
        """What the baselines' figures on a set rest on, for a reader."""
        if self._training is not None and self._is_trained_for(labelled):
            rows = len(self._training)
            drawn = f"{MOST_ROWS:,} of {rows:,} rows (seed 0)" if rows > MOST_ROWS else f"{rows:,} rows"
            return f"fitted on {drawn} of {self._training.name}"
        if _has_few_items(labelled):
            return f"the set's own shares of labels; fewer than {LEAST_ITEMS} items are too few to fit on"
        return f"fitted on the set itself, in {_FOLDS} folds by item; {MAJORITY}: its own shares of labels"

    def _is_trained_for(self, labelled: LabelledSet) -> bool:
        return self._training is not None and (labelled.two_way or not self._training.two_way)

    @cached_property
    def _heads(self) -> dict[str, Any]:
        """By baseline, fitted on the training rows; empty without them."""
        if self._training is None:
            return {}
        training = _drawn(self._training)
        features = self._features(training)
        return {name: _fit(features[name][0], training.labels) for name in BASELINES}

    def _features(self, labelled: LabelledSet) -> _Features:
        from contradict.embedding import embed

        texts = {text: number for number, text in enumerate(dict.fromkeys([*labelled.premises, *labelled.hypotheses]))}
        vectors = embed(self._encoder, list(texts), self._progress)
        premises = vectors[[texts[text] for text in labelled.premises]]
        hypotheses = vectors[[texts[text] for text in labelled.hypotheses]]
        nothing, cosines = premises[:, :0], np.einsum("ij,ij->i", premises, hypotheses)[:, np.newaxis]
        return {
            MAJORITY: (nothing, nothing),
            HYPOTHESIS: (hypotheses, premises),
            COSINE: (cosines, cosines),
            OVERLAP: _overlaps(labelled),
        }


def _has_few_items(labelled: LabelledSet) -> bool:
    return len(np.unique(labelled.items)) < LEAST_ITEMS


def _draw(count: int) -> np.ndarray:
    """Positions of `MOST_ROWS` of so many rows, in order; all where there are no more."""
    if count <= MOST_ROWS:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST_ROWS, replace=False))


def _drawn(labelled: LabelledSet) -> LabelledSet:
    rows = _draw(len(labelled))
    return replace(
        labelled,
        premises=[labelled.premises[row] for row in rows],
        hypotheses=[labelled.hypotheses[row] for row in rows],
        labels=labelled.labels[rows],
        items=labelled.items[rows],
        languages=None if labelled.languages is None else labelled.languages[rows],
        genres=None if labelled.genres is None else labelled.genres[rows],
    )


def _fit(features: np.ndarray, labels: np.ndarray) -> Any:
    """A head on some of the rows; without features, or with one label alone, the shares of the labels in all rows."""
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    dimensions = features.shape[1]
    if not dimensions or len(np.unique(labels)) == 1:
        return DummyClassifier(strategy="prior").fit(features, labels)
    rows = _draw(len(labels))
    head = make_pipeline(StandardScaler(), LogisticRegression(C=_PRIOR_VARIANCE / dimensions, max_iter=1000))
    return head.fit(features[rows].astype(np.float64), labels[rows])


def _judge(head: Any, forward: np.ndarray, backward: np.ndarray) -> Judged:
    both = []
    for features in (forward, backward):
        probabilities = np.zeros((len(features), len(LABELS)), np.float32)
        probabilities[:, head.classes_] = head.predict_proba(features)
        both.append(probabilities)
    return Judged(*both)


def _cross_fit(forward: np.ndarray, backward: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> Judged:
    if not forward.shape[1]:
        return _judge(_fit(forward, labels), forward, backward)
    judged = Judged(*np.zeros((2, len(labels), len(LABELS)), np.float32))
    for number in np.unique(folds):
        own = folds == number
        part = _judge(_fit(forward[~own], labels[~own]), forward[own], backward[own])
        judged.forward[own], judged.backward[own] = part.forward, part.backward
    return judged


def _deal(labels: np.ndarray, items: np.ndarray) -> np.ndarray:
    """The fold of each row, the same for all rows of an item; items of like labels are spread over all folds.

    Were the folds' shares of labels left to chance, a head without a signal would favour the labels that its own fold
    has fewest of, and be worse than chance.
    """
    _, item_of_row = np.unique(items, return_inverse=True)
    counts = np.zeros((item_of_row.max() + 1, len(LABELS)), np.int64)
    np.add.at(counts, (item_of_row, labels), 1)
    order = np.lexsort((np.random.default_rng(0).permutation(len(counts)), *counts.T))
    fold_of_item = np.empty(len(counts), np.int64)
    fold_of_item[order] = np.arange(len(counts)) % _FOLDS
    folds: np.ndarray = fold_of_item[item_of_row]
    return folds


def _merged(judged: Judged) -> Judged:
    """Entailment added to neutral, which stands for "not a contradiction" in two-way sets."""
    merged = []
    for probabilities in (judged.forward, judged.backward):
        two = probabilities.copy()
        two[:, NEUTRAL] += two[:, ENTAILMENT]
        two[:, ENTAILMENT] = 0
        merged.append(two)
    return Judged(*merged)


def _overlaps(labelled: LabelledSet) -> tuple[np.ndarray, np.ndarray]:
    """Shares of words and trigrams found in the other text, and whether one text, the other or both are negated."""
    languages = [""] * len(labelled) if labelled.languages is None else labelled.languages
    rows = []
    for premise, hypothesis, language in zip(labelled.premises, labelled.hypotheses, languages, strict=True):
        (words, trigrams, negated), (other_words, other_trigrams, other_negated) = (
            _profile(text, language) for text in (premise, hypothesis)
        )
        rows.append(
            (
                *_shares(words, other_words),
                *_shares(trigrams, other_trigrams),
                negated and not other_negated,
                other_negated and not negated,
                negated and other_negated,
            )
        )
    forward = np.array(rows, np.float32)
    return forward, forward[:, [1, 0, 3, 2, 5, 4, 6]]


def _shares(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    common = len(one & other)
    return common / max(1, len(one)), common / max(1, len(other))


@lru_cache(maxsize=1024)  # parallel rows and the hypotheses of one premise stand close together
def _profile(text: str, language: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """The words of a text, in scripts without spaces pairs of characters; its trigrams; and whether it is negated."""
    folded = fold(text)
    words = [word for word in (part.strip(_MARKS) for part in _UNSPACED.sub(" ", folded).split()) if word]
    pairs = [run[at : at + 2] for run in _UNSPACED.findall(folded) for at in range(max(1, len(run) - 1))]
    trigrams = [folded[at : at + 3] for at in range(max(1, len(folded) - 2))]
    return frozenset([*words, *pairs]), frozenset(trigrams), _is_negated(words, folded, language_of(language, text))


def _is_negated(words: Sequence[str], folded: str, language: str | None) -> bool:
    exact, prefixes, suffixes, anywhere = _negations().get(language or "", _NONE)
    return any(word in exact or word.startswith(prefixes) or word.endswith(suffixes) for word in words) or any(
        part in folded for part in anywhere
    )


_Negations = tuple[frozenset[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_NONE: _Negations = frozenset(), (), (), ()


@cache
def _negations() -> dict[str, _Negations]:
    """By language: whole words, beginnings and endings of words, and parts of texts without spaces, all folded."""
    table = tomllib.loads(resources.files("contradict.benchmark").joinpath("negations.toml").read_text("utf-8"))
    found: dict[str, _Negations] = {}
    for codes, listed in table["spaced"].items():
        words = [fold(word) for word in listed]
        whole = frozenset(word for word in words if "*" not in word)
        beginnings = tuple(word.rstrip("*") for word in words if word.endswith("*"))
        endings = tuple(word.lstrip("*") for word in words if word.startswith("*"))
        found |= dict.fromkeys(codes.split(), (whole, beginnings, endings, ()))
    found |= {code: (frozenset(), (), (), tuple(map(fold, parts))) for code, parts in table["unspaced"].items()}
    return found
