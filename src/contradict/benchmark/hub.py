"""Labelled sets of the Hugging Face hub → rows, and how to read them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contradict.labelled_pairs import PairColumns
from contradict.labels import LABELS

if TYPE_CHECKING:
    from datasets import Dataset

    from contradict.reading.rows import NumberedRow

_COMMIT = re.compile("[0-9a-f]{40}")
_NAME = re.compile(r"(?P<set>[\w.-]+(?:/[\w.-]+)?)(?::(?P<configuration>[\w.-]+))?(?:@(?P<split>[\w.-]+))?")


@dataclass(frozen=True, slots=True)
class HubSet:
    """One entry of the table of sets that are known by name (`hub.toml`, which says what each field means).

    Attributes:
        hub: owner and name.
        configurations: the first is the default.
        splits: the first is the default.
        files: pattern of the files of one split, with `{configuration}` and `{split}`.
        columns: where its rows have what, and what their labels mean.
        language: of all rows, with `{configuration}`.
        licence: name of the licence.
        citation: who made it, when, under which title, and where that is to be read.
        revision: branch that has the files; None for the main one.
        parallel: whether row n of a split is the same pair in every configuration.
    """

    hub: str
    configurations: tuple[str, ...]
    splits: tuple[str, ...]
    files: str
    columns: PairColumns
    language: str
    licence: str
    citation: str
    revision: str | None = None
    parallel: bool = False


@dataclass(frozen=True, slots=True)
class HubRows:
    """The rows of one split, and what is known of them.

    Attributes:
        name: set, configuration and split, as in `xnli:fr@test`.
        rows: counted from 1; parallel rows as one for each language, all with the same number and the same `item`.
        columns: where they have what.
        origin: `hub`, `folder` (its name alone), `split`, `revision`, `commit`, `configuration`, `licence` and
            `citation`, where they are known.
    """

    name: str
    rows: Iterator[NumberedRow]
    columns: PairColumns
    origin: Mapping[str, str]


@cache
def known_sets() -> Mapping[str, HubSet]:
    """The sets that are known by name."""
    text = resources.files("contradict.benchmark").joinpath("hub.toml").read_text("utf-8")
    return {name: _to_hub_set(entry) for name, entry in tomllib.loads(text).items()}


def open_hub_set(name: str, columns: PairColumns, source: Path | None = None) -> HubRows:
    """Fetch one split of a data set, or find it in the cache of `datasets`. No code of the data set is run.

    A name is `SET`, `SET:CONFIGURATION`, `SET@SPLIT` or `SET:CONFIGURATION@SPLIT`, as in `snli`, `xnli:fr`,
    `anli@test_r3` and `xnli:fr@validation`. `SET` is one of `known_sets`, whose first configuration and split are the
    defaults; or any `owner/name` of the hub, for which the split must be named.

    Args:
        name: as above.
        columns: where the rows of a set that is not known by name have what; those of a known set are known.
        source: folder with the files of the data set, where they are not to come from the hub.

    Raises:
        ValueError: there is no such set, configuration or split; the message lists those that there are.
        OSError: it cannot be loaded; the message says why.
    """
    parts = _NAME.fullmatch(name)
    known = known_sets().get(parts["set"]) if parts else None
    if parts is None or (known is None and "/" not in parts["set"]):
        raise ValueError(
            f"no file {name!r}, and no set of that name; sets known by name: {', '.join(known_sets())}; others of the"
            " hub: owner/name@split or owner/name:configuration@split"
        )
    if known is None:
        return _open_other(parts["set"], parts["configuration"], parts["split"], columns, source)
    configuration = _choose(parts["set"], "configuration", parts["configuration"], known.configurations)
    split = _choose(parts["set"], "split", parts["split"], known.splits)
    files = {split: known.files.format(configuration=configuration, split=split)}
    dataset = _load(known.hub, source, split=split, revision=known.revision, data_files=files)
    origin = {
        "revision": known.revision,
        "configuration": configuration,
        "licence": known.licence,
        "citation": known.citation,
    }
    return HubRows(
        f"{parts['set']}:{configuration}@{split}" if len(known.configurations) > 1 else f"{parts['set']}@{split}",
        _rows(
            dataset,
            known.columns,
            f"{known.hub}@{split}",
            known.language.format(configuration=configuration),
            parallel=known.parallel,
        ),
        known.columns,
        _origin(known.hub, split, source, dataset, origin),
    )


def _open_other(
    hub: str, configuration: str | None, split: str | None, columns: PairColumns, source: Path | None
) -> HubRows:
    if split is None:
        raise ValueError(f"{hub}: name the split, as in {hub}@test or {hub}:configuration@test")
    dataset = _load(hub, source, name=configuration, split=split)
    origin = {"configuration": configuration, "licence": dataset.info.license, "citation": dataset.info.citation}
    return HubRows(
        f"{hub}:{configuration}@{split}" if configuration else f"{hub}@{split}",
        _rows(dataset, columns, f"{hub}@{split}"),
        columns,
        _origin(hub, split, source, dataset, origin),
    )


def _origin(
    hub: str, split: str, source: Path | None, dataset: Dataset, known: Mapping[str, str | None]
) -> dict[str, str]:
    place = {"hub": hub, "folder": source and source.resolve().name, "split": split, "commit": _commit(dataset)}
    return {key: value for key, value in (place | dict(known)).items() if value}


def _commit(dataset: Dataset) -> str | None:
    """The commit of the hub that rows are of, by which `datasets` names the folder where it keeps them."""
    names = [Path(file["filename"]).parent.name for file in dataset.cache_files]
    return next(filter(_COMMIT.fullmatch, names), None)


def _to_hub_set(entry: Mapping[str, Any]) -> HubSet:
    described = {name: entry[name] for name in ("premise", "hypothesis", "genre") if name in entry}
    two_way = tuple(entry["two_way"]) if "two_way" in entry else None
    labels = tuple(entry.get("labels", LABELS))
    return HubSet(
        hub=entry["hub"],
        configurations=tuple(entry["configurations"]),
        splits=tuple(entry["splits"]),
        files=entry["files"],
        columns=PairColumns(**described, label_order=labels, two_way=two_way, language="premise_lang"),
        language=entry["language"],
        licence=entry["licence"],
        citation=entry["citation"],
        revision=entry.get("revision"),
        parallel=entry.get("parallel", False),
    )


def _choose(name: str, what: str, wanted: str | None, known: tuple[str, ...]) -> str:
    if wanted is not None and wanted not in known:
        raise ValueError(f"{name} has no {what} {wanted!r}; it has {', '.join(known)}")
    return wanted or known[0]


def _load(hub: str, source: Path | None, **where: Any) -> Dataset:
    import datasets

    if source is not None:
        where["revision"] = None
    try:
        # A card states the sizes of all splits; the one that is fetched would not pass the check.
        return datasets.load_dataset(str(source or hub), verification_mode="no_checks", **where)
    except Exception as error:  # its loaders let through what any of a dozen libraries raises
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise OSError(f"cannot load {source or hub}: {reason}; without the hub, give the pairs as a file") from error


def _rows(
    dataset: Dataset, columns: PairColumns, split: str, language: str | None = None, *, parallel: bool = False
) -> Iterator[NumberedRow]:
    stated = {"premise_lang": language} if language else {}
    names = getattr(dataset.features.get(columns.label), "names", None) or ()
    for number, row in enumerate(dataset, start=1):
        item = {"item": f"{split}/{number}"}
        label = row.get(columns.label)
        if isinstance(label, int) and 0 <= label < len(names):
            row[columns.label] = names[label]
        if isinstance(row.get(columns.premise), dict):
            yield from ((number, part | item) for part in _parallel_rows(row, columns))
        else:
            yield number, row | stated | (item if parallel else {})


def _parallel_rows(row: Mapping[str, Any], columns: PairColumns) -> Iterator[dict[str, object]]:
    """One row for each language of a row that has a text for each, in the form of `datasets.Translation`."""
    hypotheses = row[columns.hypothesis]
    texts = dict(zip(hypotheses["language"], hypotheses["translation"], strict=True))
    for language, premise in row[columns.premise].items():
        yield {
            columns.premise: premise,
            columns.hypothesis: texts.get(language),
            columns.label: row[columns.label],
            "premise_lang": language,
        }
