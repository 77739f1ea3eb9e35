"""Statement → who holds its claim, how, and the bare claim."""

from contradict.attribution.claims import attribute

__all__ = ["attribute"]
