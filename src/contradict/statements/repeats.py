"""Splits the articles of a set and merges the sentences that stand in several places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from contradict.records import Article, LeftOut, Place, Statement
from contradict.statements.articles import split_article

_KEPT = "%٪‰.,٫٬-"
_SEPARATOR = re.compile(r"(?<!\d)[.,]|[.,](?!\d)")
_DASH = re.compile(r"[-‐‑‒–—―−]")
# A minus sign stands before a figure and behind a space or a currency sign, not between words or figures.
_NO_MINUS = re.compile(r"(?<!\s)(?<![^\w\s])-|-(?![\d.])")


class _Unpunctuated(dict[int, str]):
    """Code point → what stands for it, found when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Cf":  # invisible: joiners, soft hyphens, marks of direction
            character = ""
        elif category.startswith("P") and character not in _KEPT:
            character = " "
        self[code] = character
        return character


_UNPUNCTUATED = _Unpunctuated()


def repeat_key(text: str) -> str:
    """What two statements have in common when they are the same sentence.

    Compatibility forms, letter case, white space and punctuation are folded. What can change a figure is kept: full
    stops and commas between digits, per cent and currency signs, and minus signs.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    spaced = " " + _DASH.sub("-", folded).translate(_UNPUNCTUATED)
    return " ".join(_SEPARATOR.sub(" ", _NO_MINUS.sub(" ", spaced)).split())


def split_articles(articles: Sequence[Article]) -> tuple[tuple[Statement, ...], tuple[LeftOut, ...]]:
    """Split the articles of one set; a sentence that stands in several places becomes one statement.

    The first place keeps the statement, the others are listed in its `also`. Two sentences are the same only where
    they are equal but for compatibility forms, letter case, white space and punctuation outside figures. Nothing
    looser is merged: a single differing word may be the contradiction itself.

    Args:
        articles: of one set, in the order in which they are compared.

    Returns:
        The statements and the parts left out, in order of article and place. Parts left out are listed for each
        article, repeated or not. Takes time linear in the length of the texts.
    """
    splits: dict[tuple[str, str | None, str | None], tuple[list[Statement], list[LeftOut], list[str]]] = {}
    firsts: dict[str, int] = {}
    statements: list[Statement] = []
    also: list[list[Place]] = []
    left_out: list[LeftOut] = []
    for article in articles:
        look = (article.text, article.language, article.title)
        if look not in splits:
            found, rest = split_article(article)
            splits[look] = found, rest, [repeat_key(statement.text) for statement in found]
        found, rest, keys = splits[look]
        for statement, key in zip(found, keys, strict=True):
            position = firsts.setdefault(key, len(statements))
            if position == len(statements):
                statements.append(replace(statement, article=article.id))
                also.append([])
            else:
                also[position].append(Place(article.id, statement.start, statement.end))
        left_out += [replace(part, article=article.id) for part in rest]
    merged = (replace(one, also=tuple(places)) for one, places in zip(statements, also, strict=True))
    return tuple(merged), tuple(left_out)


def at_place(place: Place, article: Article) -> Statement:
    """The sentence at a place of an article, by itself."""
    return Statement(article.id, article.text[place.start : place.end], place.start, place.end, article.language)


def by_article(
    statements: Sequence[Statement], articles: Mapping[str, Article]
) -> list[tuple[Article, list[Statement]]]:
    """All sentences of the articles that have one of their own, those that they repeat, too; in order of place.

    Args:
        statements: of a set, as `split_articles` gives them.
        articles: of that set, by their ids.
    """
    places: dict[str, list[Statement]] = {}
    for statement in statements:
        places.setdefault(statement.article, []).append(statement)
    for statement in statements:
        for place in statement.also:
            if place.article in places:
                places[place.article].append(at_place(place, articles[place.article]))
    return [(articles[name], sorted(own, key=lambda each: each.start)) for name, own in places.items()]
