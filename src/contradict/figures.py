"""Text → the figures in it, by their values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from contradict.numerals import END, FIGURE, LETTER, MULTIPLIER, NUMBER, ends_of, value_of

FORMS = ("at_least", "at_most", "more_than", "fewer_than", "about")
"""How a figure can be qualified, by the names of `quantities.toml`."""

_TOLERANCE = Decimal("0.05")  # how far a figure may be from one that is said to be about it
_STEP = Decimal("0.000001")  # finer than any figure read here

_CODE = (
    "(?:Rp|RM|Rs|(?-i:USD|EUR|GBP|JPY|CNY|RMB|IDR|SGD|MYR|THB|PHP|VND|INR|PKR|BDT|LKR|KRW|HKD|TWD|AUD|NZD|CAD|CHF|SEK|NOK"
    "|DKK|PLN|CZK|HUF|RON|BGN|UAH|RUB|TRY|ILS|SAR|AED|QAR|KWD|EGP|IRR|IQD|ZAR|NGN|KES|TZS|BRL|MXN|ARS|CLP|COP|PEN))"
)
_CURRENCY = rf"(?<!{LETTER}) (?: {_CODE} \.? | (?: US|HK|NT|NZ|AU|CA|[ACRS] )? [$€£¥￥₹₩₺₽฿₱₫₴₪₦] )"
_DIGIT = re.compile(r"\d")
_DASH = "[-‑–~〜～]"
_CLOCK = r"\d{1,2} (?:[.:] \d\d)?"
_FROM = rf"(?: \d{{1,4}} \.? \s? {_DASH} \s? )?"  # the day, year or hour from which on

# Months of languages without an entry in `quantities.toml`.
_OTHER_MONTHS = (
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня ianuarie februarie martie"
    " aprilie iunie iulie septembrie octombrie noiembrie decembrie januar februar marts juni juli oktober januari mars"
    " maj augusti ledna února března dubna května června července srpna září října listopadu prosince"
).split()
_UNSPACED = ("zh", "ja", "th")
_NO_TREATY = "(?<![条條公合契協协預预予節节制規规婚締缔盟](?=[约約]))"  # 条约12 is no "about 12"
_NAME = re.compile(r"[\w,]\s[A-ZÀ-ÖØ-ÞΆ-ΫА-Я]\w*\s$")  # a Boeing 737-800
_NEAR = 60  # code points beside a figure in which its qualifier stands
_MONTH_FIRST = ("", "en", "sw")  # in others, a number behind a month is no day


@cache
def _token(language: str) -> re.Pattern[str]:
    """What can be a figure. Read from the left; what the first alternatives take is none."""
    months = _months(language)
    month_first = rf"""
        (?<!\w) {months} \.? \s {_FROM} \d{{1,2}} (?:st|nd|rd|th)? (?! \w | [.,]\d | \s?{MULTIPLIER} )
    """
    return re.compile(
        rf"""
          {_FROM} \d{{1,2}} (?: -?[^\W\d]{{1,2}} | [.ºª] )? \s (?: of\s | de\s | d['’] | [בל] )? {months} {END}
        | {month_first if language in _MONTH_FIRST else "(?!)"}
        | (?: \d{{1,2}}\s | (?<!\d\s) ) tháng \s \d{{1,2}} (?!\d) | (?<!\d\s) ngày \s \d{{1,2}} (?:/\d{{1,4}})* (?!\d)
        | (?<!{LETTER}) (?!{_CODE}\d) {LETTER}++ [-‑]? \d (?:{LETTER}|[\d.‑-])*  # MH17, F-16, ke-2
        | \d+ {LETTER}+ [-‑]? \d \w*                                  # 10h30, 2S19
        | (?! \d++ [-‑] \d++ (?![-‑/:：／]) ) \d++ (?: [-‑/:：／] \d++ )++  # 21/10/2024, 10:30, 2024-10-21
        | {_FROM} \d{{1,4}} \. \d{{1,2}} \. \d{{1,4}} (?!\d)          # 21.10.2024
        | (?: {_CLOCK} {_DASH} )? {_CLOCK} \s? (?: [ap]\.?m | Uhr | WIB | WITA | WIT ) \b
        | {_FROM} (?: \d{{4}} \s? [年년] | \d{{1,2}} \s? [月월日일号號] (?![间間간]) )  # but 3日間 is three days
        | \d{{1,2}} \s? [時时点點시] (?![间間간]) (?: \s? \d{{1,2}} \s? [分분] )?
        | (?: [#№第] | (?<!\w)제 ) \s? \d++
        | {NUMBER} (?: \.?[ºª] | 番目 | 번째
            | (?: -?(?:st|nd|rd|th|er|re|e|ère|ème|nde|de|ste) | :[ae] | -(?:й|я|е|го|му|м|х|ый|ая|ое) ) (?!\w) )
        | \d{{3}}0 (?: s | -an ) \b                                    # 1990s
        | (?: (?P<currency> {_CURRENCY} ) \s? )?
            (?P<figure> {FIGURE} ) (?: (?P<dash> {_DASH} ) (?: {_CURRENCY} \s? )? (?P<upper> {FIGURE} ) )?
        """,
        re.IGNORECASE | re.VERBOSE,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text.

    Attributes:
        written: as it stands there.
        low: the least value that the text allows, with "at least", "about" and the like.
        high: the highest.
    """

    written: str
    low: Decimal
    high: Decimal


def find_figures(text: str, language: str | None = None) -> dict[Decimal, Figure]:
    """Find the figures of a text: numbers that are no part of a name, a date, a clock time, a rank or an identifier.

    Args:
        text: in any language; digits of all scripts count, and the words for thousands and millions of many.
        language: ISO 639-1, whose words for "at least", "about" and the like are read (those of `quantities.toml`).

    Returns:
        The figures by their values, ranges by their lower ends. A bare number that can be a year is left out.
    """
    figures: dict[Decimal, Figure] = {}
    if not _DIGIT.search(text):
        return figures
    for start, end, written, low, high in _joined(text, language or ""):
        form = _form(_before(text, start), text[end : end + _NEAR], language or "")
        figures.setdefault(low, Figure(written, allowed(form, low)[0], allowed(form, high)[1]))
    return figures


def agree(figures: Mapping[Decimal, Figure], others: Mapping[Decimal, Figure]) -> bool:
    """Whether a figure of the one text and one of the other can be the same."""
    return any(a.low <= b.high and b.low <= a.high for a in figures.values() for b in others.values())


def allowed(form: str, value: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the highest value that a figure allows.

    Args:
        form: "exact", or one of `FORMS`.
        value: of the figure.
    """
    infinity = Decimal("Infinity")
    return {
        "exact": (value, value),
        "about": (value / (1 + _TOLERANCE), value / (1 - _TOLERANCE)),
        "at_least": (value, infinity),
        "more_than": (value + _STEP, infinity),
        "at_most": (Decimal(0), value),
        "fewer_than": (Decimal(0), value - _STEP),
    }[form]


_Span = tuple[int, int, str, Decimal, Decimal]  # start, end, as written, low, high


def _joined(text: str, language: str) -> Iterator[_Span]:
    """The figures, "between 10 and 20" as one."""
    last: _Span | None = None
    for span in _spans(text, language):
        if last and (joined := _between(text, last, span, language)):
            last = joined
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _between(text: str, first: _Span, second: _Span, language: str) -> _Span | None:
    for before, link in _reading(language).between:
        found = before.search(_before(text, first[0]))
        if found and _plain(text[first[1] : second[0]]) == link:
            low, high = ends_of(first[2], second[2], language)
            if low < high:
                return first[0] - len(found[0]), second[1], text[first[0] : second[1]], low, high
    return None


def _spans(text: str, language: str) -> Iterator[_Span]:
    for match in _token(language if language in _table() else "").finditer(text):
        written, upper = match["figure"], match["upper"]
        if not written:
            continue
        if not upper:
            is_year = (
                _can_be_year(written) and not match["currency"] and not text[match.end() : match.end() + 1].isalpha()
            )
            if not is_year:
                value = value_of(written, language)
                yield match.start(), match.end(), written, value, value
        elif ends := _range(match, _before(text, match.start()), language):
            yield match.start(), match.end(), text[match.start("figure") : match.end()], *ends
        elif not (written.isdecimal() and upper.isdecimal()):
            for name in ("figure", "upper"):
                value = value_of(match[name], language)
                yield match.start(name), match.end(name), match[name], value, value


def _range(match: re.Match[str], before: str, language: str) -> tuple[Decimal, Decimal] | None:
    """The ends of a range; None for what else has a dash: scores, spans of years, numbers of a type."""
    written, upper = match["figure"], match["upper"]
    low, high = ends_of(written, upper, language)
    is_bare = written.isdecimal() and upper.isdecimal() and match["dash"] in "-‑–" and not match["currency"]
    is_other = is_bare and (
        high < 10
        or (_can_be_year(written) and (_can_be_year(upper) or len(upper) < 4))
        or (len(written) > 1 and int(written[0]) == 0)
        or len(upper) > 6
        or _NAME.search(before)
    )
    return (low, high) if low < high and not is_other else None


def _before(text: str, start: int) -> str:
    return text[max(0, start - _NEAR) : start]


def _form(before: str, after: str, language: str) -> str:
    reading = _reading(language)
    if found := reading.before.search(before) or reading.after.match(after):
        return reading.forms[_plain(found[found.lastindex or 0])]
    return "exact"


@dataclass(frozen=True, slots=True)
class _Reading:
    """Patterns for the phrases of a language that qualify a figure, and the form that each stands for."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    forms: Mapping[str, str]
    between: tuple[tuple[re.Pattern[str], str], ...]


@cache
def _reading(language: str) -> _Reading:
    entry = _table().get(language, {})
    read = entry.get("read", {})
    prefixes: dict[str, str] = {}
    direct: dict[str, str] = {}
    counted: dict[str, str] = {}
    for form in FORMS:
        for template in (*entry.get(form, ()), *read.get(form, ())):
            prefix, suffix = template.split("{n}")
            (prefixes if prefix else direct)[_plain(prefix or suffix)] = form
        for source in (entry, read):
            counted |= {_plain(each.replace("{n}", "")): form for each in source.get("counted", {}).get(form, ())}
    end = "" if language in _UNSPACED or language == "ko" else r"(?!\w)"
    counter = f"(?:{_any_of(entry.get('counters', ()))})?"
    after = rf"\s*(?:({_any_of(direct)})|{counter}\s*({_any_of(counted)})){end}"
    ranges = (template.split("{n}") for template in read.get("between", ()))
    return _Reading(
        _at_end(prefixes, language),
        re.compile(after, re.IGNORECASE),
        prefixes | direct | counted,
        tuple((_at_end([start], language), _plain(link)) for start, link, _ in ranges),
    )


def _at_end(phrases: Iterable[str], language: str) -> re.Pattern[str]:
    """Any of the phrases at the end of a text; not within a word, but behind a particle of Arabic or Hebrew."""
    border = _NO_TREATY if language in _UNSPACED else r"(?<!\w)[وبلفكשהבלמ]?"
    return re.compile(rf"{border}({_any_of(phrases)})\s*$", re.IGNORECASE)


def _any_of(phrases: Iterable[str]) -> str:
    patterns = [re.escape(_plain(each)).replace(r"\ ", r"\s+") for each in sorted(phrases, key=len, reverse=True)]
    return "|".join(patterns) or "(?!)"


def _plain(phrase: str) -> str:
    return " ".join(phrase.casefold().split())


def _months(language: str) -> str:
    """A pattern of the months of a language, or of all where it has no entry."""
    entries = _table().values() if language not in _table() else [_table()[language]]
    names = [name for entry in entries for name in entry.get("months", ())]
    if language not in _table():
        names += _OTHER_MONTHS
    cased = (f"(?-i:{name}|{name.upper()})" if name[0].isupper() else name for name in names)
    return f"(?:{'|'.join(cased) or '(?!)'})"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("contradict").joinpath("quantities.toml").read_text(encoding="utf-8"))


def _can_be_year(written: str) -> bool:
    return len(written) == 4 and written.isdecimal() and 1900 <= int(written) < 2100
