"""Files of a source that lie in a bucket (`s3://BUCKET/KEY`): their names, and their bytes.

They are read where they lie, in ranges; nothing is copied to a disk. A file that changes while it
is read is refused, not mixed.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from pipeline.buckets import SCHEME, bucket_and_key, open_bucket, why
from pipeline.errors import SourceError

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import S3Store

_READ_BYTES = 4 << 20
"""Asked for at once: an answer's first byte takes as long as some megabytes more."""


@dataclass(frozen=True)
class StoredObject:
    """One object of a bucket; like a `Path` as far as readers use one.

    Attributes:
        name: the last part of its key.
    """

    _store: "S3Store"
    _bucket: str
    _key: str
    _bytes: int
    _tag: str | None

    @property
    def name(self) -> str:
        """The last part of its key."""
        return PurePosixPath(self._key).name

    @property
    def key(self) -> str:
        """Its key."""
        return self._key

    @property
    def uri(self) -> str:
        """Where it lies, as `s3://…`."""
        return f"{SCHEME}{self._bucket}/{self._key}"

    def open(self, mode: str = "rb") -> BinaryIO:
        """Return its bytes as a file; `OSError` while reading where they cannot be had."""
        raw = _Ranges(self._store, self._key, self._bytes, self._tag)
        return cast("BinaryIO", io.BufferedReader(raw, _READ_BYTES))


class _Ranges(io.RawIOBase):
    """An object read by ranges, each only if the object is still the one that was listed."""

    def __init__(self, store: "S3Store", key: str, size: int, tag: str | None) -> None:
        self._store, self._key, self._size, self._tag = store, key, size, tag
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 -- anything that can be written to
        end = min(self._place + len(buffer), self._size)
        if end <= self._place:
            return 0
        data = self._range(self._place, end)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def _range(self, start: int, end: int) -> bytes:
        import obstore
        from obstore.exceptions import BaseError, PreconditionError

        try:
            found = obstore.get(
                self._store, self._key, options={"range": (start, end), "if_match": self._tag}
            )
            return bytes(found.bytes())
        except PreconditionError:
            raise OSError("it changed while it was read: run again") from None
        except (BaseError, FileNotFoundError) as error:
            raise OSError(why(error)) from None


def one_object(address: str) -> StoredObject | None:
    """Return the object at `s3://BUCKET/KEY`; `None` if that is no object (but a folder, a glob).

    Raises:
        ConfigError: `address` is none of S3.
        SourceError: the bucket cannot be read.
    """
    import obstore

    bucket, key = bucket_and_key(address)
    if not key or address.endswith("/"):
        return None
    with _errors(address):
        try:
            store = open_bucket(bucket)
            return _stored(store, bucket, obstore.head(store, key))
        except FileNotFoundError:
            return None


def objects_below(address: str, folder: str) -> list[StoredObject]:
    """Return the objects below `folder` in the bucket of `address`.

    Raises:
        SourceError: the bucket cannot be read.
    """
    import obstore

    bucket, _ = bucket_and_key(address)
    with _errors(address):
        store = open_bucket(bucket)
        found = [meta for chunk in obstore.list(store, folder or None) for meta in chunk]
    # Consoles make a "folder" by an empty object.
    return [_stored(store, bucket, meta) for meta in found if not meta["path"].endswith("/")]


def matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether a path meets a glob, part by part; `**` stands for any number of parts."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(matches(parts[n:], pattern[1:]) for n in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and matches(parts[1:], pattern[1:])


def _stored(store: "S3Store", bucket: str, meta: "ObjectMeta") -> StoredObject:
    return StoredObject(store, bucket, meta["path"], meta["size"], meta["e_tag"])


@contextmanager
def _errors(address: str) -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, FileNotFoundError, ValueError) as error:
        raise SourceError(f"{address}: {why(error)}") from None
