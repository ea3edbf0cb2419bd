"""A Dask cluster of separate processes, input and output in a bucket, no disk in common."""

import gc
import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import dask
import factory
import pyarrow.parquet as pq
import pytest
import quick
import stores
from clusters import cluster
from distributed import LocalCluster

from pipeline import executors, work
from pipeline.build import build, check_release
from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.executors import executor
from pipeline.records import Article

pytestmark = pytest.mark.slow

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
STORY = (
    "Peru's transport minister Ana Quispe met {n} dock workers in Callao on Monday.\n\n"
    '"We will not privatise berth {n}," she told reporters. Talks would go on until July.'
)


@pytest.fixture(scope="module")
def bucket():
    """A bucket with twelve stories below `news`, as (client, name); the environment names it."""
    with stores.serving() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name, value in stores.environment(endpoint).items():
            patch.setenv(name, value)
        found = stores.client(endpoint)
        found.create_bucket(Bucket="press")
        for n in range(12):
            put_story(found, n)
        yield found


def put_story(client, n: int) -> None:
    record = {"id": str(n), "text": STORY.format(n=n), "published_at": "2024-05-08"}
    client.put_object(
        Bucket="press", Key=f"news/{n % 3}/{n}.jsonl", Body=json.dumps(record).encode()
    )


def made(out, work_folder: Path, execute=None, shard_chars=150):
    settings = Settings(out=out, work=work_folder, shard_chars=shard_chars)
    watcher = quick.Watcher()
    return build(["s3://press/news"], settings, execute=execute, progress=watcher, now=NOW)


def in_folder(folder: Path) -> dict[str, bytes]:
    paths = sorted(folder.rglob("*.parquet"))
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if ".work" not in p.parts
    }


def in_bucket(client, prefix: str) -> dict[str, bytes]:
    found = client.list_objects_v2(Bucket="press", Prefix=f"{prefix}/")["Contents"]
    return {
        item["Key"].removeprefix(f"{prefix}/"): client.get_object(Bucket="press", Key=item["Key"])[
            "Body"
        ].read()
        for item in found
        if item["Key"].endswith(".parquet")
    }


@pytest.mark.model
def test_a_cluster_and_a_bucket_make_the_same_bytes_also_when_a_worker_is_killed(
    bucket, tmp_path, monkeypatch
):
    quick.quick_gate(monkeypatch)
    made(tmp_path / "local", tmp_path)
    expected = in_folder(tmp_path / "local")
    assert pq.read_metadata(tmp_path / "local" / "quotes.parquet").num_rows >= 12

    with cluster(tmp_path, workers=2) as (address, workers):

        def killing(shards, settings):
            for result in execute(shards, settings):
                if workers[0].poll() is None:
                    workers[0].send_signal(signal.SIGKILL)
                    workers[0].wait()
                yield result

        with executor(Settings(), workers=None, cluster=address) as execute:
            made("s3://press/whole", tmp_path / "one", execute)
            assert in_bucket(bucket, "whole/v2024.6.0") == expected
            made("s3://press/disturbed", tmp_path / "two", killing)
            assert workers[0].returncode == -signal.SIGKILL
            assert in_bucket(bucket, "disturbed/v2024.6.0") == expected


def test_a_release_in_a_bucket_is_followed_from_any_machine(bucket, tmp_path, monkeypatch):
    """The second and third run have no folder of the first: what they need is in the bucket."""
    quick.quick_gate(monkeypatch)

    def run(machine: str):
        return made("s3://press/followed", tmp_path / machine, quick.read_shards, 10_000)

    first = run("one")
    assert (first.release, first.new) == ("v2024.6.0", 12)
    again = run("two")
    assert (again.release, again.unchanged) == ("v2024.6.0", 12)
    put_story(bucket, 12)
    try:
        last = run("three")
    finally:
        bucket.delete_object(Bucket="press", Key="news/0/12.jsonl")
    assert (last.release, last.new, last.unchanged) == ("v2024.6.1", 1, 12)
    pointer = json.loads(
        bucket.get_object(Bucket="press", Key="followed/latest.json")["Body"].read()
    )
    assert pointer["release"] == "v2024.6.1"
    assert check_release(tmp_path / "three" / "press-followed") == []
    # Whoever worked on the first release goes on from the last, not from a folder left behind.
    assert run("one").release == "v2024.6.2"


@pytest.mark.parametrize(
    ("address", "told"),
    [("tcp://127.0.0.1:1", "no Dask scheduler answers"), ("nonsense://x", "no Dask scheduler")],
)
def test_a_cluster_that_is_not_there_is_named(address, told, monkeypatch):
    monkeypatch.setattr(executors, "_CLUSTER_TIMEOUT", 1)
    with (
        pytest.raises(ConfigError, match=told),
        executor(Settings(), workers=None, cluster=address),
    ):
        pass


