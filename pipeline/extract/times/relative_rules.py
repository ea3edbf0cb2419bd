"""Readings of expressions that count from another day: weekdays, "last week", "two years ago"."""

from dataclasses import replace

from pipeline.extract.times.calendar_rules import calendar_day, named_year
from pipeline.extract.times.points import SEASONS, UNKNOWN, Point, Unit, on, point
from pipeline.extract.times.readings import (
    Context,
    Kind,
    Match,
    Reading,
    clipped,
    relative,
    same_part,
)
from pipeline.extract.times.words import Word

_DESIGNATORS = {
    "day": "D",
    "week": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "decade": "E",
    "century": "C",
    "weekend": "D",
}
_HALVES = {"year": "Y6M", "day": "DT12H", "TH": "H30M", "TM": "M30S"}
"""A unit and a half of it, as ISO 8601 writes them."""
_NUMBERS = ("number", "decimal", "year")
_UNIT_TERMS = ("unit", "units", "quarter", "year_unit", "century", "weekend")


def weekday(match: Match, context: Context) -> Reading | None:
    """Tuesday; last Friday; Monday of next week; Sunday night."""
    number = match.numbers("weekday")[0]
    suffix = f"T{match.value('daypart')}" if match.has("daypart") else ""
    kind: Kind = "TIME" if suffix else "DATE"
    told = match.has("that", "following", "previous") and context.anchor is not None
    if context.published is None and not told:
        return Reading(kind, f"XXXX-WXX-{number + 1}{suffix}")
    return relative(_weekday(match, context, number), "day", kind, suffix)


def _weekday(match: Match, context: Context, number: int) -> Point | None:
    if match.has("unit"):
        week = stretch(match, context, "week")
        return Point("day", week.index * 7 + 1 + number) if week else None
    if match.has("that", "following", "previous"):
        return _beside(context.named("day"), number, back=match.has("previous"))
    today = context.published
    if match.has("last"):
        return _beside(today, number, back=True)
    if match.has("next", "coming"):
        return _beside(today, number, back=False)
    week = context.today("week")
    if match.has("this") and week is not None:
        return Point("day", week.index * 7 + 1 + number)
    tense = context.tense(match)
    possessive = bool(match.after) and match.after[0].term == "possessive"
    ahead = tense == "future" or (tense == "present" and not possessive)
    return _by_tense(today, number, ahead=ahead)


def _beside(day: Point | None, number: int, *, back: bool) -> Point | None:
    """Return the weekday `number` next to `day`, never `day` itself."""
    if day is None:
        return None
    behind = ((day.index - 1) % 7 - number) % 7
    return day.shifted(-(behind or 7) if back else 7 - behind)


def _by_tense(day: Point | None, number: int, *, ahead: bool) -> Point | None:
    """Return the nearest weekday `number` on or before `day`, or on or after it."""
    if day is None:
        return None
    behind = ((day.index - 1) % 7 - number) % 7
    return day.shifted((7 - behind) % 7 if ahead else -behind)


def day_word(match: Match, context: Context) -> Reading | None:
    """Today, yesterday morning, tomorrow night."""
    shift = match.numbers("day")[0]
    suffix = f"T{match.value('daypart')}" if match.has("daypart") else ""
    today = context.today("day")
    kind: Kind = "TIME" if suffix else "DATE"
    return relative(today.shifted(shift) if today else None, "day", kind, suffix)


def part_of_day(match: Match, context: Context) -> Reading | None:
    """This morning, last night, that evening, tonight."""
    part = match.value("daypart", "tonight", "overnight")
    bare = len(match.words) == 2 and match.words[0].term == "the"
    if bare and not (match.before and match.before[-1].text in ("in", "during", "by")):
        return None
    day = context.named("day") if match.has("that", "the", "overnight") else context.today("day")
    shift = -1 if match.has("last", "previous") else int(match.has("following", "next"))
    return relative(day.shifted(shift) if day else None, "day", "TIME", f"T{part}")


def clock_time(match: Match, context: Context) -> Reading | None:
    """3 p.m. on Tuesday; 10:35 a.m.; noon Thursday; 18:00 GMT."""
    time = _clock(match)
    if time is None:
        return None
    day = _clock_day(match, context)
    zone = match.value("zone") or ""
    return relative(day, "day", "TIME", f"{time}{zone}")


