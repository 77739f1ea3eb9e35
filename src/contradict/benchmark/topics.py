"""Topics against what people say: whether two articles tell one story, and what subject a sentence has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mode
from typing import TYPE_CHECKING

import numpy as np

from contradict.benchmark.metrics import measure
from contradict.benchmark.records import Estimate, Judged
from contradict.benchmark.resampling import BIASED, estimate, resamples
from contradict.embedding import Embed
from contradict.labels import CONTRADICTION, NEUTRAL
from contradict.records import Article, Place, Statement
from contradict.statements import split_articles
from contradict.topics import group

if TYPE_CHECKING:
    import pandas as pd

PAIRS_FILE, SENTENCES_FILE = "semeval22_dev.parquet", "sib200_dev.parquet"

SAME_STORY = 2.0
"""Greatest dissimilarity at which two articles count as one story: of the scale's four steps, 1 and 2 lie on the near
side of its middle. Means of several raters seldom fall between 2 and 3, so it matters little where between."""

CUTS = (1.0, 1.5, SAME_STORY, 2.5, 3.0)
_SHUFFLES = 100
_AGREEMENT, _RANKING = ("precision", "recall", "f1"), ("average_precision", "roc_auc")


@dataclass(frozen=True, slots=True)
class StoryFigures:
    """How well one way of telling "same story" does.

    Attributes:
        method: "commonest topic": the topic of most of an article's statements, the earlier one of equals, is the same
            in both articles. "topic in common": a statement of one article shares a topic with one of the other.
            "every pair": all pairs are called the same story. "cosine": of the means of the articles' vectors. An
            article without statements has no topic, and 0 as its cosine.
        languages: "all", "same language", "cross-language", or the two languages of the pairs.
        cut: greatest dissimilarity that counts as the same story.
        pairs: how many pairs of articles.
        same: how many of them are the same story.
        figures: `precision`, `recall` and `f1`; for "cosine", without a threshold, `average_precision` and `roc_auc`.
    """

    method: str
    languages: str
    cut: float
    pairs: int
    same: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Stories:
    """Articles grouped into topics.

    Attributes:
        articles: how many.
        statements: of all articles, repeated ones once.
        topics: how many were found.
        figures: by cut, languages and method.
    """

    articles: int
    statements: int
    topics: int
    figures: tuple[StoryFigures, ...]


@dataclass(frozen=True, slots=True)
class SubjectFigures:
    """Topics of labelled sentences against their subjects. Topics are stories, and so much finer than subjects.

    Attributes:
        languages: "all", or one language, grouped by itself.
        sentences: how many.
        topics: how many were found.
        figures: `v_measure` (Rosenberg and Hirschberg 2007); `precision`, `recall` and `f1` over all pairs of
            sentences, of "same topic" as a sign of "same subject".
        at_random: the mean of each figure where topics of the same sizes hold sentences dealt out at random.
    """

    languages: str
    sentences: int
    topics: int
    figures: Mapping[str, Estimate]
    at_random: Mapping[str, float]


def read_labelled(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read `PAIRS_FILE` and `SENTENCES_FILE`, whose columns `measure_stories` and `measure_subjects` name.

    Raises:
        FileNotFoundError: one of them is not there.
        ValueError: one is damaged, lacks a column or rows, or has a wrong cell; the message says where.
    """
    import pandas as pd

    pairs = _read(folder / PAIRS_FILE, ["text_a", "text_b", "lang_a", "lang_b"], ["dissimilarity"])
    pairs["dissimilarity"] = pd.to_numeric(pairs["dissimilarity"], errors="coerce")
    _refuse(folder / PAIRS_FILE, ~pairs["dissimilarity"].between(1, 4), "dissimilarity must be a number from 1 to 4")
    sentences = _read(folder / SENTENCES_FILE, ["index_id", "category", "text", "lang"])
    repeated = sentences.duplicated(["index_id", "lang"])
    _refuse(folder / SENTENCES_FILE, repeated, "index_id and lang must not be those of an earlier row")
    return pairs, sentences


