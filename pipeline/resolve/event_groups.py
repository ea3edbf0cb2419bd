"""Events that are one, told in several sentences or articles."""

import duckdb

WINDOW_DAYS = 7
"""Tellings without a date of their own are joined when printed within the same week."""


def group_events(database: duckdb.DuckDBPyConnection) -> None:
    """Fill `event_group_id` of table `events`.

    One event: same type, denied or not, same first actor and first recipient, and either the
    same days or, where none are told, printed in the same week. An event without a known actor
    stands alone. The group is named after its first member by id, whatever the order of rows.
    """
    database.execute(
        f"""
        CREATE TEMP TABLE keyed AS
            SELECT event_id,
                hash(CASE WHEN actor_entity_id IS NULL THEN event_id
                ELSE concat_ws('|', type, status = 'denied', actor_entity_id,
                    coalesce(recipient_entity_id, '-'),
                    coalesce(
                        date_start::VARCHAR || '/' || date_end::VARCHAR,
                        'printed ' || (epoch(published_at) // ({WINDOW_DAYS} * 86400))::VARCHAR,
                        events.article_id))
                END) AS key
            FROM events JOIN articles USING (article_id);
        CREATE TEMP TABLE groups AS
            SELECT event_id, first_id
            FROM keyed JOIN (SELECT key, min(event_id) AS first_id FROM keyed GROUP BY key)
                USING (key);
        UPDATE events SET event_group_id = first_id
            FROM groups WHERE groups.event_id = events.event_id AND event_group_id <> first_id;
        DROP TABLE keyed; DROP TABLE groups;
        """  # noqa: S608
    )
