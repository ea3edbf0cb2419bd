from pathlib import Path

import pyarrow.parquet as pq
import pytest
from factory import article, entity, event, mention, quote

from pipeline.resolve import open_database, register_ids
from pipeline.resolve.changes import Side
from pipeline.schema import load_tables
from pipeline.store import encode

TABLES = ("articles", "entities", "mentions", "quotes", "events")


@pytest.fixture
def registered(tmp_path):
    """`registered(rows by table, number, before)` gives the registry as {(table, id): row}."""

    def make(rows: dict, number: int, before: Side | None = None):
        with open_database() as database:
            files = {}
            for table in TABLES:
                shape = encode(load_tables()[table], rows.get(table, []))
                database.register("shape", shape)
                database.execute(f"CREATE TABLE {table} AS SELECT * FROM shape")
                path = tmp_path / f"{number}-{table}.parquet"
                pq.write_table(shape, path)
                files[table] = [str(path)]
            register_ids(database, before or Side({}, {}), release=number)
            found = database.sql("SELECT * FROM registry").to_arrow_table()
            path = Path(tmp_path / f"{number}-registry.parquet")
            pq.write_table(found, path)
            files["registry"] = [str(path)]
            rows = {(row["table"], row["id"]): row for row in found.to_pylist()}
            return rows, Side(files, {})

    return make


def test_an_id_keeps_when_it_was_first_and_last_seen(registered):
    a, b = article("one", article_id="a1"), article("two", article_id="a2")
    _, first = registered({"articles": [a]}, 1)
    _, second = registered({"articles": [a, b]}, 2, first)
    rows, _ = registered({"articles": [b]}, 3, second)
    gone, here = rows["articles", "a1"], rows["articles", "a2"]
    assert (gone["first_seen"], gone["last_seen"], gone["replaced_by"]) == (1, 2, None)
    assert (here["first_seen"], here["last_seen"]) == (2, 3)


def test_a_quote_with_other_bounds_replaces_the_one_it_overlaps_most(registered):
    old = quote("q1", "a1", char_start=10, char_end=30)
    near, far = (
        quote("q2", "a1", char_start=8, char_end=30),
        quote("q3", "a1", char_start=29, char_end=60),
    )
    _, before = registered({"quotes": [old]}, 1)
    rows, _ = registered({"quotes": [near, far]}, 2, before)
    assert rows["quotes", "q1"]["replaced_by"] == "q2"
    assert rows["quotes", "q2"]["replaced_by"] is None


def test_an_entity_is_replaced_by_the_one_its_mentions_belong_to_now(registered):
    before = {"entities": [entity("e1", "Moreau")], "mentions": [mention("m1", "e1")]}
    _, first = registered(before, 1)
    now = {"entities": [entity("Q9", "Anne Moreau")], "mentions": [mention("m1", "Q9")]}
    rows, second = registered(now, 2, first)
    assert rows["entities", "e1"]["replaced_by"] == "Q9"
    kept, _ = registered({"events": [event("v1", "a1")], **now}, 3, second)
    assert kept["entities", "e1"]["replaced_by"] == "Q9"
    assert kept["entities", "e1"]["last_seen"] == 1


def test_an_article_under_another_address_replaces_the_one_with_its_text(registered):
    _, first = registered({"articles": [article("same", article_id="a1")]}, 1)
    rows, _ = registered({"articles": [article("same", article_id="a2")]}, 2, first)
    assert rows["articles", "a1"]["replaced_by"] == "a2"
