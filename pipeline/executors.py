"""Who works on shards: this process, local worker processes, or a Dask cluster."""

import faulthandler
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from socket import gethostname
from typing import TYPE_CHECKING, Any, Protocol

from pipeline import __version__
from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.fingerprint import code_fingerprint
from pipeline.work import (
    KILLED,
    TOO_SLOW,
    Shard,
    ShardResult,
    allowed_seconds,
    process_shard,
    refused,
)

if TYPE_CHECKING:
    from distributed import Client, Future

_IN_FLIGHT = 2
"""Shards a Dask worker has been given at most: one to work on, one waiting."""
_MANY_SHARDS = 6
"""From so many shards on (a minute's work) starting worker processes pays."""
_CLUSTER_TIMEOUT = 30
"""Seconds to wait for a cluster to answer, and for its first worker."""
_WAITING = 10
"""Seconds of the clock that a worker may take a second of its processor time allowed."""
_UNWATCHED = {
    # The last messages are kept for Dask's developers: each holds the texts of a shard.
    "distributed.admin.low-level-log-length": 10,
    # A hundred times a second each process looks where its threads are, for a page of Dask's.
    "distributed.worker.profile.enabled": False,
    # Fifty times a second each looks whether it is late.
    "distributed.admin.tick.interval": "1s",
    # What a model frees for a moment would go back to the system every time.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}
"""What Dask does otherwise takes a sixth of all processor time."""
_MODELS = threading.Lock()


class Handed(Protocol):
    """A shard that was handed to a cluster: Dask's future of its result."""

    @property
    def key(self) -> Hashable:
        """Its name."""

    def result(self) -> Any:  # noqa: ANN401 -- what comes of it is its owner's to know
        """Wait for what comes of it."""

    def release(self) -> None:
        """Let go of the result."""


Executor = Callable[[Iterable[Shard], Settings], Iterator[ShardResult]]
"""Works on shards as they come and gives the results, in any order; a few are in flight."""


@contextmanager
def executor(settings: Settings, *, workers: int | None, cluster: str | None) -> Iterator[Executor]:
    """Yield what works on shards: a cluster, `workers` local processes, or as many as it needs.

    Without either, few shards are worked on in this process and many by a process a core; one
    worker, too, is a process of its own where there are many.

    Raises:
        ConfigError: there is no cluster at the address, or it has no workers.
    """
    if cluster:
        with connected(cluster) as client:
            yield partial(_on_dask, client)
    elif workers is None or workers == 1:
        yield partial(_as_many_as_needed, workers or os.cpu_count() or 1)
    else:
        yield partial(_on_local_cluster, workers)


@contextmanager
def connected(address: str) -> Iterator["Client"]:
    """Yield a client of the cluster at `address` as soon as it has a worker.

    Raises:
        ConfigError: there is no cluster at the address, or it has no workers.
    """
    from distributed import Client

    _keep_quiet()
    try:
        with unwatched():
            client = Client(address, timeout=f"{_CLUSTER_TIMEOUT}s")
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_CLUSTER_TIMEOUT)
        except TimeoutError as error:
            raise ConfigError(
                f"the cluster at {address} has no workers: start some, dask worker {address}"
            ) from error
        yield client


def _as_many_as_needed(
    workers: int, shards: Iterable[Shard], settings: Settings
) -> Iterator[ShardResult]:
    """Work on few shards here, on many in processes, whose models the steps after them spare."""
    rest = iter(shards)
    first = list(islice(rest, _MANY_SHARDS))
    if len(first) < _MANY_SHARDS:
        yield from in_process(first, settings)
    else:
        yield from _on_local_cluster(workers, chain(first, rest), settings)


