"""A benchmark report → pictures as PNG, each with all models in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from contradict.benchmark.metrics import BINS
from contradict.benchmark.output.wording import UNDEFINED, printable, write_estimate
from contradict.benchmark.records import BenchmarkReport, Group, SystemResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito (2008): told apart with every kind of colour vision; the markers tell models apart without colour.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555")
_MARKERS = "osD^vPX"
_GREY = "#777777"
_WIDTH = 8.0  # inches, as all sizes of figures
_DOTS = 150  # an inch
_LONGEST = 42  # characters of a name
_MOST_ROWS = 120  # of a picture
_NO_GLYPH = "□"
_THIN_SPACE = "\u2009"
_RELIABILITY = (
    "On the dashed line, of the pairs with a stated probability of 30%, 30% are contradictions, and so on. Above it, a"
    " model states too little, below it too much. Each point stands for as many pairs as the lower part shows; a point"
    " of few pairs means little."
)
_PRECISION_RECALL = (
    "Each point of a line is a threshold: further right, more of the contradictions are found; further down, more of"
    " what is flagged is none. The mark is the threshold in use; the dashed line is what flagging pairs blindly gives."
)
_LANGUAGES = (
    "Bars are figures, thin lines their 95% intervals: where those of two models overlap widely, the models may be"
    " equally good. Whole sets are in bold. An upright stroke is what flagging pairs blindly gives."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a report.

    Attributes:
        file: name of its file.
        title: what it shows; it stands in the picture.
        caption: how to read it.
        alt: the title and the main figures, for those who cannot see it.
        content: PNG.
    """

    file: str
    title: str
    caption: str
    alt: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Curve:
    """What is drawn of a model: its figures for all pairs, the label and the score of each pair, and how it looks."""

    system: SystemResult
    group: Group
    labels: np.ndarray
    scores: np.ndarray
    look: Mapping[str, Any]

    def describe(self, heading: str, figure: str) -> str:
        """Name of the model with one of its figures, for a legend."""
        cell = write_estimate(figure, self.group.figures[figure])
        return f"{_name(self.system.name)}: {heading} {cell.text}{f' ±{cell.half}' if cell.half else ''}"


def draw(report: BenchmarkReport) -> list[Picture]:
    """The reliability diagram, the precision-recall curve, and the bars of the sets and their languages."""
    return [_draw_reliability(report), _draw_precision_recall(report), _draw_languages(report)]


def _draw_reliability(report: BenchmarkReport) -> Picture:
    """How often pairs with a given score are contradictions; on the diagonal, what is stated comes true."""
    figure = _figure(report, 6.5)
    shares, counts = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    shares.plot((0, 100), (0, 100), color=_GREY, linestyle="--", linewidth=1, label="what is stated comes true")
    inner_edges = np.linspace(0, 1, BINS + 1)[1:-1]
    for curve in _curves(report):
        bins = np.digitize(curve.scores, inner_edges, right=True)
        sizes = np.bincount(bins, minlength=BINS)
        used = sizes > 0
        stated = 100 * np.bincount(bins, curve.scores, BINS)[used] / sizes[used]
        true = 100 * np.bincount(bins, curve.labels, BINS)[used] / sizes[used]
        shares.plot(stated, true, label=curve.describe("ECE", "ece_symmetric"), **curve.look)
        counts.plot(stated, sizes[used], **curve.look)
    shares.set(ylabel="pairs that are contradictions (%)", xlim=(-2, 102), ylim=(-2, 102))
    counts.set(xlabel="score: stated probability of contradiction (%)", ylabel="pairs in bin", yscale="log")
    counts.set_ylim(0.7, max(12, counts.get_ylim()[1]))  # so that two powers of ten are labelled at least
    counts.yaxis.set_major_formatter("{x:,.0f}")
    counts.yaxis.set_minor_formatter("")
    title = "Do stated probabilities come true? (reliability, both ways)"
    return _finish(figure, shares, "reliability.png", title, _RELIABILITY)


def _draw_precision_recall(report: BenchmarkReport) -> Picture:
    """Precision and recall at all thresholds of the symmetric score, the threshold in use marked."""
    from sklearn.metrics import precision_recall_curve

    figure = _figure(report, 5.5)
    axes = figure.subplots()
    curves = [curve for curve in _curves(report) if curve.labels.any()]
    for curve in curves:
        precision, recall, _ = precision_recall_curve(curve.labels, curve.scores)
        axes.plot(100 * recall, 100 * precision, color=curve.look["color"], drawstyle="steps-post")
        flagged = curve.scores >= curve.system.threshold
        hits = (curve.labels & flagged).sum()
        point = ([100 * hits / curve.labels.sum()], [100 * hits / flagged.sum()]) if flagged.any() else ([], [])
        look = {**curve.look, "markersize": 10, "markeredgecolor": "white"}
        axes.plot(*point, label=curve.describe("AP", "average_precision_symmetric"), **look)
    if curves:
        base = 100 * curves[0].labels.mean()
        axes.axhline(base, color=_GREY, linestyle="--", linewidth=1, label=f"by chance: {base:.1f}")
    else:
        axes.text(50, 50, "undefined: no pair is labelled a contradiction", ha="center")
    axes.set(xlabel="recall: contradictions found (%)", ylabel="precision: flagged pairs that are contradictions (%)")
    axes.set(xlim=(-2, 102), ylim=(-2, 102))
    title = "Finding contradictions at every threshold (both ways); the one in use is marked"
    return _finish(figure, axes, "precision_recall.png", title, _PRECISION_RECALL)


