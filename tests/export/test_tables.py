"""How tables lie in their files: a reader over HTTP must find one article among many."""

from contextlib import closing

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables import rows, write

from pipeline.export import tables
from pipeline.export.tables import TEXT_ROW_GROUP, write_table
from pipeline.schema import load_tables


@pytest.fixture
def articles(tmp_path):
    """Write so many articles; give the metadata of their file."""

    def written(count):
        (article,) = rows()["articles"]
        made = [
            article | {"article_id": f"a{n:016d}", "text": f"{n} {article['text']}"}
            for n in range(count)
        ]
        (source,) = write(tmp_path, {"articles": made})["articles"]
        return pq.read_metadata(exported(source, tmp_path))

    return written


@pytest.fixture
def group(articles):
    """The row group of 3,000 articles, as the writer lays it out."""
    return articles(3000).row_group(0)


def exported(source, folder):
    with closing(duckdb.connect()) as database:
        (path,) = write_table(
            database,
            f"'{source}'",
            load_tables()["articles"],
            folder,
            stem="out",
            max_bytes=1 << 30,
        )
    return path


def column(group, name):
    columns = [group.column(n) for n in range(group.num_columns)]
    return next(one for one in columns if one.path_in_schema == name)


def test_every_column_has_an_index_of_its_pages(group):
    columns = [group.column(n) for n in range(group.num_columns)]
    assert all(one.has_offset_index for one in columns)
    assert column(group, "article_id").has_column_index


def test_texts_are_not_in_a_dictionary_and_what_repeats_is(group):
    assert not column(group, "text").has_dictionary_page
    assert column(group, "source").has_dictionary_page
    assert column(group, "paragraph_starts.list.element").has_dictionary_page


def test_few_long_texts_are_held_in_memory_until_they_are_written(articles):
    found = articles(TEXT_ROW_GROUP + 10)
    assert [found.row_group(n).num_rows for n in range(found.num_row_groups)] == [
        TEXT_ROW_GROUP,
        10,
    ]


@pytest.mark.parametrize("unknown", [0, 300, 5000])
def test_a_table_sorted_in_parts_is_in_order_what_is_not_given_last(unknown):
    with closing(duckdb.connect()) as database:
        database.execute(
            f"""
            CREATE TABLE t AS SELECT if(n < {unknown}, NULL, 'a' || hash(n // 7)) AS a, n AS b
            FROM range(5000) AS r(n)
            """
        )
        whole = database.execute("SELECT a, b FROM t ORDER BY a, b").fetchall()
        ranges = tables._ranges(database, "t", '"a"', 400)
        batches = list(tables._sorted(database, "t", ["a", "b"], ["a", "b"], 400))
    assert len(ranges) == (1 if unknown == 5000 else 4)
    assert [tuple(row.values()) for batch in batches for row in batch.to_pylist()] == whole


def test_a_table_of_one_value_is_sorted_too():
    with closing(duckdb.connect()) as database:
        database.execute("CREATE TABLE t AS SELECT 'a' AS a, n AS b FROM range(1000) AS r(n)")
        (batch,) = tables._sorted(database, "t", ["a", "b"], ["a", "b"], 100)
        assert batch["b"].to_pylist() == list(range(1000))


@pytest.mark.parametrize("rows_a_batch", [700, 1500])
def test_the_bytes_do_not_hang_on_how_rows_arrive(tmp_path, monkeypatch, rows_a_batch):
    folders = [tmp_path / "as_ever", tmp_path / "otherwise"]
    whole = [one | {"article_id": f"a{n:016d}"} for n in range(5000) for one in rows()["articles"]]
    (source,) = write(tmp_path, {"articles": whole})["articles"]
    for folder in folders:
        folder.mkdir()
    as_ever = exported(source, folders[0])
    sort = tables._sorted

    def otherwise(*given):
        table = pa.Table.from_batches(list(sort(*given)))
        return iter(table.combine_chunks().to_batches(max_chunksize=rows_a_batch))

    monkeypatch.setattr(tables, "_sorted", otherwise)
    assert exported(source, folders[1]).read_bytes() == as_ever.read_bytes()


def test_a_row_group_is_not_held_while_the_next_is_made(tmp_path, monkeypatch):
    shape = load_tables()["removals"]
    held = []

    def groups(_database, _relation, schema, _sort):
        for _ in range(3):
            held.append(pa.total_allocated_bytes())
            yield pa.table([pa.repeat("a" * 100, 50_000)] * 2, schema)

    monkeypatch.setattr(tables, "_row_groups", groups)
    with closing(duckdb.connect()) as database:
        write_table(database, "none", shape, tmp_path, stem="out", max_bytes=1 << 30)
    assert max(held) - held[0] < 5_000_000
