"""One row of JSON Lines, CSV or Parquet: a mapping of column to value, made a document."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256

from pipeline.errors import (
    DocumentError,
    EmptyArticleError,
    InvalidRecordError,
)
from pipeline.ingest.files import InputFile, too_large
from pipeline.records import RawDocument

CLEAN = "text/x-clean"
HTML = "text/html"

_STRINGS = (
    "title",
    "subtitle",
    "published_at",
    "modified_at",
    "publisher",
    "url",
    "language",
    "licence",
    "agency",
    "section",
    "dateline",
)
COLUMNS = frozenset({"id", "text", "html", "authors", *_STRINGS})
"""What a record may say; other columns are passed over."""

_ID_DIGITS = 12
EXCERPT_CHARS = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def raw_document(file: InputFile, fields: Mapping[str, object], raw: bytes) -> RawDocument:
    """Return the document one record holds; `raw` are the bytes it was read from.

    Raises:
        InvalidRecordError: a value has the wrong type, or there is neither text nor html.
        EmptyArticleError: text and html are blank.
    """
    digest = sha256(raw).hexdigest()
    name = record_name(file, digest)
    name = _own_id(fields.get("id"), name) or name
    media_type, content = _content(fields, name)
    given = _given(fields, name)
    return RawDocument(file.source, name, file.uri, media_type, content, digest, given)


def keyed_document(
    file: InputFile, fields: Mapping[str, object], place: str, max_bytes: int
) -> RawDocument | DocumentError:
    """Return the document of a row that has no bytes of its own, or why there is none.

    The row is hashed as canonical JSON of its columns, so that the same record has the same
    hash in CSV and in Parquet. `place` ("row 7") begins the detail of an error.
    """
    raw = _canonical(fields)
    try:
        if len(raw) > max_bytes:
            raise too_large(record_name(file, sha256(raw).hexdigest()), max_bytes)
        return raw_document(file, fields, raw)
    except DocumentError as error:
        error.detail = f"{place}: {error.detail}"
        error.excerpt, error.raw_sha256 = excerpt(raw), sha256(raw).hexdigest()
        return error


def record_name(file: InputFile, digest: str) -> str:
    """Return the id of a record that has none: its own bytes', so that neighbours keep theirs."""
    return f"{file.name}#{digest[:_ID_DIGITS]}"


def excerpt(raw: bytes) -> str:
    """Return the first characters of `raw`, for a reader's eye."""
    return _CONTROL.sub("\ufffd", raw[: 4 * EXCERPT_CHARS].decode("utf-8", "replace"))[
        :EXCERPT_CHARS
    ]


def _canonical(fields: Mapping[str, object]) -> bytes:
    said = {key: fields[key] for key in sorted(COLUMNS & fields.keys())}
    said = {key: value for key, value in said.items() if value not in (None, "")}
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=str)
    return line.encode("utf-8", "replace")


def _own_id(value: object, name: str) -> str | None:
    """Return the record's own id; numbers are what many databases export."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (_string("id", value, name) or "").strip() or None


def _content(fields: Mapping[str, object], name: str) -> tuple[str, str]:
    text, html = (
        _string("text", fields.get("text"), name),
        _string("html", fields.get("html"), name),
    )
    if text and text.strip():
        return CLEAN, text
    if html and html.strip():
        return HTML, html
    if text is None and html is None:
        raise InvalidRecordError(name, "has neither text nor html")
    raise EmptyArticleError(name, "text and html are blank")


def _given(fields: Mapping[str, object], name: str) -> dict[str, object]:
    strings = {column: _string(column, fields.get(column), name) for column in _STRINGS}
    given: dict[str, object] = {key: value for key, value in strings.items() if value}
    people = _authors(fields.get("authors"), name)
    return {**given, "authors": people} if people else given


def _authors(value: object, name: str) -> list[str]:
    """Return authors as written; one string may name several, which is for normalise to say."""
    if value is None or isinstance(value, str):
        return [value] if value else []
    if not isinstance(value, list) or not all(isinstance(person, str) for person in value):
        raise InvalidRecordError(name, "authors: expected a list of strings or one string")
    return [_storable(person) for person in value]


def _string(column: str, value: object, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidRecordError(name, f"{column}: expected a string, got {_kind(value)}")
    return _storable(value)


def _storable(value: str) -> str:
    """Return `value` without halves of surrogate pairs: JSON can spell them, UTF-8 cannot."""
    return value if value.isascii() else value.encode("utf-8", "ignore").decode("utf-8")


def _kind(value: object) -> str:
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), type(value).__name__)
