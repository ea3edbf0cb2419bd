"""When a page's article was published."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.normalise.characters import clean_line
from pipeline.normalise.dates import Moment, day_in, parsed_moment
from pipeline.normalise.places import Found, Page

_PUBLISHED_METAS = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "article.published",
    "publish-date",
    "publishdate",
    "publish_date",
    "published-date",
    "pubdate",
    "pub_date",
    "publicationdate",
    "publication_date",
    "publication-date",
    "article_date_original",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "citation_date",
    "date",
)
_MODIFIED_METAS = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified")
_OF_THIS_PAGE = "[not(ancestor::a[not(@rel)])]"
"""What stands in a link is of the page this leads to; with `rel`, that may be the page itself."""
_MARKED = (
    '//time[@pubdate or contains(@class, "publish") or contains(@class, "entry-date")]'
    + _OF_THIS_PAGE
)
_CALLED_DATE = (
    '//*[contains(@class, "date") or contains(@class, "Date") or contains(@id, "date")'
    ' or contains(@class, "publish") or contains(@class, "posted") or contains(@class, "time")'
    ' or contains(@class, "datum") or contains(@class, "fecha")]'
    '[not(ancestor-or-self::*[contains(@class, "comment") or contains(@class, "related")'
    " or self::aside or self::nav or self::footer])]"
)
_LINES = ("p", "div", "span", "td", "li", "b", "i")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?=[/_-]|$)")
_DAY_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d{6}(?!\d)")
_TIMES = "//time[not(ancestor::aside or ancestor::nav)]" + _OF_THIS_PAGE
_UPDATED = re.compile(
    r"^\D*\b(?:updat|edited|modifi|revis|aktualisi|bearbeitet|mis à jour|màj|actualiz|aggiornat"
    r"|atualiz|päivitetty|gewijzigd|bijgewerkt|oppdatert|uppdatera|opdateret|güncel|обновл)",
    re.IGNORECASE,
)
"""A label whose first day is that of a change."""
_ZONES = timedelta(hours=-12), timedelta(hours=14)
"""The zones of the world, ahead of UTC."""

_MOVED = timedelta(days=3)
"""A page dated further than this from its own address was moved or printed again since."""
_SAME_MOMENT = timedelta(days=1.5)
"""A time without a zone and one with it are the same if no further apart."""
_MAX_LABEL_CHARS = 120
_MAX_LINE_CHARS = 60
_LATEST_DAY = "2100-01-01"


class Dated(NamedTuple):
    """A moment and the place of the page that says so."""

    moment: Moment
    where: str


def page_published(page: Page) -> Dated | None:
    """Return when the article was published.

    The first place that says so; a later one if that has the zone the first lacks, or the right
    one. The day in the page's address stands against all that are far from it. What is stated in
    UTC has the day that is printed on the page, where that is its day in some zone.
    """
    stated = list(_stated(page))
    dated = _url_day(page)
    if dated and all(abs(each.moment.instant - dated.moment.instant) > _MOVED for each in stated):
        return dated
    if stated:
        return _as_printed(_zoned(stated), page, dated)
    return _labelled_day(page) or _named_day(page) or _guessed_day(page) or _day_alone(page)


def page_modified(page: Page) -> Dated | None:
    """Return when the article was changed last."""
    return next(_dated([*page.linked("dateModified"), *page.meta(*_MODIFIED_METAS)]), None)


def _stated(page: Page) -> Iterator[Dated]:
    yield from _dated(page.linked("datePublished"))
    yield from _dated(page.meta(*_PUBLISHED_METAS))
    yield from _dated(page.attributes('//*[@itemprop="datePublished"]', "datetime", "content"))
    yield from _dated(page.attributes(_MARKED, "datetime"))
    yield from _dated(page.linked("dateCreated", "uploadDate"))
    yield from _dated(page.attributes(_TIMES, "datetime"))


def _dated(found: Iterable[Found]) -> Iterator[Dated]:
    for each in found:
        moment = parsed_moment(each.value)
        if moment:
            yield Dated(moment, each.where)


def _zoned(stated: list[Dated]) -> Dated:
    best = stated[0]
    near = [
        each
        for each in stated
        if each.moment.zoned and abs(each.moment.instant - best.moment.instant) < _SAME_MOMENT
    ]
    if best.moment.zoned:
        return next((each for each in near if _unmasks(each, best, near)), best)
    return next(iter(near), best)


def _unmasks(other: Dated, best: Dated, near: list[Dated]) -> bool:
    """Return whether `best` bears a wrong zone: `other` has its clock in another, and the proof.

    That is a third place which has converted the instant of `other`, as only who knows the zone
    can. Publishing systems put the local zone behind a time in UTC.
    """
    return (
        other.moment.clock == best.moment.clock
        and other.moment.instant != best.moment.instant
        and any(
            each.moment.instant == other.moment.instant and each.moment.clock != other.moment.clock
            for each in near
        )
    )


def _as_printed(found: Dated, page: Page, dated: Dated | None) -> Dated:
    """Return a moment in UTC with the day in the page's name, or printed, if it is that somewhere.

    Printed days after the day in UTC do not count, as they are those of changes more often, nor
    does any where the day in UTC is printed too.
    """
    moment = found.moment
    if moment.offset != timedelta() or moment.precision not in ("minute", "second"):
        return found
    named = dated or _named_day(page)
    days = [named.moment.day] if named else _printed_days(page)
    day = next(iter(days), None)
    if day is None or moment.day in days or not _can_be(moment, day):
        return found
    if not named and moment.day and day > moment.day:
        return found
    return found._replace(moment=replace(moment, day=day))


def _can_be(moment: Moment, day: date) -> bool:
    """Return whether it is `day` at this moment in any zone of the world."""
    return any((moment.instant + zone).date() == day for zone in _ZONES)


def _printed_days(page: Page) -> list[date]:
    """Return the days written in elements for times and in those that are called a date.

    Not those that are told to be of a change.
    """
    texts = (*page.texts(_TIMES, most=_MAX_LABEL_CHARS), *_labels(page))
    moments = (day_in(text) for text in texts if not _UPDATED.search(text))
    return [moment.day for moment in moments if moment and moment.day]


def _url_day(page: Page) -> Dated | None:
    """Return the day a page's address bears, as in /2019/11/26/."""
    match = _URL_DAY.search(page.url or "")
    moment = parsed_moment(f"{match[1]}-{match[3]}-{match[4]}") if match else None
    return Dated(moment, "url") if moment else None


