"""The grammar: patterns over terms, compiled to one regular expression over one letter a word."""

import re
from functools import cache
from itertools import count
from typing import NamedTuple

from pipeline.extract.times.words import OTHER, Word

_FIRST_LETTER = 0x100
"""Terms are written with letters that mean nothing to a regular expression."""

MACROS = {
    "NUMBER": "(one | number | decimal | year | vague | one vague)",
    "UNIT": "(unit | quarter | year_unit | century)",
    "UNITS": "(units | UNIT)",
    "RELATIVE": "(this | current | that | last | previous | next | following | coming | latest)",
    "MONTH": "(month | short_month)",
    "DAY": "(number | ordinal)",
    "YEAR": "(year | short)",
    "EDGE": "(the? edge of | (earlier | later) (on? in)? | early dash? (on? in)? | mid dash?)",
    "DATE": "(MONTH DAY (comma? YEAR)? | the? DAY of? MONTH (comma? YEAR)?)",
    "WHICHYEAR": "((of | in | comma)? (fiscal? year_unit? YEAR | the? RELATIVE fiscal? year_unit"
    " | the fiscal? year_unit))",
    "CLOCKDAY": "(comma? on? (early? weekday (comma DATE)? | DATE | day))",
}
"""Parts of patterns, by name; each may use those above it."""


class Rule(NamedTuple):
    """A pattern over terms and macros; blanks separate them and have no other meaning."""

    name: str
    pattern: str


RULES = (
    Rule("iso_date", "iso"),
    Rule("slashed_date", "slashed"),
    Rule(
        "clock_time",
        "(clock ampm? | (number | decimal) ampm | number oclock | noon)"
        " (local time)? zone? CLOCKDAY?",
    ),
    Rule(
        "day_range",
        "MONTH DAY (dash MONTH? | to | through | and) DAY (comma? YEAR)?"
        " | DAY (dash | to | and) DAY of? MONTH (comma? YEAR)?",
    ),
    Rule("week_of", "the (unit) of DATE"),
    Rule(
        "calendar_day", "(weekday comma? (the?))? (last | next)? DATE (of the? RELATIVE year_unit)?"
    ),
    Rule("month_range", "MONTH (dash) MONTH (comma? YEAR)?"),
    Rule(
        "month_of_year",
        "(the? EDGE)? MONTH (comma? of? YEAR | (of)? the? RELATIVE year_unit)"
        " | (the? EDGE)? (the? RELATIVE)? month | (the? EDGE) short_month",
    ),
    Rule(
        "quarter",
        "(the? EDGE)? the? (fiscal? year_unit? YEAR possessive? | year_unit dash (ago | earlier)"
        " | RELATIVE year_unit possessive)? RELATIVE? fiscal?"
        " (ordinal dash? quarter | numbered_quarter) WHICHYEAR?",
    ),
    Rule(
        "half",
        "(the? EDGE)? the? (YEAR possessive?)? ((ordinal | last) dash? half | numbered_half)"
        " dash? (of the? decade | WHICHYEAR)?",
    ),
    Rule("year_range", "YEAR dash (YEAR | number)"),
    Rule("fiscal_year", "(the? EDGE)? (fiscal year_unit? YEAR | fy)"),
    Rule("calendar_year", "(the? EDGE)? (the year_unit)? (YEAR era? | number era)"),
    Rule("decade", "(the)? (EDGE)? the? decade"),
    Rule("century", "(the)? (EDGE)? (the)? ordinal dash? century"),
    Rule(
        "season",
        "(the? EDGE)? (the? this last | the? RELATIVE | the)? season"
        " (of? YEAR | of the? RELATIVE year_unit)?",
    ),
    Rule("holiday", "RELATIVE? holiday (comma? YEAR | RELATIVE year_unit)?"),
    Rule(
        "set",
        "(every | per) (other | number | ordinal)?"
        " (UNITS | span | spans | weekday | MONTH | season | weekend | daypart)"
        " | (weekdays | weekday dayparts)",
    ),
    Rule("often", "often"),
    Rule("rate", "times one (unit | year_unit | span)"),
    Rule(
        "weekday",
        "(early)? the? RELATIVE? weekday (dash? early? daypart)? (of the? RELATIVE unit)?",
    ),
    Rule("day_word", "(early | earlier | later)? day early? daypart?"),
    Rule(
        "part_of_day",
        "(earlier | later)? (this | that | last | the (next | following | previous))"
        " (mid dash?)? daypart | tonight | overnight | the daypart",
    ),
    Rule(
        "ago",
        "(NUMBER ((to | or | dash) NUMBER)? dash? more? UNITS dash? | units)"
        " (ago | earlier | later | hence | from now"
        " | (before | after) (?=comma | stop | break | $))",
    ),
    Rule("year_ago", "the? year_unit dash (ago | earlier) (period | quarter | unit | year_unit)?"),
    Rule(
        "same_period",
        "(the? (that | like) (period | quarter | unit) (of | in)?"
        " (the? RELATIVE year_unit | one year_unit (ago | earlier) | YEAR))",
    ),
    Rule(
        "vague_stretch",
        "the? (recent | coming | future | last vague | next vague | last | next) (units | spans)",
    ),
    Rule(
        "counted_stretch",
        "the? (last | next | previous | following | coming | ordinal | RELATIVE)"
        " (one? vague | number) more? (UNITS | span | spans)",
    ),
    Rule(
        "the_stretch",
        "(EDGE | sometime)? (the? (this last | RELATIVE) fiscal? more? | the fiscal? more?)"
        " (UNIT | weekend | period)",
    ),
    Rule("year_end", "year_end"),
    Rule("half_more", "NUMBER (UNITS | span | spans) and one half"),
    Rule("duration_and_half", "NUMBER and one half dash? (UNITS | spans | span)"),
    Rule(
        "duration",
        "NUMBER ((to | or | dash) NUMBER)? dash? more? dash? (UNITS | span | spans | weekend)",
    ),
    Rule("half_unit", "half dash? one dash? (UNIT | span)"),
    Rule("bare_units", "(units | spans)"),
    Rule("reference", "ref | unknown | now | adverb | the future | the last | recent | current"),
)


