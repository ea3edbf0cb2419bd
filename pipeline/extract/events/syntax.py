"""Questions about the parse that event rules ask: who does it, to what, under which verb.

All functions look at a token's neighbours only, so their cost does not grow with the article.
Relations are the labels of spaCy's English pipelines (ClearNLP's).
"""

from collections.abc import Iterator

from spacy.tokens import Token

from pipeline.extract.events.lexicon import words
from pipeline.records import Span

NOMINAL = frozenset(("NOUN", "PROPN", "PRON", "NUM", "DET", "ADJ"))
_SUBJECTS = frozenset(("nsubj", "nsubjpass", "csubj", "csubjpass"))
_FINITE = frozenset(("VBD", "VBZ", "VBP"))
_RELATIVES = frozenset(("who", "which", "that", "whom"))
_OBJECT_CONTROL_PREPOSITIONS = frozenset(("of", "from", "into", "for", "with"))
_MAX_CLIMB = 6
"""Steps up the tree before a missing subject is given up; deeper chains are parser errors."""
_PHRASE_LEFT = frozenset(
    ("det", "amod", "compound", "nummod", "nmod", "poss", "predet", "quantmod", "advmod", "punct")
)


def child(token: Token, *relations: str) -> Token | None:
    """Return the first child of `token` in one of `relations`."""
    for found in token.children:
        if found.dep_ in relations:
            return found
    return None


def is_passive(verb: Token) -> bool:
    """Tell whether the surface subject of `verb` undergoes it."""
    if verb.tag_ != "VBN":
        return False
    if any(found.dep_ in ("auxpass", "nsubjpass") for found in verb.children):
        return True
    if any(found.dep_ in ("aux", "nsubj") for found in verb.children):
        return False
    if verb.dep_ == "conj" and verb.head.tag_ == "VBN":
        return is_passive(verb.head)
    return verb.dep_ in ("acl", "relcl", "advcl", "amod", "ccomp", "xcomp", "pcomp")


def subject(verb: Token) -> Token | None:
    """Return the head of the surface subject of `verb`, through control and coordination."""
    current: Token | None = verb
    for _ in range(_MAX_CLIMB):
        if current is None:
            return None
        own = _own_subject(current)
        if own is not None:
            return _antecedent(own)
        found, current = _inherited(current)
        if found is not None:
            return _antecedent(found)
    return None


def _own_subject(verb: Token) -> Token | None:
    for found in verb.children:
        if found.dep_ in _SUBJECTS and found.pos_ in NOMINAL:
            return found
    # "agreed to NATO experts being involved": the label is missing but the place is right.
    return None


def _inherited(verb: Token) -> tuple[Token | None, Token | None]:
    """Return (the subject, None), or (None, the predicate whose subject it shares)."""
    head = verb.head
    relation = verb.dep_
    if head is verb:
        return None, None
    if relation in ("acl", "relcl"):
        return _of_modifier(verb, head)
    if relation == "xcomp" and head.pos_ in ("VERB", "AUX"):
        controlled = child(head, "dobj", "dative") if not is_passive(head) else None
        if controlled is None:
            controlled = _called_on(head, verb)
        return (controlled, None) if controlled is not None else (None, head)
    if relation == "advcl" and verb.tag_ == "VB":
        controlled = _called_on(head, verb)
        return (controlled, None) if controlled is not None else (None, head)
    if relation == "pcomp":
        return _of_gerund(head)
    if relation == "conj" and verb.tag_ in _FINITE and head.tag_ == "VB":
        # "called on X to resign and left": whoever called, left.
        return None, head.head
    if relation in ("conj", "advcl", "xcomp", "ccomp", "acomp", "prep", "attr", "oprd", "dep"):
        return None, head
    return None, None


def _called_on(head: Token, verb: Token) -> Token | None:
    """Return X of "called on X to act": whoever is asked, acts."""
    if not head.lower_.startswith("call") or child(head, "dobj") is not None:
        return None
    found = prepositional(head, "on") or prepositional(head, "upon")
    if found is None or found.lower_ in words("calendar"):
        return None
    return found if head.i < found.i < verb.i else None


def _of_modifier(verb: Token, noun: Token) -> tuple[Token | None, Token | None]:
    if verb.tag_ == "VB":
        # "a plan to attack", "Iran's decision to leave": whoever has the plan.
        owner = child(noun, "poss")
        if owner is not None:
            return owner, None
        if noun.dep_ in ("dobj", "attr", "pobj"):
            return None, governor(noun)
        return (noun, None) if noun.pos_ == "PROPN" else (None, None)
    return noun, None


def _of_gerund(preposition: Token) -> tuple[Token | None, Token | None]:
    verb = preposition.head
    if verb.pos_ in ("VERB", "AUX"):
        if preposition.lower_ in _OBJECT_CONTROL_PREPOSITIONS and not is_passive(verb):
            controlled = child(verb, "dobj")
            if controlled is not None:
                return controlled, None
        return None, verb
    owner = child(verb, "poss")
    return (owner, None) if owner is not None else (None, governor(verb))


