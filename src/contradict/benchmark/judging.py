"""A labelled set judged in both directions, saved as it goes, and what that took.

Directions are judged in chunks whose composition and order depend on the texts and the tokenizer alone, so that a
judgement does not depend on where a run was interrupted. Each whole chunk is appended to a file: float32 probabilities,
little-endian, and their CRC-32. Nothing in the file is trusted beyond the first chunk that is cut short or damaged.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from contradict.benchmark.records import Cost, Judged
from contradict.calibration import FILE_NAME
from contradict.models.cache import CACHE_VARIABLE
from contradict.progress import Progress, no_progress

if TYPE_CHECKING:
    from contradict.benchmark.records import LabelledSet
    from contradict.nli import NLI

_DIRECTIONS_A_CHUNK = 2048
_TEXTS_TOKENISED_TOGETHER = 4096
_FORMAT = 2
_ELSEWHERE = f"set {CACHE_VARIABLE} to use another place"
_ROW_BYTES, _CRC_BYTES = 12, 4
_SETTINGS = ("*.json", "*.txt", "*.model")
_WARNING_OF_A_CHUNK = r"\d+ of \d+ pairs fill the"  # of `NLI.predict`; what is cut is told once, of the whole set


def judge_set(
    nli: NLI, labelled: LabelledSet, file: Path | None = None, progress: Progress = no_progress
) -> tuple[Judged, Cost | None]:
    """Judge all pairs of a set in both directions; a pair that stands in it more than once is judged once.

    With a file, each chunk of 2,048 directions is on the disk before the next one begins. A run that was killed, even
    while it wrote, goes on after the last whole chunk, and gives the same bits as one that was not, on the same machine
    with the same number of threads.

    Args:
        nli: the model.
        labelled: the pairs. What is beyond the model's longest input is not read; a warning, in every run, says how
            many pairs that concerns.
        file: where to save what is judged, as `judgements_file` names it; None to save nothing.
        progress: told how many directions are done.

    Returns:
        the judgements, and what this run's share of them took; None for the latter where nothing was left to judge.

    Raises:
        BlockingIOError: another run is judging into the file.
        OSError: the file cannot be read or written, or the disk is full; the message names it.
        ValueError: a text is empty; the message names the pair's position in the set.
    """
    directions, forward, backward = _directions(labelled)
    whole = _count_tokens(nli, directions)
    _warn_of_long_pairs(nli, labelled, whole[forward])
    lengths = np.minimum(whole, nli.max_tokens)
    order = np.argsort(-lengths, kind="stable")
    chunks = [order[start : start + _DIRECTIONS_A_CHUNK] for start in range(0, len(order), _DIRECTIONS_A_CHUNK)]
    probabilities = np.zeros((len(directions), 3), np.float32)
    seconds = 0.0
    with _locked(file), warnings.catch_warnings(), progress(f"Judging {labelled.name}", len(directions)) as advance:
        warnings.filterwarnings("ignore", _WARNING_OF_A_CHUNK)
        saved = _read_saved(file, [len(chunk) for chunk in chunks])
        for chunk, part in zip(chunks, saved, strict=False):
            probabilities[chunk] = part
            advance(len(chunk))
        for number, chunk in enumerate(chunks[len(saved) :], len(saved)):
            started = perf_counter()
            part = nli.predict([directions[position] for position in chunk], lambda *_: nullcontext(advance))
            seconds += perf_counter() - started
            probabilities[chunk] = part
            _append(file, number, part)
    judged = Judged(probabilities[forward], probabilities[backward])
    new = order[len(saved) * _DIRECTIONS_A_CHUNK :]
    return judged, _cost(nli, len(new), seconds, int(lengths[new].sum())) if len(new) else None


def judgements_file(store: Path, nli: NLI, labelled: LabelledSet, digest: str) -> Path:
    """The file for a model's judgements of a set: its name is the SHA-256 of all that they depend on.

    Args:
        store: folder of such files; it need not be there yet.
        nli: the model. The name depends on its configuration, tokenizer, label order, the temperature and weights of
            its calibration, the device that it runs on, and what computes it there.
        labelled: the set.
        digest: of the model's weights, as `contradict.models.loading.weights_digest` gives it.
    """
    from contradict.models.precision import native_bf16

    calibration = nli.calibration
    depends_on = {
        "format": _FORMAT,
        "weights": digest,
        "settings": _digest_of_settings(nli.folder),
        "labels": nli.label_order,
        "correction": [calibration.temperature, *calibration.log_weights] if calibration else None,
        "set": labelled.digest,
        "versions": _versions(),
        "device": device_name(nli),
        "bfloat16": native_bf16(nli.network.device),
    }
    key = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
    return store / f"{key}.judged"


def remove_judgements(file: Path) -> None:
    """Remove a file that `judge_set` made, and its lock; nothing is wrong where there is none.

    A file that another run is judging into stays, for that run to remove.

    Raises:
        OSError: the system does not let the file be removed.
    """
    try:
        with _locked(file):
            file.unlink(missing_ok=True)
    except BlockingIOError:
        return
    with suppress(OSError):  # another run may have the lock by now, and Windows removes no open file
        _lock_path(file).unlink()


def device_name(nli: NLI) -> str:
    """What a model runs on: the device as torch names it, its kind, and on a processor what computes there."""
    import torch

    device = nli.network.device
    if device.type == "cuda":
        return f"{device} ({torch.cuda.get_device_name(device)})"
    if device.type == "cpu":
        return f"{device} ({torch.backends.cpu.get_cpu_capability()}, {nli.backend})"
    return str(device)


def folder_size(folder: Path) -> int:
    """Bytes of the files in a folder; one with several names counts once, and links are followed."""
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}.values())


def _directions(labelled: LabelledSet) -> tuple[list[tuple[str, str]], np.ndarray, np.ndarray]:
    """The different directions of a set, and which of them are each row's forward and backward one."""
    numbers: dict[tuple[str, str], int] = {}
    pairs = list(zip(labelled.premises, labelled.hypotheses, strict=True))
    for position, pair in enumerate(pairs):
        for side, text in zip(("premise", "hypothesis"), pair, strict=True):
            if not text.strip():
                raise ValueError(f"pair {position} of {labelled.name}: the {side} is empty")
    forward = np.array([numbers.setdefault(pair, len(numbers)) for pair in pairs], np.int64)
    backward = np.array([numbers.setdefault((b, a), len(numbers)) for a, b in pairs], np.int64)
    return list(numbers), forward, backward


