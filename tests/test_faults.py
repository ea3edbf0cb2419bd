"""Whatever ends a run, the release before it stays whole and the next run goes on."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
import quick

from pipeline import executors
from pipeline.build import build, check_release
from pipeline.config import Settings
from pipeline.executors import executor

pytestmark = [pytest.mark.model, pytest.mark.slow]

RUNNER = Path(__file__).with_name("fault_runner.py")
TMPFS_MEGABYTES = 24


def disturb(root: Path, kind: str, count: int, *, seed: int) -> list[dict]:
    """Disturb `count` runs on a small disk of their own; return what the runner printed.

    The disk is a tmpfs in a mount namespace, so that a full one harms nobody.
    """
    # The runner forks: its only other thread may be the allocator's, which needs none of our locks.
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    script = f"""
        mount -t tmpfs -o size={TMPFS_MEGABYTES}m tmpfs {root} || exit 8
        {sys.executable} -W ignore {RUNNER} {root} {seed} {kind} {count} || exit 9
        for file in {root}/clean/*.parquet; do
            # Its revisions count the releases before; the runner compares the rest of it.
            [ "$(basename "$file")" = articles.parquet ] && continue
            cmp "$file" "{root}/data/$(basename "$file")" || exit 10
        done
    """
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        timeout=280,
        env={**os.environ, **single},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_two_runs_at_once_wait_for_each_other_and_corrupt_nothing(tmp_path):
    *runs, last = disturb(tmp_path, "two", 3, seed=20240601)
    assert runs == [{"code": 0, "whole": True}] * 3
    assert last == {"again": 0, "clean": 0, "articles": 0}


def test_a_run_whose_workers_are_killed_ends_as_if_nothing_had_been(tmp_path, monkeypatch):
    """Four workers of one run are killed, each while it is at work on a shard."""
    quick.quick_gate(monkeypatch)
    monkeypatch.setattr(executors, "process_shard", quick.read_shard)
    monkeypatch.chdir(tmp_path)
    Path("news").mkdir()
    for n in range(12):
        Path("news", f"{n}.txt").write_text(f"Dock worker {n} met the minister in Callao.\n")
    chance = random.Random(20240601)
    killed = []

    def killing(shards, settings):
        for result in execute(shards, settings):
            if len(killed) < 4:
                killed.append(chance.choice(_workers()))
                killed[-1].kill()
            yield result

    def made(out: str, execute) -> dict[str, bytes]:
        settings = Settings(out=Path(out), shard_chars=1)
        build(["news"], settings, execute=execute, progress=quick.Watcher())
        assert check_release(Path(out)) == []
        return {path.name: path.read_bytes() for path in sorted(Path(out).glob("*.parquet"))}

    with executor(Settings(), workers=2, cluster=None) as execute:
        disturbed = made("data", killing)
    assert len({process.pid for process in killed}) == 4
    assert disturbed == made("clean", quick.read_shards)
    assert pq.read_metadata("data/articles.parquet").num_rows == 12


def _workers() -> list[psutil.Process]:
    """Dask's workers among our children, as soon as there is one: killed ones are replaced."""
    while True:
        children = psutil.Process().children(recursive=True)
        found = [child for child in children if _is_worker(child)]
        if found:
            return found
        time.sleep(0.05)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:
        return False


@pytest.mark.parametrize(
    ("kind", "count"), [("kill", 28), ("sync", 6), ("full", 6)], ids=["SIGKILL", "fsync", "ENOSPC"]
)
def test_the_old_release_stays_whole_and_the_end_is_as_if_nothing_had_been(tmp_path, kind, count):
    *runs, last = disturb(tmp_path, kind, count, seed=20240601)
    assert len(runs) == count
    assert all(run["whole"] for run in runs)
    assert last == {"again": 0, "clean": 0, "articles": 0}
    assert sum(run["code"] != 0 for run in runs) >= count // 3, "hardly a run was disturbed"
