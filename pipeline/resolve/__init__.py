"""All articles together: which are copies, who is one entity, which events are one.

Works in DuckDB, in a database file that may outgrow memory. `resolve_all` leaves there one
table for every table of the release.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import fields
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.records import Article
from pipeline.resolve.changes import Side, compare, count_changes, find_fresh_rows
from pipeline.resolve.duplicates import mark_duplicates
from pipeline.resolve.entities import merge_entities
from pipeline.resolve.event_groups import group_events
from pipeline.resolve.kept import attach_kept
from pipeline.resolve.registry import register_ids as _register_ids
from pipeline.resolve.revisions import number_revisions
from pipeline.resolve.stories import mark_stories
from pipeline.schema import arrow_schema, load_tables
from pipeline.store import KEY, with_dates

_log = logging.getLogger(__name__)

_BATCH = 1000
"""Articles held in memory at once while they are handed on."""

_LEAST_MEMORY, _MOST_MEMORY = 48 << 20, 2 << 30
"""Bytes DuckDB may hold in memory before it goes on beside the database's file, on disk. It takes
what it may, needed or not: little is allowed for few documents, so that a run's memory grows
little. What fails in what it is allowed here is done again with the most (`filled_database`)."""

_A_THREAD = 64 << 20
"""Bytes a thread of DuckDB wants: sixteen fail in the least memory."""

_A_DOCUMENT, _TO_SPLIT = 3 << 10, 7
"""Bytes the steps want a document, so that tables of clauses and of pairs fit, and a code point of
the texts that DuckDB takes up at once."""

_TO_LOAD = 2
"""Bytes wanted a byte of stored articles while they are loaded."""

_A_SORTED_DOCUMENT, _TO_SORT = 2 << 10, 5
"""As for the steps, while tables are sorted; three a code point have been seen to fail."""

_TO_JOIN = 128 << 20
"""Bytes wanted to join two releases, beside one for each of their own."""

_VECTOR = 2048
"""Rows DuckDB takes up at once."""

KEPT = "kept.duckdb"
"""The file, beside the run's own database, that outlives the run."""

__all__ = [
    "KEPT",
    "Database",
    "Side",
    "allow_comparing",
    "allow_loading",
    "allow_writing",
    "analysis_keys",
    "compare",
    "count_changes",
    "count_rows",
    "count_sources",
    "current_articles",
    "filled_database",
    "find_fresh_rows",
    "first_refused",
    "load_analyses",
    "open_database",
    "refuse_articles",
    "register_ids",
    "resolve_all",
    "stored_articles",
]

Database = duckdb.DuckDBPyConnection


def open_database(path: Path | None = None, *, least_memory: int = _LEAST_MEMORY) -> Database:
    """Return an empty DuckDB database in the file `path`, or in memory without one.

    What the global steps keep between runs is attached as `kept`, from a file beside `path`.

    Args:
        path: of the file; one that is there is thrown away.
        least_memory: bytes it may hold at any time, whatever else it is allowed.
    """
    if path is not None:
        path.unlink(missing_ok=True)
    database = duckdb.connect(str(path) if path else ":memory:")
    # Rows leave sorted by their keys; keeping the order in between only costs memory.
    database.execute("SET preserve_insertion_order = false")
    database.execute("SET TimeZone = 'UTC'")
    # What runs show of themselves is shown by the console, not by DuckDB.
    database.execute("SET enable_progress_bar = false")
    # Rows are fetched a few megabytes at a time, and not made ahead.
    database.execute("SET streaming_buffer_size = '1MB'")
    database.execute("SET VARIABLE least_memory = ?::BIGINT", [least_memory])
    if path is not None:
        _allow(database, least_memory)
    attach_kept(database, path.with_name(KEPT) if path else None)
    return database


