"""The article's text on a page: trafilatura finds it, this module makes paragraphs of it.

What trafilatura would leave in is taken out before (captions, boxes, links to other articles)
and after (the headline once more, bylines, newsletters). Where the linked data carries the
body, it says where the article begins and ends.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.normalise.bylines import agency_name, authors_and_agency, without_opener
from pipeline.normalise.characters import clean_line, ends_sentence, paragraphs
from pipeline.normalise.furniture import is_furniture, is_tail
from pipeline.normalise.places import squeezed, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

Block = tuple[str, bool]
"""A clean paragraph, and whether it is a subheading."""

_BORDERS = frozenset(
    {"body", "code", "div", "head", "item", "lb", "list", "p", "quote", "row", "table"}
)
"""Elements of trafilatura's result that begin and end a paragraph; the others stand in one."""

_SILENT = frozenset({"script", "style", "noscript", "template"})
_HOLDERS = frozenset(
    {"article", "aside", "b", "div", "em", "h3", "h4", "h5", "h6", "li", "ol", "p", "section"}
    | {"span", "strong", "ul"}
)
_LINE_TAGS = frozenset({"div", "h3", "h4", "h5", "h6", "li", "p"})
_BOX = re.compile(
    r"(?:^|[\s_-])(?:caption|figcaption|newsletter|promo|teasers?|recirc|related|read-?more|more-on"
    r"|recommended|recommendations|author-?bio|about-author|taboola|outbrain|sharing|share|social"
    r"|tags|fact-?box|info-?box|faktab?oks|faktaruta|infokasten|sidebar|comments|disclaimer"
    r"|key-?points|bullet-?points|takeaways"
    r"|visually-?hidden|sr-only|screen-reader-text)(?:$|[\s_-])|wp-caption-text",
    re.IGNORECASE,
)
"""Words of a class or id that mark what is not the article's text."""

_MAX_BOX_SHARE = 0.2
"""A box with more of the page's text than this holds the article, whatever it is called."""
_MIN_POINTER_CHARS = 12
_MAX_LABEL_CHARS = 40
_LABEL = re.compile(r"[^.!?]*[:|>»]\s*")
"""What stands before a link to another article: "Read also:", "Inflation |"."""
_MAX_HEADING_CHARS = 160
_MIN_FOLLOWER_CHARS = 40
_HEADER_BLOCKS = 8
_MAX_HEADER_CHARS = 90
_MAX_TAIL_CHARS = 80
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d{2}\b")
_WORD = re.compile(r"\w+")
_RUN_WORDS = 5
_WHOLE_SHARE = 0.5
"""A body in linked data with less of the page's text than this is but its first lines."""
_FOUND_SHARE = 0.8
_LOST_SHARE = 0.4


def page_tree(content: str) -> "HtmlElement | None":
    """Return a page or a piece of one parsed, always from `html` down; `None` if it is empty."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    # Bytes, since a page that names its old encoding cannot be parsed from characters.
    data = content.replace("\x00", "").encode("utf-8", "ignore")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(data, parser=parser)
    except ParserError:
        return None


def page_blocks(tree: "HtmlElement", header: list[str], said: str) -> list[Block]:
    """Return the paragraphs and subheadings of the article on a page, in order.

    `header` are the lines known to stand above or below the text (headline, standfirst, names);
    `said` is the body as the linked data has it, "" if it has none. The tree is changed.
    """
    _prune(tree)
    known = {squeezed(line) for line in header if line}
    headings = _headings(tree)
    blocks = _bounded(_with_headings(_extracted(tree), headings), said)
    return _without_furniture(_trimmed(blocks, known))


def _headings(tree: "HtmlElement") -> dict[str, str]:
    """Return the subheadings between two paragraphs, each by the paragraph that follows it."""
    found = {}
    for heading in tree.iter("h2", "h3", "h4"):
        follower = heading.getnext()
        before = next(heading.itersiblings("p", preceding=True), None)
        if before is None or follower is None or follower.tag != "p":
            continue
        text, paragraph = words_of(heading, most=_MAX_HEADING_CHARS), squeezed(words_of(follower))
        if text and len(paragraph) >= _MIN_FOLLOWER_CHARS:
            found[paragraph] = text
    return found


def _with_headings(blocks: list[Block], headings: dict[str, str]) -> list[Block]:
    """Return blocks with the subheadings that trafilatura took for something else."""
    present, kept = {squeezed(text) for text, _ in blocks}, blocks[:1]
    for block in blocks[1:]:
        heading = headings.get(squeezed(block[0]), "")
        if heading and squeezed(heading) not in present:
            kept.append((heading, True))
        kept.append(block)
    return kept


def _extracted(tree: "HtmlElement") -> list[Block]:
    from trafilatura import bare_extraction

    document = bare_extraction(tree, include_comments=False, with_metadata=False)
    # A dictionary only comes back where an option of old asks for it.
    body = None if document is None or isinstance(document, dict) else document.body
    return [] if body is None else list(_blocks(body))


def _blocks(body: "_Element") -> Iterator[Block]:
    """Yield what stands between the borders of the result's elements."""
    words: list[str] = []
    for border, text in _events(body):
        if border is not None:
            line = clean_line("".join(words))
            if line:
                yield line, border == "/head"
            words = []
        words.append(text)


