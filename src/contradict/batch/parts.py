"""Rows by key, in the Parquet parts of a folder. A part is there whole or not at all; a damaged one is set aside.

The name of a part is a number and the digest of its content: what is used is what was written, and the parts of two
folders can be put together.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow
from pyarrow import parquet

from contradict.batch.folder import StoreError, remove_unfinished, write_durably

T = TypeVar("T")

KEY_BYTES = 16
KEYS = np.dtype(f"S{KEY_BYTES}")
"""Of arrays of keys."""

_MOST_ROWS = 1 << 32  # of a part; a place is the number of the part times this, and the row
_KEY = "key"


class Parts:
    """The rows of a folder. In memory are their keys and places, 24 bytes a row; all else is read when asked for."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        """Find out what is there; parts that cannot be read are set aside, and a warning names them.

        Args:
            folder: in which the parts are or are to be; nobody else may write there meanwhile.
            columns: names of the columns beside the key.

        Raises:
            OSError: the system does not let a part be read.
        """
        self._folder, self._columns = folder, [_KEY, *columns]
        self._files: list[Path] = []
        self._sound: set[int] = set()  # the parts that are known to be undamaged in all columns
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []  # keys in order, and the place of each
        folder.mkdir(exist_ok=True)
        remove_unfinished(folder)
        numbers = [int(match[0]) for path in folder.iterdir() if (match := re.match("[0-9]+", path.name))]
        self._next = max(numbers, default=0) + 1
        found = [(path, self._try(self._read_keys, path)) for path in sorted(folder.glob("*.parquet"))]
        new = [self._number(path, keys) for path, keys in found if keys is not None]
        if any(len(keys) for keys, _ in new):
            self._index(*(np.concatenate(arrays) for arrays in zip(*new, strict=True)))

    def places(self, keys: np.ndarray) -> np.ndarray:
        """Where the rows of keys are: int64, -1 for a key that is not here.

        The parts of those that are here have been found undamaged by then.

        Args:
            keys: array of `KEYS`.
        """
        found = self._search(keys)
        while unsure := set((found[found >= 0] // _MOST_ROWS).tolist()) - self._sound:
            for number in unsure:
                if self._try(_check, self._files[number]):
                    self._sound.add(number)
                else:
                    self._forget(number)
            found = self._search(keys)
        return found

    def rows(self, places: np.ndarray) -> Iterator[tuple[np.ndarray, Any]]:
        """The rows at places, part by part.

        Args:
            places: as `places` gives them, none of them -1.

        Yields:
            positions in `places`, and a table with their rows in that order.
        """
        numbers, rows = np.divmod(places, _MOST_ROWS)
        for number in np.unique(numbers).tolist():
            at = np.flatnonzero(numbers == number)
            yield at, self._read(self._files[number]).take(rows[at])

    def add(self, keys: np.ndarray, columns: Mapping[str, Any]) -> None:
        """Write rows as a part; once this returns, they are on the disk.

        Args:
            keys: array of `KEYS`, none of them here already.
            columns: arrays of Arrow, by name.

        Raises:
            OSError: the part cannot be written.
        """
        own = pyarrow.FixedSizeBinaryArray.from_buffers(
            pyarrow.binary(KEY_BYTES), len(keys), [None, pyarrow.py_buffer(keys.tobytes())]
        )
        content = BytesIO()
        table = pyarrow.table({_KEY: own, **columns})
        parquet.write_table(table, content, compression="zstd", use_dictionary=False, write_page_checksum=True)
        path = self._folder / f"{self._next:06d}-{_digest(content.getvalue())}.parquet"
        write_durably(path, content.getvalue())
        self._next += 1
        self._sound.add(len(self._files))
        self._index(*self._number(path, keys))

    def _number(self, path: Path, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self._files.append(path)
        return keys, np.arange(len(keys), dtype=np.int64) + (len(self._files) - 1) * _MOST_ROWS

    def _index(self, keys: np.ndarray, places: np.ndarray) -> None:
        """Add a run; runs of like length are joined, so that there are few however many parts are added."""
        self._runs.append(_in_order(keys, places))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            joined = (np.concatenate(arrays) for arrays in zip(*self._runs[-2:], strict=True))
            self._runs[-2:] = [_in_order(*joined)]

    def _search(self, keys: np.ndarray) -> np.ndarray:
        found = np.full(len(keys), -1, np.int64)
        for known, places in self._runs:
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            hit = known[at] == keys
            found[hit] = places[at[hit]]
        return found

    def _forget(self, number: int) -> None:
        others = [(keys, places, places // _MOST_ROWS != number) for keys, places in self._runs]
        self._runs = [(keys[kept], places[kept]) for keys, places, kept in others if kept.any()]

    def _try(self, read: Callable[[Path], T], path: Path) -> T | None:
        """What is read of a part, or None where it is damaged; it is then set aside."""
        try:
            return read(path)
        except _DamagedError as error:
            aside = path.with_name(f"{path.name}.damaged")
            path.replace(aside)
            warnings.warn(f"{error}; it is now called {aside.name}, and what it held is found out anew", stacklevel=2)
            return None

    def _read_keys(self, path: Path) -> np.ndarray:
        return np.array(self._read(path, [_KEY])[_KEY].to_pylist(), KEYS)

    def _read(self, path: Path, columns: list[str] | None = None) -> Any:
        try:
            with path.open("rb") as file:
                part = parquet.ParquetFile(file, page_checksum_verification=True)
                names, found = part.schema_arrow.names, part.read(columns)
        except OSError as error:
            if error.errno is not None:  # the system's, and not of what the file holds
                raise
            raise _DamagedError(f"{path} is damaged: {error}") from error
        except (pyarrow.ArrowException, ValueError, KeyError) as error:
            raise _DamagedError(f"{path} is damaged: {error}") from error
        if names != self._columns:
            raise _DamagedError(
                f"{path} is no part: its columns are {', '.join(names)}, not {', '.join(self._columns)}"
            )
        return found


class _DamagedError(StoreError):
    """A part that is not what was written."""


def _check(path: Path) -> bool:
    if path.stem.rpartition("-")[2] != _digest(path.read_bytes()):
        raise _DamagedError(f"{path} is damaged: its name holds the digest of another content")
    return True


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()


def _in_order(keys: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(keys, kind="stable")
    return keys[order], places[order]
