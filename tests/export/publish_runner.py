"""Publishes releases one after the other and is killed again and again; used by `test_publish.py`.

Everything is imported once; each publisher is a fork of this process, which itself never uses
obstore: its threads would not survive a fork. Run as `python publish_runner.py FOLDER DESTINATION
SEED KILLS`; prints a line after each publisher that ended, and goes on when it is sent one.
"""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import obstore  # noqa: F401 -- imported before the forks, so that a publisher publishes at once

from pipeline.export import publish as publishing


def forked(folder: Path, destination: str) -> int:
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        publishing.publish(folder, destination, dry_run=False, progress=lambda _: None)
        code = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(code)


def ended(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def report(**facts: object) -> None:
    print(json.dumps(facts), flush=True)
    sys.stdin.readline()


def main(root: Path, destination: str, seed: int, kills: int) -> None:
    chance = random.Random(seed)
    folders = iter(sorted(root.iterdir()))
    began = time.monotonic()
    code = ended(forked(next(folders), destination))
    usual = time.monotonic() - began
    report(code=code, killed=False)
    folder = next(folders)
    while kills:
        process = forked(folder, destination)
        time.sleep(chance.uniform(0, usual))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        code = ended(process)
        report(code=code, killed=code == -signal.SIGKILL)
        if code == 0:
            folder = next(folders)
        kills -= code != 0
    report(code=ended(forked(folder, destination)), killed=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
