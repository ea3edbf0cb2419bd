"""What a cue means: its dictionary form, its attitude, whether it is negated."""

from typing import NamedTuple

from pipeline.extract.quotes.lexicon import Cue, cues, words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Attitude

_PARTS = {"VB": "verb", "NN": "noun", "JJ": "adjective"}
_NEGATIONS = frozenset(("not", "n't", "never", "no", "neither", "nor", "cannot"))


class Reading(NamedTuple):
    """A cue, understood.

    Attributes:
        token: the word that carries it; `None` without a cue.
        lemma: its dictionary form, with particle or preposition.
        attitude: how the speaker stands to the content.
        negated: whether it is said not to have been said.
    """

    token: int | None
    lemma: str | None
    attitude: Attitude
    negated: bool


def reading_of(tree: Tree, parts: Parts) -> Reading:
    """Return what the cue of `parts` means."""
    if parts.cue is None:
        return Reading(None, None, "states", False)
    tokens = tree.tokens(parts.cue)
    found = _entry(tree, tokens)
    if found is None:
        lemma = parts.cue.of(tree.text).strip().lower()
        return Reading(tokens.start, lemma, "states", False)
    token, cue = found
    return Reading(token, cue.lemma, _attitude(tree, token, cue, parts), _negated(tree, token))


def part_of(tree: Tree, token: int) -> str | None:
    """Return the part of speech the lexicon knows the token under."""
    return _PARTS.get(tree.tag[token][:2])


def _entry(tree: Tree, tokens: range) -> tuple[int, Cue] | None:
    """Return the last word of the cue that the lexicon knows, with its entry."""
    lexicon = cues()
    for token in reversed(tokens):
        wanted = part_of(tree, token)
        for cue in lexicon.get(tree.word[token], ()):
            following = tree.word[token + 1 : token + 1 + len(cue.particles)]
            if cue.part == wanted and following == cue.particles:
                return token, cue
    return None


def _attitude(tree: Tree, token: int, cue: Cue, parts: Parts) -> Attitude:
    """Return the entry's attitude; an infinitive makes a statement a demand or a promise."""
    first = tree.at(parts.start)
    if cue.attitude not in ("states", "asks") or first < token:
        return cue.attitude
    if tree.word[first] == "to" and tree.tag[first] == "TO":
        has_person = tree.first(token, "dobj", "dative") is not None
        return "asks" if has_person or cue.lemma in words("demand") else "intends"
    return cue.attitude


def _negated(tree: Tree, token: int) -> bool:
    """Tell whether the cue or a verb that carries it along is negated."""
    for _ in range(3):
        if any(_is_negation(tree, child) for child in tree.children[token]):
            return True
        if tree.dep[token] not in ("xcomp", "pcomp", "prep", "acomp", "attr", "dobj"):
            return False
        token = tree.head[token]
    return False


def _is_negation(tree: Tree, token: int) -> bool:
    return tree.dep[token] == "neg" or (
        tree.word[token] in _NEGATIONS and tree.dep[token] in ("advmod", "det", "preconj")
    )
