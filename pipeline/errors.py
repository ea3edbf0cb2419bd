"""Every error On Record raises on purpose.

    OnRecordError
    ├ DocumentError               quarantine this document, go on (code, document, detail)
    │ ├ UnsupportedFormatError      no reader for these bytes
    │ ├ UnreadableDocumentError     the bytes are not what their name says
    │ ├ FetchError                  an address gives no document
    │ ├ EmptyArticleError           nothing is left to read
    │ └ InvalidRecordError          breaks its schema, or a span misses its text
    ├ TableError                  a table misses its expectations: publish nothing
    ├ SourceError                 a source that does not exist or holds nothing: do not start
    ├ ReleaseError                a release cannot be read, written or replaced
    ├ SchemaError                 schemas and code disagree: do not start
    └ ConfigError                 settings that make no sense: do not start

`build.py` alone catches `DocumentError`. Any other exception is a bug: nothing is released.
"""


class OnRecordError(Exception):
    """Base of every error raised on purpose; its text is fit for a user."""


class DocumentError(OnRecordError):
    """One document cannot go on; it becomes a row of the quarantine table.

    Attributes:
        code: the rule it broke, a value users can count.
        document: the record's id: its own, or its path below the source.
        detail: what was seen and what was expected.
        excerpt: the first characters of what was refused, for a reader's eye.
        raw_sha256: SHA-256 of the bytes refused, hexadecimal; `None` where they are not known here.
    """

    code = "document"

    def __init__(
        self,
        document: str,
        detail: str,
        *,
        code: str | None = None,
        excerpt: str | None = None,
        raw_sha256: str | None = None,
    ) -> None:
        """Take what the quarantine row will say."""
        super().__init__(f"{document}: {detail}")
        self.code = code or type(self).code
        self.document = document
        self.detail = detail
        self.excerpt = excerpt
        self.raw_sha256 = raw_sha256


class UnsupportedFormatError(DocumentError):
    """No reader knows this kind of file."""

    code = "unsupported-format"


class UnreadableDocumentError(DocumentError):
    """The bytes are not what the file's name or type says."""

    code = "unreadable"


class FetchError(DocumentError):
    """An address gives no document: its server says so, or nothing, or it must not be asked."""

    code = "not-fetched"


class EmptyArticleError(DocumentError):
    """No article text is left."""

    code = "empty-article"


class InvalidRecordError(DocumentError):
    """A record breaks its schema, or a span does not match its text."""

    code = "invalid-record"


class TableError(OnRecordError):
    """A table misses its expectations, so nothing is published."""


class SourceError(OnRecordError):
    """A source does not exist or holds nothing that could be an article."""


class ReleaseError(OnRecordError):
    """A release cannot be read, written or put in the place of the one before."""


class SchemaError(OnRecordError):
    """Schemas and code disagree."""


class ConfigError(OnRecordError):
    """A setting or a configuration file makes no sense."""
