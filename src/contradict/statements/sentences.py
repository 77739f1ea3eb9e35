"""Splits a paragraph into sentences with exact offsets.

The library sentencex finds the ends; what it gets wrong in scraped news is mended here by general rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from sentencex import get_sentence_boundaries

from contradict.statements.measures import CLOSERS, Span, breaks_grapheme, strip_span

STATEMENT_LIMIT = 800
"""Longest statement in code points; a longer sentence is parted, so that models read most pairs to the end."""

_QUOTATION_LIMIT = 300  # code points; a sentence longer than this is parted at the ends of the sentences it quotes
_CHUNK = 4_000  # code points; the library takes quadratic time on some long paragraphs, so it sees them in chunks

_STOP_THEN_SPACE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।])")
_QUOTED = re.compile(r"[“„«「『]([^“”„«»「」『』]{20,5000})[”»“」』]|\"([^\"]{20,5000})\"")
_CLAUSE_END = re.compile(r"[;,:](?=\s)|[、，；：،؛]")
# "km/h" is one word, not the title "H".
_WORD_BEFORE_STOP = re.compile(r"([^\W_]{1,3}/[^\W\d_]|[^\s.(\[“\"‘«/]{0,40})\.$")
_HALF_OF_DAY = re.compile(r"(?<!\w)[ap]\.\s?m\.$", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_DETACHED = re.compile(rf"[.,{re.escape(CLOSERS)}]+")
# 「…。」と言った, "…다."라고 말했다, “……。”他说。: the words after the quotation say whose it is.
_FRAME = re.compile(r"と|って|[가-힣]|[^\s，。！？；：“”「」]{1,12}(?:说|說|表示|称|稱|道|指出|强调|強調)[。！]")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("contradict.statements").joinpath("sentences.toml").read_text("utf-8"))


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in _table().items() if name != "titles"}


@cache
def _titles(language: str | None) -> frozenset[str]:
    """The titles of a language; without one, those of all languages."""
    titles = _table()["titles"]
    lists = titles.values() if language is None else (titles["any"], titles.get(language, ()))
    return frozenset(chain.from_iterable(lists))


@cache
def _unit_end() -> re.Pattern[str]:
    units = "|".join(map(re.escape, _lists()["units"]))
    return re.compile(rf"(?<![^\W\d_])(?:{units})\.(?=\s)", re.IGNORECASE)


@cache
def _rest_of_time() -> re.Pattern[str]:
    days_and_zones, months = ("|".join(map(re.escape, _lists()[name])) for name in ("days_and_zones", "months"))
    # "at 5 p.m. Sunday's game began" are two sentences.
    return re.compile(rf"\(?(?:(?:{days_and_zones})\b(?!['’])|(?:{months})\b\.?\s+\d)")


def is_domain_ending(word: str) -> bool:
    """Whether web addresses or file names end so, as in "com" or "PDF"."""
    return word.casefold() in _lists()["domains"]


def sentence_spans(text: str, start: int, end: int, language: str | None) -> list[Span]:
    """Split `text[start:end]` into sentences, none of them longer than `STATEMENT_LIMIT`.

    Args:
        text: the whole article.
        start: first code point of the paragraph.
        end: one past its last code point.
        language: ISO 639-1 code; None uses the rules for English.

    Returns:
        Spans in order of place, without white space at their ends. Between them stands white space only.
    """
    spans: list[Span] = []
    for span in _split(text, start, end, language):
        for piece in _split_quotations(text, span, language):
            spans += _split_long(text, piece)
    return spans


def _split(text: str, start: int, end: int, language: str | None) -> Iterator[Span]:
    begin = start
    unit_ends = (match.end() for match in _unit_end().finditer(text, start, end))
    for position in sorted({*_library_ends(text, start, end, language), *unit_ends}):
        before, after = strip_span(text, begin, position)[1], strip_span(text, position, end)[0]
        if before > begin and after < end and _parts_sentences(text, begin, before, after, end, language):
            yield strip_span(text, begin, before)
            begin = after
    if begin < end:
        yield strip_span(text, begin, end)


def _library_ends(text: str, start: int, end: int, language: str | None) -> Iterator[int]:
    while start < end:
        stop, at_stop = end, False
        if end - start > _CHUNK:
            breaks = [m.end() for m in _STOP_THEN_SPACE.finditer(text, start + _CHUNK // 2, start + _CHUNK)]
            stop, at_stop = (breaks[-1], True) if breaks else (start + _CHUNK, False)
        for boundary in get_sentence_boundaries(language or "en", text[start:stop]):
            position = start + boundary["end_index"]
            if position < stop or at_stop:
                yield position
        start = stop


def _parts_sentences(text: str, begin: int, before: int, after: int, end: int, language: str | None) -> bool:
    """Whether `text[begin:before]` ends a sentence and another begins at `after`."""
    detached = _DETACHED.match(text, after, end)
    if detached and (detached.end() == end or text[detached.end()].isspace() or detached[0][-1] in ".,"):
        return False  # stray marks such as ". ." stay with what is in front of them
    if _first_sign(text, after, end).islower() and not _first_sign(text, begin, before).islower():
        return False
    if before == after and not _parts_glued(text, begin, before, end):
        return False
    if text[before - 1] != ".":
        return True
    word = _word_before(text, begin, before)
    if (word if word.isupper() else word.casefold()) in _titles(language):
        return False
    if _HALF_OF_DAY.search(text[max(begin, before - 6) : before]) and _rest_of_time().match(text, after, end):
        return False
    if text[after].isdigit() and word.casefold() in _lists()["numbers"]:
        return False
    is_ordinal = language in _lists()["ordinals"] and word.isdigit() and len(word) <= 2
    return not is_ordinal


def _parts_glued(text: str, begin: int, position: int, end: int) -> bool:
    """Whether two sentences meet at the position although no space stands between them."""
    mark = text[position - 1]
    if mark in '"”’」』' and _FRAME.match(text, position, end):
        return False
    if mark != ".":
        return True
    left, match = _word_before(text, begin, position), _WORD.match(text, position, end)
    right = match[0] if match else ""
    token = text[max(begin, position - 200) : position].split()[-1]
    is_address = "://" in token or "www." in token or "@" in token or (len(right) > 2 and is_domain_ending(right))
    is_initial = len(left) == 1 or (len(right) == 1 and len(left) <= 3)
    is_acronym = left[-1:].isupper() and right.isupper()
    return not (text[position].isdigit() or _first_sign(text, position, end).islower()) and not (
        is_address or is_initial or is_acronym
    )


def _first_sign(text: str, start: int, end: int) -> str:
    return next((text[i] for i in range(start, end) if text[i].isalnum()), "")


def _word_before(text: str, begin: int, stop: int) -> str:
    match = _WORD_BEFORE_STOP.search(text[max(begin, stop - 41) : stop])
    return match[1] if match else ""


def _split_quotations(text: str, span: Span, language: str | None) -> Iterator[Span]:
    begin, end = span
    if end - begin > _QUOTATION_LIMIT:
        for quotation in _QUOTED.finditer(text, begin, end):
            inner = quotation.span(1 if quotation[1] else 2)
            *sentences, _ = _split(text, *inner, language)
            for _, stop in sentences:
                yield begin, stop
                begin = strip_span(text, stop, end)[0]
    yield begin, end


def _split_long(text: str, span: Span) -> Iterator[Span]:
    begin, end = span
    while end - begin > STATEMENT_LIMIT:
        cut = _last_break(text, begin, begin + STATEMENT_LIMIT, end)
        yield strip_span(text, begin, cut)
        begin = strip_span(text, cut, end)[0]
    yield begin, end


def _last_break(text: str, begin: int, limit: int, end: int) -> int:
    """The last clause boundary before the limit, else the last white space, else the last whole letter."""
    clauses = [m.end() for m in _CLAUSE_END.finditer(text, (begin + limit) // 2, limit)]
    if clauses:
        return clauses[-1]
    space = next((i for i in range(limit, begin, -1) if text[i].isspace()), None)
    if space is not None:
        return space
    cut = next((i for i in range(limit, begin, -1) if not breaks_grapheme(text, i)), None)
    if cut is not None:
        return cut
    # One letter with hundreds of marks: it stays whole.
    return next((i for i in range(limit, end) if not breaks_grapheme(text, i)), end)
