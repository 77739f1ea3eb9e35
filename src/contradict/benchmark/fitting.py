"""Logits and labels → the temperature, the prior correction and the threshold of a calibration."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from contradict.benchmark.records import Judged
from contradict.calibration import Calibration
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL

MIN_ITEMS = 20
"""Fewest items with contradictions, and fewest with other pairs, that a calibration is fitted to."""
_LOWEST_TEMPERATURE, _HIGHEST_TEMPERATURE = 0.01, 100.0
_HIGHEST_LOG_ODDS = 20.0
_GRID = 9
_TOLERANCE = 1e-4
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Target:
    """What a calibration is for.

    Attributes:
        share: of contradictions among the pairs judged in use, above 0 and below 1; None for that of the labelled
            pairs, and no correction of the prior.
        precision: wanted of the pairs flagged, above 0 and at most 1; None for no threshold by precision.
        false_alarms: most wanted among 1,000 pairs judged, at least 0; None for no threshold by false alarms.

    Raises:
        ValueError: a value is out of its range, or both precision and false alarms are wanted.
    """

    share: float | None = None
    precision: float | None = None
    false_alarms: float | None = None

    def __post_init__(self) -> None:
        if self.share is not None and not 0 < self.share < 1:
            raise ValueError(f"share is {self.share!r}; it must be above 0 and below 1, as 0.03 for 3 in a hundred")
        if self.precision is not None and not 0 < self.precision <= 1:
            raise ValueError(f"precision is {self.precision!r}; it must be above 0 and at most 1")
        if self.false_alarms is not None and not 0 <= self.false_alarms < 1000:
            raise ValueError(f"false_alarms is {self.false_alarms!r}; it must be at least 0 and below 1,000")
        if self.precision is not None and self.false_alarms is not None:
            raise ValueError("precision and false_alarms each give a threshold; state one of them")


@dataclass(frozen=True, slots=True)
class LabelledLogits:
    """What a model gives labelled pairs, before any calibration.

    Attributes:
        forward: (n, 3) logits, in the order of `LABELS`, of premise to hypothesis.
        backward: (n, 3) of hypothesis to premise.
        labels: (n,) indices into `LABELS`.
        two_way: (n,) bool; where true, a label other than contradiction says no more than that it is none.
        items: (n,) which rows belong together; they are never divided between fitting and checking.
    """

    forward: np.ndarray
    backward: np.ndarray
    labels: np.ndarray
    two_way: np.ndarray
    items: np.ndarray

    @property
    def contradicts(self) -> np.ndarray:
        """(n,) bool: which pairs are labelled contradictions."""
        contradicts: np.ndarray = self.labels == CONTRADICTION
        return contradicts

    def __getitem__(self, rows: np.ndarray) -> LabelledLogits:
        return LabelledLogits(*(getattr(self, each.name)[rows] for each in dataclasses.fields(self)))


def fit(judged: LabelledLogits, target: Target) -> Calibration:
    """Fit a calibration to all pairs.

    The temperature is fitted first, to the pairs as they are. For a stated share, the prior is then corrected to it
    from the share that the model's probabilities stand for. The threshold is chosen last, on the pairs weighted to the
    stated share.

    Raises:
        ValueError: no temperature is best, or what is wanted cannot be reached; the message says what was the best.
    """
    calibration = Calibration(fit_temperature(judged))
    if target.share is not None:
        own_share = fit_own_share(judged, calibration.temperature)
        calibration = dataclasses.replace(calibration, log_weights=prior_log_weights(own_share, target.share))
    scores = apply(calibration, judged).scores
    threshold = choose_threshold(scores, judged.contradicts, weights_for(judged.contradicts, target.share), target)
    return dataclasses.replace(calibration, threshold=threshold)


def require_enough(contradicts: np.ndarray, items: np.ndarray) -> None:
    """Check that there is enough to fit a calibration to, and to check it on.

    Args:
        contradicts: (n,) bool: which pairs are labelled contradictions.
        items: (n,) which rows belong together.

    Raises:
        ValueError: a class has too few items; the message says how many.
    """
    for name, rows in (("contradictions", contradicts), ("other pairs", ~contradicts)):
        found = len(np.unique(items[rows]))
        if found < MIN_ITEMS:
            raise ValueError(
                f"{rows.sum():,} {name} in {found} items; to fit and check a calibration, at least {MIN_ITEMS} items"
                " with contradictions and as many with other pairs are needed"
            )


def fit_temperature(judged: LabelledLogits) -> float:
    """The temperature of the least negative log-likelihood of the labels, in both directions (Guo et al. 2017).

    From hypothesis to premise, a contradiction is known to be one, and another pair to be none. Of two-way pairs, no
    more is known from premise to hypothesis.

    Raises:
        ValueError: no temperature is best; the message says what that means.
    """
    temperature = math.exp(
        _minimise(
            lambda logarithm: _negative_log_likelihood(judged, Calibration(math.exp(logarithm))),
            math.log(_LOWEST_TEMPERATURE),
            math.log(_HIGHEST_TEMPERATURE),
        )
    )
    if temperature < _LOWEST_TEMPERATURE * (1 + _TOLERANCE):
        raise ValueError("no temperature is best, since the model makes no mistake on these pairs; add harder ones")
    if temperature > _HIGHEST_TEMPERATURE * (1 - _TOLERANCE):
        raise ValueError(
            "no temperature is best, since the model's outputs say nothing of these labels; make sure that the order of"
            " the labels (--label-order) and of the model's outputs (--nli-labels) is the right one"
        )
    return temperature


def fit_own_share(judged: LabelledLogits, temperature: float) -> float:
    """The share of contradictions that a model's probabilities stand for, which is about that of its training.

    It is the share from which a correction of the prior to the share found in the pairs makes their labels most likely,
    so that few contradictions among the labelled pairs are not taken for a model that sees too many of them
    (the bias of Alexandari et al. 2020, for contradiction alone).

    Args:
        judged: logits and labels.
        temperature: of the model.
    """
    found = float(judged.contradicts.mean())

    def loss(log_odds: float) -> float:
        return _negative_log_likelihood(judged, Calibration(temperature, prior_log_weights(_share(log_odds), found)))

    return _share(_minimise(loss, -_HIGHEST_LOG_ODDS, _HIGHEST_LOG_ODDS))


def prior_log_weights(own: float, wanted: float) -> tuple[float, float, float]:
    """What moves logits from one share of contradictions to another (Saerens et al. 2002).

    Args:
        own: share of contradictions among pairs that the probabilities are right for.
        wanted: share of contradictions among the pairs judged in use.

    Returns:
        logarithms of the ratios of shares, wanted to own, of entailment, neutral and contradiction.
    """
    other = math.log((1 - wanted) / (1 - own))
    return other, other, math.log(wanted / own)


def choose_threshold(scores: np.ndarray, contradicts: np.ndarray, weights: np.ndarray, target: Target) -> float | None:
    """The lowest threshold that gives what is wanted, and so the one of the highest recall.

    It lies midway between the lowest score that is flagged and the highest that is not.

    Args:
        scores: (n,) symmetric probability of contradiction.
        contradicts: (n,) bool.
        weights: (n,) how many pairs in use each pair stands for, 1 on average.
        target: the wanted precision or number of false alarms.

    Returns:
        the threshold, or None where none is wanted.

    Raises:
        ValueError: what is wanted cannot be reached; the message says what was the best.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # equal scores are flagged together
    hits = np.cumsum((weights * contradicts)[order])[ends]
    alarms = np.cumsum((weights * ~contradicts)[order])[ends]
    precision, per_thousand = hits / (hits + alarms), 1000 * alarms / weights.sum()
    if target.precision is not None:
        wanted = f"a precision of {target.precision:g}"
        reached, best = precision >= target.precision - _ROUNDING, precision.argmax()
    elif target.false_alarms is not None:
        wanted = f"{target.false_alarms:g} false alarms per 1,000 pairs"
        reached, best = (per_thousand <= target.false_alarms + _ROUNDING) & (hits > 0), (hits > 0).argmax()
    else:
        return None
    if not reached.any():
        raise ValueError(
            f"{wanted} cannot be reached on these pairs; the best is a precision of {precision[best]:.3g} with"
            f" {per_thousand[best]:.3g} false alarms per 1,000 pairs, at a recall of {hits[best] / hits[-1]:.3g}"
        )
    lowest = ends[np.flatnonzero(reached)[-1]]
    return float(ranked[lowest : lowest + 2].mean())