def measure_stories(rows: pd.DataFrame, embed: Embed) -> Stories:
    """Group the statements of all articles as a scan of one set would, and compare with the ratings of the pairs.

    Args:
        rows: pairs of articles: `text_a, text_b, lang_a, lang_b` (ISO 639-1) and `dissimilarity`, from 1 (same story)
            to 4 (unrelated). An article may stand in several.
        embed: texts to vectors.

    Returns:
        figures at each of `CUTS`; intervals by bootstrap, pairs that share articles drawn together. Nothing is grouped
        anew in a resample.
    """
    keys = [key for side in "ab" for key in zip(rows[f"text_{side}"], rows[f"lang_{side}"], strict=True)]
    number = {key: position for position, key in enumerate(dict.fromkeys(keys))}
    pairs = np.array([number[key] for key in keys]).reshape(2, -1).T
    articles = [Article(str(position), text, language=language) for (text, language), position in number.items()]
    statements, _ = split_articles(articles)
    vectors = embed([statement.text for statement in statements])
    topics = group(statements, vectors)
    topic_of = {position: topic.id for topic in topics for position in topic.statements}
    members = _statements_by_article(articles, statements)
    topics_of = [[topic_of[position] for position in own] for own in members]
    said = {
        method: np.array([says_same(topics_of[a], topics_of[b]) for a, b in pairs.tolist()], float)
        for method, says_same in _METHODS.items()
    }
    said["cosine"] = _closeness(pairs, members, vectors)
    components, dissimilarity = _components(pairs), rows["dissimilarity"].to_numpy()
    found = []
    for cut in CUTS:
        for languages, part in _language_groups(rows).items():
            same = dissimilarity[part] <= cut
            for method, values in said.items():
                measured = _measure_pairs(same, values[part], components[part])
                kept = {name: measured[name] for name in (_RANKING if method == "cosine" else _AGREEMENT)}
                found.append(StoryFigures(method, languages, cut, len(part), int(same.sum()), kept))
    return Stories(len(articles), len(statements), len(topics), tuple(found))


def measure_subjects(rows: pd.DataFrame, embed: Embed) -> tuple[SubjectFigures, ...]:
    """Group labelled sentences, those of all languages together and those of each alone, and compare with the subjects.

    Args:
        rows: sentences: `index_id`, the same for translations of one; `category`, its subject; `text` and `lang`. Each
            text is one statement, however many a splitter would make of it.
        embed: texts to vectors.

    Returns:
        the figures of all languages, then of each; intervals by bootstrap, translations drawn together.
    """
    vectors = embed(rows["text"].tolist())
    parts = {"all": np.arange(len(rows))}
    parts |= {name: np.flatnonzero(rows["lang"] == name) for name in sorted(rows["lang"].unique())}
    return tuple(_measure_part(name, rows.iloc[part], vectors[part]) for name, part in parts.items())


def _measure_part(name: str, rows: pd.DataFrame, vectors: np.ndarray) -> SubjectFigures:
    sentences = zip(rows["index_id"], rows["text"], rows["lang"], strict=True)
    found = group([Statement(item, text, 0, len(text), language) for item, text, language in sentences], vectors)
    topics = np.zeros(len(rows), np.int64)
    for topic in found:
        topics[list(topic.statements)] = topic.id
    items, subjects = _numbered(rows["index_id"]), _numbered(rows["category"])
    weights = np.vstack([*resamples(items.max() + 1, len(rows), seed=0)])
    drawn = _compare(topics, subjects, items, weights)
    rng = np.random.default_rng(0)
    dealt = [_compare(rng.permutation(topics), subjects, items, weights[:1]) for _ in range(_SHUFFLES)]
    figures = {figure: estimate(values, recentre=figure in BIASED) for figure, values in drawn.items()}
    at_random = {figure: float(np.mean([values[figure] for values in dealt])) for figure in drawn}
    return SubjectFigures(name, len(rows), len(found), figures, at_random)


