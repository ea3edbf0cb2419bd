"""Copies of an article, exact or near, and the stories they tell.

Two articles are copies when sentences they share make up most of the shorter one, so a wire
story cut by a local paper is found, and a new headline or opening changes nothing.
"""

import duckdb

MIN_SENTENCE = 40
"""Letters and digits of the shortest sentence compared: shorter ones ("He declined to
comment.") are common property."""

MAX_ARTICLES = 200
"""A sentence in more articles than this is boilerplate, and would pair all with all."""

MIN_CONTAINED = 0.7
"""Share of the shorter article's compared letters that both must have. Not yet measured."""


def mark_duplicates(database: duckdb.DuckDBPyConnection) -> None:
    """Fill `duplicate_of` and `story_id` of table `articles`.

    The earliest published copy is the original (without a date: last; then by id). Copies of
    copies point to the original itself. A story is named after its original.
    """
    database.execute(
        f"""
        CREATE TEMP TABLE sentences AS
            SELECT article_id, hash(words) AS words, length(words) AS letters FROM (
                SELECT DISTINCT article_id, regexp_replace(lower(unnest(
                    regexp_split_to_array(text, '[.!?]["”’)]?\\s+|\\n+')
                )), '[^\\pL\\pN]+', '', 'g') AS words FROM articles
            ) WHERE length(words) >= {MIN_SENTENCE};
        CREATE TEMP TABLE shared AS
            SELECT * FROM sentences WHERE words IN (
                SELECT words FROM sentences GROUP BY words
                HAVING count(*) BETWEEN 2 AND {MAX_ARTICLES});
        CREATE TEMP TABLE lengths AS
            SELECT article_id, sum(letters) AS letters FROM sentences GROUP BY article_id;
        CREATE TEMP TABLE ordered AS
            SELECT article_id, text_sha256,
                row_number() OVER (ORDER BY published_at NULLS LAST, article_id) AS place
            FROM articles;
        CREATE TEMP TABLE copies AS
            SELECT later.article_id, earlier.article_id AS original
            FROM shared AS a JOIN shared AS b USING (words)
            JOIN ordered AS earlier ON earlier.article_id = a.article_id
            JOIN ordered AS later ON later.article_id = b.article_id
            JOIN lengths AS one ON one.article_id = a.article_id
            JOIN lengths AS two ON two.article_id = b.article_id
            WHERE earlier.place < later.place
            GROUP BY later.article_id, earlier.article_id
            HAVING sum(a.letters) >= {MIN_CONTAINED} * min(least(one.letters, two.letters))
            UNION
            SELECT later.article_id, earlier.article_id
            FROM ordered AS earlier JOIN ordered AS later USING (text_sha256)
            WHERE earlier.place < later.place;
        CREATE TEMP TABLE nearest AS
            SELECT copies.article_id, arg_min(original, place) AS original
            FROM copies JOIN ordered ON ordered.article_id = original
            GROUP BY copies.article_id;
        CREATE TEMP TABLE roots AS
            WITH RECURSIVE climb AS (
                SELECT article_id, original FROM nearest
                UNION ALL
                SELECT climb.article_id, nearest.original
                FROM climb JOIN nearest ON nearest.article_id = climb.original
            )
            SELECT climb.article_id, arg_min(climb.original, place) AS original
            FROM climb JOIN ordered ON ordered.article_id = climb.original
            GROUP BY climb.article_id;
        UPDATE articles SET duplicate_of = roots.original, story_id = roots.original
            FROM roots WHERE roots.article_id = articles.article_id;
        DROP TABLE sentences; DROP TABLE shared; DROP TABLE lengths; DROP TABLE ordered;
        DROP TABLE copies; DROP TABLE nearest; DROP TABLE roots;
        """  # noqa: S608
    )
