"""Folders made once in the user's cache: whole or not there at all, whatever happens while they are made."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

CACHE_VARIABLE = "CONTRADICT_CACHE"
_JUDGEMENTS = "judgements"


def cache_root() -> Path:
    """Where the embedded models are unpacked, exports and digests noted, and unfinished benchmarks kept.

    It is `$CONTRADICT_CACHE`, or the platform's cache directory.
    """
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else user_cache_path("contradict")


def judgements_folder() -> Path:
    """Where unfinished benchmarks keep what they have judged."""
    return cache_root() / _JUDGEMENTS


def cached_folder(name: str, make: Callable[[Path], None], megabytes: int) -> Path:
    """Path of the folder `name` in the cache, made first if it is not there.

    The folder is filled under another name, written through to the disk and then renamed, under a lock: another process
    waits, a killed one leaves only a part that the next one removes, and a folder under its own name is always whole.

    Args:
        name: the folder's name; it holds the version of what is made.
        make: fills the empty folder that it is given.
        megabytes: the room that the folder needs, for the message when there is too little.

    Raises:
        OSError: the cache cannot be written, or the disk is full; the message says where and what to do.
    """
    root = cache_root()
    folder = root / name
    if folder.is_dir():
        return folder
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / f"{name}.lock"):
            if not folder.is_dir():
                _make_whole(folder, make)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            reason = f"the disk is full; about {megabytes} MB are needed"
        else:
            reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"cannot write models to the cache: {reason} (set {CACHE_VARIABLE} to use another place)",
            str(root),
        ) from error
    return folder


def clear_cache() -> int:
    """Remove the unpacked models, exports and digests; the next use makes them again.

    A folder is renamed before it is emptied, under its lock, so that a kill leaves nothing half under its name.

    Returns:
        how many bytes were freed (a file with two names in the cache counts once).
    """
    freed = cache_size()
    for folder in _folders():
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if folder.is_dir():
                gone = folder.with_name(f"{_PART}{folder.name}-removed")
                shutil.rmtree(gone, ignore_errors=True)
                folder.rename(gone)
                shutil.rmtree(gone)
    return freed


def cache_size() -> int:
    """Bytes that the unpacked models take (a file with two names in the cache counts once)."""
    stats = [path.stat() for folder in _folders() for path in folder.rglob("*") if path.is_file()]
    return sum({stat.st_ino: stat.st_size for stat in stats}.values())


_OURS = ("encoder-*", "nli-*", "tagger-*", "openvino-*", "onnx-*", "digest-*")
_PART = ".part-"


def _folders() -> list[Path]:
    return [entry for pattern in _OURS for entry in sorted(cache_root().glob(pattern)) if entry.is_dir()]


def _make_whole(folder: Path, make: Callable[[Path], None]) -> None:
    prefix = f"{_PART}{folder.name}-"
    for left_by_a_killed_process in folder.parent.glob(f"{prefix}*"):
        shutil.rmtree(left_by_a_killed_process)
    part = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
    try:
        make(part)
        _write_through(part)
        part.chmod(0o755)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _write_through(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                if hasattr(os, "posix_fadvise"):
                    # What was just written stays cached in large pieces, and a model that maps the file would have a
                    # whole piece resident for each row it touches. Read afresh, it has little more than the row.
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
