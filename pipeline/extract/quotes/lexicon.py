"""The cue lexicon: words that say somebody says, asks, wants or thinks something.

`lexicons/quotes/cues.tsv` holds it; the README beside it explains the columns.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

from pipeline.records import Attitude

_LEXICONS = Path(__file__).parent.parent / "lexicons" / "quotes"
_VOWELS = frozenset("aeiou")

Part = Literal["verb", "noun", "adjective"]


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of the lexicon.

    Attributes:
        lemma: dictionary form, with its particle ("point out").
        part: verb, noun or adjective.
        frames: what can stand beside it as content.
        attitude: how the speaker stands to the content.
        particles: the words that must follow the first one.
    """

    lemma: str
    part: Part
    frames: frozenset[str]
    attitude: Attitude
    particles: list[str]


@cache
def cues() -> dict[str, list[Cue]]:
    """Return the entries by every form of their first word, those with particles first."""
    found: dict[str, list[Cue]] = {}
    with (_LEXICONS / "cues.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            cue = Cue(
                row["cue"],
                cast(Part, row["part"]),
                frozenset(row["frames"].split()),
                cast(Attitude, row["attitude"]),
                row["cue"].split()[1:],
            )
            for form in sorted({*_forms(cue), *row["forms"].split()}):
                found.setdefault(form, []).append(cue)
    for entries in found.values():
        entries.sort(key=lambda cue: -len(cue.particles))
    return found


@cache
def words(name: str) -> frozenset[str]:
    """Return one of the word lists of `words.tsv`."""
    return frozenset(_word_lists().get(name, ()))


@cache
def _word_lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with (_LEXICONS / "words.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["list"], []).append(row["word"])
    return found


def _forms(cue: Cue) -> Iterator[str]:
    first = cue.lemma.split()[0]
    yield first
    if cue.part == "noun":
        yield _plural(first)
    elif cue.part == "verb":
        yield _plural(first)
        yield from _past_and_participle(first)


def _plural(word: str) -> str:
    """Return the form in -s, of a noun or of a verb's third person."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _past_and_participle(word: str) -> tuple[str, str]:
    """Return the regular forms in -ed and -ing; doubled consonants are listed in the file."""
    if word.endswith("e"):
        return word + "d", word[:-1] + "ing"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ied", word + "ing"
    return word + "ed", word + "ing"
