"""Labelled pairs → the calibration of a model, and how well it does on pairs that did not fit it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from contradict.benchmark.fitting import LabelledLogits, Target, apply, fit, require_enough, weights_for
from contradict.benchmark.groups import pool
from contradict.benchmark.metrics import figures, outcomes
from contradict.benchmark.records import Judged
from contradict.benchmark.versions import versions
from contradict.calibration import Calibration
from contradict.labels import CONTRADICTION
from contradict.progress import Progress, no_progress
from contradict.records import MIN_SCORE

if TYPE_CHECKING:
    from contradict.benchmark.records import LabelledSet
    from contradict.nli import NLI

_PARTS = 5
_SEED = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration, and figures of it on pairs that did not fit it.

    The figures, by name: `ece` of the one direction and `ece_symmetric` of the symmetric score, as in
    `contradict.benchmark.metrics`, of the pairs as they are and of the temperature alone; where a share was stated,
    `ece_symmetric_at_share`, of the whole correction; `precision_symmetric` and `recall_symmetric` at the threshold,
    and `false_alarms_at_threshold`, among 1,000 pairs judged. The last four are of the pairs weighted to the stated
    share. NaN where undefined.

    Attributes:
        calibration: fitted to all pairs.
        before: figures of the model as it is, with `MIN_SCORE` for a threshold.
        after: figures of calibrations fitted in the same way to four fifths of the items, each on the other fifth.
    """

    calibration: Calibration
    before: Mapping[str, float]
    after: Mapping[str, float]


def calibrate(
    nli: NLI, sets: Sequence[LabelledSet], target: Target | None = None, progress: Progress = no_progress
) -> Fit:
    """Fit the calibration of a model, and check it.

    Args:
        nli: the model; a calibration that it has is not used.
        sets: labelled pairs, each set once; items as `contradict.benchmark.groups.pool` has them.
        target: what it is for; by default, the temperature alone.
        progress: told how many directions are judged.

    Raises:
        ValueError: a set is given twice, there are too few items of a class, the model's outputs say nothing of the
            labels, or what is wanted cannot be reached; the message says what was found.
    """
    from contradict.models.loading import weights_digest

    target = target or Target()
    _require_different(sets)
    pooled = pool(sets)
    require_enough(pooled.labels == CONTRADICTION, pooled.items)
    pairs = [pair for each in sets for pair in zip(each.premises, each.hypotheses, strict=True)]
    logits = nli.logits([*pairs, *((b, a) for a, b in pairs)], progress)
    two_way = np.repeat([each.two_way for each in sets], [len(each) for each in sets])
    judged = LabelledLogits(logits[: len(pairs)], logits[len(pairs) :], pooled.labels, two_way, pooled.items)
    calibration = fit(judged, target)
    before, after = cross_fit(judged, target)
    fitted_on = {
        "model": nli.name,
        "sets": [
            {"name": each.name, "rows": len(each), "two_way": each.two_way, "digest": each.digest, **each.origin}
            for each in sets
        ],
        "rows": len(pairs),
        "items": len(np.unique(pooled.items)),
        "contradictions": int(judged.contradicts.sum()),
        "target": dataclasses.asdict(target),
        "own_share": target.share and round(target.share / math.exp(calibration.log_weights[CONTRADICTION]), 4),
        "before": _plain(before),
        "after": _plain(after),
        "versions": versions(),
    }
    digest = weights_digest(nli.folder)
    return Fit(dataclasses.replace(calibration, fitted_on=fitted_on, digest=digest), before, after)


def cross_fit(judged: LabelledLogits, target: Target) -> tuple[dict[str, float], dict[str, float]]:
    """Figures of the model as it is, and of calibrations on pairs that did not fit them; both as in `Fit`.

    Whole items are dealt into five parts at random, with a fixed seed. Each part is corrected by a calibration that was
    fitted to the other four, and the figures are of all parts together.

    Raises:
        ValueError: no calibration can be fitted to some four of the parts; see `contradict.benchmark.fitting.fit`.
    """
    raw = apply(Calibration(), judged)
    tempered, corrected = (Judged(np.zeros_like(raw.forward), np.zeros_like(raw.backward)) for _ in range(2))
    thresholds = np.zeros(len(judged.labels))
    parts = _deal(judged)
    for part in range(_PARTS):
        own = parts == part
        try:
            fitted = fit(judged[~own], target)
        except ValueError as error:
            raise ValueError(
                f"a calibration fits all pairs together, but without a fifth of them: {error}. It would rest on chance"
            ) from error
        temperature_alone = Calibration(fitted.temperature)
        for whole, calibration in ((tempered, temperature_alone), (corrected, fitted)):
            probabilities = apply(calibration, judged[own])
            whole.forward[own], whole.backward[own] = probabilities.forward, probabilities.backward
        thresholds[own] = MIN_SCORE if fitted.threshold is None else fitted.threshold
    before = _figures(judged, target, raw, raw, np.full(len(thresholds), MIN_SCORE))
    return before, _figures(judged, target, tempered, corrected, thresholds)


def _require_different(sets: Sequence[LabelledSet]) -> None:
    names: dict[str, str] = {}
    for each in sets:
        if each.digest in names:
            raise ValueError(f"{names[each.digest]} and {each.name} are the same pairs; give them once")
        names[each.digest] = each.name


def _deal(judged: LabelledLogits) -> np.ndarray:
    """The part of each row: whole items at random, those with contradictions spread evenly."""
    _, item_of_row = np.unique(judged.items, return_inverse=True)
    with_contradiction = np.bincount(item_of_row, judged.contradicts) > 0
    order = np.lexsort((np.random.default_rng(_SEED).random(len(with_contradiction)), with_contradiction))
    part_of_item = np.zeros(len(order), int)
    part_of_item[order] = np.arange(len(order)) % _PARTS
    parts: np.ndarray = part_of_item[item_of_row]
    return parts


def _figures(
    judged: LabelledLogits, target: Target, tempered: Judged, corrected: Judged, thresholds: np.ndarray
) -> dict[str, float]:
    contradicts, flagged = judged.contradicts, corrected.scores >= thresholds
    weights = weights_for(contradicts, target.share)
    found = _calibration_errors(judged, tempered, ("ece", "ece_symmetric"), np.ones(len(weights)))
    if target.share is not None:
        at_share = _calibration_errors(judged, corrected, ("ece_symmetric",), weights)
        found["ece_symmetric_at_share"] = at_share["ece_symmetric"]
    hits, alarms = weights[flagged & contradicts].sum(), weights[flagged & ~contradicts].sum()
    return {
        **found,
        "precision_symmetric": float(hits / (hits + alarms)) if flagged.any() else math.nan,
        "recall_symmetric": float(hits / weights[contradicts].sum()),
        "false_alarms_at_threshold": float(1000 * alarms / weights.sum()),
    }


def _calibration_errors(
    judged: LabelledLogits, probabilities: Judged, names: Sequence[str], weights: np.ndarray
) -> dict[str, float]:
    """Calibration errors of rows that count as often as their weight; they depend on no threshold."""
    rows, two_way = np.arange(len(weights)), bool(judged.two_way.any())
    turned_out = outcomes(judged.labels, probabilities, rows, threshold=MIN_SCORE, two_way=two_way)
    return {name: float(values[0]) for name, values in figures(turned_out, names, [weights[None]]).items()}


def _plain(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: None if math.isnan(value) else round(value, 4) for name, value in values.items()}
