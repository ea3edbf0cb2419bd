"""Identifiers made from content, so that the same thing has the same id in every run.

An id is a letter for the table and 16 characters of lower-case base 32: 80 bits of SHA-256.
At five billion rows a table the chance of one collision is about 1 in 100,000.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

_DIGEST_BYTES = 10
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
"""Two characters at a time: five times as fast as `base64`, which is plain Python here."""
_SHIFTS = range(70, -1, -10)


def content_id(prefix: str, *parts: str) -> str:
    """Return `prefix` and 16 characters that depend on every one of `parts` and on their order."""
    digest = sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]
    number = int.from_bytes(digest)
    return prefix + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def occurrence_ids(prefix: str, article_id: str, surfaces: Iterable[str]) -> Iterator[str]:
    """Yield an id for each surface, told apart by how often it came before in `surfaces`.

    Editing one paragraph leaves the ids of what other paragraphs say as they were, which
    offsets would not. Rows must come in the order of the text.
    """
    seen: Counter[str] = Counter()
    for surface in surfaces:
        yield content_id(prefix, article_id, surface, str(seen[surface]))
        seen[surface] += 1
