"""What labels can be told by without understanding a pair: the baselines that a model has to beat.

Each is some features of a pair and a logistic regression on them; the majority class has no features.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from contradict.benchmark.records import Judged
from contradict.benchmark.sets import take
from contradict.labels import LABELS
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
_ROWS_AT_ONCE = 2**14  # whose features are in memory together
# Of a logit, all features together, before any row is seen: the best of 0.04 to 400 for the hypotheses of four sets
# (development rows of IndoNLI, OCNLI, KLUE-NLI and InferBR).
_PRIOR_VARIANCE = 0.5

# Runs of Han and Kana, of Thai and Lao, of Burmese, and of Khmer, whose words have no spaces between them.
_UNSPACED = re.compile("[\u3005\u3041-\u30ff\u3400-\u9fff]+|[\u0e01-\u0eff]+|[\u1000-\u109f]+|[\u1780-\u17ff]+")
_MARKS = string.punctuation + "“”„‘«»‹›¿¡–—。、「」『』《》।॥،؛؟۔"


@dataclass(frozen=True, slots=True)
class _Features:
    """What a baseline sees of pairs: for each pair, and for each pair turned round, the row of a table."""

    table: np.ndarray
    forward: np.ndarray
    backward: np.ndarray


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

    No set is judged by heads that saw one of its pairs with its label: training rows whose texts are, in either order,
    a pair of the set are left out for it. Where that leaves none, heads are cross-fitted.
    """

    def __init__(
        self, encoder: SentenceTransformer, training: LabelledSet | None = None, progress: Progress = no_progress
    ) -> None:
        """Name the encoder and the training rows; nothing is computed before the first set is judged.

        Args:
            encoder: gives the vectors.
            training: rows to fit on. Two-way rows cannot serve three-way sets, which are cross-fitted.
            progress: told how many texts have their vectors.
        """
        self._encoder, self._progress = encoder, progress
        self._training, self._training_rows = None, ""
        if training is not None:
            self._training = take(training, _draw(np.arange(len(training))))
            drawn = f"{MOST_ROWS:,} of " if len(training) > MOST_ROWS else ""
            self._training_rows = f"{drawn}{len(training):,} rows{' (seed 0)' if drawn else ''} of {training.name}"
        self._training_features: dict[str, _Features] = {}
        self._fitted: dict[bytes, dict[str, Any]] = {}

    def judge(self, labelled: LabelledSet) -> dict[str, Judged]:
        """Judge a set by each baseline.

        Args:
            labelled: at least one pair. Words of negation are sought in the row's language in both texts; where a row
                has none, in the language that each text seems to be in.

        Returns:
            by the names in `BASELINES`; entailment has probability 0 where the fitted rows are two-way.
        """
        training, unseen = self._training, self._unseen(labelled)
        if training is not None and unseen.any():
            features, heads = self._features(labelled), self._heads(training, np.flatnonzero(unseen))
            return {name: _judge(heads[name], features[name]) for name in BASELINES}
        if _has_few_items(labelled):
            rows = np.arange(len(labelled))
            nothing = _Features(np.zeros((len(labelled), 0)), rows, rows)
            return dict.fromkeys(BASELINES, _judge(_fit(nothing, labelled.labels, rows), nothing))
        features = self._features(labelled)
        folds = _deal(labelled.labels, labelled.items)
        return {name: _cross_fit(features[name], labelled.labels, folds) for name in BASELINES}

    def fitted_on(self, labelled: LabelledSet) -> str:
        """What the baselines' figures on a set rest on, for a reader."""
        unseen = self._unseen(labelled)
        if unseen.any():
            less = "" if unseen.all() else f", less {int((~unseen).sum()):,} whose pairs are in the set"
            return f"fitted on {self._training_rows}{less}"
        if _has_few_items(labelled):
            basis = f"the set's own shares of labels; fewer than {LEAST_ITEMS} items are too few to fit on"
        else:
            basis = f"fitted on the set itself, in {_FOLDS} folds by item; {MAJORITY}: its own shares of labels"
        return f"{basis}; not on {self._training_rows}, whose pairs are all in the set" if len(unseen) else basis

    def _unseen(self, labelled: LabelledSet) -> np.ndarray:
        """Of each row to fit on, whether its pair is none of the set; empty where no row can serve the set."""
        training = self._training
        if training is None or (training.two_way and not labelled.two_way):
            return np.zeros(0, bool)
        seen = set(_unordered(training)).intersection(_unordered(labelled))
        return np.array([pair not in seen for pair in _unordered(training)], bool)

    def _heads(self, training: LabelledSet, rows: np.ndarray) -> dict[str, Any]:
        """By baseline, fitted on some of the training rows; sets that leave out the same ones share their heads."""
        seen = self._training_features = self._training_features or self._features(training)
        if (key := rows.tobytes()) not in self._fitted:
            self._fitted[key] = {name: _fit(seen[name], training.labels, rows) for name in BASELINES}
        return self._fitted[key]

    def _features(self, labelled: LabelledSet) -> dict[str, _Features]:
        from contradict.embedding import embed

        texts = {text: number for number, text in enumerate(dict.fromkeys([*labelled.premises, *labelled.hypotheses]))}
        vectors = embed(self._encoder, list(texts), self._progress)
        premises = np.array([texts[text] for text in labelled.premises], np.int64)
        hypotheses = np.array([texts[text] for text in labelled.hypotheses], np.int64)
        rows = np.arange(len(labelled))
        return {
            MAJORITY: _Features(np.zeros((len(labelled), 0)), rows, rows),
            HYPOTHESIS: _Features(vectors, hypotheses, premises),
            COSINE: _Features(_cosines(vectors, premises, hypotheses), rows, rows),
            OVERLAP: _Features(_overlaps(labelled), rows, rows + len(labelled)),
        }