def apply(calibration: Calibration, judged: LabelledLogits) -> Judged:
    """The calibrated probabilities of both directions."""
    return Judged(calibration.apply(judged.forward), calibration.apply(judged.backward))


def weights_for(contradicts: np.ndarray, share: float | None) -> np.ndarray:
    """How many pairs in use each pair stands for, where the share is that of contradictions; 1 on average.

    Args:
        contradicts: (n,) bool: which pairs are labelled contradictions; some are, some are not.
        share: of contradictions in use; None for that of the pairs, so that each stands for 1.
    """
    found = contradicts.mean()
    wanted = found if share is None else share
    weights: np.ndarray = np.where(contradicts, wanted / found, (1 - wanted) / (1 - found))
    return weights


def _minimise(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that falls and then rises is least, by a grid that narrows."""
    while high - low > _TOLERANCE:
        grid = np.linspace(low, high, _GRID).tolist()
        best = int(np.argmin([function(each) for each in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)]
    return (low + high) / 2


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _negative_log_likelihood(judged: LabelledLogits, calibration: Calibration) -> float:
    forward, backward = (_log_softmax(calibration, logits) for logits in (judged.forward, judged.backward))
    exact = forward[np.arange(len(forward)), judged.labels]
    both = np.where(judged.two_way, _log_of_contradicts(forward, judged.contradicts), exact)
    return -float((both + _log_of_contradicts(backward, judged.contradicts)).mean())


def _log_softmax(calibration: Calibration, logits: np.ndarray) -> np.ndarray:
    corrected = calibration.correct(logits)
    log_probabilities: np.ndarray = corrected - np.log(np.exp(corrected).sum(axis=1, keepdims=True))
    return log_probabilities


def _log_of_contradicts(log_probabilities: np.ndarray, contradicts: np.ndarray) -> np.ndarray:
    """Logarithm of the probability that a pair contradicts, or of those that do not, that it does not."""
    others = np.logaddexp(log_probabilities[:, ENTAILMENT], log_probabilities[:, NEUTRAL])
    others = np.minimum(others, 0)  # where the model is certain, rounding takes it above
    known: np.ndarray = np.where(contradicts, log_probabilities[:, CONTRADICTION], others)
    return known
