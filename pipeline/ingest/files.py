"""Which files a source means, and their bytes, never more of them than was allowed."""

import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, cast

from pipeline.buckets import SCHEME, bucket_and_key
from pipeline.errors import SourceError, UnreadableDocumentError
from pipeline.ingest.objects import StoredObject, matches, objects_below, one_object

PACKED = (".gz", ".zst")
"""Endings that say how a file is compressed, not what it is."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GLOB = re.compile(r"[*?\[]")
_SNIFFED_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of a source.

    Attributes:
        source: name of the source.
        name: path below the source, posix; the record's id unless it has its own.
        uri: the path as the user gave it, posix; relative paths stay relative.
        path: where to open it: on a disk, or in a bucket.
    """

    source: str
    name: str
    uri: str
    path: Path | StoredObject

    @property
    def suffix(self) -> str:
        """The ending that says what the file is, lower case, compression left out."""
        return Path(unpacked_name(self.path.name)).suffix.lower()


def unpacked_name(name: str) -> str:
    """Return a file's name without the ending of its compression."""
    path = Path(name)
    return path.stem if path.suffix.lower() in PACKED else name


def input_files(source: str) -> tuple[list[InputFile], bool]:
    """Return the files `source` stands for, in sorted order, and whether it names just that file.

    It is a file, folder or glob, on a disk or, as `s3://BUCKET/KEY`, in a bucket. In a folder,
    hidden files and README.* are passed over. The name of the source is the folder's; a single
    file lends its own stem, see `single_file`.

    Raises:
        SourceError: it does not exist, or holds no file.
    """
    if source.startswith(SCHEME):
        return _in_bucket(source)
    path = Path(source)
    if path.is_file():
        return [InputFile(path.resolve().parent.name, path.name, _posix(path), path)], True
    if path.is_dir():
        return _below(path, _walked(path), source), False
    if _GLOB.search(source):
        base = _glob_base(path)
        pattern = path.relative_to(base).as_posix()
        found = [found for found in base.glob(pattern) if found.is_file()]
        return _below(base, found, source), False
    raise SourceError(f"{source}: no such file or folder")


def _in_bucket(source: str) -> tuple[list[InputFile], bool]:
    if alone := one_object(source):
        bucket, key = bucket_and_key(source)
        folder = PurePosixPath(key).parent.name or bucket
        return [InputFile(folder, alone.name, alone.uri, alone)], True
    return _below_prefix(source), False


def _below_prefix(source: str) -> list[InputFile]:
    """Return what lies in a folder of a bucket, or meets a glob there, as on a disk."""
    bucket, key = bucket_and_key(source)
    is_glob = bool(_GLOB.search(key))
    base = _glob_base(PurePosixPath(key)) if is_glob else PurePosixPath(key)
    wanted = PurePosixPath(key).relative_to(base).parts
    files = []
    for found in objects_below(source, "" if base == PurePosixPath() else str(base)):
        path = PurePosixPath(found.key).relative_to(base)
        if matches(path.parts, wanted) if is_glob else _is_shown(path):
            files.append(InputFile(base.name or bucket, str(path), found.uri, found))
    if not files:
        raise SourceError(f"{source}: no file to read there")
    return sorted(files, key=lambda file: file.name)


def single_file(file: InputFile) -> InputFile:
    """Return `file` as a source of its own: `news/articles.jsonl.gz` is the source `articles`.

    For files that hold many records. A file that is one article stays a member of its folder,
    so that `seeds` and `seeds/x.txt` name the same source, record and article.
    """
    stem = Path(unpacked_name(file.path.name)).stem
    return InputFile(stem, file.name, file.uri, file.path)


def head(file: InputFile) -> bytes:
    """Return the first bytes of what the file holds, unpacked; empty if they cannot be read."""
    try:
        with opened(file) as stream:
            return stream.read(_SNIFFED_BYTES)
    except (OSError, UnreadableDocumentError):
        return b""


@contextmanager
def opened(file: InputFile) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked if its first bytes say that it is compressed.

    Raises:
        UnreadableDocumentError: the compressed data is broken or ends too early.
    """
    try:
        with file.path.open("rb") as raw:
            yield _unpacked(raw)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableDocumentError(file.name, f"broken gzip data: {error}") from error
    except OSError as error:
        detail = error.strerror or str(error)
        raise UnreadableDocumentError(file.name, f"cannot be read: {detail}") from error
    except Exception as error:
        # zstandard's own error class is only known once zstandard is imported.
        if type(error).__name__ != "ZstdError":
            raise
        raise UnreadableDocumentError(file.name, f"broken zstd data: {error}") from error


def whole(file: InputFile, max_bytes: int) -> bytes:
    """Return all bytes of a file, unpacked.

    Raises:
        UnreadableDocumentError: there are more than `max_bytes`, packed or unpacked.
    """
    with opened(file) as stream:
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise too_large(file.name, max_bytes)
    return data


def too_large(document: str, max_bytes: int) -> UnreadableDocumentError:
    """Return the error of a file or record with more bytes than one document may have."""
    detail = f"larger than the {max_bytes} bytes one document may have"
    return UnreadableDocumentError(document, detail, code="document-too-large")


def file_sha256(file: InputFile) -> str | None:
    """Return the SHA-256 of the file as it lies on disk; `None` if it cannot be read."""
    try:
        with file.path.open("rb") as stream:
            return file_digest(cast("io.BufferedReader", stream), "sha256").hexdigest()
    except OSError:
        return None


def _unpacked(raw: BinaryIO) -> BinaryIO:
    magic = raw.read(4)
    raw.seek(0)
    if magic.startswith(_GZIP_MAGIC):
        return cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    if magic == _ZSTD_MAGIC:
        from zstandard import ZstdDecompressor

        reader = ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", reader)))
    return raw


def _below(base: Path, paths: list[Path], source: str) -> list[InputFile]:
    if not paths:
        raise SourceError(f"{source}: no file to read there")
    name = base.resolve().name or "root"
    files = [InputFile(name, _posix(path.relative_to(base)), _posix(path), path) for path in paths]
    return sorted(files, key=lambda file: file.name)


def _walked(base: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, names in base.walk():
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(folder / name for name in names if _is_wanted(name))
    return [path for path in found if path.is_file()]


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and name.partition(".")[0].upper() != "README"


def _is_shown(path: PurePosixPath) -> bool:
    """Return whether a folder that holds `path` is read with it, see `input_files`."""
    return _is_wanted(path.name) and not any(part.startswith(".") for part in path.parts)


def _glob_base[Place: PurePath](pattern: Place) -> Place:
    """Return the deepest folder of a glob that has no wildcard in its own path."""
    parts = pattern.parts
    fixed = next(index for index, part in enumerate(parts) if _GLOB.search(part))
    return type(pattern)(*parts[:fixed])


def _posix(path: Path) -> str:
    """Return a path as text that can be stored, whatever bytes its name is made of."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")
