"""What travels through a benchmark: labelled sets, judgements, figures. Frozen, and without logic of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from contradict.labels import CONTRADICTION

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Labelled pairs from one file or one split of a hub's data set.

    Attributes:
        name: as tables show it; unique within a run.
        premises: one text a pair.
        hypotheses: one text a pair.
        labels: int64, indices into `LABELS`; in a two-way set `NEUTRAL` stands for "not a contradiction".
        two_way: whether a label says no more than contradiction or not.
        items: int64; rows of one item are drawn together in a resample.
        languages: object, language of each premise, "" where the row has none; None where no row has one.
        genres: object, genre of each row, likewise.
        digest: SHA-256 of texts, labels and items, in hexadecimal.
        origin: where it comes from: `file` (its name alone) and `sha256`, or `hub`, `commit`, `configuration`, `split`,
            `licence` and `citation`.
        notes: what a reader of the figures must know, such as rows left out or repeated.
        item_names: object, item that each row states, "" where it states none; None where no row does. Rows that state
            the same belong together in all sets of a run.
    """

    name: str
    premises: list[str]
    hypotheses: list[str]
    labels: np.ndarray
    two_way: bool
    items: np.ndarray
    languages: np.ndarray | None
    genres: np.ndarray | None
    digest: str
    origin: Mapping[str, str]
    notes: tuple[str, ...] = ()
    item_names: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model or a baseline says of the pairs of a set.

    Attributes:
        forward: (n, 3) probabilities, in the order of `LABELS`, of premise to hypothesis.
        backward: (n, 3) of hypothesis to premise.
    """

    forward: np.ndarray
    backward: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        """(n,) the symmetric probability of contradiction that a scan uses."""
        scores: np.ndarray = (self.forward[:, CONTRADICTION].astype(float) + self.backward[:, CONTRADICTION]) / 2
        return scores


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95% interval (percentile bootstrap, Efron 1979); NaN where it is undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one system on one group of pairs.

    Attributes:
        set: name of the set, or "all" for all sets of a run together.
        language: of the premises; None where the group isn't of one language.
        genre: None where the group isn't of one genre.
        rows: how many pairs.
        items: how many independent items they are.
        contradictions: how many of the pairs are labelled so.
        figures: by the names in `contradict.benchmark.metrics.FIGURES`.
        confusion: counts; a row for each label, a column for each prediction, in the order of `LABELS`; two by two for
            two-way pairs ("not a contradiction", "contradiction").
    """

    set: str
    language: str | None
    genre: str | None
    rows: int
    items: int
    contradictions: int
    figures: Mapping[str, Estimate]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the judging took in this run; judgements that an earlier run left are not counted.

    Attributes:
        directions: how many times a text was judged against another (two for each pair).
        seconds: wall time of those.
        tokens: how many the model read.
        peak_memory: most memory that the process held until then, in bytes; None where the system
            does not say, and of any model but the first of a run.
        disk: size of the model's folder, in bytes.
        device: what it ran on.
    """

    directions: int
    seconds: float
    tokens: int
    peak_memory: int | None
    disk: int
    device: str


@dataclass(frozen=True, slots=True)
class SystemResult:
    """All figures of one model or baseline.

    Attributes:
        name: as tables show it.
        kind: what it is.
        threshold: least score at which a pair counts as flagged.
        groups: the whole first, then each set, each language of a set, each genre of a set.
        cost: of a model; None for a baseline, and where nothing was left to judge.
        digest: SHA-256 of a model's weights; None for a baseline.
        calibration: what the model's probabilities were corrected by, as `Calibration.to_json` gives it; None without.
    """

    name: str
    kind: Literal["model", "baseline"]
    threshold: float
    groups: tuple[Group, ...]
    cost: Cost | None = None
    digest: str | None = None
    calibration: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A paired test of two systems on the same pairs.

    Attributes:
        first: name of one system.
        second: name of the other.
        set: name of the set, or "all".
        figure: which figure is compared.
        difference: first minus second, with its interval (paired bootstrap by item).
        p_value: two-sided, by approximate randomisation over items (Noreen 1989).
    """

    first: str
    second: str
    set: str
    figure: str
    difference: Estimate
    p_value: float


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """Everything that a run measured.

    Attributes:
        systems: models in the order given, then baselines.
        comparisons: of every model with the first, and of the first with the baselines.
        sets: name, rows, digest, origin and notes of each set, and whether it is two-way.
        curves: for plots; by name of a model, of all pairs, whether each is a contradiction, and its symmetric score.
        run: versions, seeds and command line.
    """

    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...]
    sets: tuple[Mapping[str, object], ...]
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    run: Mapping[str, object] = field(default_factory=dict)
