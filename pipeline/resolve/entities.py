"""One row an entity, from what each article says of it."""

import duckdb


def merge_entities(database: duckdb.DuckDBPyConnection) -> None:
    """Replace table `entities` (a row an article and entity) by one row an entity.

    Articles agree on who is one entity by its id: a Wikidata QID, or a hash of type and name.
    The name most often used is the entity's; what articles know of it is added up, and where
    they differ the value most of them give holds (then the first in order).
    """
    facts = ", ".join(
        f"mode({fact} ORDER BY {fact}) AS {fact}"
        for fact in (
            "wikidata_id", "wikipedia_title", "country", "sector", "geonames_id", "description"
        )
    )  # fmt: skip
    database.execute(
        f"""
        CREATE TEMP TABLE told AS SELECT * FROM entities;
        CREATE TEMP TABLE named AS
            SELECT entity_id, name, type, sum(n_mentions) AS uses FROM told
            GROUP BY entity_id, name, type;
        CREATE TEMP TABLE chosen AS
            SELECT entity_id, name, type FROM named
            QUALIFY row_number() OVER (
                PARTITION BY entity_id ORDER BY uses DESC, length(name) DESC, name, type) = 1;
        CREATE TEMP TABLE surfaces AS
            SELECT entity_id, list(DISTINCT alias ORDER BY alias) AS aliases FROM (
                SELECT entity_id, unnest(aliases) AS alias FROM told
                UNION ALL SELECT entity_id, name FROM told
            ) AS spoken ANTI JOIN chosen
                ON chosen.entity_id = spoken.entity_id AND chosen.name = spoken.alias
            GROUP BY entity_id;
        CREATE OR REPLACE TABLE entities AS
            SELECT told.entity_id, any_value(chosen.name) AS name, any_value(chosen.type) AS type,
                coalesce(any_value(surfaces.aliases), []) AS aliases, {facts},
                min(latitude) AS latitude, min(longitude) AS longitude,
                sum(n_mentions)::INTEGER AS n_mentions, count(*)::INTEGER AS n_articles,
                min(first_published_at) AS first_published_at,
                max(last_published_at) AS last_published_at
            FROM told JOIN chosen USING (entity_id) LEFT JOIN surfaces USING (entity_id)
            GROUP BY told.entity_id;
        DROP TABLE told; DROP TABLE named; DROP TABLE chosen; DROP TABLE surfaces;
        """  # noqa: S608
    )
