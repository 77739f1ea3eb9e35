"""The labelled sets of disputes, and what the models say of every pair of their sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from contradict.attribution import attribute
from contradict.attribution.tagger import Tagger
from contradict.embedding import embed
from contradict.models.mean_encoder import MeanEncoder
from contradict.neighbours import nearness
from contradict.nli import NLI
from contradict.progress import Progress
from contradict.records import Article, Attribution, Judgement, Side, Statement

HERE = Path(__file__).parent
_WITHOUT_SPACES = {"ja", "th", "zh"}


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set, its sentences as statements of its articles, and its labels.

    Attributes:
        name: of its file.
        languages: of its articles: one language, or "across".
        articles: by their ids.
        statements: its sentences, in order of article and place.
        sentences: their labels: `holder, stance, mode`.
        pairs: positions of every two statements.
        outcomes: for each pair "contradiction", "update" or "neither".
        kinds: for each contradiction its kind, by the positions of its pair.
        holders: names under which one holder appears.
    """

    name: str
    languages: str
    articles: dict[str, Article]
    statements: list[Statement]
    sentences: list[dict[str, Any]]
    pairs: list[tuple[int, int]]
    outcomes: list[str]
    kinds: dict[tuple[int, int], str]
    holders: list[list[str]]


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A set, and what the models say.

    Attributes:
        labelled: the set.
        attributions: of its statements.
        vectors: of its sentences.
        nearness: of each pair; see `contradict.neighbours.nearness`.
        by_sentence: judgement of each pair of sentences.
        by_claim: judgement of each pair of claims.
    """

    labelled: LabelledSet
    attributions: list[Attribution]
    vectors: np.ndarray
    nearness: list[float]
    by_sentence: list[Judgement]
    by_claim: list[Judgement]

    def sides(self, at: int) -> tuple[Side, Side]:
        """The two sides of a pair."""
        a, b = (self._side(position) for position in self.labelled.pairs[at])
        return a, b

    def _side(self, position: int) -> Side:
        statement = self.labelled.statements[position]
        return Side(self.labelled.articles[statement.article], statement, self.attributions[position])


def read_sets(part: str) -> list[LabelledSet]:
    """Read the sets of a part."""
    return [read_set(path) for path in sorted((HERE / part).glob("*.json"))]


def read_set(path: Path) -> LabelledSet:
    """Read one set; the text of an article is its sentences in a row."""
    labelled = json.loads(path.read_text(encoding="utf-8"))
    articles: dict[str, Article] = {}
    statements: list[Statement] = []
    positions: dict[tuple[str, int], int] = {}
    for each in labelled["articles"]:
        gap = "" if each["language"] in _WITHOUT_SPACES else " "
        text = gap.join(sentence["text"] for sentence in each["sentences"])
        name, language = each["id"], each["language"]
        articles[name] = Article(name, text, each["title"], each["source"], each["published"], language)
        start = 0
        for at, sentence in enumerate(each["sentences"]):
            end = start + len(sentence["text"])
            positions[name, at] = len(statements)
            statements.append(Statement(name, sentence["text"], start, end, language))
            start = end + len(gap)

    def place(pair: dict[str, Any]) -> tuple[int, int]:
        a, b = sorted(positions[tuple(pair[side])] for side in ("a", "b"))
        return a, b

    kinds = {place(pair): pair["kind"] for pair in labelled["contradictions"]}
    updates = {place(pair) for pair in labelled["updates"]}
    pairs = list(combinations(range(len(statements)), 2))
    return LabelledSet(
        path.stem,
        labelled["languages"][0] if len(labelled["languages"]) == 1 else "across",
        articles,
        statements,
        [sentence for each in labelled["articles"] for sentence in each["sentences"]],
        pairs,
        ["contradiction" if pair in kinds else "update" if pair in updates else "neither" for pair in pairs],
        kinds,
        labelled["holders"],
    )


def judge_sets(sets: list[LabelledSet], nli: NLI, tagger: Tagger, progress: Progress) -> list[JudgedSet]:
    """Judge every pair of each set, as sentences and as claims."""
    encoder = MeanEncoder(str(nli.network.device), nli.backend)
    made = []
    for each in sets:
        readings = tagger.read([article.text for article in each.articles.values()])
        attributions = []
        for article, reading in zip(each.articles.values(), readings, strict=True):
            own = [statement for statement in each.statements if statement.article == article.id]
            attributions += attribute(article, own, reading)
        vectors = embed(encoder, [statement.text for statement in each.statements])
        made.append((each, attributions, vectors))
    texts = [(each.statements[a].text, each.statements[b].text) for each in sets for a, b in each.pairs]
    claims = [
        (attributions[a].claim or each.statements[a].text, attributions[b].claim or each.statements[b].text)
        for each, attributions, _ in made
        for a, b in each.pairs
    ]
    judged = _judge_each([*texts, *claims], nli, progress)
    by_sentence, by_claim = iter(judged[: len(texts)]), iter(judged[len(texts) :])
    return [
        JudgedSet(
            each,
            attributions,
            vectors,
            nearness(vectors, each.pairs),
            [next(by_sentence) for _ in each.pairs],
            [next(by_claim) for _ in each.pairs],
        )
        for each, attributions, vectors in made
    ]


def _judge_each(pairs: list[tuple[str, str]], nli: NLI, progress: Progress) -> list[Judgement]:
    """Judge pairs, each different one once."""
    different = list(dict.fromkeys(pairs))
    judged = dict(zip(different, nli.judge(different, progress), strict=True))
    return [judged[pair] for pair in pairs]


def contradicts(sets: list[JudgedSet]) -> np.ndarray:
    """For every pair of the sets, in a row, whether it is a contradiction."""
    return np.array([outcome == "contradiction" for each in sets for outcome in each.labelled.outcomes])
