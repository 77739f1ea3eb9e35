"""The rows of the page: statements, contradictions, updates and disputes as the values that the template shows.

The template and the script fill the same markup with these values, so each is text that is ready to be read, a further
row, or a list of rows. A number in the place of a row is that of a statement; a row with a number under "statement" has
all values of that statement, too, and one with a number under "in" those of that article.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contradict.disputes import place_of
from contradict.marks import Mark, PairMarks
from contradict.records import Contradiction, Dispute, Mode, Position, Probabilities, Report, Side
from contradict.report.html_places import Places, about, source_name
from contradict.report.html_text import claim_parts, language_tag, likely, mark_words, named, show_span
from contradict.report.unseen import one_line, place_in_line
from contradict.report.wording import KINDS, STANCES, count, set_label
from contradict.verdict import days_of

Row = dict[str, object]

_MODES: Mapping[Mode, str] = {
    "plan": "as a plan or forecast",
    "opinion": "as an opinion",
    "question": "as a question",
    "condition": "on a condition",
}
_OWN_VOICE = "The article itself"
_STATEMENTS_SHOWN = 3  # of a holder; the rest is one click away
_POSITIONS_SHOWN = 6  # of a side
_SOURCES_NAMED = 8


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything on the page that can be searched, filtered and turned over page by page.

    Attributes:
        articles: each once; statements name them by their positions here.
        statements: each once; the others name them by their positions here.
        disputes: strongest first.
        contradictions: strongest first.
        updates: in order of time.
    """

    articles: list[Row]
    statements: list[Row]
    disputes: list[Row]
    contradictions: list[Row]
    updates: list[Row]


def make_rows(report: Report, places: Places, marks: Sequence[PairMarks], top: int | None = None) -> Rows:
    """All rows of a report.

    Args:
        report: what was found.
        places: its articles; told of every place that a row links to.
        marks: the words that make the first contradictions.
        top: only so many contradictions get a row, the strongest; None for all. Disputes count all.
    """
    table = _Statements(places)
    labels = topic_labels(report)
    many_sets = len(report.sets) > 1
    in_disputes = _disputes_of(report)
    contradictions = [
        _contradiction(found, number, in_disputes[number], table) | _common(found, labels, many_sets)
        for number, found in enumerate(report[:top])
    ]
    for row, found, pair in zip(contradictions, report, marks, strict=False):
        row |= {"a": table.marked(found.a, pair.a), "b": table.marked(found.b, pair.b)}
    members: dict[int, list[int]] = defaultdict(list)
    for position, own in enumerate(in_disputes):
        for dispute in own:
            members[dispute].append(position)
    disputes = [
        _dispute(each, number, table, many_sets) | _pairs_of(number, members[number], report, len(contradictions))
        for number, each in enumerate(report.disputes)
    ]
    updates = [
        _update(found, table) | _common(found, labels, many_sets) for found in sorted(report.updates, key=_in_time)
    ]
    return Rows([about(article) for article in places.articles], table.rows, disputes, contradictions, updates)


def topic_labels(report: Report) -> list[str]:
    """How each topic is named: by its keywords."""
    return [one_line(", ".join(topic.keywords)) or f"topic {topic.id}" for topic in report.topics]


