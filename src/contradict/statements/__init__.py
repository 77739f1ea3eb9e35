"""Articles to statements: one sentence each at its exact place, and whatever is no statement left out with a reason.

The way through the package: `articles` puts the parts together, `furniture` judges whole paragraphs by their form and
by the phrases that `cues` reads from `furniture.toml`, `edges` cuts datelines, glued headings and credits off,
`sentences` splits what is left, and `repeats` merges the sentences that stand in several places.
"""

from __future__ import annotations

from contradict.statements.articles import split_article
from contradict.statements.repeats import at_place, by_article, split_articles
from contradict.statements.sentences import STATEMENT_LIMIT

__all__ = ["STATEMENT_LIMIT", "at_place", "by_article", "split_article", "split_articles"]
