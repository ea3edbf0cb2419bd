"""Articles that tell the same story in words of their own.

The rule is meant to err on the side of two stories: an article joins an earlier one printed at
most `WINDOW_DAYS` before it if what both speak of, rare things counting more, makes up enough of
what either speaks of. What an article speaks of: the entities it names, and the words of its
headline and opening. A story is told by its first article and those that join that very one, so
that it cannot drift from subject to subject. Copies belong to the story of their original;
an article without a date stands alone.
"""

from collections.abc import Iterator

import duckdb
import pyarrow as pa

WINDOW_DAYS = 3
"""Days between the first article of a story and the last that may join it."""

MIN_ALIKE = 0.35
"""Cosine of two articles' weighted features from which they tell one story. See
docs/accuracy.md, "Copies and stories"."""

MIN_SHARED = 5
"""Features two articles must share at least, one of them an entity: one name is not a story."""

ENTITY_WEIGHT = 3
"""What an entity weighs against a word as rare. With 1, half as many stories are found."""

ONCE = 0.3
"""What is left of a feature's weight where no other article has it: most words of a short text
are such, and would hide what two of them share."""

OPENING_CHARS = 600
"""Code points from the beginning of a text that are read: news says what happened there."""

TELLING = 12
"""An article is compared with those that share its rarest features, so many of them."""

NEIGHBOURS = 8
"""And, a feature, only with so many that were printed last before it."""

MIN_RARE = 2
"""And only if so many of their rarest features bring the two together."""

KNOWN = 1000
"""Articles in which a feature is imagined never to have stood: in a small store a word in two of
ten articles is no sign that it is common."""

_BATCH = 10_000

_AT_ONCE, _MOST_AT_ONCE, _STEPS = 5000, 25_000, 40
"""Articles compared with those before them in one step: some million features in common. Of very
many articles more at once, so that there are about so many steps: each reads the features of all
of the days before."""

Database = duckdb.DuckDBPyConnection


def mark_stories(database: Database) -> None:
    """Fill `story_id` of table `articles`, whose copies are marked, with help of `mentions`."""
    _list_features(database)
    _pair_articles(database)
    database.register("joined", _joined(database))
    database.execute(
        """
        CREATE TEMP TABLE told AS
            SELECT one.article_id, first.article_id AS story
            FROM joined JOIN printed AS one USING (place)
            JOIN printed AS first ON first.place = joined.first;
        CREATE TEMP TABLE named AS
            SELECT articles.article_id, coalesce(story, duplicate_of) AS story
            FROM articles LEFT JOIN told
                ON told.article_id = coalesce(duplicate_of, articles.article_id)
            WHERE story IS NOT NULL OR duplicate_of IS NOT NULL;
        UPDATE articles SET story_id = named.story
            FROM named WHERE named.article_id = articles.article_id;
        DROP TABLE told; DROP TABLE named; DROP TABLE printed; DROP TABLE features;
        DROP TABLE alike;
        """
    )
    database.unregister("joined")


def _list_features(database: Database) -> None:
    """Make `printed`, the dated originals in order, and `features`, each with its weight."""
    database.execute(
        f"""
        CREATE TEMP TABLE printed AS
            SELECT article_id, published_at,
                row_number() OVER (ORDER BY published_at, article_id) AS place
            FROM articles WHERE duplicate_of IS NULL AND published_at IS NOT NULL;
        CREATE TEMP TABLE features AS
            WITH found AS (
                SELECT DISTINCT place, true AS is_entity, hash(entity_id) AS feature
                FROM mentions JOIN printed USING (article_id) WHERE kind = 'name'
                UNION
                SELECT place, false, hash(unnest(regexp_extract_all(lower(
                    coalesce(title, '') || ' ' || left(text, {OPENING_CHARS})
                ), '[\\pL\\pN]{{4,}}')))
                FROM articles JOIN printed USING (article_id)
            ), weights AS (
                SELECT feature, is_entity, count(*) AS holders,
                    ln(((SELECT count(*) FROM printed) + {KNOWN}) / holders)
                        * if(is_entity, {ENTITY_WEIGHT}, 1) * if(holders = 1, {ONCE}, 1) AS weight
                FROM found GROUP BY feature, is_entity
            )
            -- In whole hundredths: a sum of fractions would hang on the order of rows. What is
            -- asked for by place lies together.
            SELECT place, feature, is_entity, holders, (100 * weight)::BIGINT AS weight
            FROM found JOIN weights USING (feature, is_entity) ORDER BY place;
        """  # noqa: S608
    )


