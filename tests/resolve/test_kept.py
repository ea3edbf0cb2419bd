import logging

import duckdb
import pytest
from factory import article

from pipeline.resolve import kept, open_database
from pipeline.resolve.duplicates import mark_duplicates
from pipeline.schema import load_tables
from pipeline.store import encode


def remember(path, text: str) -> None:
    with open_database(path) as database:
        database.register("rows", encode(load_tables()["articles"], [article(text)]))
        database.execute("CREATE TABLE articles AS FROM rows")
        mark_duplicates(database)


def remembered(path) -> int:
    with open_database(path) as database:
        return database.execute("SELECT count(*) FROM kept.clauses").fetchone()[0]


@pytest.fixture
def path(tmp_path):
    """A run's database, and beside it what was kept of an article with two clauses."""
    remember(tmp_path / "resolve.duckdb", "It rained in Quito. It snowed in Sucre.")
    return tmp_path / "resolve.duckdb"


def test_the_next_run_finds_what_was_kept(path):
    assert remembered(path) == 2


def test_another_version_begins_anew(path, monkeypatch):
    monkeypatch.setattr(kept, "_version", lambda: "another")
    assert remembered(path) == 0


@pytest.mark.parametrize("content", [b"", b"no database"])
def test_a_broken_file_is_made_anew(path, content, caplog):
    (path.parent / "kept.duckdb").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert remembered(path) == 0
    assert "made anew" in caplog.text


def test_a_database_of_somebody_else_is_made_anew(path):
    (path.parent / "kept.duckdb").unlink()
    with duckdb.connect(str(path.parent / "kept.duckdb")) as other:
        other.execute("CREATE TABLE other AS SELECT 1 AS number")
    assert remembered(path) == 0
