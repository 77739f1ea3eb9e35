"""What is cut from the beginning and the end of a paragraph or a sentence: datelines, glued headings, credits."""

from __future__ import annotations

import re
from itertools import islice

from contradict.statements.cues import is_agency, is_credit, names_authors
from contradict.statements.measures import CLOSERS, Span, has_final_mark, strip_span
from contradict.statements.sentences import is_domain_ending

_DATELINE_LIMIT = 120  # code points at the beginning of a paragraph that may hold a dateline
_PLACE_WORDS = 3  # most words of a place that nothing but a dash marks as a dateline
_LEAD = 3  # paragraphs among which a dateline may stand, as a summary can come before it
_GLUED_AMONG = 5  # words
_TOKEN = r"(?:\([^()\n]{2,40}\)|/[^/\s]{2,20}/|[^\W_][\w.·/&'’-]{0,30})[,.]?"
_DASH = r"(?:\s+[-–—―]{1,3}\s*|\s*(?:-{2,3}|[–—―]{1,2})\s+|\s+=\s+|\.\s*[-–—]{1,2}\s+)"
_HEAD = re.compile(rf"(?P<head>{_TOKEN}(?:\s{{1,3}}{_TOKEN}){{0,7}}?)(?P<dash>{_DASH})")
_SLASHED_AGENCY = re.compile(r"[^\W\d_][^/.!?“”\"«»\n]{1,40}[.,]?\s+[^/!?“”\"«»\n]{0,20}/[^/\s]{2,20}/[.\s]*[-–—]*\s*")
_SCRIPTED = (
    # (서울=연합뉴스) 홍길동 기자 =
    re.compile(
        r"[(\[【][^()\[\]【】\n]{1,30}[=＝][^()\[\]【】\n]{1,30}[)\]】](?:\s*[가-힣·\s]{2,20}?(?:기자|특파원))?\s*[=＝]?\s*"
    ),
    # 【东京】, 【ワシントン共同】, [東京 21日 ロイター] -
    re.compile(r"【[^】\n]{1,30}】\s*|\[[^\]\n]{2,40}\]\s*[-–—=]\s*"),
    # 新华社北京10月21日电（记者 张三）, （中央社記者張三台北21日電）
    re.compile(
        r"[（(]?[^\s，。：；！？“”（）()]{2,24}\d{1,2}日(?:电|讯|電|訊)(?:\s*[（(][^（）()\n]{2,40}[）)])?[）)]?[：:，\s]*"
    ),
)
_DASH_AHEAD = re.compile(r"\s[-–—]{1,2}\s")
_SENTENCE_END = re.compile(r"[.!?]\s")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.([a-z]{2,6})", re.IGNORECASE)

_BRACKET_AT_END = re.compile(r"\s*[(（]([^()（）\n]{1,80})[)）][\s*]*$")
_BRACKET_ONLY = re.compile(r"[(（\[]([^()（）\[\]]{1,80})[)）\]]")
_BRACKET_WORDS = 6
_CREDIT_LIMIT = 100  # code points
_LONG_CREDIT = re.compile(r"\s*[(（]([^()（）\n]{1,400})[)）][\s*]*$")

_LEADING = re.compile(r"(?:[\s.,;:!?)\]}”»›】」*•·▪▸►‣●■◆○□|_~#>=\ufeff\u200b\u200e\u200f\u00ad]|[-–—]+(?=\s))+")
_TRAILING = re.compile(
    rf"(?<=[.!?…{re.escape(CLOSERS)}])(?:\s+[.,;:*•·|_–—-][\s.,;:*•·|_–—{re.escape(CLOSERS)}-]*|[*_|]+)$"
)


def after_dateline(text: str, start: int, end: int, paragraph: int) -> int:
    """Where the story begins after a dateline such as "SEOUL, Oct. 21 (Yonhap) -- ", or `start` where there is none.

    Args:
        text: the whole article.
        start: first code point of a paragraph.
        end: one past its last code point.
        paragraph: its number among the paragraphs of the story, from 0. The later it stands, the more is asked of a
            dateline, as "Kyiv — and not Moscow — decided" begins like one: a bare place counts in the first paragraph,
            one in capitals or with a bracket in the first three, a web address or an agency anywhere.
    """
    for _ in range(2):  # "(ANSA) - ROMA, 21 OTT - " has two
        cut = _dateline_end(text[start : start + _DATELINE_LIMIT], paragraph)
        if not cut or start + cut >= end:
            break
        start += cut
        start, _ = strip_span(text, start, end)
    return start


