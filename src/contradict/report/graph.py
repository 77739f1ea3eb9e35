"""A report as a graph: who holds which statements, which of them contradict each other, and in which disputes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from contradict.disputes import place_of
from contradict.records import Article, Dispute, Report, Side
from contradict.report.unseen import REPLACEMENT

if TYPE_CHECKING:
    import networkx as nx

_STANCES = {"asserts": "asserts", "denies": "denies", "open": "leaves open", None: "states"}
_SIDES = {"asserts": "supports", "denies": "opposes", "open": "leaves open"}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BETWEEN_NAMES = "; "


def to_graph(report: Report) -> nx.DiGraph:
    """The contradictions and disputes of a report as a directed graph; updates are no part of it.

    Each node has a `type` and a `label`, which a drawing can show; its id is made of the type and a number and, like
    all else, the same for the same report. Sets of articles share no node.

    * `holder`: its label is its fullest name, `names` has all, joined by "; ". Names are one holder's where disputes of
      the set join them; a name that they join to several others stays by itself.
    * `article`: an article that speaks for itself, with `article` (its id), `title, source, published, language`; its
      label is its source, or its id.
    * `statement`: `text, claim, cue, mode, speaker` (as this statement names its holder), `article, title, source,
      published, language, start, end` (in code points of the article), `also` (in how many other places it stands); its
      label is its claim, or its text.
    * `dispute`: `score`; its label is the issue.

    Each edge has a `relation`.

    * `asserts`, `denies`, `leaves open`: from a holder or an article to a statement, of whose claim it is said;
      `states`, where the stance is unknown.
    * `contradicts`: from the statement that comes first in the order of articles and places to the other one, with
      `score` (0 to 1), `kind`, `evidence`, `topic`, and the probabilities `contradiction_a_b` and `contradiction_b_a`.
      It means the same in both directions.
    * `supports`, `opposes`, `leaves open`: from a statement to a dispute, of whose issue it is said.

    Attributes are strings, integers and floats, as GraphML keeps them; GEXF takes `start` and `end` for times.
    One that is unknown is left out, as is `set` where the run has one unnamed set. A character that XML forbids is
    written as U+FFFD.

    Args:
        report: what was found.
    """
    draft = _Draft(report.disputes)
    for found in report.contradictions:
        draft.link(
            draft.add_statement(found.set, found.a),
            draft.add_statement(found.set, found.b),
            "contradicts",
            score=found.score,
            kind=found.kind,
            evidence=found.evidence,
            topic=found.topic,
            contradiction_a_b=found.judgement.a_b.contradiction,
            contradiction_b_a=found.judgement.b_a.contradiction,
        )
    for dispute in report.disputes:
        node = draft.add("dispute", dispute.set, dispute.id, label=dispute.issue, score=dispute.score)
        for name, relation in _SIDES.items():
            for side in (side for position in getattr(dispute, name) for side in position.sides):
                draft.link(draft.add_statement(dispute.set, side), node, relation)
    return draft.finish()


class _Draft:
    """A graph in the making. What is added a second time stays as it was."""

    def __init__(self, disputes: Iterable[Dispute]) -> None:
        import networkx as nx

        self.graph = nx.DiGraph()
        self._full_names = _full_names(disputes)
        self._ids: dict[tuple[object, ...], str] = {}
        self._counts: Counter[str] = Counter()
        self._names: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, kind: str, set_name: str | None, key: object, **attributes: object) -> str:
        """Add a node; returns its id."""
        known = self._ids.get((kind, set_name, key))
        if known is not None:
            return known
        node = self._ids[kind, set_name, key] = f"{kind}-{self._counts[kind]}"
        self._counts[kind] += 1
        self.graph.add_node(node, type=kind, **_plain(attributes | {"set": set_name}))
        return node

    def add_statement(self, set_name: str | None, side: Side) -> str:
        """Add a statement with its holder; returns its id. A reprint of it is the same node."""
        known = self._ids.get(("statement", set_name, place_of(side)))
        if known is not None:
            return known
        statement, attribution = side.statement, side.attribution
        node = self.add(
            "statement",
            set_name,
            place_of(side),
            label=attribution.claim or statement.text,
            text=statement.text,
            claim=attribution.claim,
            cue=attribution.cue,
            mode=attribution.mode,
            speaker=attribution.speaker,
            **_about(side.article),
            start=statement.start,
            end=statement.end,
            also=len(statement.also),
        )
        self.link(self._add_holder(set_name, side), node, _STANCES[attribution.stance])
        return node

    def link(self, source: str, target: str, relation: str, **attributes: object) -> None:
        """Add an edge."""
        if not self.graph.has_edge(source, target):
            self.graph.add_edge(source, target, relation=relation, **_plain(attributes))

    def finish(self) -> nx.DiGraph:
        """The graph, with all names of its holders."""
        for node, names in self._names.items():
            label = self.graph.nodes[node]["label"]
            ordered = sorted(names, key=lambda name: (name != label, name))
            self.graph.nodes[node]["names"] = _BETWEEN_NAMES.join(ordered)
        return self.graph

    def _add_holder(self, set_name: str | None, side: Side) -> str:
        name, article = side.attribution.speaker, side.article
        if not name:
            return self.add("article", set_name, article.id, label=article.source or article.id, **_about(article))
        full = self._full_names.get((set_name, name), name)
        node = self.add("holder", set_name, full, label=full)
        self._names[node].add(_clean(name))
        return node


def _full_names(disputes: Iterable[Dispute]) -> dict[tuple[str | None, str], str]:
    """For names, by their sets, the fullest name that they are joined with.

    A dispute is about one thing, so that "the ministry" in it is one that it names in full; another dispute may mean
    another ministry, and then the name alone stands for neither.
    """
    fuller: defaultdict[tuple[str | None, str], set[str]] = defaultdict(set)
    for dispute in disputes:
        for position in (*dispute.asserts, *dispute.denies, *dispute.open):
            names = sorted(position.names, key=_fullness)
            for name in names[:-1]:
                fuller[dispute.set, name].add(names[-1])
    full: dict[tuple[str | None, str], str] = {}
    for set_name, name in sorted(fuller, key=lambda key: _fullness(key[1]), reverse=True):  # fuller names come first
        meant = {full.get((set_name, other), other) for other in fuller[set_name, name]}
        if len(meant) == 1:
            full[set_name, name] = meant.pop()
    return full


def _fullness(name: str) -> tuple[int, str]:
    return len(name), name


def _about(article: Article) -> dict[str, str | None]:
    return {
        "article": article.id,
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "language": article.language,
    }


def _plain(attributes: Mapping[str, object]) -> dict[str, object]:
    """What is known of the attributes, in a form that GraphML takes."""
    known = {name: value for name, value in attributes.items() if value not in (None, "")}
    return {name: _clean(value) if isinstance(value, str) else value for name, value in known.items()}


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub(REPLACEMENT, text)
