"""Scripts that are written without spaces between words: Chinese, Japanese, Thai, Lao, Burmese and Khmer."""

from __future__ import annotations

import re

LETTERS = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
    "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Kana and Han
)
"""The letters and marks of these scripts, for a class in a regular expression."""

BEFORE = "\u0e40-\u0e44\u0ec0-\u0ec4"
"""Vowels that are written before the letter that they follow in speech, for such a class."""

AFTER = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3"
"""Vowels and marks that are written on or after a letter, for such a class."""

CHARACTER = re.compile(f"[{BEFORE}]?.(?:[\u1039\u17d2].|[{AFTER}])*")
"""A letter with the vowels and marks around it, which nothing may part."""
