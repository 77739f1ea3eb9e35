"""Statement → the same statement in reported speech, which an NLI model must judge as it judges the bare one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from contradict.statements.measures import CLOSERS, is_question

_SLOT = "{claim}"
_LONGEST = 400  # code points; in a longer pair the model would see the frame and not the whole claim
_FULL_STOP = re.compile(rf"\s*[.…。．｡।॥۔။።។։]+([{re.escape(CLOSERS)}]*)$")
_GREEK_QUESTION = re.compile(rf"[;\u037e][{re.escape(CLOSERS)}\s]*$")
_LOUD = ("!", "?", "！", "？", "؟")
_LIGHTER = (".", ",", "،", "。", "，", "、", "।", "۔")


def read_frames(part: Literal["training", "held_back"] = "training") -> Mapping[str, tuple[str, ...]]:
    """The frames of reported speech that the package brings.

    Args:
        part: "training", or "held_back" for those that are kept from training so that they can test it.

    Returns:
        language code → templates, each with `{claim}` once, to be filled by `wrap`. Some languages have none held back.
    """
    return {language: tuple(parts[part]) for language, parts in _tables().items() if part in parts}


def can_wrap(text: str) -> bool:
    """Whether a text is one that frames may report: not empty, no question, and of at most 400 code points."""
    return bool(_claim(text)) and len(text) <= _LONGEST and not is_question(text) and not _GREEK_QUESTION.search(text)


def wrap(text: str, template: str) -> str:
    """Put a statement into a frame.

    Its final full stop goes, in any script. A final exclamation or question mark stays, and a stop or comma of the
    frame that would follow it goes instead.

    Args:
        text: one sentence, for which `can_wrap` is true; it may hold braces.
        template: a frame from `read_frames`.

    Raises:
        ValueError: the template does not hold `{claim}` exactly once.
    """
    if template.count(_SLOT) != 1:
        raise ValueError(f"template {template!r} must hold {_SLOT} exactly once, not {template.count(_SLOT)} times")
    claim = _claim(text)
    before, after = template.split(_SLOT)
    if claim.endswith(_LOUD) and after.startswith(_LIGHTER):
        after = after[1:]
    return before + claim + after


def _claim(text: str) -> str:
    return _FULL_STOP.sub(r"\1", text.strip())


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(
        resources.files("contradict.training").joinpath("frames.toml").read_text(encoding="utf-8")
    )
    return tables
