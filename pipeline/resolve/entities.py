"""One row an entity, from what each article says of it."""

import duckdb

_FACTS = ("wikidata_id", "wikipedia_title", "country", "sector", "geonames_id", "description")


def merge_entities(database: duckdb.DuckDBPyConnection) -> None:
    """Replace table `entities` (a row an article and entity) by one row an entity.

    Articles agree on who is one entity by its id: a Wikidata QID, or a hash of type and name.
    The name most often used is the entity's; what articles know of it is added up, and where
    they differ the value most of them give holds (then the first in order).
    """
    # What articles say alike becomes one row first: a state is named in every second article.
    database.execute(
        f"""
        CREATE TEMP TABLE told AS
            SELECT entity_id, name, type, aliases, {", ".join(_FACTS)}, latitude, longitude,
                sum(n_mentions) AS uses, count(*) AS articles,
                min(first_published_at) AS first_published_at,
                max(last_published_at) AS last_published_at
            FROM entities GROUP BY ALL;
        CREATE TEMP TABLE chosen AS
            SELECT entity_id, name, type FROM told GROUP BY entity_id, name, type
            QUALIFY row_number() OVER (PARTITION BY entity_id
                ORDER BY sum(uses) DESC, length(name) DESC, name, type) = 1;
        CREATE TEMP TABLE surfaces AS
            SELECT entity_id, list(alias ORDER BY alias) AS aliases FROM (
                SELECT entity_id, unnest(aliases) AS alias FROM told
                UNION SELECT entity_id, name FROM told
            ) AS spoken ANTI JOIN chosen
                ON chosen.entity_id = spoken.entity_id AND chosen.name = spoken.alias
            GROUP BY entity_id;
        CREATE TEMP TABLE settled (entity_id VARCHAR, fact VARCHAR, value VARCHAR);
        """  # noqa: S608
    )
    for fact in _FACTS:
        _settle(database, fact)
    # One fact beside the other: a join each would want memory for six at once.
    facts = ", ".join(f"any_value(value) FILTER (fact = '{fact}') AS {fact}" for fact in _FACTS)
    database.execute(
        f"""
        CREATE TEMP TABLE summed AS
            SELECT entity_id, min(latitude) AS latitude, min(longitude) AS longitude,
                sum(uses)::INTEGER AS n_mentions, sum(articles)::INTEGER AS n_articles,
                min(first_published_at) AS first_published_at,
                max(last_published_at) AS last_published_at
            FROM told GROUP BY entity_id;
        DROP TABLE told;
        TRUNCATE entities;
        INSERT INTO entities BY NAME
            SELECT * REPLACE (coalesce(aliases, []) AS aliases)
            FROM summed JOIN chosen USING (entity_id) LEFT JOIN surfaces USING (entity_id)
            LEFT JOIN (SELECT entity_id, {facts} FROM settled GROUP BY entity_id)
                USING (entity_id);
        DROP TABLE summed; DROP TABLE chosen; DROP TABLE surfaces; DROP TABLE settled
        """  # noqa: S608
    )


def _settle(database: duckdb.DuckDBPyConnection, fact: str) -> None:
    """Add to `settled` the value of `fact` that most articles give, of entities with any."""
    database.execute(
        f"""
        INSERT INTO settled
            SELECT entity_id, '{fact}', {fact} FROM told WHERE {fact} IS NOT NULL
            GROUP BY entity_id, {fact}
            QUALIFY row_number() OVER (
                PARTITION BY entity_id ORDER BY sum(articles) DESC, {fact}) = 1
        """  # noqa: S608
    )
