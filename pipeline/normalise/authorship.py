"""Who wrote a page's article, which agency it came from, and who publishes it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pipeline.normalise.bylines import (
    authors_and_agency,
    is_desk,
    is_full_name,
    without_opener,
)
from pipeline.normalise.characters import clean_line
from pipeline.normalise.dates import day_in
from pipeline.normalise.linked_data import node_types, strings
from pipeline.normalise.places import Found, Page, plain_words, squeezed, words_of
from pipeline.normalise.publishers import publisher_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

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
_PUBLISHER_METAS = ("og:site_name", "application-name", "publisher", "dc.publisher")
_MICRODATA = (
    '(//*[@itemprop="author"][not(ancestor::*[@itemprop="comment" or @itemprop="review"])])[1]'
)
_ELSEWHERE = (
    '[not(ancestor-or-self::*[contains(@class, "comment") or contains(@id, "comment")'
    ' or contains(@class, "related") or self::aside or self::nav or self::footer or self::figure])]'
)
_BYLINES = (
    '//*[contains(@class, "byline") or contains(@class, "author") or contains(@id, "byline")'
    ' or contains(@class, "autor") or contains(@class, "auteur") or contains(@rel, "author")'
    ' or contains(@data-testid, "byline") or self::address]' + _ELSEWHERE
)
_PROFILES = f"//a[@href]{_ELSEWHERE}"
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|autore|people|staff|profiles?|journalists?|reporters?"
    r"|contributors?|news-?team|redakteure?|verfasser)/",
    re.IGNORECASE,
)
"""Addresses of the pages sites keep on those who write for them."""
_AFTER_NAMES = re.compile(r"\s*(?:\||•|·|\b\d|\b(?:am|on|le|el|il|den)\s+\d).*$")
"""What follows the names in a byline: the day, the clock, the number of comments."""
_HANDLE = re.compile(r"[^\W\d_][\w-]{2,24}")
"""A name somebody writes under in a blog or a forum; not the first word of a sentence."""
_SIGNED = re.compile(
    r"[-–—\s]*(?:by|von|par|por|door)\s+(?P<name>\S.*)"
    r"|(?:责任编辑|責任編輯|作者|记者|記者)\s*[:：]\s*(?P<signs>[\u4e00-\u9fff]{2,4})",
    re.IGNORECASE,
)
"""A line that says who wrote the article, or in Chinese papers who answers for it."""
_LINES = ("p", "div", "span", "em", "i", "b", "strong", "h2", "h3", "h4", "h5", "td", "li")
_MAX_LINE_CHARS = 60
_MAX_BYLINE_CHARS = 120
_MAX_PUBLISHER_CHARS = 80
_TITLE_PARTS = re.compile(r"\s+[|–—·»-]\s+")
_MAX_SITE_WORDS = 3


class Authorship(NamedTuple):
    """The people a byline names, the agency it names, and where it stands."""

    people: list[str]
    agency: str | None
    where: str | None


def page_authors(page: Page, publisher: str | None) -> Authorship:
    """Return what the first place says that names people or an agency.

    The publisher is no author of its own pages, unless it is a person: the site of one.
    """
    own = {plain_words(found.value) for found in page.meta("og:site_name")}
    own = (own | {plain_words(publisher or "")} | _typed(page, "Organization")) - _typed(
        page, "Person"
    )
    for where, values in _bylines(page):
        people, agency = authors_and_agency(values)
        people = [name for name in people if plain_words(name) not in own]
        if people or agency:
            return Authorship(people, agency, where)
    handle = next(_handles(page), None)
    return Authorship([handle], None, "handle") if handle else Authorship([], None, None)


def page_publisher(page: Page) -> Found | None:
    """Return who publishes the page: by the table of domains, so that an outlet has one spelling.

    Else the name in the metadata that the address bears out, else the first, which may be that
    of an owner or a section.
    """
    known = publisher_of(page.url) if page.url else None
    if known:
        return Found(known, "table")
    named = [*page.linked("publisher"), *page.meta(*_PUBLISHER_METAS)]
    named = [found for found in named if _is_name(found.value)]
    address = squeezed(urlsplit(page.url).hostname or "") if page.url else ""
    likely = (found for found in named if squeezed(found.value) in address)
    return next(likely, None) or next(iter(named), None) or _named_in_title(page, address)


def _named_in_title(page: Page, address: str) -> Found | None:
    """Return the words at either end of the browser's title that the address bears out."""
    for title in page.texts("//head/title")[:1]:
        for part in (part for part in _TITLE_PARTS.split(title) if _is_name(part)):
            word = squeezed(part.split()[0])
            if len(part.split()) <= _MAX_SITE_WORDS and len(word) > 3 and word in address:
                return Found(part, "title")
    return None


