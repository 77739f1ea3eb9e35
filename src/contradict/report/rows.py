"""A contradiction as the JSON object of the JSON lines format, schema 1."""

from __future__ import annotations

from contradict.records import Contradiction, Probabilities, Side

SCHEMA = 1
DECIMALS = 4  # of scores and probabilities in text formats; the models are not more precise than that


def contradiction_row(c: Contradiction) -> dict[str, object]:
    """The JSON object of one contradiction, its keys in the order of the schema.

    Args:
        c: the contradiction.

    Returns:
        strings, numbers, None, lists and dicts only. Scores and probabilities lie between 0 and 1, rounded to 4
        decimals; `start` and `end` count code points of the article's text; `also` lists every other place where the
        same sentence stands.
    """
    return {
        "schema": SCHEMA,
        "set": c.set,
        "score": round(c.score, DECIMALS),
        "kind": c.kind,
        "evidence": c.evidence,
        "topic": c.topic,
        "a": _side(c.a),
        "b": _side(c.b),
        "probabilities": {"a_b": _probabilities(c.judgement.a_b), "b_a": _probabilities(c.judgement.b_a)},
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "article": side.article.id,
        "source": side.article.source,
        "published": side.article.published,
        "language": side.article.language,
        "text": side.statement.text,
        "start": side.statement.start,
        "end": side.statement.end,
        "speaker": side.attribution.speaker,
        "stance": side.attribution.stance,
        "claim": side.attribution.claim,
        "also": [{"article": place.article, "start": place.start, "end": place.end} for place in side.statement.also],
    }


def _probabilities(probabilities: Probabilities) -> dict[str, float]:
    return {
        "entailment": round(probabilities.entailment, DECIMALS),
        "neutral": round(probabilities.neutral, DECIMALS),
        "contradiction": round(probabilities.contradiction, DECIMALS),
    }
