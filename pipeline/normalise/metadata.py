"""What a page says of its article: linked data, meta tags, microdata, bylines, headings.

Each field has its places in order; every place yields what it holds as `Found`, with the name
of the place, and the field's own rule chooses.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pipeline.normalise.bylines import authors_and_agency, without_opener
from pipeline.normalise.characters import clean_line
from pipeline.normalise.dates import Moment, parsed_moment
from pipeline.normalise.language import language_code
from pipeline.normalise.linked_data import LIVE_BLOG, Node, article_node, node_types, strings
from pipeline.normalise.publishers import publisher_of
from pipeline.normalise.urls import canonical_url, registered_domain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TITLE_METAS = ("og:title", "twitter:title")
_AUTHOR_METAS = (
    "author",
    "parsely-author",
    "sailthru.author",
    "article:author_name",
    "cxenseparse:author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author",
    "twitter:data1",
)
_DATE_METAS = (
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
_PUBLISHER_METAS = ("og:site_name", "application-name", "publisher", "dc.publisher")
_SECTION_METAS = ("article:section", "og:article:section", "parsely-section", "section")
_DESCRIPTION_METAS = ("og:description", "twitter:description", "description", "dc.description")

_BYLINE_CLASSES = ("byline", "author", "autor", "auteur", "autore")
_AFTER_NAMES = re.compile(r"\s*(?:\||•|·|\b\d|\b(?:am|on|le|el|il|den)\s+\d).*$")
"""What follows the names in a byline: the day, the clock, the number of comments."""
_BYLINES = (
    '//*[contains(@class, "byline") or contains(@class, "author") or contains(@id, "byline")'
    ' or contains(@class, "autor") or contains(@class, "auteur") or contains(@rel, "author")]'
    '[not(ancestor-or-self::*[contains(@class, "comment") or contains(@id, "comment")'
    ' or contains(@class, "related") or self::aside or self::nav or self::footer or self::figure])]'
)
_MICRODATA_AUTHORS = (
    '//*[@itemprop="author"][not(ancestor::*[@itemprop="comment" or @itemprop="review"])]'
)
_URL_DAY = re.compile(r"/((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?=[/_-]|$)")
_SAME_STORY = timedelta(days=3)
"""A page dated further than this from its own address was moved or updated since."""
_LATEST_DAY = "2100-01-01"
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|dek|deck|subtitle|sub-title|subhead|subheadline|sub-headline"
    r"|subheading|kicker-text|strapline|chapo|chapeau|entradilla|sottotitolo|occhiello|spot"
    r"|article-summary|article__summary|story-summary|ingress|manchet|untertitel|teaser-text"
    r"|article-lead|article__lead|article-intro|article__intro)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[|–—·•»-]\s+|\s*[|｜ㅣ]\s*")
_KICKER = re.compile(r"[^:]{2,60}(?::|\s[-–—|])\s*")
"""What stands before a headline and belongs to it: "Fire in the harbour: ..."."""
_WORD = re.compile(r"\w+")
_MIN_PART = 15
"""A first heading shorter than this, found within a title, may be the site's name; characters."""
_MAX_BYLINE = 120
_MAX_PUBLISHER = 80
_MAX_STANDFIRST = 600


class Found(NamedTuple):
    """A value and the place of the page it was found in."""

    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page and its own metadata, read once.

    Attributes:
        tree: the whole page.
        article: the JSON-LD node of its article; empty if there is none.
        metas: contents of meta tags, by property, name and itemprop in lower case.
        url: its address, if known.
    """

    tree: "HtmlElement"
    article: Node
    metas: dict[str, list[str]]
    url: str | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of its article.

    `body` is the article's text as the linked data has it, "" if it has none; `header` are lines
    of the page that are not its text; `where` names the place each field was found in.
    """

    title: str | None
    subtitle: str | None
    authors: list[str]
    agency: str | None
    section: str | None
    published: Moment | None
    modified: Moment | None
    publisher: str | None
    url: str | None
    language: str | None
    licence: str | None
    is_live_blog: bool
    body: str
    header: list[str]
    where: dict[str, str]


