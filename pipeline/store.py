"""What earlier runs computed, by content: the part of a rerun that need not be done again.

`ROOT/` holds `FORMAT` (the layout's number), `index.sqlite` (which shard holds the result of
which key) and `shards/NAME/TABLE.parquet`. A key is a hash of everything a result depends on,
so a stored result is never stale: it is either wanted under the same key or never asked for.

A shard is written under a temporary name, synced and renamed before the index knows of it: a
run killed between two writes leaves at worst a folder nothing points to.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.durable import sync
from pipeline.errors import ReleaseError
from pipeline.schema import Table, arrow_schema

FORMAT = "1"
KEY = "_key"
"""Column of every stored table: the key of the document a row was computed from."""

_BATCH = 500
"""SQLite takes a bounded number of parameters a statement."""


class Store:
    """Results a document, kept between runs under `root`."""

    def __init__(self, root: Path) -> None:
        """Open the store at `root`, made if it is not there.

        Raises:
            ReleaseError: it was written in another layout.
        """
        self._shards = root / "shards"
        self._shards.mkdir(parents=True, exist_ok=True)
        _claim_format(root)
        self._whole = {folder.name: folder.name for folder in self._shards.iterdir()}
        self._index = sqlite3.connect(root / "index.sqlite", isolation_level=None)
        self._index.execute("PRAGMA synchronous = FULL")
        self._index.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (stage TEXT, key TEXT, shard TEXT, PRIMARY KEY (stage, key)) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def shards(self, stage: str, keys: Sequence[str]) -> dict[str, str]:
        """Return, for each of `keys` that is known, the shard that holds its result."""
        found: dict[str, str] = {}
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            rows = dict(
                self._index.execute(
                    f"SELECT key, shard FROM documents WHERE stage = ? AND key IN ({marks})",  # noqa: S608
                    (stage, *batch),
                )
            )
            # The strings that are there already, not those SQLite made of each row.
            found.update(
                (key, self._whole[rows[key]]) for key in batch if rows.get(key) in self._whole
            )
        return found

    def put(self, stage: str, keys: Sequence[str], tables: Mapping[str, pa.Table]) -> None:
        """Keep `tables`, the results of `keys` (a document without rows is known, too)."""
        name = f"{stage}-{sha256(' '.join(keys).encode()).hexdigest()[:20]}"
        folder = self._shards / name
        if not folder.exists():
            partial = self._shards / f".{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            for table, rows in tables.items():
                write_synced(partial / f"{table}.parquet", rows)
            sync(partial)
            partial.rename(folder)
            sync(self._shards)
            self._whole[name] = name
        with self._index:
            self._index.execute("BEGIN")
            self._index.executemany(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
                [(stage, key, name) for key in keys],
            )
            self._index.execute("COMMIT")

    def files(self, shards: Iterable[str], table: str) -> list[str]:
        """Return the Parquet files of `table` in `shards`, in order of name."""
        paths = (self._shards / shard / f"{table}.parquet" for shard in sorted(set(shards)))
        return [str(path) for path in paths if path.exists()]

    def forget_all_but(self, live: Mapping[str, Iterable[str]]) -> int:
        """Drop every result but the `live` keys a stage; return how many shards went.

        A shard goes when none of its documents is live.
        """
        named = {stage: frozenset(keys) for stage, keys in live.items()}
        known = self._index.execute("SELECT stage, key FROM documents")
        dead = [(stage, key) for stage, key in known if key not in named.get(stage, ())]
        with self._index:
            self._index.execute("BEGIN")
            self._index.executemany("DELETE FROM documents WHERE stage = ? AND key = ?", dead)
            self._index.execute("COMMIT")
        wanted = {row[0] for row in self._index.execute("SELECT DISTINCT shard FROM documents")}
        gone = [folder for folder in self._shards.iterdir() if folder.name not in wanted]
        for folder in gone:
            shutil.rmtree(folder)
        return len(gone)


def encode(table: Table, rows: Sequence[Any], **keys: Sequence[str]) -> pa.Table:
    """Return records of one kind as a table in the schema of `table`, `keys` as more columns."""
    schema = arrow_schema(table).remove_metadata()
    columns = [_column([getattr(row, field.name) for row in rows], field.type) for field in schema]
    names = [*schema.names, *keys]
    return pa.table([*columns, *(pa.array(key, pa.string()) for key in keys.values())], names)


def _column(values: list[Any], kind: pa.DataType) -> "pa.Array[Any]":
    if kind == pa.timestamp("ms"):
        # Calendar days: Arrow takes a `date` for days only, and tables hold midnights.
        return pa.array(values, pa.date32()).cast(kind)
    return pa.array(values, kind)


def decode[Record](files: Iterable[str], record: type[Record]) -> Iterator[Record]:
    """Yield a record for every row of stored `files`."""
    names = [field.name for field in fields(record)]  # type: ignore[arg-type]
    for file in files:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches():
                for row in with_dates(batch).to_pylist():
                    yield record(**{name: row[name] for name in names})


def with_dates(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows whose calendar days become a `date` in Python, as records have them.

    Days are the only times without a zone, whichever unit whoever read them has made of it.
    """
    columns = [
        column.cast(pa.date32()) if _is_day(column.type) else column for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _is_day(kind: pa.DataType) -> bool:
    return pa.types.is_timestamp(kind) and kind.tz is None


def write_synced(path: Path, rows: pa.Table) -> None:
    """Write `rows` to `path` and wait until the disk has them."""
    pq.write_table(rows, path, compression="zstd", compression_level=1)
    sync(path)


def _claim_format(root: Path) -> None:
    path = root / "FORMAT"
    if not path.exists():
        path.write_text(FORMAT, encoding="ascii")
    found = path.read_text(encoding="ascii").strip()
    if found != FORMAT:
        raise ReleaseError(
            f"{root} was written in store format {found}, this version reads {FORMAT}:"
            " delete the folder, and the next run makes it anew"
        )
