"""Statements and what the tagger read → the holder, stance and bare claim of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from contradict.attribution.holders import clean_name, holder_name, is_pronoun, same_holder
from contradict.attribution.reading import Reading
from contradict.attribution.windows import ROLES, Span
from contradict.records import Article, Attribution, Statement

_MARKS = " \n\t\"'“”‘’«»„「」『』,;:،、，.。।۔"
_LEAST_SHARE = 0.3  # of a statement that its content must be to stand for it
_QUOTED_SHARE = 0.5  # of a statement without a source that must be content for it to go on with what the last one said
_GAP = 6  # code points, at most, between two ranges of a role that are one
_EDGE = 20  # code points, at most, from the content to an end of its sentence that belong to it
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7a3]")  # Thai, Lao, Japanese, Chinese, Korean
_BACK = 3  # statements before a denial in which what it denies is sought


def attribute(article: Article, statements: Sequence[Statement], reading: Reading) -> list[Attribution]:
    """Who holds the claim of each statement, how, and the claim by itself.

    A pronoun, or a quotation that goes on, has the holder of the statement before. A denial that names no claim
    ("rejects the accusation") is given that of the nearest statement before it that another holder asserts, up to three
    back; where there is none, its claim stays open (None).

    Args:
        article: in which the statements stand.
        statements: in order of place.
        reading: what the tagger read in the article.
    """
    found: list[Attribution] = []
    last: str | None = None
    for statement in statements:
        own = _of_statement(article, statement, reading, last)
        last = own.speaker or last
        if own.stance == "denies" and own.claim is None:
            own = replace(own, claim=_denied_before(own, found))
        found.append(own)
    return found


def _of_statement(article: Article, statement: Statement, reading: Reading, last: str | None) -> Attribution:
    start, end = statement.start, statement.end
    sources, cues, content = _ranges(article.text, reading, start, end)
    stance, _ = reading.stance(start, end)
    mode, _ = reading.mode(start, end)
    named = [(holder_name(article.text[a:b]), (a, b)) for a, b in sources]
    named = [(name, span) for name, span in named if name and not is_pronoun(name, statement.language)]
    holder, place = max(named, key=lambda each: len(each[0]), default=(None, None))
    share = sum(b - a for a, b in content) / (end - start)
    goes_on = bool(sources) or share >= _QUOTED_SHARE
    speaker = holder or (last if goes_on else None)
    claim: str | None = statement.text
    if content and share >= _LEAST_SHARE:
        content = _to_the_ends(content, start, end, [*cues, *([place] if place else sources)])
        claim = " ".join(article.text[a:b].strip(_MARKS) for a, b in content)
    elif stance == "denies" and sources:
        claim = None
    cue = clean_name(article.text[cues[0][0] : cues[0][1]]) if cues else None
    return Attribution(speaker, stance, claim, cue, mode)


def _ranges(text: str, reading: Reading, start: int, end: int) -> list[list[Span]]:
    """The ranges of each role in a statement, in whole words; those are joined that little outside all roles parts."""
    found = [reading.spans(role, start, end) for role in ROLES]
    joined: list[list[Span]] = []
    for own in found:
        others = [span for spans in found if spans is not own for span in spans]
        ranges: list[Span] = []
        for a, b in (_whole_words(text, *span, start, end) for span in own):
            if ranges and a - (end_before := ranges[-1][1]) <= _GAP and not _any_within(others, end_before, a):
                ranges[-1] = (ranges[-1][0], max(b, end_before))
            else:
                ranges.append((a, b))
        joined.append(ranges)
    return joined


def _to_the_ends(content: list[Span], start: int, end: int, others: list[Span]) -> list[Span]:
    """The content, with the few letters before or behind it that end the sentence and are of no other role."""
    (first, first_end), *_ = content
    if first - start <= _EDGE and not _any_within(others, start, first):
        content = [(start, first_end), *content[1:]]
    last, last_end = content[-1]
    if end - last_end <= _EDGE and not _any_within(others, last_end, end):
        content = [*content[:-1], (last, end)]
    return content


def _any_within(spans: list[Span], start: int, end: int) -> bool:
    return any(a < end and b > start for a, b in spans)


def _whole_words(text: str, a: int, b: int, start: int, end: int) -> Span:
    """A range and the rest of the words that it begins and ends in, within `text[start:end]`."""
    while a > start and _is_inside(text, a):
        a -= 1
    while b < end and _is_inside(text, b):
        b += 1
    return a, b


def _is_inside(text: str, at: int) -> bool:
    """Whether a word that is parted from others by spaces goes on here; Korean joins particles to its nouns."""
    return all(unicodedata.category(each)[0] in "LMN" and not _UNSPACED.match(each) for each in text[at - 1 : at + 1])


def _denied_before(denial: Attribution, before: list[Attribution]) -> str | None:
    for other in before[: -_BACK - 1 : -1]:
        is_another = not (denial.speaker and other.speaker and same_holder(denial.speaker, other.speaker))
        if other.stance == "asserts" and is_another:
            return other.claim
    return None
