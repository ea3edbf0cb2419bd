"""Disturbs runs on purpose; used by `test_faults.py`, in a process of its own.

Everything is imported and loaded once; each run is a fork, so that forty of them take a minute.
Run as `python fault_runner.py FOLDER SEED KIND COUNT`; prints one JSON object a disturbed run.
"""

import errno
import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
from quick import QuickGate, Watcher

from pipeline import build as building
from pipeline import work
from pipeline.config import Settings

NOW = datetime(2024, 6, 1, tzinfo=UTC)
FREE_BYTES = (0, 500_000)
"""What a full disk has left before a run; a whole run here cannot do without about as much."""


def write_source(folder: Path, version: int) -> None:
    """Write ten articles, two of which differ from version to version."""
    folder.mkdir(exist_ok=True)
    for n in range(10):
        told = version if n in (3, version % 10) else 0
        text = f"Minister {chr(65 + n)}. Quispe met {told + 2} dock workers in Callao on Monday.\n"
        (folder / f"{n}.txt").write_text(text + "\nThey said talks would go on.\n", "utf-8")


def run(root: Path, out: str) -> None:
    os.chdir(root)
    building.build(["news"], Settings(out=Path(out)), progress=Watcher(), now=NOW)


def forked(task, *arguments) -> int:
    """Run `task` in a fork; return its process id."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        task(*arguments)
        code = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(code)


def ended(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def check(root: Path) -> None:
    faults = building.check_release(root / "data")
    if faults:
        raise AssertionError("; ".join(faults))


def compare_articles(root: Path) -> None:
    one, other = (pq.read_table(root / name / "articles.parquet") for name in ("data", "clean"))
    assert one.drop_columns("revision").equals(other.drop_columns("revision"))


def with_failing_sync(root: Path, calls: int) -> None:
    """Run, and let the disk report an error at the `calls`-th sync."""
    real, left = os.fsync, [calls]

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    os.fsync = fsync
    run(root, "data")


def disturbed(root: Path, kind: str, chance: random.Random, usual: float) -> int:
    """Do one disturbed run; return its exit code (negative: the signal that ended it)."""
    if kind == "kill":
        process = forked(run, root, "data")
        time.sleep(chance.uniform(0, usual))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        return ended(process)
    if kind == "sync":
        return ended(forked(with_failing_sync, root, chance.randrange(60)))
    # A run begins by deleting the file the one before has left: it would have all that room.
    (root / "data" / ".work" / "resolve.duckdb").unlink(missing_ok=True)
    filler = root / "filler"
    room = os.statvfs(root)
    filler.write_bytes(b"x" * max(0, room.f_bavail * room.f_frsize - chance.randint(*FREE_BYTES)))
    code = ended(forked(run, root, "data"))
    filler.unlink()
    return code


def at_once(root: Path, chance: random.Random, usual: float) -> int:
    """Start a second run while another is at work; return 0 if both ended well."""
    first = forked(run, root, "data")
    time.sleep(chance.uniform(0, usual))
    second = forked(run, root, "data")
    return ended(first) or ended(second)


def main(root: Path, seed: int, kind: str, count: int) -> None:
    building.start_gate = QuickGate
    next(work._analyser(Settings().spacy_model).analyses([]), None)
    chance = random.Random(seed)
    write_source(root / "news", 0)
    assert ended(forked(run, root, "data")) == 0
    write_source(root / "news", 1)
    began = time.monotonic()
    assert ended(forked(run, root, "data")) == 0
    usual = time.monotonic() - began
    for version in range(2, count + 2):
        write_source(root / "news", version)
        together = kind == "two"
        code = at_once(root, chance, usual) if together else disturbed(root, kind, chance, usual)
        whole = ended(forked(check, root)) == 0
        print(json.dumps({"code": code, "whole": whole}), flush=True)
    results = {
        "again": ended(forked(run, root, "data")),
        "clean": ended(forked(run, root, "clean")),
        "articles": ended(forked(compare_articles, root)),
    }
    print(json.dumps(results), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
