"""A release that lives in a bucket: taken to a folder before a run, put back after it.

S3 knows no exchange of folders, so a run works in a folder of its own, and what it made becomes
the newest version in the bucket (publish.py): nobody sees half of it. The bucket decides what the
release before is; the folder only spares fetching and computing.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from pipeline.buckets import bucket_and_prefix
from pipeline.errors import ReleaseError
from pipeline.export.page import built_page
from pipeline.export.publish import Published, publish
from pipeline.export.release import MANIFEST, SUMS, Manifest, sha256_of
from pipeline.export.swap import WORK, swap_in
from pipeline.export.targets.s3 import Bucket
from pipeline.export.targets.target import LATEST


def take_newest(out: Path, address: str) -> bool:
    """See that `out`, held by the caller, has the release that `address` points to.

    Return whether it had to be fetched. Where the bucket has none, `out` stays as it is.

    Raises:
        ConfigError: `address` is no place on S3.
        ReleaseError: the release there cannot be read, or is not as its manifest says.
    """
    bucket = Bucket(*bucket_and_prefix(address))
    pointer = bucket.document(LATEST)
    if pointer is None:
        return False
    newest = _pointed(pointer, bucket.address)
    here = out / MANIFEST
    if here.exists() and sha256_of(here) == newest["manifest_sha256"]:
        return False
    swap_in(_fetched(bucket, newest, out / WORK / "fetched-release"), out)
    return True


def put_back(out: Path, address: str) -> Published:
    """Publish the release in `out` to `address`, as its newest version, with the explorer page.

    Raises:
        ReleaseError: the bucket refuses it, or somebody else published a release meanwhile.
    """
    return publish(out, address, dry_run=False, progress=lambda _: None, page=built_page())


def _pointed(pointer: bytes, address: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(pointer)
        return {name: found[name] for name in ("path", "manifest_sha256")}
    except (ValueError, TypeError, KeyError) as error:
        raise ReleaseError(f"{address}/{LATEST} is not On Record's: {error!r}") from error


def _fetched(bucket: Bucket, newest: dict[str, Any], folder: Path) -> Path:
    """Return `folder` with all files of a version, each with the hash its manifest gives."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in (MANIFEST, SUMS):
        bucket.download(f"{newest['path']}/{name}", folder / name)
    wanted = {MANIFEST: newest["manifest_sha256"]}
    _check(bucket, folder, wanted)
    manifest = Manifest.read(folder)
    wanted = {name: facts["sha256"] for name, facts in manifest.files.items()} if manifest else {}
    for name in wanted:
        bucket.download(f"{newest['path']}/{name}", folder / name)
    _check(bucket, folder, wanted)
    return folder


def _check(bucket: Bucket, folder: Path, wanted: dict[str, str]) -> None:
    for name, digest in wanted.items():
        if (found := sha256_of(folder / name)) != digest:
            raise ReleaseError(
                f"{bucket.address}: {name} of the newest version has sha256 {found}, not {digest}"
            )
