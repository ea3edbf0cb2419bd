"""Bylines: people are authors, news agencies go apart, and desks and job titles are neither."""

import re
from collections.abc import Iterable
from functools import cache
from typing import cast

from pipeline.normalise.characters import clean_line
from pipeline.normalise.tables import load_table, load_words

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_NO_NAME = re.compile(r"[@#/\\<>{}=_]|\d|https?:|www\.|\w{2}\.[a-z]{2,4}\b|[?!:]")
_PARTED = re.compile(r"\s*(?:[;,|•·/]|\s[-–—]\s)\s*")
_BRACKETED = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_PLACE = re.compile(r"\s+(?:in|(?:f|F)or|at|aus|für|à|from)\s+.*$")
_TITLE = re.compile(r"\s*(?:기자|특파원|記者|记者)(?:\s*외\s*\d+명)?$")
"""Job titles that follow names without a mark between them."""
_MAX_NAME_WORDS = 5
_MAX_NAME_CHARS = 50
_MAX_SIGNED_WORDS = 3
_MAX_BYLINE_CHARS = 10_000
_SHORT_AGENCY = 4
"""Agencies this short are also names ("Ani"): only all capitals or all small letters count."""


def authors_and_agency(values: Iterable[str]) -> tuple[list[str], str | None]:
    """Return the people that bylines name, each once and in order, and the first agency.

    A value may name several, with "By" before and job titles after them.
    """
    people: dict[str, str] = {}
    agency = None
    for part in (part for value in values for part in _parts(value)):
        wire = agency_name(part)
        if wire:
            agency = agency or wire
        elif is_person(part):
            people.setdefault(part.casefold(), part)
    return list(people.values()), agency


def agency_name(value: str) -> str | None:
    """Return the name of the news agency that `value` writes, if it writes one and no more."""
    words = value.strip(" .,()[]")
    if len(words) <= _SHORT_AGENCY and not (words.isupper() or words.islower()):
        return None
    return _agencies().get(words.casefold())


def is_person(value: str) -> bool:
    """Return whether `value` can be a person's name: no address, desk or job title."""
    words = value.split(" ")
    if not value or len(value) > _MAX_NAME_CHARS or len(words) > _MAX_NAME_WORDS:
        return False
    if _NO_NAME.search(value) or not any(char.isalpha() for char in value):
        return False
    if len(words) == 1 and value.casefold() in load_words("bylines", "openers"):
        return False
    return not any(word.casefold().strip(".,") in _not_people() for word in words)


def is_desk(value: str) -> bool:
    """Return whether `value` is a word for those who write, or an agency, but no name."""
    return value.casefold() in _not_people() or agency_name(value) is not None


def is_full_name(value: str) -> bool:
    """Return whether `value` is a first and a last name, both in capitals, and nothing more."""
    words = value.split(" ")
    capital = all(word.strip(".-’'").isalpha() and word[0].isupper() for word in words)
    return 2 <= len(words) <= _MAX_SIGNED_WORDS and capital and is_person(value)


def without_links(value: str) -> str:
    """Return Markdown with each link reduced to its words."""
    return _LINK.sub(r"\1", value)


def without_opener(value: str) -> str:
    """Return a byline without the "By" it begins with."""
    return _opener().sub("", value)


def _parts(value: str) -> list[str]:
    if len(value) > _MAX_BYLINE_CHARS or "://" in value.partition("](")[0]:
        return []
    line = _BRACKETED.sub(" ", clean_line(without_links(value)).strip("[]'\""))
    pieces = [piece for part in _PARTED.split(line) for piece in _joiner().split(part)]
    return [name for piece in pieces if (name := _TITLE.sub("", _PLACE.sub("", _trimmed(piece))))]


def _trimmed(piece: str) -> str:
    return without_opener(piece.strip(" .'\"*")).strip(" .'\"*:")


@cache
def _opener() -> re.Pattern[str]:
    words = sorted(load_words("bylines", "openers"), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(words)})(?::\s*|\s+)(?=\S)", re.IGNORECASE)


@cache
def _joiner() -> re.Pattern[str]:
    words = sorted(load_words("bylines", "joiners"))
    return re.compile(rf"\s+(?:{'|'.join(words)}|&)\s+")


@cache
def _agencies() -> dict[str, str]:
    table = cast("dict[str, list[str]]", load_table("agencies")["agencies"])
    return {written.casefold(): name for name, forms in table.items() for written in [name, *forms]}


def _not_people() -> frozenset[str]:
    return load_words("bylines", "not_people")
