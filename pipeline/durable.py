"""What was written is on the disk, not just on its way there."""

import os
from collections.abc import Container
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path, *, but: Container[str] = ()) -> None:
    """Wait until the disk has all of `folder`, except what is named in `but`."""
    for path in sorted(folder.rglob("*")):
        if path.name not in but:
            sync(path)
    sync(folder)
