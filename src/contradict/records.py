"""What travels along the path, from articles to a report. Frozen, and without logic beyond derived properties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from datasets import Dataset

Stance = Literal["asserts", "denies", "open"]
Mode = Literal["fact", "plan", "opinion", "question", "condition"]
Kind = Literal["denial", "figure", "other", "update"]

MIN_SCORE = 0.3
"""Least score that a scan reports unless it is told otherwise (docs/decisions/0004-threshold.md)."""


@dataclass(frozen=True, slots=True)
class Article:
    """One news story.

    Attributes:
        id: unique within its set.
        text: the story as read; every offset counts its code points.
        title: headline, where it is not part of the text.
        source: who published it.
        published: ISO 8601 date or time, as the input states it.
        language: ISO 639-1 code.
        set: the set it belongs to; only articles of one set are compared. None where a run has one set.
    """

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    published: str | None = None
    language: str | None = None
    set: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or row that could not be read, and why.

    Attributes:
        file: path as it was given, or a name for input that is no file.
        row: counted from 1 (for text formats the line), or None where the whole file is meant.
        reason: what was found and what was wanted.
    """

    file: str
    row: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Articles(Sequence[Article]):
    """Articles in hand, and what could not be read on the way."""

    items: tuple[Article, ...]
    unreadable: tuple[Unreadable, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Article: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Article, ...]: ...
    def __getitem__(self, index: int | slice) -> Article | tuple[Article, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands: `text[start:end]` of the article, in code points."""

    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an article, at its exact place.

    Attributes:
        article: id of the article.
        text: exactly `article.text[start:end]`.
        start: first code point.
        end: one past the last code point.
        language: of its article.
        also: the other places where the same sentence stands (reprints), in order of article and place.
    """

    article: str
    text: str
    start: int
    end: int
    language: str | None = None
    also: tuple[Place, ...] = ()

    @property
    def articles(self) -> frozenset[str]:
        """Ids of all articles in which the sentence stands."""
        return frozenset([self.article, *(place.article for place in self.also)])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of an article that is no statement: `text[start:end]`, and why it was left out."""

    article: str
    text: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who holds a statement's claim; None where unknown.

    Attributes:
        speaker: who says it.
        stance: whether the speaker asserts it, denies it or leaves it open.
        claim: what is said, without its holder.
        cue: the words of the statement that tell of the holder's saying, as they stand in it.
        mode: whether the claim is about what is, what may or will be, or what should be.
    """

    speaker: str | None = None
    stance: Stance | None = None
    claim: str | None = None
    cue: str | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements worth judging.

    Attributes:
        a: position of the first statement, less than `b`.
        b: position of the second statement.
        closeness: similarity corrected for hubs; only its order within one run means anything.
    """

    a: int
    b: int
    closeness: float


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs to judge, closest first, and how many more there were."""

    pairs: tuple[Pair, ...]
    skipped: int


@dataclass(frozen=True, slots=True)
class Probabilities:
    """What an NLI model says of a premise and a hypothesis; the three sum to 1."""

    entailment: float
    neutral: float
    contradiction: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """A pair judged in both directions."""

    a_b: Probabilities
    b_a: Probabilities

    @property
    def score(self) -> float:
        """The mean of the two contradiction probabilities: contradiction does not depend on the order."""
        return (self.a_b.contradiction + self.b_a.contradiction) / 2


@dataclass(frozen=True, slots=True)
class Topic:
    """Statements that belong together.

    Attributes:
        id: unique within a report; 0 is the largest topic of the first set.
        set: the set of its statements.
        keywords: words that a reader would know it by, best first.
        statements: positions in the statements of the set.
    """

    id: int
    set: str | None
    keywords: tuple[str, ...]
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two statements of a contradiction, with its article and its holder."""

    article: Article
    statement: Statement
    attribution: Attribution


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both hold, in the judgement of the model.

    Attributes:
        set: the set of both articles.
        score: symmetric probability of contradiction, 0 to 1.
        kind: what sort of conflict it is.
        evidence: why it is called so, in words.
        topic: id of the topic of the first statement.
        a: the statement that comes first in the order of articles and places.
        b: the other statement.
        judgement: the probabilities in both directions.
    """

    set: str | None
    score: float
    kind: Kind
    evidence: str
    topic: int
    a: Side
    b: Side
    judgement: Judgement

    def __str__(self) -> str:
        """Score, kind, and both statements with where they stand, each in one line without what could mislead."""
        from contradict.report.unseen import one_line

        lines = [f"{self.score:.2f} {self.kind}"]
        for side in (self.a, self.b):
            name, text = (one_line(each) or "" for each in (side.article.id, side.statement.text))
            lines.append(f"  {name}[{side.statement.start}:{side.statement.end}] {text}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Position:
    """A holder in a dispute, with the statements that say so.

    Attributes:
        holder: as most of the statements name it; None where the article speaks for itself.
        names: all names under which it appears, `holder` first; empty where that is None.
        sides: its statements, in order of article and place.
    """

    holder: str | None
    names: tuple[str, ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Who stands against whom about one thing.

    Attributes:
        set: the set of its articles.
        id: unique within a report, from 0, in order of score.
        issue: the thing at issue, in one line: the claim that one side asserts.
        score: of its strongest contradiction, 0 to 1.
        asserts: who holds that claim, or one that agrees with it.
        denies: who denies it, or holds what cannot be true together with it.
        open: who leaves it open.
    """

    set: str | None
    id: int
    issue: str
    score: float
    asserts: tuple[Position, ...]
    denies: tuple[Position, ...]
    open: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class SetResult:
    """What became of one set of articles.

    Attributes:
        set: its name; None where the run has one unnamed set.
        articles: in the order in which they were compared.
        statements: of all its articles, repeated ones once.
        left_out: the parts of its articles that are no statements.
        topics: largest first.
        pairs_judged: how many pairs of statements were compared; most are ruled out by what is known without reading.
        pairs_skipped: how many more were near enough, but beyond the cap.
    """

    set: str | None
    articles: tuple[Article, ...]
    statements: tuple[Statement, ...]
    left_out: tuple[LeftOut, ...]
    topics: tuple[Topic, ...]
    pairs_judged: int
    pairs_skipped: int


@dataclass(frozen=True, slots=True)
class Report(Sequence[Contradiction]):
    """The contradictions of a run, strongest first, and what they were found in.

    A report is a sequence of its contradictions.

    Attributes:
        contradictions: strongest first.
        sets: what became of each set of articles.
        unreadable: what could not be read.
        disputes: the contradictions gathered into who stands against whom, strongest first.
        updates: pairs of which one side replaces the other as time passes, likeliest first; no contradictions.
    """

    contradictions: tuple[Contradiction, ...]
    sets: tuple[SetResult, ...]
    unreadable: tuple[Unreadable, ...] = field(default=())
    disputes: tuple[Dispute, ...] = field(default=())
    updates: tuple[Contradiction, ...] = field(default=())

    @overload
    def __getitem__(self, index: int) -> Contradiction: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Contradiction, ...]: ...
    def __getitem__(self, index: int | slice) -> Contradiction | tuple[Contradiction, ...]:
        return self.contradictions[index]

    def __len__(self) -> int:
        return len(self.contradictions)

    def __iter__(self) -> Iterator[Contradiction]:
        return iter(self.contradictions)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Topics of all sets; a topic's id is its position here."""
        return tuple(topic for result in self.sets for topic in result.topics)

    def to_pandas(self) -> pd.DataFrame:
        """One contradiction a row, with the columns of the CSV and Parquet exports."""
        from contradict.report.table import to_frame

        return to_frame(self)

    def to_datasets(self) -> Dataset:
        """One contradiction a row, with the columns of `to_pandas`."""
        from contradict.report.dataset import to_dataset

        return to_dataset(self)

    def to_networkx(self) -> nx.DiGraph:
        """Holders, their statements and the disputes as nodes; who says what, and what contradicts what, as edges.

        See `contradict.report.graph.to_graph`. Update pairs are left out.
        """
        from contradict.report.graph import to_graph

        return to_graph(self)
