"""What an expression is read as, and what it is read against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.extract.times.points import PRECISION, UNKNOWN, Point, Unit, point
from pipeline.extract.times.tense import Tense
from pipeline.extract.times.words import Value, Word

type Kind = Literal["DATE", "TIME", "DURATION", "SET"]
type Basis = Literal["explicit", "relative", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """The meaning of one expression: the fields of a `Timex`, and what later ones count from.

    Attributes:
        skip: words at its beginning that turned out not to belong to it.
    """

    type: Kind
    value: str
    days: tuple[date, date] | None = None
    basis: Basis = "none"
    precision: str | None = None
    anchor: Point | None = None
    skip: int = 0


@dataclass(slots=True)
class Context:
    """What an expression is read against.

    Attributes:
        published: the publication day.
        anchor: the last stretch of the calendar the article named.
        near: whether that was in the same paragraph.
        told: the year last written out in this paragraph.
        tense: the tense of the verb that governs a stretch of words.
        tag: a word's Penn Treebank tag.
    """

    published: Point | None
    anchor: Point | None
    near: bool
    told: int | None
    tense: Callable[["Match"], Tense | None]
    tag: Callable[[Word], str]

    def retold(self, tense: Tense | None) -> int | None:
        """Return the earlier year the paragraph tells of: "in 2011 … it closed in May"."""
        now = self.today("year")
        if self.told is None or tense != "past" or now is None or self.told >= now.index - 1:
            return None
        return self.told

    def today(self, unit: Unit) -> Point | None:
        """Return the `unit` of the publication day."""
        return None if self.published is None else point(self.published.days[0], unit)

    def named(self, unit: Unit) -> Point | None:
        """Return the `unit` of the last stretch named, else of the publication day.

        A coarser stretch ("2018") does not say which day or month is meant by "that day".
        """
        if self.anchor is None or _LENGTH[self.anchor.unit] > _LENGTH[unit]:
            return self.today(unit)
        return point(self.anchor.days[0], unit)


_LENGTH: dict[Unit, int] = {
    "day": 1,
    "weekend": 2,
    "week": 3,
    "month": 4,
    "season": 5,
    "quarter": 5,
    "half": 6,
    "year": 7,
    "decade": 8,
    "century": 9,
}


@dataclass(frozen=True, slots=True)
class Match:
    """Words that fit one rule of the grammar.

    Attributes:
        words: the words matched.
        before: up to three words before them, nearest last.
        after: up to three words after them.
    """

    words: list[Word]
    before: list[Word]
    after: list[Word]

    def first(self, *terms: str) -> Word | None:
        """Return the first word of one of `terms`."""
        return next((word for word in self.words if word.term in terms), None)

    def has(self, *terms: str) -> bool:
        """Whether a word of one of `terms` is there."""
        return any(word.term in terms for word in self.words)

    def numbers(self, *terms: str) -> list[int]:
        """Return the values of all words of `terms`, in order."""
        return [int(word.value) for word in self.words if word.term in terms]

    def value(self, *terms: str) -> Value | None:
        """Return the value of the first word of one of `terms`."""
        word = self.first(*terms)
        return None if word is None else word.value


def dated(where: Point, basis: Basis, kind: Kind = "DATE", suffix: str = "") -> Reading:
    """Return the reading of a stretch of the calendar; `suffix` is a time of day."""
    return Reading(kind, where.value + suffix, where.days, basis, PRECISION[where.unit], where)


def relative(where: Point | None, unit: Unit, kind: Kind = "DATE", suffix: str = "") -> Reading:
    """Return the reading of `where`, or of an unknown `unit` if nothing said which."""
    if where is None:
        return Reading(kind, UNKNOWN[unit] + suffix)
    return dated(where, "relative", kind, suffix)


def clipped(reading: Reading, published: Point | None, *, until: bool) -> Reading:
    """Return `reading` up to the publication day, or from it on ("earlier", "later this month")."""
    if reading.days is None or published is None:
        return reading
    day = published.days[0]
    first, last = reading.days
    if not first <= day <= last:
        return reading
    days = (first, day) if until else (day, last)
    return Reading(
        reading.type, reading.value, days, reading.basis, reading.precision, reading.anchor
    )


def recurring(candidate: Point, context: Context, tense: Tense | None) -> Point | None:
    """Return which year's `candidate` is meant (a month, season, quarter or half).

    The one that has begun, or under a future verb the one that has not ended; a quarter or
    season just over is meant even then ("expects to report third-quarter results"). Without
    past or future, the nearest.
    """
    now = context.today(candidate.unit)
    if now is None:
        return None
    cycle = _CYCLE[candidate.unit]
    ahead = (candidate.index - now.index) % cycle
    behind = (now.index - candidate.index) % cycle
    if tense is None or tense == "present":
        return now.shifted(ahead if ahead < behind else -behind)
    if tense == "future" and not (cycle == 4 and behind == 1):
        return now.shifted(ahead)
    return now.shifted(-behind)


_CYCLE: dict[Unit, int] = {"month": 12, "season": 4, "quarter": 4, "half": 2}


def same_part(where: Point, years: int) -> Point:
    """Return the same month, quarter … `years` years later."""
    return where.shifted(years * _CYCLE.get(where.unit, 1))
