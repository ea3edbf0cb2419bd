"""Readings of dates that name a place in the calendar: days, months, quarters, years, holidays."""

import re
from dataclasses import replace
from datetime import date, timedelta

from pipeline.extract.times.points import SEASONS, UNKNOWN, Point, Unit, at, on, part_of_year, point
from pipeline.extract.times.readings import (
    Basis,
    Context,
    Match,
    Reading,
    clipped,
    dated,
    recurring,
    relative,
    same_part,
)
from pipeline.extract.times.tense import Tense

LAST_DAY = 31
NEAREST_CENTURY = 30
"""Two digits above it are of the twentieth century ("'68"), others of this one ("'08")."""


def iso_date(match: Match, _: Context) -> Reading | None:
    """2019-11-26, 2019-11-26T10:30."""
    written = match.words[0].text
    day = _day(*(int(part) for part in written[:10].split("-")))
    if day is None:
        return None
    suffix = written[10:].upper()
    return dated(day, "explicit", "TIME" if suffix else "DATE", suffix)


def slashed_date(match: Match, _: Context) -> Reading | None:
    """11/26/2019 (month first, as in American papers, unless it cannot be), 26.11.2019."""
    written = match.words[0].text
    first, second, year = (int(part) for part in re.split(r"[/.]", written))
    year = year if year > 99 else _full_year(year)
    day_first = "." in written or first > 12
    month, day = (second, first) if day_first else (first, second)
    found = _day(year, month, day)
    return dated(found, "explicit") if found else None


def calendar_day(match: Match, context: Context) -> Reading | None:
    """Nov. 26, 2019; Tuesday, 26 November; the 26th of November."""
    days = match.numbers("number", "ordinal")
    months = match.numbers("month", "short_month")
    if not _could_be_day(days[0]):
        return None
    reading = _day_of_month(match, context, months[0], days[0])
    if reading is not None and _follows(match, "ended", "ending"):
        # "The quarter ended Sept. 30": what follows is compared with the quarter, not the day.
        return replace(reading, anchor=None)
    return reading


def _day_of_month(match: Match, context: Context, month: int, day: int) -> Reading | None:
    year = named_year(match, context)
    if year is not None:
        found = _day(year, month, day)
        return dated(found, _basis(match)) if found else None
    if context.published is None:
        return Reading("DATE", f"XXXX-{month:02}-{day:02}")
    nearest = _nearest_day(match, context, month, day)
    return relative(nearest, "day") if nearest else None


def _nearest_day(match: Match, context: Context, month: int, day: int) -> Point | None:
    """Return the day in the year the tense asks for; without tense, the nearest."""
    assert context.published is not None  # noqa: S101 - the caller's condition
    year = context.published.year
    found = [place for shift in (-1, 0, 1) if (place := _day(year + shift, month, day))]
    tense: Tense | None = "past" if match.has("last") else context.tense(match)
    retold = context.retold(tense)
    if retold is not None and not match.has("last", "next"):
        return _day(retold, month, day)
    return _by_tense(found, context.published.index, "future" if match.has("next") else tense)


FARTHEST_BARE_DAY = 300
"""Days from publication beyond which writers add the year, whatever the tense."""


def _by_tense(places: list[Point], today: int, tense: Tense | None) -> Point | None:
    def distance(place: Point) -> int:
        return abs(place.index - today)

    near = [place for place in places if distance(place) <= FARTHEST_BARE_DAY]
    if tense == "past":
        near = [place for place in near if place.index <= today]
    elif tense == "future":
        near = [place for place in near if place.index >= today]
    return min(near or places, key=distance, default=None)


def _basis(match: Match) -> Basis:
    return "explicit" if match.has("year", "short") else "relative"


def day_range(match: Match, context: Context) -> Reading | None:
    """Dec. 3-4; Nov. 30-Dec. 2, 2019; 3-4 December."""
    days = match.numbers("number", "ordinal")
    months = match.numbers("month", "short_month")
    if not (_could_be_day(days[0]) and _could_be_day(days[1])):
        return None
    if len(months) == 1 and days[0] >= days[1]:
        return None
    first = _day_of_month(match, context, months[0], days[0])
    last = _day_of_month(match, context, months[-1], days[1])
    return _between(first, last)


def _between(first: Reading | None, last: Reading | None) -> Reading | None:
    if first is None or last is None:
        return None
    value = f"{first.value}/{last.value}"
    if first.days is None or last.days is None or first.days[0] > last.days[1]:
        return Reading(first.type, value)
    days = (first.days[0], last.days[1])
    return Reading(first.type, value, days, first.basis, first.precision, last.anchor)


def week_of(match: Match, context: Context) -> Reading | None:
    """The week of March 6."""
    unit: Unit = str(match.value("unit"))  # type: ignore[assignment]
    day = calendar_day(match, context)
    if unit != "week" or day is None:
        return day
    return relative(point(day.days[0], "week") if day.days else None, "week")


def month_range(match: Match, context: Context) -> Reading | None:
    """June-August 2019."""
    first, last = match.numbers("month", "short_month")
    return _between(_month(match, context, first), _month(match, context, last))