def _on_local_cluster(
    workers: int, shards: Iterable[Shard], settings: Settings
) -> Iterator[ShardResult]:
    """Work on `shards` in processes, which start when there is one, and end with the last."""
    rest = iter(shards)
    first = list(islice(rest, 1))
    if not first:
        return
    from distributed import Client, LocalCluster

    _keep_quiet()
    with (
        unwatched(),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            # Of the workers; what happens here is silenced above.
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield from _on_dask(client, chain(first, rest), settings)


@contextmanager
def unwatched() -> Iterator[None]:
    """Have what is made of Dask in the block watch itself less, and its workers keep memory."""
    import dask

    with dask.config.set(_UNWATCHED):
        yield


def _keep_quiet() -> None:
    """Keep what Dask tells of workers that come and go off a terminal that shows the run."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)


def _on_dask(
    client: "Client", shards: Iterable[Shard], settings: Settings
) -> Iterator[ShardResult]:
    """Work on `shards` on the workers of `client`."""
    submit = partial(_submitted, client, settings, code_fingerprint())
    return on_cluster(client, submit, _as_it_is, shards, settings)


def on_cluster(
    client: "Client",
    submit: Callable[[Shard], Handed],
    result_of: Callable[[Any], ShardResult],
    shards: Iterable[Shard],
    settings: Settings,
) -> Iterator[ShardResult]:
    """Yield the results of `shards`; no more of them are in memory than workers can hold.

    Args:
        client: knows the workers.
        submit: hands a shard to one of them.
        result_of: takes what came of that; may raise what went wrong.
        shards: documents to work on. One that ends its workers time and again is refused.
        settings: say how long a document may take.
    """
    from distributed import KilledWorker, as_completed

    rest, given, suspects = iter(shards), dict[object, Shard](), list[Shard]()
    running = as_completed(loop=client.loop)

    def fill() -> None:
        # Workers come and go: one when a run begins may be hundreds a minute later.
        room = _IN_FLIGHT * max(1, len(client.nthreads())) - running.count()
        for shard in islice(rest, max(0, room)):
            future = submit(shard)
            given[future.key] = shard
            running.add(future)

    fill()
    for future in running:
        shard = given.pop(future.key)
        try:
            yield result_of(future.result())
        except KilledWorker:
            suspects += [[entry] for entry in shard]
        future.release()
        fill()
    # What waited beside a deadly document was suspected with it: alone, each shows what it is.
    for suspect in suspects:
        began = time.monotonic()
        try:
            yield result_of(submit(suspect).result())
        except KilledWorker as error:
            seconds = (time.monotonic() - began) / (error.allowed_failures + 1)
            yield _fatal(suspect, seconds, allowed_seconds(suspect, settings))


def _fatal(suspect: Shard, seconds: float, allowed: float) -> ShardResult:
    """Return the refusal of a document that ends its workers, each after so many `seconds`."""
    if seconds < allowed:
        return refused(suspect, KILLED, "every worker that read it died: of memory, or a crash")
    return refused(suspect, TOO_SLOW, f"took longer than {allowed:.3g} s on every worker")


def _submitted(
    client: "Client", settings: Settings, code: str, shard: Shard
) -> "Future[ShardResult]":
    return client.submit(on_worker, process_shard, shard, settings, code, pure=False)


def _as_it_is(result: ShardResult) -> ShardResult:
    return result


def on_worker(
    work: Callable[[Shard, Settings], ShardResult], shard: Shard, settings: Settings, code: str
) -> ShardResult:
    """Do `work` on a shard, if this is the code its driver has: other code gives other rows.

    Raises:
        ConfigError: it is not.
    """
    if code_fingerprint() != code:
        raise ConfigError(
            f"the worker on {gethostname()} has On Record {__version__} of other code than this:"
            " install the same on all machines"
        )
    # A worker may have threads, which would share one set of models.
    with _MODELS, _at_most(allowed_seconds(shard, settings)):
        return work(shard, settings)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """End this process if the block takes more processor time: Dask then sees that it died.

    The kernel does so, as no thread of Python gets a turn while a regular expression runs wild.
    What waits and computes nothing is ended after `_WAITING` times as long, by a thread that needs
    no turn, either.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(_WAITING * seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)


def in_process(shards: Iterable[Shard], settings: Settings) -> Iterator[ShardResult]:
    """Work on `shards` here, one after the other, annotating ahead on another core."""
    with ThreadPoolExecutor(1) as ahead:
        for shard in shards:
            yield process_shard(shard, settings, mapper=ahead.map)
