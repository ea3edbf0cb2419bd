"""Tables in DuckDB -> Parquet files, the same bytes whenever the rows are the same."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.schema import Table, arrow_schema

ROW_GROUP, TEXT_ROW_GROUP = 32_768, 4096
"""Rows a row group: what a reader that knows no page index fetches at least of a column, and what
is held in memory until it is written; of long texts few make much."""

_PIECE = 1024
"""Rows taken from DuckDB at once, and held as one piece: of articles, a few megabytes."""

_PARTS, _SAMPLE = 4, 1000
"""Parts in which a table is sorted at most, as each is a pass over the whole table, and the rows
that show where to cut."""

_ZSTD_LEVEL = 3

_PAGE = 32 << 10
"""Bytes a page before compression: what a reader over HTTP fetches at least for one row."""

_BATCH = 256
"""Rows after which the size of a page is looked at: pages of long texts are of so many."""

_DICTIONARY = 32 << 10
"""Bytes a column's dictionary may have. A page is read with its dictionary, and that of ids,
which are all different, would be as long as the column."""


def write_table(
    database: duckdb.DuckDBPyConnection,
    relation: str,
    table: Table,
    folder: Path,
    *,
    stem: str,
    max_bytes: int,
) -> list[Path]:
    """Write the rows of `relation` in the shape and order of `table`; return the files.

    One file STEM.parquet, or STEM-00000-of-000NN.parquet where it would outgrow `max_bytes`: a
    file is closed at the first row group beyond.
    """
    schema = arrow_schema(table)
    parts: list[Path] = []
    groups = _row_groups(database, relation, schema, table.sort)
    group: pa.Table | None = next(groups, schema.empty_table())
    while group is not None:
        parts.append(folder / f".{stem}-{len(parts):05d}.part")
        with parts[-1].open("wb") as file, _writer(file, schema) as writer:
            while group is not None and file.tell() < max_bytes:
                writer.write_table(group, row_group_size=ROW_GROUP)
                # It must not be held while the next one is made: of long texts it is large.
                group = None
                group = next(groups, None)
    return [part.rename(folder / _name(stem, n, len(parts))) for n, part in enumerate(parts)]


def _name(stem: str, number: int, total: int) -> str:
    return f"{stem}.parquet" if total == 1 else f"{stem}-{number:05d}-of-{total:05d}.parquet"


def _writer(file: BinaryIO, schema: pa.Schema) -> pq.ParquetWriter:
    # The stubs know of no list of columns.
    dictionaries: Any = [_leaf(field) for field in schema if field.type != pa.large_string()]
    return pq.ParquetWriter(
        file,
        schema,
        compression="zstd",
        compression_level=_ZSTD_LEVEL,
        data_page_size=_PAGE,
        write_batch_size=_BATCH,
        use_dictionary=dictionaries,
        dictionary_pagesize_limit=_DICTIONARY,
        # Says which pages hold an article: readers skip the others.
        write_page_index=True,
    )


def _leaf(field: "pa.Field[Any]") -> str:
    """Return what Parquet calls the values of a column."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name


def _row_groups(
    database: duckdb.DuckDBPyConnection, relation: str, schema: pa.Schema, sort: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the rows in groups of exactly so many, so that the bytes do not hang on batches."""
    size = TEXT_ROW_GROUP if pa.large_string() in schema.types else ROW_GROUP
    pieces = _pieces(_sorted(database, relation, schema.names, sort, size), schema)
    while group := list(islice(pieces, size // _PIECE)):
        whole = pa.concat_tables(group)
        # Who asks for the next group has done with this one: two of long texts are many megabytes.
        group.clear()
        yield whole
        del whole


def _pieces(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows in pieces of `_PIECE`; the last is shorter.

    A page ends where a batch does, and one piece: they must be the same however rows arrive.
    """
    waiting = schema.empty_table()
    for batch in batches:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch]).cast(schema)])
        while waiting.num_rows >= _PIECE:
            yield waiting.slice(0, _PIECE).combine_chunks()
            waiting = waiting.slice(_PIECE)
    if waiting.num_rows:
        yield waiting.combine_chunks()


def _sorted(
    database: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    sort: Sequence[str],
    size: int,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows in order, sorted in parts of about `size`: all at once would want memory."""
    selected = ", ".join(f'"{name}"' for name in columns)
    order = ", ".join(f'"{name}"' for name in sort)
    for condition, bounds in _ranges(database, relation, f'"{sort[0]}"', size):
        query = f"SELECT {selected} FROM {relation} WHERE {condition} ORDER BY {order}"  # noqa: S608
        yield from database.sql(query, params=bounds).to_arrow_reader(_PIECE)


def _ranges(
    database: duckdb.DuckDBPyConnection, relation: str, column: str, size: int
) -> list[tuple[str, list[Any]]]:
    """Return conditions, with their parameters, that cut the rows by `column` into parts."""
    ((rows,),) = database.execute(f"SELECT count(*) FROM {relation}").fetchall()  # noqa: S608
    parts = min(_PARTS, math.ceil(rows / size))
    if parts < 2:
        return [("true", [])]
    sample = database.execute(
        f"SELECT {column} FROM {relation} WHERE {column} IS NOT NULL"  # noqa: S608
        f" USING SAMPLE reservoir({_SAMPLE} ROWS) REPEATABLE (1)"
    ).fetchall()
    values = sorted(value for (value,) in sample)
    if not values:
        return [("true", [])]
    cuts = sorted({values[part * len(values) // parts] for part in range(1, parts)})
    between = [(f"{column} >= ? AND {column} < ?", [low, high]) for low, high in pairwise(cuts)]
    return [
        (f"{column} < ?", [cuts[0]]),
        *between,
        # What is not given comes last.
        (f"{column} >= ? OR {column} IS NULL", [cuts[-1]]),
    ]
