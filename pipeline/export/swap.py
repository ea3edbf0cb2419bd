"""Putting a whole new release in the place of the one before, in one step.

`OUT/` holds the release and `OUT/.work/`. The new release is made ready as `.OUT.next` beside
`OUT`; then the two folders change names at once, which Linux (renameat2) and macOS (renamex_np)
do atomically. `.work` goes along by the same means just before. A run killed between the two is
put right by `recover` at the start of the next.

`OUT/.work/lock` and its hard link in `.OUT.next/.work/` are one file, so whoever holds its lock
holds it through the exchange.
"""

import ctypes
import errno
import fcntl
import json
import logging
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.durable import sync, sync_tree
from pipeline.errors import ReleaseError

_log = logging.getLogger(__name__)

WORK = ".work"
_EXCHANGE = 2
"""RENAME_EXCHANGE of linux/fs.h and RENAME_SWAP of macOS' sys/stdio.h have the same value."""
_AT_FDCWD = -100


@contextmanager
def locked(out: Path, *, wait_seconds: float) -> Iterator[Path]:
    """Hold `out` for one run; yield its work folder. The system frees a dead owner's lock.

    Raises:
        ReleaseError: `out` cannot be written, or somebody else holds it for too long.
    """
    work = out / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        handle = os.open(work / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ReleaseError(f"cannot write to {out}: {error.strerror}") from error
    try:
        _acquire(handle, out, wait_seconds)
        os.ftruncate(handle, 0)
        os.pwrite(handle, _owner().encode(), 0)
        recover(out)
        yield work
    finally:
        os.close(handle)


def _owner() -> str:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now})


def _acquire(handle: int, out: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(handle, 500, 0).decode("utf-8", "replace")
            if time.monotonic() > deadline:
                raise ReleaseError(f"{out} is being written by another run: {owner}") from None
            if not told:
                _log.warning("waiting for another run on %s: %s", out, owner)
                told = True
            time.sleep(0.2)
        else:
            return


def recover(out: Path) -> None:
    """Put right what a run killed during `swap_in` left; the caller holds the lock."""
    following = _next(out)
    if not following.exists():
        return
    # The real work folder is the one with a store; the other holds the lock's link only.
    if (following / WORK / "store").exists():
        _exchange(out / WORK, following / WORK)
    shutil.rmtree(following)


def swap_in(staged: Path, out: Path) -> None:
    """Make the folder `staged` (on the same file system as `out`) the release in `out`.

    Afterwards `out/.work/previous` holds the release before, for readers that still have it open.

    Raises:
        ReleaseError: the file system cannot exchange folders; the old release stands.
    """
    following = _next(out)
    shutil.rmtree(out / WORK / "previous", ignore_errors=True)
    staged.rename(following)
    (following / WORK).mkdir()
    os.link(out / WORK / "lock", following / WORK / "lock")
    sync_tree(following, but={"lock"})
    _exchange(out / WORK, following / WORK)
    _exchange(out, following)
    shutil.rmtree(following / WORK)
    following.rename(out / WORK / "previous")
    sync(out.parent)


def _next(out: Path) -> Path:
    return out.absolute().parent / f".{out.absolute().name}.next"


def _exchange(one: Path, other: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    a, b = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = libc.renamex_np(a, b, _EXCHANGE)
    else:
        failed = libc.renameat2(_AT_FDCWD, a, _AT_FDCWD, b, _EXCHANGE)
    if failed:
        number = ctypes.get_errno()
        hint = " (is it a mount point? use a folder inside it)" if number == errno.EBUSY else ""
        raise ReleaseError(f"cannot exchange {one} and {other}: {os.strerror(number)}{hint}")
