"""Who works on shards: this process, local worker processes, or a Dask cluster."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.work import Shard, ShardResult, process_shard

if TYPE_CHECKING:
    from distributed import Client, Future

_IN_FLIGHT = 2
"""Shards a Dask worker has been given at most: one to work on, one waiting."""
_MANY_SHARDS = 6
"""From so many shards on (a minute's work) starting worker processes pays."""
_CLUSTER_TIMEOUT = 30
"""Seconds to wait for a cluster to answer."""

Executor = Callable[[Iterable[Shard], Settings], Iterator[ShardResult]]
"""Works on shards as they come and gives the results, in any order; a few are in flight."""


@contextmanager
def executor(settings: Settings, *, workers: int | None, cluster: str | None) -> Iterator[Executor]:
    """Yield what works on shards: a cluster, `workers` local processes, or as many as it needs.

    Without either, few shards are worked on in this process and many by a process a core.
    """
    if cluster:
        from distributed import Client

        with Client(cluster, timeout=f"{_CLUSTER_TIMEOUT}s") as client:
            yield partial(_on_dask, client)
    elif workers is None:
        yield _as_many_as_needed
    else:
        yield in_process if workers == 1 else partial(_on_local_cluster, workers)


def _as_many_as_needed(shards: Iterable[Shard], settings: Settings) -> Iterator[ShardResult]:
    rest = iter(shards)
    first = list(islice(rest, _MANY_SHARDS))
    cores = os.cpu_count() or 1
    if len(first) < _MANY_SHARDS or cores == 1:
        yield from in_process(chain(first, rest), settings)
    else:
        yield from _on_local_cluster(cores, chain(first, rest), settings)


def _on_local_cluster(
    workers: int, shards: Iterable[Shard], settings: Settings
) -> Iterator[ShardResult]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield from _on_dask(client, shards, settings)


def _on_dask(
    client: "Client", shards: Iterable[Shard], settings: Settings
) -> Iterator[ShardResult]:
    """Work on `shards` on Dask workers; no more of them are in memory than workers can hold."""
    from distributed import as_completed

    rest = iter(shards)
    room = _IN_FLIGHT * max(1, len(client.scheduler_info()["workers"]))

    def submitted(count: int) -> list["Future[ShardResult]"]:
        return [
            client.submit(process_shard, shard, settings, pure=False)
            for shard in islice(rest, count)
        ]

    running = as_completed(submitted(room))
    for future in running:
        yield future.result()
        future.release()
        for following in submitted(1):
            running.add(following)


def in_process(shards: Iterable[Shard], settings: Settings) -> Iterator[ShardResult]:
    """Work on `shards` here, one after the other."""
    for shard in shards:
        yield process_shard(shard, settings)
