"""A report as a person reads it, in a terminal or a text file."""

from __future__ import annotations

import re
from collections import Counter

from rich.console import Console
from rich.text import Text

from contradict.records import Contradiction, Position, Report, SetResult, Side, Topic, Unreadable
from contradict.report.unseen import harmless
from contradict.report.wording import KINDS, STANCES, count, set_label

_WIDEST = 100  # cells; longer lines are hard to read
_UNREADABLE_SHOWN = 5
_SETS_NAMED = 5
_DISPUTES_SHOWN = 5
_SIDES = {"asserts": "asserted by", "denies": "against it", "open": "left open by"}
_CLOSING = "A score is the model's probability that both cannot hold; it does not say who is right."

_NOT_A_SPACE = re.compile(r"[^\S ]+")

_Part = tuple[str, str]  # text and rich style


def print_report(report: Report, console: Console, top: int) -> None:
    """Print what was read and what was found, the strongest contradictions first.

    Lines are at most as wide as the console, and at most 100 cells. What comes from articles is printed as text only:
    control characters are shown as U+FFFD, characters that turn the direction of writing are removed, and markup has no
    meaning.

    Args:
        report: what was found.
        console: where to print; it decides on colours and width.
        top: how many contradictions to show, 0 or more.
    """
    first, *further = summarise(report)
    _print(console, 0, (first, "bold"))
    for line in further:
        _print(console, 0, (line, "dim"))
    _print_unreadable(report.unreadable, console)
    _print_disputes(report, console)
    shown = report[:top]
    _print_contradictions(shown, report, console)
    hidden = len(report) - len(shown)
    if hidden:
        console.print()
        _print(console, 0, (f"{hidden:,} more: --top N, or --format jsonl for all.", ""))
    for where, why in explain_absence(report):
        console.print()
        _print(console, 0, (where, "bold"), (why, ""))
    if shown:
        console.print()
        _print(console, 0, (_CLOSING, "dim"))


def summarise(report: Report) -> list[str]:
    """What was read, what was not judged and what was left out, a line each; what did not occur has no line."""
    counts = [count(len(report.sets), "set")] if len(report.sets) > 1 else []
    counts += [
        count(sum(len(result.articles) for result in report.sets), "article"),
        count(sum(len(result.statements) for result in report.sets), "statement"),
        count(len(report.topics), "topic"),
        f"{count(sum(result.pairs_judged for result in report.sets), 'pair')} compared",
    ]
    lines = [" · ".join(counts)]
    skipped = sum(result.pairs_skipped for result in report.sets)
    if skipped:
        lines.append(f"Not compared, beyond the cap: {count(skipped, 'pair')}")
    reasons = Counter(part.reason for result in report.sets for part in result.left_out)
    if reasons:
        ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        lines.append("Left out: " + ", ".join(f"{number:,} {reason}" for reason, number in ordered))
    return lines


def explain_absence(report: Report) -> list[tuple[str, str]]:
    """Where no contradictions were found, and why, as two parts of a sentence each."""
    found = {contradiction.set for contradiction in report}
    without: dict[str, list[str]] = {}
    for result in report.sets:
        if result.set not in found:
            without.setdefault(_why_none(result), []).append(set_label(result.set))
    if not report.sets:
        without["no article was read"] = []
    many = len(report.sets) > 1
    return [
        (f"No contradictions{f' in {_listed(names)}' if many else ''}: ", f"{reason}.")
        for reason, names in without.items()
    ]


def _print_unreadable(unreadable: tuple[Unreadable, ...], console: Console) -> None:
    if not unreadable:
        return
    _print(console, 0, (f"Could not read {count(len(unreadable), 'file or row', 'files or rows')}:", "yellow"))
    for item in unreadable[:_UNREADABLE_SHOWN]:
        row = "" if item.row is None else f", row {item.row}"
        _print(console, 2, (f"{item.file}{row}: ", ""), (item.reason, "dim"), hang=2)
    if len(unreadable) > _UNREADABLE_SHOWN:
        _print(console, 2, (f"and {len(unreadable) - _UNREADABLE_SHOWN:,} more", "dim"))