def _compare(topics: np.ndarray, subjects: np.ndarray, items: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Figures of topics against subjects, where each row of `weights` says how often each item is drawn."""
    from sklearn.metrics.cluster import contingency_matrix

    both = topics * len(subjects) + subjects
    tables = [contingency_matrix(items, groups).astype(float) for groups in (topics, subjects, both)]
    of_topics, of_subjects, of_both = (_entropies(weights @ table) for table in tables)
    by_topic, by_subject, by_both = (_pairs_within(table, weights) for table in tables)
    with np.errstate(invalid="ignore"):  # 0 / 0 makes an undefined figure NaN
        return {
            "v_measure": 2 * (of_topics + of_subjects - of_both) / (of_topics + of_subjects),
            "precision": by_both / by_topic,
            "recall": by_both / by_subject,
            "f1": 2 * by_both / (by_topic + by_subject),
        }


def _entropies(counts: np.ndarray) -> np.ndarray:
    shares = counts / counts.sum(axis=1, keepdims=True)
    entropies: np.ndarray = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1)
    return entropies


def _pairs_within(table: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How many pairs of sentences are in one group; the copies of an item that was drawn twice make no pairs."""
    squares = (table**2).sum(axis=1)
    between_items = ((weights @ table) ** 2).sum(axis=1) - weights**2 @ squares
    twice: np.ndarray = between_items + weights @ (squares - table.sum(axis=1))
    return twice / 2


def _read(path: Path, texts: list[str], others: Sequence[str] = ()) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    try:
        rows = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are of both kinds
        raise ValueError(f"{path}: cannot be read as Parquet: {error}") from error
    missing = [name for name in (*texts, *others) if name not in rows]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; columns found: {', '.join(map(str, rows))}")
    if rows.empty:
        raise ValueError(f"{path}: there are no rows")
    for name in texts:
        wrong = rows[name].map(lambda text: not (isinstance(text, str) and text.strip()))
        _refuse(path, wrong, f"{name} must be a text, and not empty")
    return rows


def _refuse(path: Path, wrong: pd.Series[bool], reason: str) -> None:
    if wrong.any():
        first = wrong.to_numpy().argmax() + 1
        raise ValueError(f"{path}: {reason}; row {first} is wrong, and {wrong.sum() - 1} more")


def _numbered(values: pd.Series | np.ndarray) -> np.ndarray:
    """For each value a number from 0 without gaps, the same for equal ones."""
    return np.unique(np.asarray(values), return_inverse=True)[1]


def _measure_pairs(same: np.ndarray, said: np.ndarray, components: np.ndarray) -> Mapping[str, Estimate]:
    """Measure "same story" as contradiction is measured: a label of two, and a probability."""
    probabilities = np.column_stack([np.zeros(len(said)), 1 - said, said])
    labels = np.where(same, CONTRADICTION, NEUTRAL)
    return measure(labels, Judged(probabilities, probabilities), components, threshold=0.5, two_way=True)


def _statements_by_article(articles: Sequence[Article], statements: Sequence[Statement]) -> list[list[int]]:
    """Positions of the statements that stand in each article, in order of place."""
    found: dict[str, list[tuple[int, int]]] = {article.id: [] for article in articles}
    for position, one in enumerate(statements):
        for place in (Place(one.article, one.start, one.end), *one.also):
            found[place.article].append((place.start, position))
    return [[position for _, position in sorted(own)] for own in found.values()]


_METHODS: Mapping[str, Callable[[Sequence[int], Sequence[int]], bool]] = {
    "commonest topic": lambda a, b: bool(a and b) and mode(a) == mode(b),  # of equals, `mode` gives the first
    "topic in common": lambda a, b: not set(a).isdisjoint(b),
    "every pair": lambda a, b: True,
}


def _closeness(pairs: np.ndarray, members: Sequence[Sequence[int]], vectors: np.ndarray) -> np.ndarray:
    """Cosines of the means of the articles' vectors, brought from -1 to 1 into 0 to 1, as `measure` wants it."""
    sums = np.stack([vectors[np.array(own, np.int64)].sum(axis=0, dtype=float) for own in members])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    unit = sums / np.where(lengths > 0, lengths, 1)
    closeness: np.ndarray = (1 + (unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(axis=1)) / 2
    return closeness.clip(0, 1)


def _components(pairs: np.ndarray) -> np.ndarray:
    """For each pair a number, the same for pairs that share an article, directly or through others."""
    import networkx as nx

    components = nx.connected_components(nx.Graph(pairs.tolist()))
    number_of = {article: number for number, members in enumerate(components) for article in members}
    return np.array([number_of[article] for article in pairs[:, 0].tolist()])


def _language_groups(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Positions of the pairs of each group of languages."""
    is_cross = (rows["lang_a"] != rows["lang_b"]).to_numpy()
    names = np.array(["-".join(sorted(pair)) for pair in zip(rows["lang_a"], rows["lang_b"], strict=True)])
    groups = {"all": np.ones(len(names), bool), "same language": ~is_cross, "cross-language": is_cross}
    groups |= {name: names == name for name in np.unique(names).tolist()}
    return {name: np.flatnonzero(chosen) for name, chosen in groups.items() if chosen.any()}
