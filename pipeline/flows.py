"""Prefect: the same build as a flow, its retries and its schedule; nothing else.

A shard is one task run. Documents and results are handed over inside the process, to a worker
process of Prefect's own or to a Dask worker, never to Prefect's API: a server learns names, states,
logs and counts.
"""

import asyncio
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    FlowRun,
    State,
    StateType,
)
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.logging.handlers import PrefectConsoleHandler
from prefect.runner import Runner
from prefect.schedules import Schedule
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelled, Crashed
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner
from prefect.tasks import exponential_backoff

from pipeline.build import Progress, Summary, build
from pipeline.config import Settings
from pipeline.errors import ConfigError, OnRecordError
from pipeline.executors import Executor, Handed, connected, on_cluster, on_worker, unwatched
from pipeline.export.swap import locked
from pipeline.fingerprint import code_fingerprint
from pipeline.work import Shard, ShardResult, process_shard

FLOW = "on-record"
ARTIFACT = "on-record-summary"
"""Key of the artifact with the counts of a run; the UI lists its versions under it."""

_TASK_RETRIES = 2
_TASK_DELAY = 10
"""Seconds before a shard is tried again; doubled each time."""
_RUN_RETRIES = 2
_RUN_DELAY = 60
"""Seconds before a scheduled run that failed is tried again in its place."""

_POLL = 5
"""Seconds between two looks for runs that are due."""
_SERVER_TIMEOUT = 180
"""Seconds a server may take to start: a new one makes its database first."""
_SERVER_STOP = 20
_USUAL_PORT = 4200

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_SERVER = """
import os, runpy, signal, sys, threading

def end_with_parent():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=end_with_parent, daemon=True).start()
sys.argv[0] = "prefect"
runpy.run_module("prefect", run_name="__main__", alter_sys=True)
"""
"""Runs Prefect's command line until standard input closes: however its parent ends, it ends too."""

_log = logging.getLogger(__name__)

_WATCHER: ContextVar[Progress] = ContextVar("watcher")
"""Who watches the run of a command."""


@task(
    task_run_name="shard {number}",
    retries=_TASK_RETRIES,
    retry_delay_seconds=exponential_backoff(_TASK_DELAY),
    persist_result=False,
    cache_policy=NO_CACHE,
)
def build_shard(number: int, work: Callable[[], ShardResult]) -> ShardResult:
    """Do the work on one shard, as a task run."""
    result = work()
    get_run_logger().info("shard %d: %d documents", number, result.documents)
    return result


def run_flow(
    sources: Sequence[str],
    settings: Settings,
    *,
    workers: int | None,
    cluster: str | None,
    full: bool,
    progress: Progress,
    data_docs: Path | None,
) -> Summary:
    """Make the release as `build` does, as a run of the flow `on-record`.

    Args:
        sources: files, folders or globs.
        settings: everything that can be set.
        workers: processes to work on shards; `None` or 1: this one.
        cluster: address of a Dask cluster that works on them instead.
        full: forget what earlier runs computed.
        progress: is told how far the run is.
        data_docs: a folder for great-expectations' own pages; none are built by default.

    Raises:
        OnRecordError: as `build` does.
        ConfigError: there is no cluster at the address, or it has no workers.
    """
    _keep_quiet()
    if cluster:
        with connected(cluster):
            pass  # Prefect would say what is wrong with it in a log, and wait for workers for ever.
    run = _as_flow(_watched_build, _runner(workers or 1, cluster))
    docs = None if data_docs is None else str(data_docs)
    before = _WATCHER.set(progress)
    try:
        return run(list(sources), _parameters(settings), workers or 1, cluster, full, docs)
    finally:
        _WATCHER.reset(before)


def _watched_build(
    sources: list[str],
    settings: dict[str, Any],
    workers: int,
    cluster: str | None,
    full: bool,
    data_docs: str | None,
) -> Summary:
    """Make the release before the eyes of `_WATCHER`; the flow of a command.

    Prefect hands a flow and its parameters to Dask workers with every task: it must be found by
    name there, and who watches cannot be one of them.
    """
    return _build(
        sources,
        Settings(**settings),
        workers=workers,
        cluster=cluster,
        full=full,
        progress=_WATCHER.get(),
        data_docs=None if data_docs is None else Path(data_docs),
    )