class _Statements:
    """The statements that rows show, each once."""

    def __init__(self, places: Places) -> None:
        self.rows: list[Row] = []
        self._numbers: dict[Side, int] = {}
        self.places = places

    def number(self, side: Side) -> int:
        if side not in self._numbers:
            self._numbers[side] = len(self.rows)
            self.rows.append(self._row(side))
        return self._numbers[side]

    def marked(self, side: Side, marks: Sequence[Mark]) -> Row | int:
        """A row of the statement in which words are marked; the statement itself where there are none."""
        number, text = self.number(side), side.statement.text
        if not marks:
            return number
        words = [(place_in_line(text, mark.start), place_in_line(text, mark.end)) for mark in marks]
        line = one_line(text) or ""
        parts = mark_words(claim_parts(line, one_line(side.attribution.claim)), words)
        return {"statement": number, "parts": parts, "words": ", ".join(line[start:end] for start, end in words)}

    def _row(self, side: Side) -> Row:
        article, statement, attribution = side.article, side.statement, side.attribution
        sentence, claim = one_line(statement.text) or "", one_line(attribution.claim)
        parts = claim_parts(sentence, claim)
        stands = any("claim" in part for part in parts)
        also = [
            {"place": place, "in": number}
            for other in statement.also
            if (number := self.places.number(article.set, other.article)) is not None
            and (place := self.places.cite(article.set, other.article, other.start, other.end))
        ]
        return {
            "in": self.places.number(article.set, article.id),
            "place": self.places.cite(article.set, statement.article, statement.start, statement.end),
            "parts": parts,
            "unmarked": None if stands else claim,
            "holder": one_line(attribution.speaker) or _OWN_VOICE,
            "stance": attribution.stance and STANCES[attribution.stance],
            "mode": attribution.mode and _MODES.get(attribution.mode),
            "also": also,
            "also_count": f"The same sentence in {count(len(also), 'other place')}" if also else None,
        }


def _common(found: Contradiction, labels: Sequence[str], many_sets: bool) -> Row:
    return {
        "score": f"{found.score:.2f}",
        "sure": likely(found.score),
        "kind": KINDS[found.kind],
        "evidence": one_line(found.evidence),
        "topic": found.topic,
        "keywords": labels[found.topic],
        "set": set_label(found.set) if many_sets else None,
    }


def _contradiction(found: Contradiction, number: int, disputes: Iterable[int], table: _Statements) -> Row:
    return {
        "n": f"{number + 1:,}",
        "disputes": [{"n": f"{dispute + 1:,}", "view": f"dispute={dispute + 1}"} for dispute in disputes],
        "a": table.number(found.a),
        "b": table.number(found.b),
        "a_b": _in_words(found.judgement.a_b),
        "b_a": _in_words(found.judgement.b_a),
    }


def _in_words(judged: Probabilities) -> Row:
    return {
        name: f"{probability:.2f} {likely(probability)}"
        for name, probability in (
            ("contradiction", judged.contradiction),
            ("neutral", judged.neutral),
            ("entailment", judged.entailment),
        )
    }


def _update(found: Contradiction, table: _Statements) -> Row:
    first, second = days_of(found.a, found.b)
    earlier, later = (found.b, found.a) if first and second and second < first else (found.a, found.b)
    when, order = "No exact date", None
    if first is None or second is None:
        order = "At least one of the two has no exact date, so it is not known which came first."
    else:
        when = show_span((first.isoformat(), second.isoformat())) or ""
        if first == second:
            order = "Both bear the same date, so it is not known which came first."
    return {
        "when": when,
        "order": order,
        "a_name": "Earlier" if order is None else "One",
        "b_name": "Later" if order is None else "Other",
        "a": table.number(earlier),
        "b": table.number(later),
    }


def _in_time(found: Contradiction) -> tuple[bool, int, int]:
    """What updates are ordered by: the later day, then the earlier; those of which one has no exact day come last."""
    days = sorted(day.toordinal() for day in days_of(found.a, found.b) if day)
    return (False, days[1], days[0]) if len(days) == 2 else (True, 0, 0)


def _disputes_of(report: Report) -> list[list[int]]:
    """For each contradiction the disputes in which its two statements stand against each other."""
    stands: dict[tuple[str | None, tuple[str, int]], dict[int, bool]] = defaultdict(dict)
    for number, dispute in enumerate(report.disputes):
        for positions, is_asserted in ((dispute.asserts, True), (dispute.denies, False)):
            for side in _sides(positions):
                stands[dispute.set, place_of(side)][number] = is_asserted
    return [
        [n for n, stand in a.items() if b.get(n) == (not stand)]
        for a, b in ([stands[found.set, place_of(side)] for side in (found.a, found.b)] for found in report)
    ]