def month_of_year(match: Match, context: Context) -> Reading | None:
    """November 2019; mid-July; last May; June of next year; earlier in October."""
    reading = _month(match, context, match.numbers("month", "short_month")[0])
    return _cut(match, context, reading)


def _cut(match: Match, context: Context, reading: Reading) -> Reading:
    if not match.has("earlier", "later"):
        return reading
    return clipped(reading, context.published, until=match.has("earlier"))


def _month(match: Match, context: Context, month: int) -> Reading:
    year = named_year(match, context)
    if year is not None:
        return dated(at(year, "month", month), _basis(match))
    if context.published is None:
        return Reading("DATE", f"XXXX-{month:02}")
    return relative(_part(match, context, at(0, "month", month)), "month")


def _part(match: Match, context: Context, candidate: Point) -> Point | None:
    """Return which `candidate` (a month, season, quarter or half without year) is meant."""
    if match.has("last", "previous"):
        return _before_now(candidate, context)
    if match.has("next", "coming", "following"):
        return recurring(candidate, context, "future")
    if match.has("this") and context.published is not None:
        return at(context.published.year, candidate.unit, part_of_year(candidate))
    tense = context.tense(match)
    retold = context.retold(tense) if candidate.unit in ("month", "season") else None
    if retold is not None:
        return at(retold, candidate.unit, part_of_year(candidate))
    return recurring(candidate, context, tense)


def _before_now(candidate: Point, context: Context) -> Point | None:
    found = recurring(candidate, context, "past")
    now = context.today(candidate.unit)
    if found is None or found != now:
        return found
    return same_part(found, -1)


def named_year(match: Match, context: Context) -> int | None:
    """Return the year a match names, in digits or as "last year", "that year"."""
    word = match.first("year", "short")
    if word is not None:
        return int(word.value) if word.term == "year" else _full_year(int(word.value))
    if not match.has("year_unit"):
        return None
    told = match.has("that", "following", "previous")
    base = context.named("year") if told else context.today("year")
    if base is None:
        return None
    shift = sum(match.numbers("last", "next", "coming", "following", "previous")[:1])
    compared = match.has("ago") or (match.has("earlier", "like") and match.has("dash", "one"))
    return base.index + shift - compared


def quarter(match: Match, context: Context) -> Reading | None:
    """The third quarter; Q3 2019; the second quarter of next year; fiscal first quarter."""
    number = int(match.value("ordinal", "numbered_quarter") or 0)
    return _numbered(match, context, "quarter", number) if 1 <= number <= 4 else None


def half(match: Match, context: Context) -> Reading | None:
    """The first half of 2020; the second half; H1 2020; the last half of the '80s."""
    number = 2 if match.has("last") and not match.has("ordinal") else 0
    number = number or int(match.value("ordinal", "numbered_half") or 0)
    if number not in (1, 2) or match.words[-1].term == "of":
        return None
    if match.has("decade"):
        return decade(match, context)
    following = match.after[0].text if match.after else ""
    if following in ("of", "hour", "dozen", "brother", "sister", "time") and not _says_year(match):
        return None
    return _numbered(match, context, "half", number)


def _says_year(match: Match) -> bool:
    return match.has("year", "short", "year_unit")


def _numbered(match: Match, context: Context, unit: Unit, number: int) -> Reading:
    year = named_year(match, context)
    if year is not None:
        return _cut(match, context, dated(at(year, unit, number), _basis(match)))
    if context.published is None:
        return Reading("DATE", f"XXXX-{unit[0].upper()}{number}")
    return _cut(match, context, relative(_part(match, context, at(0, unit, number)), unit))


def year_range(match: Match, _: Context) -> Reading | None:
    """2014-2016; 2018-19; 2018/19 is left to the slashes."""
    first, last = (int(word.value) for word in (match.words[0], match.words[2]))
    if match.words[0].term == "short" or not _stands_alone(match):
        return None
    if last < 100:
        last += first // 100 * 100
    if not first < last <= first + 100:
        return None
    days = (date(first, 1, 1), date(last, 12, 31))
    value = f"{first:04}/{last:04}"
    return Reading("DATE", value, days, "explicit", "year", Point("year", last))


def fiscal_year(match: Match, context: Context) -> Reading | None:
    """Fiscal 2019; fiscal year 2019; FY19. Taken for the calendar year: companies differ."""
    number = match.value("fy")
    year = int(number) if number else named_year(match, context)
    return dated(Point("year", year), "explicit") if year else None


def calendar_year(match: Match, context: Context) -> Reading | None:
    """2019; early 2019; the year 2000; 264 BC."""
    number = match.numbers("year", "short", "number")[0]
    signed = _follows(match, *_YEAR_SIGNS)
    if match.has("short") and not (signed or match.has("early", "mid", "edge")):
        return None
    era = match.value("era")
    if era == -1:
        return Reading("DATE", f"BC{number:04}")
    if not _stands_alone(match) or not (
        signed or era or number >= FIRST_YEAR or match.has("short")
    ):
        return None
    year = _full_year(number) if match.has("short") else number
    return _cut(match, context, dated(Point("year", year), "explicit"))


