"""The path of a story, from articles to a report, in one page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contradict.calibration import at_own_shares
from contradict.disputes import Link, gather, link_of, place_of, renumbered
from contradict.engine import Engine, LocalEngine
from contradict.judging import Judging, Sides, judge_both_ways
from contradict.marks import PairMarks, mark_strongest
from contradict.neighbours import nearness
from contradict.pairing import can_pair, find_pairs, place_apart, place_together
from contradict.progress import Progress, no_progress
from contradict.reading import read_articles
from contradict.records import (
    MIN_SCORE,
    Article,
    Attribution,
    Contradiction,
    Dispute,
    Judgement,
    Pair,
    Pairing,
    Report,
    SetResult,
    Side,
    Statement,
    Topic,
)
from contradict.statements import by_article, split_articles
from contradict.topics import group
from contradict.verdict import explain

if TYPE_CHECKING:
    from contradict.calibration import Calibration
    from contradict.engine import Backend


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How a scan is done.

    Attributes:
        min_score: least probability of contradiction, 0 to 1, of what is reported; None for
            `contradict.records.MIN_SCORE`, or for bare sentences the threshold of the NLI model's calibration where it
            has one.
        within_articles: whether statements of one article are compared whoever holds them; otherwise they are where two
            holders are known.
        claims: whether the claims are judged with who holds them; otherwise the bare sentences are, by the NLI model
            alone, and there are neither updates nor disputes.
        screen: whether pairs that are hardly worth reading are left unread by the vectors of their statements, where
            claims are judged by the embedded models and `min_score` is not lower than usual.
        neighbours: how many nearest statements, in each language, a statement can be paired with; pairs are mutual.
        max_pairs: most pairs compared in a set, closest first; None for 10 times the number of its statements, at
            least 1,000.
    """

    min_score: float | None = None
    within_articles: bool = False
    claims: bool = True
    screen: bool = True
    neighbours: int = 10
    max_pairs: int | None = None

    def __post_init__(self) -> None:
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise ValueError(f"min_score is {self.min_score!r}; it must be from 0 to 1, or None")
        if self.neighbours < 1:
            raise ValueError(f"neighbours is {self.neighbours!r}; it must be at least 1")
        if self.max_pairs is not None and self.max_pairs < 1:
            raise ValueError(f"max_pairs is {self.max_pairs!r}; it must be at least 1, or None")


