"""The words of a text as the grammar of time expressions sees them: a term and a value each."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_LEXICON = Path(__file__).parent.parent / "lexicons" / "times" / "words.json"

LONGEST_SHORT = 5
"""Letters of the longest abbreviation of a weekday or month ("Thurs")."""
WHOLE_MONTHS = ("march", "april", "may", "june", "july")
"""Months as short as an abbreviation."""

type Value = int | str

OTHER = "other"
NUMERAL = "numeral"
BREAK = "break"
"""Stands for the blank line between paragraphs, which no expression crosses."""


class Word(NamedTuple):
    """A word, number or mark: its place, its lower-case letters, its term in the grammar."""

    start: int
    end: int
    text: str
    term: str
    value: Value


class Lexicon(NamedTuple):
    """The word lists, loaded once a process."""

    words: dict[str, tuple[str, Value]]
    phrases: dict[str, tuple[str, Value]]
    approximate: frozenset[str]
    capitalised: frozenset[str]
    undotted: frozenset[str]
    openers: frozenset[str]
    compound: re.Pattern[str]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon."""
    data = json.loads(_LEXICON.read_text(encoding="utf-8"))
    words = _by_word(data["words"])
    words.update({word: ("decade", value) for word, value in data["decades"].items()})
    words.update({word: (NUMERAL, value) for word, value in data["numbers"].items()})
    phrases = _by_word(data["phrases"])
    short = [word for word, (term, _) in words.items() if term in _SHORTENED and _is_short(word)]
    first_words = {re.split(r"[ '.-]", phrase)[0] for phrase in phrases}
    return Lexicon(
        words,
        phrases,
        frozenset(data["approximate"]),
        frozenset(data["names"]),
        frozenset(data["undotted"]),
        frozenset([*first_words, *short, *_LETTERS]),
        _compound(phrases, short),
    )


_SHORTENED = ("month", "weekday")
_LETTERS = ("a", "p", "am", "pm", "b", "fy", "q", "h")
"""Words that may open an abbreviation: "p.m.", "B.C.", "FY19", "Q3"."""


def _is_short(word: str) -> bool:
    return len(word) <= LONGEST_SHORT and word not in WHOLE_MONTHS


def _by_word(terms: dict[str, dict[str, Value]]) -> dict[str, tuple[str, Value]]:
    return {
        word: (term, value) for term, members in terms.items() for word, value in members.items()
    }


def _compound(phrases: dict[str, tuple[str, Value]], short: list[str]) -> re.Pattern[str]:
    """Return the pattern of words that hold blanks or full stops, tried behind an opener only."""
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    spelled = "|".join(
        re.escape(phrase).replace(r"\ ", r"[ \n]").replace("'", "['’]") for phrase in longest_first
    )
    return re.compile(
        rf"""
        (?P<phrase>(?:{spelled})\b)
        |(?P<ampm>[ap](?:\.\ ?m\b\.?|m\b))
        |(?P<fy>FY[ -]?['’]?(?:20)?\d\d\b)
        |(?P<abbreviation>(?:{"|".join(short)})\.|B\.C\b\.?|A\.D\b\.?|[qh][1-4]\b)
        """,
        re.IGNORECASE | re.VERBOSE,
    )


_WORD = re.compile(
    r"""
    (?P<word>[^\W\d_]+(?:['’](?!s\b|S\b)[^\W\d_]+)?)
    |(?P<comma>,)
    |(?P<stop>[.;:!?)])
    |(?P<iso>(?<![\w-])(?:1\d|20)\d\d-[01]\d-[0-3]\d(?:T\d\d:\d\d(?::\d\d)?Z?)?(?![\w-]))
    |(?P<slashed>(?<![\w/.])\d{1,2}/\d{1,2}/(?:(?:19|20)\d\d|\d\d)(?![\w/])
        |(?<![\w.])\d{1,2}\.\d{1,2}\.(?:19|20)\d\d(?!\w|\.\d))
    |(?P<clock>(?<![\w:.])[0-2]?\d:[0-5]\d(?::[0-5]\d)?(?![\d:]))
    |(?P<decade>(?<![\w$£€.,])(?:1\d|20)\d0['’]?s\b|(?<![\w$£€])['’‘]?[1-9]0['’]?s\b)
    |(?P<nth>(?<![\w$£€])\d+(?:st|nd|rd|th)\b)
    |(?P<short>(?<!\w)['’‘]\d\d(?![\w%]))
    |(?P<mixed>(?<![\w$£€.,/])\d+(?:[ -]1/2|½)(?![\w/]))
    |(?P<number>(?<![\w$£€.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w%]))
    |(?P<part>(?<!\w)[1-4][qhQH]\b)
    |(?P<glued>(?<!\w)\d{1,2}(?=[apAP]\.?[mM]\b))
    |(?P<dash>[-–—‑]+)
    |(?P<possessive>['’]s?\b)
    |(?P<break>\n[ \t]*\n\s*)
    |[\w$£€%]+|[^\s\w]
    """,
    re.VERBOSE,
)