def scheduled(sources: list[str], settings: dict[str, Any]) -> None:
    """Make the release once; what a scheduled run does, in a process of its own."""
    _build(
        sources,
        Settings(**settings),
        workers=1,
        cluster=None,
        full=False,
        progress=_Nobody(),
        data_docs=None,
    )


def _runner(workers: int, cluster: str | None) -> TaskRunner[Any]:
    if cluster:
        # Dask takes a while to import: only who has a cluster pays for it.
        from prefect_dask.task_runners import DaskTaskRunner

        return DaskTaskRunner(address=cluster)
    if workers > 1:
        return ProcessPoolTaskRunner(max_workers=workers)
    return ThreadPoolTaskRunner(max_workers=1)


def _as_flow[**P, R](job: Callable[P, R], runner: TaskRunner[Any]) -> Flow[P, R]:
    made: Flow[P, R] = flow(
        name=FLOW,
        description="News articles in, an open dataset out.",
        task_runner=runner,
        validate_parameters=False,
        persist_result=False,
    )(job)
    return made


def _build(
    sources: Sequence[str],
    settings: Settings,
    *,
    workers: int,
    cluster: str | None,
    full: bool,
    progress: Progress,
    data_docs: Path | None,
) -> Summary:
    logger = get_run_logger()
    summary = build(
        sources,
        settings,
        execute=_on_cluster_tasks if cluster else _on_tasks(workers),
        read_apart=cluster is not None,
        full=full,
        progress=_Logged(logger, progress),
        data_docs=data_docs,
    )
    counts = asdict(summary)
    logger.info(", ".join(f"{name} {value}" for name, value in counts.items()))
    create_table_artifact(
        table=[{"count": name, "value": value} for name, value in counts.items()],
        key=ARTIFACT,
        description=f"What the run that made {summary.release} did",
    )
    return summary


def _on_tasks(workers: int) -> Executor:
    """Return an executor that makes each shard a task run; one waits while all workers are busy."""

    def execute(shards: Iterable[Shard], settings: Settings) -> Iterator[ShardResult]:
        pending: deque[PrefectFuture[ShardResult]] = deque()
        for number, shard in zip(count(1), shards, strict=False):
            pending.append(_submitted(number, partial(process_shard, shard, settings)))
            if len(pending) > workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    return execute


def _on_cluster_tasks(shards: Iterable[Shard], settings: Settings) -> Iterator[ShardResult]:
    """Make each shard a task run on the Dask cluster of the flow's task runner."""
    context = FlowRunContext.get()
    assert context is not None  # noqa: S101 -- a run of the flow calls this
    runner: Any = context.task_runner
    numbers, code = count(1), code_fingerprint()

    def submit(shard: Shard) -> Handed:
        work = partial(on_worker, process_shard, shard, settings, code)
        submitted: Any = _submitted(next(numbers), work)
        handed: Handed = submitted.wrapped_future
        return handed

    with unwatched():
        client = runner.client
    return on_cluster(client, submit, _result_of, shards, settings)


def _result_of(state: State[ShardResult]) -> ShardResult:
    return state.result()


def _submitted(number: int, work: Callable[[], ShardResult]) -> PrefectFuture[ShardResult]:
    # Prefect and Dask search what tasks are given for results of others, but not inside of this.
    submit: Callable[..., PrefectFuture[ShardResult]] = build_shard.submit
    return submit(number, work)


class _Nobody:
    """Watches nothing."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Do nothing."""

    def advance(self, documents: int = 1) -> None:
        """Do nothing."""


