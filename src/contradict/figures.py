"""Text → the figures in it, by their values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

FORMS = ("at_least", "at_most", "more_than", "fewer_than", "about")
"""How a figure can be qualified, by the names of `quantities.toml`."""

_TOLERANCE = Decimal("0.05")  # how far a figure may be from one that is said to be about it
_STEP = Decimal("0.001")  # finer than any figure read here

# By these letters, of Latin, Greek and Cyrillic, a number is part of a word; other scripts write words and units
# directly beside their numbers.
_LETTER = "[A-Za-zÀ-ԯ]"
# Groups of three digits can be parted by spaces and apostrophes, too.
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3}(?!\d))+|\d++)(?:[.,٫٬]\d++)*+"

# Powers of ten of the words by which a number is multiplied.
_SPACED_POWERS = {
    word: power
    for power, words in {
        3: "thousand ribu rb mil mille mila tausend tys tysiąc tysiące tysięcy тыс тысяча тысячи тысяч тис тисяча"
        " тисячі duizend tusen bin nghìn ngàn พัน هزار ألف آلاف الف हजार हज़ार ہزار",
        5: "lakh lakhs लाख لاکھ แสน",
        6: "million millions juta jt millón millones milhão milhões milione milioni mio millionen mln milion miliony"
        " milionů milionów milioane млн миллион миллиона миллионов мільйон мільйона мільйонів miljoen miljon miljoner"
        " milyon triệu ล้าน مليون ملايين میلیون",
        7: "crore crores करोड़ करोड کروڑ",
        9: "billion billions bn miliar milyar milliard milliards milliarde milliarden mrd bilhão bilhões miliardo"
        " miliardi mld miliard miliardy miliardů miliardów млрд миллиард миллиарда миллиардов мільярд мільярда"
        " мільярдів miljard miljarder tỷ tỉ مليار میلیارد",
        12: "trillion trillions triliun billón billones billionen trilhão trilhões трлн триллион триллиона триллионов"
        " trilyon",
    }.items()
    for word in words.split()
}
_JOINED_POWERS = {
    character: power
    for power, characters in {2: "백百", 3: "천千", 4: "만万萬", 8: "억亿億", 12: "조兆"}.items()
    for character in characters
}
_POWERS = _SPACED_POWERS | _JOINED_POWERS
_JOINED = f"[{''.join(_JOINED_POWERS)}]"
_SPACED = rf"(?:{'|'.join(_SPACED_POWERS)})(?!\w)"
_MULTIPLIER = rf"(?:{_JOINED}|\s?{_SPACED})"
_WORD = re.compile(rf"{_JOINED}|{_SPACED}", re.IGNORECASE)
_TERM = re.compile(rf"(?P<number>{_NUMBER})(?P<multipliers>{_MULTIPLIER}{{0,3}}+)", re.IGNORECASE)

# Read from the left; what the first alternatives take is no figure.
_TOKEN = re.compile(
    rf"""
      (?<!{_LETTER}) (?!(?:Rp|RM|Rs|USD|EUR|IDR)\d) {_LETTER}++ [-‑]? \d (?:{_LETTER}|[\d.‑-])*  # MH17, F-16, ke-2
    | \d+ {_LETTER}+ [-‑]? \d \w*                                  # 10h30, 2S19
    | \d++ (?: [-‑/:：／] \d++ )++                                 # 21/10/2024, 10:30, 2024-10-21
    | \d{{1,4}} \. \d{{1,2}} \. \d{{1,4}} (?!\d)                   # 21.10.2024
    | \d{{1,2}} (?:[.:] \d\d)? \s? (?: [ap]\.?m | Uhr | WIB | WITA | WIT ) \b
    | \d{{4}} \s? [年년] | \d{{1,2}} \s? [月월日일号號] (?![間间간])   # but 3日間 is three days
    | \d{{1,2}} \s? [時时点點시] (?![間间간]) (?: \s? \d{{1,2}} \s? [分분] )?
    | (?: [#№第] | (?<!\w)제 ) \s? \d++
    | {_NUMBER} (?: \.?[ºª] | 番目 | 번째
        | (?: -?(?:st|nd|rd|th|er|re|e|ère|ème|nde|de|ste) | :[ae] | -(?:й|я|е|го|му|м|х|ый|ая|ое) ) (?!\w) )
    | \d{{3}}0 (?: s | -an ) \b                                    # 1990s
    | (?P<figure> {_NUMBER} (?: {_JOINED}{{1,3}}+ \s? {_NUMBER} )*+ {_MULTIPLIER}{{0,3}}+ )
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
        The figures by their values. A bare number that can be a year is left out.
    """
    figures: dict[Decimal, Figure] = {}
    for match in _TOKEN.finditer(text):
        written = match["figure"]
        if written and not (_can_be_year(written) and not text[match.end() : match.end() + 1].isalpha()):
            value = _value(written)
            form = _form(text[: match.start()], text[match.end() :], language)
            figures.setdefault(value, Figure(written, *allowed(form, value)))
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


def _form(before: str, after: str, language: str | None) -> str:
    for form, prefixes, suffixes in _phrases().get(language or "", ()):
        if before.rstrip().casefold().endswith(prefixes) or after.lstrip().casefold().startswith(suffixes):
            return form
    return "exact"


@cache
def _phrases() -> dict[str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]]:
    """For each language, the phrases of each form that stand before and behind a figure."""
    table = tomllib.loads(resources.files("contradict").joinpath("quantities.toml").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]] = {}
    for language, entry in table.items():
        for form in FORMS:
            ends = [template.casefold().split("{n}") for template in entry.get(form, ())]
            prefixes, suffixes = (tuple(filter(None, (end[at].strip() for end in ends))) for at in (0, 1))
            found.setdefault(language, []).append((form, prefixes, suffixes))
    return found


def _can_be_year(written: str) -> bool:
    return len(written) == 4 and written.isdecimal() and 1900 <= int(written) < 2100


def _value(written: str) -> Decimal:
    total = Decimal(0)
    for term in _TERM.finditer(written):
        powers = (_POWERS[_folded(word)] for word in _WORD.findall(term["multipliers"]))
        total += _read_number(term["number"]).scaleb(sum(powers))
    return total


def _folded(word: str) -> str:
    """Without case; the dot that is left of the Turkish capital of "i" is part of that letter."""
    return word.casefold().replace("\u0307", "")


def _read_number(written: str) -> Decimal:
    """The last separator is a decimal one unless exactly three digits follow; all others group digits."""
    *whole, last = re.split(r"\D", written)
    if not whole or len(last) == 3:
        return Decimal("".join([*whole, last]))
    return Decimal(f"{''.join(whole)}.{last}")
