"""Names of holders: which words stand for one named before, and which names are of the same holder."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from itertools import accumulate

_PARENTHESIS = re.compile(r"[(（]([^()（）]+)[)）]")
_UNCLOSED = re.compile(r"([(（])[^()（）]+$")
_CLOSING = {"(": ")", "（": "）"}
_MARKS = "\"'“”‘’«»„「」『』,.;:،。，、 \n\t"
_BRACKETS = "()（）"
_UNSPACED = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")  # kana, Han and Hangul: names are written together
_KATAKANA = re.compile("[\u30a1-\u30ff]")
_CONTAINS_ANOTHER = (
    "白俄罗斯",
    "白俄羅斯",
    "인도네시아",
    "印度尼西亚",
    "印度尼西亞",
    "東京都",
    "남수단",
    "南苏丹",
    "南蘇丹",
    "内蒙古",
)
"""Places whose names begin or end with that of another place, in scripts that part no words."""
_TOPIC = re.compile("(?<=[가-힣]{2})는$")
_SMALL_WORDS = frozenset(
    "the a of for in on der die das des dem von und le la les l de du des d et el los las y o os do da dos das e il"
    " lo gli di del della dan yang para".split()
)


def clean_name(words: str) -> str:
    """The words that name a source, without the marks around them; brackets that belong to the name stay, and close."""
    name = words.strip(_MARKS)
    if (opened := _UNCLOSED.search(name)) and opened.start():
        name += _CLOSING[opened[1]]
    if _PARENTHESIS.fullmatch(name) or not _PARENTHESIS.search(name):
        name = name.strip(_MARKS + _BRACKETS)
    return " ".join(name.split())


def holder_name(words: str) -> str:
    """The words that name a holder, without the marks around them and a Korean particle of its topic."""
    return _TOPIC.sub("", clean_name(words))


def is_pronoun(name: str, language: str | None) -> bool:
    """Whether a source is named by a pronoun alone."""
    return name.casefold().replace("’", "'") in _pronouns().get(language or "", frozenset())


def same_holder(a: str, b: str) -> bool:
    """Whether two names are clearly of one holder.

    They are where they are equal up to case and small words, where all words of one stand in the other, or where one is
    the initials of the other, or stands in brackets behind it. An acronym is not the same as a word in small letters.
    """
    return _is_short_for(a, b) or _is_short_for(b, a)


def _is_short_for(short: str, name: str) -> bool:
    """Whether the first is the second, a part of it, its acronym, or what it gives in brackets."""
    words, others = _without_small(_words(short)), _words(name)
    letters = "".join(words)
    if not letters:
        return False
    # A single letter is not enough to be a part of a name.
    if _all_stand_in(words, others) and (len(letters) > 1 or len(others) == 1):
        return True
    if len(letters) > 1 and _UNSPACED.search(letters) and _is_part(words, others):
        return True
    if any(_without_small(_words(inner)) == words for inner in _PARENTHESIS.findall(name)):
        return True
    return len(letters) > 1 and any(_initials(each).startswith(letters) for each in (others, _without_small(others)))


def _words(name: str) -> list[str]:
    """The words outside of brackets; vowel signs and accents are part of them, whichever way they are encoded."""
    text = unicodedata.normalize("NFKC", _PARENTHESIS.sub(" ", name))
    return "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in text).split()


def _without_small(words: list[str]) -> list[str]:
    return [word for word in words if word.casefold() not in _SMALL_WORDS] or words


def _all_stand_in(words: list[str], others: list[str]) -> bool:
    return all(any(_same_word(word, other) for other in others) for word in words)


def _is_part(words: list[str], others: list[str]) -> bool:
    """Whether a name in a script without spaces stands in another, word for word, but for one end of it.

    Four letters in a row may also stand in the middle of a word.
    """
    letters, name = "".join(words).casefold(), "".join(others).casefold()
    for place in _CONTAINS_ANOTHER:
        if place not in letters:
            name = name.replace(place, " " * len(place))
    own, borders = (set(accumulate(map(len, each), initial=0)) for each in (words, others))
    for found in re.finditer(f"(?={re.escape(letters)})", name):
        start, end = found.start(), found.start() + len(letters)
        if _in_katakana(name, start) or _in_katakana(name, end):
            continue
        inner = {border - start for border in borders if start < border < end}
        if {start, end} <= borders or (
            inner == own - {0, len(letters)} and ({start, end} & borders or end - start > 3)
        ):
            return True
    return False


def _in_katakana(name: str, at: int) -> bool:
    """Whether a word in katakana goes on at this place of a name."""
    return len(_KATAKANA.findall(name[max(at - 1, 0) : at + 1])) == 2


def _same_word(a: str, b: str) -> bool:
    return a.casefold() == b.casefold() and not ((a.isupper() and b.islower()) or (a.islower() and b.isupper()))


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words if word[0].isupper())


@cache
def _pronouns() -> dict[str, frozenset[str]]:
    table = tomllib.loads(resources.files(__package__).joinpath("pronouns.toml").read_text(encoding="utf-8"))
    return {language: frozenset(words) for language, words in table.items()}
