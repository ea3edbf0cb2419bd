"""JSON Lines: one record a line, read line by line however long the file is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from pipeline.errors import DocumentError, InvalidRecordError, UnreadableDocumentError
from pipeline.ingest.encoding import as_utf_8, decoded
from pipeline.ingest.files import InputFile, head, opened, too_large
from pipeline.ingest.record import excerpt, raw_document, record_name
from pipeline.records import RawDocument

_READ_BYTES = 65_536
_UTF_8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, without its end.

    Attributes:
        number: counted from 1.
        data: the bytes, or only the first of them if `too_long`.
        digest: SHA-256 of all bytes of the line, hexadecimal.
        too_long: is the line longer than was allowed?
    """

    number: int
    data: bytes
    digest: str
    too_long: bool


def read_jsonl(file: InputFile, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """Yield a document or an error for each line that is not blank.

    Raises:
        UnreadableDocumentError: the file itself cannot be read or unpacked to its end.
    """
    decoded(head(file), file.name)  # a binary file is refused once, not line by line
    with opened(file) as stream:
        for line in lines(as_utf_8(stream), max_bytes):
            if line.data.strip():
                yield _document_or_error(file, line, max_bytes)


def lines(stream: BinaryIO, max_bytes: int) -> Iterator[Line]:
    """Yield the lines of a stream; of one that is too long no more is kept than its beginning."""
    number = 0
    while data := stream.readline(max_bytes + 1):
        number += 1
        kept = data.rstrip(b"\r\n").removeprefix(_UTF_8_MARK if number == 1 else b"")
        too_long = len(kept) > max_bytes
        digest = sha256(kept)
        if too_long and not data.endswith(b"\n"):
            for rest in _rest_of_line(stream):
                digest.update(rest)
        yield Line(number, kept[:_READ_BYTES] if too_long else kept, digest.hexdigest(), too_long)


def _rest_of_line(stream: BinaryIO) -> Iterator[bytes]:
    while rest := stream.readline(_READ_BYTES):
        if rest.endswith(b"\n"):
            yield rest.rstrip(b"\r\n")
            return
        yield rest


def _document_or_error(file: InputFile, line: Line, max_bytes: int) -> RawDocument | DocumentError:
    try:
        return raw_document(file, _parsed(file, line, max_bytes), line.data)
    except DocumentError as error:
        error.detail = f"line {line.number}: {error.detail}"
        error.excerpt, error.raw_sha256 = excerpt(line.data), line.digest
        return error


def _parsed(file: InputFile, line: Line, max_bytes: int) -> dict[str, object]:
    name = record_name(file, line.digest)
    if line.too_long:
        raise too_large(name, max_bytes)
    try:
        value = json.loads(decoded(line.data, name))
    except (ValueError, RecursionError) as error:
        raise UnreadableDocumentError(name, f"no JSON: {error}", code="invalid-json") from error
    if not isinstance(value, dict):
        raise InvalidRecordError(name, f"expected a JSON object, got {type(value).__name__}")
    return value
