"""A judged pair → what sort of conflict it is, and why it is called so."""

from __future__ import annotations

import re

from contradict.attribution import find_cue
from contradict.records import Kind, Side

# A number that is not part of a word, a date or a clock time.
_FIGURE = re.compile(r"(?<![\w.,/:-])\d+(?:[.,]\d+)*(?![\w/:-])")
_YEAR = re.compile(r"(?:19|20)\d\d")


def explain(a: Side, b: Side) -> tuple[Kind, str]:
    """Name the sort of a conflict.

    Args:
        a: one side of a pair that the model calls a contradiction.
        b: the other side.

    Returns:
        "denial" where one side alone reports a denial; "figure" where both sides have figures and none in common;
        "other" otherwise. With it the evidence in words, empty for "other".
    """
    cues = [find_cue(side.statement) for side in (a, b)]
    denials = [cue[1] for cue in cues if cue and cue[0] == "denies"]
    if len(denials) == 1:
        return "denial", f"one side denies: “{denials[0]}”"
    figures = [_figures(side.statement.text) for side in (a, b)]
    if all(figures) and not set(figures[0]) & set(figures[1]):
        return "figure", f"figures differ: {', '.join(figures[0])} against {', '.join(figures[1])}"
    return "other", ""


def _figures(text: str) -> list[str]:
    """The figures of a text as written, years left out, each once."""
    return list(dict.fromkeys(figure for figure in _FIGURE.findall(text) if not _YEAR.fullmatch(figure)))
