"""What a scan of millions of articles would take, from the stages that were measured on thousands.

python benchmarks/speed.py --data DIR --only scan --out FILE.json
python benchmarks/scale.py FILE.json [--write docs/scale.md]

What processors take is measured and multiplied. What GPUs take is an estimate by arithmetic: operations that the
networks need, over a share of a GPU's greatest speed; nothing here ran on a GPU.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import median
from typing import Any

from contradict.report.files import write_bytes

MILLIONS = (1, 10, 100)
LAYERS, HIDDEN, FEED_FORWARD = 12, 384, 1536  # of the embedded networks; word embeddings are looked up
WINDOW = 512  # tokens in which the tagger reads
VECTOR_BYTES = 4 * HIDDEN
LINK_BYTES = 4 * 2 * 32  # of a statement in the lowest layer of the neighbour graph (contradict.neighbours)
MARKS_OF_A_PAIR, MARKS_OF_A_TEXT = 4, 2  # tokens that stand around texts

TAGGING, READING, JUDGING = "finding who says what", "reading statements", "judging pairs"
NETWORKS = (TAGGING, READING, JUDGING)
SPLITTING, PAIRING, REST = "reading and splitting articles", "finding pairs and topics", "everything else"

BEGIN, END = "<!-- table: python benchmarks/scale.py -->", "<!-- end of table -->"


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that was measured.

    Attributes:
        articles: how many.
        statements: of all of them.
        peak: most memory, in bytes.
        seconds: of each stage; of several rounds the median.
        units: what each stage counts: code points, statements, or pairs in one direction.
    """

    articles: int
    statements: int
    peak: float
    seconds: Mapping[str, float]
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measured:
    """What `benchmarks/speed.py` wrote of scans.

    Attributes:
        scans: smallest first.
        cores: of the processor, that each scan used.
        made_with: processor and version, in words.
    """

    scans: tuple[Scan, ...]
    cores: int
    made_with: str


@dataclass(frozen=True, slots=True)
class Gpu:
    """What is assumed of a GPU and of texts; no measurement.

    Attributes:
        peak: operations a second, at most.
        share: of it, that networks of this size reach.
        characters: code points of a token.
    """

    peak: float
    share: float
    characters: float


def read_scans(path: Path) -> Measured:
    """The scans in a result of `benchmarks/speed.py`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no scans.
    """
    result = json.loads(path.read_bytes())
    rows = [row for row in result.get("rows", ()) if row["part"] == "scan" and row["own"]]
    totals = [row for row in rows if "statements" in row["details"]]
    stages: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if "articles" in row["details"]:
            stages.setdefault(row["details"]["articles"], []).append(row)
    if not totals or len(totals) != len(stages):
        raise ValueError(f"{path}: holds no scans; make it with benchmarks/speed.py --only scan --out {path}")
    scans = [_scan(size, total["details"], stages[size]) for size, total in zip(stages, totals, strict=True)]
    cores = result["options"].get("cores") or result["machine"]["cores"]
    made_with = f"{result['machine']['cpu']}, {cores} cores; contradict {result['contradict']}"
    return Measured(tuple(sorted(scans, key=lambda scan: scan.articles)), cores, made_with)


def _scan(size: int, total: Mapping[str, Any], stages: Sequence[Mapping[str, Any]]) -> Scan:
    named = {row["what"].removeprefix("… "): row for row in stages}
    return Scan(
        size,
        total["statements"],
        1e6 * max(total["peak"]),
        {name: median(row["own"]) for name, row in named.items()},
        {name: row["details"]["units"] for name, row in named.items()},
    )


def operations(tokens: float, length: float) -> float:
    """Floating-point operations of the embedded networks for tokens in texts of that many tokens each.

    Two for each weight of the layers and token, and for each token attention to all tokens of its text, twice.
    """
    weights = LAYERS * (4 * HIDDEN**2 + 2 * HIDDEN * FEED_FORWARD)
    return tokens * (2 * weights + LAYERS * 4 * length * HIDDEN)


def gpu_seconds(scan: Scan, gpu: Gpu) -> dict[str, float]:
    """An estimate of what each network would take of a GPU for such a scan."""
    statement = scan.units[TAGGING] / scan.statements / gpu.characters  # its tokens; headings and the like count in
    read = scan.units[TAGGING] / gpu.characters
    pair = 2 * statement + MARKS_OF_A_PAIR
    text = statement + MARKS_OF_A_TEXT
    needed = {
        TAGGING: operations(read, WINDOW),
        READING: operations(scan.units[READING] * text, text),
        JUDGING: operations(scan.units[JUDGING] * pair, pair),
    }
    return {name: count / (gpu.peak * gpu.share) for name, count in needed.items()}


def growth(scan: Scan, articles: float) -> float:
    """How many times as long n log n takes for the statements of so many articles."""
    more = articles / scan.articles
    return more * log(more * scan.statements) / log(scan.statements)


def memory(scans: Sequence[Scan], articles: float) -> float:
    """Bytes of this process for one set of so many articles: what the last two scans differ by, for each statement.

    Raises:
        ValueError: there are fewer than two scans.
    """
    if len(scans) < 2:
        raise ValueError("scans of two sizes are wanted, to see how memory grows")
    smaller, larger = scans[-2:]
    slope = (larger.peak - smaller.peak) / (larger.statements - smaller.statements)
    return larger.peak + slope * larger.statements * (articles / larger.articles - 1)


