"""An article's tokens as plain lists: reading them one by one from spaCy costs ten times more."""

from bisect import bisect_right
from dataclasses import dataclass

from pipeline.extract.nlp import Parse
from pipeline.records import Span


@dataclass(frozen=True, slots=True)
class View:
    """Tokens of one article, by number.

    Attributes:
        starts: offset of each token's first character.
        words: the tokens as written.
        tags: Penn Treebank tags.
        deps: dependency labels.
        heads: number of each token's head; its own at the root.
    """

    text: str
    starts: list[int]
    words: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    sentences: list[Span]
    sentence_starts: list[int]

    def at(self, offset: int) -> int:
        """Return the number of the token that holds `offset`."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def word(self, number: int) -> str:
        """Return a token's word, "" beyond either end of the text."""
        return self.words[number] if 0 <= number < len(self.words) else ""

    def tag(self, number: int) -> str:
        """Return a token's tag, "" beyond either end of the text."""
        return self.tags[number] if 0 <= number < len(self.words) else ""

    def sentence(self, offset: int) -> int:
        """Return the number of the sentence that holds `offset`."""
        return max(0, bisect_right(self.sentence_starts, offset) - 1)


def view_of(parse: Parse) -> View:
    """Return what the rules read of `parse`."""
    columns = parse.columns
    return View(
        text=parse.text,
        starts=columns.starts,
        words=columns.words,
        tags=columns.tags,
        deps=columns.deps,
        heads=columns.heads,
        sentences=parse.sentences,
        sentence_starts=[sentence.start for sentence in parse.sentences],
    )


_APPOSITION = 10
"""Tokens an apposition is read for: ", the former deputy minister of defence and head of …"."""


def in_noun_phrase(view: View, number: int) -> bool:
    """Return whether a token may be part of the noun phrase its neighbour is in."""
    tag, word = view.tags[number], view.words[number]
    if "\n" in word:
        return False
    return tag.startswith(("NN", "JJ", "HYPH")) or word in ("'s", "’s", "of", "for", "the", "and")


def noun_phrase_after(last: int, view: View) -> list[str]:
    """Return the words of ", the Turkish foreign minister," behind token `last`."""
    if view.word(last + 1) != "," or view.word(last + 2).lower() not in ("the", "a", "an"):
        return []
    stop = last + 3
    while stop - last < _APPOSITION and stop < len(view.words) and in_noun_phrase(view, stop):
        stop += 1
    return view.words[last + 3 : stop]
