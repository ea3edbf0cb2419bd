"""Copies of an article, exact or near.

Two texts are copies when sentences they share make up most of the shorter one, so a wire story
cut by a local paper is found, and a new headline or opening changes nothing. Sentences are
compared by a hash of their letters and digits.

What was found is kept from run to run in the attached database `kept`, which always mirrors one
set of articles: the next run looks only at pairs with a text that is new or moved, or that holds
a sentence judged otherwise than before. The outcome is that of a run from nothing.
"""

import duckdb

MIN_CONTAINED = 0.5
"""Share of the shorter text's letters that both must have. See docs/accuracy.md, "Copies"."""

MIN_OF_LONGER = 0.15
"""Share of the longer text's letters that both must have: less is a quotation or a news flash
that grew into a report, and the report must not be lost as a copy of the flash."""

COMMON_HOLDERS = 3
"""From so many texts on, it can be told whether a sentence is common property."""

SAMPLE = 8
"""Texts that are asked, two by two, whether a sentence they share is common property."""

HEADS = 6
"""A text is compared with so many of the earliest that share a sentence with it, not with all:
what makes a copy is its original, and a sentence in 100,000 texts must not pair all with all."""

MIN_TELLING = 24
"""Letters and digits of the shortest clause that brings two texts together to be compared:
shorter ones ("he said on Monday") are everywhere. They count all the same once texts meet."""

LAYOUT = """
    CREATE TABLE kept.texts (text UBIGINT, published_at TIMESTAMPTZ, article_id VARCHAR);
    CREATE TABLE kept.clauses (text UBIGINT, words UBIGINT, letters UINTEGER);
    CREATE TABLE kept.common (words UBIGINT);
    CREATE TABLE kept.heads (words UBIGINT, heads UBIGINT);
    CREATE TABLE kept.copies (earlier UBIGINT, later UBIGINT);
"""
"""The tables kept from run to run: texts with their earliest article, their sentences, sentences
that are common property, the earliest holders of sentences with many, and pairs of copies."""

Database = duckdb.DuckDBPyConnection


def mark_duplicates(database: Database) -> None:
    """Fill `duplicate_of` of table `articles`.

    The earliest published copy is the original (without a date: last; then by id). Copies of
    copies point to the original itself.
    """
    database.execute("BEGIN")
    _list_texts(database)
    _keep_clauses(database)
    _judge_clauses(database)
    _order_holders(database)
    _pair_texts(database)
    database.execute("COMMIT")
    _point_to_originals(database)
    for table in ("texts", "moved", "touched", "held", "unsettled", "dirty"):
        database.execute(f"DROP TABLE {table}")


def _list_texts(database: Database) -> None:
    """Make `texts`, each with its earliest article, and `moved`: those new, gone or redated."""
    database.execute(
        """
        CREATE TEMP TABLE texts AS
            SELECT *, row_number() OVER (ORDER BY published_at NULLS LAST, article_id) AS place
            FROM (
                SELECT hash(text_sha256) AS text, published_at, article_id FROM articles
                QUALIFY row_number() OVER (
                    PARTITION BY text_sha256 ORDER BY published_at NULLS LAST, article_id) = 1
            );
        CREATE TEMP TABLE moved AS
            SELECT DISTINCT text FROM (
                (SELECT text, published_at, article_id FROM texts EXCEPT FROM kept.texts)
                UNION ALL
                (FROM kept.texts EXCEPT SELECT text, published_at, article_id FROM texts)
            );
        """
    )


