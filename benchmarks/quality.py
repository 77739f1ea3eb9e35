"""The results table of the README and of the model card, as Markdown: the embedded model on the labelled sets.

python benchmarks/quality.py --data DIR [--split test] [--sample 16000] [--out results/]

DIR holds `train.parquet` and the folders `dev/` and `test/` of labelled pairs; sets.toml names their sources. Judging
that was killed goes on where it was. Figures that others published are printed after ours, from published.toml.
"""

from __future__ import annotations

import argparse
import math
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from contradict.benchmark.output.write import write_outputs
from contradict.benchmark.records import BenchmarkReport, Estimate
from contradict.benchmark.run import JudgementStore, benchmark
from contradict.benchmark.sets import load_set, sample
from contradict.calibration import FILE_NAME as CALIBRATION_FILE
from contradict.cli.common import add_backend_option
from contradict.models.cache import judgements_folder
from contradict.models.embedded import shipped_weights
from contradict.models.loading import load_encoder
from contradict.nli import NLI

HERE = Path(__file__).parent
HEADINGS = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "average_precision_symmetric": "AP",
    "precision_symmetric": "precision",
    "recall_symmetric": "recall",
    "false_alarms_symmetric": "false alarms",
    "ece": "ECE",
}
COUNTS = {"false_alarms_symmetric"}
BASELINE = "hypothesis only"


def results_table(report: BenchmarkReport) -> Iterator[str]:
    """The model's figures, a line for each set and for each language of a set, with what a baseline gets right."""
    model, baseline = report.systems[0], next(system for system in report.systems if system.name == BASELINE)
    yield f"| set | pairs | {' | '.join(HEADINGS.values())} | {BASELINE}: accuracy |"
    yield f"|---|---:|{'---:|' * (len(HEADINGS) + 1)}"
    for group, beside in zip(model.groups, baseline.groups, strict=True):
        if group.genre is None:
            cells = [cell(group.figures[name], count=name in COUNTS) for name in HEADINGS]
            name = group.set if group.language is None else f"{group.set} {group.language}"
            yield f"| {name} | {group.rows:,} | {' | '.join(cells)} | {cell(beside.figures['accuracy'])} |"


def cell(figure: Estimate, *, count: bool = False) -> str:
    """A figure with its interval: in per cent, or as a count; a dash where it is undefined."""
    texts = [
        "–" if math.isnan(value) else f"{value:.0f}" if count else f"{100 * value:.1f}"
        for value in (figure.value, figure.low, figure.high)
    ]
    return "{} [{}, {}]".format(*texts)


def published_table() -> Iterator[str]:
    """What others published; nothing in it was measured here."""
    published = tomllib.loads((HERE / "published.toml").read_text(encoding="utf-8"))
    yield "| model | set | accuracy | trained on | source |"
    yield "|---|---|---:|---|---|"
    for figure in published["figures"]:
        source = published["sources"][figure["source"]]
        checked = "" if figure["confirmed"] else " (at second hand)"
        row = (
            figure["model"],
            f"{figure['set']} {figure['split']}",
            f"{figure['accuracy']}{checked}",
            figure["training"],
        )
        yield f"| {' | '.join(row)} | [{source['title']}]({source['url']}) |"


def main() -> int:
    """Measure and print; what is wrong with the input is one line on standard error, and exit status 2."""
    parser = argparse.ArgumentParser(description="Print the embedded NLI model's figures on the labelled sets.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled pairs")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="judge at most N rows of a set, drawn with a fixed seed"
    )
    parser.add_argument("--nli", metavar="ID-OR-FOLDER", help="another model than the embedded one")
    add_backend_option(parser, "torch")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write results.json, plots and a page there, too")
    options = parser.parse_args()
    try:
        measure(options)
    except (OSError, ValueError) as error:
        print(f"quality.py: {error}", file=sys.stderr)
        return 2
    return 0


def measure(options: argparse.Namespace) -> None:
    """Measure what the options name, and print it."""
    paths = sorted((options.data / options.split).glob("*.parquet"))
    if not paths:
        raise FileNotFoundError(f"{options.data / options.split} has no .parquet files")
    sets = [load_set(str(path)) for path in paths]
    if options.sample:
        sets = [sample(each, options.sample) for each in sets]
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    # The embedded model as it is shipped, whatever was calibrated on this machine; others as they are.
    shipped = None if options.nli else shipped_weights() / CALIBRATION_FILE
    saved = JudgementStore(judgements_folder())
    report = benchmark(
        [NLI(options.nli, calibration=shipped, backend=options.backend)],
        sets,
        encoder=load_encoder,
        training=load_set(str(options.data / "train.parquet")),
        saved=saved,
        command=shlex.join(["python", *sys.argv]),
    )
    if options.out:
        write_outputs(report, options.out)
    print("\n".join(results_table(report)))
    print("\nPublished by others, not measured here:\n")
    print("\n".join(published_table()))
    saved.remove()


if __name__ == "__main__":
    sys.exit(main())
