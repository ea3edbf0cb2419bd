"""What a page says of its article: linked data, meta tags, microdata, bylines, headings."""

from dataclasses import dataclass

from pipeline.normalise.authorship import page_authors, page_publisher
from pipeline.normalise.dates import Moment
from pipeline.normalise.headline import page_subtitle, page_title
from pipeline.normalise.language import language_code
from pipeline.normalise.linked_data import strings
from pipeline.normalise.places import Found, Page, first
from pipeline.normalise.publication import page_modified, page_published

_SECTION_METAS = ("article:section", "og:article:section", "parsely-section", "section")
_LANGUAGE_METAS = ("og:locale", "content-language", "dc.language", "language")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of its article.

    Attributes:
        body: the article's text as the linked data has it, "" if it has none.
        header: lines of the page that are known not to be its text.
        where: the place each column was read from, in their order.
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
    body: str
    header: list[str]
    where: dict[str, str]


def page_metadata(page: Page, url: str | None) -> Metadata:
    """Return what a page says of its article; `url` is its address where the record gives one."""
    title = page_title(page)
    publisher = page_publisher(page)
    subtitle = page_subtitle(page, _value(title))
    authors = page_authors(page, _value(publisher))
    published = page_published(page)
    section = first(page.linked("articleSection"), page.meta(*_SECTION_METAS))
    licence = first(page.linked("license", inner="url"), page.links("license"))
    modified = page_modified(page)
    language = _language(page)
    found = {
        "url": None if url else page.address,
        "publisher": publisher,
        "title": title,
        "subtitle": subtitle,
        "authors": authors if authors.people else None,
        "agency": authors if authors.agency else None,
        "section": section,
        "published_at": published,
        "modified_at": modified,
        "language": language,
        "licence": licence,
    }
    lines = [*page.texts("//h1"), *authors.people, _value(title), _value(subtitle)]
    return Metadata(
        title=_value(title),
        subtitle=_value(subtitle),
        authors=authors.people,
        agency=authors.agency,
        section=_value(section),
        published=published.moment if published else None,
        modified=modified.moment if modified else None,
        publisher=_value(publisher),
        url=_value(page.address),
        language=_value(language),
        licence=_value(licence),
        body=max(strings(page.article.get("articleBody")), key=len, default=""),
        header=[line for line in lines if line],
        where={name: each.where for name, each in found.items() if each and each.where},
    )


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def _language(page: Page) -> Found | None:
    """Return the code of the language the markup declares."""
    root = [Found(page.tree.get(name, ""), "html lang") for name in ("lang", _XML_LANG)]
    stated = [*page.linked("inLanguage", inner="alternateName"), *page.meta(*_LANGUAGE_METAS)]
    codes = (Found(language_code(each.value) or "", each.where) for each in (*root, *stated))
    return first(codes)
