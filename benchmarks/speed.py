"""How fast this library is, beside the usual ways to run the same weights; every ratio within one run.

python benchmarks/speed.py --data DIR [--only NAME ...] [--backend NAME] [--cores N] [--out FILE.json]

DIR holds `nli/`, `topics/` and `attribution/`; README.md names their sources. What is compared sits in processes of its
own and takes turns, A B A B …; a ratio is of two turns that followed each other, and its median and range are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from speeds import judging, other_package, scans
from speeds.processes import WorkerError
from speeds.rows import Row, heading
from speeds.setting import Setting, machine

from contradict import __version__
from contradict.models.loading import weights_digest
from contradict.report.files import require_directory, write_bytes

MEASUREMENTS: dict[str, Callable[[Setting], Iterator[Row]]] = {
    "score": judging.score,
    "judging": judging.judging,
    "shapes": judging.shapes,
    "scan": scans.scan,
    "recall": scans.recall,
    "start": judging.start,
    "memory": judging.memory,
    other_package.PACKAGE: other_package.contradict_text,
}
NOTE = (
    "Medians [least, most] of the rounds. A ratio is that of a round: how many times as fast, or as small, this library"
    " is; above 1 it is ahead. In a scan, a unit is what the stage counts: code points where holders are sought,"
    " statements where they are read, directions where pairs are judged."
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print each row of the table as soon as it is known."""
    options = read_options(arguments)
    if options.out:
        require_directory(options.out)
    with tempfile.TemporaryDirectory() as made:
        folder = options.workdir or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        complete = run(Setting(options, folder.resolve()))
    sys.exit(0 if complete else 1)


def run(setting: Setting) -> bool:
    """Measure what was asked for; whether all of it could be."""
    taken_on, rows, complete = machine(), [], True
    print(heading(), flush=True)
    for name in setting.options.only or MEASUREMENTS:
        try:
            for row in MEASUREMENTS[name](setting):
                rows.append(row)
                print(row, flush=True)
        except (WorkerError, OSError, ValueError) as error:
            complete = False
            rows.append(Row(name, name, notes=f"not measured: {error}"))
            print(rows[-1], flush=True)
        if setting.options.out:
            figures = json.dumps(result(setting, taken_on, rows), indent=1, default=str)
            write_bytes(f"{figures}\n".encode(), setting.options.out)
    print(f"\n{NOTE}\n\n{made_with(setting, taken_on)}")
    return complete


def result(setting: Setting, taken_on: dict[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """All figures, with what they were made with and how."""
    return {
        "schema": 1,
        "contradict": __version__,
        "machine": taken_on,
        "options": vars(setting.options),
        "nli": weights_digest(setting.nli),
        "encoder": weights_digest(setting.encoder),
        "versions": setting.versions,
        "threads of torch and back ends": setting.runs_with,
        "rows": [row.to_json() for row in rows],
    }


def made_with(setting: Setting, taken_on: dict[str, Any]) -> str:
    """Processor, threads and versions, in words."""
    lines = [
        f"{taken_on['cpu']}, {setting.options.cores or taken_on['cores']} of its cores used"
        f" ({' '.join(taken_on['cpu_flags']) or 'no known flags'}), load before {taken_on['load'][0]};"
        f" {taken_on['system']}; Python {taken_on['python']}; contradict {__version__}."
    ]
    for name, versions in setting.versions.items():
        lines.append(f"In {name}: {', '.join(f'{package} {version}' for package, version in versions.items())}.")
    ran = [
        f"{engine} {' and '.join(f'{threads} {backend}'.strip() for threads, backend in found)}"
        for engine, found in setting.runs_with.items()
    ]
    return "\n".join([*lines, f"Threads of torch, and back ends where they are named: {', '.join(ran)}."])


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options, checked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of nli/, topics/, attribution/")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures there, as JSON")
    parser.add_argument("--workdir", type=Path, metavar="DIR", help="for models and environments (default: removed)")
    models = parser.add_argument_group("models")
    for name in ("nli", "encoder", "tagger"):
        models.add_argument(f"--{name}", metavar="FOLDER", help="default: the embedded one")
    models.add_argument("--backend", metavar="NAME", help="what the library runs its models by (default: its own)")
    models.add_argument("--device", default="auto", metavar="NAME", help="for both sides (default: auto)")
    models.add_argument("--shapes", type=Path, default=Path(__file__).parent / "speeds" / "shapes.toml", metavar="FILE")
    parser.add_argument(
        "--scanned",
        type=Path,
        default=Path(__file__).parents[1] / "examples" / "articles",
        metavar="FOLDER",
        help="articles of the scan that is timed from a cold start (default: the examples)",
    )
    sizes = parser.add_argument_group("sizes")
    sizes.add_argument("--cores", type=positive, metavar="N", help="cores that each process may use (default: all)")
    sizes.add_argument("--recall-at", type=float, default=0.9, metavar="SCORE", help="default: 0.9")
    sizes.add_argument("--articles", type=positive, nargs="+", default=[100, 1000, 3000], metavar="N", help="of scans")
    for name, default, text in (
        ("repeats", 3, "rounds of every comparison"),
        ("scan-repeats", 1, "scans of each size"),
        ("pairs", 2000, "labelled pairs that are scored"),
        ("shape-pairs", 200, "of these, for other shapes"),
        ("memory-pairs", 500, "of these, for memory"),
        ("text-pairs", 200, "of these, for contradict-text"),
        ("candidates", 2000, "candidate pairs that are judged"),
        ("candidate-articles", 1000, "articles that they are of"),
        ("recall-articles", 100, "articles for the recall of the search"),
        ("recall-statements", 600, "of their statements; all pairs of these are judged"),
    ):
        sizes.add_argument(
            f"--{name}", type=positive, default=default, metavar="N", help=f"{text} (default: {default})"
        )
    options = parser.parse_args(arguments)
    if options.cores and not hasattr(os, "sched_getaffinity"):
        parser.error("--cores: this system does not say which cores a process may use")
    return options


def positive(text: str) -> int:
    """A whole number of 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


if __name__ == "__main__":
    main()
