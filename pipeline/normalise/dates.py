"""Dates as records, pages and bylines write them, to an instant in UTC and how exact it is."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

from pipeline.normalise.tables import load_table

_FIRST_YEAR, _LAST_YEAR = 1500, 2200
"""Years a newspaper may bear; anything else is a number that looks like a year."""

_HOURS = {
    **dict.fromkeys(("z", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "mez"), 1),
    **dict.fromkeys(("cest", "mesz", "eet", "sast"), 2),
    **dict.fromkeys(("eest", "msk", "trt"), 3),
    **dict.fromkeys(("jst", "kst"), 9),
    **dict.fromkeys(("est", "cdt"), -5),
    **dict.fromkeys(("mst", "pdt"), -7),
    "pkt": 5,
    "aest": 10,
    "aedt": 11,
    "edt": -4,
    "mdt": -6,
    "pst": -8,
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

_ZONE = r"(?P<zone>(?:gmt|utc)?[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|[a-z]{1,5})"
_ZONE_TOLD = r"(?:\s*\[[\w/+-]+\]|\s*\([^()]{4,60}\))?"
"""The zone once more, as Java and JavaScript write it: "[Europe/Berlin]", "(Central ... Time)"."""
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?(?:\s*\(?" + _ZONE + r"\)?)?" + _ZONE_TOLD
)
_TIME = r"(?:(?:\s*,)?\s*(?:at|um|à|-|–|\|)?\s*" + _CLOCK + r")?"
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_PROSE = (
    r"{weekday}(?P<name>{month})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    r"{weekday}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º|er)?[\s-]+(?:(?:of|de)\s+)?(?P<name>{month})"
    r"\.?,?[\s-]+(?:(?:de|del)\s+)?(?P<year>\d{{4}})",
)
_SIGNS = r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"
"""Chinese, Japanese and Korean."""
_FIGURES = (
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})(?:(?:[t_]|\s+)" + _CLOCK + ")?)?)?",
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t?(?P<hour>\d{2})(?P<minute>\d{2})"
    r"(?P<second>\d{2})?(?:" + _ZONE + ")?)?",
    r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})" + _TIME,
    r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})" + _TIME,
    _SIGNS + _TIME,
)
_SLASHED = r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})" + _TIME
"""The one form two countries read differently."""

_IN_TEXT = (
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\d/-])",
    r"(?<![\d./-])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>(?:19|20)\d\d)(?![\d/-])",
    r"(?<!\d)" + _SIGNS,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as something gave it.

    Attributes:
        instant: in UTC; the first moment of what a coarser precision covers.
        day: the calendar day in the zone it came with; `None` if less than a day was given.
        precision: second, minute, day, month or year.
        offset: what its zone is ahead of UTC; `None` if it came without one and is taken for UTC.
    """

    instant: datetime
    day: date | None
    precision: str
    offset: timedelta | None

    @property
    def zoned(self) -> bool:
        """Did it come with a zone?"""
        return self.offset is not None

    @property
    def clock(self) -> datetime:
        """What clocks showed where it comes from, without a zone."""
        return (self.instant + (self.offset or timedelta())).replace(tzinfo=None)


def parsed_moment(value: str) -> Moment | None:
    """Return the moment `value` writes (ISO 8601, RFC 2822, prose), `None` if it is none.

    A day without a zone begins at midnight UTC. Days that no calendar has ("2019-02-30") and
    figures that two countries read differently ("03/04/2019") are no dates.
    """
    text = " ".join(value.split())
    matches = (form.fullmatch(text) for form in _whole_forms())
    match = next((match for match in matches if match), None)
    if match:
        return _moment(match.groupdict())
    slashed = re.fullmatch(_SLASHED, text, re.IGNORECASE)
    return _moment(_unambiguous(slashed.groupdict())) if slashed else None


def day_in(text: str) -> Moment | None:
    """Return the first day that stands written out somewhere in `text`."""
    matches = [match for form in _inner_forms() if (match := form.search(text))]
    for match in sorted(matches, key=lambda match: match.start()):
        moment = _moment(match.groupdict())
        if moment:
            return moment
    return None


def _unambiguous(parts: dict[str, str | None]) -> dict[str, str | None]:
    """Return a date with slashes, day and month in their places; an impossible one if unclear."""
    day, month = int(parts["day"] or 0), int(parts["month"] or 0)
    if month > 12:
        return {**parts, "day": parts["month"], "month": parts["day"]}
    return parts if day > 12 or day == month else {**parts, "month": "0"}


def _moment(parts: dict[str, str | None]) -> Moment | None:
    name = parts.get("name")
    try:
        zone = _offset(parts.get("zone"))
        month = _months()[name.lower().rstrip(".")] if name else _number(parts, "month", 1)
        local = datetime(
            _number(parts, "year", 0),
            month,
            _number(parts, "day", 1),
            _hour(parts),
            _number(parts, "minute", 0),
            _number(parts, "second", 0),
            tzinfo=zone or UTC,
        )
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        return None
    precision = _precision(parts)
    day = None if precision in ("month", "year") else local.date()
    return Moment(instant, day, precision, local.utcoffset() if zone else None)


def _number(parts: dict[str, str | None], unit: str, default: int) -> int:
    value = parts.get(unit)
    return default if value is None else int(value)


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = _number(parts, "hour", 0), (parts.get("half") or "")[:1].lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("not on a clock of twelve hours")
    return hour % 12 + (12 if half == "p" else 0)


def _precision(parts: dict[str, str | None]) -> str:
    given = {**parts, "month": parts.get("month") or parts.get("name")}
    return next((unit for unit in ("second", "minute", "day", "month") if given.get(unit)), "year")


def _offset(zone: str | None) -> tzinfo | None:
    """Return a zone; ValueError for an abbreviation that means none or several."""
    if not zone:
        return None
    if zone[-1].isdigit():
        zone = zone.lstrip("GMTUCgmtuc")
        digits = zone[1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:4] or 0)
        return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    if zone.lower() in _CIVIL:
        return ZoneInfo(_CIVIL[zone.lower()])
    if zone.lower() not in _HOURS:
        raise ValueError(f"no zone: {zone}")
    return timezone(timedelta(hours=_HOURS[zone.lower()]))


@cache
def _months() -> dict[str, int]:
    return cast("dict[str, int]", load_table("months")["months"])


@cache
def _whole_forms() -> tuple[re.Pattern[str], ...]:
    prose = [form.format(weekday=_WEEKDAY, month=_month_names()) + _TIME for form in _PROSE]
    month = rf"(?P<name>{_month_names()})\.?,?\s+(?P<year>\d{{4}})"
    return tuple(re.compile(form, re.IGNORECASE) for form in (*_FIGURES, *prose, month))


@cache
def _inner_forms() -> tuple[re.Pattern[str], ...]:
    prose = [rf"\b{form.format(weekday='', month=_month_names())}\b(?!\d)" for form in _PROSE]
    return tuple(re.compile(form, re.IGNORECASE) for form in (*_IN_TEXT, *prose))


def _month_names() -> str:
    return "|".join(sorted(_months(), key=lambda name: (-len(name), name)))