def _has_few_items(labelled: LabelledSet) -> bool:
    return len(np.unique(labelled.items)) < LEAST_ITEMS


def _unordered(labelled: LabelledSet) -> Iterator[frozenset[str]]:
    return map(frozenset, zip(labelled.premises, labelled.hypotheses, strict=True))


def _draw(rows: np.ndarray) -> np.ndarray:
    """`MOST_ROWS` of the rows, in order; all where there are no more."""
    if len(rows) <= MOST_ROWS:
        return rows
    return np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))


def _fit(features: _Features, labels: np.ndarray, rows: np.ndarray) -> Any:
    """A head on what is drawn of some rows; without features, or with one label alone, the shares of their labels."""
    from sklearn.dummy import DummyClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    dimensions = features.table.shape[1]
    if not dimensions or len(np.unique(labels[rows])) == 1:
        return DummyClassifier(strategy="prior").fit(np.zeros((len(rows), 0)), labels[rows])
    drawn = _draw(rows)
    head = make_pipeline(StandardScaler(), LogisticRegression(C=_PRIOR_VARIANCE / dimensions, max_iter=1000))
    return head.fit(features.table[features.forward[drawn]].astype(np.float64), labels[drawn])


def _judge(head: Any, features: _Features) -> Judged:
    both = []
    for rows in (features.forward, features.backward):
        probabilities = np.zeros((len(rows), len(LABELS)), np.float32)
        for part in _parts(len(rows)):
            probabilities[part, head.classes_] = head.predict_proba(features.table[rows[part]])
        both.append(probabilities)
    return Judged(*both)


def _parts(rows: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS_AT_ONCE) for start in range(0, rows, _ROWS_AT_ONCE))


def _cross_fit(features: _Features, labels: np.ndarray, folds: np.ndarray) -> Judged:
    if not features.table.shape[1]:
        return _judge(_fit(features, labels, np.arange(len(labels))), features)
    judged = Judged(*np.zeros((2, len(labels), len(LABELS)), np.float32))
    for number in np.unique(folds):
        own = folds == number
        head = _fit(features, labels, np.flatnonzero(~own))
        part = _judge(head, _Features(features.table, features.forward[own], features.backward[own]))
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


def _cosines(vectors: np.ndarray, premises: np.ndarray, hypotheses: np.ndarray) -> np.ndarray:
    cosines = np.zeros((len(premises), 1), vectors.dtype)
    for part in _parts(len(premises)):
        cosines[part, 0] = np.einsum("ij,ij->i", vectors[premises[part]], vectors[hypotheses[part]])
    return cosines


def _overlaps(labelled: LabelledSet) -> np.ndarray:
    """Shares of words and trigrams in the other text, and which is negated: of pairs, then of pairs turned round."""
    languages = [""] * len(labelled) if labelled.languages is None else labelled.languages
    forward = np.zeros((len(labelled), 7), np.float32)
    pairs = zip(labelled.premises, labelled.hypotheses, languages, strict=True)
    for row, (premise, hypothesis, language) in enumerate(pairs):
        (words, trigrams, negated), (other_words, other_trigrams, other_negated) = (
            _profile(text, language) for text in (premise, hypothesis)
        )
        forward[row] = (
            *_shares(words, other_words),
            *_shares(trigrams, other_trigrams),
            negated and not other_negated,
            other_negated and not negated,
            negated and other_negated,
        )
    return np.concatenate([forward, forward[:, [1, 0, 3, 2, 5, 4, 6]]])


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