def _print_disputes(report: Report, console: Console) -> None:
    """Print the strongest disputes in which anybody is named."""
    named = [each for each in report.disputes if any(p.holder for p in (*each.asserts, *each.denies))]
    if not named:
        return
    console.print()
    _print(console, 0, ("Who stands against whom", "bold underline"))
    for dispute in named[:_DISPUTES_SHOWN]:
        console.print()
        _print(console, 0, (f"{dispute.score:.2f}  ", "bold"), (dispute.issue, ""), hang=6)
        for name, positions in (("asserts", dispute.asserts), ("denies", dispute.denies), ("open", dispute.open)):
            if positions:
                holders = "; ".join(_holder(position) for position in positions)
                _print(console, 6, (f"{_SIDES[name]}: ", "cyan"), (holders, ""), hang=2)
    hidden = len(named) - _DISPUTES_SHOWN
    if hidden > 0:
        console.print()
        _print(console, 0, (f"{count(hidden, 'more dispute')}: --disputes FILE for all.", ""))


def _holder(position: Position) -> str:
    articles = ", ".join(dict.fromkeys(side.article.id for side in position.sides))
    return f"{position.holder or 'the article itself'} ({articles})"


def _print_contradictions(shown: tuple[Contradiction, ...], report: Report, console: Console) -> None:
    """Print them set by set, the set of the strongest first; the rank is that in the whole report."""
    topics = report.topics
    if shown:
        console.print()
        _print(console, 0, ("Contradictions, pair by pair", "bold underline"))
    digits = len(str(len(shown)))
    ranked: dict[str | None, list[tuple[int, Contradiction]]] = {}
    for rank, contradiction in enumerate(shown, start=1):
        ranked.setdefault(contradiction.set, []).append((rank, contradiction))
    for name, members in ranked.items():
        if len(report.sets) > 1:
            console.print()
            _print(console, 0, (set_label(name), "bold"))
        for rank, contradiction in members:
            console.print()
            _print_contradiction(contradiction, f"{rank:>{digits}}", topics[contradiction.topic], console)


def _print_contradiction(c: Contradiction, rank: str, topic: Topic, console: Console) -> None:
    kind, keywords = KINDS[c.kind], ", ".join(topic.keywords)
    heading = [(f"{rank}  ", "dim"), (f"{c.score:.2f}", "bold"), (f"  {kind}", "cyan"), (f"  {keywords}", "dim")]
    _print(console, 0, *heading, hang=len(rank) + 2)
    indent = len(rank) + 2
    for side in (c.a, c.b):
        _print_side(side, indent, console)
    if c.evidence:
        _print(console, indent, (f"evidence: {c.evidence}", "dim"), hang=2)


def _print_side(side: Side, indent: int, console: Console) -> None:
    article, attribution = side.article, side.attribution
    known = [part for part in (article.source, article.published, article.language) if part]
    stance = attribution.stance and STANCES[attribution.stance]
    holder = " ".join(part for part in (attribution.speaker, stance) if part)
    details = "".join(f" · {part}" for part in [*known, holder] if part)
    _print(console, indent, (article.id, ""), (details, "dim"), hang=4)
    _print(console, indent + 2, (" ".join(side.statement.text.split()), ""))
    if side.statement.also:
        _print(console, indent + 2, (f"also in {count(len(side.statement.also), 'other place')}", "dim"))


def _why_none(result: SetResult) -> str:
    if result.pairs_judged:
        return "of the pairs compared, none reached the minimum score"
    if not result.articles:
        return "no article was read"
    if not result.statements:
        return "no statements were found in the articles"
    if len(result.articles) == 1:
        return "there is a single article, and nothing to compare it with"
    return "no pair of statements was worth judging"


def _listed(names: list[str]) -> str:
    more = len(names) - _SETS_NAMED
    return ", ".join(names[:_SETS_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _print(console: Console, indent: int, *parts: _Part, hang: int = 0) -> None:
    """Print the parts as one paragraph, its lines indented, those after the first by `hang` cells more."""
    text = Text.assemble(*((_NOT_A_SPACE.sub(" ", harmless(part)), style) for part, style in parts))
    width = max(min(console.width, _WIDEST) - indent - hang, 2)  # a wide character takes two cells
    for number, line in enumerate(text.wrap(console, width, overflow="fold")):
        line.rstrip()
        line.pad_left(indent + hang if number else indent)
        console.print(line, overflow="ignore", no_wrap=True, highlight=False, markup=False, emoji=False)
