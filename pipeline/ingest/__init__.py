"""Ingest: files, as they lie there, and the network, to documents; and why others are none.

A file or page that cannot be read, or one record of it, becomes a `Refusal`, and the rest goes on.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings, Source
from pipeline.errors import (
    DocumentError,
    EmptyArticleError,
    InvalidRecordError,
    SourceError,
    UnsupportedFormatError,
)
from pipeline.ingest.encoding import signature
from pipeline.ingest.files import InputFile, file_sha256, head, input_files, single_file
from pipeline.ingest.html import read_html
from pipeline.ingest.jsonl import read_jsonl
from pipeline.ingest.kinds import is_remote
from pipeline.ingest.parquet import read_parquet
from pipeline.ingest.record import EXCERPT_CHARS, excerpt
from pipeline.ingest.table import read_csv
from pipeline.ingest.text import read_text
from pipeline.ingest.warc import WARC_MAGIC, read_warc
from pipeline.records import RawDocument, Refusal

if TYPE_CHECKING:
    from pipeline.ingest.archive import Archive

__all__ = ["READERS", "documents", "fetched", "is_remote"]

Reader = Callable[[InputFile, int], Iterator[RawDocument | DocumentError]]

READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".htm": read_html,
    ".html": read_html,
    ".jsonl": read_jsonl,
    ".markdown": read_text,
    ".md": read_text,
    ".ndjson": read_jsonl,
    ".parquet": read_parquet,
    ".tsv": read_csv,
    ".txt": read_text,
    ".warc": read_warc,
    ".xhtml": read_html,
}
"""Who reads a file, by the ending of its name (compression left out)."""

_CONTAINERS = (read_csv, read_jsonl, read_parquet, read_warc)
"""Readers of files that hold many records."""

_PARQUET_MAGIC = b"PAR1"
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.{0,999}?-->\s*)*<(?:!doctype\s+html|html|head)\b",
    re.IGNORECASE | re.DOTALL,
)


def documents(
    source: Source,
    *,
    max_bytes: int,
    archive: "Archive | None" = None,
    before: Sequence[Source] = (),
) -> Iterator[RawDocument | Refusal]:
    """Return the documents of a source, and a refusal for what is none.

    Files come in the order of their names, records in the order of their file; one record is
    held at a time. A file or record of more than `max_bytes` bytes, unpacked, is refused. The
    first record with an id keeps it; later ones with the same id are refused. Of a source on the
    network come the documents that `archive` holds, but not those of the sources `before` it.

    Raises:
        SourceError: the source does not exist, holds no file anyone reads, or is on the network
            while there is no archive.
    """
    if archive is not None and is_remote(source):
        from pipeline.ingest.remote import remote_documents

        found = remote_documents(source, archive, max_bytes=max_bytes, before=before)
    else:
        found = _unrepeated(_files(source), max_bytes)
    return (
        replace(item, defaults=source.defaults) if isinstance(item, RawDocument) else item
        for item in found
    )


@contextmanager
def fetched(
    sources: Sequence[Source],
    folder: Path,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    advance: Callable[[], None],
) -> Iterator["Archive | None"]:
    """Ask the network for what is new in `sources`; yield all that was ever fetched for them.

    It is kept in `folder`. `None` where no source is on the network. `advance` is called for each
    document asked for.

    Raises:
        SourceError: all sources are on the network, and nothing was ever got from any.
    """
    remote = [source for source in sources if is_remote(source)]
    if not remote:
        yield None
        return
    # The network's libraries take a while to import: who reads files does without.
    from pipeline.ingest.archive import Archive
    from pipeline.ingest.fetch import Fetcher
    from pipeline.ingest.listings import Limits
    from pipeline.ingest.remote import refresh

    limits = Limits(settings.max_document_bytes, settings.fetch.max_documents)
    with (
        closing(Archive(folder)) as archive,
        closing(
            Fetcher(settings.fetch, max_bytes=limits.max_bytes, robots=archive.robots, now=now)
        ) as fetcher,
    ):
        refresh(remote, archive, fetcher, limits, now=now, fetched=advance)
        faults = [fault for source in remote for fault in archive.faults(source.location)]
        if len(remote) == len(sources) and not any(archive.kind(each.location) for each in remote):
            raise SourceError("; ".join(f"{url}: {detail}" for url, _, detail in faults))
        yield archive


def _files(source: Source) -> list[InputFile]:
    if is_remote(source):
        raise SourceError(f"{source.location}: on the network, and nothing was fetched")
    files, alone = input_files(source.location)
    if not alone and not any(_reader(file) for file in files):
        unread = f"none of its {len(files)} files is of a kind that is read"
        raise SourceError(f"{source.location}: {unread}")
    if alone and _reader(files[0]) in _CONTAINERS:
        files = [single_file(files[0])]
    return [replace(file, source=source.name) for file in files] if source.name else files


def _unrepeated(files: list[InputFile], max_bytes: int) -> Iterator[RawDocument | Refusal]:
    seen: set[str] = set()
    for file in files:
        for found in _read(file, max_bytes):
            if isinstance(found, DocumentError):
                yield _refusal(file, found)
            elif found.record_id in seen:
                yield _refusal(file, _repeated(found))
            else:
                seen.add(found.record_id)
                yield found


def _read(file: InputFile, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """Yield what a file holds; an error of the file as a whole comes last, and is yielded too."""
    reader, empty = _reader(file), True
    try:
        if reader is None:
            detail = f"no reader for {file.suffix or 'a file without ending'}"
            raise UnsupportedFormatError(file.name, detail)
        for found in reader(file, max_bytes):
            yield found
            empty = False
        if empty:
            raise EmptyArticleError(file.name, "the file is empty")
    except DocumentError as error:
        error.raw_sha256 = error.raw_sha256 or file_sha256(file)
        error.excerpt = excerpt(head(file)) if error.excerpt is None else error.excerpt
        yield error


def _reader(file: InputFile) -> Reader | None:
    """Return who reads a file: its content says, where that is clear, else its name."""
    named = READERS.get(file.suffix)
    if named not in (None, read_text):
        return named
    data = head(file)
    if data.startswith(_PARQUET_MAGIC):
        return read_parquet
    if data.startswith(WARC_MAGIC):
        return read_warc
    if _PAGE.match(data):
        return read_html
    if named is None and _is_json_object(data.partition(b"\n")[0]):
        return read_jsonl
    return named if file.suffix or signature(data) else read_text


def _is_json_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _repeated(document: RawDocument) -> InvalidRecordError:
    return InvalidRecordError(
        document.record_id,
        f"an earlier record of {document.source} has the id {document.record_id}",
        code="repeated-record",
        excerpt=document.content[:EXCERPT_CHARS],
        raw_sha256=document.raw_sha256,
    )


def _refusal(file: InputFile, error: DocumentError) -> Refusal:
    """Return the quarantine row of an error: the one place where one becomes the other."""
    return Refusal(
        source=file.source,
        record_id=error.document,
        uri=file.uri,
        stage="ingest",
        rule=error.code,
        detail=error.detail,
        raw_sha256=error.raw_sha256,
        excerpt=error.excerpt,
    )
