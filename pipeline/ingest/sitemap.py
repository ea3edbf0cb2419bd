"""Sitemaps (sitemaps.org 0.9), news sitemaps among them, and indexes of sitemaps."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import UnreadableDocumentError
from pipeline.ingest.encoding import decoded
from pipeline.ingest.urls import Listed
from pipeline.ingest.xml import reencoded

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_LISTED = 50_000
"""Addresses a sitemap may have (sitemaps.org); further ones are not read."""

_NEWS = {
    "title": "title",
    "publication_date": "published_at",
    "name": "publisher",
    "language": "language",
}
"""What a news sitemap says of an article, as our own columns."""


@dataclass(slots=True)
class Sitemap:
    """What a sitemap names: documents, or further sitemaps, in its order."""

    documents: list[Listed] = field(default_factory=list)
    sitemaps: list[Listed] = field(default_factory=list)


def read_sitemap(data: bytes, document: str, *, charset: str | None = None) -> Sitemap:
    """Return what a sitemap or an index of sitemaps names.

    One that breaks off gives what stands before; entries without an address are passed over.

    Raises:
        UnreadableDocumentError: it is no XML at all.
    """
    from lxml.etree import XMLSyntaxError

    found = Sitemap()
    try:
        for kind, listed in _entries(
            reencoded(decoded(data, document, markup=True, charset=charset))
        ):
            (found.sitemaps if kind == "sitemap" else found.documents).append(listed)
            if len(found.documents) + len(found.sitemaps) >= MAX_LISTED:
                break
    except XMLSyntaxError as error:
        if not found.documents and not found.sitemaps:
            raise UnreadableDocumentError(document, f"broken XML: {error}") from error
    return found


def _entries(data: bytes) -> Iterator[tuple[str, Listed]]:
    from lxml.etree import iterparse

    events = iterparse(
        io.BytesIO(data),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in events:
        kind = _name(element)
        if kind in ("url", "sitemap"):
            listed = _listed(element)
            if listed:
                yield kind, listed
            element.clear()


def _listed(element: "_Element") -> Listed | None:
    """Return what one entry names; news are the children of its child."""
    said: dict[str, str] = {}
    for part in element.iter():
        text = (part.text or "").strip()
        if text:
            said.setdefault(_name(part), text)
    if "loc" not in said:
        return None
    says = {ours: said[theirs] for theirs, ours in _NEWS.items() if theirs in said}
    return Listed(said["loc"], said.get("lastmod") or said.get("publication_date"), says)


def _name(element: "_Element") -> str:
    """Return an element's name without its namespace, which many sitemaps get wrong."""
    return str(element.tag).rpartition("}")[2].lower()
