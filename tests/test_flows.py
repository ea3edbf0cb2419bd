"""Runs of the flow on a real Prefect server, which the schedule's own code starts and stops.

Where only the flow is tested, a build without models stands in for the real one.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import quick
from clusters import cluster

# Prefect takes seconds to import: nothing here does so before a test is chosen.
pytestmark = pytest.mark.flow

SECRET = "words-no-server-needs-to-see"

STAND_IN = """
from pathlib import Path

from pipeline.build import Summary
from pipeline.work import ShardResult


def process_shard(shard, settings):
    return ShardResult({"articles": [key for key, _ in shard]}, {}, len(shard))


def build(sources, settings, *, execute, read_apart, full, progress, data_docs):
    progress.start("extracting", 3)
    shards = ([(f"{SECRET}-{number}", SECRET)] for number in range(3))
    done = [result.keys["articles"] for result in execute(shards, settings)]
    progress.advance(len(done))
    Path(settings.out).mkdir(exist_ok=True)
    (Path(settings.out) / "done").write_text(repr(done))
    return Summary("v2024.5.0", str(settings.out), len(done), 0, 0, 0, 0, 3, 0, 0, 0, 1, 0.5)
"""
"""Code, because a scheduled run does it in a process of its own."""

SCHEDULE = (
    f"SECRET = {SECRET!r}\n{STAND_IN}"
    + """
import os
import time

from pipeline import flows
from pipeline.config import Settings
from pipeline.errors import SourceError

whole = flows.scheduled


def scheduled(sources, settings):
    # The first run fails once and is tried again; the second fails for good; the third never ends.
    log = Path(sources[0])
    with log.open("a") as attempts:
        attempts.write("x")
    if len(log.read_text()) == 5:
        Path("endless").write_text(str(os.getpid()))
        time.sleep(600)
    if len(log.read_text()) != 2:
        raise SourceError("the wire is down")
    flows.build, flows.process_shard = build, process_shard
    whole(sources, settings)


if __name__ == "__main__":
    flows.scheduled = scheduled
    flows._POLL, flows._RUN_RETRIES, flows._RUN_DELAY = 1, 1, 1
    flows.serve(["attempts"], Settings(out="out"), cron=None, every="6s")
"""
)


class Watcher:
    def __init__(self) -> None:
        self.seen = []

    def start(self, stage, total=None):
        self.seen.append((stage, total))

    def advance(self, documents=1):
        self.seen.append(documents)


@pytest.fixture(scope="module")
def flows():
    # Prefect counts its users as it is imported, unless told not to.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DO_NOT_TRACK", "1")
        from pipeline import flows

        yield flows


@pytest.fixture(scope="module")
def server(flows, tmp_path_factory):
    """The URL of the API of a Prefect server that lives as long as these tests."""
    from prefect.settings import PREFECT_API_URL

    home = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PREFECT_API_URL", "PREFECT_HOME"):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_STATE_HOME", str(home))
        with flows._api("tests"):
            yield PREFECT_API_URL.value()


@pytest.fixture(scope="module")
def client(server):
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def stand_in(flows, monkeypatch):
    """Put a build without models in the place of the real one; return its functions."""
    functions = {"SECRET": SECRET}
    exec(STAND_IN, functions)
    monkeypatch.setattr(flows, "build", functions["build"])
    monkeypatch.setattr(flows, "process_shard", functions["process_shard"])
    return functions


def run(flows, out: Path, watcher: Watcher | None = None, *, cluster=None, source="some", **other):
    """Run the flow over `source` into `out`, with `other` settings."""
    from pipeline.config import Settings

    return flows.run_flow(
        [source],
        Settings(out=out, **other),
        workers=None,
        cluster=cluster,
        full=False,
        progress=watcher or Watcher(),
        data_docs=None,
    )


def flow_runs(client, name: str | None = None):
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
    from prefect.client.schemas.sorting import FlowRunSort

    chosen = DeploymentFilter(name=DeploymentFilterName(any_=[name])) if name else None
    return client.read_flow_runs(deployment_filter=chosen, sort=FlowRunSort.START_TIME_DESC)


def task_runs(client, flow_run):
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    return client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run.id]))
    )


def wait_for(what, seconds: float):
    """Return what `what` gives as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.5)
    return found


