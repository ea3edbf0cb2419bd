"""Publishing to S3, and to stores that speak like it.

Every file is one PUT with `If-None-Match: *`, which refuses to write over anything. The manifest
goes first: its bytes name all others, so of two publishers of different releases with one name the
second is refused before it has mixed anything in. A version is published when `versions.json`
lists it; before that nothing points to it.

How a file is verified: its SHA-256 is compared with the manifest's while it is read for upload,
and is sent along as `x-amz-checksum-sha256`, which S3 checks before it accepts the bytes (a store
that ignores the header does not). Then the object is asked for: its size must be right, and its
ETag must be the MD5 of the bytes sent, which is what S3 makes of what it stored. Where an ETag is
not an MD5 (SSE-KMS, some other stores), the object is downloaded and its SHA-256 compared.
"""

import mmap
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import md5, sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    GenericError,
    PreconditionError,
)

from pipeline.buckets import RETRY, SCHEME, code_of, open_bucket, status_of, why
from pipeline.errors import ReleaseError
from pipeline.export.release import MANIFEST
from pipeline.export.targets.target import (
    INDEX,
    LATEST,
    TRIES,
    VERSIONS,
    Change,
    Stored,
    Tell,
    Upload,
    changed_meanwhile,
    other_bytes,
)

if TYPE_CHECKING:
    from obstore import ObjectMeta

