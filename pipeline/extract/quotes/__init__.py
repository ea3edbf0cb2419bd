"""Who said what: quotations, direct and indirect, with cue, speaker, relay and addressee.

`direct` and `indirect` find the parts of attributions; `whole` makes them whole; `reading`,
`chain` and `link` say what they mean, how they were relayed and who is meant; `rows` writes
them down. Another source of parts needs nothing but `Parts`.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.extract.annotator import Annotation
from pipeline.extract.marks import Quoted
from pipeline.extract.nlp import Parse, paragraph_spans
from pipeline.extract.quotes.annotated import annotated_parts
from pipeline.extract.quotes.direct import direct_parts
from pipeline.extract.quotes.fused import DOUBTED, fused
from pipeline.extract.quotes.indirect import indirect_parts
from pipeline.extract.quotes.link import linker
from pipeline.extract.quotes.mediated import media_of, with_media, without_wraps
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.rows import marked_characters, quote_rows
from pipeline.extract.quotes.transcripts import transcript_parts
from pipeline.extract.quotes.tree import SUBJECTS, Tree, tree_of
from pipeline.extract.quotes.whole import Snapper, bounded, whole
from pipeline.records import Article, Entity, Mention, Quote, Span, Timex

__all__ = ["find_quotes"]

_SPEAKERS = frozenset(("PERSON", "ORG", "GPE", "NORP"))
_SOMEBODY = frozenset(("NOUN", "PROPN", "PRON", "NUM", "ADJ"))
"""Parts of speech of words that can stand for a speaker ("many", "the poor")."""
_MASKED_WORDS = 3
"""Quoted stretches from this length on are somebody's words: no cue is looked for inside."""


def find_quotes(
    parse: Parse,
    article: Article,
    mentions: Sequence[Mention],
    entities: Sequence[Entity],
    times: Sequence[Timex],
) -> list[Quote]:
    """Return the attributions of `article`, in the order of the text."""
    tree = tree_of(parse)
    paragraphs = paragraph_spans(article.text, article.paragraph_starts)
    stretches = parse.annotation.pieces.quoted
    names = [Span(name.start, name.end) for name in parse.names if name.label in _SPEAKERS]
    found = attributions(tree, paragraphs, stretches, names, parse.annotation)
    return quote_rows(
        tree,
        article.article_id,
        found,
        linker(tree, mentions, entities),
        times,
        marked_characters(len(parse.text), stretches),
        parse.annotation,
    )


def attributions(
    tree: Tree,
    paragraphs: Sequence[Span],
    stretches: Sequence[Quoted],
    names: Sequence[Span],
    annotation: Annotation,
) -> list[Parts]:
    """Return the parts that rules and annotator find, made whole, in the order of the text."""
    snapper = Snapper(stretches)
    marked = [
        bounded(tree.text, _with_subject(tree, _with_somebody(tree, parts)), snapper)
        for parts in annotated_parts(annotation, tree.text)
    ]
    media = media_of(tree, annotation)
    rules, marked = without_wraps(
        tree,
        _by_rules(tree, paragraphs, stretches, names, annotation),
        [parts for parts in marked if parts.pieces],
        media,
    )
    return with_media(tree, fused(rules, marked, annotation), media)


def _with_somebody(tree: Tree, parts: Parts) -> Parts:
    """Return `parts` without a speaker that is no more than an article or an adverb."""
    if parts.speaker is None:
        return parts
    tokens = tree.tokens(parts.speaker)
    known = not _SOMEBODY.isdisjoint(tree.pos[tokens.start : tokens.stop])
    return parts if known else parts._replace(speaker=None)


def _with_subject(tree: Tree, parts: Parts) -> Parts:
    """Return `parts`, contents that begin at a verb widened to the subject right before it.

    A clause is said with its subject, unless that is who says it.
    """
    pieces = tuple(_widened(tree, parts, piece) for piece in parts.pieces)
    return parts if pieces == parts.pieces else parts._replace(pieces=pieces)


def _widened(tree: Tree, parts: Parts, piece: Span) -> Span:
    first = tree.at(piece.start)
    verb = tree.head[first] if tree.dep[first] in ("aux", "auxpass") else first
    subject = tree.first(verb, *SUBJECTS)
    if subject is None or tree.right[subject] + 1 != first:
        return piece
    wide = Span(tree.start[tree.left[subject]], piece.end)
    sources = [span for span in (parts.cue, parts.speaker) if span is not None]
    own = any(wide.start < span.end and span.start < piece.start for span in sources)
    return piece if own else wide


def _by_rules(
    tree: Tree,
    paragraphs: Sequence[Span],
    stretches: Sequence[Quoted],
    names: Sequence[Span],
    annotation: Annotation,
) -> list[Parts]:
    direct = list(direct_parts(tree, paragraphs, stretches))
    turns = list(transcript_parts(tree, paragraphs, names))
    masked = _masked(
        tree, [*(stretch.span for stretch in stretches), *(turn.pieces[0] for turn in turns)]
    )
    _mask_plain_sentences(tree, masked, annotation)
    return whole(tree, direct, turns, indirect_parts(tree, masked), stretches)


def _masked(tree: Tree, spans: Sequence[Span]) -> bytearray:
    flags = bytearray(len(tree))
    for span in spans:
        if len(span.of(tree.text).split()) >= _MASKED_WORDS:
            for token in tree.tokens(span):
                flags[token] = 1
    return flags


def _mask_plain_sentences(tree: Tree, masked: bytearray, annotation: Annotation) -> None:
    """Mask the sentences in which the annotator doubts every word to be said by anybody.

    What a rule found there would be dropped in the end.
    """
    firsts = [token for token, first in enumerate(tree.sentence_first) if token == first]
    ends = [tree.end[tree.sentence_last[first]] for first in firsts]
    said = annotation.places("parts", "content", DOUBTED)
    spoken = set(np.searchsorted(ends, said, "right").tolist())
    for place, first in enumerate(firsts):
        if place not in spoken:
            after = tree.sentence_last[first] + 1
            masked[first:after] = b"\1" * (after - first)
