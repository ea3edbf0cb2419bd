from collections.abc import Callable, Sequence

import pytest

from pipeline.resolve import open_database
from pipeline.schema import load_tables
from pipeline.store import encode


@pytest.fixture
def database():
    with open_database() as opened:
        yield opened


@pytest.fixture
def table(database) -> Callable:
    """`table(name, records)` makes a table of a release in the database."""

    def make(name: str, records: Sequence) -> None:
        rows = encode(load_tables()[name], records)  # noqa: F841 (DuckDB reads it by name)
        database.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")

    return make
