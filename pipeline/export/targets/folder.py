"""Publishing to a folder: a version is staged beside the others and takes its name in one step.

Nobody ever sees half a version. What a publisher killed while staging has copied is kept by the
next one as far as its hashes are right. One publisher at a time works on a folder; the system
frees a dead one's lock.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.durable import sync, sync_tree
from pipeline.errors import ConfigError, ReleaseError
from pipeline.export.release import MANIFEST, sha256_of
from pipeline.export.targets.target import (
    INDEX,
    LATEST,
    VERSIONS,
    Change,
    Stored,
    Tell,
    Upload,
    changed_meanwhile,
    other_bytes,
)

_LOCK = ".publish.lock"
_LINK = "latest"
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems without symbolic links answer, FAT for one."""


class Folder:
    """A folder on a disk, or on a network share that renames atomically."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it need not exist."""
        self._root = root

    @property
    def address(self) -> str:
        """The folder's path."""
        return str(self._root)

    def listing(self, release: str) -> dict[str, Stored]:
        """Return the files of the version; the tag is empty, `holds` reads the bytes."""
        self._refuse_release()
        version = self._root / release
        with _errors(self._root):
            return {
                path.relative_to(version).as_posix(): Stored(path.stat().st_size, "")
                for path in sorted(version.rglob("*"))
                if not path.is_dir()
            }

    def holds(self, release: str, file: Upload, stored: Stored) -> bool:
        """Return whether the file there has the size and the SHA-256 of `file`."""
        with _errors(self._root):
            return (
                stored.bytes == file.bytes
                and sha256_of(self._root / release / file.name) == file.sha256
            )

    def add(self, release: str, files: Sequence[Upload], tell: Tell) -> None:
        """Stage `files`, verify what was written, and rename the whole."""
        with _errors(self._root), self._locked(tell):
            version = self._root / release
            if version.exists():
                self._check_whole(release, files)
                return
            staged = self._root / f".{release}.part"
            _drop_others(staged, files)
            for file in files:
                _copy(file, staged / file.name)
                tell(f"copied {file.name}")
            sync_tree(staged)
            staged.rename(version)
            sync(self._root)

    def update(self, change: Change) -> None:
        """Write the documents, each in one step, and turn the link `latest`."""
        with _errors(self._root), self._locked(lambda _: None):
            documents = {name: _read(self._root / name) for name in (VERSIONS, LATEST, INDEX)}
            for name, data in change(documents).items():
                self._replace(name, data)
            latest = json.loads((self._root / LATEST).read_bytes())["release"]
            self._turn_link(latest)

    def _refuse_release(self) -> None:
        if (self._root / MANIFEST).exists():
            raise ConfigError(
                f"{self._root} is itself a release; publish to a folder that holds versions"
            )

    def _check_whole(self, release: str, files: Sequence[Upload]) -> None:
        """See that the version, there before its files were missed, was put there meanwhile."""
        there = self.listing(release)
        for file in files:
            if file.name not in there:
                raise ReleaseError(
                    f"{self._root / release} is damaged: {file.name} is missing. Move the folder"
                    " away and publish again"
                )
            if not self.holds(release, file, there[file.name]):
                raise other_bytes(release, self.address, file.name)

    @contextmanager
    def _locked(self, tell: Tell) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                tell(f"waiting for another publisher to {self._root}")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _replace(self, name: str, data: bytes) -> None:
        part = self._root / f".{name}.part"
        part.write_bytes(data)
        sync(part)
        part.replace(self._root / name)
        sync(self._root)

    def _turn_link(self, release: str) -> None:
        """Make the link `latest` name `release`, where there are links; in one step."""
        link, part = self._root / _LINK, self._root / f".{_LINK}.part"
        if link.is_symlink() and link.readlink() == Path(release):
            return
        part.unlink(missing_ok=True)
        try:
            part.symlink_to(release)
        except OSError as error:
            if error.errno in _NO_LINKS:
                return
            raise
        part.replace(link)
        sync(self._root)


@contextmanager
def _errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename2 or error.filename or root
        raise ReleaseError(f"cannot publish to {root}: {error.strerror}: {where}") from error


def _drop_others(staged: Path, files: Sequence[Upload]) -> None:
    """Remove what an unfinished publisher of another release of that name has staged."""
    names = {file.name for file in files}
    for path in sorted(staged.rglob("*")):
        if not path.is_dir() and path.relative_to(staged).as_posix() not in names:
            path.unlink()


def _copy(file: Upload, to: Path) -> None:
    if to.is_file() and sha256_of(to) == file.sha256:
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file.path, to)
    if sha256_of(to) != file.sha256:
        raise changed_meanwhile(file.name)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
