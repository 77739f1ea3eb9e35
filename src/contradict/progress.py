"""How a long stage tells how far it is; the library itself shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[int], None]
"""Called with how many more units are done."""

Progress = Callable[[str, int], AbstractContextManager[Advance]]
"""Called with what is being done and how many units there are."""


@contextmanager
def no_progress(description: str, total: int) -> Iterator[Advance]:
    """Shows nothing."""
    yield lambda count: None
