"""Quotations with no cue of their own: whoever spoke right before goes on."""

from collections.abc import Sequence

from pipeline.extract.quotes.lexicon import cues
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.tree import Tree

FLOATING = "floating"
"""The construction of a quotation that waits for a speaker."""
_REACH = 600
"""Characters over which a speaker goes on speaking."""
_WORDS = 5
"""Shorter sentences in marks that follow no cue may be titles or slogans."""


def carried(tree: Tree, found: Sequence[Parts]) -> list[Parts]:
    """Return `found`, in order, its floating quotations given to the speaker before.

    One that follows in the same paragraph, nothing between, is more of the same attribution;
    another has a row of its own. Without a speaker before, nobody is known to say it.
    """
    kept: list[Parts] = []
    speaking: int | None = None
    for parts in found:
        if parts.construction == FLOATING:
            before = kept[speaking] if speaking is not None else None
            if before is None or speaking is None or before.speaker is None:
                continue
            if _follows(tree, before, parts):
                kept[speaking] = before._replace(pieces=(*before.pieces, *parts.pieces))
                continue
            if not _is_near(tree, before, parts):
                continue
            parts = parts._replace(speaker=before.speaker)
        if parts.construction == FLOATING or _can_quote(tree, parts):
            speaking = len(kept)
        kept.append(parts)
    return kept


def _can_quote(tree: Tree, parts: Parts) -> bool:
    if parts.cue is None:
        return False
    entries = (
        entry for token in tree.tokens(parts.cue) for entry in cues().get(tree.word[token], ())
    )
    return any("quote" in entry.frames for entry in entries)


def _follows(tree: Tree, before: Parts, parts: Parts) -> bool:
    """Whether only the rest of the cue's sentence stands between."""
    end = _end(before)
    if end > parts.start or "\n" in tree.text[end : parts.start]:
        return False
    first = tree.at(parts.start)
    while first > 0 and tree.pos[first - 1] == "SPACE":
        first -= 1
    last = tree.at(end - 1)
    return first > 0 and tree.sentence_first[first - 1] <= tree.sentence_first[last]


def _is_near(tree: Tree, before: Parts, parts: Parts) -> bool:
    text = tree.text[parts.start : parts.end]
    return parts.start - _end(before) < _REACH and len(text.split()) >= _WORDS


def _end(parts: Parts) -> int:
    """Return where content, cue and speaker of an attribution end."""
    spans = [*parts.pieces, *(span for span in (parts.cue, parts.speaker) if span is not None)]
    return max(span.end for span in spans)
