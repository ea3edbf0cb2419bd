"""Who said what: quotations, direct and indirect, with cue, speaker, relay and addressee.

`direct` and `indirect` find the parts of attributions; `whole` makes them whole; `reading`,
`chain` and `link` say what they mean, how they were relayed and who is meant; `rows` writes
them down. Another source of parts needs nothing but `Parts`.
"""

from collections.abc import Sequence

from pipeline.extract.nlp import Parse
from pipeline.extract.quotes.direct import direct_parts
from pipeline.extract.quotes.indirect import indirect_parts
from pipeline.extract.quotes.link import linker
from pipeline.extract.quotes.marks import Quoted, quoted_stretches
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.rows import marked_characters, quote_rows
from pipeline.extract.quotes.transcripts import transcript_parts
from pipeline.extract.quotes.tree import Tree, tree_of
from pipeline.extract.quotes.whole import whole
from pipeline.records import Article, Entity, Mention, Quote, Span, Timex

__all__ = ["find_quotes"]

_SPEAKERS = frozenset(("PERSON", "ORG", "GPE", "NORP"))
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
    stretches = list(quoted_stretches(parse.text, _paragraphs(article)))
    names = [Span(name.start, name.end) for name in parse.names if name.label in _SPEAKERS]
    found = attributions(tree, _paragraphs(article), stretches, names)
    return quote_rows(
        tree,
        article.article_id,
        found,
        linker(tree, mentions, entities),
        times,
        marked_characters(len(parse.text), stretches),
    )


def attributions(
    tree: Tree, paragraphs: Sequence[Span], stretches: Sequence[Quoted], names: Sequence[Span]
) -> list[Parts]:
    """Return the parts that the rules find, made whole, in the order of the text."""
    direct = list(direct_parts(tree, paragraphs, stretches))
    turns = list(transcript_parts(tree, paragraphs, names))
    masked = _masked(
        tree, [*(stretch.span for stretch in stretches), *(turn.pieces[0] for turn in turns)]
    )
    return whole(tree, direct, turns, indirect_parts(tree, masked), stretches)


def _paragraphs(article: Article) -> list[Span]:
    """Return the paragraphs without the blanks that set them apart."""
    text = article.text
    bounds = zip(article.paragraph_starts, [*article.paragraph_starts[1:], len(text)], strict=True)
    return [Span(start, start + len(text[start:end].rstrip())) for start, end in bounds]


def _masked(tree: Tree, spans: Sequence[Span]) -> bytearray:
    flags = bytearray(len(tree))
    for span in spans:
        if len(span.of(tree.text).split()) >= _MASKED_WORDS:
            for token in tree.tokens(span):
                flags[token] = 1
    return flags
