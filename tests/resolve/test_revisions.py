from pathlib import Path

import pyarrow.parquet as pq
import pytest
from factory import article

from pipeline.resolve import open_database
from pipeline.resolve.revisions import number_revisions
from pipeline.schema import load_tables
from pipeline.store import encode


@pytest.fixture
def released(tmp_path):
    """`released(articles, before)` gives the file of a release's articles and their revisions."""

    def make(articles: list, before: list[str]) -> tuple[list[str], dict[str, int]]:
        rows = encode(load_tables()["articles"], articles)
        with open_database() as database:
            database.register("rows", rows)
            database.execute("CREATE TABLE articles AS FROM rows")
            number_revisions(database, before)
            found = database.sql("SELECT * FROM articles").to_arrow_table()
        path = Path(tmp_path / f"{len(list(tmp_path.iterdir()))}.parquet")
        pq.write_table(found, path)
        return [str(path)], {row["article_id"]: row["revision"] for row in found.to_pylist()}

    return make


def test_each_new_text_is_the_next_revision_also_one_that_goes_back(released):
    numbers, before = [], []
    for text in ("one", "one", "two", "two", "one", "three"):
        before, found = released([article(text, article_id="a")], before)
        numbers.append(found["a"])
    assert numbers == [1, 1, 2, 2, 3, 4]


def test_an_article_that_was_not_there_keeps_the_number_its_sources_tell(released):
    before, _ = released([article("one", article_id="a")], [])
    _, found = released([article("new", article_id="b", revision=2)], before)
    assert found == {"b": 2}


def test_the_higher_number_stands(released):
    before, _ = released([article("one", article_id="a", revision=2)], [])
    _, ahead = released([article("two", article_id="a", revision=7)], before)
    _, behind = released([article("two", article_id="a", revision=1)], before)
    assert (ahead["a"], behind["a"]) == (7, 3)