def filled_database[T](path: Path, fill: Callable[[Database], T]) -> tuple[Database, T]:
    """Return a new database in the file `path`, open, and what `fill` made of it.

    Should it want more memory than it is allowed, `fill` begins again with an empty database that
    is allowed the most.
    """
    try:
        return _filled(path, fill, _LEAST_MEMORY)
    except duckdb.OutOfMemoryException as error:
        _log.warning("begins again with more memory: %s", str(error).partition("\n")[0])
    return _filled(path, fill, _MOST_MEMORY)


def _filled[T](path: Path, fill: Callable[[Database], T], least_memory: int) -> tuple[Database, T]:
    with ExitStack() as stack:
        database = stack.enter_context(closing(open_database(path, least_memory=least_memory)))
        made = fill(database)
        stack.pop_all()
    return database, made


def allow_loading(database: Database, files: Iterable[str], *, documents: int) -> None:
    """Let `database` hold in memory what it needs to load the `files` of so many documents."""
    stored = sum(Path(file).stat().st_size for file in files)
    _allow(database, max(documents * _A_DOCUMENT, stored * _TO_LOAD))


def allow_resolving(database: Database) -> None:
    """Let `database` hold in memory what the steps over its articles need.

    Long texts need much: they are taken apart many at a time.
    """
    _allow_texts(database, a_document=_A_DOCUMENT, a_char=_TO_SPLIT)


def allow_writing(database: Database) -> None:
    """Let `database` hold in memory what it needs to sort its tables."""
    _allow_texts(database, a_document=_A_SORTED_DOCUMENT, a_char=_TO_SORT)


def allow_comparing(database: Database, old: Side, new: Side) -> None:
    """Let `database` hold in memory what it needs to join the rows of two releases."""
    files = [file for side in (old, new) for paths in side.files.values() for file in paths]
    _allow(database, _TO_JOIN + sum(Path(file).stat().st_size for file in files))


def _allow_texts(database: Database, *, a_document: int, a_char: int) -> None:
    documents = count_rows(database, "articles")
    longest = database.execute(
        "SELECT coalesce(sum(n_chars), 0)::BIGINT"
        " FROM (SELECT n_chars FROM articles ORDER BY n_chars DESC LIMIT ?)",
        [_VECTOR],
    ).fetchall()[0][0]
    _allow(database, max(documents * a_document, longest * a_char))