def test_a_run_gives_the_summary_of_the_build(flows, server, stand_in, tmp_path):
    watcher = Watcher()
    summary = run(flows, tmp_path / "out", watcher)
    assert (summary.articles, summary.quarantined) == (3, 1)
    assert watcher.seen == [("extracting", 3), 3]
    assert (tmp_path / "out" / "done").read_text().count(SECRET) == 3


def test_a_run_leaves_a_table_of_its_counts(flows, client, stand_in, tmp_path):
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    run(flows, tmp_path / "out")
    by_key = ArtifactFilter(key=ArtifactFilterKey(any_=[flows.ARTIFACT]))
    artifact = client.read_artifacts(artifact_filter=by_key)[0]
    counts = {row["count"]: row["value"] for row in json.loads(artifact.data)}
    assert counts["articles"] == 3
    assert counts["quarantined"] == 1


def test_a_shard_is_a_task_run(flows, client, stand_in, tmp_path):
    run(flows, tmp_path / "out")
    newest = flow_runs(client)[0]
    assert newest.state.is_completed()
    # Task runs reach the database through the server's queue of events.
    done = wait_for(lambda: len(task_runs(client, newest)) == 3 and task_runs(client, newest), 30)
    assert sorted(one.name for one in done) == ["shard 1", "shard 2", "shard 3"]


def test_a_shard_that_fails_once_is_tried_again(flows, server, stand_in, tmp_path, monkeypatch):
    faults = [RuntimeError("a worker was lost")]

    def flaky(shard, settings):
        if faults:
            raise faults.pop()
        return stand_in["process_shard"](shard, settings)

    monkeypatch.setattr(flows, "process_shard", flaky)
    monkeypatch.setattr(flows.build_shard, "retry_delay_seconds", [0.1, 0.1])
    assert run(flows, tmp_path / "out").articles == 3
    assert not faults


def test_a_shard_that_always_fails_fails_the_run(flows, client, stand_in, tmp_path, monkeypatch):
    def broken(shard, settings):
        raise RuntimeError("no such luck")

    monkeypatch.setattr(flows, "process_shard", broken)
    monkeypatch.setattr(flows.build_shard, "retry_delay_seconds", [0.1, 0.1])
    with pytest.raises(RuntimeError, match="no such luck"):
        run(flows, tmp_path / "out")
    assert flow_runs(client)[0].state.is_failed()


def test_an_error_on_purpose_is_passed_on_and_marks_the_run(
    flows, client, stand_in, tmp_path, monkeypatch
):
    from pipeline.errors import SourceError

    def refuse(*_, **__):
        raise SourceError("there is no folder some")

    monkeypatch.setattr(flows, "build", refuse)
    with pytest.raises(SourceError, match="there is no folder some"):
        run(flows, tmp_path / "out")
    state = flow_runs(client)[0].state
    assert state.is_failed()
    assert "there is no folder some" in state.message


def test_few_shards_are_in_flight(flows, server, stand_in, tmp_path, monkeypatch):
    made, most = [], []

    def shards():
        for number in range(8):
            made.append(number)
            yield [(str(number), SECRET)]

    def build(sources, settings, *, execute, **_):
        for done, _result in enumerate(execute(shards(), settings)):
            most.append(len(made) - done)
        return stand_in["build"](
            sources,
            settings,
            execute=execute,
            read_apart=False,
            full=False,
            progress=Watcher(),
            data_docs=None,
        )

    monkeypatch.setattr(flows, "build", build)
    run(flows, tmp_path / "out")
    assert len(made) == 8
    assert max(most) <= 2


@pytest.mark.model
def test_a_release_has_the_same_bytes_with_prefect_and_without(
    flows, server, tmp_path, monkeypatch
):
    from pipeline.build import build
    from pipeline.config import Settings

    quick.quick_gate(monkeypatch)
    monkeypatch.chdir(tmp_path)
    Path("news").mkdir()
    Path("news/one.txt").write_text("“It will rain,” Ida Holm said in Oslo on Monday.\n")
    Path("news/two.txt").write_text("Denmark rejected the offer of Norway.\n")
    # One article a shard: the order in which they end must not show.
    run(flows, Path("with"), source="news", shard_chars=1)
    build(["news"], Settings(out=Path("without"), shard_chars=1), progress=Watcher())
    made = tables_in("with")
    assert len(made) >= 7
    assert made == tables_in("without")


