"""JSON-LD of a page: schema.org's own account of the article."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Node = dict[str, object]

LIVE_BLOG = "LiveBlogPosting"
_ARTICLES = frozenset(
    {"Article", "BlogPosting", "Report", "SocialMediaPosting", "Review", "Recipe", LIVE_BLOG}
)
LISTS = frozenset(
    {"CheckoutPage", "CollectionPage", "ContactPage", "ImageGallery", "MediaGallery"}
    | {"ProfilePage", "SearchResultsPage"}
)
"""Pages that lead to articles, or sell them."""
_PAGES = frozenset({"WebPage", "ItemPage", "AboutPage", "VideoObject"}) | LISTS
_COMMENT = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_MAX_DEPTH = 6
"""How deep an article may hide in other nodes; schema.org nests people, places and pictures."""


def article_node(tree: "HtmlElement") -> Node:
    """Return the node that describes the page's article, with its references put in.

    The first article at the top level; else the first inside another node; else the page
    itself, which may at least know its date. Empty if there is none.
    """
    roots = [root for script in _scripts(tree) for root in _roots(script)]
    named = {str(node["@id"]): node for node in roots if "@id" in node and len(node) > 2}
    nodes = [node for root in roots for node in _nested(root, 0)]
    best = next((node for node in (*roots, *nodes) if is_article(node)), None)
    page = next((node for node in nodes if node_types(node) & _PAGES), {})
    if best is None:
        return _resolved(page, named)
    return {**_resolved(page, named), **_resolved(best, named)}


def node_types(node: Node) -> set[str]:
    """Return the schema.org types of a node, without their address."""
    value = node.get("@type")
    values = value if isinstance(value, list) else [value]
    return {str(each).rpartition("/")[2].rpartition(":")[2] for each in values}


def strings(value: object, key: str = "name", deep: int = _MAX_DEPTH) -> list[str]:
    """Return the strings a value holds: itself, its items, or the `key` of a node.

    No deeper than `deep` nodes and lists in one another: some page nests a thousand.
    """
    if isinstance(value, str):
        return [unescape(value).strip()] if value.strip() else []
    if deep == 0:
        return []
    if isinstance(value, dict):
        return strings(value.get(key) or value.get("@value"), key, deep - 1)
    if isinstance(value, list):
        return [found for each in value for found in strings(each, key, deep - 1)]
    return []


def _scripts(tree: "HtmlElement") -> Iterator[str]:
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if kind.startswith("application/ld+json") and script.text:
            yield script.text


def _roots(script: str) -> list[Node]:
    value = _parsed(script)
    items = value if isinstance(value, list) else [value]
    found: list[Node] = []
    for item in items:
        if isinstance(item, dict):
            graph = item.get("@graph")
            inner = graph if isinstance(graph, list) else [graph] if graph else [item]
            found.extend(node for node in inner if isinstance(node, dict))
        elif isinstance(item, list):
            found.extend(node for node in item if isinstance(node, dict))
    return found


def _parsed(script: str) -> object:
    """Return what a script says; sites forget commas, comments and line ends in strings."""
    text = _COMMENT.sub("", script.strip()).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            value: object = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _nested(node: Node, depth: int) -> Iterator[Node]:
    yield node
    if depth < _MAX_DEPTH:
        for key, value in node.items():
            if key in ("mainEntity", "mainEntityOfPage", "itemReviewed", "about", "hasPart"):
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, dict):
                        yield from _nested(each, depth + 1)


def is_article(node: Node) -> bool:
    """Return whether a node is an article: NewsArticle, ReportageNewsArticle and the like too."""
    return any(kind in _ARTICLES or kind.endswith("Article") for kind in node_types(node))


def _resolved(node: Node, named: dict[str, Node]) -> Node:
    """Return a node whose people and organisations are no longer references."""
    return {key: _followed(value, named) for key, value in node.items()}


def _followed(value: object, named: dict[str, Node]) -> object:
    if isinstance(value, list):
        return [each if isinstance(each, list) else _followed(each, named) for each in value]
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return named.get(str(value["@id"]), value)
    return value
