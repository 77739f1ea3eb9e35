"""Files, rows and datasets to articles; what cannot be read is returned with its reason."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from contradict.reading.files import read_path, read_standard_input
from contradict.reading.rows import NumberedRow, dataset_rows, frame_rows, rows_to_articles
from contradict.reading.text import UnreadableError
from contradict.records import Article, Articles, Unreadable

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

    Item: TypeAlias = Article | str | Path | Mapping[str, object]
    Source: TypeAlias = str | Path | Article | Iterable[Item] | Dataset | pd.DataFrame

__all__ = ["read_articles"]


def read_articles(*sources: Source, text_column: str = "text") -> Articles:
    """Read articles from files, directories, texts, rows and datasets.

    Files are known by their ending: `.txt` and `.md`, one article each, with or without YAML front matter; `.html`
    and `.htm`, of which the main text is taken; `.jsonl`, `.ndjson`, `.json`, `.csv`, `.tsv` and `.parquet`, with one
    article a row; and the same with `.gz` after it. A file of another ending is read as text where it is named
    itself, and reported where it is found in a directory. Directories are read with all below them, in the order of
    names; hidden files are passed over. The files of each sub-directory are a set, named by its path.

    Rows have the text and optionally `id, title, source, published, language, set`. A row's id, where it has none, is
    the file's stem and the row's number; the article of a text file has the stem alone. Of the articles of a set
    with the same id, all but the first in the order of text and the other fields get `-2`, `-3` and so on appended, so
    that ids do not depend on the order of the sources. `published` is kept where it is ISO 8601, be it only a year or
    a month, and `language` where it is a code; a language that is not given is detected.

    In text files, CSV included, line ends become single line feeds and a byte order mark is removed; in all other
    input the text stays as it is, but for lone surrogates and NULs, which become U+FFFD without moving any offset.

    Args:
        sources: each a path of a file or directory; `"-"` for standard input, either one text or JSON rows; an
            `Article`; a pandas `DataFrame` or a `Dataset`; or an iterable of articles, texts (any `str`), paths (as
            `Path`) and rows (as mappings).
        text_column: the column that holds the text of a row.

    Returns:
        The articles in the order read, and what could not be read. `Unreadable.row` is a line of the file, counted
        from 1, for JSON lines and CSV (that on which the row starts), and otherwise the row's position from 1.

    Raises:
        FileNotFoundError: a path does not exist.
        TypeError: a source is of no type named above. An item of one is reported as unreadable instead.
    """
    found = [item for source in sources for item in _read_source(source, text_column)]
    articles = [item for item in found if isinstance(item, Article)]
    unreadable = tuple(item for item in found if isinstance(item, Unreadable))
    return Articles(tuple(_with_unique_ids(articles)), unreadable)


def _read_source(source: object, text_column: str) -> Iterator[Article | Unreadable]:
    # Whoever passes one of these has imported its library.
    pandas, datasets = sys.modules.get("pandas"), sys.modules.get("datasets")
    if isinstance(source, str) and source == "-":
        yield from read_standard_input(text_column)
    elif isinstance(source, (str, Path)):
        yield from read_path(Path(source), text_column)
    elif isinstance(source, Article):
        yield from _read_items([source], text_column)
    elif pandas is not None and isinstance(source, pandas.DataFrame):
        yield from _read_table("dataframe", source, frame_rows, text_column)
    elif datasets is not None and isinstance(source, datasets.Dataset):
        yield from _read_table("dataset", source, dataset_rows, text_column)
    elif isinstance(source, Iterable) and not isinstance(source, (bytes, Mapping)):
        yield from _read_items(source, text_column)
    else:
        raise TypeError(
            f"cannot read articles from a {type(source).__name__}; pass a path, an Article, a DataFrame, a Dataset, or"
            " a list of articles, texts, paths or rows"
        )


def _read_items(items: Iterable[object], text_column: str) -> Iterator[Article | Unreadable]:
    if isinstance(items, Articles):
        yield from items.unreadable
    for number, item in enumerate(items, start=1):
        if isinstance(item, Path):
            yield from read_path(item, text_column)
            continue
        row: Mapping[str, object]
        if isinstance(item, Article):
            row = {**asdict(item), text_column: item.text}
        elif isinstance(item, Mapping):
            row = item
        else:
            row = {text_column: item}  # what is no text is reported, as it is in a row
        yield from rows_to_articles([(number, row)], "input", "input", text_column)


def _read_table(
    name: str, table: object, rows_of: Callable[[Any, str], Iterable[NumberedRow]], text_column: str
) -> Iterator[Article | Unreadable]:
    try:
        yield from rows_to_articles(rows_of(table, text_column), name, name, text_column)
    except UnreadableError as error:
        yield Unreadable(name, None, str(error))


def _with_unique_ids(articles: list[Article]) -> list[Article]:
    positions = defaultdict(list)
    for position, article in enumerate(articles):
        positions[article.set or "", article.id].append(position)
    taken = set(positions)
    unique = list(articles)
    for (set_name, name), clashing in sorted(positions.items()):
        names = (f"{name}-{suffix}" for suffix in count(2))
        for position in sorted(clashing, key=lambda position: _rank(articles[position]))[1:]:
            new = next(new for new in names if (set_name, new) not in taken)
            taken.add((set_name, new))
            unique[position] = replace(articles[position], id=new)
    return unique


def _rank(article: Article) -> tuple[str, ...]:
    rest = (article.title, article.source, article.published, article.language)
    return (article.text, *(value or "" for value in rest))