def _pair_articles(database: Database) -> None:
    """Make `alike`: pairs of articles that tell one story, the earlier first.

    The later articles are taken some at a time: what pairs have in common is many times the
    features, and would outgrow any memory if all pairs were looked at together.
    """
    database.execute(
        """
        CREATE TEMP TABLE norms AS
            SELECT place, sqrt(sum(weight * weight)::DOUBLE) AS norm FROM features GROUP BY place;
        CREATE TEMP TABLE telling AS SELECT 0::BIGINT AS place, 0::UBIGINT AS feature LIMIT 0;
        CREATE TEMP TABLE alike AS SELECT 0::BIGINT AS earlier, 0::BIGINT AS later LIMIT 0;
        """
    )
    ((last,),) = database.execute("SELECT coalesce(max(place), 0) FROM printed").fetchall()
    at_once = min(max(_AT_ONCE, last // _STEPS), _MOST_AT_ONCE)
    parts = [(first, first + at_once - 1) for first in range(1, last + 1, at_once)]
    for part in parts:
        database.execute(_RAREST, part)
    database.execute(_RANKED)
    for part in parts:
        database.execute(_TIMELY, part)
        database.execute(_ALIKE)
    for table in ("telling", "rare", "timely", "norms"):
        database.execute(f"DROP TABLE IF EXISTS {table}")


_RAREST = f"""
    INSERT INTO telling SELECT place, feature FROM features
    WHERE holders > 1 AND place BETWEEN ? AND ?
    QUALIFY row_number() OVER (PARTITION BY place ORDER BY holders, feature) <= {TELLING}
"""  # noqa: S608

_BEFORE = ", ".join(f"lag(place, {step}) OVER holders" for step in range(1, NEIGHBOURS + 1))

_RANKED = f"""
    CREATE TEMP TABLE rare AS
        SELECT place, [{_BEFORE}] AS before
        FROM telling WINDOW holders AS (PARTITION BY feature ORDER BY place)
"""  # noqa: S608

# Neither joins `rare` nor `features` with itself, and pairs stand in a table of their own before
# their features are looked up: DuckDB would pair all that share a feature, add up before it joins,
# and take ten times as long.
_TIMELY = f"""
    CREATE OR REPLACE TEMP TABLE timely AS
    WITH near AS (
        SELECT earlier, later FROM (
            SELECT unnest(before) AS earlier, place AS later FROM rare WHERE place BETWEEN ? AND ?
        ) WHERE earlier IS NOT NULL
        GROUP BY earlier, later HAVING count(*) >= {MIN_RARE}
    )
    SELECT earlier, later FROM near
    JOIN printed AS a ON a.place = earlier JOIN printed AS b ON b.place = later
    WHERE b.published_at - a.published_at <= INTERVAL {WINDOW_DAYS} DAYS
"""  # noqa: S608

_ALIKE = f"""
    INSERT INTO alike
    WITH shared AS (
        SELECT earlier, later, sum(a.weight * a.weight) AS product
        FROM timely JOIN features AS a ON a.place = earlier
        SEMI JOIN features AS b ON b.place = later AND b.feature = a.feature
        GROUP BY earlier, later HAVING count(*) >= {MIN_SHARED} AND bool_or(a.is_entity)
    )
    SELECT earlier, later
    FROM shared JOIN norms AS one ON one.place = earlier JOIN norms AS two ON two.place = later
    WHERE product >= {MIN_ALIKE} * one.norm * two.norm
"""  # noqa: S608


def _joined(database: Database) -> pa.Table:
    """Return the articles that join a story, and the first article of the story each joins.

    In order of printing, each joins the earliest article it is alike that joined none itself.
    """
    joined: dict[int, int] = {}
    for later, earlier in _rows(database, "FROM alike SELECT later, earlier ORDER BY ALL"):
        if later not in joined and earlier not in joined:
            joined[later] = earlier
    shape = pa.schema({"place": pa.int64(), "first": pa.int64()})
    return pa.table({"place": list(joined), "first": list(joined.values())}, shape)


def _rows(database: Database, query: str) -> Iterator[tuple[int, int]]:
    found = database.execute(query)
    while batch := found.fetchmany(_BATCH):
        yield from batch
