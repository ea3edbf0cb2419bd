"""Whatever ends a run, the release before it stays whole and the next run goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("kind", "count"), [("kill", 28), ("sync", 6), ("full", 6)], ids=["SIGKILL", "fsync", "ENOSPC"]
)
def test_the_old_release_stays_whole_and_the_end_is_as_if_nothing_had_been(tmp_path, kind, count):
    *runs, last = disturb(tmp_path, kind, count, seed=20240601)
    assert len(runs) == count
    assert all(run["whole"] for run in runs)
    assert last == {"again": 0, "clean": 0}
    assert sum(run["code"] != 0 for run in runs) >= count // 3, "hardly a run was disturbed"
