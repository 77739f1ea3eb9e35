"""The notebooks run from top to bottom, without a network, and show what they would show if run now."""

import re
import runpy
import sys
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_BYTES = 120_000  # of a notebook with all that it shows


def shown(notebook):
    """What each cell shows: the texts of its outputs, and of what kinds the others are."""
    return [[text_of(output) for output in cell.get("outputs", ())] for cell in notebook.cells]


def text_of(output):
    if "text" in output:
        return output["text"]
    return {kind: value if kind.startswith("text/") else "" for kind, value in output.get("data", {}).items()}


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_shows_what_it_stores(path):
    stored = nbformat.read(path, as_version=4)
    now = runpy.run_path(str(FOLDER / "execute.py"))["execute"](path)
    if stored.metadata["computed_with"] != now.metadata["computed_with"]:
        pytest.skip(f"it runs, but was stored where models compute with {stored.metadata['computed_with']}")
    assert shown(stored) == shown(now), "stored outputs are out of date: make notebooks"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_was_run_from_top_to_bottom_without_an_error(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "execute_result", "display_data"}
    assert any(output.output_type == "stream" for output in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_small_and_names_no_place_on_the_machine_that_ran_it(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    places = {str(Path.home()), str(FOLDER.parent), sys.prefix, "/tmp/"}
    assert not [place for place in places if len(place) > 1 and place in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_links_to_is_there(path):
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)#]+)", text)
    assert not [link for link in links if not (FOLDER / link).exists()]