def table(measured: Measured, gpu: Gpu) -> str:
    """The measured stages, and what follows from them for millions of articles, in Markdown."""
    return f"{_measured_table(measured)}\n\n{_extrapolated_table(measured, gpu)}\n"


def _measured_table(measured: Measured) -> str:
    scans = measured.scans
    lines = [_line("core seconds for 1,000 articles", *(f"measured on {scan.articles:,}" for scan in scans))]
    lines.append(_rule(len(scans)))
    for name in (TAGGING, READING, JUDGING, SPLITTING, PAIRING, REST):
        taken = [scan.seconds.get(name, 0.0) * _cores(name, measured) / scan.articles for scan in scans]
        lines.append(_line(name, *(_short(1000 * each) for each in taken)))
    lines.append(_line("statements", *(f"{1000 * scan.statements / scan.articles:,.0f}" for scan in scans)))
    judged = [1000 * scan.units.get(JUDGING, 0) / scan.articles for scan in scans]
    lines.append(_line("directions judged", *(f"{each:,.0f}" for each in judged)))
    return "\n".join([*lines, "", f"Measured on: {measured.made_with}."])


def _extrapolated_table(measured: Measured, gpu: Gpu) -> str:
    scan, cores = measured.scans[-1], measured.cores
    by = [1e6 * millions / scan.articles for millions in MILLIONS]
    sizes = [1e6 * millions for millions in MILLIONS]
    on_gpu = gpu_seconds(scan, gpu)
    on_cores = {name: cores * scan.seconds[name] for name in NETWORKS}

    def hours(seconds: float) -> list[str]:
        return [_short(seconds * times / 3600) for times in by]

    lines = [_line("", *(f"{millions} million articles" for millions in MILLIONS)), _rule(len(MILLIONS))]
    lines.append(_line("statements", *(_short(scan.statements * times / 1e6) + " million" for times in by)))
    lines += [_line(f"core hours, {name}", *hours(on_cores[name])) for name in NETWORKS]
    lines.append(_line("**core hours of the networks**", *hours(sum(on_cores.values()))))
    lines += [_line(f"GPU hours, {name} (estimate)", *hours(on_gpu[name])) for name in NETWORKS]
    lines.append(_line("**GPU hours of the networks (estimate)**", *hours(sum(on_gpu.values()))))
    lines.append(_line(f"hours of the driver, {SPLITTING}", *hours(scan.seconds[SPLITTING])))
    lines.append(_line("hours of the driver, verdicts and the rest", *hours(scan.seconds[REST])))
    lines.append(_line(f"hours of the driver, {PAIRING}, sets of {scan.articles:,}", *hours(scan.seconds[PAIRING])))
    one_set = [_short(scan.seconds[PAIRING] * growth(scan, size) / 3600) for size in sizes]
    lines.append(_line(f"hours of the driver, {PAIRING}, one set", *one_set))
    vectors = [_bytes(scan.statements * times * VECTOR_BYTES) for times in by]
    lines.append(_line("vectors of one set", *vectors))
    links = [_bytes(scan.statements * times * LINK_BYTES) for times in by]
    lines.append(_line("links of its neighbour graph, at least", *links))
    lines.append(_line("memory of the driver, one set", *(_bytes(memory(measured.scans, size)) for size in sizes)))
    assumed = (
        f"Estimate: {operations(1, WINDOW) / 1e6:.1f} million operations a token in a window of {WINDOW},"
        f" {gpu.characters:g} code points a token, and {gpu.share:.0%} of {gpu.peak / 1e12:g} TFLOP/s."
    )
    return "\n".join([*lines, "", assumed])


def _cores(name: str, measured: Measured) -> int:
    """How many cores a stage used: the networks all of them, the rest one."""
    return measured.cores if name in NETWORKS else 1


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return f"|---|{'---:|' * columns}"


def _short(value: float) -> str:
    """Two digits that count."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"


def _bytes(count: float) -> str:
    return f"{_short(count / 1e9)} GB"


def replaced(text: str, new: str) -> str:
    """The text with a new table between its two marks.

    Raises:
        ValueError: the marks are not there, once each and in order.
    """
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended) or BEGIN in rest or END in after:
        raise ValueError(f"the file must hold {BEGIN} and, below it, {END}, once each")
    return f"{before}{BEGIN}\n\n{new}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or write them where the document has them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("result", type=Path, metavar="FILE.json", help="what benchmarks/speed.py --out wrote")
    parser.add_argument("--write", type=Path, metavar="FILE.md", help="put the tables between its marks")
    assumed = parser.add_argument_group("assumed of a GPU")
    assumed.add_argument(
        "--peak", type=float, default=312, metavar="TFLOP/S", help="default: 312, NVIDIA A100, bfloat16"
    )
    assumed.add_argument("--share", type=float, default=0.05, metavar="S", help="of it that is reached (default: 0.05)")
    assumed.add_argument("--characters", type=float, default=4, metavar="N", help="code points a token (default: 4)")
    options = parser.parse_args(arguments)
    for name in ("peak", "share", "characters"):
        if getattr(options, name) <= 0:
            parser.error(f"--{name} is {getattr(options, name):g}; it must be above 0")
    try:
        tables = table(read_scans(options.result), Gpu(1e12 * options.peak, options.share, options.characters))
        if options.write:
            written = replaced(options.write.read_text(encoding="utf-8"), tables)
            write_bytes(written.encode(), options.write)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print(tables)


if __name__ == "__main__":
    main()
