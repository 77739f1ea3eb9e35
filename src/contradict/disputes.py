"""Contradictions → disputes: who stands against whom about one thing."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from contradict.attribution.holders import same_holder
from contradict.records import Contradiction, Dispute, Position, Side
from contradict.verdict import AGREES, Verdict


@dataclass(frozen=True, slots=True)
class Link:
    """Two statements of which the verdict says that they agree, or that one leaves open what the other claims.

    Attributes:
        a: one of them.
        b: the other; where `leaves_open`, the one that does so.
        leaves_open: whether it does.
        agreement: probability that one claim says what the other does, 0 to 1.
    """

    a: Side
    b: Side
    leaves_open: bool
    agreement: float


def gather(contradictions: Sequence[Contradiction], links: Iterable[Link]) -> tuple[Dispute, ...]:
    """Gather contradictions of one set into disputes.

    The strongest contradiction that is in no dispute yet begins one. A further one joins where one of its statements
    stands in the dispute already and the other can stand against it: it then takes the other side. Statements that
    agree with one in the dispute join its side, those that leave its claim open stand apart: the strongest link first.
    Then contradictions join once more. No statement joins a side on which one stands that contradicts it. What is left
    begins the next dispute.

    Args:
        contradictions: strongest first.
        links: the other pairs that the verdict spoke on.

    Returns:
        disputes, strongest first, numbered from 0; each contradiction is in one of them.
    """
    against: defaultdict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    for found in contradictions:
        a, b = place_of(found.a), place_of(found.b)
        against[a].add(b)
        against[b].add(a)
    ordered = sorted(links, key=lambda link: (-link.agreement, place_of(link.a), place_of(link.b)))
    ranks: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for rank, link in enumerate(ordered):
        for side in (link.a, link.b):
            ranks[place_of(side)].append(rank)
    drafts: list[_Draft] = []
    left = list(contradictions)
    while left:
        draft = _Draft(left[0], against)
        draft.take_all(left)
        draft.join(ordered, ranks)
        draft.take_all(left)
        drafts.append(draft)
        left = [found for found in left if not draft.has(found)]
    return tuple(draft.finish(number) for number, draft in enumerate(drafts))


def link_of(a: Side, b: Side, verdict: Verdict) -> Link | None:
    """What a pair that is no contradiction tells of a dispute, if anything.

    Args:
        a: one side.
        b: the other side.
        verdict: on the pair.
    """
    stances = a.attribution.stance, b.attribution.stance
    if verdict.agreement < AGREES or verdict.contradiction + verdict.update >= AGREES:
        return None
    if stances.count("open") == 1:
        claims, doubts = (b, a) if stances[0] == "open" else (a, b)
        return Link(claims, doubts, leaves_open=True, agreement=verdict.agreement)
    return Link(a, b, leaves_open=False, agreement=verdict.agreement) if stances[0] == stances[1] else None


def place_of(side: Side) -> tuple[str, int]:
    """The first of all places of a statement; a reprint may stand for it in another pair."""
    own = side.article.id, side.statement.start
    return min([own, *((place.article, place.start) for place in side.statement.also)])


def renumbered(disputes: Iterable[Dispute]) -> tuple[Dispute, ...]:
    """Disputes of several sets, strongest first, numbered anew."""
    ordered = sorted(disputes, key=lambda dispute: -dispute.score)
    return tuple(replace(dispute, id=number) for number, dispute in enumerate(ordered))


class _Draft:
    """A dispute in the making: on which side each statement stands."""

    def __init__(self, first: Contradiction, against: Mapping[tuple[str, int], set[tuple[str, int]]]) -> None:
        asserting, denying = first.a, first.b
        if asserting.attribution.stance == "denies" != denying.attribution.stance:
            asserting, denying = denying, asserting
        self.first, self.asserting, self.against = first, asserting, against
        self.stands = {place_of(asserting): 1, place_of(denying): -1}  # 0: leaves it open
        self.sides = {place_of(asserting): asserting, place_of(denying): denying}

    def take_all(self, contradictions: Iterable[Contradiction]) -> None:
        """Let those join of which one statement is here and the other can stand against it."""
        for found in contradictions:
            a, b = (self.stands.get(place_of(side)) for side in (found.a, found.b))
            if a and b is None:
                self._add(found.b, -a)
            elif b and a is None:
                self._add(found.a, -b)

    def has(self, found: Contradiction) -> bool:
        """Whether the statements of a contradiction stand here, against each other."""
        a, b = (self.stands.get(place_of(side), 0) for side in (found.a, found.b))
        return a * b < 0

    def join(self, links: Sequence[Link], ranks: Mapping[tuple[str, int], Sequence[int]]) -> None:
        """Let statements join that agree with one that is here, or leave its claim open, the strongest link first.

        Args:
            links: strongest first.
            ranks: for each place, the positions in `links` of those that touch it.
        """
        waiting = [rank for place in self.stands for rank in ranks.get(place, ())]
        heapq.heapify(waiting)
        while waiting:
            link = links[heapq.heappop(waiting)]
            a, b = (self.stands.get(place_of(side)) for side in (link.a, link.b))
            if a and b is None:
                newcomer, stand = link.b, 0 if link.leaves_open else a
            elif b and a is None and not link.leaves_open:
                newcomer, stand = link.a, b
            else:
                continue
            if self._add(newcomer, stand):
                for rank in ranks.get(place_of(newcomer), ()):
                    heapq.heappush(waiting, rank)

    def _add(self, side: Side, stand: int) -> bool:
        """Let a statement take a side, unless one stands there that contradicts it; whether it did."""
        place = place_of(side)
        if stand and any(self.stands.get(other) == stand for other in self.against.get(place, ())):
            return False
        self.stands[place] = stand
        self.sides[place] = side
        return True

    def finish(self, number: int) -> Dispute:
        attribution, statement = self.asserting.attribution, self.asserting.statement
        issue = " ".join((attribution.claim or statement.text).split())
        asserts, denies, leaves_open = (
            _positions([side for key, side in self.sides.items() if self.stands[key] == stand]) for stand in (1, -1, 0)
        )
        return Dispute(self.first.set, number, issue, self.first.score, asserts, denies, leaves_open)


def _positions(sides: list[Side]) -> tuple[Position, ...]:
    """The statements by their holders; names that are clearly of one holder are joined."""
    numbers = _numbered({side.attribution.speaker for side in sides if side.attribution.speaker})
    groups: dict[int | str, list[Side]] = {}
    for side in sorted(sides, key=lambda side: (side.article.id, side.statement.start)):
        speaker = side.attribution.speaker
        groups.setdefault(numbers[speaker] if speaker else side.article.id, []).append(side)
    return tuple(_position(group) for group in groups.values())


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """A number for each name, the same for names of one holder.

    Longer names come first, so that "the ministry" joins one of two ministries, and does not join them to each other.
    """
    groups: list[list[str]] = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        own = next((group for group in groups if any(same_holder(name, other) for other in group)), None)
        if own:
            own.append(name)
        else:
            groups.append([name])
    return {name: number for number, group in enumerate(groups) for name in group}


def _position(sides: list[Side]) -> Position:
    names = Counter(side.attribution.speaker for side in sides if side.attribution.speaker)
    ordered = tuple(sorted(names, key=lambda name: (-names[name], -len(name), name)))
    return Position(ordered[0] if ordered else None, ordered, tuple(sides))
