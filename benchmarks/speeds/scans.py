"""Scans of real articles by stage, and what the search for pairs leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from speeds.processes import Answer
from speeds.rows import MEGABYTE, Row, short
from speeds.setting import Setting
from speeds.texts import articles, digest, stories


def scan(setting: Setting) -> Iterator[Row]:
    """Scans of so many articles, each in a process of its own."""
    sizes = setting.options.articles
    rows = articles(setting.options.data, max(sizes))
    for size in sizes:
        texts = [{"id": row["id"], "text": row["text"]} for row in rows[:size]]
        answers = []
        for _ in range(setting.options.scan_repeats):
            with setting.start("scan", texts, detector=setting.detector()) as worker:
                answers.append(worker.ask("run"))
        yield from scan_rows(size, answers, digest(texts))


def scan_rows(size: int, answers: list[Answer], sha256: str) -> Iterator[Row]:
    """A scan, then its stages, those that took longest first."""
    last = answers[-1]
    peaks = [answer["peak"] / MEGABYTE for answer in answers]
    counts = ", ".join(f"{count:,} {name}" for name, count in last["counts"].items())
    seconds = [answer["seconds"] for answer in answers]
    details = {**last["counts"], "peak": peaks, "sha256": sha256}
    yield Row(
        "scan",
        f"`Detector.scan`, {size:,} real articles",
        "s",
        seconds,
        notes=f"{counts}; peak memory {short(max(peaks))} MB",
        details=details,
    )
    taken = {name: [answer["stages"].get(name, 0.0) for answer in answers] for name in last["stages"]}
    for name, own in sorted(taken.items(), key=lambda stage: -median(stage[1])):
        units = last["units"].get(name, 0)
        note = f"{median(own) / median(seconds):.0%} of it"
        if units > 2:  # more than steps of its own
            note += f"; {units:,} units, {short(units / median(own))} a second"
        yield Row("scan", f"… {name}", "s", own, notes=note, details={"articles": size, "units": units})


def recall(setting: Setting) -> Iterator[Row]:
    """The search against the judging of all pairs of statements of two articles."""
    options = setting.options
    rows, same = stories(options.data, options.recall_articles)
    spec = {"statements": options.recall_statements, "least": options.recall_at, "same": same}
    with setting.start("recall", rows, detector=setting.detector(), **spec) as worker:
        found = worker.ask("run")
    counts = {name: tuple(values) for name, values in found["strong"].items()}
    shares = [f"{name} {part:,} of {whole:,}" for name, (whole, part) in counts.items()]
    whole, part = counts["all"]
    yield Row(
        "recall",
        f"share of the pairs judged {options.recall_at:g} or more that the search proposes",
        own=[part / whole] if whole else [],
        beside="judging all pairs of statements of two articles",
        notes=f"{'; '.join(shares)}; the search proposes {found['proposed']:,} of {found['pairs']:,} pairs of"
        f" {found['statements']:,} statements, the first ones of {found['articles']:,} articles;"
        f" {found['judged in both directions']:,} pairs judged in both directions, the others in one, which rules"
        " them out",
        details={**found, "least": options.recall_at, "sha256": digest(rows)},
    )
