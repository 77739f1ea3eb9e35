"""Splits one article into its statements and the parts left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from contradict.records import Article, LeftOut, Statement
from contradict.statements.cues import reason_for
from contradict.statements.edges import after_dateline, after_glued_heading, credit_start, is_bracket, trim
from contradict.statements.furniture import HEADING_WORDS, LINE_LIMIT, Paragraph, judge_paragraphs
from contradict.statements.measures import Span, count_words, has_final_mark, has_inner_end, is_question, strip_span
from contradict.statements.sentences import sentence_spans

_FEWEST_WORDS = 3


class _Piece(NamedTuple):
    start: int
    end: int
    reason: str | None  # None: a statement


def split_article(article: Article) -> tuple[list[Statement], list[LeftOut]]:
    """Split an article into statements, and say what was left out and why.

    A statement is one sentence without white space, list bullets, dateline or credit at its ends, at most
    `STATEMENT_LIMIT` code points long. Left out are, by reason: "heading", "caption", "link", "appeal",
    "subscription", "navigation", "tags", "date", "by-line", "credit", "copyright", "notice", "dateline", "question"
    (it asserts nothing), "too short" (fewer than three words) and "punctuation".

    Args:
        article: of any language; without one, the rules for English are used.

    Returns:
        The statements and the parts left out, each in order of place. `article.text[s.start:s.end] == s.text` in code
        points for all of them; none overlap, and together they cover all but white space.
    """
    text, statements, left_out = article.text, [], []
    for start, end, reason in _covering(text, _pieces(article)):
        if reason is None:
            statements.append(Statement(article.id, text[start:end], start, end, article.language))
        else:
            left_out.append(LeftOut(article.id, text[start:end], start, end, reason))
    return statements, left_out


def _covering(text: str, pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """The pieces, and between them the stray marks that belong to none."""
    done = 0
    for piece in pieces:
        yield from _strays(text, done, piece.start)
        yield piece
        done = piece.end
    yield from _strays(text, done, len(text))


def _strays(text: str, start: int, end: int) -> Iterator[_Piece]:
    start, end = strip_span(text, start, end)
    if start < end:
        yield _Piece(start, end, "punctuation")


def _pieces(article: Article) -> Iterator[_Piece]:
    paragraphs = judge_paragraphs(article.text, article.title)
    bodies = sum(paragraph.reason is None for paragraph in paragraphs)
    number = 0
    for paragraph in paragraphs:
        if paragraph.reason is not None:
            yield _Piece(*paragraph)
        else:
            yield from _body_pieces(article, paragraph, number, is_last=number == bodies - 1)
            number += 1


def _body_pieces(article: Article, paragraph: Paragraph, number: int, *, is_last: bool) -> Iterator[_Piece]:
    text, end = article.text, paragraph.end
    start, _ = trim(text, paragraph.start, end)
    story = after_dateline(text, start, end, number)
    if story > start:
        yield _Piece(*strip_span(text, start, story), "dateline")
    else:
        story = after_glued_heading(text, start, end)
        if story > start:
            yield _Piece(start, story, "heading")
    spans = sentence_spans(text, story, end, article.language)
    for i, span in enumerate(spans):
        # A few words without a final mark behind the sentences of a paragraph are the next heading or a caption.
        may_be_heading = i == len(spans) - 1 > 0 and not is_last
        yield from _sentence_pieces(text, span, may_be_heading=may_be_heading)


def _sentence_pieces(text: str, span: Span, *, may_be_heading: bool) -> Iterator[_Piece]:
    start, end = trim(text, *span)
    if not any(map(str.isalnum, text[start:end])):
        return
    sentence = text[start:end]
    credit = credit_start(text, start, end)
    reason = "credit" if credit == start else _sentence_reason(sentence)
    if reason is None and may_be_heading and not has_final_mark(sentence) and count_words(sentence) <= HEADING_WORDS:
        reason = "caption" if credit < end else "heading"
    if reason is not None or credit == end:
        yield _Piece(start, end, reason)
        return
    yield _Piece(start, credit, _sentence_reason(text[start:credit]))
    yield _Piece(*strip_span(text, credit, end), "credit")


def _sentence_reason(sentence: str) -> str | None:
    if is_bracket(sentence):
        return "credit"
    reason = reason_for(sentence, is_line=False) if len(sentence) <= LINE_LIMIT else None
    if reason is None and is_question(sentence) and not has_inner_end(sentence):
        return "question"
    if reason is None and count_words(sentence) < _FEWEST_WORDS:
        return "too short"
    return reason