def _keep_clauses(database: Database) -> None:
    """Bring `kept` up to the texts there are; make `touched`: sentences of moved texts."""
    database.execute(
        """
        INSERT INTO kept.clauses
            SELECT text, hash(words), length(words) FROM (
                SELECT DISTINCT hash(text_sha256) AS text, regexp_replace(lower(unnest(
                    regexp_split_to_array(articles.text, '[.!?,;:]["”’)]?\\s+|[。！？，；：]|\\n+')
                )), '[^\\pL\\pN]+', '', 'g') AS words
                FROM articles WHERE article_id IN (
                    SELECT article_id FROM texts ANTI JOIN kept.texts USING (text))
            ) WHERE words <> '';
        CREATE TEMP TABLE touched AS
            SELECT DISTINCT words FROM kept.clauses SEMI JOIN moved USING (text);
        DELETE FROM kept.clauses
            WHERE text IN (SELECT text FROM kept.texts ANTI JOIN texts USING (text));
        DELETE FROM kept.texts WHERE text IN (FROM moved);
        INSERT INTO kept.texts
            SELECT text, published_at, article_id FROM texts SEMI JOIN moved USING (text);
        CREATE TEMP TABLE held AS
            SELECT words, count(*) AS holders FROM kept.clauses SEMI JOIN touched USING (words)
            GROUP BY words HAVING holders > 1;
        """
    )


def _judge_clauses(database: Database) -> None:
    """Find which touched sentences are common property; make `unsettled`: judged otherwise now.

    A footer, a stock phrase or a paragraph of background stands in texts that have little else
    in common, while a sentence of a wire story stands in copies of it. So the holders of a
    sentence (a sample, in the order of their hashes) are compared, each with the next: if more
    than half of these pairs are no copies, the sentence does not count for anybody.
    """
    database.execute(
        f"""
        CREATE TEMP TABLE neighbours AS
            SELECT words, text AS one, lead(text) OVER (PARTITION BY words ORDER BY text) AS two
            FROM (
                SELECT words, text FROM kept.clauses
                SEMI JOIN (FROM held WHERE holders >= {COMMON_HOLDERS}) USING (words)
                QUALIFY row_number() OVER (PARTITION BY words ORDER BY text) <= {SAMPLE}
            ) QUALIFY two IS NOT NULL;
        CREATE TEMP TABLE strangers AS
            WITH lengths AS (
                SELECT text, sum(letters) AS letters FROM kept.clauses GROUP BY text
            ), pairs AS (SELECT DISTINCT one, two FROM neighbours)
            SELECT pairs.one, pairs.two
            FROM pairs JOIN kept.clauses AS a ON a.text = one
            JOIN kept.clauses AS b ON b.text = two AND b.words = a.words
            JOIN lengths AS first ON first.text = one JOIN lengths AS second ON second.text = two
            GROUP BY ALL
            HAVING sum(a.letters) < {MIN_CONTAINED}
                * least(any_value(first.letters), any_value(second.letters));
        CREATE TEMP TABLE judged AS
            SELECT words FROM neighbours LEFT JOIN strangers USING (one, two)
            GROUP BY words HAVING 2 * count(strangers.one) > count(*);
        CREATE TEMP TABLE unsettled AS
            (FROM judged EXCEPT FROM kept.common)
            UNION ALL
            (SELECT words FROM kept.common SEMI JOIN touched USING (words) EXCEPT FROM judged);
        DELETE FROM kept.common WHERE words IN (FROM touched);
        INSERT INTO kept.common FROM judged;
        DROP TABLE neighbours; DROP TABLE strangers; DROP TABLE judged;
        """  # noqa: S608
    )


def _order_holders(database: Database) -> None:
    """Keep the earliest holders of touched sentences with many; the changed are `unsettled`."""
    database.execute(
        f"""
        CREATE TEMP TABLE foremost AS
            SELECT words, hash(list(text ORDER BY place)) AS heads FROM (
                SELECT words, text, place
                FROM (FROM kept.clauses WHERE letters >= {MIN_TELLING})
                SEMI JOIN (FROM held WHERE holders > {HEADS}) USING (words)
                ANTI JOIN kept.common USING (words)
                JOIN texts USING (text)
                QUALIFY row_number() OVER (PARTITION BY words ORDER BY place) <= {HEADS}
            ) GROUP BY words;
        INSERT INTO unsettled
            SELECT words FROM (
                (FROM foremost EXCEPT FROM kept.heads)
                UNION ALL
                (SELECT * FROM kept.heads SEMI JOIN touched USING (words) EXCEPT FROM foremost)
            );
        DELETE FROM kept.heads WHERE words IN (FROM touched);
        INSERT INTO kept.heads FROM foremost;
        DROP TABLE foremost;
        """  # noqa: S608
    )


