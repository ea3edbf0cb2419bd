"""HTML pages kept as files: one article each."""

from collections.abc import Iterator

from pipeline.errors import DocumentError
from pipeline.ingest.encoding import decoded
from pipeline.ingest.files import InputFile, whole
from pipeline.ingest.record import HTML
from pipeline.ingest.text import document
from pipeline.records import RawDocument


def read_html(file: InputFile, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """Yield the one page a file holds, its markup untouched.

    Raises:
        UnreadableDocumentError: the file is no text, or larger than `max_bytes`.
        EmptyArticleError: the file is empty or blank.
    """
    yield document(file, HTML, decoded(whole(file, max_bytes), file.name, markup=True))
