from datetime import UTC, date, datetime

import pytest
from factory import article, event

from pipeline.resolve.event_groups import group_events

DAY = {"date_start": date(2024, 5, 1), "date_end": date(2024, 5, 1)}


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        (DAY, DAY, True),
        ({}, {}, True),
        (DAY, {**DAY, "date_end": date(2024, 5, 2)}, False),
        ({}, {"type": "PROTEST"}, False),
        ({}, {"status": "denied"}, False),
        ({}, {"status": "planned"}, True),
        ({}, {"recipient_entity_id": "Q2"}, False),
        ({"actor_entity_id": None}, {"actor_entity_id": None}, False),
    ],
    ids=["day", "same-week", "other-days", "type", "denied", "planned", "recipient", "no-actor"],
)
def test_events_are_one_when_type_parties_and_time_agree(database, table, one, two, together):
    table("articles", [article("x", article_id="a1"), article("y", article_id="a2")])
    table("events", [event("v1", "a1", **one), event("v2", "a2", **two)])
    group_events(database)
    groups = dict(database.execute("SELECT event_id, event_group_id FROM events").fetchall())
    assert groups == {"v1": "v1", "v2": "v1" if together else "v2"}


def test_undated_events_of_articles_far_apart_are_two(database, table):
    later = datetime(2020, 6, 1, tzinfo=UTC)
    table(
        "articles",
        [article("x", article_id="a1"), article("y", article_id="a2", published_at=later)],
    )
    table("events", [event("v1", "a1"), event("v2", "a2")])
    group_events(database)
    assert database.execute("SELECT count(DISTINCT event_group_id) FROM events").fetchone() == (2,)
