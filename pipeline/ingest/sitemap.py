"""Sitemaps (sitemaps.org 0.9), news sitemaps among them, and indexes of sitemaps."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.errors import UnreadableDocumentError
from pipeline.ingest.encoding import decoded
from pipeline.ingest.urls import Listed
from pipeline.ingest.xml import reencoded, root_name

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


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap names: documents, or further sitemaps, in its order."""

    documents: list[Listed]
    sitemaps: list[Listed]


def read_sitemap(data: bytes, document: str, *, charset: str | None = None) -> Sitemap:
    """Return what a sitemap or an index of sitemaps names.

    One that breaks off gives what stands before; entries without an address are passed over.

    Raises:
        UnreadableDocumentError: it is no XML at all.
    """
    from lxml.etree import XMLSyntaxError

    text = decoded(data, document, markup=True, charset=charset)
    if root_name(text) is None:
        raise UnreadableDocumentError(document, "no XML")
    try:
        entries = list(islice(_entries(reencoded(text)), MAX_LISTED))
    except (XMLSyntaxError, UnicodeDecodeError) as error:
        raise UnreadableDocumentError(document, f"broken XML: {error}") from error
    if not text.rstrip().endswith(">"):  # cut within a word, which may be an address
        del entries[-1:]
    return Sitemap(
        documents=[listed for kind, listed in entries if kind == "url"],
        sitemaps=[listed for kind, listed in entries if kind == "sitemap"],
    )


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