def page_metadata(tree: "HtmlElement", url: str | None) -> Metadata:
    """Return what a page says of its article; `url` is its address where that is known."""
    page = _page(tree, url)
    where: dict[str, str] = {}

    def value(field: str, found: Found | None) -> str | None:
        if found is not None:
            where[field] = found.where
        return found.value if found else None

    title = value("title", page_title(page))
    subtitle = value("subtitle", page_subtitle(page, title))
    publisher = value("publisher", page_publisher(page))
    authors, agency = page_authors(page, publisher)
    return Metadata(
        title=title,
        subtitle=subtitle,
        authors=authors,
        agency=agency,
        section=value(
            "section", _first(_linked(page, "articleSection"), _metas(page, *_SECTION_METAS))
        ),
        published=page_published(page, where),
        modified=_moment(_linked(page, "dateModified"), _metas(page, *_MODIFIED_METAS)),
        publisher=publisher,
        url=page.url,
        language=page_language(page),
        licence=value(
            "licence", _first(_linked(page, "license", inner="url"), _links(page, "license"))
        ),
        is_live_blog=LIVE_BLOG in node_types(page.article),
        body=max(strings(page.article.get("articleBody")), key=len, default=""),
        header=[*_texts(page, "//h1"), *authors, *(each for each in (title, subtitle) if each)],
        where=where,
    )


def page_title(page: Page) -> Found | None:
    """Return the headline: the first heading, where the metadata bears it out.

    Metadata often carries another headline, made for search, or the site's name after it; a
    first heading may be the site's name or carry a kicker. So a heading counts if it says the
    same as the metadata, or is a good part of it; else the metadata does, less the site's name.
    """
    headings = [Found(text, "h1") for text in _texts(page, "//h1")]
    stated = [*_linked(page, "headline"), *_metas(page, *_TITLE_METAS)]
    document = [Found(text, "title") for text in _texts(page, "//head/title")[:1]]
    for heading in headings:
        if any(_words(heading.value) == _words(found.value) for found in stated):
            return heading
    agreed = stated[0] if len({_words(found.value) for found in stated}) == 1 else None
    for heading in headings:
        if agreed and _KICKER.fullmatch(agreed.value.removesuffix(heading.value)):
            return agreed
        if agreed and _words(agreed.value) in _words(heading.value):
            kicker = heading.value.removesuffix(agreed.value)
            return heading if _KICKER.fullmatch(kicker) else agreed
        if _is_site(heading.value, page):
            continue
        if any(_is_part(heading.value, found.value) for found in (*stated, *document)):
            return heading
    best = next(iter([*stated, *document, *headings]), None)
    return Found(_without_site(best.value, page), best.where) if best else None


def page_authors(page: Page, publisher: str | None) -> tuple[list[str], str | None]:
    """Return the people the first place with a byline names, and the agency, if it names one."""
    agency = None
    own = {_words(name) for name in (publisher, *page.metas.get("og:site_name", ())) if name}
    own -= {_words(name) for name in _persons(page)}
    for values in _bylines(page):
        people, wire = authors_and_agency(values)
        people = [name for name in people if _words(name) not in own]
        agency = agency or wire
        if people or wire:
            return people, agency
    return [], agency


def _persons(page: Page) -> list[str]:
    """Return the authors the linked data calls persons, by first and last name: a site of one."""
    value = page.article.get("author")
    nodes = value if isinstance(value, list) else [value]
    people = [node for node in nodes if isinstance(node, dict) and "Person" in node_types(node)]
    return [name for name in strings(people) if " " in name]


