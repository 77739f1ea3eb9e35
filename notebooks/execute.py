"""Run the notebooks from top to bottom and store what they show: python notebooks/execute.py [NOTEBOOK.ipynb ...]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def execute(path: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs that it has here and now.

    Standard error is left out: it holds the progress of loading. What the models give differs a little from one number
    format to another, so the notebook's metadata say which one was used.
    """
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}  # the kernel inherits them
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=1800, startup_timeout=600, record_timing=False, resources=resources).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    notebook.metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}, "computed_with": number_format()}
    return notebook


def number_format() -> str:
    """What the models compute with on this machine."""
    import torch

    from contradict.models.backends import choose_backend
    from contradict.models.precision import native_bf16, pick_device

    device = torch.device(pick_device())
    kind = torch.backends.cpu.get_cpu_capability() if device.type == "cpu" else device.type
    backend, wide = choose_backend("auto", device), "bfloat16" if native_bf16(device) else "float32"
    return f"{backend}, {kind}, {'8 bits' if backend == 'openvino-int8' else wide}"


def main() -> None:
    """Run the named notebooks, or all of them, in place."""
    for path in [Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.ipynb")):
        print(path)
        nbformat.write(execute(path), path)


if __name__ == "__main__":
    main()
