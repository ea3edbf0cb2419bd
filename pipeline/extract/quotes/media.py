"""The medium named beside an attribution: "in remarks carried by WAM", "Y aired X saying".

English has few ways to name who passes words on: a passive of carrying with its agent, a second
"according to", a medium whose verb has the speaker's clause or a recording of it for its object.
All hang on the cue or on the speaker in the parse.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import chain

from pipeline.extract.quotes.lexicon import words
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.speakers import CITING, cites_person, is_passive, phrase, speaker_token
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span

_STEPS = 7
"""Arcs between a cue and the words of the medium beyond which the parse is not to be trusted."""
_OBJECTS = frozenset(("dobj", "pobj", "prep", "ccomp", "xcomp", "pcomp", "acl", "relcl", "advcl"))
"""Arcs over which words lie inside what a medium carries."""
_BEHIND = frozenset(("relcl", "acl", "advcl", "punct", "conj", "cc", "appos"))
"""What follows a name and is no part of it."""
_LINKS = frozenset(("according", "per"))
"""Words that name a source without a verb."""
_COORDINATED = frozenset(("conj", "parataxis"))
"""Arcs to another statement beside."""
_NOBODY = frozenset(("who", "which", "that", "whom", "i", "we", "he", "she", "they", "cent"))
"""Words that stand where a medium would and name none ("in which", "per cent")."""


class Telling:
    """Where an article has words that name a medium: looked up once for all its quotes."""

    def __init__(self, tree: Tree) -> None:
        """Read the article."""
        known = _known()
        self._tree = tree
        self._places = [token for token, word in enumerate(tree.word) if word in known]

    def beside(self, parts: Parts, cue: int) -> "Beside | None":
        """Return what stands beside an attribution whose cue is the token `cue`, if anything."""
        tree, places = self._tree, self._places
        first = bisect_left(places, tree.sentence_first[cue])
        last = bisect_right(places, tree.sentence_last[cue])
        return Beside(tree, parts, cue, places[first:last]) if first < last else None


@cache
def _known() -> frozenset[str]:
    return words("carrying") | _LINKS | CITING


class Beside:
    """The words of a cue's sentence that may name a medium and are no part of what is said."""

    def __init__(self, tree: Tree, parts: Parts, cue: int, places: Sequence[int]) -> None:
        """Know the attribution, the token that is its cue, and where such words stand."""
        self._tree, self._parts, self._cue = tree, parts, cue
        self._places = [token for token in places if not self._is_said(token)]

    def medium(self) -> Span | None:
        """Return the medium that relays the attribution, if one does."""
        heads = chain(self._agents(), self._second_sources(), self._carriers())
        return next((span for head in heads if (span := self._other(head)) is not None), None)

    def person(self) -> Span | None:
        """Return X of "Y aired X saying", "Y, citing X, said", where Y stands as the speaker."""
        heads = chain(self._cited(), self._shown())
        return next((span for head in heads if (span := self._other(head)) is not None), None)

    def _agents(self) -> Iterator[int | None]:
        """Yield Y of "in remarks carried by Y", "X, cited by Y,", "a clip that was aired by Y"."""
        tree = self._tree
        for token in self._places:
            carrying = tree.word[token] in words("carrying") and is_passive(tree, token)
            if carrying and self._belongs(token):
                yield _agent(tree, token)

    def _second_sources(self) -> Iterator[int | None]:
        """Yield Y of "X said …, according to Y" and "…, per Y"."""
        tree = self._tree
        for token in self._places:
            if token != self._cue and tree.word[token] in _LINKS:
                link = token if tree.word[token] == "per" else tree.first(token, "prep")
                if link is not None and self._belongs(token):
                    yield tree.first(link, "pobj")

    def _carriers(self) -> Iterator[int | None]:
        """Yield Y of "X had refused …, Y reported" and "Y ran a letter in which X asked"."""
        for verb in self._carrying():
            yield self._tree.first(verb, "nsubj")

    def _cited(self) -> Iterator[int | None]:
        """Yield X of "Y reported, citing X, that …" and of "Y, quoting X, said …"."""
        tree = self._tree
        for token in self._places:
            if cites_person(tree, token) and self._belongs(token):
                yield tree.first(token, "dobj")

    def _shown(self) -> Iterator[int | None]:
        """Yield X of "Y aired X saying …" where Y is taken for the speaker."""
        tree = self._tree
        for verb in self._carrying():
            if tree.first(verb, "nsubj") in self._speaker:
                yield speaker_token(tree, self._cue)

    def _carrying(self) -> Iterator[int]:
        """Yield the verbs of carrying in whose object the cue lies."""
        tree, below = self._tree, self._cue
        for verb in self._above(below):
            if tree.dep[below] not in _OBJECTS:
                return
            if tree.dep[below] == "relcl" and tree.dep[verb] != "dobj":
                return  # A clause about a thing in passing is not what the medium carries.
            if tree.word[verb] in words("carrying") and not is_passive(tree, verb):
                yield verb
            below = verb

    def _is_said(self, token: int) -> bool:
        return any(token in tokens for tokens in self._said)

    def _above(self, token: int) -> Iterator[int]:
        """Yield what a token hangs on, from near to far."""
        for _ in range(_STEPS):
            head = self._tree.head[token]
            if head == token:
                return
            token = head
            yield token

    @cached_property
    def _said(self) -> list[range]:
        return [self._tree.tokens(piece) for piece in self._parts.pieces]

    @cached_property
    def _speaker(self) -> range:
        speaker = self._parts.speaker
        return range(0) if speaker is None else self._tree.tokens(_bare(self._tree, speaker))

    @cached_property
    def _anchors(self) -> frozenset[int]:
        """The speaker, the cue, and what carries the cue, up to where it is coordinated."""
        anchors, below = {self._cue, *self._speaker}, self._cue
        for head in self._above(self._cue):
            if self._tree.dep[below] in _COORDINATED:
                break
            anchors.add(head)
            below = head
        return frozenset(anchors)

    def _belongs(self, token: int) -> bool:
        """Tell whether a word hangs on the attribution.

        What is only coordinated with it, or stands behind a semicolon, is another statement.
        """
        tree = self._tree
        first, last = sorted((token, self._cue))
        if ";" in tree.word[first:last]:
            return False
        for head in chain((token,), self._above(token)):
            if head in self._anchors:
                return True
            if tree.dep[head] in _COORDINATED:
                return False
        return False

    def _other(self, head: int | None) -> Span | None:
        """Return the phrase of `head` unless that is who speaks, or part of what is said."""
        tree = self._tree
        if head is None or self._is_said(head) or not _names_somebody(tree, head):
            return None
        if tree.left[head] <= self._cue <= tree.right[head]:
            return None
        span = _name_phrase(tree, head)
        inside = tree.tokens(span)
        return None if any(token in inside for token in self._speaker) else span