def _dispute(dispute: Dispute, number: int, table: _Statements, many_sets: bool) -> Row:
    return {
        "n": f"{number + 1:,}",
        "issue": (issue := named(dispute.issue)),
        "lang": _issue_language(issue, dispute),
        "score": f"{dispute.score:.2f}",
        "sure": likely(dispute.score),
        "set": set_label(dispute.set) if many_sets else None,
        "asserts": _column(dispute.asserts, table),
        "denies": _column(dispute.denies, table),
        "open": _column(dispute.open, table),
        "left": _left_out(dispute, table.places),
    }


def _pairs_of(dispute: int, members: Sequence[int], report: Report, rows: int) -> Row:
    """What is said of the contradictions in a dispute, those without a row included, and a link to the others."""
    found = [report[n] for n in members]
    shown = [n for n in members if n < rows]
    scores = sorted((contradiction.score for contradiction in found), reverse=True)
    span = f", scored {scores[0]:.2f} to {scores[-1]:.2f}" if len(scores) > 1 else ""
    cut = f"; {len(shown):,} shown" if len(shown) < len(found) else ""
    return {
        "of": shown,
        "view": f"dispute={dispute + 1}" if shown else None,
        "count": f"{count(len(found), 'contradiction')}{span}{cut}" if found else None,
        "kinds": ", ".join(dict.fromkeys(KINDS[contradiction.kind] for contradiction in found)) or None,
    }


def _issue_language(issue: str, dispute: Dispute) -> str | None:
    """Of the statement that the issue was taken from."""
    claims = ((side, side.attribution.claim or side.statement.text) for side in _sides(dispute.asserts))
    return next((language_tag(side.article.language) for side, claim in claims if one_line(claim) == issue), None)


def _column(positions: Sequence[Position], table: _Statements) -> Row | None:
    if not positions:
        return None
    articles = list(dict.fromkeys(side.article for side in _sides(positions)))
    sources = list(dict.fromkeys(source_name(article) for article in articles))
    rows = [_position(position, table) for position in positions]
    return {
        "sources": [{"name": name} for name in sources[:_SOURCES_NAMED]],
        "more_sources": _more(len(sources) - _SOURCES_NAMED, "source"),
        "dates": show_span(article.published for article in articles) or "undated",
        "positions": rows[:_POSITIONS_SHOWN],
        "more": rows[_POSITIONS_SHOWN:],
        "more_count": _more(len(rows) - _POSITIONS_SHOWN, "holder"),
    }


def _position(position: Position, table: _Statements) -> Row:
    names = [name for name in map(one_line, position.names) if name]
    sides = [table.number(side) for side in position.sides]
    return {
        "holder": one_line(position.holder) or _OWN_VOICE,
        "names": [{"name": name} for name in names[1:]],
        "has_names": len(names) > 1,
        "sides": sides[:_STATEMENTS_SHOWN],
        "more": sides[_STATEMENTS_SHOWN:],
        "more_count": _more(len(sides) - _STATEMENTS_SHOWN, "statement"),
    }


def _left_out(dispute: Dispute, places: Places) -> str:
    """What was left out of the articles of a dispute, in words."""
    positions = (*dispute.asserts, *dispute.denies, *dispute.open)
    articles = {places.number(side.article.set, side.article.id) for side in _sides(positions)}
    reasons = Counter(part.reason for article in articles if article is not None for part in places.left_out[article])
    listed = ", ".join(f"{one_line(reason)} ({number:,})" for reason, number in sorted(reasons.items()))
    return f"Left out of its {count(len(articles), 'article')}: {listed or 'nothing'}."


def _sides(positions: Iterable[Position]) -> Iterable[Side]:
    return (side for position in positions for side in position.sides)


def _more(number: int, one: str) -> str | None:
    return count(number, f"more {one}") if number > 0 else None
