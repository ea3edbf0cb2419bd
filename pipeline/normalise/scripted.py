"""Articles of pages that are empty until a browser runs them: their text lies in a script."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_STRING = re.compile(r'"((?:[^"\\]|\\.){500,})"', re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_MIN_PARAGRAPHS = 3


def scripted_markup(tree: "HtmlElement") -> str | None:
    """Return the longest marked-up text that a script of the page holds as a string.

    `None` if none holds one of at least three paragraphs.
    """
    return max(_markup(tree), key=len, default=None)


def _markup(tree: "HtmlElement") -> Iterator[str]:
    for script in tree.iter("script"):
        for match in _STRING.finditer(script.text or ""):
            text = _unescaped(match[0])
            if len(_PARAGRAPH.findall(text)) >= _MIN_PARAGRAPHS:
                yield text
            elif "\\u003c" in text or '\\"' in text:
                # A string of JSON in a string of JSON, as frameworks send their data.
                yield from _inner(text)


def _inner(text: str) -> Iterator[str]:
    for match in _STRING.finditer(text):
        inner = _unescaped(match[0])
        if len(_PARAGRAPH.findall(inner)) >= _MIN_PARAGRAPHS:
            yield inner


def _unescaped(literal: str) -> str:
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
