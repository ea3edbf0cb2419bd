"""What sites put between and behind the paragraphs of an article, by the table `boilerplate`."""

import re
from functools import cache

from pipeline.normalise.tables import load_words

_MAX_CHARS = 400


def is_furniture(line: str) -> bool:
    """Return whether a line invites, notifies or credits, and tells nothing."""
    return _matches("lines", line)


def is_tail(line: str) -> bool:
    """Return whether only links to other articles come after a line."""
    return _matches("tails", line)


def _matches(kind: str, line: str) -> bool:
    return len(line) <= _MAX_CHARS and _furniture(kind).fullmatch(line) is not None


@cache
def _furniture(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(load_words("boilerplate", kind))), re.IGNORECASE)
