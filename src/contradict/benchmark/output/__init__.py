"""A benchmark report as people and programs read it: terminal, JSON, pictures and a page."""
