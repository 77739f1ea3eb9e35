"""A benchmark report as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np

from contradict.benchmark.records import BenchmarkReport

SCHEMA = 1
_DECIMALS = 6


def to_json(report: BenchmarkReport) -> str:
    """The report as one JSON object, schema 1, its keys in the same order every time.

    Keys, and what stands under them, are those of `contradict.benchmark.records`: `schema, run, sets, systems,
    comparisons`. The curves are left out, since they are the score of every pair. Numbers have up to 6 decimals; null
    stands for a figure, or an end of an interval, that is undefined.
    """
    content = {
        "schema": SCHEMA,
        "run": report.run,
        "sets": report.sets,
        "systems": report.systems,
        "comparisons": report.comparisons,
    }
    return json.dumps(plain(content), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def plain(value: object) -> object:
    """The value as JSON has it, with 6 decimals; null is what is undefined, and text what JSON has no form for."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, float):
        return round(value, _DECIMALS) if math.isfinite(value) else None
    return value if value is None or isinstance(value, int | str) else str(value)
