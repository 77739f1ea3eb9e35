"""The path of a story, from articles to a report, in one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from contradict.attribution import attribute
from contradict.pairing import can_pair, find_pairs, place_apart
from contradict.progress import Progress, no_progress
from contradict.reading import read_articles
from contradict.records import (
    Article,
    Contradiction,
    Judgement,
    Pair,
    Pairing,
    Report,
    SetResult,
    Side,
    Statement,
    Topic,
)
from contradict.statements import split_articles
from contradict.topics import group
from contradict.verdict import explain

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from contradict.calibration import Calibration
    from contradict.nli import NLI


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """How a scan is done.

    Attributes:
        min_score: least symmetric probability of contradiction, 0 to 1, of what is reported; None for the threshold of
            the NLI model's calibration, or `contradict.records.MIN_SCORE` where it has none.
        within_articles: whether statements of one article are compared, too.
        neighbours: how many nearest statements, in each language, a statement can be paired with; pairs are mutual.
        max_pairs: most pairs judged in a set, closest first; None for 10 times the number of its statements, at
            least 1,000.
    """

    min_score: float | None = None
    within_articles: bool = False
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
        device: str = "auto",
        config: DetectorConfig | None = None,
        progress: Progress = no_progress,
    ) -> None:
        """Name the models; nothing is loaded yet.

        Args:
            nli: folder or hub id of a three-way NLI model; without one, the embedded model.
            encoder: folder or hub id of a sentence encoder; without one, the embedded model.
            nli_labels: what the NLI model's outputs are, in order, where its own `id2label` does not say.
            calibration: of the NLI model; see `contradict.nli.NLI`.
            device: as torch names it, or "auto" for the fastest one present.
            config: how a scan is done.
            progress: told how far long stages are.
        """
        self.config = config or DetectorConfig()
        self._nli, self._encoder, self._nli_labels = nli, encoder, nli_labels
        self._calibration, self._device, self._progress = calibration, device, progress

    @cached_property
    def encoder(self) -> SentenceTransformer:
        """The sentence encoder, loaded at first use."""
        from contradict.models.loading import load_encoder

        with self._progress("Loading the encoder", 1) as advance:
            encoder = load_encoder(self._encoder, self._device)
            advance(1)
        return encoder

    @cached_property
    def nli(self) -> NLI:
        """The NLI model, loaded at first use; shares what it can with an encoder already loaded."""
        from contradict.nli import NLI

        with self._progress("Loading the NLI model", 1) as advance:
            encoder = self.__dict__.get("encoder")  # only if it is loaded already
            nli = NLI(
                self._nli,
                labels=self._nli_labels,
                calibration=self._calibration,
                device=self._device,
                share_with=encoder,
            )
            advance(1)
        return nli

    def score(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Judge each pair in one direction; see `contradict.nli.NLI.predict`.

        Args:
            pairs: (premise, hypothesis) texts.

        Returns:
            float32 array of shape (len(pairs), 3): probabilities of entailment, neutral and contradiction.
        """
        return self.nli.predict(pairs, self._progress)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Judge each pair in both directions, as `scan` does; `Judgement.score` is the symmetric score.

        Args:
            pairs: two texts each.
        """
        return self.nli.judge(pairs, self._progress)

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
        contradictions: list[Contradiction] = []
        results: list[SetResult] = []
        for _, part in groupby(members, key=lambda article: article.set):
            first_topic = sum(len(result.topics) for result in results)
            found, result = self._scan_set(tuple(part), first_topic)
            contradictions += found
            results.append(result)
        contradictions.sort(key=lambda found: -found.score)
        return Report(tuple(contradictions), tuple(results), read.unreadable)

    def _scan_set(self, articles: tuple[Article, ...], first_topic: int) -> tuple[list[Contradiction], SetResult]:
        name = articles[0].set
        statements, left_out = split_articles(articles)
        topics: tuple[Topic, ...] = ()
        pairing = Pairing((), 0)
        if can_pair(statements, within_articles=self.config.within_articles):
            from contradict.embedding import embed

            vectors = embed(self.encoder, [statement.text for statement in statements], self._progress)
            with self._progress("Finding pairs and topics", 2) as advance:
                pairing = find_pairs(
                    statements,
                    vectors,
                    within_articles=self.config.within_articles,
                    neighbours=self.config.neighbours,
                    max_pairs=self.config.max_pairs,
                )
                advance(1)
                topics = group(statements, vectors, set_name=name, first_id=first_topic)
                advance(1)
        result = SetResult(name, articles, statements, left_out, topics, len(pairing.pairs), pairing.skipped)
        return self._judge_pairs(pairing, result), result

    def _judge_pairs(self, pairing: Pairing, result: SetResult) -> list[Contradiction]:
        if not pairing.pairs:
            return []
        articles = {article.id: article for article in result.articles}
        topic_of = {statement: topic.id for topic in result.topics for statement in topic.statements}
        ends = [self._ends(pair, result.statements, articles) for pair in pairing.pairs]
        judgements = self.judge([(a.text, b.text) for (a, _), (b, _) in ends])
        least = self.nli.threshold if self.config.min_score is None else self.config.min_score
        found = []
        for ((first, position), (second, _)), judgement in zip(ends, judgements, strict=True):
            if judgement.score < least:
                continue
            a, b = (_side(statement, articles) for statement in (first, second))
            kind, evidence = explain(a, b)
            topic = topic_of[position]
            found.append(Contradiction(result.set, judgement.score, kind, evidence, topic, a, b, judgement))
        return found

    def _ends(
        self, pair: Pair, statements: Sequence[Statement], articles: dict[str, Article]
    ) -> list[tuple[Statement, int]]:
        """The two statements with their positions, at places of two articles, in order of article and place."""
        a, b = statements[pair.a], statements[pair.b]
        if not self.config.within_articles:
            a, b = place_apart(a, b, articles), place_apart(b, a, articles)
        return sorted([(a, pair.a), (b, pair.b)], key=lambda end: (end[0].article, end[0].start))


def _side(statement: Statement, articles: dict[str, Article]) -> Side:
    return Side(articles[statement.article], statement, attribute(statement))