def _allow(database: Database, wanted: int) -> None:
    ((least,),) = database.execute("SELECT getvariable('least_memory')").fetchall()
    allowed = min(max(wanted, least), _MOST_MEMORY)
    threads = max(1, min(os.cpu_count() or 1, allowed // _A_THREAD))
    database.execute(f"SET memory_limit = '{allowed}B'; SET threads = {threads}")


def current_articles(
    database: Database,
    articles: Sequence[str],
    refused: Sequence[str],
    shards: Mapping[str, str],
    refusals: pa.Table,
    removals: pa.Table,
) -> None:
    """Make tables `articles`, `quarantine` and `removals` of the stored rows that `shards` names.

    Where several records are the same article (one URL fetched twice or in two sources), the one
    fetched, then changed last stays. The others go to `quarantine`, like the `refusals` of this
    run: under the rule "earlier-revision" if their text differs and is known to be older, else
    under "repeated-url". `revision` counts the texts the records show one after the other.

    Args:
        database: where the tables are made.
        articles: stored files of articles.
        refused: stored files of documents refused when they were read.
        shards: of each document the sources hold now, the shard with its result.
        refusals: what was refused before it was a document.
        removals: the articles taken out for good; they get no row anywhere else.
    """
    _load(database, "read_articles", articles, shards)
    _load(database, "quarantine", refused, shards)
    database.register("refusals", refusals)
    database.register("removed", removals)
    database.execute(
        """
        CREATE TABLE removals AS SELECT * FROM removed;
        DELETE FROM read_articles WHERE article_id IN (SELECT article_id FROM removals);
        INSERT INTO quarantine BY NAME SELECT * FROM refusals;
        """
    )
    _keep_last_records(database)
    database.unregister("refusals")
    database.unregister("removed")


def _keep_last_records(database: Database) -> None:
    """Make `articles` of `read_articles`: of each article its last record, the others refused."""
    database.execute(
        """
        CREATE TEMP TABLE told AS
            SELECT rowid AS row, article_id, number, coalesce(
                text_sha256 <> lag(text_sha256) OVER one
                    AND (retrieved_at, modified_at) IS DISTINCT FROM
                        lag((retrieved_at, modified_at)) OVER one, false) AS is_new_text
            FROM (SELECT *, rowid, row_number() OVER (PARTITION BY article_id ORDER BY
                retrieved_at NULLS FIRST, modified_at NULLS FIRST, source DESC, record_id DESC
                ) AS number FROM read_articles)
            WINDOW one AS (PARTITION BY article_id ORDER BY number);
        CREATE TEMP TABLE ranked AS
            SELECT row, article_id, number = max(number) OVER one AS is_last,
                1 + count_if(is_new_text) OVER (one ORDER BY number) AS revision
            FROM told WINDOW one AS (PARTITION BY article_id);
        INSERT INTO quarantine BY NAME
            SELECT other.source, other.record_id, other.uri, 'resolve' AS stage,
                if(old.revision < now.revision, 'earlier-revision', 'repeated-url') AS rule,
                if(old.revision < now.revision, 'an earlier text of', 'the same article as')
                    || ' record ' || kept.record_id || ' of source ' || kept.source
                    || ': ' || coalesce(other.url, other.record_id) AS detail,
                other.raw_sha256, left(other.text, 200) AS excerpt
            FROM ranked AS old JOIN ranked AS now USING (article_id)
            JOIN read_articles AS other ON other.rowid = old.row
            JOIN read_articles AS kept ON kept.rowid = now.row
            WHERE now.is_last AND NOT old.is_last;
        UPDATE read_articles SET revision = ranked.revision
            FROM ranked WHERE read_articles.rowid = row AND ranked.revision > 1;
        DELETE FROM read_articles WHERE rowid IN (SELECT row FROM ranked WHERE NOT is_last);
        ALTER TABLE read_articles RENAME TO articles;
        DROP TABLE told; DROP TABLE ranked;
        """
    )


def analysis_keys(database: Database) -> list[str]:
    """Return the key of each current article's analysis, sorted."""
    rows = database.execute("SELECT DISTINCT analysis FROM articles ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def stored_articles(database: Database, keys: Iterable[str]) -> Iterator[tuple[str, Article]]:
    """Yield (key, article) for each current article whose analysis is one of `keys`.

    The database must not be asked for anything else before the last is yielded.
    """
    database.register("wanted", pa.table({"analysis": pa.array(sorted(keys), pa.string())}))
    names = [field.name for field in fields(Article)]
    reader = database.sql(
        f"SELECT analysis, {', '.join(names)} FROM articles SEMI JOIN wanted USING (analysis)"  # noqa: S608
        " ORDER BY article_id"
    )
    for batch in reader.to_arrow_reader(_BATCH):
        for row in with_dates(batch).to_pylist():
            yield row.pop("analysis"), Article(**row)


def count_rows(database: Database, table: str, where: str = "true") -> int:
    """Return how many rows of `table` meet the condition `where`."""
    found = database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def count_sources(database: Database) -> list[tuple[str, str, int, list[str]]]:
    """Return (source, text policy, articles, licences) of each source of the articles."""
    return database.execute(
        "SELECT source, text_policy, count(*),"
        " coalesce(list(DISTINCT licence ORDER BY licence) FILTER (licence IS NOT NULL), [])"
        " FROM articles GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def load_analyses(
    database: Database, files: Mapping[str, Sequence[str]], shards: Mapping[str, str]
) -> None:
    """Add to each table of `files`, made if need be, the stored rows that `shards` names.

    Args:
        database: where the tables are.
        files: stored files of each table.
        shards: of each analysis, by its key, the shard with its result.
    """
    for table, paths in files.items():
        _load(database, table, paths, shards)


def refuse_articles(
    database: Database, files: Sequence[str], shards: Mapping[str, str], fatal: Sequence[str]
) -> int:
    """Take out of `articles` those whose analysis was refused, into `quarantine`.

    Return how many were refused for their rows, not by a rule of `fatal`.

    Args:
        database: holds both tables.
        files: stored files of refusals.
        shards: as for `load_analyses`.
        fatal: rules of articles that ended their workers: that tells nothing of our rows.
    """
    if not files:
        return 0
    _load(database, "read_quarantine", files, shards, keyed=True)
    database.execute(
        f"""
        INSERT INTO quarantine BY NAME
            SELECT articles.source, articles.record_id, articles.uri, refused.stage, refused.rule,
                refused.detail, articles.raw_sha256, refused.excerpt
            FROM read_quarantine AS refused JOIN articles ON articles.analysis = refused.{KEY};
        DELETE FROM articles WHERE analysis IN (SELECT {KEY} FROM read_quarantine);
        """  # noqa: S608
    )
    rules = ", ".join(f"'{rule}'" for rule in fatal)
    refused = count_rows(database, "read_quarantine", f"rule NOT IN ({rules})")
    database.execute("DROP TABLE read_quarantine")
    return refused


def first_refused(database: Database, stage: str) -> str:
    """Return what the first row of `quarantine` of a `stage` says, for an error."""
    rows = database.execute(
        "SELECT record_id || ': ' || rule || ', ' || detail FROM quarantine WHERE stage = ?"
        " ORDER BY 1 LIMIT 1",
        [stage],
    ).fetchall()
    return str(rows[0][0]) if rows else ""


def resolve_all(database: Database) -> None:
    """Mark copies and stories, merge entities and group events in the tables loaded before."""
    allow_resolving(database)
    mark_duplicates(database)
    mark_stories(database)
    merge_entities(database)
    group_events(database)


def register_ids(database: Database, old: Side, *, release: int) -> None:
    """Do what hangs on the release before: number revisions, and make table `registry`.

    Args:
        database: holds the tables of the release to be.
        old: the release before, with its own registry; one without files begins a new history.
        release: number of the release to be, counted from 1.
    """
    number_revisions(database, old.files.get("articles", ()))
    _register_ids(database, old, release=release)


def _load(
    database: Database,
    table: str,
    files: Sequence[str],
    shards: Mapping[str, str],
    *,
    keyed: bool = False,
) -> None:
    """Add to `table` the rows whose key `shards` finds in the very shard they lie in.

    A run that was killed may have left results of the same key in two shards; one counts. With
    `keyed` the table has the keys, too.
    """
    if not files:
        shape = arrow_schema(load_tables()[table.removeprefix("read_")]).remove_metadata()
        database.register("nothing", shape.empty_table())
        database.execute(f"CREATE TABLE IF NOT EXISTS {table} AS FROM nothing")
        return
    without = "filename, shard" if keyed else f"{KEY}, filename, shard"
    live = {KEY: pa.array(list(shards)), "shard": pa.array(list(shards.values()))}
    database.register("live", pa.table(live))
    rows = f"""
        SELECT stored.* EXCLUDE ({without})
        FROM (SELECT *, split_part(filename, '/', -2) AS shard
              FROM read_parquet($files, filename = true)) AS stored
        SEMI JOIN live USING ({KEY}, shard)
        """  # noqa: S608
    stored = {"files": list(files)}
    database.execute(f"CREATE TABLE IF NOT EXISTS {table} AS {rows} LIMIT 0", stored)
    database.execute(f"INSERT INTO {table} BY NAME {rows}", stored)
    database.unregister("live")
