"""Sentences of real news whose stance was labelled by reading them, as articles to train the tagger on.

python benchmarks/real_stances.py --data DIR --out FILE.jsonl

The labels are in stance/real/, without the texts, which may not be passed on. Who says what is marked in some of the
articles; in the others, nothing but the stance and the mode of these sentences is learned. Denials are rare in news: an
article that has one is written `DENIALS_COUNT` times.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pandas as pd
from places import articles_by_key
from speeds.texts import MARKED

from contradict.attribution.windows import ROLES
from contradict.training.attributions import read_marked

DENIALS_COUNT = 3
FOLDER = Path(__file__).parent / "stance" / "real"


def labelled(part: str) -> pd.DataFrame:
    """The labelled places of a part: `article, start, end, lang, stance, mode, weight`."""
    return pd.read_csv(FOLDER / f"{part}.csv")


def to_train_on(data: Path) -> list[dict[str, Any]]:
    """Articles in the form that `contradict.training.attributions.read_marked` reads."""
    articles = articles_by_key(data)
    marked = {article.text: article.spans for path in MARKED for article in read_marked(data / path)}
    rows = []
    for key, places in labelled("train").groupby("article"):
        text, language = articles[str(key)]
        spans = marked.get(text)
        row = {
            "id": key,
            "lang": language,
            "text": text,
            "attributions": [{role: spans[role] for role in ROLES}] if spans else None,
            "stances": places[["start", "end", "stance", "mode"]].to_numpy().tolist(),
        }
        rows += [row] * (DENIALS_COUNT if "denies" in set(places["stance"]) else 1)
    return rows


def main() -> None:
    """Write the articles, and say how many sentences there are of which stance."""
    parser = argparse.ArgumentParser(description="Sentences of real news with their stances, to train the tagger on.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the labelled data")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="for the articles, as JSON lines")
    options = parser.parse_args()
    rows = to_train_on(options.data)
    options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    places = labelled("train")
    counts = ", ".join(f"{count:,} {stance}" for stance, count in places["stance"].value_counts().items())
    print(f"{places['article'].nunique():,} articles, {len(places):,} sentences: {counts}")


if __name__ == "__main__":
    main()
