"""How well two annotators agree on the test sets of disputes.

python benchmarks/disputes/agreement.py

`test/` holds the first labels, `second/` those of a reader who did not see them. Kappa is Cohen's (1960).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sklearn.metrics import cohen_kappa_score

HERE = Path(__file__).parent
Sentence = tuple[str, int]


def main() -> None:
    """Print one line a set, and one for all."""
    lines: list[tuple[str, list[tuple[str, str]], list[tuple[str, str]], list[bool]]] = []
    for path in sorted((HERE / "test").glob("*.json")):
        first, second = (json.loads(each.read_text(encoding="utf-8")) for each in (path, HERE / "second" / path.name))
        verdicts = list(zip(*(_verdicts(first, labels) for labels in (first, second)), strict=True))
        sentences = list(_sentences(first))
        stances = [(one["stance"], second["sentences"][article][at]["stance"]) for (article, at), one in sentences]
        same_holder = _same_holder(first["holders"])
        holders = [
            same_holder(one["holder"], second["sentences"][article][at]["holder"]) for (article, at), one in sentences
        ]
        lines.append((path.stem, verdicts, stances, holders))
    table = Table("set", "pairs", "contradictions", "second", "both", "F1", "kappa", "stance kappa", "holder", box=None)
    everything = [[one for part in parts for one in part] for parts in zip(*(line[1:] for line in lines), strict=True)]
    for name, verdicts, stances, holders in [*lines, ("all", *everything)]:
        called = [[verdict == "contradiction" for verdict in side] for side in zip(*verdicts, strict=True)]
        both = sum(a and b for a, b in zip(*called, strict=True))
        table.add_row(
            name,
            f"{len(verdicts):,}",
            *(str(sum(side)) for side in called),
            str(both),
            f"{2 * both / sum(map(sum, called)):.2f}",
            f"{_kappa(verdicts):.2f}",
            f"{_kappa(stances):.2f}",
            f"{sum(holders) / len(holders):.2f}",
        )
    Console(highlight=False).print(table)


def _sentences(labels: dict[str, Any]) -> Iterator[tuple[Sentence, dict[str, Any]]]:
    for article in labels["articles"]:
        for at, sentence in enumerate(article["sentences"]):
            yield (article["id"], at), sentence


def _verdicts(first: dict[str, Any], labels: dict[str, Any]) -> list[str]:
    """Contradiction, update or neither, for every pair of sentences of a set."""
    said = {
        frozenset((tuple(pair["a"]), tuple(pair["b"]))): verdict
        for name, verdict in (("updates", "update"), ("contradictions", "contradiction"))
        for pair in labels[name]
    }
    places = [place for place, _ in _sentences(first)]
    return [said.get(frozenset(pair), "neither") for pair in combinations(places, 2)]


def _same_holder(names: list[list[str]]) -> Callable[[str | None, str | None], bool]:
    """Whether two names are of one holder: equal, listed together, or one within the other."""
    number = {_plain(name): at for at, group in enumerate(names) for name in group}

    def is_same(one: str | None, other: str | None) -> bool:
        if one is None or other is None:
            return one is other
        a, b = _plain(one), _plain(other)
        return a in b or b in a or number.get(a, -1) == number.get(b, -2)

    return is_same


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _kappa(pairs: list[tuple[str, str]]) -> float:
    return float(cohen_kappa_score(*zip(*pairs, strict=True)))


if __name__ == "__main__":
    main()