FIRST_YEAR = 1500
"""Four digits below it are a year only behind a word such as "in"."""
_YEAR_SIGNS = ("in", "of", "since", "until", "by", "from", "before", "after", "year", "circa")
_COUNTED = frozenset(
    ("people", "troops", "soldiers", "men", "women", "percent", "feet", "miles", "dollars")
)


def _follows(match: Match, *texts: str) -> bool:
    return bool(match.before) and match.before[-1].text in texts


def _stands_alone(match: Match) -> bool:
    """Whether a number is no part of a name or a larger number ("S-2000", "2000-strong")."""
    start, end = match.words[0].start, match.words[-1].end
    if match.before and match.before[-1].end == start and match.before[-1].text not in _OPENING:
        return False
    hyphen = match.after[0] if match.after and match.after[0].text == "-" else None
    if hyphen is not None and hyphen.start == end:
        return len(match.after) < 2 or match.after[1].start > hyphen.end
    return not (match.after and match.after[0].text in _COUNTED)


_OPENING = "([“\"'‘—–,;:"


def decade(match: Match, _: Context) -> Reading | None:
    """The 1990s; the early '80s; the nineties."""
    number = match.numbers("decade")[0]
    if number >= 100:
        return dated(Point("decade", number), "explicit")
    if not match.has("the", "early", "mid", "edge") or _follows(match, "his", "her", "their"):
        return None
    return dated(Point("decade", 190 + number), "explicit")


def century(match: Match, _: Context) -> Reading | None:
    """The 20th century."""
    number = match.numbers("ordinal")[0]
    return dated(Point("century", number - 1), "explicit") if 1 < number <= LAST_CENTURY else None


LAST_CENTURY = 22


def season(match: Match, context: Context) -> Reading | None:
    """Last summer; the spring of 1996; this winter. "fall" and "spring" need such company."""
    word = match.first("season")
    assert word is not None  # noqa: S101 - the rule demands it
    if not _is_season(match):
        return None
    index = int(word.value)
    year = named_year(match, context)
    if year is not None:
        return dated(at(year, "season", index + 1), _basis(match))
    if context.published is None:
        return Reading("DATE", f"XXXX-{SEASONS[index]}")
    candidate = at(0, "season", index + 1)
    if match.has("this") and match.has("last"):
        return relative(recurring(candidate, context, "past"), "season")
    return _cut(match, context, relative(_part(match, context, candidate), "season"))


def _is_season(match: Match) -> bool:
    """Whether company shows that no fall, leap or source is meant."""
    if _says_year(match) or match.has(*_POINTING):
        return True
    if match.after and match.after[0].text == "of":
        return False
    return match.has("the", "early", "mid", "edge") or _follows(match, "in", "by", "until", "since")


_POINTING = ("this", "last", "next", "previous", "following", "coming", "that")


def holiday(match: Match, context: Context) -> Reading | None:
    """Christmas; New Year's Eve 2019; last Thanksgiving."""
    name = str(match.value("holiday"))
    year = named_year(match, context)
    if year is not None:
        return dated(_holiday(name, year), _basis(match))
    if context.published is None:
        return Reading("DATE", f"XXXX-{name}" if name[0].isdigit() else UNKNOWN["day"])
    today = context.published.index
    places = [_holiday(name, context.published.year + shift) for shift in (-1, 0, 1)]
    tense: Tense | None = "past" if match.has("last") else context.tense(match)
    return relative(_by_tense(places, today, "future" if match.has("next") else tense), "day")


def _holiday(name: str, year: int) -> Point:
    if name[0].isdigit():
        month, day = name.split("-")
        return on(year, int(month), int(day))
    feast, _, shift = name.replace("-", "+-").partition("+")
    return _FEASTS[feast](year).shifted(int(shift or 0))


def _weekday_of(year: int, month: int, weekday: int, nth: int) -> Point:
    first = date(year, month, 1)
    return point(first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1)), "day")


def _easter(year: int) -> Point:
    """Western Easter, by the Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, hundreds = year % 19, year // 100
    shift = (hundreds - hundreds // 4 - (8 * hundreds + 13) // 25 + 19 * golden + 15) % 30
    moon = shift - (shift // 28) * (1 - (29 // (shift + 1)) * ((21 - golden) // 11))
    sunday = (year + year // 4 + moon + 2 - hundreds + hundreds // 4) % 7
    offset = moon - sunday
    month = 3 + (offset + 40) // 44
    return on(year, month, offset + 28 - 31 * (month // 4))


_FEASTS = {
    "thanksgiving": lambda year: _weekday_of(year, 11, 3, 4),
    "labor": lambda year: _weekday_of(year, 9, 0, 1),
    "memorial": lambda year: _weekday_of(year, 6, 0, 1).shifted(-7),
    "easter": _easter,
}


def _could_be_day(number: int) -> bool:
    return 1 <= number <= LAST_DAY


def _day(year: int, month: int, day: int) -> Point | None:
    try:
        return on(year, month, day)
    except ValueError:
        return None


def _full_year(short: int) -> int:
    return short + (1900 if short > NEAREST_CENTURY else 2000)
