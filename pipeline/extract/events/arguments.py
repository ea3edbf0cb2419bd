"""The arguments that frames name, looked up in the parse: subject, object, clause, preposition."""

from collections.abc import Callable

from spacy.tokens import Token

from pipeline.extract.events.lexicon import words
from pipeline.extract.events.syntax import (
    agent,
    child,
    governor,
    is_passive,
    patient,
    prepositional,
    subject,
)
from pipeline.extract.events.who import Who, counted

Argument = Callable[[Token, str], Token | None]
"""Gives the head of one argument of a predicate by its key."""

_COMPLEMENTS = ("dobj", "nsubjpass", "prt", "advmod", "acomp", "oprd", "attr")
_OPEN = {
    "VERB": ("xcomp", "advcl"),
    "AUX": ("xcomp",),
    "ADJ": ("xcomp",),
    "NOUN": ("acl", "relcl"),
}
"""Relations of a clause without a subject, by the part of speech it hangs from."""


class Arguments:
    """Finds arguments of verbs and of nouns."""

    def __init__(self, who: Who) -> None:
        """Use `who` to tell a verb's subject from a thing that carries its clause."""
        self._who = who
        self._lemma = who.parse.lemma
        self._of_verbs: dict[tuple[int, str], Token | None] = {}

    def of_verb(self, verb: Token, key: str) -> Token | None:
        """Return the head of argument `key` of a verb or an adjective.

        Kept, since one frame after the other asks for the same.
        """
        place = (verb.i, key)
        if place not in self._of_verbs:
            self._of_verbs[place] = self._argument(verb, key)
        return self._of_verbs[place]

    def _argument(self, verb: Token, key: str) -> Token | None:
        if key == "s":
            return self._agent(verb)
        if key == "o":
            return patient(verb) or _small_subject(verb)
        if key == "d":
            return _indirect_object(verb)
        if key in ("x", "c", "cs"):
            return clause(verb, key)
        if key == "oprd":
            return child(verb, "oprd", "acomp", "xcomp")
        if key == "f":
            return self._against(verb)
        if key == "m":
            found = patient(verb)
            return self._who.modifier(counted(found)) if found is not None else None
        return _after(verb, key)

    def of_noun(self, noun: Token, key: str) -> Token | None:
        """Return the head of argument `key` of a noun."""
        if key == "poss":
            return self._owner(noun)
        if key in ("x", "c", "cs"):
            return clause(noun, key)
        found = _not_time(prepositional(noun, key))
        if found is None and noun.dep_ in ("dobj", "nsubjpass", "attr"):
            found = prepositional(noun.head, key) if noun.head.pos_ == "VERB" else None
        return found

    def _against(self, verb: Token) -> Token | None:
        """Return at whose cost the thing called for is: "called for sanctions *against* X"."""
        wanted = prepositional(verb, "for")
        if wanted is None:
            return None
        for preposition in ("against", "from", "on"):
            found = prepositional(wanted, preposition)
            if found is not None and self._who.is_somebody(found):
                return found
        return None

    def support(self, noun: Token, *, joint: bool) -> Token | None:
        """Return the verb that lends a noun its parties ("*launched* an attack on"), if any.

        Args:
            noun: the noun of an act.
            joint: the noun is one of talks and the like: whoever rejects them is party to them.
        """
        if noun.dep_ == "pobj":
            verb = noun.head.head
            engaged = noun.head.lower_ in ("in", "on", "part") and verb.pos_ == "VERB"
            return verb if engaged and self._is(verb, "engaging") else None
        if noun.dep_ not in ("dobj", "nsubjpass", "attr") or noun.head.pos_ != "VERB":
            return None
        lends = self._is(noun.head, "supports") or self.undergoes(noun.head)
        return noun.head if lends or (joint and self._is(noun.head, "joint")) else None

    def undergoes(self, verb: Token) -> bool:
        """Tell whether the subject of `verb` is at the receiving end of the noun it takes."""
        return self._is(verb, "undergoing")

    def _is(self, verb: Token, name: str) -> bool:
        return self._lemma(verb).lower() in words(name)

    def _agent(self, verb: Token) -> Token | None:
        """Return who does `verb`; "issued a statement demanding": whoever issued it."""
        found = agent(verb)
        if found is None or found is not verb.head or verb.dep_ not in ("acl", "relcl"):
            return found
        if is_passive(verb) or found.dep_ not in ("dobj", "pobj"):
            return found
        above = governor(found) if self._who.party(found) is None else None
        return agent(above) if above is not None else found

    def _armed_before(self, noun: Token) -> Token | None:
        """Return the doers in front of what they do: "*police* killings", "*rebel* attacks"."""
        for found in noun.children:
            before = found.i < noun.i and found.dep_ in ("compound", "nmod", "amod")
            if before and self._lemma(found).lower() in words("doers"):
                return found
        return None

    def _owner(self, noun: Token) -> Token | None:
        owner = child(noun, "poss") or self._who.named_before(noun) or self._armed_before(noun)
        if owner is not None:
            return owner
        support = self.support(noun, joint=True)
        if support is None or self.undergoes(support):
            return None
        if noun.dep_ == "nsubjpass" or is_passive(support):
            return agent(support)
        return subject(support)


