"""Sentences that report a denial or leave a claim open, by the words of `cues.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from contradict.records import Stance

_SCRIPTS_WITHOUT_SPACES = {"ja", "ko", "th", "zh"}  # Korean has spaces, but joins endings to the stems that are listed


def find_stance(text: str, language: str | None) -> Stance | None:
    """What the words of a sentence tell of its holder's stance.

    A sentence with words of both kinds reports a denial. A denial that is negated ("did not deny"), or is a part of
    the doubt ("neither confirmed nor denied"), is none.

    Args:
        text: a sentence.
        language: its words are looked for, or those of all languages where it is None.

    Returns:
        "denies" or "open" where such words stand in it, else None.
    """
    denials, cancelled, doubts = (
        list(_pattern(kind, language).finditer(text)) for kind in ("denies", "not_denied", "open")
    )
    for denial in denials:
        if not any(span.start() < denial.end() and denial.start() < span.end() for span in cancelled + doubts):
            return "denies"
    return "open" if doubts else None


@cache
def _cues() -> dict[str, dict[str, list[str]]]:
    cues: dict[str, dict[str, list[str]]] = tomllib.loads(
        resources.files(__package__).joinpath("cues.toml").read_text(encoding="utf-8")
    )
    return cues


@cache
def _pattern(kind: str, language: str | None) -> re.Pattern[str]:
    by_language = _cues()[kind]
    codes = list(by_language) if language is None else [language]
    cues = [(cue, code) for code in codes for cue in by_language.get(code, [])]
    longest_first = sorted(cues, key=lambda found: -len(found[0]))
    return re.compile("|".join(_cue_pattern(*found) for found in longest_first) or r"(?!)", re.IGNORECASE)


def _cue_pattern(cue: str, language: str) -> str:
    if language in _SCRIPTS_WITHOUT_SPACES:
        return re.escape(cue)
    ending = r"\w*" if cue.endswith("*") else r"(?!\w)"
    return rf"(?<!\w){re.escape(cue.rstrip('*'))}{ending}".replace(r"\ ", r"\s+").replace("'", "['’]")
