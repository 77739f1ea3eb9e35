"""What a training run is made of, in one readable file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib import resources
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar

_MAY_BE_0 = ("seed", "caps", "frozen_layers")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a run goes, whatever it trains.

    Attributes:
        seed: of the rows drawn, their order and the new head's weights.
        passes: how often each drawn row is seen.
        batch_size: rows a step.
        learning_rate: the highest; it falls linearly to nothing.
        warmup_share: share of the steps over which the learning rate rises from nothing.
        weight_decay: of AdamW (Loshchilov and Hutter 2019).
        max_tokens: longest row in tokens.
        log_every: steps between two lines of the log.
        checkpoint_every: steps between two checkpoints.
    """

    seed: int = 0
    passes: int = 1
    batch_size: int = 32
    learning_rate: float = 1.5e-4
    warmup_share: float = 0.06
    weight_decay: float = 0.01
    max_tokens: int = 128
    log_every: int = 50
    checkpoint_every: int = 250

    def __post_init__(self) -> None:
        for each in fields(self):
            value, least = getattr(self, each.name), 0 if each.name in _MAY_BE_0 else 1
            _require(each.name, value, str(each.type), least)
            if isinstance(value, Mapping):
                for name, number in value.items():
                    _require(f"{each.name}.{name}", number, "int", least)


Kind = TypeVar("Kind", bound=Schedule)


@dataclass(frozen=True, slots=True)
class TrainingConfig(Schedule):
    """One training run of an NLI model. The longer side of a pair of more than `max_tokens` is cut.

    Attributes:
        label_smoothing: probability spread evenly over the labels (Szegedy et al. 2016).
        reversed_share: share of pairs that are seen once more with their sides exchanged. A contradiction stays one;
            of the others only "not a contradiction" is learned.
        mismatched_share: share of neutral pairs added, each a premise with the hypothesis of another pair of its source
            and language that looks most like its own.
        mismatched_from: the sources that give such pairs; none where it is empty.
        figures_share: share of pairs added about figures, made from the texts of others; see `training.quantities`.
        crossed_share: share of the pairs with translations whose hypothesis is put in another language.
        framed_share: share of pairs of which a side, or both, are put in reported speech; see `training.frames`.
        caps: most rows taken of a source; a source not named is taken whole.
        repeats: how often each row of a source is taken, after the caps; once where it is not named.
        open_licences: values of the column `licence` that let the weights be used by anybody for anything; for whoever
            trains on such rows alone (`contradict.training.mix.open_rows`).
    """

    label_smoothing: float = 0.05
    reversed_share: float = 0.0
    mismatched_share: float = 0.0
    mismatched_from: tuple[str, ...] = ()
    figures_share: float = 0.0
    crossed_share: float = 0.0
    framed_share: float = 0.0
    caps: Mapping[str, int] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)
    open_licences: tuple[str, ...] = ()


def read_config(path: Path | None = None) -> TrainingConfig:
    """Read the configuration of an NLI model's run from a TOML file; see `read_schedule`.

    Args:
        path: the file; without one, the one that this package brings.
    """
    return read_schedule(TrainingConfig, path, "default.toml")


def read_schedule(kind: type[Kind], path: Path | None, shipped: str) -> Kind:
    """Read a configuration from a TOML file.

    Args:
        kind: of the configuration.
        path: the file; without one, the one that this package brings.
        shipped: its name in this package.

    Raises:
        ValueError: the file is no TOML, a key is unknown or a value impossible; the message names file, key and value.
    """
    source = path or resources.files(__package__).joinpath(shipped)
    try:
        values: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{source}: no TOML: {error}") from error
    known = {each.name for each in fields(kind)}
    unknown = sorted(values.keys() - known)
    if unknown:
        raise ValueError(f"{source}: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    values |= {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error


def _require(name: str, value: Any, kind: str, least: int) -> None:
    """Check that a value is what the annotation of its field says, and in its range."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if kind == "int":
        fits, wanted = is_number and value >= least and isinstance(value, Integral), f"a whole number from {least} on"
    elif kind == "float" and name == "learning_rate":
        fits, wanted = is_number and 0 < value < math.inf, "a number above 0"
    elif kind == "float":
        fits, wanted = is_number and 0 <= value < 1, "a number from 0 to below 1"
    elif kind == "tuple[str, ...]":
        fits = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
        wanted = "a list of strings"
    else:
        fits, wanted = isinstance(value, Mapping), f"a table, as [{name}]"
    if not fits:
        raise ValueError(f"{name} is {value!r}; it must be {wanted}")
