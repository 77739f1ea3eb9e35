"""Names of the three labels, as models and data sets spell them, and their one order in this package."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

LABELS = ("entailment", "neutral", "contradiction")
ENTAILMENT, NEUTRAL, CONTRADICTION = range(3)

_SPELLINGS = {
    "entailment": ENTAILMENT,
    "entailed": ENTAILMENT,
    "entailing": ENTAILMENT,
    "entails": ENTAILMENT,
    "entail": ENTAILMENT,
    "e": ENTAILMENT,
    "neutral": NEUTRAL,
    "neutrality": NEUTRAL,
    "n": NEUTRAL,
    "contradiction": CONTRADICTION,
    "contradicted": CONTRADICTION,
    "contradicting": CONTRADICTION,
    "contradictory": CONTRADICTION,
    "contradicts": CONTRADICTION,
    "contradict": CONTRADICTION,
    "c": CONTRADICTION,
}
_WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,9})(?:\.0+)?")
_NUMBERS = ("0", "1", "2")
_NO_LABEL = frozenset(["", "-", "nan", "-1"])
_HINT = (
    "say what the column holds: --label-values E,N,C or, in a two-way set, --two-way NOT,CONTRADICTION"
    " (in Python: PairColumns(label_values=...) or PairColumns(two_way=...))"
)
_WORDS_SHOWN = 3
_MAX_UNKNOWN_SHARE = 0.1  # slips of the keyboard are rarer; a value as common as this is a label of another scheme


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


class LabelColumn:
    """What the values of a data set's labels mean, and what was found among them.

    Values are words in one of the usual spellings, or the numbers 0 to 2, unless `values` or `two_way` say what they
    are. One that is empty, `-` or -1 never means anything but that there is no label.

    Args:
        name: of the column, for messages.
        order: what the numbers 0, 1, 2 stand for.
        values: what the column holds for entailment, for neutral and for contradiction.
        two_way: in a set that says no more than contradiction or not, what it holds for "not a contradiction", which is
            taken as `NEUTRAL`, and for contradiction.

    Attributes:
        indices: the labels that were added, as indices into `LABELS`.

    Raises:
        ValueError: order, values or two_way do not name each label once, or more than one of them is given.
    """

    def __init__(
        self,
        name: str,
        order: Sequence[str] = LABELS,
        values: Sequence[str] | None = None,
        two_way: Sequence[str] | None = None,
    ) -> None:
        if len(order) != len(LABELS) or {label_index(word) for word in order} != set(range(len(LABELS))):
            raise ValueError(f"label order is {','.join(order)}; it must name {', '.join(LABELS)}, once each")
        if (tuple(order) != LABELS) + (values is not None) + (two_way is not None) > 1:
            raise ValueError("give only one of label order, label values and two-way values")
        self.indices: list[int] = []
        self._name = name
        self._order = order
        self._stated: dict[str, int] = {}
        self._wanted = f"one of {', '.join(LABELS)}, or 0 to 2 for {', '.join(order)}"
        if values is not None:
            self._stated = _stated("label values", values, (ENTAILMENT, NEUTRAL, CONTRADICTION))
            self._wanted = "{} for entailment, {} for neutral, or {} for contradiction".format(*values)
        if two_way is not None:
            self._stated = _stated("two-way values", two_way, (NEUTRAL, CONTRADICTION))
            self._wanted = "{} for no contradiction, or {} for contradiction".format(*two_way)
        self._known: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._first_rows: dict[str, int] = {}

    @property
    def hints(self) -> tuple[str, ...]:
        """How to say what the values mean that were not understood; none where all were."""
        return (_HINT,) if self._unknown else ()

    def add(self, value: object, row: int) -> None:
        """Take the label of a row.

        Raises:
            LabelError: the value is no label; the message says why.
        """
        word = _word(value)
        if word in _NO_LABEL:
            raise LabelError(f"no label ({word})" if word else "no label")
        self._first_rows.setdefault(word, row)
        index = self._index(word)
        if index is None:
            self._unknown[word] += 1
            raise LabelError(f"{self._name} is {str(value).strip()!r}; wanted is {self._wanted}")
        self._known[word] += 1
        self.indices.append(index)

    def check(self) -> None:
        """Check that nothing found says that the labels may mean something else than they are taken for.

        Raises:
            LabelError: there are numbers of another range, both numbers and words, or many unknown values; the message
                names rows.
        """
        known, unknown = self._known, self._unknown
        odd = [word for word in unknown if _WHOLE_NUMBER.fullmatch(word)]
        if odd and not self._stated:
            raise LabelError(
                f"{self._name} is {self._where(odd, unknown)}; numbers are read as 0 to 2, and with others their order"
                f" is unknown; {_HINT}"
            )
        numbers = [word for word in known if word in _NUMBERS]
        words = [word for word in known if word not in _NUMBERS]
        if numbers and words and not self._stated:
            raise LabelError(
                f"{self._name} is a number in some rows, {self._where(numbers, known)}, and a word in others,"
                f" {self._where(words, known)}; use one or the other"
            )
        rows = known.total() + unknown.total()
        common = [word for word in unknown if unknown[word] > _MAX_UNKNOWN_SHARE * rows]
        if common:
            raise LabelError(
                f"{self._name} is {self._where(common, unknown)} of {rows:,}; wanted is {self._wanted}; {_HINT}"
            )

    def _index(self, word: str) -> int | None:
        if self._stated:
            return self._stated.get(word)
        return label_index(self._order[int(word)] if word in _NUMBERS else word)

    def _where(self, words: Sequence[str], counts: Mapping[str, int]) -> str:
        """The first words, each with the first row that has it, and how many rows have any of the words."""
        count = sum(counts[word] for word in words)
        shown = [f"{word!r} (row {self._first_rows[word]})" for word in words[:_WORDS_SHOWN]]
        first = ", ".join([*shown, "..."] if len(words) > _WORDS_SHOWN else shown)
        return f"{first} in {count:,} row{'s' * (count > 1)}"


def _word(value: object) -> str:
    """A label in the form in which labels are compared: 2.0 is `2`, and case does not count."""
    word = "" if value is None else str(value).strip().casefold()
    number = _WHOLE_NUMBER.fullmatch(word)
    return str(int(number[1])) if number else word


def _stated(what: str, values: Sequence[str], indices: Sequence[int]) -> dict[str, int]:
    words = {_word(value) for value in values}
    if not len(values) == len(words) == len(indices) or words & _NO_LABEL:
        raise ValueError(
            f"{what} are {','.join(values)}; wanted are {len(indices)} different ones, none of them -1, - or empty,"
            " which stand for no label"
        )
    return dict(zip(map(_word, values), indices, strict=True))
