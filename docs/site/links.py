"""Links in Markdown lead where they lead in the repository, also from a part of a file that another page includes.

Names of the package that stand as code, as `contradict.nli.NLI`, lead to the reference.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils import get_source_line
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

_NAME = re.compile(r"(contradict(?:\.\w+)+)(?:\(\))?")


class _Links(SphinxTransform):
    default_priority = 1  # before downloads are gathered

    def apply(self, **_: Any) -> None:
        for link in list(self.document.findall(pending_xref)):
            source, _line = get_source_line(link)
            if link.get("reftype") != "myst" or link.get("refdomain") or not source:
                continue
            target = (Path(source).parent / link["reftarget"]).resolve()
            name = self.env.path2doc(str(target)) if target.is_file() else None
            if target.is_dir():  # nothing of a built page is there
                link.replace_self(nodes.inline("", link.astext()))
            elif name in self.env.found_docs:
                link["refdomain"], link["reftarget"], link["reftargetid"] = "doc", name, None
            elif target.is_file():
                attributes = {"refdoc": link["refdoc"], "reftarget": f"/{target.relative_to(self.env.srcdir)}"}
                link.replace_self(download_reference("", "", *link.children, refdomain=None, **attributes))


class _Names(SphinxTransform):
    default_priority = 1

    def apply(self, **_: Any) -> None:
        for literal in list(self.document.findall(nodes.literal)):
            named = _NAME.fullmatch(literal.astext())
            if named and not isinstance(literal.parent, nodes.reference | pending_xref):
                link = pending_xref("", refdomain="py", reftype="obj", reftarget=named[1], refdoc=self.env.docname)
                literal.replace_self(link)
                link += literal


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_transform(_Links)
    app.add_transform(_Names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
