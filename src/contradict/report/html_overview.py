"""What the page says of the whole run: what was read, what was left out, who contradicts whom, and the topics."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from contradict.records import Contradiction, Report, SetResult
from contradict.report.html_places import Places, about, source_name
from contradict.report.html_rows import topic_labels
from contradict.report.html_text import language_name, named, read_date, show_span
from contradict.report.unseen import one_line
from contradict.report.wording import KINDS, set_label

_SHADES = 5  # steps of a colour; the figures stand beside it
_SIZES = 8  # steps of a tile's width
_SOURCES_SHOWN = 20
_TOPICS_SHOWN = 60
_SETS_SHOWN = 100
_UNREADABLE_SHOWN = 200
_PARTS_SHOWN = 20  # of what was left out for one reason


def summarise_run(report: Report) -> dict[str, object]:
    """What was read and found, as labelled figures, and when and in which languages the articles appeared."""
    articles = [article for result in report.sets for article in result.articles]
    languages = Counter(language_name(article.language) or "not known" for article in articles)
    skipped = sum(result.pairs_skipped for result in report.sets)
    judged = sum(result.pairs_judged for result in report.sets)
    figures = (
        (len(articles), "article", "articles"),
        (len({article.source for article in articles if article.source}), "source", "sources"),
        (sum(len(result.statements) for result in report.sets), "statement", "statements"),
        (len(report.topics), "topic", "topics"),
        (judged, "pair compared", "pairs compared"),
        (skipped, "pair skipped", "pairs skipped"),
        (sum(len(result.left_out) for result in report.sets), "part left out", "parts left out"),
        (len(report.unreadable), "not readable", "not readable"),
    )
    return {
        "figures": [(f"{number:,}", one if number == 1 else many) for number, one, many in figures],
        "dates": show_span(article.published for article in articles),
        "judged": f"{judged:,}",
        "skipped": f"{skipped:,}",
        "undated": sum(read_date(article.published) is None for article in articles),
        "unnamed": sum(not one_line(article.source) for article in articles),
        "languages": [(name, f"{number:,}") for name, number in _most_common(languages)],
    }


def list_sets(report: Report) -> dict[str, object]:
    """What became of each set, those with most contradictions first."""
    found = Counter(contradiction.set for contradiction in report)
    ordered = sorted(report.sets, key=lambda result: -found[result.set])
    return {
        "rows": [_set_row(result, found[result.set]) for result in ordered[:_SETS_SHOWN]],
        "more": max(len(ordered) - _SETS_SHOWN, 0),
    }


def list_left_out(report: Report, places: Places) -> dict[str, object]:
    """What was left out, by reason, with the first parts of each; and what could not be read."""
    parts: dict[str, list[dict[str, object]]] = {}
    numbers: Counter[str] = Counter()
    for number, article in enumerate(places.articles):
        for part in places.left_out[number]:
            reason = named(part.reason)
            numbers[reason] += 1
            if numbers[reason] <= _PARTS_SHOWN:
                parts.setdefault(reason, []).append({**about(article), "text": named(part.text)})
    unreadable = [
        {"file": named(item.file), "row": item.row, "reason": named(item.reason)} for item in report.unreadable
    ]
    return {
        "reasons": [
            {"reason": reason, "number": number, "parts": parts[reason], "more": number - len(parts[reason])}
            for reason, number in _most_common(numbers)
        ],
        "unreadable": unreadable[:_UNREADABLE_SHOWN],
        "unreadable_more": max(len(unreadable) - _UNREADABLE_SHOWN, 0),
    }


def list_choices(report: Report) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in the filters, as values and names: only what occurs in a contradiction or an update."""
    found = [*report.contradictions, *report.updates]
    articles = [side.article for contradiction in found for side in (contradiction.a, contradiction.b)]
    languages = {name for article in articles if (name := language_name(article.language))}
    topics = sorted(
        Counter(contradiction.topic for contradiction in found).items(), key=lambda item: (-item[1], item[0])
    )
    labels = topic_labels(report)
    kinds = {contradiction.kind for contradiction in found}
    sources = {source_name(article) for article in articles}
    return {
        "source": [(name, name) for name in sorted(sources)],
        "language": [(name, name) for name in sorted(languages)],
        "topic": [(str(topic), f"{labels[topic]} ({number:,})") for topic, number in topics],
        "kind": [(name, name) for kind, name in KINDS.items() if kind in kinds],
        "set": [(name, name) for name in (set_label(result.set) for result in report.sets)]
        if len(report.sets) > 1
        else [],
    }


def cross_sources(contradictions: Iterable[Contradiction]) -> dict[str, object]:
    """How often each two sources contradict each other, those with most contradictions first."""
    pairs: Counter[tuple[str, str]] = Counter()
    totals: Counter[str] = Counter()
    for found in contradictions:
        first, second = sorted(source_name(side.article) for side in (found.a, found.b))
        pairs[first, second] += 1
        totals.update({first, second})
    names = [name for name, _ in _most_common(totals)]
    shown = names[:_SOURCES_SHOWN]
    most = max((pairs[pair] for pair in pairs), default=0)
    rows = [
        {
            "name": name,
            "total": f"{totals[name]:,}",
            "cells": [_cell(name, other, pairs[min(name, other), max(name, other)], most) for other in shown],
        }
        for name in shown
    ]
    hidden = sum(number for pair, number in pairs.items() if not set(pair) <= set(shown))
    return {"rows": rows, "more": len(names) - len(shown), "hidden": hidden}


def map_topics(report: Report) -> dict[str, object]:
    """The topics as tiles, those with most contradictions first: their width by size, their shade by contradictions."""
    found = Counter(contradiction.topic for contradiction in report)
    labels = topic_labels(report)
    ordered = sorted(report.topics, key=lambda topic: (-found[topic.id], -len(topic.statements), topic.id))
    largest = max((len(topic.statements) for topic in ordered), default=0)
    most = max(found.values(), default=0)
    tiles = [
        {
            "label": labels[topic.id],
            "statements": len(topic.statements),
            "contradictions": found[topic.id],
            "size": _step(math.sqrt(len(topic.statements)), math.sqrt(largest), _SIZES),
            "shade": _step(found[topic.id], most, _SHADES),
            "view": urlencode({"topic": topic.id}),
        }
        for topic in ordered[:_TOPICS_SHOWN]
    ]
    rest = ordered[_TOPICS_SHOWN:]
    return {
        "tiles": tiles,
        "more": len(rest),
        "more_statements": sum(len(topic.statements) for topic in rest),
        "more_contradictions": sum(found[topic.id] for topic in rest),
    }


def _set_row(result: SetResult, found: int) -> dict[str, object]:
    counts = (
        len(result.articles),
        len(result.statements),
        len(result.topics),
        result.pairs_judged,
        result.pairs_skipped,
        len(result.left_out),
        found,
    )
    return {"name": set_label(result.set), "counts": [f"{n:,}" for n in counts]}


def _cell(name: str, other: str, number: int, most: int) -> dict[str, object]:
    view = urlencode({"source": name, "against": other})
    return {
        "other": other,
        "number": f"{number:,}" if number else None,
        "shade": _step(number, most, _SHADES),
        "view": view,
    }


def _step(value: float, most: float, steps: int) -> int:
    """The value as one of so many steps up to the most, the first for all that is little; 0 for nothing."""
    return min(math.ceil(steps * value / most), steps) if value else 0


def _most_common(counts: Counter[str]) -> Sequence[tuple[str, int]]:
    """Most common first; those equally common in their own order, so that the page does not depend on chance."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
