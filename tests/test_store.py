import sqlite3

import pytest
from factory import article

from pipeline.errors import ReleaseError
from pipeline.records import Article
from pipeline.resolve import load_analyses, open_database
from pipeline.schema import load_tables
from pipeline.store import KEY, Store, decode, encode


def rows(*texts: str):
    records = [article(text) for text in texts]
    return encode(load_tables()["articles"], records, **{KEY: [f"key {t}" for t in texts]})


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


def test_a_store_gives_back_what_was_put_in(store):
    store.put("articles-1", ["key one", "key two", "refused"], {"articles": rows("one", "two")})
    shards = store.shards("articles-1", ["key one", "refused", "unknown"])
    assert shards.keys() == {"key one", "refused"}
    found = list(decode(store.files(shards.values(), "articles"), Article))
    assert found == [article("one"), article("two")]


def test_a_store_tells_shards_in_the_strings_of_the_caller(store):
    """Of each a run has as many as articles, which are long and alike."""
    keys = [f"key-{n}" for n in range(3)]
    store.put("stage", keys, {"articles": rows("a", "b", "c")})
    found = store.shards("stage", keys)
    assert [id(key) for key in found] == [id(key) for key in keys]
    assert len({id(shard) for shard in found.values()}) == 1


def test_results_of_another_version_are_not_found(store):
    store.put("articles-1", ["key one"], {"articles": rows("one")})
    assert store.shards("articles-2", ["key one"]) == {}


def test_a_shard_whose_files_are_gone_is_not_known(store, tmp_path):
    store.put("articles-1", ["key one"], {"articles": rows("one")})
    store.close()
    for folder in (tmp_path / "store" / "shards").iterdir():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    with sqlite3.connect(tmp_path / "store" / "index.sqlite") as index:
        assert index.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    index.close()
    again = Store(tmp_path / "store")
    assert again.shards("articles-1", ["key one"]) == {}
    again.put("articles-1", ["key one"], {"articles": rows("one")})
    assert len(again.files(again.shards("articles-1", ["key one"]).values(), "articles")) == 1
    again.close()


def test_a_half_written_shard_is_written_again(store, tmp_path):
    name = "articles-1"
    store.put(name, ["key one"], {"articles": rows("one")})
    (folder,) = (tmp_path / "store" / "shards").iterdir()
    partial = folder.with_name(f".{folder.name}.partial")
    folder.rename(partial)
    (partial / "articles.parquet").write_bytes(b"half")
    store.close()
    again = Store(tmp_path / "store")
    assert again.shards(name, ["key one"]) == {}
    again.put(name, ["key one"], {"articles": rows("one")})
    files = again.files(again.shards(name, ["key one"]).values(), "articles")
    assert list(decode(files, Article)) == [article("one")]
    again.close()


def test_a_key_put_twice_is_found_in_one_shard(store):
    store.put("articles-1", ["key one", "key two"], {"articles": rows("one", "two")})
    store.put("articles-1", ["key one"], {"articles": rows("one")})
    shards = store.shards("articles-1", ["key one", "key two"])
    assert len(set(shards.values())) == 2
    with open_database() as database:
        files = store.files(shards.values(), "articles")
        load_analyses(database, {"articles": files}, shards)
        texts = database.sql("SELECT text FROM articles ORDER BY text").fetchall()
    assert texts == [("one",), ("two",)]


def test_forgetting_drops_shards_without_a_live_document(store, tmp_path):
    store.put("articles-1", ["a", "b"], {"articles": rows("one")})
    store.put("articles-1", ["c"], {"articles": rows("two")})
    store.put("articles-0", ["a"], {"articles": rows("old")})
    assert store.forget_all_but({"articles-1": ["a"]}) == 2
    assert store.shards("articles-1", ["a", "b", "c"]).keys() == {"a"}
    assert len(list((tmp_path / "store" / "shards").iterdir())) == 1


def test_a_store_of_another_format_is_refused(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "FORMAT").write_text("99")
    with pytest.raises(ReleaseError, match=r"format 99.*delete the folder"):
        Store(tmp_path / "store")
