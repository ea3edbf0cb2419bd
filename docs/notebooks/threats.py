"""Who threatened whom with what, and did it happen?"""

import marimo

app = marimo.App(width="medium")


@app.cell
def opening():
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo

    folder = Path(os.environ.get("ONRECORD_DATA", Path(__file__).parents[2] / "data"))
    database = duckdb.connect()
    for table in ("articles", "events", "quotes"):
        database.execute(f"CREATE VIEW {table} AS FROM '{folder / table}*.parquet'")
    return database, mo


@app.cell
def heading(mo):
    mo.md("""
    # Who threatened whom with what, and did it happen?

    A threat is an event of the type THREATEN. *With what*: the acts that the same sentence names
    after it, which the paper or the one who threatens has not yet done.
    """)


@app.cell
def asking(database):
    threats = database.sql("""
        SELECT
            t.event_id AS threat_id,
            coalesce(t.actor_name, t.actor_text) AS who,
            coalesce(t.recipient_name, t.recipient_text, a.recipient_name) AS whom,
            t.trigger_text AS said_by_the_word,
            a.type AS with_what,
            a.trigger_text AS in_the_words,
            a.status AS as_told,
            coalesce(a.actor_country, t.actor_country) AS country,
            r.publisher, r.published_at,
            r.text[t.sentence_start + 1 : t.sentence_end] AS sentence
        FROM events AS t
        LEFT JOIN events AS a
            ON a.article_id = t.article_id AND a.sentence_start = t.sentence_start
            AND a.trigger_start > t.trigger_start AND a.status IN ('possible', 'planned')
        JOIN articles AS r ON r.article_id = t.article_id
        WHERE t.type = 'THREATEN' AND t.status IN ('happened', 'ongoing')
        ORDER BY r.published_at, t.trigger_start
    """)
    threats.pl()
    return (threats,)


@app.cell
def following(mo):
    mo.md("""
    ## Did it happen?

    Acts of the same type by the same country that any article tells of: those that took place, and
    those of which it says that they did not. An article says no more than what was known that day.
    """)


@app.cell
def answering(database, threats):
    outcome = database.sql("""
        SELECT
            t.who, t.whom, t.with_what,
            count(e.event_id) FILTER (e.status IN ('happened', 'ongoing')) AS told_as_done,
            count(e.event_id) FILTER (e.status = 'denied') AS told_as_not_done
        FROM threats AS t
        LEFT JOIN events AS e ON e.type = t.with_what AND e.actor_country = t.country
        WHERE t.with_what IS NOT NULL
        GROUP BY ALL
        ORDER BY told_as_done DESC, t.who, t.whom, t.with_what
    """)
    outcome.pl()
    return (outcome,)


@app.cell
def reading(database, outcome, threats):
    # The sentences, to read before anything is concluded from the counts.
    sentences = database.sql("SELECT DISTINCT publisher, published_at, sentence FROM threats")
    answer = (threats.pl(), outcome.pl(), sentences.pl())
    sentences.pl()
    return (answer,)


if __name__ == "__main__":
    app.run()