def _events(element: "_Element") -> Iterator[tuple[str | None, str]]:
    """Yield borders (an element's tag, "/" before it at its end) and the text after each."""
    tag = str(element.tag)
    border = tag in _BORDERS
    space = " " if tag in ("cell", "graphic") else ""
    yield (tag if border else None), space + (element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            yield from _events(child)
        yield None, child.tail or ""
    if border:
        yield f"/{tag}", ""


def _prune(tree: "HtmlElement") -> None:
    """Take out captions, boxes and lines that are nothing but a link to something else."""
    lengths = _text_lengths(tree)
    most = _MAX_BOX_SHARE * lengths[tree]
    for element, length in lengths.items():
        if length < most and _BOX.search(f"{element.get('class', '')} {element.get('id', '')}"):
            _drop(element)
        elif element.tag == "a" and length >= _MIN_POINTER_CHARS:
            _drop_pointer(element, lengths)


def _drop_pointer(link: "HtmlElement", lengths: "dict[HtmlElement, int]") -> None:
    """Take out the widest element whose only words are those of the link, and of its label."""
    if link.get("href", "#").startswith("#"):
        return
    widest, parent, is_line = link, link.getparent(), False
    while parent is not None and parent.tag in _HOLDERS and _is_all_of(link, parent, lengths):
        widest, parent = parent, parent.getparent()
        is_line = is_line or widest.tag in _LINE_TAGS
    if is_line:
        _drop(widest)


def _is_all_of(
    link: "HtmlElement", holder: "HtmlElement", lengths: "dict[HtmlElement, int]"
) -> bool:
    """Return whether a link is all a holder says, but for a label such as "Read also:"."""
    more = lengths[holder] - lengths[link]
    if not 0 < more <= _MAX_LABEL_CHARS:
        return more <= 0
    label, found, rest = words_of(holder).partition(words_of(link))
    return bool(found and _LABEL.fullmatch(label) and not _WORD.search(rest))


def _text_lengths(tree: "HtmlElement") -> "dict[HtmlElement, int]":
    """Return how many characters of text each element holds, in document order."""
    order = [element for element in tree.iter() if isinstance(element.tag, str)]
    lengths = dict.fromkeys(order, 0)
    for element in reversed(order):
        if element.tag not in _SILENT:
            lengths[element] += len((element.text or "").strip())
        parent = element.getparent()
        if parent is not None:
            lengths[parent] += lengths[element] + len((element.tail or "").strip())
    return lengths


def _drop(element: "HtmlElement") -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _bounded(blocks: list[Block], said: str) -> list[Block]:
    """Return the blocks up to the last that the linked data's body has too.

    Only where it has nearly all of itself in them; where they are but a fraction of it, it is
    the better reading.
    """
    length = sum(len(text) for text, _ in blocks)
    if length < _LOST_SHARE * len(said):
        return [(line, False) for line in paragraphs(said)]
    runs = _runs(said)
    shared = [_runs(text) & runs for text, _ in blocks]
    found = set().union(*shared)
    if len(said) < _WHOLE_SHARE * length or len(found) < _FOUND_SHARE * len(runs) or not found:
        return blocks
    return blocks[: 1 + max(number for number, both in enumerate(shared) if both)]


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return set(zip(*(words[start:] for start in range(_RUN_WORDS)), strict=False))


def _trimmed(blocks: list[Block], known: set[str]) -> list[Block]:
    """Return blocks without the headline, standfirst, byline and date around them."""
    start = 0
    for number, (text, _) in enumerate(blocks[:_HEADER_BLOCKS]):
        if squeezed(text) in known or _is_header_line(text):
            start = number + 1
        elif len(text) > _MAX_HEADER_CHARS or ends_sentence(text):
            break
    kept = blocks[start:]
    while kept and (kept[-1][1] or squeezed(kept[-1][0]) in known or _is_signature(kept[-1][0])):
        kept.pop()
    return kept


def _is_header_line(text: str) -> bool:
    """Return whether a line at the top is a byline or says when the page was published."""
    if len(text) > _MAX_HEADER_CHARS or ends_sentence(text):
        return False
    return bool(_TIME.search(text)) or _is_byline(text)


def _is_byline(text: str) -> bool:
    people, agency = authors_and_agency([text]) if without_opener(text) != text else ([], None)
    return bool(people or agency)


def _is_signature(text: str) -> bool:
    """Return whether a line at the end names an agency and at most the editor's sign."""
    parts = re.split(r"[/,;\s]+", text.strip("() "))
    return len(parts) <= 2 and agency_name(parts[0]) is not None


def _without_furniture(blocks: list[Block]) -> list[Block]:
    """Return blocks without invitations, notices and lists of other articles."""
    kept: list[Block] = []
    whole, passed, in_tail = sum(len(text) for text, _ in blocks), 0, False
    for text, is_heading in blocks:
        passed += len(text)
        if is_tail(text):
            in_tail = 2 * passed > whole
        elif in_tail and not (ends_sentence(text) and len(text) > _MAX_TAIL_CHARS):
            continue
        elif _WORD.search(text) and not is_furniture(text):
            in_tail = False
            kept.append((text, is_heading))
    while kept and kept[-1][1]:
        kept.pop()
    return kept
