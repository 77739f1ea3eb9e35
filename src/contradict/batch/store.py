"""An engine that keeps what another one reads in a folder, and reads nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import pyarrow

from contradict.batch.folder import PARTS, StoreFolder
from contradict.batch.parts import KEY_BYTES, KEYS, Parts
from contradict.batch.results import remove_other_results, write_results
from contradict.labels import LABELS
from contradict.progress import Progress, no_progress
from contradict.records import Attribution

if TYPE_CHECKING:
    from contradict.detector import DetectorConfig
    from contradict.engine import Engine, Part
    from contradict.records import Report
    from contradict.screen import Screen

T = TypeVar("T")

_FIELDS = [field.name for field in fields(Attribution)]
_HOLDERS = pyarrow.list_(pyarrow.struct([(name, pyarrow.string()) for name in _FIELDS]))


@dataclass(frozen=True, slots=True)
class _Kind:
    """A sort of thing that is kept.

    Attributes:
        folder: in the store.
        network: that says it, as `Engine.digests` names it.
        version: of what its keys and rows mean. To be raised where this library comes to give a network other inputs,
            or to make something else of its outputs: what was kept before is then not found any more.
        columns: of its parts.
        chunk: how much is read before it is written, in sizes of inputs.
        stage: in the words of progress.
    """

    folder: str
    network: str
    version: int
    columns: tuple[str, ...]
    chunk: int
    stage: str


_VECTORS = _Kind(PARTS[0], "encoder", 2, ("vector",), 1_000, "Reading statements")
_ATTRIBUTIONS = _Kind(PARTS[1], "tagger", 4, ("attributions",), 1_000_000, "Finding who says what")  # code points
_JUDGEMENTS = _Kind(PARTS[2], "nli", 2, LABELS, 2_048, "Judging pairs")


class StoredEngine:
    """An engine that looks up in a folder what was read before, and writes there what it has another engine read.

    What was read is on the disk before the next chunk is begun: a process that is killed loses the chunk in the making
    alone. Chunks are made up of inputs in their order, so that one that goes on makes up the same chunks as one that
    was not killed, and ends with the same bits.

    Example:
        >>> with StoredEngine(LocalEngine(), "store") as engine:  # doctest: +SKIP
        ...     detector = Detector(engine=engine)
        ...     engine.save(detector.scan("articles/"), detector.config)
    """

    def __init__(
        self, engine: Engine, folder: str | Path, *, chunks_together: int = 1, progress: Progress = no_progress
    ) -> None:
        """Hold a folder, until `close`; what a save that was killed has left of its result is removed.

        Args:
            engine: what reads what is not in the folder. Its own progress would come between that of this one.
            folder: a store, an empty folder, or one to be made.
            chunks_together: how many chunks (2,048 pairs, 1,000 statements, a million code points of articles) are read
                and written together; more than one for an engine that takes long to begin.
            progress: told how much of what is missing has been read.

        Raises:
            StoreError: another process holds the folder, or it is no store of this schema.
            OSError: the system does not let it be read or written.
        """
        self._engine, self._progress, self._chunks_together = engine, progress, chunks_together
        self._folder = StoreFolder(Path(folder))
        try:
            manifest = self._folder.manifest
            if "result" in manifest:  # else the manifest was lost, and nobody knows what was finished
                remove_other_results(self._folder.path, (manifest["result"] or {"files": []})["files"])
            kinds = (_VECTORS, _ATTRIBUTIONS, _JUDGEMENTS)
            self._parts = {kind: Parts(self._folder.path / kind.folder, kind.columns) for kind in kinds}
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `close`."""
        self.close()

    def close(self) -> None:
        """Let other processes have the folder."""
        self._folder.close()

    @property
    def threshold(self) -> float:
        """That of the other engine."""
        return self._engine.threshold

    @property
    def log_weights(self) -> Sequence[float]:
        """Those of the other engine."""
        return self._engine.log_weights

    @property
    def screen(self) -> Screen | None:
        """That of the other engine."""
        return self._engine.screen

    @cached_property
    def digests(self) -> dict[str, str]:
        """Those of the other engine, noted in the manifest; a warning says where the store was made with others."""
        with self._progress("Loading the models", 1) as advance:
            digests = self._engine.digests
            advance(1)
        self._folder.note_models(digests)
        return digests

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of texts; see `contradict.engine.Engine`."""
        vectors = np.zeros((len(texts), 0), np.float32)
        keys = self._keys(_VECTORS, ((text,) for text in texts))
        for at, table in self._rows(_VECTORS, keys, texts, np.ones(len(texts), np.int64), self._read_vectors):
            rows = table["vector"].combine_chunks().flatten().to_numpy().reshape(len(at), -1)
            if not vectors.shape[1]:
                vectors = np.zeros((len(texts), rows.shape[1]), np.float32)
            vectors[at] = rows
        return vectors

    def attributions(self, parts: Sequence[Part]) -> list[list[Attribution]]:
        """Who holds each statement; see `contradict.engine.Engine`."""
        found: list[list[Attribution]] = [[] for _ in parts]
        keys = self._keys(_ATTRIBUTIONS, map(_article_and_places, parts))
        sizes = np.array([len(article.text) for article, _ in parts], np.int64)
        for at, table in self._rows(_ATTRIBUTIONS, keys, parts, sizes, self._read_attributions):
            for position, rows in zip(at.tolist(), table["attributions"].to_pylist(), strict=True):
                found[position] = [Attribution(**row) for row in rows]
        return found

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Probabilities of pairs; see `contradict.engine.Engine`."""
        probabilities = np.zeros((len(pairs), len(LABELS)), np.float32)
        keys = self._keys(_JUDGEMENTS, pairs)
        for at, table in self._rows(_JUDGEMENTS, keys, pairs, np.ones(len(pairs), np.int64), self._read_pairs):
            probabilities[at] = np.column_stack([table[name].to_numpy() for name in LABELS])
        return probabilities

    def save(self, report: Report, config: DetectorConfig) -> None:
        """Write a report into the folder, in place of the one that is there; the manifest names either, whole.

        Args:
            report: what a scan with this engine found.
            config: how it was done.

        Raises:
            OSError: a file cannot be written.
        """
        files = write_results(self._folder.path, report)
        result = {"files": files, "models": self.digests, "scan": asdict(config), **_counts(report)}
        self._folder.note(finished=True, result=result)
        remove_other_results(self._folder.path, files)

    def _keys(self, kind: _Kind, inputs: Iterable[Iterable[str]]) -> np.ndarray:
        start = blake2b(digest_size=KEY_BYTES)
        _feed(start, f"{kind.folder} {kind.version}", self.digests[kind.network])

        def key(texts: Iterable[str]) -> bytes:
            own = start.copy()
            _feed(own, *texts)
            return own.digest()

        return np.array([key(texts) for texts in inputs], KEYS)

    def _rows(
        self,
        kind: _Kind,
        keys: np.ndarray,
        inputs: Sequence[T],
        sizes: np.ndarray,
        read: Callable[[list[T]], dict[str, Any]],
    ) -> Iterator[tuple[np.ndarray, Any]]:
        """The rows of inputs with their positions, once those are read that are not in the folder, each once."""
        parts = self._parts[kind]
        first = np.sort(np.unique(keys, return_index=True)[1])
        missing = first[parts.places(keys[first]) < 0]
        if len(missing):
            with self._progress(kind.stage, int(sizes[missing].sum())) as advance:
                for chunk in _chunks(missing, sizes, self._chunks_together * kind.chunk):
                    parts.add(keys[chunk], read([inputs[at] for at in chunk]))
                    advance(int(sizes[chunk].sum()))
        return parts.rows(parts.places(keys))

    def _read_vectors(self, texts: list[str]) -> dict[str, Any]:
        vectors = self._engine.vectors(texts).astype(np.float32, copy=False)
        return {"vector": pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(vectors.ravel()), vectors.shape[1])}

    def _read_attributions(self, parts: list[Part]) -> dict[str, Any]:
        rows = [[asdict(each) for each in own] for own in self._engine.attributions(parts)]
        return {"attributions": pyarrow.array(rows, _HOLDERS)}

    def _read_pairs(self, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        columns = self._engine.probabilities(pairs).astype(np.float32, copy=False).T
        return dict(zip(LABELS, map(pyarrow.array, columns), strict=True))


def _article_and_places(part: Part) -> tuple[str, str, str]:
    article, statements = part
    return article.text, article.language or "", " ".join(f"{each.start}:{each.end}" for each in statements)


def _feed(digest: Any, *texts: str) -> None:
    """Put texts to a digest, each with its length, so that no two lists of texts are alike."""
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little") + data)


def _chunks(positions: np.ndarray, sizes: np.ndarray, most: int) -> Iterator[list[int]]:
    """Positions in their order, in chunks that end where they have reached a size.

    One that begins behind a whole chunk makes up the same chunks.
    """
    chunk: list[int] = []
    size = 0
    for position in positions.tolist():
        chunk.append(position)
        size += int(sizes[position])
        if size >= most:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _counts(report: Report) -> dict[str, int]:
    return {
        "articles": sum(len(each.articles) for each in report.sets),
        "not_read": len(report.unreadable),
        "statements": sum(len(each.statements) for each in report.sets),
        "pairs_judged": sum(each.pairs_judged for each in report.sets),
        "pairs_skipped": sum(each.pairs_skipped for each in report.sets),
        "contradictions": len(report.contradictions),
        "updates": len(report.updates),
        "disputes": len(report.disputes),
    }
