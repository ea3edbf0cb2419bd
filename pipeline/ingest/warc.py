"""WARC archives, as crawlers write them and Common Crawl publishes them: one page a response.

Read record by record, packed (gzip, zstd) or not. What comes after a broken record is found by
looking for the next beginning of one.
"""

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from fastwarc.stream_io import BrotliReader, ChunkedReader, WarcReader, ZstdReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from pipeline.errors import (
    DocumentError,
    EmptyArticleError,
    InvalidRecordError,
    UnreadableDocumentError,
    UnsupportedFormatError,
)
from pipeline.ingest.digests import Digests
from pipeline.ingest.encoding import decoded
from pipeline.ingest.files import InputFile, too_large
from pipeline.ingest.record import HTML, excerpt, record_name
from pipeline.records import RawDocument

WARC_MAGIC = b"WARC/"

_STARTS = {
    b"\x1f\x8b": b"\x1f\x8b\x08",
    b"\x28\xb5": b"\x28\xb5\x2f\xfd",
    WARC_MAGIC[:2]: b"WARC/1.",
}
"""What a record begins with, by the first two bytes of its archive."""

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE = re.compile(rb"\s*(?:<!--.{0,999}?-->\s*)*<(?:!doctype\s+html|html|head)\b", re.I | re.S)
_SWALLOWED = b"\r\n\r\n" + _STARTS[WARC_MAGIC[:2]]
"""In a page, the beginning of the record behind it: its length was wrong."""

_READERS: dict[str, Callable[[BytesIO], WarcReader]] = {
    "br": BrotliReader,
    "chunked": ChunkedReader,
    "zstd": ZstdReader,
}
"""Who undoes a content or transfer encoding, beside gzip and deflate."""

_CHUNK = re.compile(rb"\s*[0-9a-f]{1,8}\s*(?:;[^\r\n]*)?\r?\n", re.IGNORECASE)
_WINDOWS = {"gzip": (47,), "x-gzip": (47,), "deflate": (47, -15)}
"""The headers zlib expects: its own or that of gzip; some servers send none."""

_SCANNED_BYTES = 1_000_000
_Found = RawDocument | DocumentError


def read_warc(file: InputFile, max_bytes: int) -> Iterator[_Found]:
    """Yield a document or an error for each response an archive holds, in its order.

    The record's own id is the document's, so that two captures of one address are two documents.
    A page is one that came with status 200 and is HTML; other responses are errors, records of
    other types (requests, metadata, revisits) are passed over.

    Raises:
        UnreadableDocumentError: the file cannot be opened.
    """
    seen = Digests()
    try:
        with file.path.open("rb") as stream:
            start: int | None = 0
            while start is not None:
                start = yield from _records_from(file, stream, start, max_bytes, seen)
    except OSError as error:
        detail = f"cannot be read: {error.strerror or error}"
        raise UnreadableDocumentError(file.name, detail) from error


def _records_from(
    file: InputFile, stream: BinaryIO, start: int, max_bytes: int, seen: Digests
) -> Generator[_Found, None, int | None]:
    """Yield what the records from byte `start` hold; return where to go on after a broken one."""
    last = start
    try:
        for record in _iterated(stream, start, WarcRecordType.response):
            last = record.stream_pos
            found = _page_or_error(file, record, max_bytes, seen)
            yield found
            if isinstance(found, _BrokenRecordError):
                return _next_start(stream, last + 1)
    except OSError as error:
        place, onward = _broken_place(stream, last)
        yield _BrokenRecordError(f"{file.name}#{place}", f"byte {place}: {error}")
        return onward
    return None


class _BrokenRecordError(UnreadableDocumentError):
    """A record after which its archive has to be searched for the next."""

    code = "broken-record"


def _iterated(stream: BinaryIO, start: int, types: WarcRecordType) -> ArchiveIterator:
    stream.seek(start)
    return ArchiveIterator(stream, record_types=types, parse_http=False)


def _broken_place(stream: BinaryIO, start: int) -> tuple[int, int | None]:
    """Return where the first record from `start` on begins that cannot be read, and where to go on.

    Both are one place if a record can be read there, and what cannot lies before it.
    """
    last = None
    with suppress(OSError):
        for record in _iterated(stream, start, WarcRecordType.any_type):
            last = record.stream_pos
    place = start if last is None else _next_start(stream, last + 1)
    if place is None:
        return start, None
    if last is not None and _begins_record(stream, place):
        return place, place
    return place, _next_start(stream, place + 1)


def _begins_record(stream: BinaryIO, place: int) -> bool:
    with suppress(OSError):
        return next(iter(_iterated(stream, place, WarcRecordType.any_type)), None) is not None
    return False


def _next_start(stream: BinaryIO, start: int) -> int | None:
    """Return where the next record may begin; `None` if none does."""
    stream.seek(0)
    magic = _STARTS.get(stream.read(2), _STARTS[WARC_MAGIC[:2]])
    stream.seek(start)
    tail = b""
    while data := stream.read(_SCANNED_BYTES):
        window = tail + data
        found = window.find(magic)
        if found >= 0:
            return stream.tell() - len(window) + found
        tail = window[1 - len(magic) :]
    return None


