"""Texts with one figure → pairs about that figure, whose labels are known by construction.

The figure is written in another way, replaced by another one, or qualified ("at least", "about") on either side. What a
language needs for that stands in `quantities.toml`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from contradict.figures import allowed
from contradict.labels import CONTRADICTION, ENTAILMENT, NEUTRAL
from contradict.training.single_figures import SingleFigure, can_be_year, find_single_figure

_ROWS_PER_TEXT = 3

_EXACT, _ABOUT = ("exact",), ("about",)
_BOUNDS = ("at_least", "at_most", "more_than", "fewer_than")
# Forms of the premise, forms of the hypothesis, label, weight. Forms that stand on one side come with two labels, so
# that no qualifier tells a label by itself.
_KINDS = (
    (_EXACT, _EXACT, ENTAILMENT, 3.0),
    (_EXACT, _EXACT, CONTRADICTION, 2.5),
    (_EXACT, _BOUNDS, ENTAILMENT, 3.0),
    (_EXACT, _BOUNDS, CONTRADICTION, 2.0),
    (_EXACT, _ABOUT, ENTAILMENT, 1.0),
    (_EXACT, _ABOUT, CONTRADICTION, 1.0),
    (_BOUNDS, _EXACT, NEUTRAL, 2.5),
    (_BOUNDS, _EXACT, CONTRADICTION, 1.5),
    (_BOUNDS, _BOUNDS, ENTAILMENT, 2.0),
    (_BOUNDS, _BOUNDS, NEUTRAL, 3.0),
    (_BOUNDS, _BOUNDS, CONTRADICTION, 1.0),
)
_MIN_FACTOR, _MAX_FACTOR, _MIN_DIFFERENCE = 1.3, 4, 2
_TOLERANCE = Decimal("0.05")  # how far a figure may be from one that is said to be about it
_LOOK_ALIKE_BELOW = 30  # below, figures with one digit and with two are alike
_OTHER_WRITING_SHARE = 0.3  # where it is not called for, so that it is no sign of entailment


def figure_pairs(rows: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Make pairs about figures from the texts of labelled pairs.

    A text is used that has one number, which is no year, date, clock time, rank, score or part of a name, and no
    negation, condition or qualifier. Both texts of a pair are in its language. The languages take turns.

    Args:
        rows: columns `premise`, `hypothesis` and `premise_lang`, and where it differs `hypothesis_lang` (ISO 639-1);
            texts in languages of which nothing is known are passed over.
        count: most pairs made; fewer where the texts give fewer, at most three a text.
        rng: what to draw with; the same one gives the same pairs.

    Returns:
        new rows with the columns of `rows`: `premise`, `hypothesis` and `label` (index into `LABELS`), with their
        language, and all else from the row of the text.

    Raises:
        ValueError: there is no column `premise_lang`.
    """
    if "premise_lang" not in rows:
        raise ValueError(
            f"columns are {', '.join(rows.columns)}; wanted is premise_lang, too: figures are written by language"
        )
    made: list[dict[str, Any]] = []
    seen: set[tuple[str, str]] = set()
    kinds_made: Counter[tuple[str, int]] = Counter()
    for row, figure in _in_turns(_figures(rows), rng):
        if len(made) >= count:
            break
        for kind in _rarest_first(kinds_made, figure.language, rng):
            pair = _make(figure, kind, rng)
            if pair and pair not in seen:
                seen.add(pair)
                kinds_made[figure.language, kind] += 1
                made.append(_row(rows, row, pair, kind, figure.language))
                break
    return pd.DataFrame(made, columns=rows.columns).astype(rows.dtypes.to_dict())


def _row(rows: pd.DataFrame, row: int, pair: tuple[str, str], kind: int, language: str) -> dict[str, Any]:
    new = {"premise": pair[0], "hypothesis": pair[1], "label": _KINDS[kind][2]}
    new |= {"premise_lang": language, "hypothesis_lang": language, "two_way": False}
    return {name: new.get(name, rows[name].iloc[row]) for name in rows.columns.astype(str)}


def _in_turns(found: list[tuple[int, SingleFigure]], rng: np.random.Generator) -> Iterator[tuple[int, SingleFigure]]:
    """Each figure several times, in an order in which the languages take turns."""
    shuffled = [found[at] for _ in range(_ROWS_PER_TEXT) for at in rng.permutation(len(found))]
    turns: Counter[str] = Counter()
    ranked = []
    for each in shuffled:
        code = each[1].language
        ranked.append((turns[code], each))
        turns[code] += 1
    yield from (each for _, each in sorted(ranked, key=lambda pair: pair[0]))


def _rarest_first(made: Mapping[tuple[str, int], int], language: str, rng: np.random.Generator) -> list[int]:
    """Kinds of pairs, the one of which a language lacks most first."""
    lack = [(made[language, kind] + rng.random()) / weight for kind, (*_, weight) in enumerate(_KINDS)]
    return [int(kind) for kind in np.argsort(lack)]


