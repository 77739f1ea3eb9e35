"""Judges whole paragraphs: which belong to the story, and which are headings, captions, links, appeals and the like."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from contradict.statements.cues import fold, reason_for
from contradict.statements.edges import credit_start, is_bracket
from contradict.statements.measures import Span, count_words, has_final_mark, has_inner_end, is_question, strip_span

HEADING_WORDS = 15
"""Most words of a heading."""

LINE_LIMIT = 500
"""Longest line in code points that a cue phrase can mark as furniture; longer ones are judged by the sentence."""

_HEADLINE_WORDS = 25  # most words of the first line, where that is a headline
_WRAPPED = 40  # code points; a shorter line was not broken for its width
_CAPTION_WORDS = 30
_FEWEST_WORDS = 3  # of a caption, so that one name above another is none
_TAG_WORDS = 3
_DATE_WORDS = 8
_BETWEEN_APPEALS = 2  # paragraphs

_URL = re.compile(r"<?(?:https?://|www\.)\S+>?|\S+@\S+\.\w+|!?\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)", re.IGNORECASE)
_TAG_SEPARATOR = re.compile(r"\s{2,}|\s*[,;|#•·、]\s*")
_LETTER = re.compile(r"[^\W\d_]")


class Paragraph(NamedTuple):
    """A paragraph: `text[start:end]`, and why it is left out; None where it belongs to the story."""

    start: int
    end: int
    reason: str | None


def judge_paragraphs(text: str, title: str | None) -> list[Paragraph]:
    """Find the paragraphs of an article and say which of them are furniture.

    Every new line begins a paragraph, except in text whose lines were broken for their width.

    Args:
        text: the whole article.
        title: its headline, left out where it is repeated as a line.

    Returns:
        Paragraphs in order of place, without white space at their ends.
    """
    spans = _unwrapped(text, _lines(text))
    lines = [text[start:end] for start, end in spans]
    if len(lines) == 1:  # a story scraped into one line is judged by the sentence
        return [Paragraph(*spans[0], None)]
    reasons = [_reason_by_form(line) for line in lines]
    _mark_between_appeals(lines, reasons)
    _mark_captions(lines, reasons)
    _mark_headings(lines, reasons, title)
    return [Paragraph(start, end, reason) for (start, end), reason in zip(spans, reasons, strict=True)]


def _lines(text: str) -> list[Span]:
    """Lines that aren't blank; a line ends at any of the boundaries that `str.splitlines` knows."""
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        span = strip_span(text, start, start + len(line))
        if span[0] < span[1]:
            spans.append(span)
        start += len(line)
    return spans


def _unwrapped(text: str, spans: list[Span]) -> list[Span]:
    """Joins lines that were broken for their width: as a rule, the next one goes on in small letters."""
    joined: list[Span] = []
    for block in _blocks(text, spans):
        is_open = [end - start >= _WRAPPED and not has_final_mark(text[start:end]) for start, end in block]
        goes_on = [is_open[i] and text[block[i + 1][0]].islower() for i in range(len(block) - 1)]
        is_wrapped = sum(goes_on) > 1 and sum(goes_on) * 2 >= sum(is_open)
        joined.append(block[0])
        for i, span in enumerate(block[1:]):
            if goes_on[i] or (is_wrapped and is_open[i]):
                joined[-1] = joined[-1][0], span[1]
            else:
                joined.append(span)
    return joined


def _blocks(text: str, spans: list[Span]) -> list[list[Span]]:
    """Runs of lines with no blank line between them."""
    blocks: list[list[Span]] = []
    for span in spans:
        is_adjacent = bool(blocks) and len(text[blocks[-1][-1][1] : span[0]].strip(" \t\u00a0").splitlines()) == 1
        if is_adjacent:
            blocks[-1].append(span)
        else:
            blocks.append([span])
    return blocks


def _reason_by_form(line: str) -> str | None:
    if not any(map(str.isalnum, line)):
        return "punctuation"
    if line.startswith("#") and line.lstrip("#").startswith(" "):
        return "heading"
    if _URL.fullmatch(line):
        return "link"
    if len(line) > LINE_LIMIT:
        return None
    reason = reason_for(line, is_line=True)
    if reason is not None:
        return reason
    if is_bracket(line):
        return "by-line"
    if has_final_mark(line):
        return None
    return "date" if _is_date(line) else "tags" if _is_tag_list(line) else None


def _is_date(line: str) -> bool:
    words = [word for word in line.split() if any(map(str.isalnum, word))]
    figures = [word for word in words if any(map(str.isdigit, word))]
    return 0 < len(words) <= _DATE_WORDS and bool(re.search(r"\d{4}", line)) and len(figures) / len(words) >= 0.4


def _is_tag_list(line: str) -> bool:
    tags = [tag for tag in _TAG_SEPARATOR.split(line) if _LETTER.search(tag)]
    return len(tags) >= 3 and all(count_words(tag) <= _TAG_WORDS for tag in tags)


def _mark_between_appeals(lines: list[str], reasons: list[str | None]) -> None:
    """An appeal often runs over several paragraphs, some of which bear no cue."""
    appeals = [i for i, reason in enumerate(reasons) if reason == "appeal"]
    for a, b in pairwise(appeals):
        between = range(a + 1, b)
        if len(between) <= _BETWEEN_APPEALS and all(len(lines[i]) <= LINE_LIMIT for i in between):
            reasons[a + 1 : b] = ["appeal"] * len(between)


def _mark_captions(lines: list[str], reasons: list[str | None]) -> None:
    may_be_caption = [
        reason is None and _is_fragment(line) and _FEWEST_WORDS <= count_words(line) <= _CAPTION_WORDS
        for line, reason in zip(lines, reasons, strict=True)
    ]
    for i, line in enumerate(lines):
        if may_be_caption[i] and credit_start(line, 0, len(line)) < len(line):
            reasons[i] = "caption"
        if i and may_be_caption[i - 1] and may_be_caption[i] and fold(line).startswith(fold(lines[i - 1])):
            reasons[i - 1] = reasons[i] = "caption"


def _mark_headings(lines: list[str], reasons: list[str | None], title: str | None) -> None:
    bodies = [line for line, reason in zip(lines, reasons, strict=True) if reason is None]
    if not any(has_final_mark(line) and not is_question(line) for line in bodies):
        return  # the writer uses no final marks: a heading cannot be told from a sentence
    for i, line in enumerate(lines):
        most = HEADING_WORDS if i else _HEADLINE_WORDS
        is_title = title is not None and fold(line) == fold(title)
        if reasons[i] is None and (is_title or (count_words(line) <= most and _is_fragment(line))):
            reasons[i] = reason_for(line, is_line=False) or "heading"


def _is_fragment(line: str) -> bool:
    """Whether the line holds no end of a sentence, neither at its end nor before."""
    return not has_final_mark(line) and not has_inner_end(line)
