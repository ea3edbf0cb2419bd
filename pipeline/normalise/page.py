"""HTML pages: the article's body by trafilatura, everything else by the page's own metadata."""

from pipeline.errors import EmptyArticleError
from pipeline.normalise.body import Block, page_blocks, page_tree
from pipeline.normalise.bylines import is_full_name
from pipeline.normalise.characters import body_of, ends_sentence
from pipeline.normalise.draft import Draft
from pipeline.normalise.kinds import Misfit, page_misfit, text_misfit
from pipeline.normalise.metadata import Metadata, page_metadata
from pipeline.normalise.places import page_of
from pipeline.normalise.scripted import scripted_markup


def read_page(content: str, document: str, *, url: str | None) -> Draft:
    """Return the article of a page; `url` is its address where the record gives one.

    Raises:
        EmptyArticleError: there is none ("no-article"), a "live-blog", or what a "paywall" leaves.
    """
    tree = page_tree(content)
    if tree is None:
        raise EmptyArticleError(document, "no HTML", code="no-article")
    page = page_of(tree, url)
    _refuse(page_misfit(page), document)
    found = page_metadata(page, url)
    blocks = page_blocks(tree, found.header, found.body) or _scripted_blocks(content, found)
    if not blocks:
        raise EmptyArticleError(document, "the page holds no article", code="no-article")
    _refuse(text_misfit(page, body_of(blocks).text), document)
    authors, blocks = (found.authors, blocks) if found.authors else _signed(blocks)
    signed = {"authors": "text"} if authors and not found.authors else {}
    return Draft(
        body=body_of(blocks),
        title=found.title,
        subtitle=found.subtitle,
        authors=authors,
        agency=found.agency,
        section=found.section,
        published=found.published,
        modified=found.modified,
        publisher=found.publisher,
        url=found.url,
        language=found.language,
        licence=found.licence,
        found_in=found.where | signed,
    )


def _refuse(misfit: Misfit | None, document: str) -> None:
    if misfit:
        raise EmptyArticleError(document, misfit.detail, code=misfit.code)


def _signed(blocks: list[Block]) -> tuple[list[str], list[Block]]:
    """Return the name that stands alone below the last sentence, and the blocks above it."""
    text = [line for line, _ in blocks[-2:]]
    if len(text) < 2 or not ends_sentence(text[0]) or not is_full_name(text[1]):
        return [], blocks
    return [text[1]], blocks[:-1]


def _scripted_blocks(content: str, found: Metadata) -> list[Block]:
    """Return the blocks of an article that only a script would put on the page."""
    page = page_tree(content)  # anew, since the search for the body has taken it apart
    markup = scripted_markup(page) if page is not None else None
    tree = page_tree(markup) if markup else None
    return [] if tree is None else page_blocks(tree, found.header, "")