def _make(figure: SingleFigure, kind: int, rng: np.random.Generator) -> tuple[str, str] | None:
    """A pair of a kind, or None where the figure or its language gives none."""
    premise_forms, hypothesis_forms, label, _ = _KINDS[kind]
    known = {*_EXACT, *figure.forms}
    forms = [(one, other) for one in premise_forms for other in hypothesis_forms if {one, other} <= known]
    for at in rng.permutation(len(forms)):
        premise_form, hypothesis_form = forms[at]
        for value in _values(figure, hypothesis_form, rng):
            is_same = value == figure.value
            if _relation(premise_form, figure.value, hypothesis_form, value) != label or (is_same and label == NEUTRAL):
                continue  # "at least 5" often means 5: no clear neutral
            needs_other = premise_form == hypothesis_form == "exact" and is_same
            written = figure.rewrite(value) if needs_other or rng.random() < _OTHER_WRITING_SHARE else None
            if needs_other and not written:
                continue
            premise = figure.put(premise_form, figure.write(figure.value), rng)
            hypothesis = figure.put(hypothesis_form, written or figure.write(value), rng)
            if premise_form == hypothesis_form == "exact" and rng.random() < 0.5:
                premise, hypothesis = hypothesis, premise
            if premise != hypothesis:
                return premise, hypothesis
    return None


def _relation(premise_form: str, premise: Decimal, hypothesis_form: str, hypothesis: Decimal) -> int:
    """The label of two figures in their forms, each taken as the range of what it allows."""
    low, high = allowed(premise_form, premise)
    other_low, other_high = allowed(hypothesis_form, hypothesis)
    if low > other_high or high < other_low:
        return CONTRADICTION
    return ENTAILMENT if other_low <= low and high <= other_high else NEUTRAL


def _values(figure: SingleFigure, form: str, rng: np.random.Generator) -> list[Decimal]:
    """The figure's own value, which may be rounded after "about", and one clearly higher and lower, in any order."""
    found = [_rounded(figure) if form in _ABOUT else figure.value]
    found += [other for is_up in (True, False) if (other := _another(figure, is_up, rng)) is not None]
    return [found[at] for at in rng.permutation(len(found))]


def _rounded(figure: SingleFigure) -> Decimal:
    for digits in (1, 2):
        rounded = Decimal(f"{figure.value:.{digits}g}")
        is_near = abs(rounded - figure.value) <= _TOLERANCE * figure.value
        if rounded != figure.value and is_near and _fits(figure, rounded):
            return rounded
    return figure.value


def _another(figure: SingleFigure, is_up: bool, rng: np.random.Generator) -> Decimal | None:
    """A value clearly higher or lower that is as round as the figure's and looks like it."""
    exponent = int(figure.value.normalize().as_tuple().exponent)
    if exponent > 0 and figure.value.scaleb(-exponent) < 4:
        exponent -= 1
    step = Decimal(1).scaleb(exponent)
    steps = float(figure.value / step)
    low, high = (steps * _MIN_FACTOR, steps * _MAX_FACTOR) if is_up else (steps / _MAX_FACTOR, steps / _MIN_FACTOR)
    if math.ceil(low) > math.floor(high):
        return None
    for drawn in rng.integers(math.ceil(low), math.floor(high) + 1, 20):
        value = int(drawn) * step
        if _fits(figure, value) and (exponent < 0 or abs(value - figure.value) >= _MIN_DIFFERENCE):
            return value
    return None


def _fits(figure: SingleFigure, value: Decimal) -> bool:
    """Whether a value can stand in the figure's place: as long, no year, and with the same form of the noun."""
    is_alike = len(str(int(value))) == len(str(int(figure.value))) or max(value, figure.value) < _LOOK_ALIKE_BELOW
    is_beyond = figure.is_percentage and value > 100
    if value < _MIN_DIFFERENCE or not is_alike or can_be_year(value) or is_beyond:
        return False
    form = _NOUN_FORMS.get(figure.language)
    return form is None or form(int(value)) == form(int(figure.value))


def _slavic(value: int) -> int:
    is_teen = 10 < value % 100 < 20
    return 0 if is_teen else int(value % 10 == 1) + 2 * int(2 <= value % 10 <= 4)


def _arabic(value: int) -> int:
    return int(3 <= value % 100 <= 10) + 2 * int(value % 100 > 10)


_NOUN_FORMS: Mapping[str, Callable[[int], int]] = {"ar": _arabic, "pl": _slavic, "ru": _slavic}


def _figures(rows: pd.DataFrame) -> list[tuple[int, SingleFigure]]:
    """The figures of the texts, each text once, with the numbers of their rows."""
    found: dict[str, tuple[int, SingleFigure]] = {}
    for side in ("premise", "hypothesis"):
        codes = rows[f"{side}_lang"] if f"{side}_lang" in rows else rows["premise_lang"]
        for row, (text, code) in enumerate(zip(rows[side], codes, strict=True)):
            if text not in found and (figure := find_single_figure(text, code)):
                found[text] = row, figure
    return list(found.values())
