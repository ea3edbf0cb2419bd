"""Addresses: one spelling for each page, and the domain it belongs to."""

import re
from urllib.parse import urlsplit, urlunsplit

_TRACKING = re.compile(
    r"utm_|fbclid$|gclid$|dclid$|msclkid$|igshid$|mc_[ce]id$|_ga$|cmpid$|ocid$|smid$|smtyp$|ito$"
    r"|at_(?:medium|campaign|custom\d|link|bbc)|ref_src$|wt_?mc|xtor$|s_?cid$|taid$|guccounter$",
    re.IGNORECASE,
)
"""Names of parameters that say where a reader came from, not what is read."""

_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]+")
_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "govt", "gv", "mil", "ne", "net", "nom"}
    | {"or", "org", "press", "sch", "web"}
)
"""Labels under which countries give out names: the publisher of bbc.co.uk is one level down."""


def canonical_url(value: str) -> str | None:
    """Return a page's address in the one form that stands for it, `None` if it is none.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters; only
    http and https.
    """
    try:
        parts = urlsplit(value.strip())
        port = parts.port
    except ValueError:
        return None
    host = _ascii_host(parts.hostname or "")
    if parts.scheme.lower() not in ("http", "https") or host is None or " " in value.strip():
        return None
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    netloc = host if port in (None, default) else f"{host}:{port}"
    query = "&".join(
        pair for pair in parts.query.split("&") if not _TRACKING.match(pair.partition("=")[0])
    )
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", query, ""))


def registered_domain(url: str) -> str | None:
    """Return the domain whose owner publishes `url`: news.bbc.co.uk is bbc.co.uk."""
    host = urlsplit(url).hostname
    if not host:
        return None
    labels = host.split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:])


def names_one_page(url: str) -> bool:
    """Return whether `url` can stand for one article: a site's front page cannot."""
    parts = urlsplit(url)
    return parts.path.strip("/") != "" or parts.query != ""


def _ascii_host(host: str) -> str | None:
    try:
        name = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    return name.lower() if _HOST.fullmatch(name.lower()) else None
