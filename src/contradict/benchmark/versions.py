"""What figures were made with."""

from __future__ import annotations

import platform
from importlib.metadata import version

from contradict import __version__

_PACKAGES = (
    *("torch", "transformers", "tokenizers", "sentence-transformers", "datasets"),
    *("faiss-cpu", "networkx", "numpy", "pandas", "scikit-learn"),
)


def versions() -> dict[str, str]:
    """Versions of Python, of this package, and of the libraries that figures depend on, by name."""
    own = {"python": platform.python_version(), "contradict": __version__}
    return own | {name: version(name) for name in _PACKAGES}
