"""Shows where the sources in a pile of news contradict each other.

Importing the package loads nothing heavy: each public name brings its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contradict.detector import Detector, DetectorConfig
    from contradict.models import default_encoder
    from contradict.reading import read_articles
    from contradict.records import Article, Contradiction, Report

__version__ = "0.1.0"
__all__ = ["Article", "Contradiction", "Detector", "DetectorConfig", "Report", "default_encoder", "read_articles"]

_HOMES = {
    "Article": "contradict.records",
    "Contradiction": "contradict.records",
    "Detector": "contradict.detector",
    "DetectorConfig": "contradict.detector",
    "Report": "contradict.records",
    "default_encoder": "contradict.models",
    "read_articles": "contradict.reading",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
