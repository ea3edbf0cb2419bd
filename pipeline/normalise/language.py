"""The language of a text: ISO 639-1, or `und` where nothing tells it."""

import re
from collections import Counter
from functools import cache
from typing import cast

from pipeline.normalise.tables import load_mapping, load_words

UNKNOWN = "und"

_MACRO = {"nb": "no", "iw": "he", "in": "id"}
"""Codes that say the same as another one; Norwegian papers use `nb` and `no` alike."""
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE_CHARS = 4000
_LONG_CHARS = 400
"""From here on the detector is right without help; below, small words decide first."""
_MAX_DISTANCE = 1200
"""The detector calls its own results beyond this distance mostly false."""
_NEAR_DISTANCE = 250
"""English this close behind the best of a short Latin text is taken: most of what comes is."""
_MIN_WORDS = 3


def language_code(value: str) -> str | None:
    """Return the ISO 639-1 code of `value` ("en", "EN", "en-GB"), `None` if it has none."""
    code = value.strip().replace("_", "-").split("-")[0].lower()
    code = _MACRO.get(code, code)
    return code if code in load_words("languages", "codes") else None


def detected_language(text: str) -> str:
    """Return the language `text` is in, `und` for what is too short or unlike any."""
    sample = text[:_SAMPLE_CHARS]
    words = _WORD.findall(sample.casefold())
    if len(sample) < _LONG_CHARS:
        return _by_small_words(words) or _by_letters(sample, len(words))
    return _by_letters(sample, len(words))


def _by_small_words(words: list[str]) -> str | None:
    """Return the language most of whose small words are there; none if two have as many."""
    counts = Counter(code for word in words for code in _small_words().get(word, ()))
    best = counts.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _by_letters(sample: str, n_words: int) -> str:
    from resiliparse.parse.lang import detect_fast

    ranks = cast(
        "list[tuple[str, int]]", detect_fast(sample, cutoff=2 * _MAX_DISTANCE, n_results=8)
    )
    if not ranks or not n_words:
        return UNKNOWN
    best, distance = ranks[0]
    english = dict(ranks).get("en")
    if len(sample) < _LONG_CHARS and sample.isascii() and english is not None:
        enough = n_words >= _MIN_WORDS and english - distance <= _NEAR_DISTANCE
        return "en" if enough else UNKNOWN
    known = distance <= _MAX_DISTANCE or not sample.isascii()
    return (language_code(best) or UNKNOWN) if known else UNKNOWN


@cache
def _small_words() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, words in load_mapping("languages", "small_words").items():
        for word in words.split():
            found.setdefault(word, []).append(code)
    return found
