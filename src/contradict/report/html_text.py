"""What comes from articles, made fit for a page: names, marked claims; dates, languages and scores in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from contradict.report.unseen import one_line

_LANGUAGE = re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_YEAR_OR_MONTH = re.compile("([0-9]{4})(?:-([0-9]{2}))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_RUNS = 4  # words of a claim that are scattered more than that stand there by chance
# Calibrated words of the Intergovernmental Panel on Climate Change (Mastrandrea et al., "Guidance note for lead authors
# on consistent treatment of uncertainties", 2010), without its "virtually certain", which no model of language earns.
_WORDS = (
    (0.9, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.1, "unlikely"),
    (0.0, "very unlikely"),
)


def named(text: str) -> str:
    """The harmless text in one line, for something that has to have a name."""
    return one_line(text) or "(no readable name)"


def language_tag(code: str | None) -> str | None:
    """The code, if it can stand in an attribute `lang`; else None."""
    return code if code and _LANGUAGE.fullmatch(code) else None


def language_name(code: str | None) -> str | None:
    """The English name of a language; the code itself where it is not known."""
    line = one_line(code)
    return line and _languages().get(line.lower(), line)


def likely(probability: float) -> str:
    """A probability from 0 to 1 in words, by its two decimals that are shown."""
    return next(word for least, word in _WORDS if round(probability, 2) >= least)


def read_date(published: str | None) -> date | None:
    """The day that an article states, in its own zone; None where it states none that can be read.

    A year or month stands for its first day.
    """
    stated = published or ""
    if short := _YEAR_OR_MONTH.fullmatch(stated):
        stated = f"{short[1]}-{short[2] or '01'}-01"
    try:
        return datetime.fromisoformat(stated).date()
    except ValueError:
        return None


def show_date(published: str | None, *, with_time: bool = True) -> str | None:
    """A date as in "18 Oct 2024", "18 Oct 2024, 09:30", "Oct 2024" or "2024"; what cannot be read is left as it is."""
    stated = one_line(published)
    if stated is None or read_date(stated) is None:
        return stated
    if short := _YEAR_OR_MONTH.fullmatch(stated):
        return f"{_MONTHS[int(short[2]) - 1]} {short[1]}" if short[2] else short[1]
    moment = datetime.fromisoformat(stated)
    day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {moment:%H:%M}" if with_time and ":" in stated else day


def show_span(published: Iterable[str | None]) -> str | None:
    """From the first day to the last, as they are stated, of those that can be read; None where none can."""
    dated = sorted((read, stated) for stated in published if (read := read_date(stated)))
    days = dict.fromkeys(show_date(stated, with_time=False) for _, stated in dated[:1] + dated[-1:])
    return " to ".join(day for day in days if day) or None


def claim_parts(sentence: str, claim: str | None) -> list[dict[str, str]]:
    """A sentence cut where its claim begins and ends.

    Args:
        sentence: in one line.
        claim: in one line: a part of the sentence, or several in its order, joined by spaces.

    Returns:
        the parts in order, each under "claim" or, where it is not of the claim, under "plain". Nothing is of a claim
        that does not stand in the sentence.
    """
    parts: list[dict[str, str]] = []
    reached = 0
    for start, end in _runs(sentence, claim) if claim else []:
        parts += [{"plain": sentence[reached:start]}, {"claim": sentence[start:end]}]
        reached = end
    return [part for part in (*parts, {"plain": sentence[reached:]}) if any(part.values())]


def mark_words(parts: Iterable[Mapping[str, str]], words: Sequence[tuple[int, int]]) -> list[dict[str, str]]:
    """Parts of a sentence cut further, where words in it are marked.

    Args:
        parts: the sentence as `claim_parts` cuts it.
        words: start and end of each in the sentence, in order of place.

    Returns:
        the parts in order; those that are marked are under "claim_word" or "plain_word".
    """
    cut: list[dict[str, str]] = []
    begin = 0
    for name, text in (item for part in parts for item in part.items()):
        reached = 0
        for word_start, word_end in words:
            start, end = max(word_start - begin, reached), min(word_end - begin, len(text))
            if start < end:
                cut += [{name: text[reached:start]}, {f"{name}_word": text[start:end]}]
                reached = end
        cut.append({name: text[reached:]})
        begin += len(text)
    return [part for part in cut if any(part.values())]


def _runs(sentence: str, claim: str) -> list[tuple[int, int]]:
    """Start and end of each longest run of the claim's words in the sentence, in order; none if a word has no place."""
    if (start := sentence.find(claim)) >= 0:
        return [(start, start + len(claim))]
    words, runs = claim.split(), list[tuple[int, int]]()
    reached = first = 0
    while first < len(words):
        start, last = -1, first
        while last < len(words) and (place := sentence.find(" ".join(words[first : last + 1]), reached)) >= 0:
            start, last = place, last + 1
        if start < 0 or len(runs) == _MOST_RUNS:
            return []
        reached = start + len(" ".join(words[first:last]))
        runs.append((start, reached))
        first = last
    return runs


@cache
def _languages() -> Mapping[str, str]:
    table = files(__package__).joinpath("templates/languages.toml").read_text(encoding="utf-8")
    return tomllib.loads(table)