class Detector:
    """Finds contradictions between the statements of articles.

    The models are loaded when they are first needed, and stay for further calls.

    Example:
        >>> report = Detector().scan(["Semua kantor tutup pada hari Senin.", "Pada hari Senin satu kantor tetap buka."])
        >>> len(report.sets)
        1
    """

    def __init__(
        self,
        nli: str | Path | None = None,
        encoder: str | Path | None = None,
        *,
        nli_labels: Sequence[str] | None = None,
        calibration: Calibration | str | Path | None = "auto",
        tagger: str | Path | None = None,
        device: str = "auto",
        backend: Backend = "auto",
        engine: Engine | None = None,
        config: DetectorConfig | None = None,
        progress: Progress = no_progress,
    ) -> None:
        """Name the models; nothing is loaded yet.

        Args:
            nli: folder or hub id of a three-way NLI model; without one, the embedded model.
            encoder: folder or hub id of a sentence encoder; without one, the embedded model.
            nli_labels: what the NLI model's outputs are, in order, where its own `id2label` does not say.
            calibration: of the NLI model; see `contradict.nli.NLI`.
            tagger: folder of a tagger of attributions; without one, the embedded model.
            device: as torch names it, or "auto" for the fastest one present.
            backend: what computes the networks, of encoders the embedded one alone; see `contradict.models.backends`.
            engine: what reads the texts in place of models in this process; the options above are then its own.
            config: how a scan is done.
            progress: told how far long stages are.
        """
        self.config = config or DetectorConfig()
        self.engine: Engine = engine or LocalEngine(
            nli,
            encoder,
            nli_labels=nli_labels,
            calibration=calibration,
            tagger=tagger,
            device=device,
            backend=backend,
            progress=progress,
        )
        self._progress = progress

    def score(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Judge each pair in one direction; see `contradict.nli.NLI.predict`.

        Args:
            pairs: (premise, hypothesis) texts.

        Returns:
            float32 array of shape (len(pairs), 3): probabilities of entailment, neutral and contradiction.
        """
        return self.engine.probabilities(pairs)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Judge each pair in both directions, as `scan` does; `Judgement.score` is the symmetric score.

        Args:
            pairs: two texts each.
        """
        return judge_both_ways(pairs, self.engine.probabilities)

    def mark(self, found: Sequence[Contradiction]) -> list[PairMarks]:
        """The words that make the strongest contradictions of a report; see `contradict.marks.mark_strongest`.

        Args:
            found: a report, or contradictions of it, strongest first.
        """
        return mark_strongest(found, self.engine.probabilities)

    def scan(self, articles: Any) -> Report:
        """Find the contradictions in sets of articles.

        The result does not depend on the order of the articles.

        Args:
            articles: what `read_articles` returned, or anything that it takes: a path, articles, texts, rows.

        Returns:
            the contradictions of all sets, strongest first, and what they were found in.
        """
        read = read_articles(articles)
        members = sorted(read, key=lambda article: (article.set or "", article.id))
        parts: list[_Found] = []
        for _, group_members in groupby(members, key=lambda article: article.set):
            parts.append(self._scan_set(tuple(group_members), sum(len(part.result.topics) for part in parts)))
        return Report(
            strongest_first(found for part in parts for found in part.contradictions),
            tuple(part.result for part in parts),
            read.unreadable,
            renumbered(dispute for part in parts for dispute in part.disputes),
            strongest_first(found for part in parts for found in part.updates),
        )

    def _scan_set(self, articles: tuple[Article, ...], first_topic: int) -> _Found:
        name = articles[0].set
        statements, left_out = split_articles(articles)
        by_id = {article.id: article for article in articles}
        attributions = self._attribute(by_id, statements)
        topics: tuple[Topic, ...] = ()
        pairing = Pairing((), 0)
        within = self.config.within_articles
        if can_pair(statements, within_articles=within, attributions=attributions):
            vectors = self.engine.vectors([statement.text for statement in statements])
            with self._progress("Finding pairs and topics", 2) as advance:
                pairing = find_pairs(
                    statements,
                    vectors,
                    within_articles=within,
                    attributions=attributions,
                    neighbours=self.config.neighbours,
                    max_pairs=self.config.max_pairs,
                )
                advance(1)
                topics = group(statements, vectors, set_name=name, first_id=first_topic)
                advance(1)
        result = SetResult(name, articles, statements, left_out, topics, len(pairing.pairs), pairing.skipped)
        if not pairing.pairs:
            return _Found(result)
        sides = [self._sides(pair, result, by_id, attributions) for pair in pairing.pairs]
        if not self.config.claims:
            return self._judge_bare(sides, result)
        return self._judge_claims(sides, vectors, pairing.pairs, result)

    def _attribute(
        self, articles: Mapping[str, Article], statements: Sequence[Statement]
    ) -> dict[tuple[str, int], Attribution]:
        """Who holds each sentence, by its place; articles that only repeat others are not read."""
        if not self.config.claims or len(statements) < 2:
            return {}
        parts = by_article(statements, articles)
        return {
            (each.article, each.start): attribution
            for (_, own), found in zip(parts, self.engine.attributions(parts), strict=True)
            for each, attribution in zip(own, found, strict=True)
        }

    def _judge_bare(self, sides: Sequence[Sides], result: SetResult) -> _Found:
        least = self.engine.threshold if self.config.min_score is None else self.config.min_score
        topics = _topics_of(result)
        judged = self.judge([(a.statement.text, b.statement.text) for a, b in sides])
        found = [
            Contradiction(result.set, own.score, *explain(a, b), topics[place_of(a)], a, b, own)
            for (a, b), own in zip(sides, judged, strict=True)
            if own.score >= least
        ]
        return _Found(result, strongest_first(found))

    def _judge_claims(
        self, sides: Sequence[Sides], vectors: np.ndarray, pairs: Sequence[Pair], result: SetResult
    ) -> _Found:
        least = MIN_SCORE if self.config.min_score is None else self.config.min_score
        ends = [(pair.a, pair.b) for pair in pairs]
        judging = Judging(sides, nearness(vectors, ends), self._as_the_verdict_knows, least)
        possible = judging.possible()
        screen = self.engine.screen if self.config.screen and least >= MIN_SCORE else None
        read = judging.strongest(screen.worth_reading(vectors, ends, possible) if screen else possible)
        in_conflict = {
            place_of(side)
            for own in read.values()
            if own.verdict.kind != "update" and own.verdict.contradiction >= least
            for side in (own.a, own.b)
        }
        # What agrees with a statement in conflict, or leaves it open, belongs to the dispute.
        beside = [at for at, (a, b) in enumerate(sides) if {place_of(a), place_of(b)} & in_conflict and at not in read]
        read |= judging.agreeing(beside)
        topics = _topics_of(result)
        contradictions: list[Contradiction] = []
        updates: list[Contradiction] = []
        links: list[Link] = []
        for _, own in sorted(read.items()):
            verdict = own.verdict
            is_update = verdict.kind == "update"
            score = verdict.update if is_update else verdict.contradiction
            if score >= least:
                topic = topics[place_of(own.a)]
                (updates if is_update else contradictions).append(
                    Contradiction(result.set, score, verdict.kind, verdict.evidence, topic, own.a, own.b, own.sentences)
                )
            elif link := link_of(own.a, own.b, verdict):
                links.append(link)
        ordered = strongest_first(contradictions)
        return _Found(result, ordered, strongest_first(updates), gather(ordered, links))

    def _as_the_verdict_knows(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Probabilities that no calibration moved to another share of contradictions: the verdict has its own."""
        return at_own_shares(self.engine.probabilities(pairs), self.engine.log_weights)

    def _sides(
        self,
        pair: Pair,
        result: SetResult,
        articles: Mapping[str, Article],
        attributions: Mapping[tuple[str, int], Attribution],
    ) -> Sides:
        """The two statements with what is known of them, in order: in two articles where they stand so, else in one."""
        a, b = whole = result.statements[pair.a], result.statements[pair.b]
        within = a.articles <= b.articles or b.articles <= a.articles
        a, b = place_together(a, b, articles, attributions) if within else place_apart(a, b, articles)

        def known(own: Statement, first: Statement) -> Attribution:
            places = ((each.article, each.start) for each in (own, first))
            return next((attributions[place] for place in places if place in attributions), Attribution())

        ends = sorted(zip((a, b), whole, strict=True), key=lambda end: (end[0].article, end[0].start))
        one, other = (Side(articles[own.article], own, known(own, first)) for own, first in ends)
        return one, other


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found in one set."""

    result: SetResult
    contradictions: tuple[Contradiction, ...] = ()
    updates: tuple[Contradiction, ...] = ()
    disputes: tuple[Dispute, ...] = ()


def strongest_first(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Contradictions by score; equals stay in their order."""
    return tuple(sorted(found, key=lambda each: -each.score))


def _topics_of(result: SetResult) -> dict[tuple[str, int], int]:
    """The topic of each statement, by its first place."""
    statements = result.statements
    return {
        (statements[at].article, statements[at].start): topic.id for topic in result.topics for at in topic.statements
    }