class Fit(NamedTuple):
    """A rule and the words it fits: `[start, end)` in the list of words."""

    rule: str
    start: int
    end: int


@cache
def _letters() -> dict[str, str]:
    numbers = count(_FIRST_LETTER)
    terms = re.findall(r"[a-z_]+", " ".join([*MACROS.values(), *(rule.pattern for rule in RULES)]))
    return {term: chr(next(numbers)) for term in dict.fromkeys([OTHER, *terms])}


@cache
def _compiled() -> re.Pattern[str]:
    letters = _letters()
    skipped = "".join(letters[term] for term in _NEVER_FIRST)
    rules = "|".join(f"(?P<{rule.name}>{_expanded(rule.pattern)})" for rule in RULES)
    return re.compile(f"(?![{skipped}])(?:{rules})")


_NEVER_FIRST = (
    OTHER,
    "comma",
    "stop",
    "break",
    "dash",
    "of",
    "in",
    "on",
    "and",
    "to",
    "or",
    "from",
)
"""Terms that begin no rule, skipped without trying any."""


def _expanded(pattern: str) -> str:
    for name in reversed(MACROS):
        pattern = re.sub(rf"\b{name}\b", MACROS[name], pattern)
    letters = _letters()
    spelled = re.sub(r"[a-z_]+", lambda term: letters[term[0]], pattern)
    return re.sub(r"\((?!\?)", "(?:", spelled.replace(" ", ""))


class Scanner:
    """Finds rules in the words of one text."""

    def __init__(self, words: list[Word]) -> None:
        """Write the terms of `words` as letters."""
        letters = _letters()
        other = letters[OTHER]
        self._spelled = "".join(letters.get(word.term, other) for word in words)

    def next_fit(self, at: int) -> Fit | None:
        """Return the first rule that fits at or after the word `at`."""
        found = _compiled().search(self._spelled, at)
        return Fit(str(found.lastgroup), found.start(), found.end()) if found else None
