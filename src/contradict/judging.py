"""Candidate pairs → verdicts, reading as few texts as serve.

A pair is read at all only where the network's surest word for a contradiction would count, beside what is known of the
holders and of how near the two are; in the other direction, and as bare claims, only where its first word leaves room
for something worth reporting. What is reported has been read in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from contradict.records import Judgement, Probabilities, Side
from contradict.verdict import AGREES, Verdict, agreement, judge_pair

Predict = Callable[[Sequence[tuple[str, str]]], np.ndarray]
"""Pairs to probabilities of entailment, neutral and contradiction, one row a pair."""

Sides = tuple[Side, Side]

SURE = 0.95
"""Probability of contradiction of the surest judgement that is thought of before a pair is read."""
HOPE_ONE_WAY, HOPE_BOTH_WAYS = 0.15, 0.25
"""A pair read in one direction, or in both, is read on where that gives this part of the least score that is reported,
or more."""

_BEST = Probabilities((1 - SURE) / 2, (1 - SURE) / 2, SURE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that was read in full.

    Attributes:
        a: one side.
        b: the other side.
        sentences: what the network says of the two sentences.
        verdict: what is made of that, and of all else.
    """

    a: Side
    b: Side
    sentences: Judgement
    verdict: Verdict


def judge_both_ways(pairs: Sequence[tuple[str, str]], predict: Predict) -> list[Judgement]:
    """Judge pairs in both directions.

    Args:
        pairs: two texts each.
        predict: what judges in one direction.
    """
    both = predict([*pairs, *((b, a) for a, b in pairs)])
    return [_judgement(*rows) for rows in zip(both[: len(pairs)], both[len(pairs) :], strict=True)]


class Judging:
    """The pairs of a set, read step by step."""

    def __init__(self, sides: Sequence[Sides], nearness: Sequence[float], predict: Predict, least: float) -> None:
        """Take the pairs.

        Args:
            sides: of each pair.
            nearness: of each pair; see `contradict.neighbours.nearness`.
            predict: what judges in one direction.
            least: score from which on a pair is reported, 0 to 1.
        """
        self._sides, self._nearness, self._predict = sides, nearness, predict
        self._least = least
        self._forward: dict[int, Probabilities] = {}

    def possible(self) -> dict[int, float]:
        """The pairs that can be contradictions or updates, by position, with the most that they can reach."""
        best = Judgement(_BEST, _BEST)
        scores = ((at, _score(self._verdict(at, best, best))) for at in range(len(self._sides)))
        return {at: score for at, score in scores if score >= self._least}

    def strongest(self, worth_reading: Iterable[int] | None = None) -> dict[int, Judged]:
        """Read on while there is hope that a pair is a contradiction or an update; those read in full, by position.

        Args:
            worth_reading: positions of the pairs to begin with; None for all that are possible.
        """
        self._read_forward(self.possible() if worth_reading is None else worth_reading)
        one_way = {at: Judgement(known, known) for at, known in self._forward.items()}
        both_ways = self._both_ways(self._hopeful(one_way, HOPE_ONE_WAY * self._least))
        return self._claims(self._hopeful(both_ways, HOPE_BOTH_WAYS * self._least))

    def agreeing(self, positions: Iterable[int]) -> dict[int, Judged]:
        """Of these pairs, those of which one claim says what the other does, read in full."""
        places = list(positions)
        claims = dict(zip(places, self._claims_of(places), strict=True))
        alike = [at for at in places if agreement(claims[at]) >= AGREES]
        return {
            at: Judged(*self._sides[at], own, self._verdict(at, own, claims[at]))
            for at, own in self._both_ways(alike).items()
        }

    def _hopeful(self, known: dict[int, Judgement], least: float) -> dict[int, Judgement]:
        """The pairs that reach so much if their claims are to one another as the sentences are."""
        return {at: own for at, own in known.items() if _score(self._verdict(at, own, own)) >= least}

    def _read_forward(self, positions: Iterable[int]) -> None:
        places = [at for at in positions if at not in self._forward]
        rows = self._predict([_sentences(*self._sides[at]) for at in places])
        self._forward |= {at: _probabilities(row) for at, row in zip(places, rows, strict=True)}

    def _both_ways(self, positions: Iterable[int]) -> dict[int, Judgement]:
        places = list(positions)
        self._read_forward(places)
        backward = self._predict([_sentences(*reversed(self._sides[at])) for at in places])
        return {at: Judgement(self._forward[at], _probabilities(row)) for at, row in zip(places, backward, strict=True)}

    def _claims(self, known: dict[int, Judgement]) -> dict[int, Judged]:
        """Judge the bare claims, too; where they are the whole sentences, these are not read again."""
        other = [at for at in known if _claims(*self._sides[at]) != _sentences(*self._sides[at])]
        claims = known | dict(zip(other, self._claims_of(other), strict=True))
        return {
            at: Judged(*self._sides[at], sentences, self._verdict(at, sentences, claims[at]))
            for at, sentences in known.items()
        }

    def _claims_of(self, positions: list[int]) -> list[Judgement]:
        return judge_both_ways([_claims(*self._sides[at]) for at in positions], self._predict)

    def _verdict(self, at: int, sentences: Judgement, claims: Judgement) -> Verdict:
        return judge_pair(*self._sides[at], sentences, claims, self._nearness[at])


def _score(verdict: Verdict) -> float:
    return max(verdict.contradiction, verdict.update)


def _sentences(a: Side, b: Side) -> tuple[str, str]:
    return a.statement.text, b.statement.text


def _claims(a: Side, b: Side) -> tuple[str, str]:
    return a.attribution.claim or a.statement.text, b.attribution.claim or b.statement.text


def _judgement(a_b: np.ndarray, b_a: np.ndarray) -> Judgement:
    return Judgement(_probabilities(a_b), _probabilities(b_a))


def _probabilities(row: np.ndarray) -> Probabilities:
    entailment, neutral, contradiction = row.tolist()
    return Probabilities(entailment, neutral, contradiction)
