"""What a source on the network names: the documents of its feed, sitemap, list or page."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.config import Source, SourceKind
from pipeline.errors import DocumentError, FetchError, SourceError, UnsupportedFormatError
from pipeline.ingest.archive import Archive
from pipeline.ingest.encoding import decoded
from pipeline.ingest.feed import read_feed
from pipeline.ingest.fetch import Fetcher, fetchable
from pipeline.ingest.files import InputFile, too_large, whole
from pipeline.ingest.inflate import Inflated
from pipeline.ingest.kinds import kind_of
from pipeline.ingest.sitemap import read_sitemap
from pipeline.ingest.text import PLAIN
from pipeline.ingest.urls import Listed, list_lines

_log = logging.getLogger(__name__)

_MAX_SITEMAPS = 1000
"""Sitemaps of an index that one run asks for."""
_MAX_DEPTH = 2
"""Indexes may name indexes, which sitemaps.org forbids and publishers do."""
_GZIP_MAGIC = b"\x1f\x8b"


class Limits(NamedTuple):
    """How much one run takes: bytes a document, and documents it asks for of a source."""

    max_bytes: int
    max_documents: int


class Listing(NamedTuple):
    """What a source is, the documents it names, newest first, and what is wrong with its parts."""

    kind: SourceKind
    documents: list[Listed]
    faults: list[DocumentError]


@dataclass(frozen=True, slots=True)
class Root:
    """The bytes of a source's own address or file.

    Attributes:
        url: the address asked; "" for a file.
        base: the address that gave the bytes, which links in them may be relative to.
    """

    url: str
    base: str
    data: bytes
    media_type: str
    charset: str | None


class Asking(NamedTuple):
    """What it takes to ask for documents."""

    archive: Archive
    fetcher: Fetcher
    limits: Limits
    now: Callable[[], datetime]

    def ask(self, url: str) -> DocumentError | None:
        """Ask for one document and note what comes of it; return the error that comes of it."""
        page = self.archive.page(url)
        try:
            answer = self.fetcher.fetch(url, page.validators if page else None)
        except DocumentError as error:
            self.archive.failed(url, error, self.now())
            return error
        self.archive.answered(url, answer, self.now())
        return None

    def latest(self, url: str) -> Root:
        """Return the newest bytes of an address, unpacked, whether or not it answers now.

        Raises:
            DocumentError: it never gave any, or none that can be read.
        """
        error = self.ask(url)
        page = self.archive.page(url)
        if page is None or page.raw_sha256 is None:
            # As it was noted, which may be the answer of an earlier run.
            rule, detail = (page.rule, page.detail) if page else (None, None)
            raise FetchError(url, detail or "its kept bytes are lost", code=rule)
        if error:
            _log.warning("%s: %s; what it gave before stands", url, error.detail)
        data = self.archive.kept(page.raw_sha256)
        data = _unpacked(data, url, self.limits.max_bytes)
        return Root(url, page.final_url or url, data, page.media_type, page.charset)


def read_listing(source: Source, asking: Asking, *, before: SourceKind | None) -> Listing:
    """Return what a source names now; `before` is what it was in earlier runs.

    Raises:
        DocumentError: it cannot be had, or names nothing that is known how to read.
    """
    root = _root(source, asking)
    kind = _kind(source, root, before)
    documents, faults = _READERS[kind](root, asking)
    return Listing(kind, documents, faults)


def _root(source: Source, asking: Asking) -> Root:
    """Return the bytes of a source's own address, or of a file that lists addresses."""
    if "://" in source.location:
        return asking.latest(fetchable(source.location))
    path = Path(source.location)
    if not path.is_file():
        raise SourceError(f"{source.location}: no such file")
    file = InputFile("", path.name, source.location, path)
    return Root("", "", whole(file, asking.limits.max_bytes), PLAIN, None)


def _kind(source: Source, root: Root, before: SourceKind | None) -> SourceKind:
    """Return what a source is: as configured, else by its bytes.

    Raises:
        UnsupportedFormatError: it is nothing that names documents or is one, or was something
            else before: a page in the place of a feed is an error of its server.
    """
    if source.kind is not None:
        return source.kind
    if not root.url:
        return SourceKind.URLS
    kind = kind_of(root.data, root.media_type, root.charset)
    if kind is None and root.media_type == PLAIN:
        kind = SourceKind.URL
    if kind is None:
        detail = f"no feed, sitemap, page or list of addresses ({root.media_type or 'of no type'})"
        raise UnsupportedFormatError(root.url, detail)
    if before and before != kind:
        raise UnsupportedFormatError(root.url, f"a {kind} now where a {before} was before")
    return kind


def _unpacked(data: bytes, url: str, max_bytes: int) -> bytes:
    if not data.startswith(_GZIP_MAGIC):
        return data
    inflated = Inflated(url, "gzip", max_bytes)
    whole_data = inflated.whole([data])
    if inflated.is_cut:
        raise too_large(url, max_bytes)
    return whole_data


_Found = tuple[list[Listed], list[DocumentError]]


def _feed_listing(root: Root, _: Asking) -> _Found:
    return _checked(read_feed(root.data, root.url, url=root.base, charset=root.charset))


def _page_listing(root: Root, _: Asking) -> _Found:
    return [Listed(root.url)], []


def _list_listing(root: Root, _: Asking) -> _Found:
    lines = list_lines(decoded(root.data, root.url, charset=root.charset))
    return _checked(list(map(Listed, lines)))


def _sitemap_listing(root: Root, asking: Asking) -> _Found:
    """Return what a sitemap names, and those its index names, until a run has enough to do."""
    listed: dict[str, Listed] = {}
    faults: list[DocumentError] = []
    waiting, seen, asked, unknown = deque([(root.url, 0)]), {root.url}, 0, 0
    while waiting and asked <= _MAX_SITEMAPS and unknown < asking.limits.max_documents:
        url, depth = waiting.popleft()
        try:
            part = asking.latest(fetchable(url)) if asked else root
            asked += 1
            sitemap = read_sitemap(part.data, url, charset=part.charset)
        except DocumentError as error:
            faults.append(error)
            continue
        for document in _newest_first(sitemap.documents):
            if listed.setdefault(document.url, document) is document:
                unknown += asking.archive.page(document.url) is None
        if depth < _MAX_DEPTH:
            further = [each.url for each in _newest_first(sitemap.sitemaps) if each.url not in seen]
            seen.update(further)
            waiting.extend((each, depth + 1) for each in further)
    documents, wrong = _checked(list(listed.values()))
    return documents, faults + wrong


_READERS: dict[SourceKind, Callable[[Root, Asking], _Found]] = {
    SourceKind.FEED: _feed_listing,
    SourceKind.SITEMAP: _sitemap_listing,
    SourceKind.URL: _page_listing,
    SourceKind.URLS: _list_listing,
}


def _checked(listed: list[Listed]) -> _Found:
    """Return documents by the address they are asked for at, and errors for those without one."""
    good: dict[str, Listed] = {}
    faults: list[DocumentError] = []
    for each in listed:
        try:
            url = each.url if each.content is not None else fetchable(each.url)
        except FetchError as error:
            faults.append(error)
        else:
            good.setdefault(url, replace(each, url=url))
    return list(good.values()), faults


def _newest_first(listed: list[Listed]) -> list[Listed]:
    """Sort by stamp, which sitemaps write as ISO 8601; those without one come last."""
    return sorted(listed, key=lambda each: each.stamp or "", reverse=True)
