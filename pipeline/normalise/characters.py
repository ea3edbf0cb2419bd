"""The normal form of text: characters, blanks and paragraphs as the contract's section 5 has them.

NFC; one space for any run of blanks; no invisible characters; paragraphs set apart by exactly
one blank line. Nothing else changes, and text already in this form comes through as it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028]")
_BLANKS = re.compile(r"[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_ODD = re.compile(
    # Cc without tab and line feed, Cf without the visible number signs of Arabic, Syriac and
    # Kaithi (they are printed), and halves of surrogate pairs.
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_JOINER = "\u200d"
_EMOJI_TAIL = frozenset("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")

_MIN_WRAP = 40
_MAX_WRAP = 120
"""Widths at which people and programs wrap plain text, characters."""

_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？")
_CLOSING = "\"'”’»)]›“"
_LIST_ITEM = re.compile(r"(?:[-*•–—·▪◦‣]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_MAX_HEADING_CHARS = 100
_MAX_HEADING_WORDS = 14
_MIN_PARAGRAPH_CHARS = 60


@dataclass(frozen=True, slots=True)
class Body:
    """An article's text in normal form.

    Attributes:
        text: paragraphs and subheadings, one blank line between them.
        paragraph_starts: offsets of all of them.
        heading_starts: offsets of the subheadings.
    """

    text: str
    paragraph_starts: list[int]
    heading_starts: list[int]


def body_of(blocks: list[tuple[str, bool]]) -> Body:
    """Return the text made of `blocks`: a clean paragraph each, and whether it is a subheading."""
    starts, headings, offset = [], [], 0
    for block, is_heading in blocks:
        starts.append(offset)
        if is_heading:
            headings.append(offset)
        offset += len(block) + 2
    return Body("\n\n".join(block for block, _ in blocks), starts, headings)


def clean_line(value: str) -> str:
    """Return `value` in normal form on one line: a title, a name, one paragraph."""
    return _BLANKS.sub(" ", clean_characters(value).replace("\n", " ")).strip(" ")


def clean_characters(text: str) -> str:
    """Return `text` in NFC without invisible characters, its lines ended by line feeds.

    A zero-width joiner stays between two emoji, where it makes one picture of them.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _ODD.sub(_kept_joiner, text))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of `text`, each in normal form.

    Blank lines part blocks. The lines of a block are paragraphs of their own, unless they look
    hard-wrapped, as in text files made for terminals and mail; a text without any blank line is
    one block.
    """
    lines = [_BLANKS.sub(" ", line).strip(" ") for line in clean_characters(text).split("\n")]
    found: list[str] = []
    for block in _blocks(lines):
        found.extend([" ".join(block)] if _is_wrapped(block) else block)
    return found


def subheadings(blocks: list[str]) -> list[tuple[str, bool]]:
    """Tell for each paragraph of a plain text whether it is a subheading.

    It is one if it is short, starts like a sentence without ending like one, is no list item,
    and a paragraph that is none itself follows.
    """
    followers = [*blocks[1:], ""]
    return [
        (block, _looks_like_heading(block) and _is_paragraph(follower))
        for block, follower in zip(blocks, followers, strict=False)
    ]


def ends_sentence(text: str) -> bool:
    """Return whether `text` ends as sentences do, closing quotation marks aside."""
    return text.rstrip(_CLOSING).endswith(_SENTENCE_END)


def _kept_joiner(match: re.Match[str]) -> str:
    if match[0] != _JOINER or not 0 < match.start() < len(match.string) - 1:
        return ""
    before, after = match.string[match.start() - 1], match.string[match.end()]
    return _JOINER if _is_emoji(before) and unicodedata.category(after) == "So" else ""


def _is_emoji(char: str) -> bool:
    return char in _EMOJI_TAIL or unicodedata.category(char) == "So"


def _blocks(lines: list[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _is_wrapped(block: list[str]) -> bool:
    """Return whether a program broke these lines: none had room for the next one's first word.

    Lines that people end themselves also end sentences, so most of these must not.
    """
    width = max(map(len, block))
    if len(block) < 2 or not _MIN_WRAP <= width <= _MAX_WRAP:
        return False
    pairs = list(pairwise(block))
    full = all(len(line) + 1 + len(follower.split(" ")[0]) > width for line, follower in pairs)
    return full and 2 * sum(ends_sentence(line) for line, _ in pairs) <= len(pairs)


def _looks_like_heading(block: str) -> bool:
    return (
        len(block) <= _MAX_HEADING_CHARS
        and block.count(" ") < _MAX_HEADING_WORDS
        and not ends_sentence(block)
        and not block.endswith((":", ";", ",", "-", "–", "—"))
        and not _LIST_ITEM.match(block)
        and not block.lstrip(_CLOSING + "“‘«(")[:1].islower()
        and any(char.isalpha() for char in block)
    )


def _is_paragraph(block: str) -> bool:
    return len(block) >= _MIN_PARAGRAPH_CHARS or ends_sentence(block)
