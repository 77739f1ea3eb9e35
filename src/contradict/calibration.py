"""Corrections that make a model's probabilities mean what they say, and the file beside the model that holds them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np

from contradict.labels import LABELS

FILE_NAME = "calibration.json"
_SCHEMA = 1


class CalibrationError(ValueError):
    """A calibration that cannot be read, or that is not of the model's weights; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A correction of logits, and the threshold that goes with it.

    Attributes:
        temperature: logits are divided by it (Guo et al. 2017); above 0.
        log_weights: added to the logits of entailment, neutral and contradiction after that, to move from the shares of
            the labels that the model's probabilities stand for to those that are expected in use (Saerens et al. 2002).
        threshold: least symmetric score worth reporting, 0 to 1; None where none was chosen.
        fitted_on: what it was fitted on and how well it does there, for a reader; values that JSON has a form for.
        digest: of the weights that it belongs to, as `contradict.models.loading.weights_digest` gives it; None where it
            is tied to none, as one made by hand.

    Raises:
        ValueError: a value is out of its range.
    """

    temperature: float = 1.0
    log_weights: tuple[float, float, float] = (0.0, 0.0, 0.0)
    threshold: float | None = None
    fitted_on: Mapping[str, object] = field(default_factory=dict)
    digest: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise ValueError(f"temperature is {self.temperature!r}; it must be above 0")
        if len(self.log_weights) != len(LABELS) or not all(map(math.isfinite, self.log_weights)):
            raise ValueError(f"log_weights is {self.log_weights!r}; it must be {len(LABELS)} finite numbers")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is {self.threshold!r}; it must be from 0 to 1, or None")

    def correct(self, logits: np.ndarray) -> np.ndarray:
        """Corrected logits, (n, 3) float64, the largest of each row 0, from logits in the order of `LABELS`."""
        corrected: np.ndarray = logits.astype(np.float64) / self.temperature + np.array(self.log_weights)
        corrected -= corrected.max(axis=1, keepdims=True)
        return corrected

    def apply(self, logits: np.ndarray) -> np.ndarray:
        """Probabilities, (n, 3) float32, from logits in the order of `LABELS`."""
        odds = np.exp(self.correct(logits))
        probabilities: np.ndarray = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return probabilities

    def to_json(self) -> dict[str, object]:
        """The calibration as values that JSON has a form for."""
        return {"schema": _SCHEMA, **asdict(self), "log_weights": list(self.log_weights)}

    @classmethod
    def from_json(cls, value: object) -> Calibration:
        """The calibration that `to_json` gave.

        Raises:
            ValueError: it is none; the message says what was found and what is wanted.
        """
        if not isinstance(value, Mapping) or value.get("schema") != _SCHEMA:
            raise ValueError(f'an object with "schema": {_SCHEMA} is wanted')
        names = [each.name for each in fields(cls)]
        missing = [name for name in names if name not in value]
        if missing:
            raise ValueError(f"it lacks {', '.join(missing)}")
        temperature, log_weights, threshold, fitted_on, digest = (value[name] for name in names)
        if not isinstance(log_weights, list) or len(log_weights) != len(LABELS):
            raise ValueError(f"log_weights is {log_weights!r}; it must be a list of {len(LABELS)} numbers")
        if not isinstance(fitted_on, Mapping):
            raise ValueError(f"fitted_on is {fitted_on!r}; it must be an object")
        if not (digest is None or isinstance(digest, str)):
            raise ValueError(f"digest is {digest!r}; it must be a string or null")
        entailment, neutral, contradiction = (_number("log_weights", weight) for weight in log_weights)
        return cls(
            _number("temperature", temperature),
            (entailment, neutral, contradiction),
            None if threshold is None else _number("threshold", threshold),
            fitted_on,
            digest,
        )


def at_own_shares(probabilities: np.ndarray, log_weights: Sequence[float]) -> np.ndarray:
    """What `Calibration.apply` would give without these weights, float32, from what it gave with them."""
    if not any(log_weights):
        return probabilities
    odds = probabilities * np.exp(-np.array(log_weights))
    found: np.ndarray = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def read_calibration(path: Path) -> Calibration:
    """Read a calibration that `contradict calibrate` wrote.

    Raises:
        CalibrationError: it is damaged, or is something else; the message names file and reason.
        OSError: the file is not there, or the system does not let it be read.
    """
    try:
        return Calibration.from_json(json.loads(path.read_bytes()))
    except (ValueError, OverflowError, RecursionError) as error:
        raise CalibrationError(
            f"{path}: no calibration: {error}. Write it anew with contradict calibrate, or leave it out with"
            " --calibration none (in Python: calibration=None)"
        ) from error


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration for `read_calibration`; an earlier file stays as it was if that fails.

    Raises:
        OSError: the file cannot be written.
    """
    from contradict.report.files import write_bytes

    text = f"{json.dumps(calibration.to_json(), indent=1, ensure_ascii=False)}\n"
    # Names of files may hold half a surrogate pair, which has no UTF-8 form; Python's escape of it is also JSON's.
    write_bytes(text.encode("utf-8", "backslashreplace"), path)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is {value!r}; it must be a number")
    return float(value)
