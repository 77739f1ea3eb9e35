"""Scans of any size: what was read is kept and not read again, and many machines read together."""