def tables_in(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("*.parquet")}


@pytest.mark.model
def test_a_cluster_works_on_the_task_runs_also_when_a_worker_is_killed(
    flows, client, tmp_path, monkeypatch
):
    from pipeline.build import build
    from pipeline.config import Settings

    quick.quick_gate(monkeypatch)
    monkeypatch.chdir(tmp_path)
    Path("news").mkdir()
    for n in range(6):
        Path("news", f"{n}.txt").write_text(f"“It will rain {n} days,” Ida Holm said in Oslo.\n")
    with cluster(tmp_path, workers=2) as (address, workers):

        def killing(*given):
            for result in on_cluster(*given):
                if workers[0].poll() is None:
                    workers[0].send_signal(signal.SIGKILL)
                    workers[0].wait()
                yield result

        on_cluster = flows.on_cluster
        monkeypatch.setattr(flows, "on_cluster", killing)
        run(flows, Path("with"), source="news", cluster=address, shard_chars=1)
        assert workers[0].returncode == -signal.SIGKILL
    build(["news"], Settings(out=Path("without"), shard_chars=1), progress=Watcher())
    assert tables_in("with") == tables_in("without")
    # What the killed worker had done it may not have told yet; four shards were in its reach.
    wait_for(lambda: {"shard 5", "shard 6"} <= completed(client), 60)
    assert sorted(names(task_runs(client, flow_runs(client)[0]))) == [
        f"shard {number}" for number in range(1, 7)
    ]


def completed(client):
    runs = task_runs(client, flow_runs(client)[0])
    return set(names(each for each in runs if each.state.is_completed()))


def names(runs):
    return [each.name for each in runs]


def test_a_cluster_that_is_not_there_is_named(flows, server, tmp_path, monkeypatch):
    from pipeline import executors
    from pipeline.errors import ConfigError

    monkeypatch.setattr(executors, "_CLUSTER_TIMEOUT", 1)
    with pytest.raises(ConfigError, match="no Dask scheduler answers"):
        run(flows, tmp_path, cluster="tcp://127.0.0.1:1")


def test_documents_do_not_travel_to_the_server(flows, server, stand_in, tmp_path, tmp_path_factory):
    run(flows, tmp_path / "out")
    time.sleep(2)
    state = Path(os.environ["XDG_STATE_HOME"])
    files = [path for path in state.rglob("prefect.db*") if path.is_file()]
    assert files
    assert not [path.name for path in files if SECRET.encode() in path.read_bytes()]


@contextmanager
def schedule(server: str, folder: Path):
    """A schedule every few seconds, in a process of its own, and what it said."""
    log = folder / "schedule.log"
    (folder / "schedule.py").write_text(SCHEDULE)
    environment = {**os.environ, "PREFECT_API_URL": server}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "schedule.py"],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process, log
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def test_a_schedule_runs_retries_marks_what_fails_and_sweeps_what_was_killed(
    flows, server, client, tmp_path
):
    name = flows._deployment_name((tmp_path / "out").resolve())
    with schedule(server, tmp_path) as (process, log):
        ended = wait_for(lambda: _ended(client, name, process, log), 150)
        endless = Path(tmp_path, "endless")
        wait_for(lambda: endless.exists() and endless.read_text(), 60)
        (killed,) = [run for run in flow_runs(client, name) if run.state.is_running()]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
        wait_for(lambda: not _lives(int(endless.read_text())), 60)
    assert client.read_flow_run(killed.id).state.is_running(), "nobody was left to say otherwise"
    with schedule(server, tmp_path) as (process, log):
        wait_for(lambda: len(Path(tmp_path, "attempts").read_text()) > 5, 100)
        assert client.read_flow_run(killed.id).state.is_crashed()
        assert f"{killed.name} was left unfinished: marked as crashed" in log.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    first, second = ended[:2]
    assert (first.state.name, first.run_count) == ("Completed", 2)
    assert (second.state.name, second.run_count) == ("Failed", 2)
    assert "the wire is down" in second.state.message
    assert first.end_time <= second.start_time
    assert client.read_deployment_by_name(f"{flows.FLOW}/{name}").paused