def words(text: str) -> list[Word]:
    """Return the words of `text` in order, number words joined ("twenty-four" is one)."""
    known = lexicon()
    found: list[Word] = []
    taken = 0
    for match in _WORD.finditer(text):
        if match.start() >= taken:
            word = _word(match, known)
            taken = word.end
            found.append(word)
    return list(_joined(found))


def _word(match: re.Match[str], known: Lexicon) -> Word:
    kind = match.lastgroup
    start, end = match.span()
    lower = match[0].lower()
    if kind == "word":
        if lower in known.openers and (compound := known.compound.match(match.string, start)):
            return _compound_word(compound, known)
        term, value = _looked_up(match[0], lower, known)
    elif kind is None:
        term, value = OTHER, 0
    elif kind in _READ:
        term, value = _READ[kind](lower)
    else:
        term, value = kind, 0
    return Word(start, end, lower, term, value)


def _compound_word(match: re.Match[str], known: Lexicon) -> Word:
    lower = match[0].lower().replace("’", "'").replace("\n", " ")
    if match.lastgroup == "phrase":
        term, value = known.phrases[lower]
    elif match.lastgroup == "ampm":
        term, value = "ampm", lower[0]
    elif match.lastgroup == "fy":
        term, value = "fy", 2000 + int(lower[-2:])
    else:
        term, value = known.words.get(lower.rstrip(".")) or known.words[lower]
    return Word(match.start(), match.end(), lower, term, value)


def _looked_up(written: str, lower: str, known: Lexicon) -> tuple[str, Value]:
    found = known.words.get(lower)
    if found is None:
        return known.words.get(lower.replace("’", "'"), _NOTHING) if "’" in lower else _NOTHING
    if lower in known.undotted or (lower in known.capitalised and not written[0].isupper()):
        return _NOTHING
    if found[0] == "month" and _is_short(lower):
        return ("short_month", found[1]) if written[0].isupper() else _NOTHING
    return found


_NOTHING: tuple[str, Value] = (OTHER, 0)


def _number(lower: str) -> tuple[str, Value]:
    plain = lower.replace(",", "")
    if "." in plain:
        return "decimal", plain
    number = int(plain)
    if len(lower) == 4 and 1000 <= number <= 2100:
        return "year", number
    return "number", number


_READ: dict[str, Callable[[str], tuple[str, Value]]] = {
    "iso": lambda lower: ("iso", lower),
    "slashed": lambda lower: ("slashed", lower),
    "clock": lambda lower: ("clock", lower),
    "decade": lambda lower: ("decade", int(re.sub(r"\D", "", lower)) // 10),
    "nth": lambda lower: ("ordinal", int(lower[:-2])),
    "short": lambda lower: ("short", int(lower[1:])),
    "mixed": lambda lower: ("decimal", re.split(r"[ ½-]", lower)[0] + ".5"),
    "number": _number,
    "part": lambda lower: ("numbered_quarter" if "q" in lower else "numbered_half", int(lower[0])),
    "glued": lambda lower: ("number", int(lower)),
}


def _joined(found: list[Word]) -> Iterator[Word]:
    at = 0
    while at < len(found):
        if found[at].term != NUMERAL:
            yield found[at]
            at += 1
            continue
        end = _run_of_numerals(found, at)
        yield from _number_word(found[at:end])
        at = end


def _run_of_numerals(found: list[Word], at: int) -> int:
    """Return the end of the numerals from `at`, dashes and "and" between them included."""
    end = at + 1
    while end < len(found):
        skip = end + (found[end].term in ("dash", "and"))
        if skip >= len(found) or found[skip].term != NUMERAL:
            break
        if not _continues(int(found[end - 1].value), int(found[skip].value)):
            break
        end = skip + 1
    return end


def _continues(before: int, after: int) -> bool:
    """Whether the numeral `after` can stand behind `before` in one number or spelled year."""
    if before in (100, 1000):
        return after != before
    return after >= 100 or (20 <= before < 100 and after < 10) or 15 <= before <= 20 <= after


def _number_word(parts: list[Word]) -> Iterator[Word]:
    total = group = 0
    for part in (int(part.value) for part in parts if part.term == NUMERAL):
        if part in (100, 1000):
            group = max(1, group) * part
            total, group = (total + group, 0) if part == 1000 else (total, group)
        elif 15 <= group <= 20 and part >= 20:
            group = group * 100 + part
        else:
            group += part
    number = total + group
    term = "year" if 1500 <= number <= 2100 and len(parts) > 1 else "number"
    words_said = " ".join(part.text for part in parts)
    yield Word(parts[0].start, parts[-1].end, words_said, term, number)
