"""What a piece of text looks like, in any script: its number of words, its final mark, where it may be cut."""

from __future__ import annotations

import re
import unicodedata

Span = tuple[int, int]
"""First code point, and one past the last."""

CLOSERS = "\"'”’»›)]}」』）】〉》“‘"
"""Marks that may follow a full stop and still belong to its sentence; German closes with “ and ‘."""

_QUESTIONS = "?？؟⁇"
_STOPS = ".!…。！｡．।॥۔။។።։;；" + _QUESTIONS
_TAIL = 80  # code points of a text's end that are looked at for its final mark
# Format characters (Unicode category Cf) without a form of their own: joiners, soft hyphens, marks of direction.
_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_BEHIND = re.escape(CLOSERS) + _INVISIBLE
_FOOTNOTES = rf"(?:\[(?:\d{{1,3}}|[a-z])\][{_INVISIBLE}\s]*)*"  # [1][2], [a]
_FINAL = re.compile(rf"[{re.escape(_STOPS)}][{_BEHIND}\s]*{_FOOTNOTES}(?:\([^()]{{0,40}}\))?[\s*_{_INVISIBLE}]*$")
_QUESTION = re.compile(rf"[{_QUESTIONS}][!.…{_QUESTIONS}{_BEHIND}\s]*{_FOOTNOTES}$")
# Four letters before the mark: shorter words are abbreviations as often as ends of sentences.
_INNER_END = re.compile(rf"[^\W\d_]{{4}}[.!?…][{_BEHIND}]*{_FOOTNOTES}\s+\S|[。！？।][{_BEHIND}]*{_FOOTNOTES}\s*\w")
# Scripts without spaces between words, and how many of their characters make a word on average.
_UNSPACED = (
    (re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]"), 2),
    (re.compile(r"[ก-๛ກ-ໟက-႟ក-៿]"), 4),
)


def count_words(text: str) -> int:
    """Number of words; in scripts without spaces, letters divided by the usual length of a word, rounded down."""
    if text.isascii():
        return sum(1 for token in text.split() if any(map(str.isalnum, token)))
    words = 0.0
    for letters, length in _UNSPACED:
        text, count = letters.subn(" ", text)
        words += count / length
    return int(words + sum(1 for token in text.split() if any(map(str.isalnum, token))))


def has_final_mark(text: str) -> bool:
    """Whether the text ends as sentences do, in any script; quotation marks or a bracket may follow the mark."""
    return _FINAL.search(text[-_TAIL:]) is not None


def has_inner_end(text: str) -> bool:
    """Whether a sentence ends in the text before its end."""
    return _INNER_END.search(text) is not None


def is_question(text: str) -> bool:
    """Whether the text ends with a question mark, closing quotation marks aside."""
    return _QUESTION.search(text[-_TAIL:]) is not None


def strip_span(text: str, start: int, end: int) -> Span:
    """The span without the white space at both ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def breaks_grapheme(text: str, position: int) -> bool:
    """Whether a cut at the position would part a letter or an emoji from what is joined to it."""
    after, before = text[position], text[position - 1]
    joined = unicodedata.category(after).startswith("M") or "\U0001f3fb" <= after <= "\U0001f3ff"
    return joined or "\u200d" in (before, after)
