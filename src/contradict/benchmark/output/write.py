"""A benchmark report → the files of a folder."""

from __future__ import annotations

from pathlib import Path

from contradict.benchmark.output.page import to_page
from contradict.benchmark.output.plots import draw
from contradict.benchmark.output.results import to_json
from contradict.benchmark.records import BenchmarkReport
from contradict.report.files import write_bytes

PAGE = "index.html"
RESULTS = "results.json"


def write_outputs(report: BenchmarkReport, folder: Path) -> None:
    """Write `results.json`, `reliability.png`, `precision_recall.png`, `languages.png` and `index.html`.

    Each file is written whole or not at all, `results.json` first; files of these names are replaced. The page holds
    the pictures itself.

    Args:
        report: of at least one model.
        folder: an existing folder.

    Raises:
        FileNotFoundError: the folder does not exist.
        OSError: a file cannot be written.
    """
    # Half a surrogate pair, as in the name of a file, has no UTF-8 form; Python's escape of it is also JSON's.
    write_bytes(to_json(report).encode("utf-8", "backslashreplace"), folder / RESULTS)
    pictures = draw(report)
    for picture in pictures:
        write_bytes(picture.content, folder / picture.file)
    write_bytes(to_page(report, pictures).encode("utf-8", "replace"), folder / PAGE)