def _clock(match: Match) -> str | None:
    if match.has("noon"):
        return str(match.value("noon"))
    first = match.words[0]
    if first.term == "clock":
        hour, minute = (int(part) for part in first.text.split(":")[:2])
    else:
        whole, _, rest = str(first.value).partition(".")
        hour, minute = int(whole), int(rest or 0)
    announced = bool(match.before) and match.before[-1].text in _BEFORE_CLOCK
    if not announced and not match.has("ampm", "oclock", "zone", "local"):
        return None
    if match.has("ampm") and hour <= 12:
        hour = hour % 12 + (12 if match.value("ampm") == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    return f"T{hour:02}" if match.has("oclock") else f"T{hour:02}:{minute:02}"


_BEFORE_CLOCK = frozenset(
    ("at", "around", "by", "about", "from", "until", "till", "before", "after", "since")
)


def _clock_day(match: Match, context: Context) -> Point | None:
    if match.has("month", "short_month"):
        inner = Match(_from_date(match), match.before, match.after)
        reading = calendar_day(inner, context)
        return reading.anchor if reading else None
    if match.has("weekday"):
        return _weekday(match, context, match.numbers("weekday")[0])
    if match.has("day"):
        today = context.today("day")
        return today.shifted(match.numbers("day")[0]) if today else None
    if context.near and context.anchor is not None and context.anchor.unit == "day":
        return context.anchor
    return context.today("day")


def _from_date(match: Match) -> list[Word]:
    """Return the words of the date behind a time of day ("5 p.m., 6 November")."""
    month = next(i for i, word in enumerate(match.words) if word.term in ("month", "short_month"))
    day_first = month > 1 and match.words[month - 1].term in ("number", "ordinal")
    return match.words[month - day_first :]


def unit_of(match: Match) -> Unit:
    """Return the unit a match counts in."""
    return str(match.value(*_UNIT_TERMS))  # type: ignore[return-value]


def stretch(match: Match, context: Context, unit: Unit) -> Point | None:
    """Return "this week", "last month", "the following day" … as a place in the calendar."""
    if match.has("that"):
        return context.named(unit)
    if match.has("previous", "following"):
        base = context.named(unit)
        shift = sum(match.numbers("previous", "following"))
    else:
        base = context.today(unit)
        shift = sum(match.numbers("last", "next", "coming"))
    return base.shifted(shift) if base else None


_POINTING = (
    "this",
    "current",
    "that",
    "last",
    "previous",
    "next",
    "following",
    "coming",
    "latest",
)


def the_stretch(match: Match, context: Context) -> Reading | None:
    """Last week, earlier this month, the previous year, the quarter, the weekend."""
    bare = not match.has(*_POINTING)
    if match.has("period"):
        return _period(match, context, bare)
    unit = unit_of(match)
    if bare:
        return _bare_stretch(match, context, unit)
    place = _nearby_quarter(match, context, unit) or stretch(match, context, unit)
    reading = relative(place, unit)
    if match.has("earlier", "later"):
        return clipped(reading, context.published, until=match.has("earlier"))
    return reading


def _nearby_quarter(match: Match, context: Context, unit: Unit) -> Point | None:
    """Return the quarter "the latest quarter" means."""
    if unit != "quarter" or not match.has("latest"):
        return None
    return _quarter_spoken_of(match, context)


def _quarter_spoken_of(match: Match, context: Context) -> Point | None:
    if context.anchor is not None and context.anchor.unit == "quarter":
        return context.anchor
    now = context.today("quarter")
    return now if now is None or context.tense(match) == "future" else now.shifted(-1)


def _period(match: Match, context: Context, bare: bool) -> Reading | None:
    anchor = context.anchor
    if bare or anchor is None or not (context.near or anchor.unit in ("quarter", "year")):
        return None
    return relative(anchor, anchor.unit)


_CLOSING = ("ended", "ending", "ends", "through", "beginning", "starting")


def _bare_stretch(match: Match, context: Context, unit: Unit) -> Reading | None:
    """Return what "the quarter", "the year", "the week" on its own means."""
    if match.has("year_unit") and match.after and match.after[0].text in _CLOSING:
        return Reading("DURATION", _duration(1, unit))
    if match.after and match.after[0].text in ("of", "when", "that", "before", "after"):
        return None
    if unit in ("decade", "century"):
        return None
    if unit == "quarter":
        return relative(_quarter_spoken_of(match, context), unit)
    if unit in ("day", "month") and not match.has("edge", "later", "earlier", "early"):
        return None
    if unit == "weekend":
        return relative(_weekend(match, context), unit)
    return relative(context.named(unit) if unit == "day" else context.today(unit), unit)


def _weekend(match: Match, context: Context) -> Point | None:
    """Return the weekend that has begun, or under a future verb the one that has not ended."""
    now = context.today("weekend")
    if now is None or context.published is None or context.tense(match) == "future":
        return now
    return now if now.days[0] <= context.published.days[0] else now.shifted(-1)


def ago(match: Match, context: Context) -> Reading | None:
    """Two days ago, three years later, a month earlier."""
    if match.words[0].term == "units" and match.before and match.before[-1].term in _NUMBERS:
        return None
    if match.words[0].term == "units" or match.has("vague"):
        forward = match.has("later", "hence", "from", "after")
        return Reading("DATE", "FUTURE_REF" if forward else "PAST_REF")
    unit = unit_of(match)
    number = next(word for word in match.words if word.term in ("number", "decimal", "year", "one"))
    if number.term == "decimal":
        return Reading("DURATION", _duration(number.value, unit))
    count = int(number.value) * (-1 if match.has("ago", "earlier", "before") else 1)
    return _counted(match, context, unit, count)


def _counted(match: Match, context: Context, unit: Unit, count: int) -> Reading:
    now_based = match.has("ago", "hence", "from")
    anchor = context.anchor
    compared = unit == "year" and abs(count) == 1 and context.near
    if compared and anchor is not None and anchor.unit in ("quarter", "month", "half"):
        return _aside(relative(same_part(anchor, count), anchor.unit))
    base = context.published if now_based else context.anchor or context.published
    if base is None:
        return Reading("DATE", UNKNOWN[unit])
    scale = {"decade": 10, "century": 100}.get(unit, 1)
    counted: Unit = "year" if scale > 1 else unit
    place = point(base.days[0], counted).shifted(count * scale)
    now = context.today(counted)
    if now is not None and place.index > now.index and context.tense(match) == "past":
        # "Ten days later it reopened": counted from an event, not from a day named.
        return Reading("DATE", UNKNOWN[counted])
    return relative(place, counted)


def year_ago(match: Match, context: Context) -> Reading | None:
    """The year-ago quarter, year-earlier: the last stretch named, a year before."""
    anchor = context.anchor
    if anchor is None or anchor.unit in ("day", "week", "weekend"):
        today = context.today("quarter" if match.has("quarter") else "year")
        if today is None:
            return Reading("DATE", UNKNOWN["year"])
        return relative(same_part(today, -1), today.unit)
    return _aside(relative(same_part(anchor, -1), anchor.unit))


def _aside(reading: Reading) -> Reading:
    """Return a comparison's reading: the text goes on from where it was."""
    return replace(reading, anchor=None)


def same_period(match: Match, context: Context) -> Reading | None:
    """The same period last year, the same month a year ago."""
    year = named_year(match, context)
    unit = unit_of(match) if match.has("quarter", "unit") else None
    anchor = context.anchor if unit is None else context.named(unit)
    if year is None:
        return Reading("DATE", UNKNOWN["year"])
    if anchor is None or anchor.unit in ("day", "week", "weekend"):
        return relative(Point("year", year), "year")
    return _aside(relative(same_part(anchor, year - anchor.year), anchor.unit))


def vague_stretch(match: Match, context: Context) -> Reading | None:
    """Recent years, coming months, the last few weeks."""
    if match.has("recent"):
        return Reading("DATE", "PAST_REF")
    if match.has("coming", "future"):
        return Reading("DATE", "FUTURE_REF")
    return Reading("DURATION", vague_duration(match))


def counted_stretch(match: Match, _: Context) -> Reading | None:
    """The past three months, the next two years, the first nine months."""
    if match.has("vague"):
        return Reading("DURATION", vague_duration(match))
    number = match.first("number")
    return Reading("DURATION", _duration(number.value, _counted_unit(match))) if number else None


def duration(match: Match, _: Context) -> Reading | None:
    """Three months, 5-6 years, a year, several weeks, two-hour."""
    if _is_age(match):
        return None
    if match.has("vague"):
        return Reading("DURATION", vague_duration(match))
    numbers = [word for word in match.words if word.term in ("number", "decimal", "year", "one")]
    last = numbers[-1]
    if match.words[-1].text == "quarters" and match.has("dash"):
        return None
    plural = match.has("units", "spans")
    if last.term == "year" and not plural:
        return None
    once = len(match.words) == 2 and last.term == "one"
    kind: Kind = "SET" if once and _is_rate(match) else "DURATION"
    return Reading(kind, _duration(last.value, _counted_unit(match)))


_SHARES = frozenset(("%", "percent", "million", "billion", "trillion", "twice", "once"))


def _is_rate(match: Match) -> bool:
    """Whether "a year" says how often: "$5 million a year", "four flights a week"."""
    if not match.before:
        return False
    nearest = match.before[-1].text
    if nearest in _SHARES or nearest[0] in "$£€0123456789":
        return True
    counted = len(match.before) > 1 and match.before[-2].term == "number"
    return counted and nearest.endswith("s")


def _is_age(match: Match) -> bool:
    following = [word.text for word in match.after[:2]]
    if not following:
        return False
    return "old" in following or "olds" in following or following == ["of", "age"]


def year_end(match: Match, context: Context) -> Reading | None:
    """Year-end: the coming 31 December, or with "since" the last one."""
    year = context.today("year")
    if year is None:
        return Reading("DATE", "XXXX-12-31")
    since = bool(match.before) and match.before[-1].text == "since"
    return relative(on(year.index - since, 12, 31), "day")


def half_more(match: Match, _: Context) -> Reading | None:
    """A year and a half."""
    number = next(word for word in match.words if word.term in ("number", "one"))
    return Reading("DURATION", _duration(f"{number.value}.5", _counted_unit(match)))


def half_unit(match: Match, _: Context) -> Reading | None:
    """Half an hour, half a year."""
    halves = {"hour": "PT30M", "year": "P6M", "century": "P50Y", "decade": "P5Y", "day": "PT12H"}
    value = halves.get(match.words[-1].text)
    return Reading("DURATION", value) if value else None


def bare_units(match: Match, _: Context) -> Reading | None:
    """Decades, weeks, hours."""
    if (match.before and match.before[-1].term in (*_NUMBERS, "dash")) or _is_age(match):
        return None
    return Reading("DURATION", vague_duration(match))


def vague_duration(match: Match) -> str:
    """Return the value of an unknown number of units."""
    unit = _counted_unit(match)
    return f"PTX{unit[1:]}" if unit.startswith("T") else _duration("X", unit)


def _counted_unit(match: Match) -> str:
    found = match.value("span", "spans")
    return str(found) if found else unit_of(match)


def _duration(count: object, unit: str) -> str:
    if unit in ("decade", "century"):
        scale = 10 if unit == "decade" else 100
        if count == "X":
            return f"PX{_DESIGNATORS[unit]}"
        return f"P{round(float(str(count)) * scale)}Y"
    if str(count).endswith(".5") and unit in _HALVES:
        return f"P{'T' * unit.startswith('T')}{str(count)[:-2]}{_HALVES[unit]}"
    if unit.startswith("T"):
        return f"PT{count}{unit[1:]}"
    if unit not in _DESIGNATORS:
        return f"PX{unit[-1]}" if count == "X" else f"P{int(unit[:-1]) * int(str(count))}{unit[-1]}"
    return f"P{count}{_DESIGNATORS[unit]}"


def recurring_set(match: Match, _: Context) -> Reading | None:
    """Every Friday, each year, per month, Tuesday nights."""
    part = match.value("daypart", "dayparts")
    if match.has("weekday", "weekdays"):
        number = match.numbers("weekday", "weekdays")[0]
        return Reading("SET", f"XXXX-WXX-{number + 1}" + (f"T{part}" if part else ""))
    if match.has("month", "short_month"):
        return Reading("SET", f"XXXX-{match.numbers('month', 'short_month')[0]:02}")
    if match.has("season"):
        return Reading("SET", f"XXXX-{SEASONS[match.numbers('season')[0]]}")
    if part:
        return Reading("SET", f"XXXX-XX-XXT{part}")
    if match.has("weekend"):
        return Reading("SET", "XXXX-WXX-WE")
    count = 2 if match.has("other") else int(match.value("number", "ordinal") or 1)
    return Reading("SET", _duration(count, _counted_unit(match)))


def often(match: Match, _: Context) -> Reading | None:
    """Daily, annually."""
    return Reading("SET", str(match.value("often")))


def rate(match: Match, _: Context) -> Reading | None:
    """Twice a week: the words that count the times are no part of the expression."""
    return Reading("SET", _duration(1, _counted_unit(match)), skip=1)


def reference(match: Match, context: Context) -> Reading | None:
    """Now, recently, the near future, a while."""
    if match.has("adverb") and match.after and match.after[0].text == "as":
        return None
    value = match.value("ref", "now", "adverb", "unknown", "recent", "current")
    if match.has("last"):
        goes_on = match.after and context.tag(match.after[0])[:1] in "NJC"
        return None if match.words[-1].text != "past" or goes_on else Reading("DATE", "PAST_REF")
    if value is None:
        return Reading("DATE", "FUTURE_REF")
    return Reading("DURATION" if match.has("unknown") else "DATE", str(value))
