"""The parse as plain lists: what the quote rules read, once an article.

spaCy's tokens are built anew at every access; the rules look at each token many times.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import gt, lt

from pipeline.extract.nlp import Parse
from pipeline.records import Span

SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass", "expl"))


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
        return range(bisect_right(self.end, span.start), bisect_left(self.start, span.end))

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
        for child in self.children[token]:
            if self.dep[child] in labels:
                return child
        return None


def tree_of(parse: Parse) -> Tree:
    """Return what the rules read of `parse`."""
    columns = parse.columns
    straight = parse.text.replace("’", "'").lower()
    if len(straight) == len(parse.text):
        bounds = zip(columns.starts, columns.ends, strict=True)
        words = [straight[start:end] for start, end in bounds]
    else:  # Lower case is longer for a few letters: "İ".
        words = [word.replace("’", "'").lower() for word in columns.words]
    left, right = _edges(columns.heads)
    first, last = _sentence_bounds(columns.opens)
    return Tree(
        text=parse.text,
        word=words,
        pos=columns.parts,
        tag=columns.tags,
        dep=columns.deps,
        head=columns.heads,
        children=_children(columns.heads),
        left=left,
        right=right,
        start=columns.starts,
        end=columns.ends,
        sentence_first=first,
        sentence_last=last,
    )


def _children(head: Sequence[int]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in head]
    for token, governor in enumerate(head):
        if governor != token:
            children[governor].append(token)
    return children


def _edges(head: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the first and the last token of each subtree.

    One sweep each way settles a projective tree; crossing arcs need another.
    """
    left, right = list(range(len(head))), list(range(len(head)))
    while any(map(gt, map(left.__getitem__, head), left)) or any(
        map(lt, map(right.__getitem__, head), right)
    ):
        for order in (range(len(head)), range(len(head) - 1, -1, -1)):
            for token in order:
                governor = head[token]
                if left[token] < left[governor]:
                    left[governor] = left[token]
                if right[token] > right[governor]:
                    right[governor] = right[token]
    return left, right


def _sentence_bounds(opens: Sequence[bool]) -> tuple[list[int], list[int]]:
    """Return each token's first and last token of the sentence."""
    bounds = [*(token for token, is_first in enumerate(opens) if is_first), len(opens)]
    firsts: list[int] = []
    lasts: list[int] = []
    for begin, end in pairwise(bounds):
        firsts += [begin] * (end - begin)
        lasts += [end - 1] * (end - begin)
    return firsts, lasts
