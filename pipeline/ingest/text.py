"""Text and Markdown files: one article each."""

from collections.abc import Iterator

from pipeline.errors import DocumentError, EmptyArticleError
from pipeline.ingest.encoding import decoded
from pipeline.ingest.files import InputFile, file_sha256, whole
from pipeline.records import RawDocument

PLAIN = "text/plain"


def read_text(file: InputFile, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """Yield the one document a text file holds.

    Raises:
        UnreadableDocumentError: the file is no text, or larger than `max_bytes`.
        EmptyArticleError: the file is empty or blank.
    """
    content = decoded(whole(file, max_bytes), file.name)
    yield document(file, PLAIN, content)


def document(file: InputFile, media_type: str, content: str) -> RawDocument:
    """Return a whole file as one document; EmptyArticleError if it is blank."""
    if not content.strip():
        raise EmptyArticleError(file.name, "the file is empty")
    digest = file_sha256(file) or ""
    return RawDocument(file.source, file.name, file.uri, media_type, content, digest)
