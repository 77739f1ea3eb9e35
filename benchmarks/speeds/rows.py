"""The rows of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

HEADINGS = ("measured", "contradict", "beside it", "", "ratio", "notes")
HIGHER_IS_BETTER = "pairs/s"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement, in rounds: the n-th figure of one side and of the other were taken one after the other.

    Attributes:
        part: the measurement that it belongs to.
        what: in words.
        unit: "pairs/s", of which more is better, or "s", "MB" or "", of which less is.
        own: figures of this library; none where it was not measured.
        beside: what is compared with.
        other: its figures.
        notes: what else a reader must know.
        details: more figures, for JSON only.
    """

    part: str
    what: str
    unit: str = ""
    own: Sequence[float] = ()
    beside: str = ""
    other: Sequence[float] = ()
    notes: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """Of each round, how many times as fast, or as small, this library is."""
        pairs = zip(self.own, self.other, strict=True) if self.other else ()
        return [own / other if self.unit == HIGHER_IS_BETTER else other / own for own, other in pairs]

    def to_json(self) -> dict[str, Any]:
        """All of it, with the ratios."""
        return {**asdict(self), "ratios": self.ratios}

    def __str__(self) -> str:
        """A line of a Markdown table."""
        own, other = spread(self.own, self.unit), spread(self.other, self.unit)
        return line([self.what, own, self.beside, other, spread(self.ratios), self.notes])


def line(cells: Sequence[str]) -> str:
    """Cells as a line of a Markdown table."""
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def heading() -> str:
    """The first two lines of the table."""
    return f"{line(HEADINGS)}\n|---|---:|---|---:|---:|---|"


def spread(values: Sequence[float], unit: str = "") -> str:
    """The median and, of several, the range."""
    if not values:
        return ""
    unit = f" {unit}" if unit else ""
    if len(values) == 1:
        return f"{short(values[0])}{unit}"
    return f"{short(median(values))}{unit} [{short(min(values))}, {short(max(values))}]"


def short(value: float) -> str:
    """Three digits, or all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
