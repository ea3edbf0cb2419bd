"""The places of a page that say something of its article, and what stands there.

Every place yields `Found`: a value and the name of the place, so that a reader can see why a
field is what it is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pipeline.normalise.characters import clean_line
from pipeline.normalise.linked_data import Node, article_node, strings
from pipeline.normalise.urls import canonical_url

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WORD = re.compile(r"\w+")
_OTHER_WORKS = frozenset(
    {"citation", "comment", "hasPart", "isRelatedTo", "itemListElement", "mentions", "review"}
)
"""Properties of schema.org whose values are works of their own, by others and of other days."""


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
        metas: contents of meta tags, by property, name, itemprop and http-equiv in lower case.
        address: its address, if known, and where it was found.
    """

    tree: "HtmlElement"
    article: Node
    metas: dict[str, list[str]]
    address: Found | None

    @property
    def url(self) -> str | None:
        """The page's address, if known."""
        return self.address.value if self.address else None

    def meta(self, *names: str) -> list[Found]:
        """Return what the meta tags of these names hold, in the order of the names."""
        return [
            Found(value, f"meta {name}") for name in names for value in self.metas.get(name, ())
        ]

    def linked(self, *keys: str, inner: str = "name") -> list[Found]:
        """Return the strings of the article's linked data; of nodes in it, their `inner` key."""
        found = ((key, value) for key in keys for value in strings(self.article.get(key), inner))
        return [Found(clean_line(value), f"json-ld {key}") for key, value in found]

    def links(self, rel: str) -> list[Found]:
        """Return the addresses of links that stand in this relation to the page."""
        found = self.tree.xpath(f'//link[@rel="{rel}"]/@href | //a[@rel="{rel}"]/@href')
        return [Found(clean_line(str(value)), f"link {rel}") for value in found]

    def attributes(self, xpath: str, *names: str) -> list[Found]:
        """Return one attribute of each element, the first it has of `names`, else its words."""
        found = []
        for element in self.tree.xpath(xpath):
            value = next((element.get(name) for name in names if element.get(name)), None)
            found.append(Found(clean_line(value or words_of(element)), str(element.tag)))
        return found

    def texts(self, xpath: str, *, most: int | None = None) -> list[str]:
        """Return the words of each element that has any, and no more than `most` characters."""
        texts = (words_of(element, most=most) for element in self.tree.xpath(xpath))
        return [text for text in texts if text]


def page_of(tree: "HtmlElement", url: str | None) -> Page:
    """Read a page's linked data and meta tags; its address too, where that is not known."""
    from lxml.etree import strip_elements

    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = clean_line(meta.get("content") or "")
        names = _meta_names(meta) if content and not _is_of_another_work(meta) else ()
        for name in names:
            metas.setdefault(name, []).append(content)
    article = article_node(tree)
    strip_elements(tree, "script", "style", with_tail=False)  # words that nobody sees
    page = Page(tree, article, metas, Found(url, "record") if url else None)
    return page if url else replace(page, address=_own_address(page))


def words_of(element: "HtmlElement", *, most: int | None = None) -> str:
    """Return an element's words on one line; "" if they are more than `most` characters."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(str(part))
        length += len(part.strip())
        if most is not None and length > most:
            return ""
    return clean_line(" ".join(parts))


def first(*places: Iterable[Found]) -> Found | None:
    """Return the first value that any place holds."""
    return next((found for place in places for found in place if found.value), None)


def plain_words(text: str) -> str:
    """Return words for comparison: case and punctuation left out."""
    return " ".join(_WORD.findall(text.casefold()))


def squeezed(text: str) -> str:
    """Return letters and figures for comparison, case, blanks and punctuation left out."""
    return "".join(_WORD.findall(text.casefold()))


def _meta_names(meta: "HtmlElement") -> Iterator[str]:
    names = (meta.get(name) for name in ("property", "name", "itemprop", "http-equiv"))
    yield from dict.fromkeys(name.strip().lower() for name in names if name)


def _is_of_another_work(meta: "HtmlElement") -> bool:
    """Return whether microdata says this of a work cited, reviewed or commented on."""
    if not meta.get("itemprop"):
        return False
    holders = (holder.get("itemprop") or "" for holder in meta.iterancestors())
    return any(holder in _OTHER_WORKS for holder in holders)


def _own_address(page: Page) -> Found | None:
    stated = page.linked("url", "mainEntityOfPage", inner="@id")
    found = [*page.links("canonical"), *page.meta("og:url"), *stated]
    return first(Found(canonical_url(each.value) or "", each.where) for each in found)
