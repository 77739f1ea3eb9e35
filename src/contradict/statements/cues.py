"""Cue phrases of a news page's furniture, read from `furniture.toml`, and which of them a text bears."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from contradict.statements.measures import count_words, has_final_mark

_SHORT = 8  # words after a label such as "Source:" that may as well begin a sentence
_LONGEST = 30  # words of a sentence that is furniture by its beginning
_NAME = 6  # words of a by-line without a label
_SHORTEST_LABEL = 3  # letters; "by" and "par" begin sentences, too
_LABEL_ENDS = ":=|>»"
_ENDS = " :.…!\"'”)]}>】–—-"
_QUOTED = re.compile(r"[“„«「『\"][^”»“」』\"]{0,600}[”»“」』\"]")
_AGENCY_PARTS = re.compile(r"[/,;:·]|\s[-–—]\s|\s+")


@dataclass(frozen=True, slots=True)
class _Cue:
    reason: str
    kind: str
    phrase: str


@dataclass(frozen=True, slots=True)
class _Cues:
    beginnings: dict[str, tuple[_Cue, ...]]  # labels, short, openings and names, by their first letter
    phrases: tuple[_Cue, ...]
    endings: tuple[_Cue, ...]
    agencies: frozenset[str]


@cache
def _cues() -> _Cues:
    table = tomllib.loads(files("contradict.statements").joinpath("furniture.toml").read_text("utf-8"))
    agencies = frozenset(fold(name) for name in table.pop("agencies")["names"])
    cues = [
        _Cue(reason, kind, _bare(phrase))
        for reason, kinds in table.items()
        for kind, languages in kinds.items()
        for phrases in languages.values()
        for phrase in phrases
    ]
    beginnings: defaultdict[str, list[_Cue]] = defaultdict(list)
    for cue in cues:
        if cue.kind not in ("phrases", "endings"):
            beginnings[cue.phrase[0]].append(cue)
    return _Cues(
        {letter: tuple(found) for letter, found in beginnings.items()},
        tuple(cue for cue in cues if cue.kind == "phrases"),
        tuple(cue for cue in cues if cue.kind == "endings"),
        agencies,
    )


def fold(text: str) -> str:
    """The text as cue phrases are compared: NFKC, small letters, single spaces, plain apostrophes."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'")
    return " ".join(text.casefold().split())


def _bare(text: str) -> str:
    return fold(text).lstrip("([{【<>#*•·▪►‣|-–— ")


def reason_for(text: str, *, is_line: bool) -> str | None:
    """Why a line or a sentence is furniture by its wording.

    Args:
        text: a line or a sentence.
        is_line: whether it is a line of its own. Names and endings are looked for in lines only; phrases in sentences
            only, appeals aside, as an appeal takes its whole paragraph with it.

    Returns:
        The heading in `furniture.toml` under which the cue stands, or None where the text bears no cue.
    """
    bare = _bare(text)
    # A long sentence that begins with a cue is a link or a credit with a sentence of the story glued to it.
    beginnings = _cues().beginnings.get(bare[:1], ()) if is_line or count_words(text) <= _LONGEST else ()
    for cue in beginnings:
        if bare.startswith(cue.phrase) and _fits(cue, text, bare[len(cue.phrase) :], is_line):
            return cue.reason
    unquoted = _QUOTED.sub(" ", bare)
    for cue in _cues().phrases:
        if cue.phrase in unquoted and (not is_line or cue.reason == "appeal"):
            return cue.reason
    if is_line and count_words(text) <= _NAME:
        ending = bare.rstrip(").]= ")
        return next((cue.reason for cue in _cues().endings if ending.endswith(cue.phrase)), None)
    return None


def _fits(cue: _Cue, text: str, rest: str, is_line: bool) -> bool:
    """Whether what follows the cue at the beginning of the text is what follows it in furniture."""
    if cue.kind == "openings":
        return True
    if cue.kind == "names":
        name = text.split()[len(cue.phrase.split()) :]
        is_name = 0 < len(name) <= _NAME and all(word[0].isupper() for word in name)
        return is_line and rest[:1] == " " and is_name and not has_final_mark(text)
    is_all = not rest.strip(_ENDS)
    is_label = is_all or rest.lstrip()[0] in _LABEL_ENDS
    return is_label and (cue.kind == "labels" or is_all or (count_words(rest) <= _SHORT and not has_final_mark(text)))


def is_agency(text: str) -> bool:
    """Whether the text names a news agency or a supplier of pictures, alone or among other words."""
    folded = fold(text)
    return folded in _cues().agencies or any(part in _cues().agencies for part in _AGENCY_PARTS.split(folded))


def is_credit(text: str) -> bool:
    """Whether the text, the inside of a bracket, says where a picture or a story is from."""
    return is_agency(text) or names_authors(text) or reason_for(text, is_line=False) in ("credit", "by-line")


def names_authors(text: str) -> bool:
    """Whether the text says who did what for the story: "Reporting by Ann Lee in Rome; Editing by Jo Day"."""
    parts = [part.strip() for part in text.split(";")]
    return all(any(_is_author(cue, part) for cue in _cues().beginnings.get(_bare(part)[:1], ())) for part in parts)


def _is_author(cue: _Cue, part: str) -> bool:
    words = part.split()[len(cue.phrase.split()) :]
    is_label = cue.reason == "by-line" and cue.kind == "names" and len(cue.phrase) > _SHORTEST_LABEL
    return is_label and _bare(part).startswith(f"{cue.phrase} ") and words[0][0].isupper()
