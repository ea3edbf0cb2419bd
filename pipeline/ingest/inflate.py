"""A body as it comes over the line to its bytes: compression undone, never more than allowed."""

import zlib
from collections.abc import Iterable

from pipeline.errors import UnreadableDocumentError

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_OR_ZLIB = 47
_BARE = -15
"""Window sizes of zlib: for either of its wrappings, and for data without one."""


class Inflated:
    """One body, made whole from what comes of it.

    Attributes:
        is_cut: were there more bytes than allowed, so that the rest was left?
    """

    def __init__(self, document: str, encoding: str, max_bytes: int) -> None:
        """Take what the server calls the compression ("gzip", "deflate", "" for none).

        Raises:
            UnreadableDocumentError: any other.
        """
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise UnreadableDocumentError(document, f"compressed in a way not asked for: {name}")
        self._document = document
        self._is_packed = name not in ("", "identity")
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._started = False
        self._max_bytes = max_bytes
        self._body = bytearray()
        self.is_cut = False

    def whole(self, chunks: Iterable[bytes]) -> bytes:
        """Return the body, or its first `max_bytes` bytes; no more is read than that takes.

        Raises:
            UnreadableDocumentError: the compressed data is broken or ends too early.
        """
        received = 0
        for chunk in chunks:
            received += len(chunk)
            self._take(chunk)
            if len(self._body) > self._max_bytes or received > self._max_bytes:
                self.is_cut = True
                return bytes(self._body[: self._max_bytes])
        if self._is_packed and self._started and not self._inflater.eof:
            raise UnreadableDocumentError(self._document, "compressed data ends too early")
        return bytes(self._body)

    def _take(self, chunk: bytes) -> None:
        if not self._is_packed:
            self._body += chunk
            return
        while chunk and len(self._body) <= self._max_bytes:
            if self._inflater.eof:  # one member after another is one body (RFC 1952, 2.2)
                if not chunk.startswith(_GZIP_MAGIC):
                    return  # padding
                self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            self._body += self._inflate(chunk)
            self._started = True
            chunk = self._inflater.unused_data or self._inflater.unconsumed_tail

    def _inflate(self, chunk: bytes) -> bytes:
        most = self._max_bytes + 1 - len(self._body)
        try:
            return self._inflater.decompress(chunk, most)
        except zlib.error as error:
            if self._started:
                detail = f"broken compressed data: {error}"
                raise UnreadableDocumentError(self._document, detail) from error
        # Some servers mean data without a wrapping by "deflate".
        self._inflater = zlib.decompressobj(_BARE)
        self._started = True
        return self._inflate(chunk)