def _is_name(value: str) -> bool:
    return squeezed(value) != "" and "://" not in value and len(value) <= _MAX_PUBLISHER_CHARS


def _typed(page: Page, kind: str) -> set[str]:
    """Return the words of authors the linked data calls of this kind; of persons, whole names."""
    value = page.article.get("author")
    nodes = value if isinstance(value, list) else [value]
    named = [
        node
        for node in nodes
        if isinstance(node, dict) and any(each.endswith(kind) for each in node_types(node))
    ]
    return {plain_words(name) for name in strings(named) if " " in name or kind != "Person"}


def _bylines(page: Page) -> Iterator[tuple[str, list[str]]]:
    """Yield the bylines of one place of the page after another."""
    for key in ("author", "creator"):
        yield f"json-ld {key}", [found.value for found in page.linked(key)]
    for name in _AUTHOR_METAS:
        yield f"meta {name}", page.metas.get(name, [])
    yield "microdata", page.texts(f'{_MICRODATA}//*[@itemprop="name"]', most=_MAX_BYLINE_CHARS)
    yield "microdata", page.texts(_MICRODATA, most=_MAX_BYLINE_CHARS)
    yield "rel", page.texts('//a[@rel="author"][not(ancestor::*[contains(@class, "comment")])]')[:1]
    for element in _innermost(page.tree.xpath(_BYLINES)):
        yield "class", _names_in(element)
    for link in page.tree.xpath(_PROFILES):
        if _PROFILE.search(link.get("href")):
            yield (
                "profile",
                [name for name in [words_of(link, most=_MAX_BYLINE_CHARS)] if " " in name],
            )

    yield "line", list(_signed_lines(page))[:1]


def _signed_lines(page: Page) -> Iterator[str]:
    """Yield the names in short lines that no markup calls a byline.

    "By Ann Lee", and "Ann Lee |" with the day behind it.
    """
    around = f"//*[{' or '.join(f'self::{name}' for name in _LINES)}]{_ELSEWHERE}/text()"
    before = ""
    for text in page.tree.xpath(around):
        line = clean_line(str(text)) if len(text) < 2 * _MAX_LINE_CHARS else ""
        match = _SIGNED.fullmatch(line) if len(line) <= _MAX_LINE_CHARS else None
        if match and (match["signs"] or is_full_name(match["name"])):
            yield match["signs"] or match["name"]
        if before.endswith("|") and is_full_name(before.rstrip("| ")) and day_in(line):
            yield before.rstrip("| ")
        before = line or before


def _handles(page: Page) -> Iterator[str]:
    """Yield the names that are no people's, but that the page gives as its author's all the same.

    Those of blogs and forums: "by max_power99".
    """
    named = [words_of(a) for a in page.tree.xpath(f'//a[@rel="author"]{_ELSEWHERE}')]
    profiles = (link for link in page.tree.xpath(_PROFILES) if _PROFILE.search(link.get("href")))
    links = [*page.tree.xpath(f"{_BYLINES}//a[@href]"), *profiles]
    named += [words_of(link, most=_MAX_LINE_CHARS) for link in links if _is_opened(link)]
    yield from (name for name in named if _HANDLE.fullmatch(name) and not is_desk(name))


def _is_opened(link: "HtmlElement") -> bool:
    """Return whether the words before a link are no more than "by"."""
    before = link.xpath("preceding::text()[normalize-space()][1]")
    return bool(before) and clean_line(str(before[0])).rstrip(":").lower() in (
        "by",
        "von",
        "author",
    )


def _innermost(elements: "list[HtmlElement]") -> "list[HtmlElement]":
    """Return the elements with words that hold none of the others."""
    worded = [element for element in elements if any(map(str.strip, element.itertext()))]
    holders: set[HtmlElement] = set()
    for element in worded:
        for holder in element.iterancestors():
            if holder in holders:
                break
            holders.add(holder)
    return [element for element in worded if element not in holders]


def _names_in(element: "HtmlElement") -> list[str]:
    """Return the names of a byline; several links or items in one are a name each."""
    profiles = [link for link in element.iter("a") if _PROFILE.search(link.get("href") or "")]
    if profiles:
        return [name for link in profiles if (name := words_of(link, most=_MAX_BYLINE_CHARS))]
    text = words_of(element, most=_MAX_BYLINE_CHARS)
    parts = [words_of(part) for part in element.iter("a", "li", "span") if len(part) == 0]
    several = len(parts) > 1 and squeezed("".join(parts)) == squeezed(without_opener(text))
    return parts if several else [_AFTER_NAMES.sub("", text)]
