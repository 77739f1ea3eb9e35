"""What a reader would know a topic by: the words that mark its statements off from those of the other topics."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from importlib import resources
from math import log, log2
from typing import TYPE_CHECKING

from contradict.unspaced import AFTER, BEFORE, CHARACTER

if TYPE_CHECKING:
    from contradict.records import Statement

KEYWORDS = 5
"""Most keywords of a topic."""

_CANDIDATES = 4 * KEYWORDS  # of each language, for those too much alike are passed over
_LEAST_LETTERS = 3  # of a word that is not an abbreviation
_MOST_CHARACTERS = 4  # of a word in a script without spaces
_LONG = 8  # letters, beyond which a longer word tells no more
_CAPITAL = 1.5  # how much more a word tells that is written with a capital inside a sentence

# Runs of Han, Katakana, Thai and Lao, Burmese, and Khmer. Hiragana writes endings and particles: it only divides.
_RUN = re.compile(
    "([\u3005\u3400-\u9fff]+|[\u30a1-\u30fa\u30fc]+|[\u0e01-\u0eff]+|[\u1000-\u109f]+|[\u1780-\u17ff]+)|[\u3041-\u309f]+"
)


def find_keywords(topics: Sequence[Sequence[Statement]]) -> list[tuple[str, ...]]:
    """Find up to `KEYWORDS` keywords for each topic, best first.

    Words are weighed by class-based TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based
    TF-IDF procedure"), in each language apart, and by their length; function words are left out. The languages of a
    topic share its keywords in proportion to their statements. A word is shown as it is most often written.

    Args:
        topics: the statements of each. What marks one off depends on the others.
    """
    texts: list[defaultdict[str, list[str]]] = []
    for topic in topics:
        texts.append(defaultdict(list))
        for statement in topic:
            texts[-1][statement.language or ""].append(statement.text)
    ranked: list[dict[str, list[str]]] = [{} for _ in topics]
    for language in sorted({language for by_language in texts for language in by_language}):
        members = [number for number, by_language in enumerate(texts) if language in by_language]
        for number, words in zip(members, _rank([texts[n][language] for n in members], language), strict=True):
            ranked[number][language] = words
    return [
        _share({language: len(by_language[language]) for language in words}, words)
        for by_language, words in zip(texts, ranked, strict=True)
    ]


def _share(sizes: dict[str, int], ranked: dict[str, list[str]]) -> tuple[str, ...]:
    """Give the next keyword, again and again, to the language with most statements for each of its own (D'Hondt)."""
    waiting = {language: iter(words) for language, words in ranked.items()}
    given = Counter[str]()
    chosen: list[str] = []
    while waiting and len(chosen) < KEYWORDS:
        language = max(waiting, key=lambda name: sizes[name] / (given[name] + 1))
        word = next((word for word in waiting[language] if not any(_alike(word, other) for other in chosen)), None)
        if word is None:
            del waiting[language]
            continue
        chosen.append(word)
        given[language] += 1
    return tuple(chosen)


def _alike(one: str, other: str) -> bool:
    """Whether two words look like forms of one, as "soldier" and "Soldiers", or "kirim" and "pengiriman"."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    shared = SequenceMatcher(None, short, long, autojunk=False).find_longest_match().size
    contained, enough = shared == len(short), shared > _LEAST_LETTERS
    return (contained and enough and 2 * shared >= len(long)) or ((contained or enough) and 3 * shared >= 2 * len(long))


def _rank(topics: Sequence[Sequence[str]], language: str) -> list[list[str]]:
    """The best words of each topic's texts in one language, best first."""
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    counts = [_count(texts, language, written) for texts in topics]
    total = Counter[str]()
    for count in counts:
        total.update(count)
    mean = total.total() / len(counts)
    shown = {word: max(written[word], key=lambda form: (written[word][form], form)) for word in total}
    looks = {word: _weigh(form, written[word][form]) for word, form in shown.items()}
    ranked = []
    for count in counts:
        weights = {word: n * log(1 + mean / total[word]) * looks[word] for word, n in count.items()}
        best = sorted(weights, key=lambda word: (-weights[word], word))[:_CANDIDATES]
        ranked.append([shown[word] for word in best])
    return ranked


def _weigh(form: str, times: int) -> float:
    """How much a word tells by its looks: the longer the more, and more if `times` it is a name inside a sentence."""
    return log2(1 + min(len(form), _LONG)) * (_CAPITAL if times and form[0].isupper() else 1)


def _count(texts: Sequence[str], language: str, written: defaultdict[str, Counter[str]]) -> Counter[str]:
    """In how many of the texts each word stands. How often it is written in which way is added to `written`."""
    function_words, divider = _function_words(language)
    words, pieces = Counter[str](), Counter[str]()
    for text in texts:
        forms = [form.strip("-") for form in _RUN.sub(" ", text).translate(_SPACED).split()]
        for place, form in enumerate(forms):
            written[form.casefold()][form] += place > 0  # a first word is capitalised, whatever it is
        words.update({form.casefold() for form in forms if _is_content(form)} - function_words)
        runs = (part for run in _RUN.findall(text) for part in divider.split(run))
        pieces.update({piece for run in runs for piece in _pieces(CHARACTER.findall(run))})
    for piece in _whole(pieces):
        written[piece][piece] += 1
        words[piece] = pieces[piece]
    return words


def _is_content(word: str) -> bool:
    """Whether it is long enough for a content word, or an abbreviation, and no figure."""
    letters = len(unicodedata.normalize("NFD", word))  # of a Korean syllable, each letter counts
    return word[:1].isalpha() and (letters >= _LEAST_LETTERS or (len(word) > 1 and word.isupper()))


def _pieces(characters: Sequence[str]) -> Iterator[str]:
    """All pieces of a run that may be words, and those one longer, which show what is only part of something."""
    least = 2 if characters and characters[0] > "\u3000" else 3  # Han and Kana say more in each character
    for size in range(least, _MOST_CHARACTERS + 2):
        yield from ("".join(characters[start : start + size]) for start in range(len(characters) - size + 1))


def _whole(pieces: Counter[str]) -> set[str]:
    """The pieces that do not always stand within the same longer one."""
    whole = set(pieces)
    for piece, count in pieces.items():
        characters = CHARACTER.findall(piece)
        whole -= {part for part in ("".join(characters[1:]), "".join(characters[:-1])) if pieces[part] == count}
        if len(characters) > _MOST_CHARACTERS:
            whole.remove(piece)
    return whole


class _Spaced(dict[int, int]):
    """For `str.translate`: letters, marks, digits and hyphens stay, all else becomes a space."""

    def __missing__(self, code: int) -> int:
        kept = unicodedata.category(chr(code))[0] in "LMN" or chr(code) in "-\u200c\u200d"
        self[code] = code if kept else ord(" ")
        return self[code]


_SPACED = _Spaced()


@cache
def _function_words(language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """The function words of a language, of all where it is unknown; and where they divide text without spaces."""
    lists = _read_function_words()
    words = lists.get(language, frozenset().union(*lists.values()))
    dividers = sorted((word for word in words if _RUN.fullmatch(word)), key=len, reverse=True)
    return words, re.compile(f"(?<![{BEFORE}])(?:{'|'.join(dividers) or '(?!)'})(?![{AFTER}])")


@cache
def _read_function_words() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    heading: list[str] = []
    for line in resources.files("contradict").joinpath("function_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]").split()
        elif not line.startswith("#"):
            for language in heading:
                lists.setdefault(language, set()).update(line.split())
    return {language: frozenset(words) for language, words in lists.items()}
