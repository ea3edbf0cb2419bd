"""CSV and TSV: one record a row, read row by row; the first row names the columns."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import TextIO

from pipeline.errors import DocumentError, InvalidRecordError, UnreadableDocumentError
from pipeline.ingest.encoding import as_utf_8, decoded, encoding_of
from pipeline.ingest.files import InputFile, head, opened
from pipeline.ingest.record import excerpt, keyed_document
from pipeline.records import RawDocument

_DELIMITERS = (",", ";", "\t", "|")
_CHUNK_BYTES = 1_000_000


def read_csv(file: InputFile, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """Yield a document or an error for each row.

    Raises:
        UnreadableDocumentError: the file cannot be read to its end.
        InvalidRecordError: its first row names neither a column `text` nor `html`.
    """
    decoded(head(file), file.name)  # a binary file is refused once, not line by line
    encoding = _encoding(file)
    csv.field_size_limit(max_bytes)
    with opened(file) as stream:
        text = io.TextIOWrapper(as_utf_8(stream), encoding, "replace", newline="")
        yield from _rows(file, text, max_bytes)


def _rows(file: InputFile, text: TextIO, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    first = text.readline()
    header = _header(file, first)
    rows = csv.reader(text, delimiter=_delimiter(first))
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            detail = f"line {rows.line_num + 1}: {error}"
            yield UnreadableDocumentError(file.name, detail, code="invalid-csv")
            continue
        if row:
            yield _document_or_error(file, header, row, rows.line_num + 1, max_bytes)


def _header(file: InputFile, first: str) -> list[str]:
    names = next(csv.reader([first], delimiter=_delimiter(first)), [])
    header = [name.strip().lower().removeprefix("\ufeff") for name in names]
    if not {"text", "html"} & set(header):
        raise InvalidRecordError(file.name, "its first row names neither a column text nor html")
    return header


def _delimiter(first: str) -> str:
    """Return what parts the column names; they hold none of these themselves."""
    return max(_DELIMITERS, key=first.count)


def _document_or_error(
    file: InputFile, header: list[str], row: list[str], line: int, max_bytes: int
) -> RawDocument | DocumentError:
    if len(row) != len(header):
        detail = f"line {line}: {len(row)} fields where the first row has {len(header)}"
        return InvalidRecordError(file.name, detail, excerpt=excerpt(",".join(row).encode()))
    # A blank cell is an absent value, but a blank text is a text that is empty.
    blank = {"text" if "text" in header else "html": ""}
    fields = {name: value for name, value in zip(header, row, strict=True) if value.strip()}
    return keyed_document(file, {**blank, **fields}, f"line {line}", max_bytes)


def _encoding(file: InputFile) -> str:
    """Return the encoding of the whole file without holding it: UTF-8 if all of it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened(file) as stream:
        utf_8 = as_utf_8(stream)
        try:
            while chunk := utf_8.read(_CHUNK_BYTES):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return encoding_of(chunk)
    return "utf-8"