def page_published(page: Page, where: dict[str, str]) -> Moment | None:
    """Return when the article was published; the first place that says so, to the second."""
    times = _attributes(page, '//*[@itemprop="datePublished"]', "datetime", "content")
    marked = _attributes(
        page,
        '//time[@pubdate or contains(@class, "publish") or contains(@class, "entry-date")]',
        "datetime",
    )
    anywhere = _attributes(page, "//time[not(ancestor::aside or ancestor::nav)]", "datetime")
    places = (
        _linked(page, "datePublished"),
        _metas(page, *_DATE_METAS),
        times,
        marked,
        _linked(page, "dateCreated", "uploadDate"),
        anywhere,
    )
    found = [
        (moment, each.where)
        for place in places
        for each in place
        if (moment := parsed_moment(each.value))
    ]
    dated = _url_day(page.url)
    if dated and all(abs(moment.instant - dated.instant) > _SAME_STORY for moment, _ in found):
        where["published"] = "url"
        return dated
    if not found:
        where["published"] = "htmldate"
        return _guessed_day(page)
    best, place = found[0]
    for moment, other in found[1:]:
        close = abs((moment.instant - best.instant).total_seconds()) < 86_400 * 1.5
        if not best.zoned and moment.zoned and close:
            best, place = moment, other
            break
    where["published"] = place
    return best


def _url_day(url: str | None) -> Moment | None:
    """Return the day a page's address bears, as in /2019/11/26/."""
    match = _URL_DAY.search(url or "")
    return parsed_moment(f"{match[1]}-{match[3]}-{match[4]}") if match else None


def _guessed_day(page: Page) -> Moment | None:
    """Return the day htmldate reads off the page; the clock of this machine has no say in it."""
    from htmldate import find_date

    day = find_date(page.tree, url=page.url, original_date=True, max_date=_LATEST_DAY)
    return parsed_moment(day) if day else None


def page_publisher(page: Page) -> Found | None:
    """Return who publishes the page: by the table of domains, so that an outlet has one spelling.

    Else the name in the metadata that the address bears out, else the first, which may be that
    of an owner or a section.
    """
    known = publisher_of(page.url) if page.url else None
    if known:
        return Found(known, "table")
    named = [*_linked(page, "publisher"), *_metas(page, *_PUBLISHER_METAS)]
    named = [
        each for each in named if "://" not in each.value and len(each.value) <= _MAX_PUBLISHER
    ]
    address = _squeezed(urlsplit(page.url).hostname or "") if page.url else ""
    likely = (each for each in named if _squeezed(each.value) in address)
    return next(likely, None) or next(iter(named), None)


def page_subtitle(page: Page, title: str | None) -> Found | None:
    """Return the standfirst: a line under the headline that is set apart by its class."""
    for element in page.tree.iter("p", "h2", "h3", "div", "span"):
        classes = element.get("class") or element.get("itemprop") or ""
        if _STANDFIRST.search(classes) or element.get("itemprop") in ("alternativeHeadline",):
            text = _text(element)
            if 20 <= len(text) <= _MAX_STANDFIRST and _words(text) != _words(title or ""):
                return Found(text, "standfirst")
    return None


def page_language(page: Page) -> str | None:
    """Return the language the markup declares."""
    declared = [
        page.tree.get("lang") or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        *(found.value for found in _linked(page, "inLanguage", inner="alternateName")),
        *(
            found.value
            for found in _metas(page, "og:locale", "content-language", "dc.language", "language")
        ),
    ]
    return next((code for value in declared if (code := language_code(value))), None)


def descriptions(page: Page) -> list[str]:
    """Return the summaries the metadata carries."""
    return [
        found.value for found in (*_linked(page, "description"), *_metas(page, *_DESCRIPTION_METAS))
    ]


def _page(tree: "HtmlElement", url: str | None) -> Page:
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = clean_line(meta.get("content") or "")
        names = dict.fromkeys(
            meta.get(name) for name in ("property", "name", "itemprop", "http-equiv")
        )
        for name in names:
            if content and name:
                metas.setdefault(name.strip().lower(), []).append(content)
    page = Page(tree, article_node(tree), metas, url)
    return page if url else Page(tree, page.article, metas, _own_url(page))


def _own_url(page: Page) -> str | None:
    found = [
        *_links(page, "canonical"),
        *_metas(page, "og:url"),
        *_linked(page, "url", "mainEntityOfPage", inner="@id"),
    ]
    return next((url for each in found if (url := canonical_url(each.value))), None)


