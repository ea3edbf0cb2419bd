"""XML and HTML of the network, before a parser sees it."""

import re

_PROLOG = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+(?:<!doctype\b[^<>\[\]]*+(?:\[.*?\]\s*+)?>)?"
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand before the first element; atomic, so that no input makes it try twice."""
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_REFERENCE = re.compile(r"&#(x[0-9a-f]+|[0-9]+);?", re.IGNORECASE)
_MAX_DIGITS = 8
_NO_CHARACTER = "\ufffd"


def root_name(text: str) -> str | None:
    """Return the name of the first element, lower case and without its namespace."""
    root = _ROOT.match(_without_prolog(text))
    return root[1].lower() if root else None


def reencoded(text: str) -> bytes:
    """Return XML as UTF-8, without what it says of its old encoding and without a DOCTYPE.

    A DOCTYPE may define entities that grow without end or read files; neither feeds nor
    sitemaps need one. References to what is no character, which parsers crash on, are replaced.
    """
    return _REFERENCE.sub(_if_character, _without_prolog(text)).encode("utf-8", "replace")


def _without_prolog(text: str) -> str:
    prolog = _PROLOG.match(text)
    return text[prolog.end() :] if prolog else text


def _if_character(reference: re.Match[str]) -> str:
    """Return a numeric reference as it is if it means a character that XML has.

    Else a mark in its place: without one, what stands around it could make another reference.
    """
    digits = reference[1].lower()
    if len(digits) > _MAX_DIGITS:
        return _NO_CHARACTER
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    is_character = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0x110000
    return reference[0] if is_character else _NO_CHARACTER
