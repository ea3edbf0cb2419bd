"""Sources on the network: brought up to date once a run, then read from what was kept.

`refresh` is the only place that asks the network. `remote_documents` reads the archive alone,
so that the same archive gives the same documents, with or without a network.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.config import Source, SourceKind
from pipeline.errors import DocumentError, EmptyArticleError, UnsupportedFormatError
from pipeline.ingest.archive import Archive, Item, Page
from pipeline.ingest.encoding import decoded
from pipeline.ingest.fetch import FOR_NOW, Fetcher, origin
from pipeline.ingest.files import too_large
from pipeline.ingest.kinds import kind_of
from pipeline.ingest.listings import Asking, Limits, read_listing
from pipeline.ingest.record import HTML, excerpt
from pipeline.ingest.text import PLAIN
from pipeline.records import RawDocument, Refusal

_log = logging.getLogger(__name__)

_HOSTS_AT_ONCE = 8
_TOLD_AGAIN = timedelta(hours=1)
"""A page that is said to have changed is asked for again no more often than this."""
_UNTOLD_AGAIN = timedelta(days=1)
"""A page nobody tells about is asked for again no more often than this ..."""
_UNTOLD_FOR = timedelta(days=7)
"""... and no longer than this: corrections come in the first days."""
_PAGE = "<!DOCTYPE html><html><body><article>{}</article></body></html>"


def refresh(
    sources: Sequence[Source],
    archive: Archive,
    fetcher: Fetcher,
    limits: Limits,
    *,
    now: Callable[[], datetime],
    fetched: Callable[[], None],
) -> None:
    """Ask the network for what is new or changed in `sources`, and keep it in `archive`.

    Several hosts are asked at once, each for one document at a time. What cannot be had is noted
    in the archive; `fetched` is called for each document that was asked for.
    """
    asking = Asking(archive, fetcher, limits, now)
    _at_once(lambda source: _update(source, asking), sources)
    hosts: dict[str, dict[str, None]] = {}
    for source in sources:
        for url in _due(source, archive, limits.max_documents, now()):
            hosts.setdefault(origin(url), {})[url] = None

    def ask(urls: Iterable[str]) -> None:
        for url in urls:
            asking.ask(url)
            fetched()

    _at_once(ask, hosts.values())


def _at_once[T](job: Callable[[T], None], things: Iterable[T]) -> None:
    """Do `job` for all `things`, several at once; whoever interrupts that need not wait."""
    pool = ThreadPoolExecutor(_HOSTS_AT_ONCE)
    try:
        list(pool.map(job, things))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def remote_documents(
    source: Source, archive: Archive, *, max_bytes: int, before: Sequence[Source] = ()
) -> Iterator[RawDocument | Refusal]:
    """Yield what the archive holds of a source, what it named first at first.

    A document that the sources `before` it name as well is theirs. What was not asked for yet
    is passed over.
    """
    name = source.name or _name(source.location)
    for url, rule, detail in archive.faults(source.location):
        yield Refusal(name, url, url, "fetch", rule, detail, None, None)
    for item in archive.items(source.location, [other.location for other in before]):
        page = None if item.content_sha256 else archive.page(item.url)
        if item.content_sha256 or (page and page.raw_sha256):
            yield _read(name, item, page, archive, max_bytes)
        elif page:
            rule, detail = page.rule or "unreadable", page.detail or "its kept bytes are lost"
            yield Refusal(name, item.url, item.url, "fetch", rule, detail, None, None)


def _read(
    name: str, item: Item, page: Page | None, archive: Archive, max_bytes: int
) -> RawDocument | Refusal:
    """Return the document whose bytes were kept, or why they are none."""
    digest = (page.raw_sha256 if page else item.content_sha256) or ""
    data = b""
    try:
        data = archive.kept(digest)
        if len(data) > max_bytes:
            raise too_large(item.url, max_bytes)
        media_type, content = _page_text(data, item.url, page) if page else _feed_text(data)
    except DocumentError as error:
        return Refusal(
            name, item.url, item.url, "ingest", error.code, error.detail, digest, excerpt(data)
        )
    url = page.final_url if page else item.url
    return RawDocument(
        source=name,
        record_id=item.url,
        uri=item.url,
        media_type=media_type,
        content=content,
        raw_sha256=digest,
        hints={**item.says, "url": url},
        retrieved_at=page.retrieved if page else item.retrieved,
    )


def _page_text(data: bytes, url: str, page: Page) -> tuple[str, str]:
    """Return media type and characters of a page, or of a text that is served as such."""
    kind = kind_of(data, page.media_type, page.charset)
    is_text = kind is None and page.media_type == PLAIN
    if kind is not SourceKind.URL and not is_text:
        what = f"a {kind}, to be named as a source of its own" if kind else "no page"
        raise UnsupportedFormatError(url, f"{what} ({page.media_type or 'of no type'})")
    content = decoded(data, url, markup=not is_text, charset=page.charset)
    if not content.strip():
        raise EmptyArticleError(url, "the page is empty")
    return (PLAIN if is_text else HTML), content


def _feed_text(data: bytes) -> tuple[str, str]:
    return HTML, _PAGE.format(data.decode("utf-8"))


def _update(source: Source, asking: Asking) -> None:
    """Ask a source which documents it names, and note them."""
    archive, location = asking.archive, source.location
    try:
        found = read_listing(source, asking, before=archive.kind(location))
    except DocumentError as error:
        told = "; what earlier runs read of it stands" if archive.kind(location) else ""
        _log.warning("%s: %s%s", location, error.detail, told)
        archive.broken(location, error)
        return
    archive.found(location, found.kind, found.documents, found.faults, asking.now())
    if found.kind is SourceKind.URLS:
        archive.drop_others(location, found.documents)


def _due(source: Source, archive: Archive, most: int, now: datetime) -> list[str]:
    """Return the addresses of a source that are to be asked for in this run.

    Those never asked for go first, the newest of them before the others.
    """
    new: list[str] = []
    again: list[str] = []
    for item in archive.items(source.location):
        page = archive.page(item.url)
        if item.content_sha256 is None and _is_due(item, page, now):
            (again if page else new).append(item.url)
    due = [*reversed(new), *reversed(again)]
    if len(due) > most:
        _log.warning("%s: %d documents wait for the next run", source.location, len(due) - most)
    return due[:most]


def _is_due(item: Item, page: Page | None, now: datetime) -> bool:
    """Return whether a page is to be asked for: see docs/decisions/0008."""
    if page is None or (page.raw_sha256 is None and page.rule is None):
        return True
    since, is_young = now - page.asked, now - page.first_asked < _UNTOLD_FOR
    if page.raw_sha256 is None and page.rule in FOR_NOW:
        return is_young
    if page.raw_sha256 is not None and item.stamp is not None:
        return item.stamp != item.read_stamp and since >= _TOLD_AGAIN
    return is_young and since >= _UNTOLD_AGAIN


def _name(location: str) -> str:
    """Return the name of a source that was given none: its address, or its file's stem."""
    _, found, address = location.partition("://")
    return address.rstrip("/") if found else Path(location).stem
