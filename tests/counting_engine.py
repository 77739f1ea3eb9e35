"""An engine that reads texts by arithmetic, and counts what it reads; and articles for it."""

from collections import Counter
from hashlib import blake2b

import numpy as np

from contradict.records import Article, Attribution

PLACES = "kota desa pulau sungai jembatan kantor pasar bandara".split()
VERBS = "ditutup dibuka dijaga dibangun dikirim".split()
DAYS = "Senin Selasa Rabu Kamis".split()


class StoppedError(Exception):
    """What ends a scan as a kill would, but where a test wants it."""


class CountingEngine:
    """What it says of a text depends on that text and the engine's name alone."""

    threshold = 0.3
    log_weights = ()
    screen = None

    def __init__(self, name="one", stop_at=None):
        self.name, self.stop_at = name, stop_at
        self.read = Counter()
        self.calls = 0

    @property
    def digests(self):
        return {network: f"{network} {self.name}" for network in ("encoder", "tagger", "nli")}

    def vectors(self, texts):
        self._count(texts)
        vectors = np.stack([sum(self._numbers(word, 16) - 0.5 for word in text.split()) for text in texts])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def attributions(self, parts):
        self._count([article.text for article, _ in parts])
        return [[self._attribution(statement) for statement in own] for _, own in parts]

    def probabilities(self, pairs):
        if not pairs:
            return np.zeros((0, 3), np.float32)
        self._count(pairs)
        numbers = np.stack([self._numbers(repr(pair), 3) ** 4 for pair in pairs])
        return (numbers / numbers.sum(axis=1, keepdims=True)).astype(np.float32)

    def _count(self, inputs):
        self.calls += 1
        if self.calls == self.stop_at:
            raise StoppedError
        self.read.update(inputs)

    def _attribution(self, statement):
        number = int(self._numbers(statement.text, 1)[0] * 1000)
        speaker = [None, "Polisi", "Menteri"][number % 3]
        claim = statement.text.rstrip(".") if number % 2 else None
        return Attribution(speaker, ("asserts", "denies", "open")[number % 5 % 3], claim, None, "fact")

    def _numbers(self, text, count):
        digest = blake2b(f"{self.name} {text}".encode(), digest_size=4 * count).digest()
        return (np.frombuffer(digest, np.uint32) + 1) / 2**32


def sentence(number):
    place, verb, day = (words[number // step % len(words)] for words, step in ((PLACES, 1), (VERBS, 3), (DAYS, 7)))
    return f"Pemerintah mengatakan {place} itu {verb} pada hari {day} karena {number % 11} hujan turun."


def make_articles(count, sentences=4, set=None):
    return [
        Article(
            id=f"{set or 'a'}-{number:03d}",
            text=" ".join(sentence(number * 5 + at * 3) for at in range(sentences)),
            source=f"harian-{number % 7}",
            published=f"2026-03-{number % 28 + 1:02d}",
            language="id",
            set=set,
        )
        for number in range(count)
    ]
