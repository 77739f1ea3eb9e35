"""A report as one HTML page that needs no other file and no network."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from contradict.marks import LEAST_SHARE, PairMarks
from contradict.records import Report
from contradict.report.html_overview import (
    cross_sources,
    list_choices,
    list_left_out,
    list_sets,
    map_topics,
    summarise_run,
)
from contradict.report.html_places import Places
from contradict.report.html_rows import Row, Rows, make_rows
from contradict.report.html_text import named
from contradict.report.terminal import explain_absence
from contradict.report.wording import count

if TYPE_CHECKING:
    from jinja2 import Template

# Rows on one page of a list. The first of each list stand in the markup, readable without a script.
_PAGES = {"disputes": 20, "contradictions": 100, "updates": 50}
_OPEN_TEXTS = 50  # articles; a longer list of them is folded up, which lets the page open sooner
_OTHERS_NAMED = 500  # articles without a finding
_EMPTY: tuple[object, ...] = (None, "", [])
# In HTML, these could end a script element or begin a comment in it; JSON has another spelling for them.
_MARKUP = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def html_bytes(report: Report, marks: Sequence[PairMarks] = (), top: int | None = None) -> bytes:
    """The report as an HTML page in UTF-8.

    All that comes from articles is text in it, whatever markup it holds; a content security policy forbids the page to
    load anything, and to run anything but its own script. The same report always gives the same bytes.

    Args:
        report: what was found.
        marks: the words that make its first contradictions, as `contradict.marks` finds them.
        top: show only so many contradictions, the strongest, 0 or more; None for all. What the page says of each set
            and each dispute stays that of the whole report.
    """
    shown = replace(report, contradictions=report[:top])
    places = Places(report)
    rows = make_rows(report, places, marks, top)
    style, script = _asset("report.css"), _asset("report.js")
    others = places.others()
    page = _template().render(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=_script_safe(_compact({field.name: getattr(rows, field.name) for field in fields(rows)})),
        rows=rows,
        row_of=partial(_row_of, rows),
        pages=_PAGES,
        marked=min(len(marks), len(shown)),
        found=len(report),
        is_cut=len(shown) < len(report),
        least_share=LEAST_SHARE,
        count=count,
        open_texts=_OPEN_TEXTS,
        run=summarise_run(report),
        sets=list_sets(report),
        left_out=list_left_out(report, places),
        choices=list_choices(shown),
        sources=cross_sources(shown),
        topics=map_topics(shown),
        absences=[(named(where), named(why)) for where, why in explain_absence(report)],
        articles=places.texts(),
        others=others[:_OTHERS_NAMED],
        others_more=max(len(others) - _OTHERS_NAMED, 0),
    )
    return page.encode()


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja")


def _asset(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """How a content security policy names an element by what it holds."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _row_of(rows: Rows, value: object) -> Row:
    """What a value means where a row is wanted; see `contradict.report.html_rows`. None is a row without values."""
    row = rows.statements[value] if isinstance(value, int) else value
    if not isinstance(row, dict):
        return {}
    for key, known in (("statement", rows.statements), ("in", rows.articles)):
        if isinstance(number := row.get(key), int):
            row = {**known[number], **row}
    return row


def _compact(value: object) -> object:
    """The value without what is empty in it, which the script takes for missing."""
    if isinstance(value, dict):
        return {key: _compact(inner) for key, inner in value.items() if inner not in _EMPTY}
    return [_compact(inner) for inner in value] if isinstance(value, list) else value


def _script_safe(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_MARKUP)
