"""The folder of a store: held by one process at a time, with a manifest, and files that a kill leaves whole."""

from __future__ import annotations

import json
import os
import re
import socket
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

SCHEMA = 1
"""Version of the layout of a store."""

MANIFEST, LOCK, HOLDER = "manifest.json", "lock", "holder"
PARTS = ("vectors", "attributions", "judgements")
RESULTS, DISPUTES = "results", "disputes"
_OWN = re.compile("|".join([re.escape(MANIFEST), LOCK, HOLDER, *PARTS, RESULTS, DISPUTES, r"\..*\.part"]))


class StoreError(ValueError):
    """A folder that is no store, or one that cannot be used; the message names the file and says what to do."""


class StoreFolder:
    """A folder that is a store, held by this process until `close`.

    Attributes:
        path: of the folder.
        manifest: what `manifest.json` holds: `schema`, the `library`'s version, the `models` that were last used and
            the `earlier_models`, whether the last scan is `finished`, and the last `result` that was: None before the
            first one, and missing where a lost manifest was made anew beside results.
    """

    def __init__(self, path: Path) -> None:
        """Hold a folder, and make it a store if it is empty or not there.

        Args:
            path: of the folder.

        Raises:
            StoreError: another process holds it, it is not empty and no store, or a store of another schema.
            OSError: the system does not let it be read or written.
        """
        self.path = path
        _require_own(path)
        path.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path / LOCK, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StoreError(
                f"{path} is in use by another process{_holder(path)}; wait for it to end, or name another folder"
            ) from error
        try:
            write_durably(path / HOLDER, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
            self.manifest = _read_manifest(path / MANIFEST)
            self.note(finished=False)
        except BaseException:
            self.close()
            raise

    def note(self, **fields: object) -> None:
        """Put fields into the manifest, and the manifest on the disk."""
        self.manifest = {**self.manifest, **fields}
        write_durably(self.path / MANIFEST, f"{json.dumps(self.manifest, indent=1, ensure_ascii=False)}\n".encode())

    def note_models(self, digests: dict[str, str]) -> None:
        """Put the models that are used into the manifest; a warning says where others were used before.

        Args:
            digests: see `contradict.engine.Engine`.
        """
        before = self.manifest["models"]
        if before == digests:
            return
        earlier = [each for each in self.manifest["earlier_models"] if each not in (before, digests)]
        if before:
            others = [name for name, digest in digests.items() if before.get(name) != digest]
            warnings.warn(
                f"{self.path} was last used with another {' and another '.join(others)}; what that read is kept, but"
                " does not count for this scan",
                stacklevel=3,
            )
            earlier.append(before)
        self.note(models=digests, earlier_models=earlier)

    def close(self) -> None:
        """Let other processes have the folder; nothing is wrong where that was done before."""
        if self._lock.is_locked:
            with suppress(OSError):  # the lock counts, and not what is said of its holder
                (self.path / HOLDER).unlink(missing_ok=True)
            self._lock.release()


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, even where the machine stops; an earlier one is replaced.

    Args:
        path: of the file, in a folder that is there.
        content: what to write.

    Raises:
        OSError: it cannot be written; the message names the file.
    """
    write_together([(path, content)])


def write_together(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write files durably that get their names, one right after the other, once all of them are on the disk.

    Args:
        files: path and content of each; only one content is in memory at a time, if this makes them one by one.

    Raises:
        OSError: one cannot be written; the message names it.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, content in files:
            parts[path] = part = path.with_name(f".{path.name}.part")
            with _naming(path), part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, part in parts.items():
            with _naming(path):
                part.replace(path)
        for folder in {path.parent for path in parts}:
            with _naming(folder):
                _sync_names(folder)
    except BaseException:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process had begun to write in a folder."""
    for path in folder.glob(".*.part"):
        path.unlink()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Have an error of the system name the file that was to be written."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, f"cannot write: {error.strerror or error}", str(path)) from error


def _sync_names(folder: Path) -> None:
    """Write the names in a folder through to the disk, where the system can."""
    if os.name == "nt":  # opens no folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_own(path: Path) -> None:
    """Refuse, and leave untouched, a folder that is no store of this schema; a lost manifest alone is made anew."""
    if not path.exists():
        return
    if not path.is_dir():
        raise StoreError(f"{path} is no folder; name another one for the store")
    if (path / MANIFEST).exists():
        _read_manifest(path / MANIFEST)
        return
    if foreign := sorted(entry.name for entry in path.iterdir() if not _OWN.fullmatch(entry.name)):
        raise StoreError(
            f"{path} is not empty and no store (it holds {foreign[0]}, and no {MANIFEST}); name a new or empty one"
        )


def _holder(path: Path) -> str:
    """Which process holds the folder, where it says so."""
    try:
        words = (path / HOLDER).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return f" ({words})" if words else ""


def _read_manifest(path: Path) -> Mapping[str, Any]:
    from contradict import __version__

    empty = {"schema": SCHEMA, "library": __version__, "models": {}, "earlier_models": []}
    if not path.exists():
        is_lost = (path.parent / RESULTS).exists()
        return empty if is_lost else {**empty, "result": None}
    try:
        found = json.loads(path.read_bytes())
    except ValueError as error:
        raise StoreError(
            f"{path} is damaged: {error}; remove it, and the next scan makes a new one (what has been read and judged"
            " is kept in other files)"
        ) from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        schema = found.get("schema") if isinstance(found, dict) else None
        raise StoreError(
            f"{path} has schema {schema!r}; this version of contradict reads schema {SCHEMA}. Use the version that made"
            " the store, or name another folder"
        )
    return {**empty, **found, "library": __version__}
