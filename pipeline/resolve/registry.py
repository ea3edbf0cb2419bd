"""Which ids there ever were, and what stands for those that are gone."""

import duckdb

from pipeline.resolve.changes import Side, view_files

_TABLES = {
    "articles": "article_id",
    "entities": "entity_id",
    "quotes": "quote_id",
    "events": "event_id",
}
"""The tables whose rows people cite, with their keys."""

_SPANS = {"quotes": ("char_start", "char_end"), "events": ("sentence_start", "sentence_end")}


def register_ids(database: duckdb.DuckDBPyConnection, old: Side, *, release: int) -> None:
    """Make table `registry` of the ids in the database's tables and those of the release before.

    Args:
        database: holds the tables of the release to be.
        old: the release before, with its own registry; one without files begins a new one.
        release: number of the release to be, counted from 1.
    """
    selects = " UNION ALL ".join(
        f"SELECT '{table}' AS \"table\", {key} AS id FROM {table}"  # noqa: S608
        for table, key in _TABLES.items()
    )
    database.execute(f"CREATE TEMP TABLE current_ids AS {selects}")
    database.execute(
        'CREATE TEMP TABLE replaced ("table" VARCHAR, id VARCHAR, replaced_by VARCHAR)'
    )
    known = old.files.get("registry")
    if known:
        if {*_TABLES, "mentions"} <= old.files.keys():
            _find_replacements(database, old)
        view_files(database, "known", known)
    else:
        database.execute(
            "CREATE TEMP VIEW known AS SELECT *, 0 AS first_seen, 0 AS last_seen,"
            " NULL::VARCHAR AS replaced_by FROM current_ids LIMIT 0"
        )
    database.execute(
        f"""
        CREATE TABLE registry AS
        SELECT "table", id, coalesce(known.first_seen, {release})::INTEGER AS first_seen,
            CASE WHEN current_ids.id IS NULL THEN known.last_seen ELSE {release} END::INTEGER
                AS last_seen,
            CASE WHEN current_ids.id IS NULL
                THEN coalesce(replaced.replaced_by, known.replaced_by) END AS replaced_by
        FROM known FULL JOIN current_ids USING ("table", id) LEFT JOIN replaced USING ("table", id);
        DROP VIEW known; DROP TABLE current_ids; DROP TABLE replaced
        """  # noqa: S608
    )


def _find_replacements(database: duckdb.DuckDBPyConnection, old: Side) -> None:
    for table in (*_TABLES, "mentions"):
        view_files(database, f"was_{table}", old.files[table])
    database.execute(
        """
        INSERT INTO replaced
            SELECT 'articles', was.article_id, min(now.article_id)
            FROM was_articles AS was JOIN articles AS now USING (text_sha256)
            WHERE was.article_id NOT IN (SELECT article_id FROM articles)
            GROUP BY was.article_id;
        INSERT INTO replaced
            SELECT 'entities', was.entity_id, mode(now.entity_id ORDER BY now.entity_id)
            FROM was_mentions AS was JOIN mentions AS now USING (mention_id)
            WHERE was.entity_id NOT IN (SELECT entity_id FROM entities)
            GROUP BY was.entity_id
        """
    )
    for table, (start, end) in _SPANS.items():
        key = _TABLES[table]
        shared = f"least(was.{end}, now.{end}) - greatest(was.{start}, now.{start})"
        database.execute(
            f"""
            INSERT INTO replaced
            SELECT '{table}', was.{key}, arg_max(now.{key}, ({shared}, now.{key}))
            FROM was_{table} AS was JOIN {table} AS now USING (article_id)
            WHERE {shared} > 0 AND was.{key} NOT IN (SELECT {key} FROM {table})
                AND now.{key} NOT IN (SELECT {key} FROM was_{table})
            GROUP BY was.{key}
            """  # noqa: S608
        )
