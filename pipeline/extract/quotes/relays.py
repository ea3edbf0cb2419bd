"""Attributions inside attributions: "…, Orlov said, TASS reported" has one speaker, one relay."""

from bisect import bisect_left
from collections.abc import Sequence

from pipeline.extract.quotes.lexicon import words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.tree import Tree

_SLACK = 6
"""Characters by which the two may differ at either end: "that", a comma, a quotation mark."""


def unwrapped(tree: Tree, found: Sequence[Parts]) -> list[Parts]:
    """Return `found` with each relay folded into the attribution it wraps, as its `via`.

    A relay reports ("reported", "according to") exactly what another speaker is said to say.
    """
    begins = [_begin(parts) for parts in found]
    order = sorted(range(len(found)), key=begins.__getitem__)
    ordered, starts = [found[place] for place in order], [begins[place] for place in order]
    folded = set()
    for place, outer in enumerate(ordered):
        if not _is_relay(tree, outer):
            continue
        inner = _wrapped(ordered, starts, outer)
        if inner is not None:
            ordered[inner] = ordered[inner]._replace(via=outer.speaker)
            folded.add(place)
    return [parts for place, parts in enumerate(ordered) if place not in folded]


def _is_relay(tree: Tree, parts: Parts) -> bool:
    if parts.cue is None or parts.speaker is None:
        return False
    return any(tree.word[token] in words("relaying") for token in tree.tokens(parts.cue))


def _wrapped(ordered: Sequence[Parts], starts: Sequence[int], outer: Parts) -> int | None:
    """Return the place of the attribution that fills the content of `outer`."""
    place = bisect_left(starts, outer.start)
    while place < len(ordered) and starts[place] <= outer.start + _SLACK:
        inner = ordered[place]
        ends_together = abs(_end(inner) - outer.end) <= _SLACK
        if inner is not outer and inner.speaker not in (None, outer.speaker) and ends_together:
            return place
        place += 1
    return None


def _begin(parts: Parts) -> int:
    """Return where the first of content, cue and speaker begins."""
    begin = parts.start
    if parts.cue is not None and parts.cue.start < begin:
        begin = parts.cue.start
    if parts.speaker is not None and parts.speaker.start < begin:
        begin = parts.speaker.start
    return begin


def _end(parts: Parts) -> int:
    """Return where the last of content, cue and speaker ends."""
    return max(
        span.end for span in (parts.pieces[-1], parts.cue, parts.speaker) if span is not None
    )
