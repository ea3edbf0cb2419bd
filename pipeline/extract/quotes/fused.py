"""What the rules found and what the annotator marks, made one list of attributions.

Rules know best who speaks, and what stands in quotation marks; where the two differ about other
contents the annotator knows better where they begin and end, and it sees more
of them. Figures: `docs/quotes-by-construction.md`.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from pipeline.extract.annotator import Annotation
from pipeline.extract.quotes.frames import RAISING
from pipeline.extract.quotes.parts import Parts, overlap
from pipeline.extract.quotes.whole import Occupied
from pipeline.records import Span

_SAME = 0.3
"""Dice of the characters of two contents from which they are taken for the same words."""
_ALIKE = 0.8
"""Dice from which the bounds are the rule's: it splits off who was told and when."""
DOUBTED = 0.15
"""A content without marks that the annotator gives less is dropped."""
_SURE = 0.85
"""What the annotator alone marks, with cue and speaker, is kept from here on."""
_SURER = 0.9
"""The same with only one of the two."""
_IN_MARKS = ("credit", "direct", "floating", "headline", "relayed", "transcript")
"""Constructions in which the layout of the page says what is quoted."""
_RAISED = f"verb {RAISING}"
"""The construction whose subject is said, too: "the plan" of "the plan seems to work"."""
_UNNAMED = ("adverb", _RAISED, "verb passive-to")
"""Constructions that leave open who says it ("is expected to", "seems to", "reportedly"): whoever
stands near is spoken of."""


def fused(rules: Sequence[Parts], marked: Sequence[Parts], annotation: Annotation) -> list[Parts]:
    """Return the attributions of both, in order, no word in the contents of two."""
    marked = _apart(sorted(marked, key=lambda parts: (parts.start, parts.end)))
    index = _Index(marked)
    overlaps = [index.overlapping(parts) for parts in rules]
    met = Counter(place for places in overlaps for place in places)
    found: list[Parts] = []
    for parts, places in zip(rules, overlaps, strict=True):
        others = [_share(parts, marked[place], met[place]) for place in places]
        kept = _against(parts, others, annotation)
        if kept is not None:
            found.append(kept)
    found += [
        parts
        for place, parts in enumerate(marked)
        if place not in met and _is_sure(parts, annotation)
    ]
    return _apart(sorted(found, key=lambda parts: (parts.start, parts.end)))


def _share(parts: Parts, other: Parts, rules: int) -> Parts:
    """Return what of an attribution that covers several of the rules' belongs to one of them.

    Each keeps its cue and speaker, and the annotator's pieces that meet its own.
    """
    if rules == 1:
        return other
    own = (piece for piece in other.pieces if any(overlap(piece, one) for one in parts.pieces))
    return parts._replace(pieces=tuple(own))


def _against(parts: Parts, others: Sequence[Parts], annotation: Annotation) -> Parts | None:
    """Return what stays of a rule's attribution beside those the annotator marks on its words."""
    in_marks = parts.construction.split()[0] in _IN_MARKS
    if not others:
        doubted = annotation.probability("parts", parts.pieces[0], "content") < DOUBTED
        return None if doubted and not in_marks else parts
    other = max(others, key=lambda one: _common(one, parts))
    alike = _dice(parts, other)
    if not in_marks and alike < _SAME:
        return other._replace(speaker=other.speaker or parts.speaker)
    raised = parts.construction == _RAISED and all(_lies_in(one, parts) for one in other.pieces)
    own = in_marks or raised or alike >= _ALIKE or _holds_source(other, parts)
    pieces = parts.pieces if own else other.pieces
    chained = other.via is not None and other.speaker is not None
    near = None if parts.construction in _UNNAMED else other.speaker
    return Parts(
        pieces,
        parts.cue,
        other.speaker if chained else parts.speaker or near,
        parts.construction,
        other.via if chained else parts.via,
        other.addressee,
    )


def _lies_in(piece: Span, parts: Parts) -> bool:
    return any(own.start <= piece.start and piece.end <= own.end for own in parts.pieces)


def _holds_source(other: Parts, parts: Parts) -> bool:
    """Tell whether a content takes in words that say who speaks: nobody says those."""
    spans = [span for span in (parts.cue, parts.speaker) if span is not None]
    return any(overlap(piece, span) for piece in other.pieces for span in spans)


def _is_sure(parts: Parts, annotation: Annotation) -> bool:
    told = (parts.cue is not None) + (parts.speaker is not None)
    needed = {2: _SURE, 1: _SURER}.get(told)
    if needed is None:
        return False
    return annotation.probability("parts", parts.pieces[0], "content") >= needed


class _Index:
    """The pieces of attributions, none of which overlap, by where they end."""

    def __init__(self, found: Sequence[Parts]) -> None:
        self._pieces = sorted(
            (piece, owner) for owner, parts in enumerate(found) for piece in parts.pieces
        )
        self._ends = [piece.end for piece, _ in self._pieces]

    def overlapping(self, parts: Parts) -> list[int]:
        """Return the attributions that share a character of content with `parts`, each once."""
        owners: dict[int, None] = {}
        for span in parts.pieces:
            place = bisect_right(self._ends, span.start)
            while place < len(self._pieces) and self._pieces[place][0].start < span.end:
                owners[self._pieces[place][1]] = None
                place += 1
        return list(owners)


def _common(one: Parts, other: Parts) -> int:
    """Return the characters two contents share; both have few pieces."""
    return sum(
        max(0, min(first.end, second.end) - max(first.start, second.start))
        for first in one.pieces
        for second in other.pieces
    )


def _dice(one: Parts, other: Parts) -> float:
    length = sum(piece.end - piece.start for piece in (*one.pieces, *other.pieces))
    return 2 * _common(one, other) / length


def _apart(found: Sequence[Parts]) -> list[Parts]:
    """Drop what shares words with an attribution that begins before it."""
    kept: list[Parts] = []
    occupied = Occupied()
    for parts in found:
        if not any(occupied.overlaps(piece) for piece in parts.pieces):
            kept.append(parts)
            for piece in parts.pieces:
                occupied.take(piece)
    return kept
