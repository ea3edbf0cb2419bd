"""When a page's article was published."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

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
_MARKED = '//time[@pubdate or contains(@class, "publish") or contains(@class, "entry-date")]'
_CALLED_DATE = (
    '//*[contains(@class, "date") or contains(@class, "Date") or contains(@id, "date")'
    ' or contains(@class, "publish") or contains(@class, "posted") or contains(@class, "time")'
    ' or contains(@class, "datum") or contains(@class, "fecha")]'
    '[not(ancestor-or-self::*[contains(@class, "comment") or contains(@class, "related")'
    " or self::aside or self::nav or self::footer])]"
)
_LINES = ("p", "div", "span", "td", "li", "b", "i")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?=[/_-]|$)")

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

    The first place that says so; a later one if that has the zone the first lacks. The day in
    the page's address stands against all that are far from it.
    """
    stated = list(_stated(page))
    dated = _url_day(page)
    if dated and all(abs(each.moment.instant - dated.moment.instant) > _MOVED for each in stated):
        return dated
    if stated:
        return _zoned(stated)
    return _labelled_day(page) or _guessed_day(page) or _day_alone(page)


def page_modified(page: Page) -> Dated | None:
    """Return when the article was changed last."""
    return next(_dated([*page.linked("dateModified"), *page.meta(*_MODIFIED_METAS)]), None)


def _stated(page: Page) -> Iterator[Dated]:
    yield from _dated(page.linked("datePublished"))
    yield from _dated(page.meta(*_PUBLISHED_METAS))
    yield from _dated(page.attributes('//*[@itemprop="datePublished"]', "datetime", "content"))
    yield from _dated(page.attributes(_MARKED, "datetime"))
    yield from _dated(page.linked("dateCreated", "uploadDate"))
    anywhere = "//time[not(ancestor::aside or ancestor::nav)]"
    yield from _dated(page.attributes(anywhere, "datetime"))


def _dated(found: Iterable[Found]) -> Iterator[Dated]:
    for each in found:
        moment = parsed_moment(each.value)
        if moment:
            yield Dated(moment, each.where)


def _zoned(stated: list[Dated]) -> Dated:
    best = stated[0]
    near = (
        each
        for each in stated
        if each.moment.zoned and abs(each.moment.instant - best.moment.instant) < _SAME_MOMENT
    )
    return best if best.moment.zoned else next(near, best)


def _url_day(page: Page) -> Dated | None:
    """Return the day a page's address bears, as in /2019/11/26/."""
    match = _URL_DAY.search(page.url or "")
    moment = parsed_moment(f"{match[1]}-{match[3]}-{match[4]}") if match else None
    return Dated(moment, "url") if moment else None


def _labelled_day(page: Page) -> Dated | None:
    """Return the day written in the first element that is called a date."""
    days = (day_in(text) for text in page.texts(_CALLED_DATE, most=_MAX_LABEL_CHARS))
    return next((Dated(day, "class") for day in days if day), None)


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
