"""A report as a data frame: the columns of the CSV and Parquet formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contradict.records import Contradiction, Probabilities, Report, Side, Topic

if TYPE_CHECKING:
    import pandas as pd

_SIDE = {
    "article": "string",
    "title": "string",
    "source": "string",
    "published": "string",
    "language": "string",
    "text": "string",
    "start": "int64",
    "end": "int64",
    "speaker": "string",
    "stance": "string",
    "claim": "string",
    "also": "int64",
}
_COLUMNS = {
    "set": "string",
    "score": "float64",
    "kind": "string",
    "evidence": "string",
    "topic": "int64",
    "topic_keywords": "string",
    **{f"{side}_{name}": dtype for side in "ab" for name, dtype in _SIDE.items()},
    **{
        f"{label}_{direction}": "float64"
        for direction in ("a_b", "b_a")
        for label in ("entailment", "neutral", "contradiction")
    },
}


def to_frame(report: Report) -> pd.DataFrame:
    r"""One contradiction a row, strongest first.

    Args:
        report: what was found.

    Returns:
        `set, score, kind, evidence, topic, topic_keywords` (joined by ", "); then for each side, with the prefix `a_`
        or `b_`, `article, title, source, published, language, text, start, end, speaker, stance, claim, also` (in how
        many other places the sentence stands); then `entailment_a_b, neutral_a_b, contradiction_a_b` and the same with
        `_b_a`. Text is of dtype string with missing values as NA, offsets and counts int64, scores and probabilities
        float64 between 0 and 1. An empty report has the same columns and dtypes. Half a surrogate pair, which JSON and
        file names can hold and a data frame cannot, is written as its escape, such as `\ud83d`.
    """
    import pandas as pd

    topics = report.topics
    rows = [
        {column: _encodable(value) for column, value in _row(contradiction, topics).items()} for contradiction in report
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _row(c: Contradiction, topics: tuple[Topic, ...]) -> dict[str, object]:
    return {
        "set": c.set,
        "score": c.score,
        "kind": c.kind,
        "evidence": c.evidence,
        "topic": c.topic,
        "topic_keywords": ", ".join(topics[c.topic].keywords),
        **_side("a", c.a),
        **_side("b", c.b),
        **_probabilities("a_b", c.judgement.a_b),
        **_probabilities("b_a", c.judgement.b_a),
    }


def _encodable(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _side(prefix: str, side: Side) -> dict[str, object]:
    return {
        f"{prefix}_article": side.article.id,
        f"{prefix}_title": side.article.title,
        f"{prefix}_source": side.article.source,
        f"{prefix}_published": side.article.published,
        f"{prefix}_language": side.article.language,
        f"{prefix}_text": side.statement.text,
        f"{prefix}_start": side.statement.start,
        f"{prefix}_end": side.statement.end,
        f"{prefix}_speaker": side.attribution.speaker,
        f"{prefix}_stance": side.attribution.stance,
        f"{prefix}_claim": side.attribution.claim,
        f"{prefix}_also": len(side.statement.also),
    }


def _probabilities(direction: str, probabilities: Probabilities) -> dict[str, object]:
    return {
        f"entailment_{direction}": probabilities.entailment,
        f"neutral_{direction}": probabilities.neutral,
        f"contradiction_{direction}": probabilities.contradiction,
    }