def _dateline_end(line: str, paragraph: int) -> int:
    patterns = (*_SCRIPTED, _SLASHED_AGENCY) if paragraph < _LEAD else _SCRIPTED[:1]
    scripted = next((match for pattern in patterns if (match := pattern.match(line))), None)
    if scripted:
        return scripted.end()
    match = _HEAD.match(line)
    if not match or not _is_dateline(match["head"], line[match.end() :], paragraph):
        return 0
    # "МОСКВА, 21 окт — РИА Новости. ": the agency stands behind the dash.
    agency, stop, _ = line[match.end() :].partition(". ")
    return match.end() + len(agency) + len(stop) if stop and len(agency) < 20 and is_agency(agency) else match.end()


def _is_dateline(head: str, following: str, paragraph: int) -> bool:
    tokens = head.replace(",", " ").split()
    is_sourced = any(_is_domain(token) for token in tokens) or any(
        is_agency(inner) for inner in re.findall(r"[(/]([^()/]+)[)/]", head)
    )
    if is_sourced:
        return True
    sentence = _SENTENCE_END.split(following, maxsplit=1)[0]
    if paragraph >= _LEAD or _DASH_AHEAD.search(sentence) or following[:1].islower():
        return False
    names = [token for token in tokens if token[0] not in "(/" and not token[0].isdigit()]
    # A month may be written small: "PARIS, 21 octobre".
    has_day = any(token[0].isdigit() for token in tokens)
    is_named = bool(names) and all(not name[0].islower() for name in (names[:1] if has_day else names))
    is_bare_place = paragraph == 0 and len(names) <= _PLACE_WORDS
    return is_named and (is_bare_place or "(" in head or names[0].isupper())


def _is_domain(token: str) -> bool:
    match = _DOMAIN.fullmatch(token)
    return match is not None and is_domain_ending(match[1])


def after_glued_heading(text: str, start: int, end: int) -> int:
    """Where the story begins after a heading that lost its space, as in "Key PointsRussia denied"; else `start`.

    Such a word is a brand as often as not, so much is asked: it stands among the first five words, all of which
    begin with capital letters; both of its parts have four letters or more; and the article has the second part, but
    not the whole, elsewhere as a word of its own.
    """
    for match in islice(re.finditer(r"\S+(?=\s)", text[start : min(end, start + _DATELINE_LIMIT)]), _GLUED_AMONG):
        word = match[0]
        if not word[0].isupper():
            break
        cut = next((i for i in range(4, len(word) - 3) if word[i - 1].islower() and word[i].isupper()), None)
        if word.isalpha() and cut and word[cut + 1 :].islower() and _stands_alone(text, word, cut):
            return start + match.start() + cut
    return start


def _stands_alone(text: str, word: str, cut: int) -> bool:
    is_once = len(re.findall(rf"\b{word}\b", text)) == 1
    return is_once and re.search(rf"\b{word[cut:]}\b", text) is not None


def credit_start(text: str, start: int, end: int) -> int:
    """Where a credit in brackets begins at the end of a span, or `end` where there is none.

    A bracket is a credit where it names an agency or bears the label of one, "(AFP via Getty)", where it says who did
    what for the story, or where it holds a few words behind the end of a sentence, such as the initials of the authors.
    """
    tail = max(start, end - 4 * _CREDIT_LIMIT)
    authors = _LONG_CREDIT.search(text[tail:end])
    if authors and names_authors(authors[1]):
        return tail + authors.start()
    tail = max(start, end - _CREDIT_LIMIT)
    match = _BRACKET_AT_END.search(text[tail:end])
    if match is None:
        return end
    bracket = tail + match.start()
    is_behind = bracket > start and has_final_mark(text[start:bracket]) and is_bracket(match[0].strip())
    return bracket if is_behind or is_credit(match[1]) else end


def is_bracket(text: str) -> bool:
    """Whether the text is nothing but a few words in brackets."""
    match = _BRACKET_ONLY.fullmatch(text)
    return match is not None and len(match[1].split()) <= _BRACKET_WORDS and not has_final_mark(match[1])


def trim(text: str, start: int, end: int) -> Span:
    """The span without white space, list bullets and stray marks such as ". " at its ends."""
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading else start
    tail = max(start, end - 40)
    trailing = _TRAILING.search(text[tail:end])
    return strip_span(text, start, tail + trailing.start() if trailing else end)
