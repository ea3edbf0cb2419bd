"""Attributions -> rows of the quotes table."""

import csv
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.extract.annotator import Annotation
from pipeline.extract.decoding import log_odds
from pipeline.extract.marks import Quoted
from pipeline.extract.quotes.chain import chain_of, dated_verbs, said_on
from pipeline.extract.quotes.link import Linker
from pipeline.extract.quotes.media import Telling
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.reading import reading_of
from pipeline.extract.quotes.tree import Tree
from pipeline.ids import occurrence_ids
from pipeline.records import Quote, QuoteKind, Span, Timex

_DIRECT_SHARE = 0.8
"""Share of the letters inside quotation marks from which a content counts as direct."""
_INTERCEPT, _OF_CONSTRUCTION, _OF_MARK = 0.06, 0.70, 0.25
"""How much a construction's share of right quotes and the annotator's probability of a content
tell, as log odds: a logistic regression, see `docs/quotes-by-construction.md`."""
_TABLE = Path(__file__).parent.parent / "lexicons" / "quotes" / "confidence.tsv"


def quote_rows(
    tree: Tree,
    article_id: str,
    found: Sequence[Parts],
    linker: Linker,
    times: Sequence[Timex],
    marked: bytearray,
    annotation: Annotation,
) -> list[Quote]:
    """Return one row for each of `found`.

    Args:
        tree: the article.
        article_id: its id.
        found: whole attributions, in order, of which no two share a word of content.
        linker: finds mentions.
        times: the article's temporal expressions.
        marked: one flag a character, set inside quotation marks.
        annotation: what the annotator says of the article.
    """
    dated, telling = dated_verbs(tree, times), Telling(tree)
    surfaces = (tree.text[parts.start : parts.end] for parts in found)
    ids = occurrence_ids("q", article_id, surfaces)
    return [
        _row(tree, article_id, quote_id, parts, linker, dated, telling, marked, annotation)
        for quote_id, parts in zip(ids, found, strict=True)
    ]


def _row(
    tree: Tree,
    article_id: str,
    quote_id: str,
    parts: Parts,
    linker: Linker,
    dated: dict[int, Timex],
    telling: Telling,
    marked: bytearray,
    annotation: Annotation,
) -> Quote:
    reading = reading_of(tree, parts)
    chain = chain_of(tree, telling, parts, reading.token)
    time = said_on(tree, dated, parts, reading.token)
    speaker = linker.mention(chain.speaker)
    via = linker.mention(chain.via)
    addressee = linker.mention(chain.addressee)
    text = tree.text
    return Quote(
        quote_id=quote_id,
        article_id=article_id,
        char_start=parts.start,
        char_end=parts.end,
        text=text[parts.start : parts.end],
        kind=_kind(parts, marked),
        piece_starts=[piece.start for piece in parts.pieces],
        piece_ends=[piece.end for piece in parts.pieces],
        cue_text=_of(parts.cue, text),
        cue_lemma=reading.lemma,
        cue_start=parts.cue.start if parts.cue else None,
        cue_end=parts.cue.end if parts.cue else None,
        speaker_text=_of(chain.speaker, text),
        speaker_start=chain.speaker.start if chain.speaker else None,
        speaker_end=chain.speaker.end if chain.speaker else None,
        speaker_mention_id=speaker.mention_id if speaker else None,
        speaker_entity_id=speaker.entity_id if speaker else None,
        speaker_name=linker.name(speaker),
        via_text=via.text if via and via.kind == "name" else _of(chain.via, text),
        via_entity_id=via.entity_id if via else None,
        addressee_text=_of(chain.addressee, text),
        addressee_entity_id=addressee.entity_id if addressee else None,
        said_start=time.date_start if time else None,
        said_end=time.date_end if time else None,
        attitude=reading.attitude,
        negated=reading.negated,
        confidence=_confidence(parts, annotation),
    )


def _confidence(parts: Parts, annotation: Annotation) -> float:
    """Return how probable it is that content and speaker are right."""
    marked = annotation.probability("parts", parts.pieces[0], "content")
    odds = _INTERCEPT + _known(parts.construction) + _OF_MARK * log_odds(marked)
    return round(1 / (1 + math.exp(-odds)), 2)


@cache
def _known(construction: str) -> float:
    return _OF_CONSTRUCTION * log_odds(confidences()[construction])


def _of(span: Span | None, text: str) -> str | None:
    return span.of(text) if span is not None else None


def marked_characters(length: int, stretches: Sequence[Quoted]) -> bytearray:
    """Return one flag a character, set inside quotation marks."""
    flags = bytearray(length)
    for stretch in stretches:
        flags[stretch.start : stretch.end] = b"\1" * (stretch.end - stretch.start)
    return flags


def _kind(parts: Parts, marked: bytearray) -> QuoteKind:
    inside = total = 0
    for piece in parts.pieces:
        total += piece.end - piece.start
        inside += marked.count(1, piece.start, piece.end)
    if inside >= _DIRECT_SHARE * total:
        return "direct"
    return "mixed" if inside else "indirect"


@cache
def confidences() -> dict[str, float]:
    """Return the share of right attributions, content and speaker, by construction."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["construction"]: float(row["confidence"]) for row in rows}
