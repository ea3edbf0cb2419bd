"""Stretches of the calendar: the day, week, month … that an expression means.

A `Point` counts units from year 0, so "three months earlier" is a subtraction and "that year" a
conversion. It knows its TIMEX3 value (TimeML 1.2.1) and its days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal[
    "day", "week", "weekend", "month", "season", "quarter", "half", "year", "decade", "century"
]

PRECISION: dict[Unit, str] = {
    "day": "day",
    "week": "week",
    "weekend": "day",
    "month": "month",
    "season": "quarter",
    "quarter": "quarter",
    "half": "half",
    "year": "year",
    "decade": "year",
    "century": "year",
}
"""The precision a unit is published with: the coarsest the schema has is a year."""

UNKNOWN: dict[Unit, str] = {
    "day": "XXXX-XX-XX",
    "week": "XXXX-WXX",
    "weekend": "XXXX-WXX-WE",
    "month": "XXXX-XX",
    "season": "XXXX-XX",
    "quarter": "XXXX-QX",
    "half": "XXXX-HX",
    "year": "XXXX",
    "decade": "XXX",
    "century": "XX",
}
"""TIMEX3 values where the unit is known and nothing to count from."""

PARTS: dict[Unit, int] = {"month": 12, "season": 4, "quarter": 4, "half": 2, "year": 1}
"""How many of a unit make a year."""

SEASONS = ("SP", "SU", "FA", "WI")
"""Seasons in the order in which a year names them: winter begins in its December."""


@dataclass(frozen=True, slots=True)
class Point:
    """The `index`-th unit: a day's ordinal, a seventh of it for weeks, year × 12 + month - 1."""

    unit: Unit
    index: int

    def shifted(self, count: int) -> "Point":
        """Return the point `count` units later."""
        return Point(self.unit, self.index + count)

    @property
    def days(self) -> tuple[date, date]:
        """First and last day; `ValueError` or `OverflowError` outside the years 1 to 9999."""
        if self.unit == "day":
            return date.fromordinal(self.index), date.fromordinal(self.index)
        if self.unit in ("week", "weekend"):
            monday = date.fromordinal(self.index * 7 + 1)
            first = monday + timedelta(days=5 if self.unit == "weekend" else 0)
            return first, monday + timedelta(days=6)
        following = _first_day(self.shifted(1))
        return _first_day(self), following - timedelta(days=1)

    @property
    def year(self) -> int:
        """The year it begins in."""
        return self.days[0].year

    @property
    def value(self) -> str:
        """The TIMEX3 value."""
        return _VALUES[self.unit](self.index)


def point(day: date, unit: Unit) -> Point:
    """Return the `unit` that `day` lies in."""
    if unit == "day":
        return Point(unit, day.toordinal())
    if unit in ("week", "weekend"):
        return Point(unit, (day.toordinal() - 1) // 7)
    if unit in ("decade", "century"):
        return Point(unit, day.year // (10 if unit == "decade" else 100))
    months = day.year * 12 + day.month - 1
    # Seasons start in March, and January's winter began the year before.
    return Point(unit, (months - 2 if unit == "season" else months) * PARTS[unit] // 12)


def at(year: int, unit: Unit, part: int) -> Point:
    """Return the `part`-th (from 1) month, season, quarter or half of `year`."""
    return Point(unit, year * PARTS[unit] + part - 1)


def on(year: int, month: int, day: int) -> Point:
    """Return a day; `ValueError` if the calendar has none such."""
    return Point("day", date(year, month, day).toordinal())


def part_of_year(where: Point) -> int:
    """Return which month, season, quarter or half of its year `where` is, from 1."""
    return where.index % PARTS[where.unit] + 1


def _first_day(where: Point) -> date:
    if where.unit in ("decade", "century"):
        return date(max(1, where.index * (10 if where.unit == "decade" else 100)), 1, 1)
    parts = PARTS[where.unit]
    months = where.index * 12 // parts + (2 if where.unit == "season" else 0)
    return date(months // 12, months % 12 + 1, 1)


def _week_value(index: int) -> str:
    year, week, _ = date.fromordinal(index * 7 + 1).isocalendar()
    return f"{year:04}-W{week:02}"


_VALUES: dict[Unit, Callable[[int], str]] = {
    "day": lambda index: date.fromordinal(index).isoformat(),
    "week": _week_value,
    "weekend": lambda index: f"{_week_value(index)}-WE",
    "month": lambda index: f"{index // 12:04}-{index % 12 + 1:02}",
    "season": lambda index: f"{index // 4:04}-{SEASONS[index % 4]}",
    "quarter": lambda index: f"{index // 4:04}-Q{index % 4 + 1}",
    "half": lambda index: f"{index // 2:04}-H{index % 2 + 1}",
    "year": lambda index: f"{index:04}",
    "decade": lambda index: f"{index:03}",
    "century": lambda index: f"{index:02}",
}
