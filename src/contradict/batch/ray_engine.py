"""What reads the texts of a scan on many machines: Ray Data hands batches to workers that hold the networks."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from contradict.batching import batches_by_tokens
from contradict.engine import LocalEngine, Part
from contradict.progress import Progress, no_progress
from contradict.records import Attribution

if TYPE_CHECKING:
    import pandas as pd

    from contradict.calibration import Calibration
    from contradict.engine import Backend
    from contradict.screen import Screen

Method = Literal["vectors", "attributions", "probabilities"]

_FEW = 200_000  # code points; fewer are read here sooner than workers have loaded their networks
_BATCH = 16_000, 400_000  # code points in the smallest and the largest batch: some seconds of a processor's time
_BATCHES_A_WORKER = 8  # so that none waits long for the last one


class EngineError(RuntimeError):
    """Ray is not installed, has no worker of the kind that is wanted, or could not finish; the message says which."""


class RayEngine:
    """The networks in workers of a Ray cluster: one processor core or one GPU each.

    A call gives each worker networks of its own, loaded once. A worker that dies is replaced, and what it had not
    finished is read again. Inputs too small to be worth that are read in this process. Models that are named must be
    there under that name on every machine; the embedded ones come with the installation.

    Where Ray is not yet initialised, it is when it is first needed: with the cluster that `RAY_ADDRESS` names or that
    runs on this machine, else with one of this machine alone, which ends with `close`.

    Example:
        >>> with RayEngine() as engine:  # doctest: +SKIP
        ...     report = Detector(engine=engine).scan("articles/")
    """

    def __init__(
        self,
        nli: str | Path | None = None,
        encoder: str | Path | None = None,
        *,
        nli_labels: Sequence[str] | None = None,
        calibration: Calibration | str | Path | None = "auto",
        tagger: str | Path | None = None,
        device: str = "auto",
        backend: Backend = "auto",
        progress: Progress = no_progress,
        workers: int | None = None,
    ) -> None:
        """Name the models; nothing is loaded or started yet.

        Args:
            nli: see `contradict.Detector`, as for all but `workers`.
            encoder: likewise.
            nli_labels: likewise.
            calibration: likewise; a path must be there on every machine, too.
            tagger: likewise.
            device: "cpu", "cuda", or "auto" for GPUs where the cluster has any.
            backend: likewise.
            progress: told how far long stages are.
            workers: how many; None for one on each core, or each GPU, that the cluster has when texts are read.

        Raises:
            EngineError: Ray is not installed.
            ValueError: `workers` is less than 1.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"workers is {workers!r}; it must be at least 1, or None")
        self._ray = _import_ray()
        self._models: dict[str, Any] = {
            "nli": nli,
            "encoder": encoder,
            "nli_labels": nli_labels,
            "calibration": calibration,
            "tagger": tagger,
            "backend": backend,
        }
        self._device, self._workers, self._progress = device, workers, progress
        # The machine of this process may have no GPU where the workers' have.
        here = "auto" if device.startswith("cuda") else device
        self._local = LocalEngine(**self._models, device=here, progress=progress)
        self._started = False

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """See `close`."""
        self.close()

    def close(self) -> None:
        """End what this engine started of Ray: a cluster of this machine, or the connection to another one."""
        if self._started:
            self._ray.shutdown()
            self._started = False

    @property
    def threshold(self) -> float:
        """See `LocalEngine`; the NLI model is loaded in this process for it."""
        return self._local.threshold

    @property
    def log_weights(self) -> Sequence[float]:
        """See `LocalEngine`."""
        return self._local.log_weights

    @property
    def digests(self) -> dict[str, str]:
        """See `LocalEngine`; the models are loaded in this process for it."""
        return self._local.digests

    @property
    def screen(self) -> Screen | None:
        """See `LocalEngine`; it needs no worker."""
        return self._local.screen

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of texts; see `contradict.engine.Engine`.

        Raises:
            EngineError: Ray could not finish.
        """
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        if lengths.sum() < _FEW:
            return self._local.vectors(texts)
        from contradict.embedding import characters_together

        vectors = np.zeros((len(texts), 0), np.float32)
        with self._progress("Reading statements", len(texts)) as advance:
            # In half precision a vector depends a little on its batch. With the same batches, the same pairs are found.
            within = characters_together("cuda" if self._pool()[1] else "cpu")
            for places, found in self._read("vectors", texts, lengths, within=within):
                if not vectors.shape[1]:
                    vectors = np.zeros((len(texts), found.shape[1]), np.float32)
                vectors[places] = found
                advance(len(places))
        return vectors

    def attributions(self, parts: Sequence[Part]) -> list[list[Attribution]]:
        """Who holds each statement; see `contradict.engine.Engine`.

        Raises:
            EngineError: Ray could not finish.
        """
        lengths = np.array([len(article.text) for article, _ in parts], dtype=np.int64)
        if lengths.sum() < _FEW:
            return self._local.attributions(parts)
        attributions: list[list[Attribution]] = [[] for _ in parts]
        with self._progress("Finding who says what", int(lengths.sum())) as advance:
            for places, found in self._read("attributions", parts, lengths):
                for place, own in zip(places.tolist(), found, strict=True):
                    attributions[place] = own
                advance(int(lengths[places].sum()))
        return attributions

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Probabilities of pairs; see `contradict.engine.Engine`.

        Raises:
            EngineError: Ray could not finish.
            ValueError: a text is empty once white space is removed.
        """
        lengths = np.array([len(premise) + len(hypothesis) for premise, hypothesis in pairs], dtype=np.int64)
        has_empty = not all(premise.strip() and hypothesis.strip() for premise, hypothesis in pairs)
        if lengths.sum() < _FEW or has_empty:  # here the message names the right pair
            return self._local.probabilities(pairs)
        probabilities = np.zeros((len(pairs), 3), np.float32)
        with self._progress("Judging pairs", len(pairs)) as advance:
            for places, found in self._read("probabilities", pairs, lengths):
                probabilities[places] = found
                advance(len(places))
        return probabilities

    def _read(
        self, method: Method, inputs: Sequence[Any], lengths: np.ndarray, *, within: int | None = None
    ) -> Iterator[tuple[np.ndarray, Any]]:
        """What workers find in batches of inputs of like length, as they finish, with the places of these inputs.

        Args:
            method: of a local engine.
            inputs: for it.
            lengths: of them, in code points.
            within: what the method itself takes for a batch, which then is not cut into two.
        """
        workers, gpus = self._pool()
        least, most = _BATCH
        size = min(most, max(least, int(lengths.sum()) // (workers * _BATCHES_A_WORKER)))
        batches = list(batches_by_tokens(lengths, within or size))
        joined = max(1, size // within) if within else 1
        batches = [np.concatenate(batches[at : at + joined]) for at in range(0, len(batches), joined)]
        worker = method, {**self._models, "device": "cuda" if gpus else self._device_of_cores}
        warned: Counter[str] = Counter()
        for row in self._rows(worker, [[inputs[at] for at in batch] for batch in batches], workers, gpus):
            warned.update(row["warnings"])
            yield batches[row["number"]], row["found"]
        _warn(warned)

    def _rows(
        self, worker: tuple[Method, dict[str, Any]], batches: list[list[Any]], workers: int, gpus: int
    ) -> Iterator[dict[str, Any]]:
        data, errors = self._ray.data, self._ray.exceptions
        with _silence():
            rows = data.from_pandas([_row(number=at, inputs=batch) for at, batch in enumerate(batches)])
            context = rows.context  # the data set's own, not the one of the process
            context.enable_progress_bars = context.print_on_execution_start = False
            context.raise_original_map_exception = True
            try:
                # Ray Data starts a dead worker anew and repeats its unfinished tasks, both without limit.
                yield from rows.map_batches(
                    _Worker,
                    fn_constructor_args=worker,
                    batch_size=1,  # a row is a batch already, of texts of like length
                    batch_format="pandas",
                    compute=data.ActorPoolStrategy(size=min(workers, len(batches))),
                    **({"num_gpus": gpus} if gpus else {"num_cpus": 1}),
                ).iter_rows()
            except errors.RayTaskError as error:
                raise error.cause from error  # as it would have been raised in this process
            except errors.RayError as error:
                raise EngineError(f"Ray could not finish: {str(error).strip().splitlines()[0]}") from error

    def _pool(self) -> tuple[int, int]:
        """How many workers there are to be, and how many GPUs each takes; starts Ray if need be."""
        if not self._ray.is_initialized():
            os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # it writes of restarts to standard error
            self._ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
            self._started = True
        has = self._ray.cluster_resources()
        gpus = int(self._device.startswith("cuda") or (self._device == "auto" and has.get("GPU", 0) >= 1))
        kind = "GPU" if gpus else "CPU"
        workers = self._workers or int(has.get(kind, 0))
        if not workers:
            raise EngineError(f"the Ray cluster has no {kind}; state device, or workers where machines join on demand")
        return workers, gpus

    @property
    def _device_of_cores(self) -> str:
        return "cpu" if self._device == "auto" else self._device


class _Worker:
    """What a worker of Ray runs: an engine of its own, in a process of its own."""

    def __init__(self, method: Method, options: dict[str, Any]) -> None:
        if options["device"] == "cpu":  # of the machine's cores, one is this worker's
            import torch

            os.environ["TOKENIZERS_PARALLELISM"] = "false"
            torch.set_num_threads(1)
        self._read = getattr(LocalEngine(**options), method)

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Read a batch."""
        number, inputs = rows["number"].iloc[0], list(rows["inputs"].iloc[0])
        with warnings.catch_warnings(record=True) as caught:
            found = self._read(inputs)
        return _row(number=number, found=found, warnings=[str(warning.message) for warning in caught])


def _row(**cells: Any) -> pd.DataFrame:
    """A frame of one row, whose cells are any objects."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series([cell], dtype=object) for name, cell in cells.items()})


def _warn(messages: Counter[str]) -> None:
    """Say what workers warned of, messages that differ in figures alone once."""
    kinds: dict[str, list[str]] = {}
    for message in messages:
        kinds.setdefault(re.sub(r"[\d.,]+", "0", message), []).append(message)
    for alike in kinds.values():
        others = sum(messages[message] for message in alike) - 1
        more = f" (in one batch of a worker; {others} other batches had the like)" if others else ""
        warnings.warn(f"{alike[0]}{more}", stacklevel=4)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what Ray Data tells of itself off the terminal."""
    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _import_ray() -> Any:
    try:
        import ray.data
    except ImportError as error:
        raise EngineError("RayEngine needs ray; run: pip install 'contradict-nlp[ray]'") from error
    return ray
