"""Publishing a release: an immutable version folder, then the list of versions, then the pointer.

    DESTINATION/
      v2026.1.0/...       every file of the release, never changed again
      versions.json       what is published, the newest first
      latest.json         the newest version and the hash of its manifest
      latest              a link to it, in folders
      index.html          the explorer page, if it is built (page.py)

Files are written where nothing is yet, or found there with the same bytes; so a publisher that was
killed is followed by one that goes on, and two at once do not harm each other. The pointer moves
when everything it leads to is there and verified.
"""

import json
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import ConfigError, ReleaseError
from pipeline.export.page import is_ours, page_files, page_folder, published_index
from pipeline.export.release import MANIFEST, SUMS, Manifest, sha256_of
from pipeline.export.targets import open_target
from pipeline.export.targets.target import (
    INDEX,
    LATEST,
    VERSIONS,
    Documents,
    Target,
    Tell,
    Upload,
    changed_meanwhile,
    other_bytes,
)

_RELEASE = re.compile(r"v\d+\.\d+\.\d+")

Entry = dict[str, Any]
"""What `versions.json` says of one release."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did, or would do.

    Attributes:
        release: the version's name.
        address: where it lies.
        files: how many files it has.
        bytes: their size.
        uploaded: how many of them were missing at the destination.
        already_there: how many were found there, with the same bytes.
    """

    release: str
    address: str
    files: int
    bytes: int
    uploaded: int
    already_there: int


def publish(
    folder: Path, destination: str, *, dry_run: bool, progress: Tell, page: Path | None = None
) -> Published:
    """Publish the release in `folder`, which its caller has checked.

    Args:
        folder: of the release.
        destination: a folder's path or `file://`, `s3://BUCKET/PREFIX`, `hf://datasets/OWNER/NAME`.
        dry_run: say what is missing there, and touch nothing.
        progress: is told what is done, a line each.
        page: the folder of the explorer page, to be put beside the versions.

    Raises:
        ConfigError: `destination` is no place to publish to.
        ReleaseError: `folder` holds no release, or another one than when it began; the
            destination has this version with other bytes, or cannot be read or written.
    """
    manifest, files = _contents(folder)
    target = open_target(destination)
    _refuse_inside(folder, target)
    missing = _missing(target, manifest.release, files)
    done = Published(
        release=manifest.release,
        address=f"{target.address}/{manifest.release}",
        files=len(files),
        bytes=sum(file.bytes for file in files),
        uploaded=len(missing),
        already_there=len(files) - len(missing),
    )
    if dry_run:
        for file in missing:
            progress(f"would upload {file.name} ({file.bytes:,} bytes)")
        return done
    if missing:
        target.add(manifest.release, missing, progress)
    target.update(partial(_entered, _entry(manifest, files)))
    if page is not None:
        _publish_page(page, target, progress)
    return done


def _publish_page(page: Path, target: Target, progress: Tell) -> None:
    """Put the page's files where no other's are, then the index that leads to them."""
    name = page_folder(page)
    if missing := _missing(target, name, page_files(page)):
        target.add(name, missing, progress)
    target.update(partial(_indexed, published_index(page), progress))


def _indexed(index: bytes, progress: Tell, documents: Documents) -> dict[str, bytes]:
    """Return the index if it has to change; somebody else's stays as it is."""
    if not is_ours(documents[INDEX]):
        progress(f"{INDEX} there is not On Record's and stays: the explorer page is not linked")
        return {}
    return {} if documents[INDEX] == index else {INDEX: index}


def _contents(folder: Path) -> tuple[Manifest, list[Upload]]:
    """Return the manifest of a release and all its files, the manifest among them."""
    manifest = Manifest.read(folder)
    if manifest is None:
        raise ReleaseError(f"{folder} holds no release")
    if not _RELEASE.fullmatch(manifest.release):
        raise ReleaseError(
            f"{folder / MANIFEST} names the release {manifest.release!r}, no version"
        )
    files = [
        Upload(_safe(name), folder / name, facts["bytes"], facts["sha256"])
        for name, facts in manifest.files.items()
    ]
    for name in (MANIFEST, SUMS):
        path = folder / name
        if not path.is_file():
            raise ReleaseError(f"{path} is missing")
        files.append(Upload(name, path, path.stat().st_size, sha256_of(path)))
    if Manifest.read(folder) != manifest:
        raise changed_meanwhile(MANIFEST)
    return manifest, sorted(files, key=lambda file: file.name)


def _safe(name: str) -> str:
    """Return `name`; refuse one that leads out of the release, as a stranger's manifest might."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name:
        raise ReleaseError(f"{MANIFEST} names {name!r}, which is no file in a release")
    return name


def _refuse_inside(folder: Path, target: Target) -> None:
    """Refuse a destination in the release itself: the next run replaces that folder whole."""
    if Path(target.address).is_relative_to(folder.resolve()):
        raise ConfigError(f"{target.address} lies in the release; publish to a folder outside it")


def _missing(target: Target, release: str, files: list[Upload]) -> list[Upload]:
    """Return the files that are not there yet; what is there must be the release's own."""
    there = target.listing(release)
    by_name = {file.name: file for file in files}
    for name, stored in there.items():
        file = by_name.get(name)
        if file is None or not target.holds(release, file, stored):
            raise other_bytes(release, target.address, name)
    return [file for file in files if file.name not in there]


def _entry(manifest: Manifest, files: list[Upload]) -> Entry:
    """Return what `versions.json` says of a release."""
    rows: dict[str, int] = {}
    for facts in manifest.files.values():
        table = facts["table"]
        if table is not None and "/" not in table:
            rows[table] = rows.get(table, 0) + facts["rows"]
    return {
        "release": manifest.release,
        "path": manifest.release,
        "created_at": manifest.created_at,
        "schema_version": manifest.versions.schema,
        "rows": rows,
        "bytes": sum(file.bytes for file in files),
        "manifest_sha256": next(file.sha256 for file in files if file.name == MANIFEST),
    }


def _entered(entry: Entry, documents: Documents) -> dict[str, bytes]:
    """Return the documents that have to change for `entry` to be listed and, if newest, pointed to.

    The list comes first: whoever follows the pointer finds the version in it.

    Raises:
        ReleaseError: a document at the destination is not ours, so it is not replaced.
    """
    try:
        listed = json.loads(documents[VERSIONS] or b'{"versions": []}')["versions"]
        listed = [one for one in listed if one["release"] != entry["release"]]
        listed = sorted([*listed, entry], key=_order, reverse=True)
        pointed = json.loads(documents[LATEST] or b"null")
        newest = max(filter(None, [listed[0], pointed]), key=_order)
        latest = {name: newest[name] for name in ("release", "path", "manifest_sha256")}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReleaseError(
            f"{VERSIONS} or {LATEST} at the destination is not On Record's: {error!r}"
        ) from error
    after = {VERSIONS: _json({"versions": listed}), LATEST: _json(latest)}
    return {name: data for name, data in after.items() if data != documents[name]}


def _order(entry: Entry) -> tuple[int, ...]:
    return tuple(int(part) for part in entry["release"].removeprefix("v").split("."))


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
