"""Names of the three labels, as models and data sets spell them, and their one order in this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LABELS = ("entailment", "neutral", "contradiction")
ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)

_SPELLINGS = {
    "entailment": ENTAILMENT,
    "entails": ENTAILMENT,
    "entail": ENTAILMENT,
    "e": ENTAILMENT,
    "neutral": NEUTRAL,
    "neutrality": NEUTRAL,
    "n": NEUTRAL,
    "contradiction": CONTRADICTION,
    "contradictory": CONTRADICTION,
    "contradicts": CONTRADICTION,
    "contradict": CONTRADICTION,
    "c": CONTRADICTION,
}


class LabelError(ValueError):
    """Labels that cannot be resolved; the message shows them and says how to state them."""


def label_index(word: str) -> int | None:
    """Index in `LABELS` of a label in one of its usual spellings, or None for another word."""
    return _SPELLINGS.get(word.strip().strip("[]<>").casefold().removeprefix("label_"))


def resolve_order(id2label: Mapping[Any, str] | Sequence[str], owner: str) -> tuple[int, int, int]:
    """Columns of a model's output that hold entailment, neutral and contradiction.

    Args:
        id2label: the model's own names of its outputs.
        owner: name of the model, for the message.

    Raises:
        LabelError: a name is unknown, or the three labels are not there once each.
    """
    names = dict(id2label) if isinstance(id2label, Mapping) else dict(enumerate(id2label))
    found = {label_index(str(name)): int(column) for column, name in names.items()}
    if len(names) != len(LABELS) or set(found) != set(range(len(LABELS))):
        raise LabelError(
            f"{owner}: cannot tell which output is which from its labels {list(names.values())}; state the order of its"
            " outputs, for example --nli-labels entailment,neutral,contradiction (in Python: nli_labels=[...])"
        )
    return found[ENTAILMENT], found[NEUTRAL], found[CONTRADICTION]
