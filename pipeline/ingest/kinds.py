"""What the bytes of an address are: a feed, a sitemap, a page or a list of addresses."""

from pathlib import Path

from pipeline.buckets import SCHEME
from pipeline.config import Source, SourceKind
from pipeline.errors import DocumentError
from pipeline.ingest.encoding import decoded
from pipeline.ingest.files import InputFile, head
from pipeline.ingest.urls import listed_urls
from pipeline.ingest.xml import root_name

_ROOTS = {
    **dict.fromkeys(("rss", "feed", "rdf"), SourceKind.FEED),
    **dict.fromkeys(("urlset", "sitemapindex"), SourceKind.SITEMAP),
    **dict.fromkeys(("html", "head", "body"), SourceKind.URL),
}
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_HEAD_BYTES = 65_536


def kind_of(data: bytes, media_type: str, charset: str | None) -> SourceKind | None:
    """Return what `data` is by its first element, else by its lines, else as its server says.

    `None` if it is none of the kinds that name articles or are one.
    """
    try:
        root = root_name(decoded(data[:_HEAD_BYTES], "", markup=True, charset=charset))
        if root:
            known = _ROOTS.get(root)
            return known or (SourceKind.URL if media_type in _PAGE_TYPES else None)
        if listed_urls(decoded(data, "", charset=charset)):
            return SourceKind.URLS
    except DocumentError:
        pass  # bytes that are no text; whoever reads them says so
    return SourceKind.URL if media_type in _PAGE_TYPES else None


def is_remote(source: Source) -> bool:
    """Return whether documents of `source` come from the network: by kind, address or lines.

    A bucket is a disk further away: its files are read as files are.
    """
    if source.kind is not None:
        return source.kind is not SourceKind.FILES
    if source.location.startswith(SCHEME):
        return False
    return "://" in source.location or _is_list(Path(source.location))


def _is_list(path: Path) -> bool:
    """Return whether a file holds a list of addresses: by its name, or by its first lines."""
    suffix = path.suffix.lower()
    if suffix not in (".urls", ".txt") or not path.is_file():
        return False
    lines = head(InputFile("", path.name, str(path), path))
    if len(lines) >= _HEAD_BYTES:
        lines = lines.rpartition(b"\n")[0]
    return suffix == ".urls" or listed_urls(lines.decode("utf-8", "replace")) is not None
