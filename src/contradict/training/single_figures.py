"""Text → its one figure, and the text with another figure or a qualifier in its place; as the language writes them.

What a language needs for that stands in `quantities.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

_MAX_CODE_POINTS = 300
_MAX_BARE_DIGITS = 6  # more of them, without marks of thousands, are an identifier
_NEAR = 25  # code points before and after a figure in which a qualifier is taken to belong to it

_CURRENCY = r"(?:(?:US|HK|NT|[ACRS])?[$€£¥₹₩₺₽฿]|R[ps]\.?)\s?"
_PERCENT = "%٪％"
_POWERS = "백천만억조百千万萬亿億兆"
_CLOSING = r"(?=[\s.,;!?)।۔؟،]|$)"
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_CJK_MARKS = "（、，。：「"
_UNSPACED = ("zh", "ja", "th")
_WORD = r"[\w\u0900-\u0963]"  # vowel signs of Devanagari are no \w
_NOTHING = r"(?!)"
_NAME = re.compile(r"(?:^|[^\w])[A-ZÀ-ÖØ-ÞΆ-ΫА-Я][\w.]*\s$")  # Apollo 13, TWA 800


@dataclass(frozen=True, slots=True)
class _Language:
    """How a language writes figures and qualifies them; patterns for where its figures stand."""

    code: str
    templates: Mapping[str, tuple[str, ...]]
    counted: frozenset[str]
    group: str
    decimal: str
    words: Mapping[int, str]
    figure: re.Pattern[str]
    spoils: re.Pattern[str]
    qualifies: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class SingleFigure:
    """The one quantity of a text: where it stands, and how it is written.

    Attributes:
        text: the whole text.
        language: its ISO 639-1 code.
        value: of the number; a word like "million" after it does not count.
        is_percentage: whether it stands with the sign for percent.
    """

    text: str
    language: str
    value: Decimal
    is_percentage: bool
    _start: int
    _end: int
    _counted_end: int
    _places: int
    _zero: int
    _mark: str
    _point: str
    _sign: str
    _unit: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The qualifiers that the language can put to any figure, as `put` takes them."""
        return tuple(_languages()[self.language].templates)

    def write(self, value: Decimal) -> str:
        """A value as the figure of the text is written."""
        return self._digits(value, self._mark)

    def rewrite(self, value: Decimal) -> str | None:
        """A value in another writing than the text's: as a word, or with or without marks of thousands."""
        language = _languages()[self.language]
        if value in language.words and not (self._places or self._sign or self._unit):
            return language.words[int(value)]
        if 1000 <= value < 100_000:
            return self._digits(value, "" if self._mark else language.group[0])
        return None

    def _digits(self, value: Decimal, mark: str) -> str:
        marks: dict[str, str | int | None] = {str(digit): chr(self._zero + digit) for digit in range(10)}
        marks |= {",": mark, ".": self._point}
        return self._sign + f"{value:,.{self._places}f}".translate(str.maketrans(marks)) + self._unit

    def put(self, form: str, written: str, rng: np.random.Generator) -> str:
        """The text with a figure, as written, instead of its own, as it is ("exact") or qualified (one of `forms`)."""
        end = self._end
        if form != "exact":
            templates = _languages()[self.language].templates[form]
            template = templates[rng.integers(len(templates))]
            if template in _languages()[self.language].counted:
                end = self._counted_end
                written += self.text[self._end : end]
            written = template.format(n=written)
        before = self.text[: self._start]
        if not before.strip() or before.rstrip()[-1] in ".!?":
            written = written[0].upper() + written[1:]
        return before + written + self.text[end:]


def find_single_figure(text: str, code: str) -> SingleFigure | None:
    """Find the figure of a text that has no other, and of which it is sure what follows from it.

    Args:
        text: at most 300 code points; a longer one gives none.
        code: its language; one without an entry in `quantities.toml` gives none.

    Returns:
        the figure, or None where there is none, or more than one number, or where it is below 2, a year, a date, a
        rank or part of a name, or where the text denies, asks, supposes or qualifies.
    """
    language = _languages().get(code)
    if language is None or len(text) > _MAX_CODE_POINTS or not (match := language.figure.search(text)):
        return None
    before, after = text[: match.start()], text[match.end() :]
    rest = f"{before} {after}"
    is_spoilt = (
        re.search(r"\d|[?？؟]", rest)
        or language.spoils.search(rest)
        or language.qualifies.search(f"{before[-_NEAR:]} {after[:_NEAR]}")
        or language.before.search(before)
        or language.after.match(after)
    )
    number, mark = match["number"], match["mark"] or ""
    value, places, point = _parse(number, mark, language.decimal)
    sign, unit = match["sign"] or "", match["unit"] or ""
    is_name = not mark and (len(number) > _MAX_BARE_DIGITS or can_be_year(value) or _has_leading_zero(number))
    if not sign + unit:
        is_name |= bool(_NAME.search(before) or (places and not before))  # 2.4 is the number of a section
    if is_spoilt or is_name or value < 2 or not _is_in_script(after + before, language):
        return None
    zero = ord(number[0]) - unicodedata.decimal(number[0])
    end = match.end("unit") if unit else match.end("number")
    is_percentage = any(each in unit for each in _PERCENT)
    return SingleFigure(
        text, code, value, is_percentage, match.start(), end, match.end(), places, zero, mark, point, sign, unit
    )