def _ended(client, name, process, log):
    assert process.poll() is None, log.read_text()
    ended = [
        one
        for one in flow_runs(client, name)
        if one.state.is_final() and not one.state.is_cancelled()
    ]
    return sorted(ended, key=lambda one: one.start_time) if len(ended) >= 2 else None


def test_what_a_killed_schedule_left_is_swept(flows, client):
    from prefect.states import Running, Scheduled

    empty = {"sources": [], "settings": {}}
    deployment = (
        flows._as_flow(flows.scheduled, flows._runner(1, None))
        .to_deployment("left", parameters=empty)
        .apply()
    )
    left = client.create_flow_run_from_deployment(deployment)
    client.set_flow_run_state(left.id, Running(), force=True)
    asked_for = client.create_flow_run_from_deployment(deployment, state=Scheduled())
    flows._sweep(client, "left")
    assert client.read_flow_run(left.id).state.is_crashed()
    assert client.read_flow_run(asked_for.id).state.is_scheduled()


def test_sweeping_a_schedule_that_never_was_does_nothing(flows, client):
    flows._sweep(client, "never")


def test_the_server_ends_with_its_parent(flows, tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from pipeline import flows\n"
        "with flows._server(Path(sys.argv[1]), 0) as process:\n"
        "    print(process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert parent.returncode == -signal.SIGKILL
    wait_for(lambda: not _lives(int(parent.stdout)), 60)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        (" 2d ", timedelta(days=2)),
    ],
    ids=["seconds", "minutes", "hours", "days"],
)
def test_every_is_a_number_and_a_unit(flows, every, expected):
    assert flows._schedule(None, every).interval == expected


def test_the_sources_say_when_where_the_command_does_not(flows):
    from pipeline.config import Settings
    from pipeline.errors import ConfigError

    def at(*times):
        named = ({"name": f"s{n}", "location": "x", "schedule": time} for n, time in times)
        settings = Settings(source=tuple(named))
        return flows._configured(settings.chosen(None), settings)

    assert at((1, "30m"), (2, "30m"), (3, None)) == (None, "30m")
    assert at((1, "0 * * * *")) == ("0 * * * *", None)
    assert at((1, None)) == (None, None)
    with pytest.raises(ConfigError, match="several schedules"):
        at((1, "30m"), (2, "1h"))


@pytest.mark.parametrize(
    ("cron", "every", "message"),
    [
        (None, None, "give either"),
        ("0 * * * *", "1h", "give either"),
        (None, "soon", "expected a number and a unit"),
        (None, "0m", "expected a number and a unit"),
        (None, "1.5h", "expected a number and a unit"),
        ("every day", None, "--cron 'every day'"),
        ("61 * * * *", None, "--cron '61"),
    ],
    ids=["neither", "both", "words", "never", "fraction", "no-cron", "minute-61"],
)
def test_a_schedule_that_makes_no_sense_is_refused(flows, cron, every, message):
    from pipeline.config import Settings
    from pipeline.errors import ConfigError

    with pytest.raises(ConfigError, match=message):
        flows.serve(["some"], Settings(), cron=cron, every=every)


def test_the_deployment_file_names_the_flow(flows, monkeypatch):
    import yaml
    from prefect.flows import load_flow_from_entrypoint

    root = Path(__file__).parents[1]
    monkeypatch.chdir(root)
    (deployment,) = yaml.safe_load(Path("prefect.yaml").read_text())["deployments"]
    flow = load_flow_from_entrypoint(deployment["entrypoint"])
    assert (flow.name, flow.retries) == (flows.FLOW, 2)
    assert set(deployment["parameters"]) == set(flow.parameters.properties)


def test_two_folders_of_one_name_have_two_deployments(flows):
    one, other = (flows._deployment_name(Path(path)) for path in ("/a/data", "/b/data"))
    assert one != other
    assert one.startswith("data-")
    assert one == flows._deployment_name(Path("/a/data"))
