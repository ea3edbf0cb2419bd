"""Addresses of documents, as feeds, sitemaps and lists name them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_COMMENT = "#"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One document that a feed, sitemap or list names, and what it says of it.

    Attributes:
        url: its address; of an entry without one that brings its text along, its id.
        stamp: when it was changed last, as written; another stamp means another version.
        says: metadata as in `RawDocument.hints`.
        content: the whole text in HTML, where the feed brings it along.
    """

    url: str
    stamp: str | None = None
    says: Mapping[str, object] = field(default_factory=dict)
    content: str | None = None


def listed_urls(text: str) -> list[str] | None:
    """Return the addresses of a list, one a line, in its order and each once.

    Blank lines and those that begin with "#" are passed over. `None` if another line is no
    address, or there is none: then the text is something else.
    """
    lines = list_lines(text)
    if not lines or not all(map(is_address, lines)):
        return None
    return lines


def list_lines(text: str) -> list[str]:
    """Return the lines of a list of addresses that say something, each once."""
    stripped = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in stripped if line and not line.startswith(_COMMENT)))


def is_address(text: str) -> bool:
    """Return whether `text` is one address of the web and no more."""
    return _ADDRESS.fullmatch(text) is not None