def refused_among_three(word: str, settings: Settings, *, read_apart: bool) -> dict:
    """Return the only row of the quarantine when a cluster reads three texts, one with `word`."""
    Path("news").mkdir()
    for n, text in enumerate(("Dock workers met.", f"{word} news {word}", "Talks go on.")):
        Path("news", f"{n}.txt").write_text(text)
    allowed = {"distributed.scheduler.allowed-failures": 0}
    with (
        dask.config.set(allowed),
        LocalCluster(n_workers=1, threads_per_worker=1) as one,
        executor(Settings(), workers=None, cluster=one.scheduler_address) as execute,
    ):
        watcher = quick.Watcher()
        summary = build(
            ["news"], settings, execute=execute, read_apart=read_apart, progress=watcher
        )
    assert (summary.articles, summary.quarantined) == (2, 1)
    (row,) = pq.read_table("data/quarantine.parquet").to_pylist()
    assert row["record_id"] == "1.txt"
    return row


@pytest.mark.parametrize(
    ("shard_chars", "read_apart"),
    [(40, False), (150_000, True), (150_000, False)],
    ids=["while-read", "while-a-little-is-read", "while-analysed"],
)
def test_a_document_that_ends_its_workers_is_quarantined_and_the_rest_goes_on(
    tmp_path, monkeypatch, shard_chars, read_apart
):
    quick.quick_gate(monkeypatch)
    monkeypatch.setattr(executors, "process_shard", quick.read_shard_or_die)
    monkeypatch.chdir(tmp_path)
    settings = Settings(shard_chars=shard_chars)
    row = refused_among_three(quick.DEADLY, settings, read_apart=read_apart)
    assert row["rule"] == "worker-killed"


@pytest.mark.parametrize(
    ("word", "work_on"),
    [(quick.HANGING, quick.read_shard_or_hang), (quick.WAITING, quick.read_shard_or_wait)],
    ids=["computes", "waits"],
)
def test_a_document_that_never_ends_is_quarantined_and_the_rest_goes_on(
    tmp_path, monkeypatch, word, work_on
):
    """In C code that lets no other thread of the worker have a turn."""
    quick.quick_gate(monkeypatch)
    monkeypatch.setattr(executors, "process_shard", work_on)
    monkeypatch.chdir(tmp_path)
    row = refused_among_three(word, Settings(document_seconds=2), read_apart=True)
    assert (row["rule"], row["detail"]) == ("too-slow", "took longer than 2 s on every worker")


def test_no_texts_of_shards_that_are_done_stay_in_memory(monkeypatch):
    monkeypatch.setattr(executors, "process_shard", quick.read_shard)
    shards, words = 40, 5_000

    def documents():
        for n in range(shards):
            yield [(str(n), factory.article(f"{n} " * words))]

    with executor(Settings(), workers=2, cluster=None) as execute:
        for done, _ in enumerate(execute(documents(), Settings()), 1):
            if done == shards - 5:
                gc.collect()
                held = [one for one in gc.get_objects() if isinstance(one, Article)]
    assert 0 < len(held) < shards / 2


def test_local_workers_start_only_for_something_to_do(monkeypatch):
    def refused(*_, **__):
        raise AssertionError("worker processes are started for nothing")

    monkeypatch.setattr("distributed.LocalCluster", refused)
    with executor(Settings(), workers=2, cluster=None) as execute:
        assert list(execute([], Settings())) == []


def test_local_workers_neither_watch_themselves_nor_give_memory_back_all_the_time(monkeypatch):
    def told(dask_worker):
        names = ("MALLOC_TRIM_THRESHOLD_", "OMP_NUM_THREADS")
        waits = {name: one.callback_time for name, one in dask_worker.periodic_callbacks.items()}
        return waits, {name: os.environ.get(name) for name in names}

    # Other clusters of this process, started as Dask comes, left it in its environment.
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_", raising=False)
    monkeypatch.setattr(executors, "_on_dask", lambda client, *_: client.run(told).values())
    with executor(Settings(), workers=2, cluster=None) as execute:
        workers = list(execute([[("1", factory.article("News."))]], Settings()))
    assert len(workers) == 2
    for waits, environment in workers:
        assert "profile" not in waits
        assert waits["tick"] == 1000
        assert environment == {"MALLOC_TRIM_THRESHOLD_": None, "OMP_NUM_THREADS": "1"}


def test_other_code_on_a_worker_is_refused():
    with pytest.raises(ConfigError, match="install the same on all machines"):
        executors.on_worker(work.process_shard, [], Settings(), "other")
