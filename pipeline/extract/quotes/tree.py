"""The parse as plain lists: what the quote rules read, once an article.

spaCy's tokens are built anew at every access; the rules look at each token many times.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.nlp import Parse
from pipeline.records import Span

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass", "expl"))
AUXILIARIES = frozenset(("aux", "auxpass", "neg"))


@dataclass(frozen=True, slots=True)
class Tree:
    """One article's tokens; every list has one entry a token.

    Attributes:
        text: the article's text.
        word: tokens in lower case, curly apostrophes made straight.
        pos: universal parts of speech.
        tag: Penn Treebank tags.
        dep: dependency labels.
        head: index of the head; a root is its own head.
        children: indices of the dependents, in order.
        left: first token of the subtree.
        right: last token of the subtree.
        start: offset of the first character.
        end: offset after the last character.
        sentence_first: first token of the token's sentence.
        sentence_last: last token of the token's sentence.
    """

    text: str
    word: list[str]
    pos: list[str]
    tag: list[str]
    dep: list[str]
    head: list[int]
    children: list[list[int]]
    left: list[int]
    right: list[int]
    start: list[int]
    end: list[int]
    sentence_first: list[int]
    sentence_last: list[int]

    def __len__(self) -> int:
        return len(self.word)

    def at(self, offset: int) -> int:
        """Return the token that covers `offset`, else the first one after it."""
        return bisect_right(self.end, offset)

    def tokens(self, span: Span) -> range:
        """Return the tokens that overlap `span`."""
        return range(self.at(span.start), bisect_left(self.start, span.end))

    def span(self, first: int, last: int) -> Span:
        """Return the characters from token `first` to token `last`, both included."""
        return Span(self.start[first], self.end[last])

    def with_dep(self, token: int, *labels: str) -> Iterator[int]:
        """Yield the dependents of `token` that carry one of `labels`."""
        for child in self.children[token]:
            if self.dep[child] in labels:
                yield child

    def first(self, token: int, *labels: str) -> int | None:
        """Return the first dependent of `token` with one of `labels`."""
        return next(self.with_dep(token, *labels), None)


def tree_of(parse: Parse) -> Tree:
    """Read `parse` into lists."""
    doc = parse.doc
    count = len(doc)
    head = [token.head.i for token in doc]
    children: list[list[int]] = [[] for _ in range(count)]
    for token, governor in enumerate(head):
        if governor != token:
            children[governor].append(token)
    first, last = _sentence_bounds(parse, count)
    return Tree(
        text=parse.text,
        word=[token.lower_.replace("’", "'") for token in doc],
        pos=[token.pos_ for token in doc],
        tag=[token.tag_ for token in doc],
        dep=[token.dep_ for token in doc],
        head=head,
        children=children,
        left=[token.left_edge.i for token in doc],
        right=[token.right_edge.i for token in doc],
        start=[token.idx for token in doc],
        end=[token.idx + len(token) for token in doc],
        sentence_first=first,
        sentence_last=last,
    )


def _sentence_bounds(parse: Parse, count: int) -> tuple[list[int], list[int]]:
    first, last = [0] * count, [0] * count
    for sentence in parse.doc.sents:
        for token in range(sentence.start, sentence.end):
            first[token], last[token] = sentence.start, sentence.end - 1
    return first, last
