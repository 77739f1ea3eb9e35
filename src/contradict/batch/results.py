"""A report as the files of a store: what was found as Parquet parts, disputes as JSON lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from contradict.batch.folder import DISPUTES, RESULTS, remove_unfinished, write_together
from contradict.detector import strongest_first
from contradict.records import Report
from contradict.report.files import json_lines, parquet_bytes
from contradict.report.rows import dispute_row
from contradict.report.table import to_frame

_ROWS_A_PART = 50_000
_NAME = re.compile(r"([0-9]{6})(?:-[0-9]{5}\.parquet|\.jsonl)")


def write_results(store: Path, report: Report) -> list[str]:
    """Write a report beside those that are there, in files of other names; none is seen before all are written.

    Args:
        store: folder of the store.
        report: what was found. Contradictions and updates become rows with the columns of `contradict.report.table`,
            strongest first; `kind` tells them apart.

    Returns:
        the files, by their paths from the store on.

    Raises:
        OSError: a file cannot be written.
    """
    for folder in (RESULTS, DISPUTES):
        (store / folder).mkdir(exist_ok=True)
    number = 1 + max((number for _, number in _written(store)), default=0)
    rows = strongest_first([*report.contradictions, *report.updates])
    files: list[str] = []

    def contents() -> Iterator[tuple[Path, bytes]]:
        for at, start in enumerate(range(0, max(1, len(rows)), _ROWS_A_PART)):
            frame = to_frame(replace(report, contradictions=rows[start : start + _ROWS_A_PART]))
            files.append(f"{RESULTS}/{number:06d}-{at:05d}.parquet")
            yield store / files[-1], parquet_bytes(frame)
        files.append(f"{DISPUTES}/{number:06d}.jsonl")
        yield store / files[-1], json_lines(map(dispute_row, report.disputes))

    write_together(contents())
    return files


def remove_other_results(store: Path, files: Collection[str]) -> None:
    """Remove what `write_results` wrote or had begun to write, but for these files.

    Args:
        store: folder of the store.
        files: as `write_results` returned them.
    """
    for folder in (RESULTS, DISPUTES):
        remove_unfinished(store / folder)
    for path, _ in list(_written(store)):
        if path.relative_to(store).as_posix() not in files:
            path.unlink()


def _written(store: Path) -> Iterator[tuple[Path, int]]:
    """The files of results, and the number of each result."""
    for folder in (RESULTS, DISPUTES):
        for path in (store / folder).glob("*"):  # nothing where the folder is not there yet
            if match := _NAME.fullmatch(path.name):
                yield path, int(match[1])
