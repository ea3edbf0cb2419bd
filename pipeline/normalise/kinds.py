"""Pages that hold no article, or none that is finished: what they say of themselves."""

import re
from typing import NamedTuple

from pipeline.normalise.linked_data import LISTS, LIVE_BLOG, is_article, node_types
from pipeline.normalise.places import Page
from pipeline.normalise.urls import names_one_page

_LIVE = f'//*[contains(@itemtype, "{LIVE_BLOG}")]'
_MISSING = re.compile(
    r"(?:error\s*)?404\b.{0,40}|(?:sorry,? )?(?:the |this |that )?(?:page|article|story)"
    r"(?: (?:you|we) .{0,40})? (?:was |is |has |could |can)?(?:not|no longer) .{0,40}"
    r"|seite (?:nicht gefunden|existiert nicht).{0,20}|page (?:introuvable|non trouvée).{0,20}"
    r"|p[áa]gina no (?:encontrada|existe).{0,20}|pagina non trovata.{0,20}",
    re.IGNORECASE,
)
_TITLE_END = re.compile(r"\s+[|–—·•»-]\s+")
_MIN_CHARS = 250
"""Less text than this beside a film or before a barrier is a caption or a first sentence."""


class Misfit(NamedTuple):
    """Why a page is no article: the code its refusal bears, and in words."""

    code: str
    detail: str


def page_misfit(page: Page) -> Misfit | None:
    """Return why a page cannot hold an article, whatever text is on it."""
    types = node_types(page.article)
    if LIVE_BLOG in types or page.tree.xpath(_LIVE):
        return Misfit("live-blog", "a live blog, which has no end")
    if is_article(page.article):
        return None
    listed = min(types & LISTS, default=None)
    if listed:
        return Misfit("no-article", f"the page calls itself a {listed}")
    if page.url and not names_one_page(page.url) and not _says_article(page):
        return Misfit("no-article", "the front page of a site")
    titles = [*page.texts("//head/title")[:1], *page.texts("//h1")[:1]]
    if any(_MISSING.fullmatch(_TITLE_END.split(title)[0]) for title in titles):
        return Misfit("no-article", "the page says that it was not found")
    return None


def text_misfit(page: Page, text: str) -> Misfit | None:
    """Return why so little text is no article: what is more of it can be seen or bought."""
    if len(text) >= _MIN_CHARS:
        return None
    if str(page.article.get("isAccessibleForFree")).lower() == "false":
        return Misfit("paywall", f"only {len(text)} characters stand before the paywall")
    kinds = {found.value.partition(".")[0] for found in page.meta("og:type")}
    if "VideoObject" in node_types(page.article) or "video" in kinds:
        return Misfit("no-article", "a film with a caption")
    return None


def _says_article(page: Page) -> bool:
    return any(found.value.lower() == "article" for found in page.meta("og:type"))