def _labels(page: Page) -> list[str]:
    return page.texts(_CALLED_DATE, most=_MAX_LABEL_CHARS)


def _labelled_day(page: Page) -> Dated | None:
    """Return the first day written in elements that are called a date; last, that of a change."""
    labels = sorted(_labels(page), key=lambda text: bool(_UPDATED.search(text)))
    days = (day_in(text) for text in labels)
    return next((Dated(day, "class") for day in days if day), None)


def _named_day(page: Page) -> Dated | None:
    """Return the day in the page's name, as in news-20191126.html: its address, or its body's id.

    Eight digits may be any number, so they stand against nothing else.
    """
    path = urlsplit(page.url).path if page.url else ""
    for name in (path, *map(str, page.tree.xpath("//body/@id"))):
        moments = (parsed_moment(digits) for digits in _DAY_IN_NAME.findall(name))
        if moment := next(filter(None, moments), None):
            return Dated(moment, "name")
    return None


def _guessed_day(page: Page) -> Dated | None:
    """Return the day htmldate reads off the page.

    Not by its extensive search, which reads "three hours ago" by the clock of this machine and
    takes seconds to load.
    """
    from htmldate import find_date

    day = find_date(
        page.tree,
        extensive_search=False,
        max_date=_LATEST_DAY,
        original_date=True,
        url=page.url,
    )
    moment = parsed_moment(day) if day else None
    return Dated(moment, "htmldate") if moment else None


def _day_alone(page: Page) -> Dated | None:
    """Return the first day that stands in a short line, as below a headline."""
    lines = (clean_line(str(text)) for text in page.tree.itertext(*_LINES) if len(text) < 200)
    days = (day_in(line) for line in lines if len(line) <= _MAX_LINE_CHARS)
    return next((Dated(day, "text") for day in days if day), None)
