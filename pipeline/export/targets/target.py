"""What every place a release can be published to has in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.errors import ReleaseError
from pipeline.export.release import MANIFEST

VERSIONS = "versions.json"
LATEST = "latest.json"
INDEX = "index.html"

TRIES = 5
"""How often a write is tried before it is given up: enough for a server that restarts."""

Documents = Mapping[str, bytes | None]
"""List, pointer and the page's index as they are at a place; `None` for what is not there yet."""

Change = Callable[[Documents], Mapping[str, bytes]]
"""Says which of them are to become what, in the order in which to write them."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a release that is to be published.

    Attributes:
        name: its path in the release, with slashes.
        path: where it lies.
        bytes: its size, as the manifest has it.
        sha256: of its bytes, as the manifest has it, hexadecimal.
    """

    name: str
    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as a place has it.

    Attributes:
        bytes: its size.
        tag: what the place itself says of its content; each place knows what that is.
    """

    bytes: int
    tag: str


class Target(Protocol):
    """A place that versions are published to."""

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end, fit to be shown."""

    def listing(self, release: str) -> dict[str, Stored]:
        """Return the files of the version `release`, by name; none if it is not there."""

    def holds(self, release: str, file: Upload, stored: Stored) -> bool:
        """Return whether what is `stored` as `file` has its very bytes."""

    def add(self, release: str, files: Sequence[Upload], tell: Tell) -> None:
        """Put `files` into the version `release`, over no other file, and verify each.

        Raises:
            ReleaseError: a file is there with other bytes, or cannot be written.
        """

    def update(self, change: Change) -> None:
        """Change list, pointer and index, losing no change that others make meanwhile."""


def other_bytes(release: str, address: str, name: str) -> ReleaseError:
    """Return the error for a version that was published, or begun, with another content."""
    return ReleaseError(
        f"{release} is published with other bytes: {address}/{release}/{name} is not the file of"
        " this release. A version never changes: publish a new release, or choose another"
        " destination"
    )


def changed_meanwhile(name: str) -> ReleaseError:
    """Return the error for a file that is not as the manifest read at the start says."""
    return ReleaseError(
        f"{name} is not as {MANIFEST} says: was the release replaced meanwhile? Publish again"
    )