def _page_or_error(file: InputFile, record: WarcRecord, max_bytes: int, seen: Digests) -> _Found:
    """Return the page of a response, or why there is none; where it lies begins the detail."""
    name = (record.record_id or "").strip("<> ")
    url = _address(record)
    page = b""
    try:
        page = _page(record, name, max_bytes)
        digest = sha256(page)
        name = name or record_name(file, digest.hexdigest())
        if not seen.add(digest.digest()):
            raise _repeated(name)
        return RawDocument(
            file.source,
            name,
            f"{file.uri}#{record.stream_pos}",
            HTML,
            decoded(page, name, markup=True, charset=record.http_charset),
            digest.hexdigest(),
            {"url": url} if url else {},
            retrieved_at=record.record_date,
        )
    except DocumentError as error:
        error.document = name or f"{file.name}#{record.stream_pos}"
        error.detail = f"byte {record.stream_pos}, {url or 'no address'}: {error.detail}"
        error.excerpt = excerpt(page)
        error.raw_sha256 = sha256(page).hexdigest() if page else None
        return error


def _address(record: WarcRecord) -> str | None:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ").replace(" ", "%20")
    return url if url.startswith(("http://", "https://")) else None


def _page(record: WarcRecord, name: str, max_bytes: int) -> bytes:
    """Return a page's bytes, transfer and content encoding undone.

    Raises:
        UnreadableDocumentError: the record is broken, cut off or larger than `max_bytes`.
        UnsupportedFormatError: it is no page.
        InvalidRecordError: it came with another status than 200.
        EmptyArticleError: it is empty.
    """
    if record.content_length > max_bytes:
        raise too_large(name, max_bytes)
    block_bytes = record.content_length
    with suppress(OSError):  # of headers too long to be some; then there are none
        record.parse_http(quirks_mode=True)
    if block_bytes == 0 or record.http_headers is None:
        raise _BrokenRecordError(name, "it has no HTTP header")
    if record.http_headers.status_code != 200:
        status = record.http_headers.status_code or "none"
        raise InvalidRecordError(name, f"HTTP status {status}, expected 200", code="http-status")
    payload = _whole_payload(record, name)
    page = _unpacked(payload, record, max_bytes)
    if len(page) > max_bytes:
        raise too_large(name, max_bytes)
    kind = (record.http_content_type or "").lower()
    if kind not in _PAGE_TYPES and not (kind == "" and _PAGE.match(page)):
        raise UnsupportedFormatError(name, f"expected HTML, got {kind or 'no content type'}")
    if not page.strip():
        raise EmptyArticleError(name, "the page is empty")
    return page


def _whole_payload(record: WarcRecord, name: str) -> bytes:
    expected = record.content_length
    try:
        payload = record.reader.read()
    except OSError as error:
        raise _BrokenRecordError(name, str(error)) from error
    if len(payload) < expected or _SWALLOWED in payload:
        detail = f"its length does not fit: {expected} bytes announced, {len(payload)} found"
        raise _BrokenRecordError(name, detail)
    cut = record.headers.get("WARC-Truncated")
    if cut:
        raise _cut_off(f"the crawler cut it off ({cut})")
    return payload


def _unpacked(payload: bytes, record: WarcRecord, max_bytes: int) -> bytes:
    """Return a payload without its transfer and content encoding, one byte too many at most.

    What is not packed as its header says is left as it is: many crawlers unpack a page and
    leave the header.
    """
    headers = record.http_headers
    names = f"{headers.get('Content-Encoding') or ''},{headers.get('Transfer-Encoding') or ''}"
    for name in (each.strip().lower() for each in reversed(names.split(","))):
        if name in _WINDOWS:
            payload = _inflated(payload, _WINDOWS[name], max_bytes + 1) or payload
        elif name in _READERS:
            payload = _read(_READERS[name], payload, max_bytes + 1) or payload
    return payload


def _inflated(payload: bytes, windows: tuple[int, ...], most: int) -> bytes:
    """Return what zlib makes of `payload`, `most` bytes at most; none if it is packed otherwise."""
    for window in windows:
        unpacker = zlib.decompressobj(window)
        with suppress(zlib.error):
            data = unpacker.decompress(payload, most)
            if not unpacker.eof and len(data) < most:
                raise _cut_off("its content ends too early")
            return data
    return b""


def _read(reader: Callable[[BytesIO], WarcReader], payload: bytes, most: int) -> bytes:
    """Return what a reader makes of `payload`, as `_inflated` does."""
    parts: list[bytes] = []
    size = 0
    try:
        stream = reader(BytesIO(payload))
        while size < most and (part := stream.read(most - size)):
            parts.append(part)
            size += len(part)
    except OSError as error:
        if reader is ChunkedReader and _CHUNK.match(payload):
            raise _cut_off(f"its chunks are broken: {error}") from error
        return b""
    return b"".join(parts)


def _cut_off(detail: str) -> UnreadableDocumentError:
    return UnreadableDocumentError("", detail, code="truncated-record")


def _repeated(name: str) -> InvalidRecordError:
    detail = "an earlier record of this archive holds the same page"
    return InvalidRecordError(name, detail, code="repeated-page")
