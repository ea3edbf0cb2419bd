"""Arithmetic on stretches of the calendar."""

from datetime import date

import pytest

from pipeline.extract.times.points import PRECISION, Point, at, on, point


@pytest.mark.parametrize(
    ("unit", "value", "first", "last"),
    [
        ("day", "2020-01-01", "2020-01-01", "2020-01-01"),
        ("week", "2020-W01", "2019-12-30", "2020-01-05"),
        ("weekend", "2020-W01-WE", "2020-01-04", "2020-01-05"),
        ("month", "2020-01", "2020-01-01", "2020-01-31"),
        ("season", "2019-WI", "2019-12-01", "2020-02-29"),
        ("quarter", "2020-Q1", "2020-01-01", "2020-03-31"),
        ("half", "2020-H1", "2020-01-01", "2020-06-30"),
        ("year", "2020", "2020-01-01", "2020-12-31"),
        ("decade", "202", "2020-01-01", "2029-12-31"),
        ("century", "20", "2000-01-01", "2099-12-31"),
    ],
)
def test_new_year_lies_in(unit, value, first, last):
    found = point(date(2020, 1, 1), unit)
    assert found.value == value
    assert [day.isoformat() for day in found.days] == [first, last]


@pytest.mark.parametrize("unit", PRECISION)
def test_units_follow_each_other_without_gap(unit):
    found = point(date(2019, 11, 26), unit)
    gap = (found.shifted(1).days[0] - found.days[1]).days
    assert gap == (6 if unit == "weekend" else 1)


def test_parts_of_a_year():
    assert at(2019, "quarter", 4).value == "2019-Q4"
    assert at(2019, "season", 2).value == "2019-SU"


def test_a_day_the_calendar_lacks():
    with pytest.raises(ValueError, match="day"):
        on(2019, 2, 30)


def test_days_outside_the_calendar():
    with pytest.raises((ValueError, OverflowError)):
        _ = Point("year", 12_000).days
