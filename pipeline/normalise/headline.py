"""The headline and the standfirst of a page."""

import re
from typing import TYPE_CHECKING

from pipeline.normalise.furniture import is_furniture
from pipeline.normalise.places import Found, Page, plain_words, squeezed, words_of
from pipeline.normalise.urls import registered_domain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_METAS = ("og:title", "twitter:title")
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|dek|deck|sub-?title|sub-?head|sub-?headline|subheading|strapline"
    r"|chapo|chapeau|entradilla|sottotitolo|occhiello|spot|ingress|manchet|untertitel"
    r"|story-summary|article_{0,2}-?(?:summary|lead|intro))(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Class names of the line below a headline, in the languages of those who write stylesheets."""

_BOXES = frozenset({"a", "aside", "dialog", "footer", "form", "li", "nav"})
_BOX = re.compile(
    r"(?:^|[\s_-])(?:author|bio|cards?|comments?|newsletter|popup|promo|recirc|related|sidebar"
    r"|subscribe|teasers?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[|–—·•»-]\s+|\s*[|｜ㅣ]\s*")
_KICKER = re.compile(r"[^:]{2,60}(?::|\s[-–—|])\s*")
"""What stands before a headline and belongs to it: "Fire in the harbour: ..."."""

_MIN_PART_CHARS = 15
"""A first heading shorter than this, found within a title, may be a section's name."""
_MIN_STANDFIRST_CHARS, _MAX_STANDFIRST_CHARS = 20, 600


def page_title(page: Page) -> Found | None:
    """Return the headline: the first heading, where the metadata bears it out.

    Metadata often carries another headline, made for search, or the site's name after it; a
    first heading may be the site's name or carry a kicker. So a heading counts if it says the
    same as the metadata, or is a good part of it; else the metadata does, less the site's name.
    """
    headings = [Found(text, "h1") for text in page.texts("//h1")]
    stated = [*page.linked("headline"), *page.meta(*_METAS)]
    document = [Found(text, "title") for text in page.texts("//head/title")[:1]]
    known = {plain_words(found.value) for found in stated}
    for heading in headings:
        if plain_words(heading.value) in known:
            return heading
    agreed = stated[0] if len(known) == 1 else None
    for heading in headings:
        best = _between(heading, agreed) if agreed else None
        if best:
            return best
        if not _is_site(heading.value, page) and _is_part(heading, [*stated, *document]):
            return heading
    best = next(iter([*stated, *document, *headings]), None)
    return Found(_without_site(best.value, page), best.where) if best else None


def page_subtitle(page: Page, title: str | None) -> Found | None:
    """Return the standfirst: a line under the headline that is set apart by its class."""
    below = not page.tree.findall(".//h1")
    for element in page.tree.iter("h1", "p", "h2", "h3", "div", "span"):
        below = below or element.tag == "h1"
        called = _STANDFIRST.search(element.get("class") or element.get("itemprop") or "")
        if below and called and not _is_elsewhere(element):
            text = words_of(element, most=_MAX_STANDFIRST_CHARS)
            if _is_standfirst(text) and squeezed(text) != squeezed(title or ""):
                return Found(text, "class")
    return None


def _is_standfirst(text: str) -> bool:
    return len(text) >= _MIN_STANDFIRST_CHARS and not text.endswith(":") and not is_furniture(text)


def _is_elsewhere(element: "HtmlElement") -> bool:
    """Return whether an element stands in a box beside the article, or leads to another one."""
    holders = [element, *element.iterancestors()]
    boxed = any(holder.tag in _BOXES or _BOX.search(_called(holder)) for holder in holders[:-2])
    return boxed or any(words_of(link) == words_of(element) for link in element.iter("a"))


def _called(element: "HtmlElement") -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _between(heading: Found, agreed: Found) -> Found | None:
    """Return the better of a heading and what all metadata says, if one holds the other.

    The longer one if what it has more is a kicker, else the shorter: the rest is a section.
    """
    if _KICKER.fullmatch(agreed.value.removesuffix(heading.value)):
        return agreed
    if plain_words(agreed.value) not in plain_words(heading.value):
        return None
    return heading if _KICKER.fullmatch(heading.value.removesuffix(agreed.value)) else agreed


def _is_part(heading: Found, titles: list[Found]) -> bool:
    part = plain_words(heading.value)
    wholes = [plain_words(title.value) for title in titles]
    if len(part) >= _MIN_PART_CHARS:
        return any(part in whole for whole in wholes)
    return part != "" and any(whole.startswith(part) for whole in wholes)


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
    """Return whether `part` of a title is the site's name, by its metadata or its address."""
    name = squeezed(part)
    domain = registered_domain(page.url) if page.url else None
    own = domain.split(".")[0].replace("-", "") if domain else ""
    names = {squeezed(each.value) for each in page.meta("og:site_name")}
    return name in names or (own != "" and name != "" and (own in name or name in own))
