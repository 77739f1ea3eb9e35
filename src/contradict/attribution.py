"""Statement → who holds it, and how: a first form, from the words of denial and doubt in `cues.toml`.

It tells that a sentence reports a denial, or leaves its claim open; it does not yet find the holder or the bare claim,
and a sentence without such words has no known stance.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import get_args

from contradict.records import Attribution, Stance, Statement

_SCRIPTS_WITHOUT_SPACES = {"ja", "ko", "th", "zh"}  # Korean has spaces, but joins endings to the stems that are listed


def attribute(statement: Statement) -> Attribution:
    """What the sentence's own words tell of its holder's stance.

    Args:
        statement: a sentence; the words of its language are looked for, or of all languages where that is unknown.

    Returns:
        `stance` "open" or "denies" where such a word stands in it, else None; `speaker` and `claim` None.
    """
    found = find_cue(statement)
    return Attribution(stance=found[0]) if found else Attribution()


def find_cue(statement: Statement) -> tuple[Stance, str] | None:
    """The stance that a word of the sentence tells, and that word as it stands there; None where there is none."""
    for stance in ("open", "denies"):  # "neither confirmed nor denied" leaves open
        match = _pattern(stance, _language(statement.language)).search(statement.text)
        if match:
            return stance, match.group()
    return None


@cache
def _cues() -> dict[str, dict[str, list[str]]]:
    cues: dict[str, dict[str, list[str]]] = tomllib.loads(
        resources.files("contradict").joinpath("cues.toml").read_text(encoding="utf-8")
    )
    if not cues.keys() <= set(get_args(Stance)):
        raise ValueError(f"cues.toml has the stances {sorted(cues)}; known are {get_args(Stance)}")
    return cues


def _language(code: str | None) -> str | None:
    return code if code in _cues()["denies"] else None


@cache
def _pattern(stance: Stance, language: str | None) -> re.Pattern[str]:
    by_language = _cues()[stance]
    codes = list(by_language) if language is None else [language]
    parts = [_cue_pattern(cue, code) for code in codes for cue in by_language.get(code, [])]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def _cue_pattern(cue: str, language: str) -> str:
    if language in _SCRIPTS_WITHOUT_SPACES:
        return re.escape(cue)
    ending = r"\w*" if cue.endswith("*") else r"\b"
    return rf"\b{re.escape(cue.rstrip('*'))}{ending}".replace(r"\ ", r"\s+").replace("'", "['’]")