def can_be_year(value: Decimal) -> bool:
    """Whether a value can be a year; 1000 and 1500 are more often amounts."""
    return 1000 <= value < 2100 and value == int(value) and (value % 500 != 0 or value == 2000)


def _parse(number: str, mark: str, decimal: str) -> tuple[Decimal, int, str]:
    """Value, decimal places and decimal mark of a number."""
    digits = number.replace(mark, "")
    point = next((each for each in digits if each in decimal), "")
    whole, _, fraction = digits.partition(point) if point else (digits, "", "")
    return Decimal(f"{whole}.{fraction or 0}"), len(fraction), point


def _has_leading_zero(number: str) -> bool:
    return unicodedata.decimal(number[0]) == 0 and number[1:2].isdecimal()


def _is_in_script(text: str, language: _Language) -> bool:
    """Whether what stands beside the figure is written as the language is; some texts are transcribed."""
    letter = next((each for each in text if each.isalpha()), "")
    return bool(re.match(f"[{_LATIN}]", letter)) == bool(re.match(f"[{_LATIN}]", language.templates["about"][0]))


@cache
def _languages() -> dict[str, _Language]:
    table = tomllib.loads(resources.files("contradict").joinpath("quantities.toml").read_text("utf-8"))
    return {code: _language(code, entry) for code, entry in table.items()}


def _language(code: str, entry: Mapping[str, Any]) -> _Language:
    counted: Mapping[str, list[str]] = entry.get("counted", {})
    forms = ("at_least", "at_most", "more_than", "fewer_than", "about")
    templates = {form: (*entry.get(form, ()), *counted.get(form, ())) for form in forms}
    phrases = [template.replace("{n}", "").strip() for each in templates.values() for template in each]
    is_spaced = code not in _UNSPACED
    beside = _any_of(entry["not_before"], is_spaced)
    return _Language(
        code,
        {form: each for form, each in templates.items() if each},
        frozenset(template for each in counted.values() for template in each),
        entry["group"],
        entry["decimal"],
        {int(number): word for number, word in entry.get("words", {}).items()},
        _figure_pattern(code, entry),
        _any_of(entry["not_with"], is_spaced),
        _any_of(phrases, is_spaced),
        re.compile(rf"(?:{_any_of(entry['not_after'], is_spaced).pattern})[\s.:'’]*$", re.IGNORECASE),
        re.compile(rf"\s*(?:{beside.pattern})", re.IGNORECASE),
    )


def _any_of(words: list[str], is_spaced: bool) -> re.Pattern[str]:
    patterns = []
    for word in words:
        left = rf"(?<!{_WORD})" if is_spaced and not word.startswith("*") else ""
        right = rf"(?!{_WORD})" if is_spaced and not word.endswith("*") else ""
        patterns.append(left + re.escape(word.strip("*")) + right)
    return re.compile("|".join(patterns), re.IGNORECASE)


def _figure_pattern(code: str, entry: Mapping[str, Any]) -> re.Pattern[str]:
    """A number, not glued to anything, with what must follow: a sign, a counter or a word in small letters."""
    group, decimal = re.escape(entry["group"]), re.escape(entry["decimal"])
    number = rf"(?:\d{{1,3}}(?P<mark>[{group}])\d{{3}}(?:(?P=mark)\d{{3}})*|\d+)(?:[{decimal}]\d{{1,2}})?(?!\d)"
    apart = rf"(?<![\d_{_LATIN}])(?<![^\w\s({_CJK_MARKS}])" if code in _UNSPACED else r"(?<![^\s(])"
    unit = rf"(?P<unit>\s?[{_PERCENT}€$£₺₽](?![\w/:+-]))"
    if "counters" in entry:
        counters = "|".join(sorted(map(re.escape, entry["counters"]), key=len, reverse=True))
        follows = rf"(?:{unit}|\s?[{_POWERS}]*\s?(?:{counters}))"
    else:
        capital = "" if code == "de" else "(?![A-ZÀ-ÖØ-ÞΆ-ΫА-Я])"
        word = rf"(?=\s{capital}[^\W\d_])"
        follows = rf"(?:{unit}|{word}|(?(sign){_CLOSING}|{_NOTHING}))"
    return re.compile(rf"{apart}(?P<sign>{_CURRENCY})?(?P<number>{number}){follows}")
