"""Plain text and Markdown in the layout of `seeds/`: title, byline, date, credits, body, footer.

Every part but the body may be missing. What stands above the body is only taken for a header
where it can be nothing else: a file that is just paragraphs keeps all of them.
"""

import re
from dataclasses import dataclass, field

from pipeline.normalise.bylines import (
    authors_and_agency,
    is_person,
    without_links,
    without_opener,
)
from pipeline.normalise.characters import (
    body_of,
    clean_line,
    ends_sentence,
    paragraphs,
    subheadings,
)
from pipeline.normalise.dateline import dateline_of
from pipeline.normalise.dates import Moment, parsed_moment
from pipeline.normalise.draft import Draft

_FOOTER = re.compile(
    r"\n[ \t]*(?:\*\*|_)?(?:original url|original article|original link|source url|url|link)"
    r"(?:\*\*|_)?[ \t]*:[ \t]*(?:\*\*)?\s*<?(?P<url>https?://[^\s<>]+?)>?[ \t\n]*\Z",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:written )?by:?\s+(?=\S)", re.IGNORECASE)
_UPDATED = re.compile(r"(?:last )?(?:updated|modified)(?: on| at)?:?\s+", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"(?:(?:first )?(?:published|posted)(?: on| at)?|date)?:?\s*", re.IGNORECASE
)
_LINK_LINE = re.compile(r"!?\[[^\]]*\]\([^)\s]*\)(?:\s*/\s*!?\[[^\]]*\]\([^)\s]*\))*")
_CREDIT = re.compile(
    r"(?:(?:photo|image|picture|video|credit|file photo|photograph|illustration)s?"
    r"(?: credit)?(?: by)?\s*[:/]|©|\(c\)\s).{1,150}",
    re.IGNORECASE,
)
_AGENCY_CREDIT = re.compile(r"[^.!?]{1,80}\s/\s[^.!?]{1,60}")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()\s]*\)")
_MARK = re.compile(r"(?<![\w*])(\*\*\*|\*\*|\*|__|_)(?=\S)(.{1,300}?)(?<=\S)\1(?![\w*])")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_HASHES = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_BULLET_QUOTE = re.compile(r"(?m)^>\s?")
_LINK_ADDRESS = re.compile(r"<(?:https?://[^\s<>]+)>")

_MAX_TITLE_CHARS = 200
_MAX_BYLINE_CHARS = 150
_MAX_NAMES = 6


@dataclass(slots=True)
class _Header:
    """What was read above the body, and how many lines it took."""

    title: str | None = None
    bylines: list[str] = field(default_factory=list)
    published: Moment | None = None
    modified: Moment | None = None
    lines: int = 0


def read_layout(content: str) -> Draft:
    """Return what a text file says; its body may be empty."""
    footer = _FOOTER.search(content)
    lines = (content[: footer.start()] if footer else content).strip("\ufeff").splitlines()
    header = _header(lines)
    blocks = _blocks("\n".join(lines[header.lines :]))
    authors, agency = authors_and_agency(header.bylines)
    stamp = dateline_of(blocks[0][0]) if blocks else None
    if stamp:
        blocks[0] = (blocks[0][0][stamp.end :], blocks[0][1])
    return Draft(
        body=body_of(blocks),
        title=header.title,
        authors=authors,
        agency=agency or (stamp.agency if stamp else None),
        dateline=stamp.place if stamp else None,
        published=header.published,
        modified=header.modified,
        url=footer["url"] if footer else None,
    )


def _header(lines: list[str]) -> _Header:
    """Read lines from the top for as long as they are a title, byline, date or credit."""
    header = _Header()
    for number, line in enumerate(lines):
        words = clean_line(line)
        if not words:
            continue
        if not _take(header, words) and not _take_title(header, words, lines[number + 1 :]):
            break
        header.lines = number + 1
    return header


def _take(header: _Header, line: str) -> bool:
    """Keep what a line above the body says, if it is a byline, date or credit."""
    updated = _UPDATED.match(line)
    if updated and header.title and (moment := parsed_moment(line[updated.end() :])):
        header.modified = moment
    elif (header.title or header.bylines) and (moment := _date_line(line)):
        header.published = header.published or moment
    elif _is_byline(line):
        header.bylines.append(line)
    else:
        return _is_credit(line)
    return True


def _take_title(header: _Header, line: str, rest: list[str]) -> bool:
    if header.title or not _is_title(line, rest):
        return False
    match = _HASHES.fullmatch(line)
    header.title = clean_line(_plain(match[2] if match else line))
    return True


def _is_title(line: str, rest: list[str]) -> bool:
    """Return whether the first line of a file can only be its title."""
    below = [clean_line(other) for other in rest]
    following = [other for other in below if other]
    if not following or len(line) > _MAX_TITLE_CHARS:
        return False
    if _HASHES.fullmatch(line) or _is_byline(following[0]) or _date_line(following[0]):
        return True
    return not below[0] and not ends_sentence(line) and not line.endswith((",", ";", ":"))


def _date_line(line: str) -> Moment | None:
    match = _PUBLISHED.match(line)
    return parsed_moment(line[match.end() :]) if match else None


def _is_byline(line: str) -> bool:
    """Return whether a line is "By" and names: in capitals or links, and no sentence."""
    match = _BYLINE.match(line)
    if not match or len(line) > _MAX_BYLINE_CHARS or line.endswith((".", ":", "?", "!")):
        return False
    if _LINK_LINE.fullmatch(line[match.end() :]):
        return True
    people, agency = authors_and_agency([line])
    words = without_opener(without_links(line)).split()
    capital = sum(not word[:1].islower() for word in words)
    return bool(people or agency) and len(people) <= _MAX_NAMES and 2 * capital > len(words)


def _is_credit(line: str) -> bool:
    """Return whether a line is what stands under a picture."""
    if _LINK_LINE.fullmatch(line) or _CREDIT.fullmatch(line):
        return True
    if not _AGENCY_CREDIT.fullmatch(line):
        return False
    people, agency = authors_and_agency([line])
    return agency is not None and all(is_person(person) for person in people)


def _blocks(text: str) -> list[tuple[str, bool]]:
    """Return the body's paragraphs as plain words; Markdown's own headings are subheadings."""
    plain = [_plain(block) for block in paragraphs(_BULLET_QUOTE.sub("", text))]
    kept = [block for block in plain if block and not _RULE.fullmatch(block)]
    marked = [_HASHES.fullmatch(block) for block in kept]
    words = [match[2] if match else block for block, match in zip(kept, marked, strict=True)]
    return [
        (block, is_heading or match is not None)
        for (block, is_heading), match in zip(subheadings(words), marked, strict=True)
    ]


def _plain(markdown: str) -> str:
    """Return Markdown without pictures, link targets and emphasis."""
    words = _LINK_ADDRESS.sub("", without_links(_IMAGE.sub("", markdown)))
    return clean_line(_MARK.sub(r"\2", _MARK.sub(r"\2", words)))
