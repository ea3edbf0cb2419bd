"""Parquet: one record a row, read a few rows at a time."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.errors import DocumentError, InvalidRecordError, UnreadableDocumentError
from pipeline.ingest.files import InputFile
from pipeline.ingest.record import COLUMNS, keyed_document
from pipeline.records import RawDocument

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetFile

_BATCH_ROWS = 64


def read_parquet(file: InputFile, max_bytes: int) -> Iterator[RawDocument | DocumentError]:
    """Yield a document or an error for each row.

    Raises:
        UnreadableDocumentError: the file is no Parquet, or broken.
        InvalidRecordError: it has neither a column `text` nor `html`.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with file.path.open("rb") as data, ParquetFile(data, pre_buffer=False) as table:
            for number, fields in enumerate(_records(file, table), start=1):
                yield keyed_document(file, fields, f"row {number}", max_bytes)
    except (ArrowException, OSError) as error:
        raise UnreadableDocumentError(file.name, f"broken Parquet: {error}") from error


def _records(file: InputFile, table: "ParquetFile") -> Iterator[dict[str, object]]:
    columns = [name for name in table.schema_arrow.names if name in COLUMNS]
    if not {"text", "html"} & set(columns):
        raise InvalidRecordError(file.name, "has neither a column text nor html")
    for batch in table.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
        for row in _in_microseconds(batch).to_pylist():
            yield {name: _plain(value) for name, value in row.items()}


def _in_microseconds(batch: "RecordBatch") -> "RecordBatch":
    """Return the rows without nanoseconds, which pyarrow would import pandas for."""
    import pyarrow as pa

    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type)
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields), safe=False)


def _plain(value: object) -> object:
    """Return dates as ISO 8601, which is what the other formats have."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value
