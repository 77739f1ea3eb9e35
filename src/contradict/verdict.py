"""A judged pair → whether the two claims conflict, in which way, and why it is called so.

The network judges the sentences and the bare claims; who holds them, how, when, and with which figures is weighed with
that by a logistic regression, whose weights `benchmarks/disputes/fit.py` makes from labelled sets.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources

from contradict.attribution.holders import same_holder
from contradict.figures import Figure, agree, find_figures
from contradict.records import Judgement, Kind, Side

OUTCOMES = ("neither", "contradiction", "update")
_NEAREST = 0.1  # one pair in a thousand of the labelled sets is nearer; of such, the weights know nothing
_LEAST_PROBABILITY = 1e-4  # below, differences between probabilities mean nothing
_CLAIMED = ("fact", "plan")
AGREES = 0.5
"""Probability of entailment, in either direction, from which on one claim says what the other does."""
_SAME = 0.5
"""Probability of entailment, in both directions, from which on two sentences say the same, and neither contradicts or
replaces the other. Of the 657 contradictions and updates in `benchmarks/disputes/fit` and `dev`, one reaches it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of a pair.

    Attributes:
        contradiction: probability that the two claims cannot both hold, 0 to 1.
        update: probability that one replaces the other as time passes, 0 to 1.
        agreement: probability, by the network alone, that one claim says what the other does, 0 to 1.
        kind: what sort of conflict it is, if it is one.
        evidence: why it is called so, in words; empty for "other".
    """

    contradiction: float
    update: float
    agreement: float
    kind: Kind
    evidence: str


def judge_pair(a: Side, b: Side, sentences: Judgement, claims: Judgement, nearness: float) -> Verdict:
    """Weigh what is known of a pair; sentences that entail each other are no conflict, whatever else is known.

    Args:
        a: one side.
        b: the other side.
        sentences: what the network says of the two sentences.
        claims: what it says of the two bare claims.
        nearness: of the two sentences; see `contradict.neighbours.nearness`.
    """
    alike = agreement(claims)
    if min(sentences.a_b.entailment, sentences.b_a.entailment) >= _SAME:
        return Verdict(0.0, 0.0, alike, "other", "")
    found = features(a, b, sentences, claims, nearness)
    weights = _weights()
    scores = [weights[name]["constant"] + sum(weights[name][key] * found[key] for key in found) for name in OUTCOMES]
    shares = [math.exp(score - max(scores)) for score in scores]
    _, contradiction, update = (share / sum(shares) for share in shares)
    if update > contradiction:
        return Verdict(contradiction, update, alike, "update", why_update(a, b))
    kind, evidence = explain(a, b)
    return Verdict(contradiction, update, alike, kind, evidence)


def features(a: Side, b: Side, sentences: Judgement, claims: Judgement, nearness: float) -> dict[str, float]:
    """What is weighed, by name; see `judge_pair`. None of it depends on which side comes first."""
    one, other = a.attribution, b.attribution
    denials = (one.stance == "denies") + (other.stance == "denies")
    figures, others = (_figures(side) for side in (a, b))
    shared = agree(figures, others)
    alike = _log_odds(agreement(claims))
    days = days_between(a, b)
    return {
        "sentences_conflict": _log_odds(sentences.score),
        "claims_conflict": _log_odds(claims.score),
        "claims_agree": alike,
        "one_denies": float(denials == 1),
        "one_denies_what_agrees": float(denials == 1) * alike,
        "one_leaves_open": float("open" in (one.stance, other.stance)),
        "nearness": min(nearness, _NEAREST),
        "one_holder": float(same_holder(one.speaker or "", other.speaker or "")),
        "one_article": float(a.article.id == b.article.id),
        "not_claimed": float(any(side.mode and side.mode not in _CLAIMED for side in (one, other))),
        "plan_and_fact": float({one.mode, other.mode} == {"plan", "fact"}),
        "figures_differ": float(bool(figures and others) and not shared),
        "figures_agree": float(shared),
        "days_apart": math.log1p(days) if days else 0.0,
    }


def agreement(claims: Judgement) -> float:
    """Probability, by the network alone, that one claim says what the other does."""
    return max(claims.a_b.entailment, claims.b_a.entailment)


def explain(a: Side, b: Side) -> tuple[Kind, str]:
    """Name the sort of a conflict, and say why.

    Args:
        a: one side of a pair that is called a contradiction.
        b: the other side.

    Returns:
        "denial" where one side alone denies; "figure" where both claims have figures of which none can be the same;
        "other" otherwise. With it the evidence in words, empty for "other".
    """
    denials = [side for side in (a, b) if side.attribution.stance == "denies"]
    if len(denials) == 1:
        speaker, cue = denials[0].attribution.speaker, denials[0].attribution.cue
        return "denial", f"{speaker or 'one side'} denies" + (f": “{cue}”" if cue else "")
    figures, others = (_figures(side) for side in (a, b))
    if figures and others and not agree(figures, others):
        one, other = (", ".join(figure.written for figure in each.values()) for each in (figures, others))
        return "figure", f"figures differ: {one} against {other}"
    return "other", ""


def _figures(side: Side) -> Mapping[Decimal, Figure]:
    return _figures_of(side.attribution.claim or side.statement.text, side.statement.language)


@lru_cache(maxsize=50_000)  # each statement stands in many pairs
def _figures_of(text: str, language: str | None) -> Mapping[Decimal, Figure]:
    return find_figures(text, language)


def days_of(a: Side, b: Side) -> list[date | None]:
    """The days of two articles, in UTC where both say their distance to it; None where one states no exact day."""
    times: list[datetime | None] = []
    for side in (a, b):
        try:
            times.append(datetime.fromisoformat(side.article.published or ""))
        except ValueError:
            times.append(None)
    if all(each and each.tzinfo for each in times):
        times = [each and _in_utc(each) for each in times]
    return [each and each.date() for each in times]


def days_between(a: Side, b: Side) -> int | None:
    """Days from one article's date to the other's, 0 or more; None where one has no date."""
    first, second = days_of(a, b)
    return abs((first - second).days) if first and second else None


def why_update(a: Side, b: Side) -> str:
    """Which side of an update is the later one, by the dates of their articles, or that it is unknown."""
    first, second = days_of(a, b)
    if not first or not second:
        undated = [side.article.id for side, day in ((a, first), (b, second)) if not day]
        return f"order unknown: no date for {' and '.join(undated)}"
    if first == second:
        return f"order unknown: both of {first.isoformat()}"
    earlier, later = (a, b) if first < second else (b, a)
    return f"{later.article.id} ({max(first, second)}) is later than {earlier.article.id} ({min(first, second)})"


def _in_utc(time: datetime) -> datetime | None:
    try:
        return time.astimezone(UTC)
    except OverflowError:  # the first or last day of all, which stands for no date
        return None


def _log_odds(probability: float) -> float:
    kept = min(max(probability, _LEAST_PROBABILITY), 1 - _LEAST_PROBABILITY)
    return math.log(kept / (1 - kept))


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    """For each outcome the weight of each feature, and a constant."""
    text = resources.files("contradict").joinpath("verdict.json").read_text(encoding="utf-8")
    weights: Mapping[str, Mapping[str, float]] = json.loads(text)["weights"]
    return weights
