"""What in the texts of others could mislead a reader, whatever shows it, and how to show them without."""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Bidi controls and characters without a shape, which can make a line look like another. The joiners U+200C and U+200D
are none of them: Persian, the scripts of India and emoji are spelled with them."""

_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def harmless(text: str) -> str:
    r"""The text without what could mislead a reader or break what shows it; its lines stay, ended by `\n`.

    Control characters become U+FFFD; characters that turn the direction of writing, and others without a shape, go.
    """
    return _CONTROLS.sub(REPLACEMENT, UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str | None) -> str | None:
    """The harmless text in one line; None where nothing is left of it."""
    return " ".join(harmless(text or "").split()) or None


def place_in_line(text: str, place: int) -> int:
    """Where in `one_line(text)` that stands which begins at a place in the text, both in code points."""
    return len(" ".join(f"{harmless(text[:place])}.".split())) - 1