def _draw_languages(report: BenchmarkReport) -> Picture:
    """Accuracy and average precision of each set and of each of its languages."""
    models = _models(report)
    groups = [each for each in zip(*(system.groups for system in models), strict=True) if each[0].genre is None]
    left_out = len(groups) - _MOST_ROWS
    if left_out > 0:
        largest = sorted(range(len(groups)), key=lambda number: -groups[number][0].rows)[:_MOST_ROWS]
        groups = [groups[number] for number in sorted(largest)]
    figure = _figure(report, 1.3 + len(groups) * (0.14 + 0.16 * len(models)))
    accuracy, precision = figure.subplots(1, 2, sharey=True)
    _draw_bars(accuracy, "accuracy", models, groups)
    _draw_bars(precision, "average_precision_symmetric", models, groups)
    chance = [100 * each[0].contradictions / each[0].rows for each in groups]
    precision.scatter(chance, range(len(groups)), s=120, color="black", marker="|", zorder=3, label="by chance")
    precision.set(xlabel="average precision (%, both ways)")
    accuracy.set(xlabel="accuracy (%, one way)", ylim=(len(groups) - 0.5, -0.5))
    names = [_name(group.set if group.language is None else group.language) for group, *_ in groups]
    rows = [f"{name} ({group.rows:,})" for name, (group, *_) in zip(names, groups, strict=True)]
    accuracy.set_yticks(range(len(groups)), rows)
    for label, (group, *_) in zip(accuracy.get_yticklabels(), groups, strict=True):
        label.set_fontweight("bold" if group.language is None else "normal")
    title = "Sets and their languages (pairs), with 95% intervals"
    caption = _LANGUAGES + (f" The {_MOST_ROWS} largest are shown, {left_out:,} are not." if left_out > 0 else "")
    return _finish(figure, precision, "languages.png", title, caption)


def _draw_bars(axes: Axes, name: str, models: Sequence[SystemResult], groups: Sequence[tuple[Group, ...]]) -> None:
    height = 0.8 / len(models)
    for number, system in enumerate(models):
        estimates = [group[number].figures[name] for group in groups]
        values, lows, highs = 100 * np.array([(each.value, each.low, each.high) for each in estimates]).T
        middles = np.arange(len(groups)) + (number - (len(models) - 1) / 2) * height
        errors = np.clip((values - lows, highs - values), 0, None)  # an interval may lie beside a figure
        hatch = "//" * (number // len(_COLOURS))
        axes.barh(middles, values, 0.9 * height, color=_look(number)["color"], hatch=hatch, label=_name(system.name))
        axes.errorbar(values, middles, xerr=errors, fmt="none", ecolor="black", elinewidth=1, capsize=2)
        for middle in middles[np.isnan(values)]:
            axes.text(1, middle, f"{UNDEFINED} undefined", va="center", fontsize="small")
    axes.set(xlim=(0, 100))


def _models(report: BenchmarkReport) -> list[SystemResult]:
    return [system for system in report.systems if system.kind == "model"]


def _curves(report: BenchmarkReport) -> list[_Curve]:
    """The curves of the models, with the figures of all sets together."""
    return [
        _Curve(system, system.groups[0], *report.curves[system.name], _look(number))
        for number, system in enumerate(_models(report))
        if system.name in report.curves
    ]


def _look(number: int) -> dict[str, Any]:
    kinds = len(_COLOURS)
    # The second round of colours comes with other markers.
    marker = _MARKERS[(number + number // kinds) % len(_MARKERS)]
    return {"color": _COLOURS[number % kinds], "marker": marker, "linewidth": 1.6, "markersize": 5}


def _name(name: str) -> str:
    """A name that fits and that the font can draw; `$` would start a formula, and `_` keep it out of the legend."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties()))
    shown = printable(name)
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    drawn = "".join(each if font.get_char_index(ord(each)) else _NO_GLYPH for each in shown)
    return f"{_THIN_SPACE if drawn.startswith('_') else ''}{drawn}".replace("$", r"\$")


def _figure(report: BenchmarkReport, height: float) -> Figure:
    """A figure with room for a legend; not of pyplot, so that the pictures of a notebook stay as they are."""
    from matplotlib.figure import Figure

    return Figure((_WIDTH, height + 0.22 * len(_models(report))), layout="constrained", facecolor="white")


def _finish(figure: Figure, axes: Axes, file: str, title: str, caption: str) -> Picture:
    """Add the title, the legend of the axes and a grid, and draw the figure."""
    figure.suptitle(title, fontsize="large")
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", frameon=False)
    for each in figure.axes:
        each.grid(color="#dddddd", linewidth=0.6)
        each.set_axisbelow(True)
        each.spines[["top", "right"]].set_visible(False)
    content = BytesIO()
    figure.savefig(content, format="png", dpi=_DOTS)
    return Picture(file, title, caption, f"{title}. {'; '.join(labels)}".replace(r"\$", "$"), content.getvalue())
