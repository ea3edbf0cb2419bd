"""A published folder behind a web server: what the README shows works there as on a disk.

DuckDB's own HTTP reader is an extension that is downloaded when first used. Where it is not
installed, DuckDB reads through obstore's HTTP store instead: the address, the server and DuckDB's
Parquet reader, with the ranges it asks for, are the real ones; the HTTP client is not DuckDB's.
"""

import socket
import threading
import time
from contextlib import closing

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
import tables
import uvicorn
from obstore.fsspec import FsspecStore
from published import write_release
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles

from pipeline.export.publish import publish
from pipeline.export.views import views
from pipeline.schema import load_dataset, load_tables

ROWS = 1_000_000
LARGE = ROWS * 8
"""Bytes the large table has at least: far more than a reader of one row group needs."""


class Counting:
    """An ASGI application that counts what is sent of each path, and how."""

    def __init__(self, app):
        self.app = app
        self.sent = []

    async def __call__(self, scope, receive, send):
        async def counted(message):
            if message["type"] == "http.response.start":
                self.sent.append([scope["path"], message["status"], 0])
            elif message["type"] == "http.response.body":
                self.sent[-1][2] += len(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, counted)

    def of(self, name: str) -> list[tuple[int, int]]:
        return [(status, size) for path, status, size in self.sent if path.endswith(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a published folder, and what its server has sent."""
    root = tmp_path_factory.mktemp("site")
    publish(release(root), str(root / "public"), dry_run=False, progress=lambda _: None)
    counting = Counting(Starlette())
    counting.app.mount("/", StaticFiles(directory=root / "public", follow_symlink=True))
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(counting, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", counting
    server.should_exit = True
    thread.join()
    listening.close()


def release(root):
    """Write a release of the small tables, and one large file of many row groups."""
    written = tables.write(root, tables.rows())
    contents = {f"{name}.parquet": path.read_bytes() for name, (path,) in written.items()}
    contents["views.sql"] = views(load_dataset(), load_tables()).encode()
    numbers = pd.DataFrame({"n": range(ROWS)})
    numbers["other"] = numbers.n * 7919 % 1_000_003
    numbers.to_parquet(root / "large", row_group_size=20_000, compression=None)
    contents["numbers.parquet"] = (root / "large").read_bytes()
    return write_release(root / "release", "v2024.6.0", contents)


@pytest.fixture
def database():
    with closing(duckdb.connect()) as found:
        try:
            found.execute("LOAD httpfs")
        except duckdb.Error:
            found.register_filesystem(FsspecStore("http", client_options={"allow_http": True}))
        yield found


def test_duckdb_reads_the_readmes_queries_through_the_pointer(site, database):
    address, _ = site
    data = f"{address}/latest"
    quotes = database.sql(
        f"SELECT speaker_name, via_text, text FROM '{data}/quotes.parquet' WHERE kind = 'direct'"
    ).fetchall()
    assert [(speaker, via) for speaker, via, _ in quotes] == [("Ada Færgemand", None)]
    events = database.sql(
        "SELECT type, status, actor_name, recipient_name, date_start, date_end"
        f" FROM '{data}/events.parquet' WHERE status IN ('planned', 'denied')"
    ).fetchall()
    assert [event[:2] for event in events] == [("AID", "planned")]
    sentences = database.sql(
        "SELECT e.trigger_text, a.text[e.sentence_start + 1 : e.sentence_end] AS sentence"
        f" FROM '{data}/events.parquet' e JOIN '{data}/articles.parquet' a USING (article_id)"
        " WHERE e.type = 'AID'"
    ).fetchall()
    assert sentences == [("send", tables.TEXT.split("\n")[0])]


def test_duckdb_reads_only_the_ranges_it_needs(site, database):
    address, counting = site
    url = f"{address}/v2024.6.0/numbers.parquet"
    counting.sent.clear()
    assert database.sql(f"SELECT other FROM '{url}' WHERE n = 123456").fetchall() == [
        (123456 * 7919 % 1_000_003,)
    ]
    parts = [size for status, size in counting.of("numbers.parquet") if status == 206]
    assert parts
    assert sum(size for _, size in counting.of("numbers.parquet")) < LARGE // 4


def test_pandas_reads_the_readmes_tables(site):
    data = f"{site[0]}/latest"
    quotes = pd.read_parquet(f"{data}/quotes.parquet")
    assert quotes.groupby("speaker_name").size().to_dict() == {"Ada Færgemand": 1}
    events = pd.read_parquet(f"{data}/events.parquet")
    assert len(events[events.date_start >= "2019-12-01"]) == 1
    article = pd.read_parquet(f"{data}/articles.parquet").iloc[0]
    assert article.text[quotes.char_start[0] : quotes.char_end[0]] == quotes.text[0]


def test_pyarrow_reads_one_column_in_ranges(site):
    address, counting = site
    store = FsspecStore("http", client_options={"allow_http": True})
    counting.sent.clear()
    with store.open(f"{address}/v2024.6.0/numbers.parquet", block_size=2**16) as file:
        assert pq.ParquetFile(file).read_row_group(3, columns=["n"]).num_rows == 20_000
    statuses = {status for status, _ in counting.of("numbers.parquet")}
    assert 206 in statuses
    assert len(counting.of("numbers.parquet")) > 1
    assert sum(size for _, size in counting.of("numbers.parquet")) < LARGE // 4
