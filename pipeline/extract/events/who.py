"""Whom a phrase means: which heads stand for a participant of an act, and which for a thing."""

from dataclasses import dataclass
from typing import Protocol

from spacy.tokens import Token

from pipeline.extract.events.lexicon import Lexicon, words
from pipeline.extract.events.syntax import (
    NOMINAL,
    agent,
    ancestors,
    child,
    conjuncts,
    is_passive,
    prepositional,
    subject,
)
from pipeline.extract.nlp import Parse

_BEFORE = ("amod", "compound", "nmod")
_PERSONAL_ENDINGS = ("man", "woman", "guard", "crat", "naut", "ologist", "keeper")
_NAMING_PREPOSITIONS = (
    "of",
    "with",
    "between",
    "among",
    "against",
    "on",
    "for",
    "in",
    "to",
    "from",
)


class Names(Protocol):
    """What must be known of names to tell participants."""

    def is_name(self, token: Token) -> bool:
        """Tell whether `token` belongs to a name, or to a country's adjective."""

    def is_resolved(self, token: Token) -> bool:
        """Tell whether it is known whom a pronoun means."""

    def is_person(self, token: Token) -> bool:
        """Tell whether `token` belongs to the name of a person."""

    def is_country(self, token: Token) -> bool:
        """Tell whether `token` names a state or a place."""


@dataclass(frozen=True, slots=True)
class Who:
    """Tells participants from things."""

    parse: Parse
    lexicon: Lexicon
    names: Names

    def parties(self, head: Token) -> list[Token]:
        """Return the heads of everyone meant by the phrase at `head` and those joined to it."""
        return [party for token in conjuncts(head) if (party := self.party(token)) is not None]

    def party(self, token: Token) -> Token | None:
        """Return who is meant by a phrase: its head, or the owner of what it names."""
        if token.pos_ not in NOMINAL or token.lower_ in words("nobody"):
            return None
        core = counted(token)
        if core.lower_ in words("calendar") or _is_figure(core):
            return None
        if token.lower_ in words("third person") and not self.names.is_resolved(token):
            return self._meant_by(token)
        if self.names.is_name(core) or self.is_people(core) or core.pos_ == "PRON":
            return token
        return self._behind(core, token)

    def _behind(self, thing: Token, phrase: Token) -> Token | None:
        """Return who is behind a thing: its owner, its doer, or the phrase that names them."""
        owner = _owner(thing)
        if owner is not None:
            return owner
        doer = _doer(thing)
        if doer is not None:
            return self.party(doer)
        named = self.modifier(thing) is not None or phrase.pos_ == "NUM"
        return phrase if named else None

    def modifier(self, noun: Token) -> Token | None:
        """Return the party a noun names: "Iran's", "Iranian", "by Iran", "with Iran"."""
        owner = _owner(noun)
        if owner is not None:
            return owner
        described = self.named_before(noun)
        if described is not None:
            return described
        doer = _doer(noun)
        if doer is not None and self._is_somebody(doer):
            return doer
        for preposition in _NAMING_PREPOSITIONS:
            inner = prepositional(noun, preposition)
            found = self._in_phrase(inner) if inner is not None else None
            if found is not None:
                return found
        return None

    def _in_phrase(self, noun: Token) -> Token | None:
        """Return the party in a phrase: its head, a name before it, or who did it."""
        if self._is_somebody(noun):
            return noun
        named = self._named_in(noun)
        doer = _doer(noun) if named is None else None
        return doer if doer is not None and self._is_somebody(doer) else named

    def named_before(self, noun: Token) -> Token | None:
        """Return the name in front of a noun: "*Iranian* officials"."""
        for found in noun.children:
            if found.i < noun.i and found.dep_ in _BEFORE and self.names.is_name(found):
                return found
        return None

    def _named_in(self, noun: Token) -> Token | None:
        for found in noun.children:
            if found.dep_ in ("poss", *_BEFORE) and self.names.is_name(found):
                return found
        return None

    def is_somebody(self, token: Token) -> bool:
        """Tell whether a word by itself means people or a body, not a thing of theirs."""
        if self.names.is_name(token) or self.is_people(token):
            return True
        return token.pos_ == "PRON" and token.lower_ in words("persons")

    def _is_somebody(self, token: Token) -> bool:
        return self.names.is_name(token) or self.is_people(token)

    def is_people(self, token: Token) -> bool:
        """Tell whether a word is a noun or pronoun for people."""
        lemma = self.parse.lemma(token).lower()
        if lemma in self.lexicon.people or self.sector(token) is not None:
            return True
        if token.pos_ == "NOUN" and lemma.endswith(_PERSONAL_ENDINGS):
            return True
        return token.lower_ in words("third person") and not token.lower_.startswith("it")

    def sector(self, token: Token) -> str | None:
        """Return the PLOVER sector of the people a noun means."""
        sectors = self.lexicon.sectors
        lemma = self.parse.lemma(token).lower()
        before = next((c for c in token.children if c.i == token.i - 1), None)
        joined = sectors.get(f"{before.lower_} {lemma}") if before is not None else None
        return joined or sectors.get(lemma) or sectors.get(token.lower_)

    def _meant_by(self, pronoun: Token) -> Token | None:
        """Return whom a pronoun means where the sentence itself says so, else the pronoun.

        "Hungary said it would": the subject of the clause above, if number and kind agree.
        """
        barred: Token | None = None
        for _, head in ancestors(pronoun):
            found = subject(head) if head.pos_ in ("VERB", "AUX") else None
            if found is None or found.i == pronoun.i:
                continue
            if barred is None and pronoun.dep_ in ("dobj", "dative", "pobj"):
                # "the army said the general praised it": not the general.
                barred = found
            if found is not barred and found.i < pronoun.i and self._agree(pronoun, found):
                return self.party(found)
        return None if pronoun.lower_.startswith("it") else pronoun

    def _agree(self, pronoun: Token, noun: Token) -> bool:
        if noun.pos_ == "PRON":
            return False
        plural = noun.tag_ in ("NNS", "NNPS") or len(conjuncts(noun)) > 1
        if pronoun.lower_.startswith("the"):
            return plural or noun.pos_ == "PROPN"
        if pronoun.lower_.startswith("it"):
            return not plural or noun.pos_ == "PROPN"
        return not plural and not self.names.is_country(noun)


def counted(token: Token) -> Token:
    """Return what "dozens of" and the like count; other tokens as they are."""
    if token.lower_ in words("quantities") or token.pos_ == "NUM":
        return prepositional(token, "of") or token
    return token


def _owner(noun: Token) -> Token | None:
    """Return whose a thing is, where a noun says so; "Friday's test" is nobody's."""
    found = child(noun, "poss")
    if found is None or found.pos_ == "PRON" or found.lower_ in words("calendar"):
        return None
    return found


def _is_figure(token: Token) -> bool:
    """Tell whether a number is a sum of money or a year; others count people."""
    if token.pos_ != "NUM":
        return False
    year = len(token.text) == 4 and token.text.isdigit() and token.text[:2] in ("18", "19", "20")
    return year or any(c.tag_ == "$" for c in token.children)


def _doer(noun: Token) -> Token | None:
    """Return who is behind an act a noun names: "crimes *by* X", "crimes committed *by* X"."""
    found = prepositional(noun, "by")
    if found is not None:
        return found
    clause = child(noun, "acl")
    return agent(clause) if clause is not None and is_passive(clause) else None