def clause(token: Token, key: str) -> Token | None:
    """Return the clause under a predicate: x without a subject, c with one; cs is that subject."""
    found = _open_clause(token) if key == "x" else _finite_clause(token)
    return child(found, "nsubj", "nsubjpass") if found is not None and key == "cs" else found


def _open_clause(token: Token) -> Token | None:
    relations = _OPEN.get(token.pos_, ())
    for found in token.children:
        if found.i < token.i:
            continue
        if found.tag_ == "VB" and found.dep_ in relations:
            return found
        gerund = child(found, "pcomp") if found.dep_ == "prep" else None
        if gerund is not None and gerund.tag_ == "VBG":
            return gerund
    # "urged Iran to stop" is often read as a clause with Iran as its subject.
    bare = child(token, "ccomp") if token.pos_ == "VERB" else None
    if bare is None or bare.tag_ != "VB" or child(bare, "mark") is not None:
        return None
    return None if any(c.dep_ == "aux" and c.tag_ != "TO" for c in bare.children) else bare


def _finite_clause(token: Token) -> Token | None:
    for found in token.children:
        of_noun = token.pos_ == "NOUN" and found.dep_ in ("acl", "relcl")
        if found.i > token.i and (found.dep_ == "ccomp" or of_noun):
            own = child(found, "nsubj", "nsubjpass")
            if own is not None and own.tag_ not in ("WDT", "WP"):
                return found
    return None


def _after(verb: Token, preposition: str) -> Token | None:
    found = _not_time(prepositional(verb, preposition))
    if found is not None:
        return found
    for other in verb.children:
        if other.dep_ in _COMPLEMENTS:
            inner = prepositional(other, preposition) or prepositional(counted(other), preposition)
            if _not_time(inner) is not None:
                return inner
    return None


def _not_time(noun: Token | None) -> Token | None:
    return None if noun is not None and noun.lower_ in words("calendar") else noun


def _small_subject(verb: Token) -> Token | None:
    """Return "him" of "found him guilty", which is parsed as a clause of its own."""
    found = child(verb, "ccomp", "oprd", "acomp")
    if found is None or found.pos_ not in ("ADJ", "NOUN", "VERB") or child(found, "mark"):
        return None
    aux = child(found, "aux")
    return child(found, "nsubj") if aux is None or aux.tag_ == "TO" else None


def _indirect_object(verb: Token) -> Token | None:
    found = child(verb, "dative")
    if found is None:
        # "was fined a million": what is left behind is the sum.
        left = child(verb, "dobj") if is_passive(verb) else None
        return subject(verb) if left is not None else None
    return child(found, "pobj") if found.pos_ == "ADP" else found
