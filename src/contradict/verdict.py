"""A judged pair → what sort of conflict it is, and why it is called so."""

from __future__ import annotations

from contradict.figures import find_figures
from contradict.records import Kind, Side


def explain(a: Side, b: Side) -> tuple[Kind, str]:
    """Name the sort of a conflict.

    Args:
        a: one side of a pair that the model calls a contradiction.
        b: the other side.

    Returns:
        "denial" where one side alone reports a denial; "figure" where both sides have figures and no value in common;
        "other" otherwise. With it the evidence in words, empty for "other".
    """
    denials = [side.attribution for side in (a, b) if side.attribution.stance == "denies"]
    if len(denials) == 1:
        cue = denials[0].cue
        return "denial", f"one side denies: “{cue}”" if cue else "one side denies"
    figures, others = (find_figures(side.statement.text) for side in (a, b))
    if figures and others and figures.keys().isdisjoint(others):
        return "figure", f"figures differ: {', '.join(figures.values())} against {', '.join(others.values())}"
    return "other", ""
