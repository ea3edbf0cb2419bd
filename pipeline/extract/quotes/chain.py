"""How the words came to the paper: who relayed them, to whom they were said, and when."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.extract.quotes.lexicon import words
from pipeline.extract.quotes.media import Telling
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.speakers import is_passive, phrase, relay_verb
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span, Timex

_MAX_STEPS = 6
"""A time expression stands at most this many phrases below the verb it dates."""


class Chain(NamedTuple):
    """What stands between speaker and reader.

    Attributes:
        speaker: who says it; differs from the parts' where a relay was taken for the speaker.
        via: the medium or person that relays it.
        addressee: whom it was said to.
    """

    speaker: Span | None
    via: Span | None
    addressee: Span | None


def chain_of(tree: Tree, telling: Telling, parts: Parts, cue: int | None) -> Chain:
    """Return relay and addressee of an attribution whose cue is the token `cue`.

    Nobody is told by himself: who speaks or relays is no addressee.
    """
    chain = _chain(tree, telling, parts, cue)
    others = [span for span in (chain.speaker, chain.via) if span is not None]
    told = chain.addressee
    if told is not None and any(told.start < one.end and one.start < told.end for one in others):
        return chain._replace(addressee=None)
    return chain


def _chain(tree: Tree, telling: Telling, parts: Parts, cue: int | None) -> Chain:
    if cue is None:
        return Chain(parts.speaker, parts.via, parts.addressee)
    told = _addressee(tree, parts, cue) or parts.addressee
    speaker, via = _relayed(tree, parts, cue)
    speaker, via = speaker or parts.speaker, via or parts.via
    if speaker is None or via is not None:
        return Chain(speaker, via, told)
    said = parts if speaker == parts.speaker else parts._replace(speaker=speaker)
    beside = telling.beside(said, cue)
    if beside is None:
        return Chain(speaker, None, told)
    person = beside.person()
    if person is not None:
        return Chain(person, speaker, None)
    return Chain(speaker, beside.medium(), told)


def _relayed(tree: Tree, parts: Parts, cue: int) -> tuple[Span | None, Span | None]:
    """Return speaker and relay of "RIA cited X as saying", "X was cited by RIA as saying"."""
    relay = relay_verb(tree, cue)
    if relay is None:
        return None, None
    if is_passive(tree, relay):
        speaker = tree.first(relay, "nsubjpass", "nsubj")
        via = _agent(tree, relay)
        via = via if via is not None else _agent(tree, cue)
        via = via if via is not None else _outlet(tree, relay)
    else:
        speaker = tree.first(relay, "dobj", "nsubjpass")
        via = tree.first(relay, "nsubj")
    return _outside(tree, parts, speaker), _outside(tree, parts, via)


def _agent(tree: Tree, verb: int) -> int | None:
    by = tree.first(verb, "agent")
    if by is None:
        by = next(
            (child for child in tree.with_dep(verb, "prep") if tree.word[child] == "by"), None
        )
    return tree.first(by, "pobj") if by is not None else None


def _outlet(tree: Tree, relay: int) -> int | None:
    """Return the paper of "was quoted in the paper as saying"."""
    for link in tree.with_dep(relay, "prep"):
        target = tree.first(link, "pobj")
        if tree.word[link] == "in" and target is not None and tree.pos[target] == "PROPN":
            return target
    return None


def _outside(tree: Tree, parts: Parts, head: int | None) -> Span | None:
    """Return the phrase of `head`, if it is no part of what is said."""
    return phrase(tree, head) if head is not None and not _in_content(tree, parts, head) else None


def _addressee(tree: Tree, parts: Parts, cue: int) -> Span | None:
    """Return the person told: an object of "tell", "to X" after "said", an interviewer."""
    if tree.word[cue] in words("telling") and not is_passive(tree, cue):
        found = tree.first(cue, "dative", "dobj")
        if found is not None and not _in_content(tree, parts, found):
            return _before_content(parts, phrase(tree, found))
    for link in tree.with_dep(cue, "prep", "dative"):
        found = _person_of_preposition(tree, link)
        if found is not None and not _in_content(tree, parts, found):
            return _before_content(parts, phrase(tree, found))
    return None


def _before_content(parts: Parts, span: Span) -> Span:
    """Cut off the content where the parser hangs it on the person told."""
    if span.start < parts.start < span.end:
        return Span(span.start, parts.start - 1)
    return span


def _person_of_preposition(tree: Tree, link: int) -> int | None:
    target = tree.first(link, "pobj")
    if target is None:
        return None
    if tree.word[link] == "to":
        return target
    if tree.word[target] in words("interview"):
        for inner in tree.with_dep(target, "prep"):
            if tree.word[inner] in ("with", "to"):
                return tree.first(inner, "pobj")
    return None


def _in_content(tree: Tree, parts: Parts, token: int) -> bool:
    return any(piece.start <= tree.start[token] < piece.end for piece in parts.pieces)


def dated_verbs(tree: Tree, times: Sequence[Timex]) -> dict[int, Timex]:
    """Return, for each verb or noun that a time expression dates, the first such expression."""
    found: dict[int, Timex] = {}
    for time in times:
        if time.date_start is None:
            continue
        for token in _governors(tree, time):
            found.setdefault(token, time)
    return found


def _governors(tree: Tree, time: Timex) -> list[int]:
    """Return what the expression depends on, up to and including the first verb."""
    tokens = tree.tokens(Span(time.char_start, time.char_end))
    token = next((t for t in tokens if tree.head[t] not in tokens), None)
    before = tokens.start - 1
    if before >= 0 and tree.dep[before] == "prep" and not tree.children[before]:
        token = before
    above: list[int] = []
    while token is not None and len(above) < _MAX_STEPS and tree.head[token] != token:
        token = tree.head[token]
        above.append(token)
        if tree.pos[token] in ("VERB", "AUX"):
            break
    return above


def said_on(tree: Tree, dated: dict[int, Timex], parts: Parts, cue: int | None) -> Timex | None:
    """Return the time expression that dates the cue, if one does."""
    if cue is None:
        return None
    relay = relay_verb(tree, cue)
    for token in (cue, relay):
        time = dated.get(token) if token is not None else None
        if time is not None and not _time_in_content(parts, time):
            return time
    return _time_beside(tree, dated, parts, cue)


def _time_beside(tree: Tree, dated: dict[int, Timex], parts: Parts, cue: int) -> Timex | None:
    """Return the "last week" right after the cue that the parser gave to the content."""
    first = tree.at(parts.start)
    if not cue < first < len(tree):
        return None
    for governor in (first, tree.head[first]):
        time = dated.get(governor)
        if time is not None and tree.end[cue] < time.char_start and time.char_end <= parts.start:
            return time
    return None


def _time_in_content(parts: Parts, time: Timex) -> bool:
    return any(piece.start <= time.char_start < piece.end for piece in parts.pieces)
