"""Publishing to a dataset repository on the Hugging Face Hub.

A version is one commit, `versions.json` and `latest.json` together are another. Both name the
commit they were made on top of, so the Hub refuses them when anybody was faster, and they are made
anew. The repository must exist: whether it is public or private is its owner's to decide.

How a file is verified: the library sends large files with their SHA-256 and small ones whole; then
the Hub's own SHA-256 (large) or git hash (small) of what it stored is compared with the file.

The token is found by the library itself (HF_TOKEN, `hf auth login`). Messages are made from the
kind of error and the status of the answer only, since addresses of uploads are signed.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.errors import ReleaseError
from pipeline.export.release import sha256_of
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

PAUSE = 1.0
"""Seconds between the first try and the second; twice as long from try to try."""

_TRY_AGAIN = {409, 412, 429}
"""The Hub's answers to a commit on top of one that is no longer the last, and to a hurry."""


class _TryAgainError(ReleaseError):
    """Somebody else's commit came first, or the Hub is busy."""


class Hub:
    """A dataset repository."""

    def __init__(self, repository: str) -> None:
        """Take OWNER/NAME; nothing is sent yet."""
        # Imported here: whoever publishes elsewhere does not wait for it.
        from huggingface_hub import HfApi

        self._api = HfApi()
        self._repository: dict[str, Any] = {"repo_id": repository, "repo_type": "dataset"}
        self._address = f"hf://datasets/{repository}"

    @property
    def address(self) -> str:
        """The repository as `hf://…`."""
        return self._address

    def listing(self, release: str) -> dict[str, Stored]:
        """Return the files of the version; the tag is the SHA-256, of small files git's hash."""
        return self._listing(release, self._head())

    def holds(self, release: str, file: Upload, stored: Stored) -> bool:
        """Return whether size and the Hub's hash are the file's."""
        return stored.bytes == file.bytes and stored.tag in {file.sha256, _git_hash(file.path)}

    def add(self, release: str, files: Sequence[Upload], tell: Tell) -> None:
        """Upload `files` and commit them as one."""
        _check_hashes(files)
        contents = {f"{release}/{file.name}": file.path for file in files}
        for attempt in range(TRIES):
            head = self._head()
            # A version is one commit, so what is there now, somebody else has just put there.
            there = self._listing(release, head)
            if there or self._commit(contents, f"Release {release}", head):
                self._verify(release, files)
                tell(f"committed {len(files)} files")
                return
            time.sleep(PAUSE * 2**attempt)
        raise self._busy()

    def update(self, change: Change) -> None:
        """Commit the documents on top of what they were made from; if overtaken, anew."""
        for attempt in range(TRIES):
            head = self._head()
            after = change({name: self._read(name, head) for name in (VERSIONS, LATEST, INDEX)})
            if self._commit(after, "Point to the latest release", head):
                return
            time.sleep(PAUSE * 2**attempt)
        raise self._busy()

    def _head(self) -> str:
        with self._errors():
            return str(self._api.repo_info(**self._repository).sha)

    def _listing(self, release: str, revision: str) -> dict[str, Stored]:
        from huggingface_hub import RepoFile
        from huggingface_hub.errors import RemoteEntryNotFoundError

        with self._errors():
            try:
                entries = list(
                    self._api.list_repo_tree(
                        path_in_repo=release, recursive=True, revision=revision, **self._repository
                    )
                )
            except RemoteEntryNotFoundError:
                return {}
        return {
            entry.path.removeprefix(f"{release}/"): Stored(
                entry.size, entry.lfs.sha256 if entry.lfs else entry.blob_id
            )
            for entry in entries
            if isinstance(entry, RepoFile)
        }

    def _verify(self, release: str, files: Sequence[Upload]) -> None:
        there = self.listing(release)
        for file in files:
            if file.name not in there or not self.holds(release, file, there[file.name]):
                raise other_bytes(release, self.address, file.name)

    def _read(self, name: str, revision: str) -> bytes | None:
        from huggingface_hub.errors import RemoteEntryNotFoundError

        with self._errors(), TemporaryDirectory() as cache:
            try:
                path = self._api.hf_hub_download(
                    filename=name, revision=revision, cache_dir=cache, **self._repository
                )
            except RemoteEntryNotFoundError:
                return None
            return Path(path).read_bytes()

    def _commit(self, contents: Mapping[str, Path | bytes], message: str, head: str) -> bool:
        """Commit on top of `head`; return whether nobody was faster."""
        from huggingface_hub import CommitOperationAdd

        if not contents:
            return True
        try:
            with self._errors():
                self._api.create_commit(
                    operations=[
                        CommitOperationAdd(path_in_repo=name, path_or_fileobj=content)
                        for name, content in contents.items()
                    ],
                    commit_message=message,
                    parent_commit=head,
                    **self._repository,
                )
        except _TryAgainError:
            return False
        return True

    def _busy(self) -> ReleaseError:
        return ReleaseError(f"{self.address} is changed by others all the time: try again")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        # Everything the library raises: its network errors are those of the HTTP library it uses,
        # which differs from version to version.
        try:
            yield
        except Exception as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            again = status is not None and (status >= 500 or status in _TRY_AGAIN)
            kind = _TryAgainError if again else ReleaseError
            raise kind(f"cannot publish to {self.address}: {_why(error, status)}") from None


def _check_hashes(files: Sequence[Upload]) -> None:
    for file in files:
        if not file.path.is_file() or sha256_of(file.path) != file.sha256:
            raise changed_meanwhile(file.name)


def _git_hash(path: Path) -> str:
    """Return the name git gives a file's content."""
    digest = sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _why(error: Exception, status: int | None) -> str:
    kind = type(error).__name__
    if status == 404:
        return "there is no such dataset repository, or the token may not see it; create it first"
    if status in {401, 403} or kind == "LocalTokenNotFoundError":
        return "the token found does not allow it, or there is none: see HF_TOKEN"
    if status is not None:
        return f"the Hub answers {status}"
    return f"the Hub cannot be reached ({kind})"
