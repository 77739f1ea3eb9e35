"""Words that the reports for people share, in a terminal as on a page."""

from __future__ import annotations

from collections.abc import Mapping

from contradict.records import Kind, Stance
from contradict.report.unseen import one_line

STANCES: Mapping[Stance, str] = {"asserts": "asserts it", "denies": "denies it", "open": "leaves it open"}
"""What a holder does with a claim."""

KINDS: Mapping[Kind, str] = {
    "denial": "denial",
    "figure": "differing figures",
    "other": "other conflict",
    "update": "update",
}


def set_label(name: str | None) -> str:
    """How a set of articles is called."""
    return one_line(name) or "unnamed set"


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with what is counted, as in "1 set" and "2,000 sets".

    Args:
        number: of them.
        one: the word for one of them.
        many: the word for several; without it, `one` with an s.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
