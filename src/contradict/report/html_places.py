"""The articles of a report by number, and the places in them that the page links to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from contradict.records import Article, LeftOut, Report, Side
from contradict.report.html_text import language_name, language_tag, named, show_date
from contradict.report.unseen import harmless, one_line
from contradict.report.wording import set_label


class Places:
    """Gives each place that is shown a name to link to, and cuts the articles' full texts at those places."""

    def __init__(self, report: Report) -> None:
        known = [article for result in report.sets for article in result.articles]
        known += [side.article for side in all_sides(report)]
        articles: dict[tuple[str | None, str], Article] = {}
        for article in known:
            articles.setdefault((article.set, article.id), article)
        self.articles = tuple(articles.values())
        self._numbers = {key: number for number, key in enumerate(articles)}
        self._ends: dict[int, dict[int, int]] = defaultdict(dict)
        self.left_out: dict[int, list[LeftOut]] = defaultdict(list)
        for result in report.sets:
            for part in result.left_out:
                if (number := self.number(result.set, part.article)) is not None:
                    self.left_out[number].append(part)

    def number(self, set_name: str | None, article: str) -> int | None:
        """Of an article; None if it is not among those of the report."""
        return self._numbers.get((set_name, article))

    def cite(self, set_name: str | None, article: str, start: int, end: int) -> str | None:
        """The name of a place, which from now on is one to link to; None if its article is not in the report."""
        number = self.number(set_name, article)
        if number is None:
            return None
        ends = self._ends[number]
        ends[start] = max(end, ends.get(start, end))
        return f"p{number}-{start}"

    def texts(self) -> list[dict[str, object]]:
        """The articles that are linked to, in order, cut into what is linked to, what was left out, and the rest."""
        return [
            {**about(self.articles[number]), "id": f"a{number}", "pieces": self._cut(number)}
            for number in sorted(self._ends)
        ]

    def others(self) -> list[dict[str, object]]:
        """The articles that nothing links to, in order."""
        return [about(article) for number, article in enumerate(self.articles) if number not in self._ends]

    def _cut(self, number: int) -> list[dict[str, str | None]]:
        text = self.articles[number].text
        marks: list[tuple[int, int, str | None, str | None]] = [
            (start, end, f"p{number}-{start}", None) for start, end in self._ends[number].items()
        ]
        marks += [(part.start, part.end, None, one_line(part.reason)) for part in self.left_out[number]]
        pieces: list[dict[str, str | None]] = []
        reached = 0
        for start, end, name, why in sorted(marks, key=lambda mark: (mark[0], mark[2] is None)):
            if start > reached:
                pieces.append({"text": harmless(text[reached:start]), "id": None, "why": None})
            # A place that begins inside another keeps its name, on what is left of it.
            pieces.append({"text": harmless(text[max(start, reached) : end]), "id": name, "why": why})
            reached = max(reached, end)
        return [*pieces, {"text": harmless(text[reached:]), "id": None, "why": None}]


def all_sides(report: Report) -> Iterator[Side]:
    """The statements of all that was found."""
    for found in (*report.contradictions, *report.updates):
        yield from (found.a, found.b)
    for dispute in report.disputes:
        for position in (*dispute.asserts, *dispute.denies, *dispute.open):
            yield from position.sides


def about(article: Article) -> dict[str, object]:
    """What is shown of an article beside its text; its id only where neither title nor source has it."""
    title = one_line(article.title)
    return {
        "title": title or named(article.id),
        "article": named(article.id) if title and one_line(article.source) else None,
        "source": source_name(article),
        "date": show_date(article.published) or "undated",
        "language": language_name(article.language),
        "lang": language_tag(article.language),
    }


def source_name(article: Article) -> str:
    """Who published it; where that is not known, the article stands for itself."""
    if source := one_line(article.source):
        return source
    return f"article {named(article.id)}" + (f", {set_label(article.set)}" if article.set else "")