def _count_tokens(nli: NLI, directions: Sequence[tuple[str, str]]) -> np.ndarray:
    """How many tokens each direction has; each text is counted once, as texts of a pair never join."""
    texts = list(dict.fromkeys(text for pair in directions for text in pair))
    counts: dict[str, int] = {}
    for start in range(0, len(texts), _TEXTS_TOKENISED_TOGETHER):
        part = texts[start : start + _TEXTS_TOKENISED_TOGETHER]
        ids = nli.tokenizer(part, add_special_tokens=False, return_attention_mask=False, verbose=False)["input_ids"]
        counts.update(zip(part, map(len, ids), strict=True))
    special = nli.tokenizer.num_special_tokens_to_add(pair=True)
    return np.array([counts[a] + counts[b] + special for a, b in directions], np.int64)


def _warn_of_long_pairs(nli: NLI, labelled: LabelledSet, lengths: np.ndarray) -> None:
    if cut := int((lengths > nli.max_tokens).sum()):
        warnings.warn(
            f"{cut:,} of {len(labelled):,} pairs of {labelled.name} are longer than the {nli.max_tokens} tokens that"
            f" {nli.name} reads; what is beyond, at the end of the longer text, counts for nothing",
            stacklevel=3,
        )


def _read_saved(file: Path | None, sizes: Sequence[int]) -> list[np.ndarray]:
    """The whole chunks at the beginning of a file; what follows them is cut off."""
    if file is None or not file.exists():
        return []
    data = file.read_bytes()
    saved: list[np.ndarray] = []
    end = 0
    for number, size in enumerate(sizes):
        rows_end = end + size * _ROW_BYTES
        rows, crc = data[end:rows_end], data[rows_end : rows_end + _CRC_BYTES]
        if crc != _crc(number, rows):
            break
        saved.append(np.frombuffer(rows, "<f4").reshape(size, 3))
        end = rows_end + _CRC_BYTES
    if end < len(data):
        os.truncate(file, end)
    return saved


def _append(file: Path | None, number: int, part: np.ndarray) -> None:
    if file is None:
        return
    rows = part.astype("<f4").tobytes()
    with _told(file), file.open("ab") as stream:
        stream.write(rows + _crc(number, rows))
        stream.flush()
        os.fsync(stream.fileno())


def _crc(number: int, rows: bytes) -> bytes:
    return zlib.crc32(rows, number).to_bytes(_CRC_BYTES, "little")


@contextmanager
def _locked(file: Path | None) -> Iterator[None]:
    """Nobody else judges into the file meanwhile; the lock of a killed process ends with it."""
    if file is None:
        yield
        return
    with _told(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(_lock_path(file), timeout=0).acquire()
    with held:
        yield


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Errors of the system say what could not be done, and where."""
    try:
        yield
    except Timeout as error:
        message = f"another run is judging the same pairs with the same model; wait for it, or {_ELSEWHERE}"
        raise BlockingIOError(errno.EAGAIN, message, str(file)) from error
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        message = f"cannot save judgements: {reason} ({_ELSEWHERE})"
        raise OSError(error.errno, message, str(file)) from error


def _lock_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.lock")


def _cost(nli: NLI, directions: int, seconds: float, tokens: int) -> Cost:
    return Cost(directions, seconds, tokens, _peak_memory(), folder_size(nli.folder), device_name(nli))


def _peak_memory() -> int | None:
    if sys.platform == "win32":  # keeps no such record for a process
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _digest_of_settings(folder: Path) -> str:
    """SHA-256 of the files beside the weights that make the network and its tokenizer."""
    digest = hashlib.sha256()
    files = {path for pattern in _SETTINGS for path in folder.glob(pattern)}
    for path in sorted(files - {folder / FILE_NAME}):  # of a calibration, what matters is the correction
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)} ".encode() + data)
    return digest.hexdigest()


def _versions() -> list[str]:
    import tokenizers
    import torch
    import transformers

    from contradict import __version__

    return [__version__, torch.__version__, transformers.__version__, tokenizers.__version__]
