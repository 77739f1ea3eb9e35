"""A contradiction as the JSON object of the JSON lines format, schema 1."""

from __future__ import annotations

from contradict.records import Contradiction, Dispute, Position, Probabilities, Side

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


def dispute_row(dispute: Dispute) -> dict[str, object]:
    """The JSON object of one dispute, its keys in the order of the schema.

    Args:
        dispute: who stands against whom.

    Returns:
        as for `contradiction_row`; `sides` holds for each of `asserts`, `denies` and `open` a list of holders, each
        with its `holder` (null: the article itself), all its `names` and its `statements`.
    """
    sides = {"asserts": dispute.asserts, "denies": dispute.denies, "open": dispute.open}
    return {
        "schema": SCHEMA,
        "set": dispute.set,
        "id": dispute.id,
        "issue": dispute.issue,
        "score": round(dispute.score, DECIMALS),
        "sides": {name: [_position(position) for position in positions] for name, positions in sides.items()},
    }


def _position(position: Position) -> dict[str, object]:
    return {
        "holder": position.holder,
        "names": list(position.names),
        "statements": [_side(side) for side in position.sides],
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
        "cue": side.attribution.cue,
        "mode": side.attribution.mode,
        "also": [{"article": place.article, "start": place.start, "end": place.end} for place in side.statement.also],
    }


def _probabilities(probabilities: Probabilities) -> dict[str, float]:
    return {
        "entailment": round(probabilities.entailment, DECIMALS),
        "neutral": round(probabilities.neutral, DECIMALS),
        "contradiction": round(probabilities.contradiction, DECIMALS),
    }
