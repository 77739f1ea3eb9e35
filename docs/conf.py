"""How the documentation is built: `make docs`. Its pages are the repository's Markdown files, each where it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

import contradict

sys.path.insert(0, str(Path(__file__).parent / "site"))

project = "contradict"
project_copyright = "2026, the contradict authors"
version = release = contradict.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "commands", "links"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/*/*.md",
    "CHANGELOG.md",
    "benchmarks/README.md",
    "benchmarks/*/README.md",
    "src/contradict/models/weights/*/README.md",
]
exclude_patterns = [".*", "build", "dist", "tests"]

# Markdown.
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
highlight_language = "text"  # of a block that names no language

# Docstrings.
autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True

# Pages.
html_theme = "furo"
smartquotes = False
html_title = f"contradict {release}"
html_extra_path = ["site/root"]
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}


_as_written: dict[str, list[str]] = {}


def _read_code(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Say that what stands in single backticks is code, before napoleon looks for a colon in it."""
    lines[:] = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", "\n".join(lines)).split("\n")
    _as_written[name] = [*lines]


def _keep_colons(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:
    """Undo that napoleon takes what stands before a colon in the docstring of a property or a constant for its type."""
    if what in ("property", "data") and any(line.startswith(":type:") for line in lines):
        lines[:] = _as_written[name]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", _read_code, priority=400)  # before napoleon's 500
    app.connect("autodoc-process-docstring", _keep_colons, priority=600)
