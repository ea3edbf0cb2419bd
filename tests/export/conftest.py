"""A small release on disk, and what its descriptors are made from."""

from datetime import UTC, datetime
from hashlib import sha256

import pyarrow.parquet as pq
import pytest
import tables

from pipeline.export.files import ReleaseFile
from pipeline.schema import load_dataset, load_tables


@pytest.fixture
def release(tmp_path):
    """The folder of a release and its files."""
    paths = {name: path for name, (path,) in tables.write(tmp_path, tables.rows()).items()}
    (tmp_path / "changelog").mkdir()
    change = {"id": tables.QUOTE, "change": "added", "cause": "source", "columns": []}
    (path,) = tables.write(tmp_path / "changelog", {"changelog": [change]})["changelog"]
    paths["changelog/quotes"] = path.rename(path.with_name("quotes.parquet"))
    return tmp_path, [release_file(tmp_path, path, name) for name, path in paths.items()]


def release_file(folder, path, table):
    return ReleaseFile(
        path=path.relative_to(folder).as_posix(),
        table=table,
        rows=pq.read_metadata(path).num_rows,
        bytes=path.stat().st_size,
        sha256=sha256(path.read_bytes()).hexdigest(),
    )


@pytest.fixture
def described():
    """Call a generator of descriptors with everything but the files."""

    def call(make, files):
        now = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
        return make(load_dataset(), load_tables(), files, release="v2026.1.0", now=now)

    return call