class _Logged:
    """Writes the stages to the run's log and passes everything on."""

    def __init__(self, logger: "logging.Logger | logging.LoggerAdapter[Any]", to: Progress) -> None:
        self._logger = logger
        self._to = to

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins."""
        self._logger.info(stage if total is None else f"{stage}: {total} documents")
        self._to.start(stage, total)

    def advance(self, documents: int = 1) -> None:
        """So many documents more are done."""
        self._to.advance(documents)


def serve(
    sources: Sequence[str], settings: Settings, *, cron: str | None, every: str | None
) -> None:
    """Run the flow on a schedule until SIGINT or SIGTERM; start a Prefect server if none is set.

    With an interval the first run starts at once.
    A run that comes due while another is at work is cancelled: the one at work, or the next,
    does what it would have done. A run that fails is tried again before it is marked as failed.

    Args:
        sources: files, folders or globs, as the runs shall see them: from this folder.
        settings: everything that can be set.
        cron: when, in the five fields of cron, UTC.
        every: how often: a number and s, m, h or d. Without either: as the sources' settings say.

    Raises:
        ConfigError: not exactly one of `cron` and `every`, or one that makes no sense.
        ReleaseError: `settings.out` cannot be written, or is held by another run.
        OnRecordError: the server does not start.
    """
    if cron is None and every is None:
        cron, every = _configured(sources, settings)
    schedule = _schedule(cron, every)
    out = settings.folder.resolve()
    name = _deployment_name(out)
    with _api(name):
        # Every run holds this lock to its end, so whatever still counts as running is dead.
        with (
            locked(out, wait_seconds=settings.lock_wait_seconds),
            get_client(sync_client=True) as client,
        ):
            _sweep(client, name)
        _say(f"{FLOW}/{name} runs {_spoken(schedule)}; stop with Ctrl-C")
        asyncio.run(_work_off(name, schedule, list(sources), settings))


def _schedule(cron: str | None, every: str | None) -> Schedule:
    if cron is not None and every is None:
        try:
            return Schedule(cron=cron)
        except ValueError as error:
            raise ConfigError(f"--cron {cron!r}: {error}") from error
    if every is not None and cron is None:
        return Schedule(interval=_interval(every))
    raise ConfigError('when? give either --cron "0 * * * *" or --every 1h')


def _configured(sources: Sequence[str], settings: Settings) -> tuple[str | None, str | None]:
    """Return the (cron, every) that the settings of `sources` agree on; a run reads all of them."""
    told = {settings.source_named(source).schedule for source in sources} - {None}
    if len(told) > 1:
        listed = ", ".join(sorted(map(repr, told)))
        raise ConfigError(f"the sources have several schedules ({listed}): give --cron or --every")
    time = next(iter(told), None)
    return (time, None) if time and " " in time else (None, time)


def _interval(every: str) -> timedelta:
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", every.strip())
    if match is None:
        raise ConfigError(f"--every {every!r}: expected a number and a unit: 30s, 15m, 1h or 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _spoken(schedule: Schedule) -> str:
    return f"at {schedule.cron!r} (UTC)" if schedule.cron else f"every {schedule.interval}"


def _deployment_name(out: Path) -> str:
    """Return a name that stays over restarts, and differs between folders of the same name."""
    return f"{out.name or 'root'}-{sha256(os.fsencode(out)).hexdigest()[:8]}"


def _release_flow() -> Flow[..., None]:
    return _as_flow(scheduled, _runner(1, None)).with_options(
        name=FLOW, retries=_RUN_RETRIES, retry_delay_seconds=_RUN_DELAY
    )


make_release = _release_flow()
"""What a schedule runs, for deployments of one's own: `prefect.yaml` names it."""


async def _work_off(name: str, schedule: Schedule, sources: list[str], settings: Settings) -> None:
    # Nothing is fetched before it is due: it would be cancelled for a run that is about to end.
    runner = Runner(name=name, query_seconds=_POLL, prefetch_seconds=0)
    deployment = await runner.aadd_flow(
        _release_flow(),
        name=name,
        schedule=replace(schedule, anchor_date=datetime.now(UTC)),
        parameters={"sources": sources, "settings": _parameters(settings)},
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        tags=["onrecord"],
    )
    if schedule.interval:
        async with get_client() as client:
            await client.create_flow_run_from_deployment(deployment)
    await _until_stopped(runner)


