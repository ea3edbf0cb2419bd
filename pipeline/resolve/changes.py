"""What one release has that another had not: rows added, removed and changed, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

CAUSES = ("schema", "model", "code")
"""What beside the sources can change a row, the weightiest first."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two releases compared.

    Attributes:
        files: Parquet files of each table; a table it has not is left out.
        versions: what made it, by cause ("schema", "model", "code").
    """

    files: Mapping[str, Sequence[str]]
    versions: Mapping[str, str]


def compare(
    database: duckdb.DuckDBPyConnection,
    old: Side,
    new: Side,
    keys: Mapping[str, Sequence[str]],
    scratch: str = "changes",
) -> None:
    """Make a table `changes_TABLE` (id, change, cause, columns) for each table in `keys`.

    A row belongs to the cause "source" if its article came, went or has other bytes; else, and
    for rows of no one article, to the weightiest version that differs; else to "source".

    Args:
        database: where the result goes.
        old: the release before; one without files makes every row an addition.
        new: the release now.
        keys: primary key of each table; a composite one is joined by "/" into the id.
        scratch: prefix of the tables made.
    """
    other = next((c for c in CAUSES if old.versions.get(c) != new.versions.get(c)), "source")
    if not old.files:
        other = "source"
    for name, side in (("old", old), ("new", new)):
        for table in keys:
            files = side.files.get(table, ())
            view_files(database, f"{name}_{table}", files or new.files[table], empty=not files)
    database.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
            SELECT coalesce(o.article_id, n.article_id) AS article_id
            FROM old_articles AS o FULL JOIN new_articles AS n USING (article_id)
            WHERE o.raw_sha256 IS DISTINCT FROM n.raw_sha256
        """
    )
    for table, key in keys.items():
        _compare_table(database, table, key, other, f"{scratch}_{table}")


def count_changes(
    database: duckdb.DuckDBPyConnection, tables: Sequence[str], scratch: str = "changes"
) -> list[tuple[str, str, str, int]]:
    """Return (table, change, cause, rows) of what `compare` found, in the order of `tables`."""
    return [
        (table, *row)
        for table in tables
        for row in database.execute(
            f"SELECT change, cause, count(*) FROM {scratch}_{table} GROUP BY ALL ORDER BY ALL"  # noqa: S608
        ).fetchall()
    ]


def find_fresh_rows(
    database: duckdb.DuckDBPyConnection, keys: Mapping[str, Sequence[str]], scratch: str = "changes"
) -> dict[str, int]:
    """Make a table `fresh_TABLE` of the rows `compare` found added or changed; count its rows.

    All other rows of the table are, to the last value, rows of the release before.
    """
    found = {}
    for table, key in keys.items():
        ((found[table],),) = database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE fresh_{table} AS SELECT * FROM new_{table} AS n
            WHERE {_identity(key, "n.{}")} IN
                (SELECT id FROM {scratch}_{table} WHERE change <> 'removed')
            """  # noqa: S608
        ).fetchall()
    return found


def view_files(
    database: duckdb.DuckDBPyConnection, name: str, files: Sequence[str], *, empty: bool = False
) -> None:
    """Make a view `name` of Parquet files; `empty`: of their columns only."""
    quoted = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    limit = " LIMIT 0" if empty else ""
    database.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet([{quoted}]){limit}"  # noqa: S608
    )


def _columns(database: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    return [row[0] for row in database.execute(f"DESCRIBE {view}").fetchall()]


def _identity(key: Sequence[str], column: str) -> str:
    """SQL for the id of a row; `column` says how a column of the key is written."""
    return " || '/' || ".join(f"{column.format(name)}::VARCHAR" for name in key)


def _compare_table(
    database: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], other: str, into: str
) -> None:
    before, now = _columns(database, f"old_{table}"), _columns(database, f"new_{table}")
    both = [name for name in now if name in before and name not in key]
    differ = ", ".join(
        [f"CASE WHEN o.{name} IS DISTINCT FROM n.{name} THEN '{name}' END" for name in both]
        + [f"'{name}'" for name in (*now, *before) if (name in now) != (name in before)]
    )
    identity = _identity(key, "coalesce(o.{0}, n.{0})")
    article = "coalesce(o.article_id, n.article_id)" if "article_id" in now else "NULL"
    joined = " AND ".join(f"o.{name} = n.{name}" for name in key)
    first = key[0]
    database.execute(
        f"""
        CREATE OR REPLACE TABLE {into} AS
        SELECT id, change,
            CASE WHEN article IN (SELECT article_id FROM touched) THEN 'source'
                 ELSE '{other}' END AS cause,
            columns
        FROM (
            SELECT {identity} AS id, {article} AS article,
                CASE WHEN o.{first} IS NULL THEN 'added' WHEN n.{first} IS NULL THEN 'removed'
                     ELSE 'changed' END AS change,
                CASE WHEN o.{first} IS NULL OR n.{first} IS NULL THEN []::VARCHAR[]
                     ELSE list_filter([{differ}]::VARCHAR[], lambda c: c IS NOT NULL) END AS columns
            FROM old_{table} AS o FULL JOIN new_{table} AS n ON {joined}
        ) WHERE change <> 'changed' OR len(columns) > 0
        """  # noqa: S608
    )