def _antecedent(found: Token) -> Token | None:
    """Return what a relative pronoun stands for; other tokens as they are."""
    if found.lower_ not in _RELATIVES or found.tag_ not in ("WDT", "WP", "IN"):
        return found
    clause = found.head
    for _ in range(_MAX_CLIMB):
        if clause.dep_ in ("relcl", "acl"):
            return _nearest_before(found, clause.head)
        if clause.head is clause:
            break
        clause = clause.head
    return None


def _nearest_before(pronoun: Token, head: Token) -> Token:
    """Return the noun a relative clause belongs to.

    After a comma it is the phrase just before it, even where the parser attached the clause
    higher ("ties between Turkey and the United States, which has ...").
    """
    if pronoun.i < 2 or pronoun.nbor(-1).lower_ != ",":
        return head
    before = pronoun.nbor(-2)
    near = before.pos_ in ("NOUN", "PROPN") and before.tag_ != "NNS"
    return before if near and head in before.ancestors else head


def agent(verb: Token) -> Token | None:
    """Return who does `verb`: its active subject, or the phrase after "by"."""
    if not is_passive(verb):
        return subject(verb)
    for found in verb.children:
        if found.dep_ == "agent" or (found.dep_ == "prep" and found.lower_ == "by"):
            return child(found, "pobj")
    return None


def patient(verb: Token) -> Token | None:
    """Return who or what undergoes `verb`: its object, or its passive subject."""
    own = child(verb, "dobj")
    if own is not None:
        return _antecedent(own)
    if is_passive(verb):
        if verb.dep_ == "amod":
            return verb.head
        return subject(verb)
    if verb.dep_ == "relcl" and verb.tag_ != "VBN" and _own_subject(verb) is not None:
        # "the missiles it had bought": the head is the object, if no pronoun takes the subject.
        own_subject = _own_subject(verb)
        if own_subject is not None and own_subject.lower_ not in _RELATIVES:
            return verb.head
    return None


def prepositional(token: Token, preposition: str) -> Token | None:
    """Return the noun after `preposition` where that phrase belongs to `token`."""
    for found in token.children:
        if found.dep_ in ("prep", "agent", "dative", "prt") and found.lower_ == preposition:
            noun = child(found, "pobj")
            if noun is not None:
                return _antecedent(noun)
    return None


def conjuncts(head: Token) -> list[Token]:
    """Return `head` and every noun joined to it by "and", "or" or a comma, in order."""
    found = [head]
    for member in found:
        if len(found) > 12:
            break
        for other in member.children:
            joined = other.dep_ == "conj" and other.pos_ in NOMINAL
            # "U.S. President X and Turkish President Y": the first is often made a modifier.
            before = other.dep_ == "nmod" and child(other, "cc") is not None
            if (joined or before or _before_and(other, member)) and other not in found:
                found.append(other)
    return sorted(found, key=lambda token: token.i)


def _before_and(other: Token, member: Token) -> bool:
    """Tell whether `other` is a name before "and" that the parser took for a modifier."""
    if other.dep_ != "nmod" or other.pos_ != "PROPN" or other.i > member.i:
        return False
    return other.i + 1 < len(other.doc) and other.nbor(1).lower_ == "and"


def governor(token: Token) -> Token | None:
    """Return the predicate a noun hangs from, through prepositions and "the group of"."""
    current = token
    for _ in range(_MAX_CLIMB):
        head = current.head
        if head is current:
            return None
        if head.pos_ in ("VERB", "AUX"):
            return head
        current = head
    return None


def noun_phrase(head: Token) -> Span:
    """Return the phrase around `head`: what stands before it and "of" phrases after it."""
    first, last = head, head
    for found in head.children:
        if found.i < head.i and found.dep_ in _PHRASE_LEFT:
            if found.dep_ == "nmod" and (
                child(found, "cc") is not None or _before_and(found, head)
            ):
                continue
            first = min(first, found.left_edge, key=lambda token: token.i)
        elif found.i > head.i and found.dep_ == "prep" and found.lower_ in ("of", "in"):
            inner = child(found, "pobj")
            if inner is not None and found.i == last.i + 1:
                last = max(last, inner, key=lambda token: token.i)
    while first.i < head.i and (first.is_punct or first.is_space):
        first = first.nbor(1)
    return Span(first.idx, last.idx + len(last))


def ancestors(token: Token) -> Iterator[tuple[Token, Token]]:
    """Yield (child, head) from `token` upwards, at most a few steps."""
    current = token
    for _ in range(2 * _MAX_CLIMB):
        if current.head is current:
            return
        yield current, current.head
        current = current.head
