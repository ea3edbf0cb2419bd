"""The parts of one attribution, before they are made whole, linked and chained.

Rules and the annotator both yield `Parts`; nothing after them knows which.
"""

from typing import NamedTuple

from pipeline.records import Span


class Parts(NamedTuple):
    """What belongs together in one attribution.

    Attributes:
        pieces: the stretches of content, in order, quotation marks included.
        cue: what signals the attribution, if anything does.
        speaker: who says it, as written by the cue.
        construction: how it was found; a key of the confidence table.
        via: who relays it, where a second attribution wraps this one ("…, TASS reported").
        addressee: who was told, where the annotator marks it.
    """

    pieces: tuple[Span, ...]
    cue: Span | None
    speaker: Span | None
    construction: str
    via: Span | None = None
    addressee: Span | None = None

    @property
    def start(self) -> int:
        """Offset of the first character of the content."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Offset after the last character of the content."""
        return self.pieces[-1].end


def overlap(one: Span, other: Span) -> bool:
    """Tell whether two stretches share a character."""
    return one.start < other.end and other.start < one.end
