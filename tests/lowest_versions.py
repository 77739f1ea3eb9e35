"""Prints constraints that hold each direct dependency of the package, and of its optional parts, at its lowest version.

What `constraints.txt` fixes stays there: torch has to be the build for the CPU, which is to be had in one version only.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NOT_RUNTIME = {"dev", "docs"}


def lowest(requirement: Requirement) -> str | None:
    """The version that a requirement begins with; None where it has no lower bound."""
    return next((each.version for each in requirement.specifier if each.operator in (">=", "==")), None)


def main() -> None:
    """Write the constraints to standard output."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = [
        text for extra, texts in project["optional-dependencies"].items() if extra not in NOT_RUNTIME for text in texts
    ]
    fixed = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    taken = {canonicalize_name(Requirement(line).name) for line in fixed if line and not line.startswith("#")}
    for requirement in map(Requirement, [*project["dependencies"], *optional]):
        if canonicalize_name(requirement.name) not in taken:
            sys.stdout.write(f"{requirement.name}=={lowest(requirement)}\n")


if __name__ == "__main__":
    main()
