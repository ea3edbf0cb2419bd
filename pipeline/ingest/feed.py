"""RSS and Atom feeds: what each entry names and says of itself.

feedparser reads the bytes; dates stay as written, since it takes zones it does not know ("MSK")
for UTC.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from pipeline.errors import UnreadableDocumentError
from pipeline.ingest.encoding import decoded
from pipeline.ingest.urls import Listed
from pipeline.ingest.xml import reencoded

MAX_BYTES = 10_000_000
"""A longer feed is refused: it would take the parser minutes."""

_MIN_FULL_WORDS = 150
"""A text in a feed with fewer words may be the beginning of a longer one. Not yet measured."""
_MAX_TITLE_CHARS, _MAX_SUMMARY_CHARS = 500, 600
_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\b(?:read|see|view)\s+(?:more|on|the\s+(?:full|whole|rest)[^.]{0,40})"
    r"|\bcontinue\s+reading[^.]{0,120}|\bfull\s+(?:story|article)|\bweiterlesen|\blire\s+la\s+suite"
    r"|\bleer\s+más)\W*$",
    re.IGNORECASE,
)
"""How a text ends that goes on elsewhere."""

_TAIL_CHARS = 600
_FOOTER = re.compile(r"\bThe post .{1,300}? (?:first )?appeared (?:first )?on .{1,100}$", re.DOTALL)
"""What WordPress puts below every text of a feed."""


def read_feed(data: bytes, document: str, *, url: str, charset: str | None = None) -> list[Listed]:
    """Return the entries of a feed in its order; those that name no document are passed over.

    Args:
        data: the feed as received.
        document: what errors call it.
        url: its address, which links in it may be relative to.
        charset: the encoding its server names.

    Raises:
        UnreadableDocumentError: it is no feed, or too long.
    """
    import feedparser

    if len(data) > MAX_BYTES:
        detail = f"larger than the {MAX_BYTES} bytes a feed may have"
        raise UnreadableDocumentError(document, detail, code="document-too-large")
    text = decoded(data, document, markup=True, charset=charset)
    try:
        parsed = feedparser.parse(reencoded(text), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:
        # It lets through whatever its parts raise, all of which means that the feed is broken.
        raise UnreadableDocumentError(document, f"broken feed: {error!r}") from error
    if not parsed.get("version") and not parsed.entries:
        raise UnreadableDocumentError(document, "neither RSS nor Atom")
    language = _text(parsed.feed, "language")
    return [
        listed
        # As plain mappings: their own look-up makes "updated" of "published" and warns.
        for entry in map(dict, parsed.entries)
        if (listed := _listed(entry, url, language)) is not None
    ]


def _listed(entry: Mapping[str, Any], base: str, language: str | None) -> Listed | None:
    content = _full_text(entry)
    link = _link(entry, base) or (_text(entry, "id") if content else None)
    if not link:
        return None
    published, updated = _text(entry, "published"), _text(entry, "updated")
    says: dict[str, object] = {
        "title": _plain(entry, "title", _MAX_TITLE_CHARS),
        "subtitle": _plain(entry, "summary", _MAX_SUMMARY_CHARS),
        "authors": list(_authors(entry)),
        "published_at": published,
        "modified_at": updated if updated != published else None,
        "language": _own_language(entry) or language,
        "licence": _licence(entry),
    }
    says = {name: value for name, value in says.items() if value}
    return Listed(link, updated or published, says, content)


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    """Return where the entry's document is, absolute: FeedBurner says so in a place of its own."""
    written = _text(entry, "feedburner_origlink") or _text(entry, "link")
    try:
        link = urljoin(base, written) if written else None
    except ValueError:
        return None
    return link if link and link.lower().startswith(("http://", "https://")) else None


def _full_text(entry: Mapping[str, Any]) -> str | None:
    """Return the entry's text in HTML if it is all there is of it.

    Only what is declared as content, never a summary; long enough, and without the "Read more"
    of a beginning. Without a link there is no other text, so that any length will do.
    """
    values = [part.get("value") for part in entry.get("content", []) if _is_text(part)]
    best = max((value for value in values if isinstance(value, str)), key=len, default="")
    words = _words(best).strip()
    if not words:
        return None
    if not entry.get("link"):
        return best
    tail = _FOOTER.sub("", words[-_TAIL_CHARS:]).strip()
    whole = len(words.split()) >= _MIN_FULL_WORDS and not _CUT.search(tail)
    return best if whole else None


def _is_text(part: Mapping[str, Any]) -> bool:
    kind = part.get("type") or "text/html"
    return kind in ("text/html", "application/xhtml+xml", "text/plain")


def _authors(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield all names; `author` alone is only the last of them."""
    for author in entry.get("authors", []):
        name = author.get("name") if isinstance(author, dict) else None
        if isinstance(name, str) and name.strip():
            yield _storable(name).strip()


def _licence(entry: Mapping[str, Any]) -> str | None:
    links = (link for link in entry.get("links", []) if link.get("rel") == "license")
    return next((_storable(link["href"]) for link in links if link.get("href")), None)


def _own_language(entry: Mapping[str, Any]) -> str | None:
    """Return the language of the entry's own text, where it is marked."""
    found = [part.get("language") for part in entry.get("content", [])]
    found.append((entry.get("title_detail") or {}).get("language"))
    return next((name for name in found if isinstance(name, str) and name), None)


def _plain(entry: Mapping[str, Any], name: str, most: int) -> str | None:
    """Return the words of a title or summary, `None` if they are more than such a thing has."""
    value = _text(entry, name)
    if value is None or len(value) > 20 * most:
        return None
    kind = (entry.get(f"{name}_detail") or {}).get("type")
    words = value if kind == "text/plain" else _words(value)
    words = " ".join(words.split())
    return words if 0 < len(words) <= most and not _CUT.search(words) else None


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return _storable(value).strip() or None if isinstance(value, str) else None


def _storable(value: str) -> str:
    """Return `value` without halves of surrogate pairs, which a reference may name."""
    return value.encode("utf-8", "ignore").decode("utf-8")


def _words(html: str) -> str:
    """Return the words of a piece of HTML."""
    from lxml.etree import ParserError
    from lxml.html import fragment_fromstring

    try:
        return str(
            fragment_fromstring(html.replace("\x00", ""), create_parent="div").text_content()
        )
    except (ParserError, ValueError):
        return html
