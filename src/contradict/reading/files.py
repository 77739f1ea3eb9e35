"""Files and directories to articles."""

from __future__ import annotations

import errno
import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from contradict.reading.formats import READERS, Reader, json_rows, plain_text_rows
from contradict.reading.rows import rows_to_articles
from contradict.reading.text import UnreadableError, decode, make_usable
from contradict.records import Article, Unreadable

_NO_PATH = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)


def read_path(path: Path, text_column: str) -> Iterator[Article | Unreadable]:
    """Read a file, or the files of a directory; see `read_articles`.

    Raises:
        FileNotFoundError: there is no such path.
    """
    try:
        path.stat()
        is_folder = path.is_dir()
    except OSError as error:
        if error.errno in _NO_PATH:
            raise FileNotFoundError(
                f"no file or directory {str(path)[:200]!r}; to read texts, pass them in a list"
            ) from error
        yield _unreadable(path, error)
        return
    if not is_folder:
        yield from _read_file(path, text_column, None, READERS.get(split_name(path)[1], plain_text_rows))
        return
    empty = True
    for found in _read_folder(path, path, text_column, frozenset()):
        empty = False
        yield found
    if empty:
        yield _unreadable(path, UnreadableError("a directory without files"))


def read_standard_input(text_column: str) -> Iterator[Article | Unreadable]:
    """Read standard input: rows where it starts with `{` or is a JSON list, and else one article."""
    data = sys.stdin.buffer.read()
    name = "standard input"
    try:
        text = decode(data)
        reader = json_rows if text.lstrip().startswith("{") or _is_json_list(text) else plain_text_rows
        yield from rows_to_articles(reader(text.encode(), text_column), name, "stdin", text_column)
    except UnreadableError as error:
        yield Unreadable(name, None, str(error))


def read_bytes(path: Path) -> bytes:
    """Content of a file, unzipped where its name ends in `.gz`.

    Raises:
        OSError: the file cannot be read.
        UnreadableError: it is damaged gzip.
    """
    data = path.read_bytes()
    if not _is_zipped(path):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableError(f"damaged gzip: {error}") from error


def split_name(path: Path) -> tuple[str, str]:
    """Stem and lower-case ending of a file name, without regard to a final `.gz`."""
    name = Path(path.stem) if _is_zipped(path) else path
    return name.stem, name.suffix.lower()


def _is_zipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _is_json_list(text: str) -> bool:
    # A text may start with a bracket, too.
    if not text.lstrip().startswith("["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_folder(folder: Path, root: Path, text_column: str, above: frozenset[Path]) -> Iterator[Article | Unreadable]:
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
        above |= {folder.resolve()}
    except OSError as error:
        yield _unreadable(folder, error)
        return
    set_name = None if folder == root else folder.relative_to(root).as_posix()
    for entry in entries:
        try:
            reader = None if entry.is_dir() else _reader_in_folder(entry)
            if reader is None and entry.resolve() in above:
                raise UnreadableError("a link to a directory that holds it")
        except (OSError, UnreadableError) as error:
            yield _unreadable(entry, error)
            continue
        if reader is None:
            yield from _read_folder(entry, root, text_column, above)
        else:
            yield from _read_file(entry, text_column, set_name, reader)


def _reader_in_folder(path: Path) -> Reader:
    # Opening a pipe would wait for its writer, for ever.
    if not path.is_file():
        raise UnreadableError("neither a file nor a directory")
    ending = split_name(path)[1]
    if ending not in READERS:
        raise UnreadableError(f"not a format that is read: {path.suffix or 'no ending'}")
    return READERS[ending]


def _read_file(path: Path, text_column: str, set_name: str | None, reader: Reader) -> Iterator[Article | Unreadable]:
    try:
        rows = reader(read_bytes(path), text_column)
    except (OSError, UnreadableError) as error:
        yield _unreadable(path, error)
        return
    yield from rows_to_articles(rows, make_usable(str(path)), split_name(path)[0], text_column, set_name)


def _unreadable(path: Path, error: Exception) -> Unreadable:
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    return Unreadable(make_usable(str(path)), None, reason)
