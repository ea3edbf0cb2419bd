"""XML and HTML of the network, before a parser sees it."""

import re

_PROLOG = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+(?:<!doctype\b[^<>\[\]]*+(?:\[.*?\]\s*+)?>)?"
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand before the first element; atomic, so that no input makes it try twice."""
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")


def root_name(text: str) -> str | None:
    """Return the name of the first element, lower case and without its namespace."""
    root = _ROOT.match(_without_prolog(text))
    return root[1].lower() if root else None


def reencoded(text: str) -> bytes:
    """Return XML as UTF-8, without what it says of its old encoding and without a DOCTYPE.

    A DOCTYPE may define entities that grow without end or read files; neither feeds nor
    sitemaps need one.
    """
    return _without_prolog(text).encode("utf-8", "replace")


def _without_prolog(text: str) -> str:
    prolog = _PROLOG.match(text)
    return text[prolog.end() :] if prolog else text
