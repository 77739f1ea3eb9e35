"""A benchmark report as one HTML page that needs no other file, no script and no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from contradict.benchmark.metrics import FIGURES
from contradict.benchmark.output.figure_tables import group_tables, main_tables
from contradict.benchmark.output.plots import Picture
from contradict.benchmark.output.summary import expected_share, set_notes, summarise
from contradict.benchmark.output.tables import comparison_table, confusion_tables, cost_table
from contradict.benchmark.output.wording import printable
from contradict.benchmark.records import BenchmarkReport, SystemResult


def to_page(report: BenchmarkReport, pictures: Sequence[Picture]) -> str:
    """The whole report as HTML; names and notes are shown as text, whatever they hold.

    Args:
        report: of at least one model. What stands under `command` in its `run` is shown as how to repeat it.
        pictures: to show, in order.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("page.html.jinja").read_text(encoding="utf-8"))
    summary, *sentences = summarise(report)
    run = dict(report.run)
    command = run.pop("command", None)
    models = [printable(system.name) for system in report.systems if system.kind == "model"]
    return template.render(
        title=f"Benchmark of {', '.join(models)}",
        summary=summary,
        sentences=sentences,
        main_tables=main_tables(report),
        pictures=[(picture, b64encode(picture.content).decode()) for picture in pictures],
        comparisons=comparison_table(report),
        group_tables=group_tables(report),
        confusions=confusion_tables(report, every_set=True),
        cost=cost_table(report),
        sets=[(printable(str(about["name"])), _set_facts(about), set_notes(about)) for about in report.sets],
        systems=[(printable(system.name), _system_facts(system)) for system in report.systems],
        definitions=FIGURES,
        run=list(_facts(run)),
        command=printable(str(command)) if command else None,
    )


def _set_facts(about: Mapping[str, object]) -> list[tuple[str, str]]:
    origin = about.get("origin")
    facts = {name: value for name, value in about.items() if name not in ("name", "notes", "origin")}
    return list(_facts({**facts, **origin} if isinstance(origin, Mapping) else facts))


def _system_facts(system: SystemResult) -> list[tuple[str, str]]:
    facts = {
        "kind": system.kind,
        "threshold": system.threshold,
        "SHA-256 of weights": system.digest,
        # What it was fitted on would fill pages; results.json has it.
        "calibration": {name: (system.calibration or {}).get(name) for name in ("temperature", "threshold", "digest")},
        "calibrated to a share of contradictions of": expected_share(system.calibration or {}),
    }
    return list(_facts(facts))


def _facts(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Names and values as text, what is nested under the names that lead to it; nothing for None."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{prefix}{name} ")
        elif value is not None:
            parts = value if isinstance(value, list | tuple) else (value,)
            yield prefix + printable(name), ", ".join(printable(str(part)) for part in parts)
