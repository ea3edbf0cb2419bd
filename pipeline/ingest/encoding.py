"""Bytes to characters: valid UTF-8 first, then the byte order mark, then what looks likely."""

import codecs
import io
import re
from typing import BinaryIO, cast

from pipeline.errors import UnreadableDocumentError

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = {
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF89a": "a GIF image",
    b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"SQLite format 3": "a database",
    b"{\\rtf": "an RTF document",
    b"\xfd7zXZ": "xz data",
}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)")
_META_BYTES = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_MAX_CONTROL_SHARE = 0.01
"""Control characters of a text file, share of all; a page of stray ones is still text."""
_DETECTED_BYTES = 200_000
_CHUNK_BYTES = 65_536
_TAG = re.compile(rb"<[^<>]*>")
_DENSE_SHARE = 0.025
"""Share of bytes of a text, markup left out, that are no ASCII."""


def decoded(data: bytes, document: str, *, markup: bool = False, charset: str | None = None) -> str:
    """Return the characters of `data`; with `markup`, a page's own charset is believed too.

    `charset` is what came with the data (an HTTP header), and goes before what stands in it.

    Raises:
        UnreadableDocumentError: the bytes are not text.
    """
    kind = signature(data)
    if kind is not None:
        raise UnreadableDocumentError(document, f"binary data: {kind}")
    name = encoding_of(data, markup=markup, charset=charset)
    text = data.decode(name, "replace").removeprefix("\ufeff")
    if len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise UnreadableDocumentError(document, "binary data: no encoding makes it text")
    return text


def encoding_of(data: bytes, *, markup: bool = False, charset: str | None = None) -> str:
    """Return the name of the codec `data` is most likely written in."""
    wide = _marked(data) or _utf_16_without_mark(data)
    if wide:
        return wide
    if is_utf_8(data):
        return "utf-8"
    names = [_mapped(charset) if charset else None, _declared(data) if markup else None]
    # UTF-8 that is not valid is a false label, or a page cut mid-letter, which detection tells.
    return next((name for name in names if name not in (None, "utf-8")), None) or _detected(data)


def as_utf_8(stream: BinaryIO) -> BinaryIO:
    """Return the stream itself, or one that turns UTF-16 and UTF-32 with a mark into UTF-8."""
    name = _marked(cast("io.BufferedReader", stream).peek(4)[:4])
    if name is None:
        return stream
    return io.BufferedReader(_Recoded(stream, name))


class _Recoded(io.RawIOBase):
    """A stream of UTF-8 made from one in another encoding, a chunk at a time."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(name)("replace").decode
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._stream.read(_CHUNK_BYTES)
            self._ready = self._decode(data, final=not data).encode("utf-8", "ignore")
            if not data:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def is_utf_8(data: bytes) -> bool:
    """Return whether `data` is valid UTF-8 from the first to the last byte."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def signature(data: bytes) -> str | None:
    """Return what kind of binary file begins like `data`, or `None`."""
    return next((kind for magic, kind in _SIGNATURES.items() if data.startswith(magic)), None)


def _marked(data: bytes) -> str | None:
    """Return the codec a byte order mark of UTF-16 or UTF-32 stands for."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _utf_16_without_mark(data: bytes) -> str | None:
    """Return the codec if every second byte is mostly NUL, as in Western text in UTF-16."""
    sample = data[:1000]
    if b"\x00" not in sample:
        return None
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    half = len(sample) // 2
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.05 * half else None


def _declared(data: bytes) -> str | None:
    match = _XML_ENCODING.match(data) or _META_CHARSET.search(data[:_META_BYTES])
    return _mapped(match[1].decode("ascii", "replace")) if match else None


def _mapped(label: str) -> str | None:
    """Return the codec a browser takes for `label`: windows-1252 for latin1, and so on."""
    from resiliparse.parse.encoding import map_encoding_to_html5

    return _known(map_encoding_to_html5(label, fallback_utf8=False))


def _detected(data: bytes) -> str:
    """Return the likeliest codec of bytes that are not valid UTF-8 and say nothing themselves.

    A few accents tell the detector nothing. Where there are no more, they are those of a name
    in Western text: other alphabets, and Polish or Czech, have many.
    """
    from resiliparse.parse.encoding import detect_encoding

    sample = data[:_DETECTED_BYTES]
    if _mostly_utf_8(sample):
        return "utf-8"
    words = _TAG.sub(b"", sample)
    if sum(byte > 0x7F for byte in words) < _DENSE_SHARE * len(words):
        return "windows-1252"
    name = _known(detect_encoding(sample))
    return "windows-1252" if name in (None, "utf-8") else name


def _mostly_utf_8(data: bytes) -> bool:
    """Return whether this is UTF-8 with a few broken bytes, such as a page cut mid-letter."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 4 < sum(char > "\x7f" for char in text) - broken


def _known(name: str | None) -> str | None:
    """Return a codec's name as Python spells it, `None` if Python has no such codec."""
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        return None
