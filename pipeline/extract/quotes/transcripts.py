"""Parts of transcripts and of headlines with a colon: "PENCE: Well, look …", "Experts: …"."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.quotes.lexicon import words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span

_TURN = re.compile(
    r"[\"“]?(?P<speaker>(?:[A-Z][\w.’'-]*(?:[ ]|(?=:))(?:of |the |and )?){1,6}):[ ]+(?=\S+ \S+ \S)"
)
_CAPITALS = re.compile(r"[A-Z][A-Z.’' -]+")


def transcript_parts(
    tree: Tree, paragraphs: Sequence[Span], names: Sequence[Span]
) -> Iterator[Parts]:
    """Yield the turns of a transcript, and a headline's "Experts: …".

    A turn is a paragraph that opens with a speaker in capitals and a colon; paragraphs after it
    are the same speaker's. One such paragraph alone is a heading, unless it names somebody.
    """
    turns = [_TURN.match(tree.text, *paragraph) for paragraph in paragraphs]
    capitals = [turn is not None and _is_capital(turn["speaker"]) for turn in turns]
    known = {name.start for name in names}
    if sum(capitals) >= _MIN_TURNS:
        spoken = [turn if capital else None for turn, capital in zip(turns, capitals, strict=True)]
        yield from _turns(tree.text, paragraphs, spoken)
        return
    for turn, paragraph in list(zip(turns, paragraphs, strict=True))[:_HEADLINES]:
        if turn is not None and _is_speaker(turn["speaker"], turn.start("speaker"), known):
            yield _turn(turn, [Span(turn.end(), paragraph.end)], "headline")


_MIN_TURNS = 2
_HEADLINES = 1
"""Paragraphs at the head of a text in which a name and a colon open what the name says."""


def _turns(
    text: str, paragraphs: Sequence[Span], turns: Sequence[re.Match[str] | None]
) -> Iterator[Parts]:
    speaking: re.Match[str] | None = None
    pieces: list[Span] = []
    for turn, paragraph in zip(turns, paragraphs, strict=True):
        ends = turn is not None or text[paragraph.start : paragraph.start + 1] in ("(", "[", "")
        if ends and speaking is not None:
            yield _turn(speaking, pieces, "transcript")
        if ends:
            speaking, pieces = turn, []
        if speaking is not None:
            pieces.append(Span(turn.end() if turn is not None else paragraph.start, paragraph.end))
    if speaking is not None:
        yield _turn(speaking, pieces, "transcript")


def _turn(turn: re.Match[str], pieces: Sequence[Span], construction: str) -> Parts:
    colon = turn.end("speaker")
    return Parts(tuple(pieces), Span(colon, colon + 1), Span(*turn.span("speaker")), construction)


def _is_capital(surface: str) -> bool:
    return _CAPITALS.fullmatch(surface) is not None


def _is_speaker(surface: str, start: int, known: set[int]) -> bool:
    lowered = surface.lower().split()
    if not words("heading").isdisjoint(lowered):
        return False
    return start in known or lowered[-1] in words("crowd")
