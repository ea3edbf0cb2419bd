"""Quoted words that no frame reached: they belong to the cue before them in the sentence."""

from collections.abc import Iterable, Iterator

from pipeline.extract.marks import Quoted
from pipeline.extract.quotes.indirect import cue_span, takes_place
from pipeline.extract.quotes.lexicon import cues, words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.reading import part_of
from pipeline.extract.quotes.speakers import phrase, speaker_token
from pipeline.extract.quotes.tree import Tree

_REACH = 15
"""Tokens between a cue and quoted words that are still taken for its own."""
_NAMING = frozenset(("quote", "predicate", "object-as", "object-of", "object-to"))


def rescued_parts(tree: Tree, stretches: Iterable[Quoted]) -> Iterator[Parts]:
    """Yield each stretch with the nearest cue before it that can name or quote."""
    for stretch in stretches:
        first = tree.at(stretch.start)
        if first >= len(tree):
            return
        floor = max(tree.sentence_first[first], first - _REACH)
        for token in range(first - 1, floor - 1, -1):
            found = _with_cue(tree, token, stretch)
            if found is not None:
                yield found
                break


def _with_cue(tree: Tree, token: int, stretch: Quoted) -> Parts | None:
    if part_of(tree, token) != "verb" or not takes_place(tree, token):
        return None
    for cue in cues().get(tree.word[token], ()):
        following = tree.word[token + 1 : token + 1 + len(cue.particles)]
        if cue.part != "verb" or following != cue.particles or not cue.frames & _NAMING:
            continue
        head = speaker_token(tree, token)
        if head is None:
            return None
        signal = cue_span(tree, token, cue)
        content = tree.span(_after_person(tree, token, signal.end), tree.at(stretch.end - 1))
        return Parts((content,), signal, phrase(tree, head), "quoted words")
    return None


def _after_person(tree: Tree, cue: int, end: int) -> int:
    """Return the first token after the cue, and after the person told."""
    person = tree.first(cue, "dobj", "dative") if tree.word[cue] in words("telling") else None
    return tree.at(end) if person is None else person + 1
