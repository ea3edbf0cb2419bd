"""What the global steps keep from run to run: a database `kept`, attached beside the run's own."""

import logging
from pathlib import Path

import duckdb

from pipeline.fingerprint import code_fingerprint, fingerprint
from pipeline.resolve import duplicates

_log = logging.getLogger(__name__)


def attach_kept(database: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Attach the database in the file `path`, or an empty one in memory, under the name `kept`.

    One that this code and this DuckDB did not write, or that cannot be read, is begun anew: it
    holds nothing but what can be computed again.
    """
    if path is None:
        database.execute("ATTACH ':memory:' AS kept")
        database.execute(duplicates.LAYOUT)
        return
    if not _attached(database, path):
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
        database.execute(_attach(path))
        database.execute("BEGIN")
        database.execute(duplicates.LAYOUT)
        database.execute(f"CREATE TABLE kept.version AS SELECT '{_version()}' AS version")
        database.execute("COMMIT")


def _attached(database: duckdb.DuckDBPyConnection, path: Path) -> bool:
    if not path.exists():
        return False
    try:
        database.execute(_attach(path))
    except duckdb.Error as error:
        _log.warning("%s cannot be read and is made anew: %s", path, error)
        return False
    try:
        found = database.execute("SELECT version FROM kept.version").fetchall()
    except duckdb.CatalogException:
        found = []
    if found == [(_version(),)]:
        return True
    database.execute("DETACH kept")
    return False


def _attach(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"ATTACH '{quoted}' AS kept"


def _version() -> str:
    # hash() may differ between releases of DuckDB.
    return fingerprint(code_fingerprint("resolve"), duckdb.__version__)
