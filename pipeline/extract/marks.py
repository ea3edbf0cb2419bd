"""Quotation marks: which stretches of the text stand between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Span

_DOUBLE = re.compile(r"``|''|[\"“”„«»]")
_OPENERS = frozenset(("“", "„", "«", "``"))
_CLOSERS = frozenset(("”", "»"))
_BEFORE_OPENING = frozenset(" \t\n\xa0([{—–-/‘'…")
_SINGLE_OPENING = re.compile(r"(?<![^\s(\[—–])[‘'](?=[^\W\d_])")
_SINGLE_CLOSING = re.compile(r"(?<=[^\s])[’'](?!\w)")
_SINGLE_REACH = 1000
"""Characters a quotation in single marks may take; its end is looked for no further."""
_ELISION = re.compile(r"[‘’'](?:em|til|tis|twas|cause|bout|n)\b", re.IGNORECASE)
_AFTER_PUNCTUATION = frozenset(",.?!…")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch between quotation marks, marks included.

    Attributes:
        start: offset of the opening mark.
        end: offset after the closing mark, or after the paragraph's last character.
        closed: whether there is a closing mark.
        single: whether the marks are single ones.
    """

    start: int
    end: int
    closed: bool
    single: bool

    @property
    def span(self) -> Span:
        """The whole stretch."""
        return Span(self.start, self.end)


def quoted_stretches(text: str, paragraphs: Sequence[Span]) -> Iterator[Quoted]:
    """Yield the outermost quoted stretches of `text`, in order.

    Marks pair within a paragraph. A mark that nothing closes counts only where print leaves it
    open: in a paragraph followed by one that opens with a mark again, or that is itself all
    quotation.
    """
    for place, paragraph in enumerate(paragraphs):
        after = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        reopened = after is not None and _is_opening(text, after.start)
        doubles = list(_doubles(text, paragraph, reopened))
        yield from sorted(
            [*doubles, *_singles(text, paragraph, doubles)], key=lambda quoted: quoted.start
        )


def _is_opening(text: str, place: int) -> bool:
    mark = _DOUBLE.match(text, place)
    return mark is not None and mark[0] not in _CLOSERS


def _doubles(text: str, paragraph: Span, reopened: bool) -> Iterator[Quoted]:
    opening: int | None = None
    for mark in _DOUBLE.finditer(text, *paragraph):
        opens = _opens(text, mark, paragraph.start, opening is not None)
        if opens and (opening is None or mark[0] in ('"', "''")):
            opening = mark.start()
        elif not opens and opening is not None:
            yield Quoted(opening, mark.end(), closed=True, single=False)
            opening = None
    if opening is not None and (reopened or opening == paragraph.start):
        yield Quoted(opening, paragraph.end, closed=False, single=False)


def _opens(text: str, mark: re.Match[str], floor: int, inside: bool) -> bool:
    """Tell an opening mark; straight ones by the blanks about them, else by turns."""
    if mark[0] in _OPENERS:
        return True
    before = text[mark.start() - 1] if mark.start() > floor else " "
    after = text[mark.end()] if mark.end() < len(text) else " "
    if mark[0] in _CLOSERS:
        return not inside and before.isspace() and after.isalnum()
    if before in _BEFORE_OPENING and not after.isspace():
        return before.isspace() or not inside
    return not inside and not after.isspace()


def _singles(text: str, paragraph: Span, doubles: Sequence[Quoted]) -> Iterator[Quoted]:
    bounds = [paragraph.start, *(b for q in doubles for b in (q.start, q.end)), paragraph.end]
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        yield from _singles_between(text, start, end)


def _singles_between(text: str, start: int, end: int) -> Iterator[Quoted]:
    place = start
    while opening := _SINGLE_OPENING.search(text, place, end):
        place = opening.end()
        if _ELISION.match(text, opening.start()):
            continue
        closing = _single_closing(text, place, min(end, place + _SINGLE_REACH))
        if closing is None:
            continue
        yield Quoted(opening.start(), closing, closed=True, single=True)
        place = closing


def _single_closing(text: str, start: int, end: int) -> int | None:
    """Return the end of the closing mark.

    The first after punctuation, else the first that is no plural's apostrophe, else the first.
    """
    plural = None
    for mark in _SINGLE_CLOSING.finditer(text, start, end):
        if text[mark.start() - 1] in _AFTER_PUNCTUATION or text[mark.start() - 1] != "s":
            return mark.end()
        if plural is None:
            plural = mark.end()
    return plural
