import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from factory import article

from pipeline.records import Removal
from pipeline.resolve import (
    Side,
    allow_comparing,
    allow_loading,
    allow_resolving,
    allow_writing,
    current_articles,
    filled_database,
    open_database,
)
from pipeline.schema import load_tables
from pipeline.store import KEY, encode

URL = "https://example.org/a"


def record(name: str, text: str, hour: int | None = None, **fields):
    moment = None if hour is None else datetime(2024, 5, 1, hour, tzinfo=UTC)
    values = {"article_id": "a1", "record_id": name, "url": URL, "retrieved_at": moment}
    return article(text, **{**values, **fields})


@pytest.fixture
def current(database, tmp_path):
    """`current(records)` gives the rows of `articles` and of `quarantine` made of them."""

    def make(*records, removals=()) -> tuple[list[dict], list[dict]]:
        keys = [str(number) for number in range(len(records))]
        rows = encode(load_tables()["articles"], records, **{KEY: keys, "analysis": keys})
        file = Path(tmp_path, "shard", "articles.parquet")
        file.parent.mkdir()
        pq.write_table(rows, file)
        current_articles(
            database,
            [str(file)],
            [],
            dict.fromkeys(keys, "shard"),
            encode(load_tables()["quarantine"], []),
            encode(load_tables()["removals"], removals),
        )
        names = ("articles ORDER BY article_id", "quarantine ORDER BY record_id")
        found: list[pa.Table] = [database.sql(f"FROM {name}").to_arrow_table() for name in names]
        return found[0].to_pylist(), found[1].to_pylist()

    return make


def test_the_text_fetched_last_stands_and_counts_the_ones_before(current):
    texts = [("old", "one", 1), ("same", "one", 2), ("back", "one", 4), ("between", "two", 3)]
    articles, refused = current(*(record(*told) for told in texts))
    assert [(row["record_id"], row["revision"]) for row in articles] == [("back", 3)]
    assert {row["record_id"]: row["rule"] for row in refused} == dict.fromkeys(
        ("old", "same", "between"), "earlier-revision"
    )
    assert refused[0]["detail"] == f"an earlier text of record back of source tests: {URL}"


@pytest.mark.parametrize(
    "records",
    [
        (record("one", "text"), record("two", "other")),
        (record("one", "text", 2), record("two", "text", 1)),
    ],
    ids=["nobody-knows-which-is-older", "same-text"],
)
def test_a_repeated_address_is_no_revision(current, records):
    articles, refused = current(*records)
    assert [(row["record_id"], row["revision"]) for row in articles] == [("one", 1)]
    assert [(row["record_id"], row["rule"]) for row in refused] == [("two", "repeated-url")]


def test_articles_taken_out_are_not_there(current):
    taken = Removal("a2", "withdrawn")
    articles, refused = current(
        record("one", "x"), record("two", "y", article_id="a2"), removals=[taken]
    )
    assert ([row["article_id"] for row in articles], refused) == (["a1"], [])


def test_a_run_starts_from_an_empty_database(tmp_path):
    for _ in range(2):
        with open_database(tmp_path / "resolve.duckdb") as database:
            database.execute("CREATE TABLE articles AS SELECT 1")


def test_duckdb_shows_nothing_of_its_own_on_the_terminal(database):
    shown = "SELECT value FROM duckdb_settings() WHERE name = 'enable_progress_bar'"
    assert database.execute(shown).fetchall() == [("false",)]


def allowed(database):
    return database.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]


@pytest.mark.parametrize(
    ("documents", "stored", "memory"),
    [
        (20, 1000, "48.0 MiB"),
        (20_000, 1000, "58.5 MiB"),
        (100_000, 1000, "292.9 MiB"),
        (20, 80 << 20, "160.0 MiB"),
        (10**9, 1000, "2.0 GiB"),
    ],
)
def test_loading_may_hold_what_documents_and_their_texts_need(tmp_path, documents, stored, memory):
    file = tmp_path / "articles.parquet"
    with file.open("wb") as empty:
        empty.truncate(stored)
    with open_database(tmp_path / "resolve.duckdb") as database:
        allow_loading(database, [str(file)], documents=documents)
        assert allowed(database) == memory


@pytest.mark.parametrize(
    ("articles", "chars", "memory"),
    [(20, 3000, "48.0 MiB"), (3000, 20_000, "273.4 MiB"), (100_000, 3000, "292.9 MiB")],
)
def test_the_steps_may_hold_the_texts_they_take_apart_at_once(tmp_path, articles, chars, memory):
    with open_database(tmp_path / "resolve.duckdb") as database:
        make_texts(database, articles, chars)
        allow_resolving(database)
        assert allowed(database) == memory


def make_texts(database, articles: int, chars: int) -> None:
    database.execute(f"CREATE TABLE articles AS SELECT {chars} AS n_chars FROM range({articles})")


def test_sorting_needs_less_memory_than_the_steps(tmp_path):
    with open_database(tmp_path / "resolve.duckdb") as database:
        make_texts(database, 100_000, 3000)
        allow_writing(database)
        assert allowed(database) == "195.3 MiB"


IN_MEMORY = "SELECT length(string_agg(n::VARCHAR, ' ')) FROM range(8_000_000) AS numbers(n)"
"""Asks for some 120 MB that cannot be on disk."""


def test_what_wants_more_memory_begins_again_with_the_most(tmp_path, caplog):
    found = []

    def fill(database):
        database.execute("CREATE TABLE made (n INTEGER)")
        allow_loading(database, [], documents=20)
        found.append(allowed(database))
        return database.execute(IN_MEMORY).fetchall()

    database, made = filled_database(tmp_path / "resolve.duckdb", fill)
    with database:
        assert database.execute("SELECT count(*) FROM made").fetchall() == [(0,)]
    # Numbers of one to seven digits, and a blank between two.
    assert made == [(sum(len(str(n)) + 1 for n in range(8_000_000)) - 1,)]
    assert found == ["48.0 MiB", "2.0 GiB"]
    assert "begins again with more memory" in caplog.text


@pytest.mark.parametrize(
    ("error", "tries"), [(duckdb.OutOfMemoryException("none left"), 2), (ValueError("odd"), 1)]
)
def test_what_fails_all_the_same_closes_the_database(tmp_path, error, tries):
    seen = []

    def fill(database):
        seen.append(database)
        raise error

    with pytest.raises(type(error)):
        filled_database(tmp_path / "resolve.duckdb", fill)
    assert len(seen) == tries
    for database in seen:
        with pytest.raises(duckdb.ConnectionException):
            database.execute("SELECT 1")


def test_joining_two_releases_needs_as_much_as_they_have(tmp_path):
    files = [tmp_path / name for name in ("old.parquet", "new-0.parquet", "new-1.parquet")]
    for file in files:
        with file.open("wb") as empty:
            empty.truncate(100 << 20)
    old, *new = map(str, files)
    with open_database(tmp_path / "resolve.duckdb") as database:
        allow_comparing(database, Side({"articles": [old]}, {}), Side({"articles": new}, {}))
        assert allowed(database) == "428.0 MiB"


@pytest.mark.parametrize(
    ("cores", "documents", "threads"), [(1, 20, 1), (64, 20, 1), (64, 10**9, 32), (2, 10**9, 2)]
)
def test_threads_are_no_more_than_there_is_memory_for(
    tmp_path, monkeypatch, cores, documents, threads
):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    with open_database(tmp_path / "resolve.duckdb") as database:
        allow_loading(database, [], documents=documents)
        told = database.execute("SELECT current_setting('threads')").fetchall()
        assert told == [(threads,)]
