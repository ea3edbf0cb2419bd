"""The views for DuckDB, run on a small release."""

import duckdb
import pytest
import tables

from pipeline.export.views import views
from pipeline.schema import load_dataset, load_tables


@pytest.fixture
def database(release, monkeypatch):
    monkeypatch.chdir(release[0])
    with duckdb.connect() as connection:
        connection.execute(views(load_dataset(), load_tables()))
        yield connection


def rows(database, query):
    return database.sql(query).fetchall()


def test_every_table_has_a_view_with_its_comments(database):
    assert rows(database, "SELECT count(*) FROM mentions") == [(3,)]
    assert rows(database, "SELECT rule FROM quarantine") == [("unreadable",)]
    assert rows(database, "SELECT table_name, change FROM changelog") == [("quotes", "added")]
    query = "SELECT comment FROM duckdb_columns() WHERE table_name = 'quotes' AND column_name = "
    assert "quotation mark included" in rows(database, query + "'char_start'")[0][0]


def test_dyads_pair_actors_with_recipients(database):
    query = "SELECT event_id, actor_text, recipient_text, status FROM dyads"
    assert rows(database, query) == [(tables.EVENT, "Norland", "Sudland", "planned")]


def test_an_event_without_recipients_stays_in_dyads(tmp_path, database):
    content = tables.rows()
    content["event_actors"].pop()
    tables.write(tmp_path, content)
    query = "SELECT actor_text, recipient_text FROM dyads"
    assert rows(database, query) == [("Norland", None)]


def test_evidence_shows_the_words(database):
    query = "SELECT id, label, qualifier, passage FROM evidence ORDER BY kind"
    first, second = tables.TEXT.split("\n\n")
    assert rows(database, query) == [
        (tables.EVENT, "AGREE", "planned", first),
        (tables.QUOTE, "direct", "states", second),
    ]
