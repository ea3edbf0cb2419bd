"""The explorer page as `make explorer` builds it, and as it is published beside releases.

    DESTINATION/
      index.html                 leads into the newest page; it reads latest.json beside it
      explorer-0123456789ab/...  the page's own files, never changed again

The folder is named after its content, so that it is published like a version.
"""

from hashlib import sha256
from pathlib import Path

from pipeline.export.release import sha256_of
from pipeline.export.targets.target import INDEX, Upload

_BUILT = Path(__file__).parents[1] / "explorer_page"
_OURS = b'<meta name="generator" content="On Record explorer"'


def built_page() -> Path | None:
    """Return the folder of the page; `None` where it has not been built."""
    return _BUILT if (_BUILT / INDEX).is_file() else None


def page_files(page: Path) -> list[Upload]:
    """Return the files of the page besides its index, by name."""
    return [
        Upload(path.relative_to(page).as_posix(), path, path.stat().st_size, sha256_of(path))
        for path in sorted(page.rglob("*"))
        if path.is_file() and path.name != INDEX
    ]


def page_folder(page: Path) -> str:
    """Return the name under which the page's files are published."""
    digest = sha256((page / INDEX).read_bytes())
    for file in page_files(page):
        digest.update(f"{file.name}\0{file.sha256}\0".encode())
    return f"explorer-{digest.hexdigest()[:12]}"


def published_index(page: Path) -> bytes:
    """Return the index that leads into the published folder."""
    text = (page / INDEX).read_text("utf-8")
    return text.replace('="./', f'="./{page_folder(page)}/').encode()


def is_ours(index: bytes | None) -> bool:
    """Return whether an index may be replaced: there is none, or it is one of this page."""
    return index is None or _OURS in index