def _names_somebody(tree: Tree, head: int) -> bool:
    return not any(tree.word[head] in found for found in (_NOBODY, words("day"), words("span")))


def _agent(tree: Tree, verb: int) -> int | None:
    """Return Y of "carried by Y", and of "quoted in Y", "read on Y"."""
    links = [*tree.with_dep(verb, "agent"), *tree.with_dep(verb, "prep")]
    link = next((token for token in links if tree.word[token] in ("by", "in", "on")), None)
    return tree.first(link, "pobj") if link is not None else None


def _bare(tree: Tree, span: Span) -> Span:
    """Return a speaker without the clause behind it: "a source" of "a source, cited by RFI"."""
    tokens = tree.tokens(span)
    head = next((token for token in tokens if tree.head[token] not in tokens), None)
    if head is None:
        return span
    cut = [
        tree.left[child]
        for child in tree.children[head]
        if child > head and tree.dep[child] in ("acl", "relcl") and tree.left[child] in tokens
    ]
    last = min(cut, default=tokens[-1] + 1) - 1
    return Span(span.start, tree.end[last]) if cut else span


def _name_phrase(tree: Tree, head: int) -> Span:
    """Return the phrase of `head` up to where a clause or an apposition begins."""
    last = head
    for child in tree.children[head]:
        if child > head and tree.dep[child] in _BEHIND:
            break
        last = max(last, tree.right[child] if child > head else head)
    span = phrase(tree, head)
    return Span(span.start, min(span.end, tree.end[last]))