PAUSE = 0.5
"""Seconds between the first try and the second; twice as long from try to try."""
_UPLOADS = 6
"""Files uploaded at once."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
_PLAIN = "text/plain; charset=utf-8"

_Bytes = mmap.mmap | bytes


class Bucket:
    """A prefix in a bucket."""

    def __init__(self, bucket: str, prefix: str) -> None:
        """Take where to publish; nothing is sent yet."""
        self._bucket = bucket
        self._address = f"{SCHEME}{bucket}/{prefix}".rstrip("/")
        with self._errors():
            self._store = open_bucket(bucket, prefix, retry=RETRY)

    @property
    def address(self) -> str:
        """The prefix as `s3://…`."""
        return self._address

    def listing(self, release: str) -> dict[str, Stored]:
        """Return the objects of the version; the tag is the ETag."""
        with self._errors():
            return {
                str(PurePosixPath(meta["path"]).relative_to(release)): _stored(meta)
                for chunk in obstore.list(self._store, release)
                for meta in chunk
            }

    def holds(self, release: str, file: Upload, stored: Stored) -> bool:
        """Return whether size and MD5 are the file's, or, where the tag is none, its SHA-256."""
        if stored.bytes != file.bytes:
            return False
        return stored.tag == _md5(_mapped(file)) or (
            self._downloaded_sha256(f"{release}/{file.name}") == file.sha256
        )

    def add(self, release: str, files: Sequence[Upload], tell: Tell) -> None:
        """Upload the manifest, then the other files, several at once."""
        first = [file for file in files if file.name == MANIFEST]
        others = [file for file in files if file.name != MANIFEST]
        for batch in (first, others):
            with ThreadPoolExecutor(_UPLOADS) as pool:
                # An error cancels what has not begun.
                for file in pool.map(lambda file: self._upload(release, file), batch):
                    tell(f"uploaded {file.name}")

    def update(self, change: Change) -> None:
        """Write the documents if they are still what the change was made from; else anew."""
        for attempt in range(TRIES * 2):
            # The pointer is read first and written last, so the list is never older than it.
            before = {name: self._read(name) for name in (LATEST, VERSIONS, INDEX)}
            after = change({name: data for name, (data, _) in before.items()})
            # The first that somebody else was faster with ends it.
            if all(self._write(name, data, before[name][1]) for name, data in after.items()):
                return
            time.sleep(PAUSE * min(attempt, 4))
        raise ReleaseError(
            f"{self.address}/{VERSIONS} is changed by others all the time: try again"
        )

    def document(self, name: str) -> bytes | None:
        """Return the bytes of a document beside the versions; `None` if it is not there."""
        return self._read(name)[0]

    def download(self, name: str, path: Path) -> None:
        """Write the object `name` to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._errors(), path.open("wb") as file:
            for chunk in obstore.get(self._store, name).stream():
                file.write(chunk)

    def _upload(self, release: str, file: Upload) -> Upload:
        """Create the object, or find that it is there already, whoever put it there."""
        key = f"{release}/{file.name}"
        data = _checked(file)
        for attempt in range(TRIES):
            if self._create(key, file, data, last=attempt == TRIES - 1):
                stored = self._head(key)
                if stored and self.holds(release, file, stored):
                    return file
                if stored:
                    raise other_bytes(release, self.address, file.name)
            time.sleep(PAUSE * 2**attempt)
        raise ReleaseError(f"{self.address}/{key} was accepted and is not there")

    def _create(self, key: str, file: Upload, data: _Bytes, *, last: bool) -> bool:
        """Try to create an object; return whether there is one now, not necessarily this one.

        A request whose answer is lost may have been done, so a failure is no more than a reason
        to try again.
        """
        attributes = {"Content-Type": _content_type(key), "sha256": file.sha256}
        with self._errors():
            try:
                # One request: only a whole object can be created on a condition.
                obstore.put(
                    self._store,
                    key,
                    data,
                    mode="create",
                    use_multipart=False,
                    attributes=attributes,
                )
            except AlreadyExistsError:
                return True
            except GenericError as error:
                if last or not _may_pass(error):
                    raise
                return False
        return True

    def _head(self, key: str) -> Stored | None:
        with self._errors():
            try:
                return _stored(obstore.head(self._store, key))
            except FileNotFoundError:
                return None

    def _downloaded_sha256(self, key: str) -> str:
        digest = sha256()
        with self._errors():
            for chunk in obstore.get(self._store, key).stream():
                digest.update(chunk)
        return digest.hexdigest()

    def _read(self, name: str) -> tuple[bytes | None, str]:
        with self._errors():
            try:
                found = obstore.get(self._store, name)
            except FileNotFoundError as error:
                if code_of(error) == "NoSuchBucket":
                    raise
                return None, ""
            return bytes(found.bytes()), found.meta["e_tag"] or ""

    def _write(self, name: str, data: bytes, tag: str) -> bool:
        """Write a document whose ETag is still `tag` (empty: there is none); `False` if not."""
        # A cache in between must not show yesterday's pointer.
        attributes = {"Content-Type": _content_type(name), "Cache-Control": "no-cache"}
        with self._errors():
            try:
                obstore.put(
                    self._store,
                    name,
                    data,
                    mode={"e_tag": tag} if tag else "create",
                    use_multipart=False,
                    attributes=attributes,
                )
            except (AlreadyExistsError, PreconditionError):
                return False
            except GenericError as error:
                if not _may_pass(error):
                    raise
                return False
        return True

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, FileNotFoundError, ValueError) as error:
            raise ReleaseError(f"cannot publish to {self._address}: {why(error)}") from None


def _stored(meta: "ObjectMeta") -> Stored:
    return Stored(meta["size"], (meta["e_tag"] or "").strip('"'))


def _mapped(file: Upload) -> _Bytes:
    """Return a file's bytes without reading them into memory."""
    try:
        with file.path.open("rb") as opened:
            # An empty file cannot be mapped.
            return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.bytes else b""
    except (OSError, ValueError) as error:
        raise changed_meanwhile(file.name) from error


def _checked(file: Upload) -> _Bytes:
    data = _mapped(file)
    if len(data) != file.bytes or sha256(data).hexdigest() != file.sha256:
        raise changed_meanwhile(file.name)
    return data


def _md5(data: _Bytes) -> str:
    return md5(data, usedforsecurity=False).hexdigest()


def _content_type(name: str) -> str:
    return _TYPES.get(Path(name).suffix, _PLAIN)


def _may_pass(error: Exception) -> bool:
    """Return whether an error may be gone in a moment: no answer at all, or a busy server's."""
    status = status_of(error)
    return not status or status[0] == "5" or status in {"409", "429"}
