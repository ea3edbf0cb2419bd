"""Articles of pages that are empty until a browser runs them: their text lies in a script."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_STRING = re.compile(r'"((?:[^"\\]|\\.){500,})"', re.DOTALL)
_JSON = re.compile(r"\s*(?:\w{1,6}:)?[\[{]")
"""What a string begins with that is data in itself, as frameworks send theirs."""
_PARAGRAPH = re.compile(r"(?:<|\\u003c)p(?:[\s>]|\\u003e)", re.IGNORECASE)
_MIN_PARAGRAPHS = 3


def scripted_markup(tree: "HtmlElement") -> str | None:
    """Return the longest marked-up text that a script of the page holds as a string.

    `None` if none holds one of at least three paragraphs.
    """
    return max(_markup(tree), key=len, default=None)


def _markup(tree: "HtmlElement") -> Iterator[str]:
    for script in tree.iter("script"):
        for text in _marked_up(script.text or ""):
            yield from _marked_up(text) if _JSON.match(text) else [text]


def _marked_up(script: str) -> list[str]:
    """Return the strings of a script, or of JSON in one, that mark up paragraphs."""
    texts = (_unescaped(match[0]) for match in _STRING.finditer(script))
    return [text for text in texts if len(_PARAGRAPH.findall(text)) >= _MIN_PARAGRAPHS]


def _unescaped(literal: str) -> str:
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
