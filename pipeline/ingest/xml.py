"""XML of the network, before a parser sees it."""

import re

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,500}?\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^<>\[\]]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_HEAD_CHARS = 65_536


def reencoded(text: str) -> bytes:
    """Return XML as UTF-8, without what it says of its old encoding and without a DOCTYPE.

    A DOCTYPE may define entities that grow without end or read files; neither feeds nor
    sitemaps need one.
    """
    head, rest = _DECLARATION.sub("", text[:_HEAD_CHARS], count=1), text[_HEAD_CHARS:]
    return (_DOCTYPE.sub("", head, count=1) + rest).lstrip().encode("utf-8", "replace")