async def _until_stopped(runner: Runner) -> None:
    serving = asyncio.create_task(runner.start())
    stop = asyncio.Event()
    # The runner has a handler for SIGTERM of its own, set as it starts; it cannot be awaited.
    await asyncio.sleep(0)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not serving.done():
        await _stop(runner, serving)
    with suppress(asyncio.CancelledError):
        await serving


async def _stop(runner: Runner, serving: "asyncio.Task[None]") -> None:
    if runner.started:
        await runner.astop()
    else:
        serving.cancel()


def _sweep(client: SyncPrefectClient, name: str) -> None:
    """Mark what a killed process left of this deployment, so that nothing waits for it."""
    try:
        deployment = client.read_deployment_by_name(f"{FLOW}/{name}")
    except ObjectNotFound:
        return
    dead: State[None] = Crashed(message="its process was gone when the schedule was started again")
    for run in _runs(client, name, StateType.RUNNING, StateType.PENDING, StateType.CANCELLING):
        client.set_flow_run_state(run.id, dead, force=True)
        _say(f"the run {run.name} was left unfinished: marked as crashed")
    missed: State[None] = Cancelled(message="missed while no schedule was running")
    for run in _runs(client, name, StateType.SCHEDULED):
        due = run.expected_start_time
        if run.auto_scheduled and due is not None and due < datetime.now(UTC):
            client.set_flow_run_state(run.id, missed, force=True)
    if deployment.global_concurrency_limit:
        client.update_global_concurrency_limit(
            deployment.global_concurrency_limit.name, GlobalConcurrencyLimitUpdate(active_slots=0)
        )


def _runs(client: SyncPrefectClient, name: str, *states: StateType) -> list[FlowRun]:
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[name])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states)))
        ),
    )


@contextmanager
def _api(name: str) -> Iterator[None]:
    """See that Prefect has an API to talk to: the one it is set to, or a server of our own."""
    if url := PREFECT_API_URL.value():
        _say(f"Prefect's API: {url}")
        yield
        return
    home = _home(name)
    home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _server(home, port) as process:
        _await_server(process, url, home / "server.log")
        _say(f"Prefect's UI: {url} (its files: {home})")
        with temporary_settings(updates={PREFECT_API_URL: f"{url}/api"}):
            yield


def _home(name: str) -> Path:
    """Return the folder of the server's database; the same after a restart, one a schedule."""
    if home := os.environ.get("PREFECT_HOME"):
        return Path(home)
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "onrecord" / name


def _free_port() -> int:
    """Return Prefect's usual port if nobody has it, else one that is free."""
    for port in (_USUAL_PORT, 0):
        with socket.socket() as listener, suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return int(listener.getsockname()[1])
    raise OnRecordError("no port of 127.0.0.1 is free for a Prefect server")


@contextmanager
def _server(home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-c", _SERVER, "server", "start", "--host", "127.0.0.1"]
    with (home / "server.log").open("wb") as log:
        # In a session of its own, Ctrl-C does not reach it before the runs have said their last.
        process = subprocess.Popen(  # noqa: S603
            [*command, "--port", str(port)],
            env=_environment(os.environ, home),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SERVER_STOP)
            process.kill()


def _environment(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        **environment,
        "PREFECT_HOME": str(home),
    }


def _await_server(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _SERVER_TIMEOUT
    # Straight to the loopback, whatever proxies the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), opener.open(f"{url}/api/health", timeout=5):
            return
        time.sleep(0.5)
    raise OnRecordError(f"the Prefect server did not start; see {log}")


def _parameters(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(mode="json")


def _keep_quiet() -> None:
    """Keep Prefect's lines off a terminal that shows the run's own progress; its API has them."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler):
            handler.addFilter(_is_our_own)


def _is_our_own(record: logging.LogRecord) -> bool:
    return not record.name.startswith("prefect")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