def _bylines(page: Page) -> Iterator[list[str]]:
    """Yield the bylines of one place of the page after another."""
    yield [found.value for found in _linked(page, "author")]
    yield [found.value for found in _linked(page, "creator")]
    for key in _AUTHOR_METAS:
        yield page.metas.get(key, [])
    yield _texts(page, f'({_MICRODATA_AUTHORS})[1]//*[@itemprop="name"]')
    yield _texts(page, f"({_MICRODATA_AUTHORS})[1]")
    yield _texts(page, '//a[@rel="author"][not(ancestor::*[contains(@class, "comment")])]')[:1]
    for element in page.tree.xpath(_BYLINES):
        if not any(_is_bylined(inner) for inner in element.iterdescendants()):
            yield _names_in(element)


def _is_bylined(element: "HtmlElement") -> bool:
    classes = (element.get("class") or "") + (element.get("rel") or "")
    return any(word in classes for word in _BYLINE_CLASSES) and bool(_text(element))


def _names_in(element: "HtmlElement") -> list[str]:
    """Return the names of a byline; several links or items in one are a name each."""
    text = _text(element)
    if len(text) > _MAX_BYLINE:
        return []
    parts = [_text(part) for part in element.iter("a", "li", "span") if len(part) == 0]
    several = len(parts) > 1 and _squeezed("".join(parts)) == _squeezed(without_opener(text))
    return parts if several else [_AFTER_NAMES.sub("", text)]


def _metas(page: Page, *keys: str) -> list[Found]:
    return [Found(value, f"meta {key}") for key in keys for value in page.metas.get(key, ())]


def _linked(page: Page, *keys: str, inner: str = "name") -> list[Found]:
    found = ((key, value) for key in keys for value in strings(page.article.get(key), inner))
    return [Found(clean_line(value), f"json-ld {key}") for key, value in found]


def _links(page: Page, rel: str) -> list[Found]:
    found = page.tree.xpath(f'//link[@rel="{rel}"]/@href | //a[@rel="{rel}"]/@href')
    return [Found(clean_line(str(value)), f"link {rel}") for value in found]


def _attributes(page: Page, xpath: str, *names: str) -> list[Found]:
    found = []
    for element in page.tree.xpath(xpath):
        value = next((element.get(name) for name in names if element.get(name)), None) or _text(
            element
        )
        found.append(Found(clean_line(value), element.tag))
    return found


def _first(*places: Iterable[Found]) -> Found | None:
    return next((found for place in places for found in place if found.value), None)


def _moment(*places: Iterable[Found]) -> Moment | None:
    found = (parsed_moment(each.value) for place in places for each in place)
    return next((moment for moment in found if moment), None)


def _texts(page: Page, xpath: str) -> list[str]:
    return [text for element in page.tree.xpath(xpath) if (text := _text(element))]


def _text(element: "HtmlElement") -> str:
    return clean_line(" ".join(element.itertext()))


def _words(text: str) -> str:
    """Return the words of a title, for comparison: case and punctuation left out."""
    return " ".join(_WORD.findall(text.casefold()))


def _squeezed(text: str) -> str:
    return _words(text).replace(" ", "")


def _is_part(heading: str, title: str) -> bool:
    part, whole = _words(heading), _words(title)
    return (len(part) >= _MIN_PART and part in whole) or (part != "" and whole.startswith(part))


def _without_site(title: str, page: Page) -> str:
    """Return a title without the site's name, which stands behind or before a bar or dash."""
    borders = list(_SEPARATOR.finditer(title))
    if not borders:
        return title
    if _is_site(title[: borders[0].start()], page):
        return title[borders[0].end() :]
    named = [border for border in borders if _is_site(title[border.end() :], page)]
    return title[: (named or borders[-1:])[0].start()] or title


def _is_site(part: str, page: Page) -> bool:
    words, host = _squeezed(part), _host(page)
    names = [_squeezed(name) for name in page.metas.get("og:site_name", ())]
    return words in names or bool(host and words and (host in words or words in host))


def _host(page: Page) -> str:
    """Return the site's own word of its address: `thetimes` of www.thetimes.co.uk."""
    domain = registered_domain(page.url) if page.url else None
    return domain.split(".")[0].replace("-", "") if domain else ""
