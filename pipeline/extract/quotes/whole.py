"""Making contents whole: bounds a reader would mark, and one attribution a word."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from pipeline.extract.marks import Quoted
from pipeline.extract.quotes.floating import carried
from pipeline.extract.quotes.frames import RAISING
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.relays import unwrapped
from pipeline.extract.quotes.rescue import rescued_parts
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span

_TRIMMED = " \t\n\xa0,;:.—–-"
_LINK = re.compile(r"\s(?:and|but|or)$")
_LINK_CHARS = 5
_REACH = 25
"""Tokens between a content and quoted words that are still taken for its own."""
_RELATIVES = frozenset(("which", "who", "that", "whom"))
"""Left of a content by its cue ("which, he said, …"), these say nothing of their own."""


class Occupied:
    """The stretches that contents already take; kept sorted, never overlapping."""

    def __init__(self) -> None:
        """Start with everything free."""
        self._starts: list[int] = []
        self._ends: list[int] = []

    def overlaps(self, span: Span) -> bool:
        """Tell whether any character of `span` is taken."""
        place = bisect_right(self._ends, span.start)
        return place < len(self._starts) and self._starts[place] < span.end

    def take(self, span: Span) -> None:
        """Mark `span` as taken; it must be free."""
        place = bisect_left(self._starts, span.start)
        self._starts.insert(place, span.start)
        self._ends.insert(place, span.end)


def trimmed(text: str, span: Span) -> Span:
    """Return `span` without the blanks and stops at its ends, nor an "and" that leads on.

    Marks of quotation stay.
    """
    bare = _stripped(text, span)
    link = _LINK.search(text, max(bare.start, bare.end - _LINK_CHARS), bare.end)
    return _stripped(text, Span(bare.start, link.start())) if link else bare


def _stripped(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in _TRIMMED:
        start += 1
    while end > start and text[end - 1] in _TRIMMED:
        end -= 1
    return span if (start, end) == span else Span(start, end)


class Snapper:
    """Widens a piece to the quotation marks it cuts."""

    def __init__(self, stretches: Sequence[Quoted]) -> None:
        """Know the quoted stretches, given in order."""
        self._stretches = stretches
        self._ends = [stretch.end for stretch in stretches]

    def snapped(self, span: Span) -> Span:
        """Return `span`, grown to hold whole quoted stretches."""
        start, end = span
        first = self._touching(start)
        if first is not None and first.start < start < first.end - 1:
            start = first.start
        last = self._touching(end - 1)
        if last is not None and last.start < end < last.end and last.start >= start:
            end = last.end
        return span if (start, end) == span else Span(start, end)

    def _touching(self, offset: int) -> Quoted | None:
        place = bisect_right(self._ends, offset)
        if place < len(self._stretches) and self._stretches[place].start <= offset:
            return self._stretches[place]
        return None


def whole(
    tree: Tree,
    direct: Iterable[Parts],
    turns: Iterable[Parts],
    indirect: Iterable[Parts],
    stretches: Sequence[Quoted],
) -> list[Parts]:
    """Return the attributions, in order, no word in the contents of two.

    Quotations in marks come first; of the others the outer cue goes before the inner.
    """
    occupied, snapper = Occupied(), Snapper(stretches)
    kept: list[Parts] = []
    cues: set[int] = set()
    clauses = [bounded(tree.text, parts, snapper) for parts in indirect]
    marked = list(direct)
    spoken = list(turns)
    folded = unwrapped(tree, [*marked, *(parts for parts in clauses if parts.pieces)])
    known = {parts.pieces for parts in marked}
    first = [parts for parts in folded if parts.pieces in known]
    rest = [parts for parts in folded if parts.pieces not in known]
    outer_first = sorted(rest, key=_Depths(tree).order)
    for parts in [*spoken, *first, *outer_first]:
        _keep(tree, parts, kept, occupied, cues)
    kept = extended(tree, kept, stretches, occupied, cues)
    free = [stretch for stretch in stretches if not occupied.overlaps(stretch.span)]
    for parts in rescued_parts(tree, free):
        _keep(tree, bounded(tree.text, parts, snapper), kept, occupied, cues)
    return carried(tree, sorted(kept, key=lambda parts: (parts.start, parts.end)))


def _keep(tree: Tree, parts: Parts, kept: list[Parts], occupied: Occupied, cues: set[int]) -> None:
    """Add `parts` to `kept` if nobody has its words yet."""
    if not _is_free(tree, parts, occupied, cues):
        return
    kept.append(parts)
    if parts.cue is not None:
        cues.update(tree.tokens(parts.cue))
    for piece in parts.pieces:
        occupied.take(piece)


def extended(
    tree: Tree,
    kept: Sequence[Parts],
    stretches: Iterable[Quoted],
    occupied: Occupied,
    cues: set[int],
) -> list[Parts]:
    """Widen contents to quoted words later in the sentence that the parse tore off.

    Nothing but words of the same clause stands between: no cue and no other content.
    """
    by_end = {tree.at(parts.end - 1): place for place, parts in enumerate(kept) if _opens(parts)}
    grown = list(kept)
    for stretch in stretches:
        if occupied.overlaps(stretch.span):
            continue
        first = tree.at(stretch.start)
        place = _content_before(tree, first, by_end, cues)
        if place is None:
            continue
        parts = grown[place]
        last = max(tree.right[token] for token in tree.tokens(stretch.span))
        end = min(tree.end[last], tree.end[tree.sentence_last[first]])
        more = trimmed(tree.text, Span(parts.end, max(end, stretch.end)))
        if occupied.overlaps(more):
            continue
        occupied.take(Span(parts.end, more.end))
        del by_end[tree.at(parts.end - 1)]
        pieces = (*parts.pieces[:-1], Span(parts.pieces[-1].start, more.end))
        grown[place] = parts._replace(pieces=pieces)
        by_end[tree.at(more.end - 1)] = place
    return grown


def _opens(parts: Parts) -> bool:
    return parts.cue is not None and parts.cue.end <= parts.start and "clause" in parts.construction


def _content_before(tree: Tree, first: int, by_end: dict[int, int], cues: set[int]) -> int | None:
    if first >= len(tree):
        return None
    floor = max(tree.sentence_first[first], first - _REACH)
    for token in range(first - 1, floor - 1, -1):
        if token in cues:
            return None
        if token in by_end:
            return by_end[token]
    return None


def _is_free(tree: Tree, parts: Parts, occupied: Occupied, cues: set[int]) -> bool:
    if parts.cue is not None and (
        occupied.overlaps(parts.cue) or not cues.isdisjoint(tree.tokens(parts.cue))
    ):
        return False
    return not any(occupied.overlaps(piece) for piece in parts.pieces)


def bounded(text: str, parts: Parts, snapper: Snapper) -> Parts:
    """Return `parts` with bounds that cut neither words nor quotation marks."""
    if len(parts.pieces) == 1:
        piece = snapper.snapped(trimmed(text, parts.pieces[0]))
        if piece == parts.pieces[0]:
            return parts
    pieces = [snapper.snapped(trimmed(text, piece)) for piece in parts.pieces]
    pieces = [piece for piece in pieces if piece.start < piece.end]
    if len(pieces) > 1 and pieces[0].of(text).lower() in _RELATIVES:
        pieces = pieces[1:]
    bounds = tuple(_apart(pieces))
    return parts if bounds == parts.pieces else parts._replace(pieces=bounds)


def _apart(pieces: list[Span]) -> list[Span]:
    """Join pieces that overlap after snapping, and put them in order."""
    joined: list[Span] = []
    for piece in sorted(pieces):
        if joined and piece.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(piece.end, joined[-1].end))
        else:
            joined.append(piece)
    return joined


class _Depths:
    """How deep tokens hang in their sentences; each path is walked once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._known: dict[int, int] = {}

    def order(self, parts: Parts) -> tuple[float, int]:
        """Return how deep the cue hangs, and where it stands: outer cues go first.

        "According to" goes with the clause it stands in, and nobody's impression goes after
        the words of somebody.
        """
        if parts.cue is None:
            return 0, parts.start
        span = parts.cue
        if parts.construction == "according to":
            span = Span(parts.start, parts.end)
        depth = min(self._of(token) for token in self._tree.tokens(span))
        after = 0.5 if parts.construction == f"verb {RAISING}" else 0
        return depth + after, parts.cue.start

    def _of(self, token: int) -> int:
        path = []
        while token not in self._known and self._tree.head[token] != token:
            path.append(token)
            token = self._tree.head[token]
        depth = self._known.setdefault(token, 0)
        for below in reversed(path):
            depth += 1
            self._known[below] = depth
        return depth