def _pair_texts(database: Database) -> None:
    """Find anew the pairs of copies with a text that moved or holds an unsettled sentence."""
    database.execute(
        f"""
        CREATE TEMP TABLE dirty AS
            SELECT text FROM moved
            UNION SELECT text FROM kept.clauses SEMI JOIN unsettled USING (words);
        DELETE FROM kept.copies WHERE earlier IN (FROM dirty) OR later IN (FROM dirty);
        CREATE TEMP TABLE telling AS
            WITH wanted AS (
                SELECT DISTINCT words FROM kept.clauses SEMI JOIN dirty USING (text)
                ANTI JOIN kept.common USING (words)
            )
            SELECT words, text, letters, place, text IN (FROM dirty) AS is_dirty,
                row_number() OVER (PARTITION BY words ORDER BY place) AS rank,
                count(*) OVER (PARTITION BY words) AS holders
            FROM kept.clauses SEMI JOIN wanted USING (words) JOIN texts USING (text)
            QUALIFY holders > 1;
        CREATE TEMP TABLE candidates AS
            SELECT DISTINCT a.text AS earlier, b.text AS later
            FROM telling AS a JOIN telling AS b USING (words)
            WHERE a.letters >= {MIN_TELLING} AND a.rank <= {HEADS} AND a.place < b.place
                AND (a.is_dirty OR b.is_dirty);
        INSERT INTO kept.copies
            WITH lengths AS (
                SELECT text, sum(letters) AS letters
                FROM kept.clauses ANTI JOIN kept.common USING (words) GROUP BY text
            )
            SELECT earlier, later
            FROM candidates JOIN telling AS a ON a.text = earlier
            JOIN telling AS b ON b.text = later AND b.words = a.words
            JOIN lengths AS one ON one.text = earlier JOIN lengths AS two ON two.text = later
            GROUP BY earlier, later
            HAVING sum(a.letters) >= greatest(
                {MIN_CONTAINED} * least(any_value(one.letters), any_value(two.letters)),
                {MIN_OF_LONGER} * greatest(any_value(one.letters), any_value(two.letters)));
        DROP TABLE telling; DROP TABLE candidates;
        """  # noqa: S608
    )


def _point_to_originals(database: Database) -> None:
    """Follow each text to its earliest copy, that one to its own, and so on to the root."""
    database.execute(
        """
        CREATE TEMP TABLE parents AS
            SELECT later AS text, arg_min(earlier, place) AS parent
            FROM kept.copies JOIN texts ON texts.text = earlier GROUP BY later;
        CREATE TEMP TABLE roots AS
            WITH RECURSIVE climb AS (
                SELECT text, parent FROM parents
                UNION ALL
                SELECT climb.text, parents.parent
                FROM climb JOIN parents ON parents.text = climb.parent
            )
            SELECT text, parent AS root FROM climb
            WHERE parent NOT IN (SELECT text FROM parents);
        CREATE TEMP TABLE originals AS
            SELECT articles.article_id, first.article_id AS original
            FROM articles JOIN texts ON texts.text = hash(articles.text_sha256)
            LEFT JOIN roots ON roots.text = texts.text
            JOIN texts AS first ON first.text = coalesce(roots.root, texts.text)
            WHERE articles.article_id <> first.article_id;
        UPDATE articles SET duplicate_of = originals.original
            FROM originals WHERE originals.article_id = articles.article_id;
        DROP TABLE parents; DROP TABLE roots; DROP TABLE originals;
        """
    )
