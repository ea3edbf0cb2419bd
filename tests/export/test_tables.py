"""How tables lie in their files: a reader over HTTP must find one article among many."""

from contextlib import closing

import duckdb
import pyarrow.parquet as pq
import pytest
from tables import rows, write

from pipeline.export.tables import write_table
from pipeline.schema import load_tables


@pytest.fixture
def group(tmp_path):
    """The row group of 3,000 articles, as the writer lays it out."""
    content = rows()
    (article,) = content["articles"]
    content["articles"] = [
        article | {"article_id": f"a{n:016d}", "text": f"{n} {article['text']}"}
        for n in range(3000)
    ]
    (source,) = write(tmp_path, {"articles": content["articles"]})["articles"]
    with closing(duckdb.connect()) as database:
        (path,) = write_table(
            database,
            f"'{source}'",
            load_tables()["articles"],
            tmp_path,
            stem="out",
            max_bytes=1 << 30,
        )
    return pq.read_metadata(path).row_group(0)


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
