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

Keys, region and endpoint come from the usual AWS variables, a container's or an instance's role.
Messages are made from the kind of error and S3's own code for it: the answers of a store repeat
requests, and those carry session tokens. That is also why no error here keeps its cause.
"""

import mmap
import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
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
from obstore.store import S3Store

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
    from obstore.store import ClientConfig, RetryConfig

PAUSE = 0.5
"""Seconds between the first try and the second; twice as long from try to try."""
RETRY: "RetryConfig" = {
    "max_retries": 5,
    "backoff": {
        "init_backoff": timedelta(milliseconds=200),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
    "retry_timeout": timedelta(minutes=3),
}
"""For requests that do no harm when they are sent twice; the others are `TRIES`."""

_UPLOADS = 6
"""Files uploaded at once."""
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
_PLAIN = "text/plain; charset=utf-8"
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")

_Bytes = mmap.mmap | bytes


class Bucket:
    """A prefix in a bucket."""

    def __init__(self, bucket: str, prefix: str) -> None:
        """Take where to publish; nothing is sent yet."""
        self._bucket = bucket
        self._address = f"s3://{bucket}/{prefix}".rstrip("/")
        # A file is one request, and may take long: only a silent server is given up.
        client: ClientConfig = {
            "connect_timeout": "10s",
            "read_timeout": "10m",
            "timeout": "6h",
            "allow_http": _endpoint().startswith("http://"),
        }
        with self._errors():
            self._store = S3Store(
                bucket,
                prefix=prefix or None,
                checksum_algorithm="sha256",
                client_options=client,
                retry_config=RETRY,
            )

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
                if _code(error) == "NoSuchBucket":
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
            raise ReleaseError(f"cannot publish to {self._address}: {_why(error)}") from None


def _endpoint() -> str:
    return next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")


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


def _code(error: Exception) -> str:
    """Return S3's own word for an error, or the status of its answer; empty if there is none."""
    found = _CODE.search(str(error))
    return found[1] if found else _status(error)


def _status(error: Exception) -> str:
    found = _STATUS.search(str(error))
    return found[1] if found else ""


def _may_pass(error: Exception) -> bool:
    """Return whether an error may be gone in a moment: no answer at all, or a busy server's."""
    status = _status(error)
    return not status or status[0] == "5" or status in {"409", "429"}


def _why(error: Exception) -> str:
    code = _code(error)
    if code == "NoSuchBucket":
        return "there is no such bucket; create it first"
    if _status(error) in {"401", "403"}:
        return f"the credentials found do not allow it ({code})"
    if code:
        return f"the store answers {code}"
    return (
        "the store cannot be reached, or there are no credentials: see AWS_ENDPOINT_URL,"
        " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )
