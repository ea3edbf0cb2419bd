"""Articles of any number, resampled from sentences of openly licensed text, for benchmarks.

A sentence is the beginning of one and the end of another, so that sentences do not run out, yet
words keep the frequencies they have in real text. Beside them stand the things that make telling
copies apart hard: stock sentences, paragraphs of background that a topic's articles share, and
publishers' footers.
"""

import gzip
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
OPEN_LICENCES = ("CC BY 2.5", "CC BY 3.0", "CC BY 4.0", "CC0 1.0")

STOCK = 300
STOCK_SHARE = 0.1
TOPIC_ARTICLES = 20
BACKGROUND_SENTENCES = 6
PUBLISHERS = 200
FIRST_DAY = datetime(2024, 3, 1, tzinfo=UTC)


def open_texts(paths: list[Path]) -> Iterator[str]:
    """Yield the texts of JSON Lines files under an open licence, and of folders of our corpus."""
    for path in paths:
        if path.is_dir():
            sys.path.insert(0, str(ROOT))
            from training.corpus_reader import read_corpus

            yield from (article.text for article in read_corpus(path))
        else:
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for document in map(json.loads, lines):
                    if document["licence"] in OPEN_LICENCES:
                        yield document["text"]


def sentences(paths: list[Path]) -> list[list[str]]:
    """Return the sentences of 8 to 40 words in the texts of `paths`, as words, each once."""
    found = {
        sentence
        for text in open_texts(paths)
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", text)
        if 8 <= len(sentence.split()) <= 40
    }
    return [sentence.rstrip(".!?").split() for sentence in sorted(found)]


@dataclass(frozen=True)
class Story:
    """An article's sentences (without those of its publisher) and the topic it belongs to."""

    topic: int
    sentences: list[list[str]]


class Press:
    """Invents stories, topics, stock sentences and publishers; the same for the same seed."""

    def __init__(self, pool: list[list[str]], seed: int) -> None:
        self.pool = pool
        self.seed = seed
        self.stock = [self.sentence(self.chance("stock", n)) for n in range(STOCK)]

    def chance(self, *parts: object) -> random.Random:
        return random.Random(f"{self.seed} {parts}")

    def sentence(self, chance: random.Random) -> list[str]:
        begin, end = chance.choice(self.pool), chance.choice(self.pool)
        return [*begin[: len(begin) // 2], *end[len(end) // 2 :]]

    def story(self, number: int) -> Story:
        chance, topic = self.chance("story", number), number // TOPIC_ARTICLES
        told = [
            chance.choice(self.stock) if chance.random() < STOCK_SHARE else self.sentence(chance)
            for _ in range(chance.randrange(8, 28))
        ]
        if chance.random() < 0.5:
            background = self.background(topic)
            kept = background[: chance.randrange(2, len(background) + 1)]
            told[len(told) // 2 : len(told) // 2] = kept
        return Story(topic, told)

    def background(self, topic: int) -> list[list[str]]:
        chance = self.chance("topic", topic)
        return [self.sentence(chance) for _ in range(BACKGROUND_SENTENCES)]

    def footer(self, publisher: int) -> list[list[str]]:
        """Return what this publisher puts under each of its articles; half of them nothing."""
        chance = self.chance("publisher", publisher)
        return [self.sentence(chance) for _ in range(chance.choice((0, 0, 1, 2, 3, 4)))]

    def moment(self, number: int, *, hours: float = 0) -> datetime:
        return FIRST_DAY + timedelta(minutes=4 * number, hours=hours)


def printed(told: list[list[str]], chance: random.Random) -> str:
    """Return sentences as text, in paragraphs of one to three."""
    paragraphs, place = [], 0
    while place < len(told):
        size = chance.randrange(1, 4)
        paragraphs.append(" ".join(" ".join(s) + "." for s in told[place : place + size]))
        place += size
    return "\n\n".join(paragraphs)
