"""Dates as records, pages and bylines write them, to an instant in UTC and how exact it is."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_FIRST_YEAR, _LAST_YEAR = 1500, 2200
"""Years a newspaper may bear; anything else is a number that looks like a year."""

_ZONES = {
    "z": 0.0,
    "utc": 0.0,
    "gmt": 0.0,
    "wet": 0.0,
    "bst": 1.0,
    "cet": 1.0,
    "mez": 1.0,
    "cest": 2.0,
    "mesz": 2.0,
    "eet": 2.0,
    "sast": 2.0,
    "eest": 3.0,
    "msk": 3.0,
    "trt": 3.0,
    "pkt": 5.0,
    "jst": 9.0,
    "kst": 9.0,
    "aest": 10.0,
    "aedt": 11.0,
    "est": -5.0,
    "edt": -4.0,
    "cdt": -5.0,
    "mst": -7.0,
    "mdt": -6.0,
    "pst": -8.0,
    "pdt": -7.0,
}
"""Hours east of Greenwich of abbreviations that mean one zone in nearly all news; IST and CST,
which mean several, are left out."""

_CIVIL = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
"""Abbreviations that follow summer time by themselves."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ZONE = r"(?P<zone>[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|[a-z]{1,5})"
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?(?:\s*\(?" + _ZONE + r"\)?)?(?:\s*\[[\w/+-]+\])?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_TIME = r"(?:(?:\s*,)?\s*(?:at|-|–|\|)?\s*" + _CLOCK + r")?"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})(?:(?:[t_]|\s+)"
        + _CLOCK
        + ")?)?)?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?(?P<hour>\d{2})(?P<minute>\d{2})"
        r"(?P<second>\d{2})?(?:" + _ZONE + ")?)?",
        r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})" + _TIME,
        rf"{_WEEKDAY}(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<name>{_MONTH})\.?,?[\s-]+"
        rf"(?P<year>\d{{4}}){_TIME}",
        rf"(?P<name>{_MONTH})\.?,?\s+(?P<year>\d{{4}})",
        r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})" + _TIME,
    )
)
_DAY_FIRST = _FORMS[-1]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as something gave it.

    Attributes:
        instant: in UTC; the first moment of what a coarser precision covers.
        precision: second, minute, day, month or year.
        zoned: did it come with a zone? A time without one is taken for UTC.
    """

    instant: datetime
    precision: str
    zoned: bool


def parsed_moment(value: str) -> Moment | None:
    """Return the moment `value` writes (ISO 8601, RFC 2822, English prose), `None` if it is none.

    A day without a zone begins at midnight UTC. Days that no calendar has ("2019-02-30") and
    figures that two countries read differently ("03/04/2019") are no dates.
    """
    text = " ".join(value.split())
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _moment(match.groupdict(), swappable=form is _DAY_FIRST)
    return None


def _moment(parts: dict[str, str | None], *, swappable: bool) -> Moment | None:
    name = parts.get("name")
    month = _MONTHS[name.lower()] if name else _number(parts.get("month"))
    day = _number(parts.get("day"))
    if swappable and month is not None and day is not None:
        if month > 12:
            day, month = month, day
        elif day <= 12 and day != month:
            return None
    try:
        zone = _offset(parts.get("zone"))
        local = datetime(
            int(parts["year"] or 0),
            1 if month is None else month,
            1 if day is None else day,
            _hour(parts),
            _number(parts.get("minute")) or 0,
            _number(parts.get("second")) or 0,
            tzinfo=zone or UTC,
        )
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR or (parts.get("zone") and zone is None):
        return None
    return Moment(instant, _precision(parts), zone is not None)


def _number(value: str | None) -> int | None:
    return int(value) if value else None


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = _number(parts.get("hour")) or 0, (parts.get("half") or "")[:1].lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("twelve-hour clock")
    return hour % 12 + (12 if half == "p" else 0)


def _precision(parts: dict[str, str | None]) -> str:
    named = {"month": parts.get("month") or parts.get("name")}
    for unit in ("second", "minute", "day", "month"):
        if named.get(unit, parts.get(unit)):
            return unit
    return "year"


def _offset(zone: str | None) -> tzinfo | None:
    if not zone:
        return None
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:4] or 0)
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    if zone.lower() in _CIVIL:
        return ZoneInfo(_CIVIL[zone.lower()])
    hours = _ZONES.get(zone.lower())
    return None if hours is None else timezone(timedelta(hours=hours))
