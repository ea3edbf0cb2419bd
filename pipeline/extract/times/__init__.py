"""Temporal expressions: where they are, what they mean, and which days."""

import datetime
from bisect import bisect_right
from collections.abc import Callable, Iterator

from pipeline.extract.nlp import Parse
from pipeline.extract.times import calendar_rules, relative_rules
from pipeline.extract.times.grammar import Fit, Scanner
from pipeline.extract.times.points import Point, point
from pipeline.extract.times.readings import Context, Match, Reading
from pipeline.extract.times.tense import Tense, Tenses
from pipeline.extract.times.words import BREAK, Word, lexicon, words
from pipeline.records import Timex

type Reader = Callable[[Match, Context], Reading | None]

READERS: dict[str, Reader] = {
    "iso_date": calendar_rules.iso_date,
    "slashed_date": calendar_rules.slashed_date,
    "clock_time": relative_rules.clock_time,
    "day_range": calendar_rules.day_range,
    "week_of": calendar_rules.week_of,
    "calendar_day": calendar_rules.calendar_day,
    "month_range": calendar_rules.month_range,
    "month_of_year": calendar_rules.month_of_year,
    "quarter": calendar_rules.quarter,
    "half": calendar_rules.half,
    "year_range": calendar_rules.year_range,
    "fiscal_year": calendar_rules.fiscal_year,
    "calendar_year": calendar_rules.calendar_year,
    "decade": calendar_rules.decade,
    "century": calendar_rules.century,
    "season": calendar_rules.season,
    "holiday": calendar_rules.holiday,
    "set": relative_rules.recurring_set,
    "often": relative_rules.often,
    "rate": relative_rules.rate,
    "weekday": relative_rules.weekday,
    "day_word": relative_rules.day_word,
    "part_of_day": relative_rules.part_of_day,
    "ago": relative_rules.ago,
    "year_ago": relative_rules.year_ago,
    "same_period": relative_rules.same_period,
    "vague_stretch": relative_rules.vague_stretch,
    "counted_stretch": relative_rules.counted_stretch,
    "the_stretch": relative_rules.the_stretch,
    "year_end": relative_rules.year_end,
    "half_more": relative_rules.half_more,
    "duration_and_half": relative_rules.half_more,
    "duration": relative_rules.duration,
    "half_unit": relative_rules.half_unit,
    "bare_units": relative_rules.bare_units,
    "reference": relative_rules.reference,
}
"""What reads the words that fit a rule of the grammar; `None` says they are no time after all."""

_RETOLD = ("calendar_day", "day_range", "month_of_year", "season")
"""Rules whose reading does not lead back from an earlier year ("in 2011 … in May") to now."""
_REACH = 3
_APPROXIMATED = frozenset(
    ("duration", "ago", "clock_time", "half_more", "duration_and_half", "half_unit")
)


def find_times(parse: Parse, *, published_on: datetime.date | None) -> list[Timex]:
    """Return the temporal expressions of an article, in order, never overlapping.

    Read against `published_on` and the expressions before them; the tense of the governing
    verb decides between past and coming ("in July", "on Monday"). Without `published_on`,
    relative expressions keep their type and an underspecified value ("XXXX-WXX-2").
    """
    return list(_Finder(parse, published_on).times())


class _Finder:
    def __init__(self, parse: Parse, published_on: datetime.date | None) -> None:
        self._text = parse.text
        self._words = words(parse.text)
        self._tenses = Tenses(parse)
        self._published = None if published_on is None else point(published_on, "day")
        self._breaks = [word.start for word in self._words if word.term == BREAK]
        self._anchor: Point | None = None
        self._anchor_at = 0
        self._told: int | None = None

    def times(self) -> Iterator[Timex]:
        scanner = Scanner(self._words)
        at = 0
        while (fit := scanner.next_fit(at)) is not None:
            reading = self._read(fit)
            if reading is None:
                at = fit.start + 1
                continue
            yield self._timex(fit, reading, at)
            at = fit.end

    def _read(self, fit: Fit) -> Reading | None:
        match = Match(
            self._words[fit.start : fit.end],
            self._words[max(0, fit.start - _REACH) : fit.start],
            self._words[fit.end : fit.end + _REACH],
        )
        if match.words[0].text == "that" and self._tag(match.words[0]) == "IN":
            # "He said that last week …": a conjunction.
            return None
        try:
            return READERS[fit.rule](match, self._context(fit))
        except (ValueError, OverflowError):
            # A day outside the years 1 to 9999: "12,000 years ago".
            return None

    def _context(self, fit: Fit) -> Context:
        start = self._words[fit.start].start
        near = bisect_right(self._breaks, start) == bisect_right(self._breaks, self._anchor_at)
        told = self._told if near else None
        return Context(self._published, self._anchor, near, told, self._tense, self._tag)

    def _tag(self, word: Word) -> str:
        return self._tenses.token_at(word.start).tag_

    def _tense(self, match: Match) -> Tense | None:
        return self._tenses.of(match.words[0].start, match.words[-1].end)

    def _timex(self, fit: Fit, reading: Reading, earliest: int) -> Timex:
        first = fit.start + reading.skip
        if fit.rule in _APPROXIMATED:
            first = self._approximated(first, earliest)
        start, end = self._words[first].start, self._words[fit.end - 1].end
        if reading.anchor is not None:
            self._anchor, self._anchor_at = reading.anchor, start
            if reading.basis == "explicit":
                self._told = reading.anchor.year
            elif fit.rule not in _RETOLD:
                self._told = None
        first_day, last_day = reading.days or (None, None)
        return Timex(
            start,
            end,
            self._text[start:end],
            reading.type,
            reading.value,
            first_day,
            last_day,
            reading.basis,
            reading.precision,
        )

    def _approximated(self, first: int, earliest: int) -> int:
        """Return where "about", "more than" … before the word `first` begins."""
        for length in (2, 1):
            start = first - length
            if start >= earliest:
                said = " ".join(word.text for word in self._words[start:first])
                if said in lexicon().approximate:
                    return start
        return first
