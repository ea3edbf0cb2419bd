"""Whose claim it is: the innermost quote around a place in the text."""

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.records import Quote

_NESTED = 12
"""Quotes looked at before an offset; more than this many are never open at once."""


class Quoted:
    """The pieces of all quotes of an article, in order."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        """Sort the pieces by where they start."""
        pieces = [
            (start, end, quote.quote_id)
            for quote in quotes
            for start, end in (
                zip(quote.piece_starts, quote.piece_ends, strict=True)
                if quote.piece_starts
                else [(quote.char_start, quote.char_end)]
            )
        ]
        self._pieces = sorted(pieces)
        self._starts = [start for start, _, _ in self._pieces]

    def around(self, offset: int) -> str | None:
        """Return the id of the shortest quote piece that covers `offset`."""
        last = bisect_right(self._starts, offset)
        covering = [
            (end - start, quote_id)
            for start, end, quote_id in self._pieces[max(0, last - _NESTED) : last]
            if end > offset
        ]
        return min(covering)[1] if covering else None
