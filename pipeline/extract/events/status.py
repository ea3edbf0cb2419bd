"""Did it happen? The status of a predicate, from the words that have it in their scope.

From the predicate upwards, each step asks three things: is there a negation, a modal or a
condition at this word, what does the word above do to what hangs from it ("refused to",
"calls for", "is set to"), and is that word itself negated. Verbs of saying let the status of
what is said through, since who says it is recorded elsewhere.
"""

from typing import NamedTuple

from spacy.tokens import Token

from pipeline.extract.events.lexicon import load_status_words, words
from pipeline.extract.events.syntax import child, is_passive
from pipeline.extract.nlp import Parse
from pipeline.records import Status

_MAX_DEPTH = 8
_NO = ("no", "neither")
_STATED = ("happened", "ongoing", "denied")


class Decision(NamedTuple):
    """A status and the token that decided it; no cue for plain statements."""

    status: Status
    cue: Token | None = None


_HAPPENED = Decision("happened")


def decide(parse: Parse, token: Token) -> Decision:
    """Return the status of the predicate at `token`."""
    decision = _status(parse, token, _MAX_DEPTH)
    given = token.pos_ == "NOUN" and _definite(token)
    if decision.status in _STATED and not given and _asked(token) and not _asks_why(token):
        return Decision("possible", _last_of_sentence(token))
    return decision


def _status(parse: Parse, token: Token, depth: int) -> Decision:
    if depth == 0:
        return _HAPPENED
    if token.pos_ in ("VERB", "AUX"):
        return _of_verb(parse, token, depth)
    if token.pos_ == "ADJ" and token.dep_ in ("acomp", "oprd", "attr", "amod"):
        return _of_adjective(parse, token, depth)
    return _of_noun(parse, token, depth)


# --- verbs


def _of_verb(parse: Parse, verb: Token, depth: int) -> Decision:
    inner = _at_verb(verb)
    condition = _condition(verb)
    if condition is not None:
        return Decision("possible", condition)
    if inner.status == "denied":
        # A negated promise or hope is one of not doing: the outer word has no say.
        return inner
    outer = _above_verb(parse, verb, depth)
    if outer.status == "denied" and outer.cue is not None:
        return outer
    if inner.status == "planned" and outer.status == "possible" and _hoped(parse, verb):
        return outer
    if inner.status == "planned" and _is_conditional(verb):
        return Decision("possible", inner.cue)
    if inner.status != "happened":
        return inner
    if outer.status == "happened" and _in_progress(verb):
        return Decision("ongoing", child(verb, "aux", "auxpass"))
    return outer


def _at_verb(verb: Token) -> Decision:
    """Return what negation, modals and conditions at `verb` itself say."""
    negation = _negation(verb)
    modal = None if _is_habit(verb) else _modal(verb)
    if modal is not None and modal.lower_ in ("may", "might") and negation is not None:
        return Decision("possible", modal)
    if negation is not None:
        return Decision("possible" if _is_order(verb) else "denied", negation)
    if modal is not None:
        return Decision("planned" if _is_future(verb, modal) else "possible", modal)
    return _bare(verb)


def _bare(verb: Token) -> Decision:
    """Return what a bare form says: a headline's "to", a subjunctive, an order."""
    if verb.dep_ == "ROOT" and _infinitive(verb):
        return Decision("planned", child(verb, "aux"))
    if verb.tag_ != "VB" or child(verb, "aux") is not None:
        return _HAPPENED
    wished = verb.dep_ == "ccomp" and child(verb, "nsubj", "nsubjpass") is not None
    return Decision("possible") if wished else _HAPPENED


def _is_order(verb: Token) -> bool:
    """Tell whether `verb` is that of "don't shoot": what is feared is no more than possible."""
    if verb.tag_ != "VB" or child(verb, "nsubj", "nsubjpass") is not None:
        return False
    auxiliary = child(verb, "aux")
    return auxiliary is not None and auxiliary.lower_ == "do"


def _is_conditional(verb: Token) -> bool:
    """Tell whether it takes something else to bring it about: "will strike *unless* ..."."""
    marks = (child(found, "mark") for found in verb.children if found.dep_ == "advcl")
    return any(mark is not None and mark.lower_ in ("if", "unless") for mark in marks)


def _hoped(parse: Parse, verb: Token) -> bool:
    """Tell whether a future is that of a hope for others: "hopes that they will".

    "I hope that we will" speaks of a plan of one's own.
    """
    if verb.dep_ != "ccomp" or _lemma(parse, verb.head) not in words("hopes"):
        return False
    own = child(verb, "nsubj", "nsubjpass")
    return own is None or own.lower_ not in ("i", "we")


def _negation(verb: Token) -> Token | None:
    """Return the word that negates `verb`, in its clause or as its subject or object."""
    for found in verb.children:
        if found.dep_ in ("nsubj", "nsubjpass", "dobj"):
            cue = _no_phrase(found)
        else:
            cue = found if _is_negation(found, verb) else None
        if cue is not None:
            return cue
    if verb.dep_ == "xcomp" and _has_yet(verb.head):
        return child(verb.head, "advmod")
    return None


def _is_negation(token: Token, verb: Token) -> bool:
    word = token.lower_
    if token.dep_ in ("neg", "preconj", "cc", "advmod") and word in words("negations"):
        # "not only attacked": attacked, and more.
        return token.i + 1 >= len(token.doc) or token.nbor(1).lower_ not in ("only", "just")
    if token.dep_ != "advmod":
        return False
    if word in words("nearly"):
        return verb.tag_ in ("VBD", "VBN")
    return word == "longer" and child(token, "neg", "det") is not None


def _no_phrase(noun: Token) -> Token | None:
    """Return "nobody", or the "no" of "no sanctions"."""
    if noun.lower_ in words("no subjects"):
        return noun
    determiner = child(noun, "det", "neg", "preconj")
    return determiner if determiner is not None and determiner.lower_ in _NO else None


def _has_yet(verb: Token) -> bool:
    """Tell whether `verb` is the "have" or "be" of "have yet to"."""
    found = child(verb, "advmod")
    return (
        found is not None
        and found.lower_ == "yet"
        and verb.lower_ in ("has", "have", "had", "is", "are", "was", "were", "'s", "'ve")
    )


def _modal(verb: Token) -> Token | None:
    for found in verb.children:
        if found.dep_ in ("aux", "auxpass") and found.tag_ == "MD":
            return found
    return _modal(verb.head) if _shares_modal(verb) else None


def _is_habit(verb: Token) -> bool:
    """Tell whether "would" speaks of what was done again and again: "would *often* praise"."""
    would = any(c.dep_ == "aux" and c.lower_ == "would" for c in verb.children)
    return would and any(c.dep_ == "advmod" and c.lower_ in words("habits") for c in verb.children)


def _shares_modal(verb: Token) -> bool:
    """Tell whether `verb` is the second of "will arrest and deport"."""
    if verb.dep_ != "conj" or verb.tag_ not in ("VB", "VBN") or verb.head.pos_ != "VERB":
        return False
    return child(verb, "aux", "nsubj") is None


def _is_future(verb: Token, modal: Token) -> bool:
    if modal.lower_ in words("future"):
        return True
    # "said it would": the future of a past report. Elsewhere "would" is conditional.
    return modal.lower_ in ("would", "'d", "’d") and verb.dep_ == "ccomp"


def _condition(verb: Token) -> Token | None:
    mark = child(verb, "mark", "advmod")
    if mark is None or mark.lower_ not in words("conditions"):
        return None
    if mark.lower_ == "until" and verb.tag_ == "VBD":
        return None
    return mark


def _in_progress(verb: Token) -> bool:
    if verb.tag_ == "VBN" and any(c.lower_ == "being" for c in verb.children):
        auxiliaries = {found.lower_ for found in verb.children if found.dep_ == "aux"}
        reduced = verb.dep_ == "acl" and not auxiliaries
        return reduced or not auxiliaries.isdisjoint(words("present be"))
    if verb.tag_ != "VBG":
        return False
    auxiliaries = {found.lower_ for found in verb.children if found.dep_ == "aux"}
    # "said they were meeting" reports what goes on.
    reported = verb.dep_ == "ccomp" and not auxiliaries.isdisjoint(("was", "were"))
    return reported or not auxiliaries.isdisjoint(words("present be"))


def _above_verb(parse: Parse, verb: Token, depth: int) -> Decision:
    """Return what the words above `verb` make of it."""
    head = verb.head
    relation = verb.dep_
    if head is verb or _stands_apart(verb):
        return _HAPPENED
    if relation == "conj":
        return _of_conjunct(parse, verb, depth)
    if relation in ("xcomp", "ccomp", "acomp", "oprd"):
        return _under(parse, head, verb, depth)
    if relation == "pcomp":
        return _of_gerund(parse, verb, depth)
    if relation in ("acl", "relcl"):
        return _of_modifier(parse, verb, depth)
    if relation == "advcl" and verb.tag_ == "VB" and _infinitive(verb):
        if _lemma(parse, verb) in words("results"):
            return _HAPPENED
        # Not "after a while to find", but a purpose: what it is done for is not done yet.
        outer = _status(parse, head, depth - 1)
        return outer if outer.status == "planned" else Decision("possible", child(verb, "aux"))
    if relation == "advcl" and _is_participle(verb):
        outer = _status(parse, head, depth - 1)
        return outer if outer.status != "denied" else _HAPPENED
    if (relation == "advcl" and verb.tag_ in ("VBZ", "VBP")) or _marked(verb, "before", "until"):
        # "will fly home when the talks end": no later than what it is told of.
        outer = _status(parse, head, depth - 1)
        return outer if outer.status in ("planned", "possible") else _HAPPENED
    return _HAPPENED


def _stands_apart(verb: Token) -> bool:
    """Tell whether a semicolon parts the clause of `verb` from the word it hangs on.

    "Two were held; nobody was hurt": parsers hang one such clause on the other.
    """
    first, last = sorted((verb.i, verb.head.i))
    return any(token.text == ";" for token in verb.doc[first:last])


def _is_participle(verb: Token) -> bool:
    """Tell whether `verb` is a participle that goes with the verb above: "wind up *beaten*"."""
    if child(verb, "mark", "aux", "auxpass") is not None:
        return False
    apart = verb.left_edge.i > 0 and verb.left_edge.nbor(-1).is_punct
    return verb.tag_ == "VBG" or (verb.tag_ == "VBN" and not apart)


def _marked(verb: Token, *words: str) -> bool:
    mark = child(verb, "mark")
    return verb.dep_ == "advcl" and mark is not None and mark.lower_ in words


def _infinitive(verb: Token) -> bool:
    return any(found.dep_ == "aux" and found.tag_ == "TO" for found in verb.children)


def _of_conjunct(parse: Parse, verb: Token, depth: int) -> Decision:
    head = verb.head
    if head.pos_ not in ("VERB", "AUX"):
        return _HAPPENED
    condition = _condition(head)
    if condition is not None:
        return Decision("possible", condition)
    if verb.tag_ in ("VBD", "VBZ") and head.tag_ == "VB":
        # "pledged to rebuild it and asked for help": asked is no part of the pledge.
        return _HAPPENED
    if _infinitive(verb) and _infinitive(head):
        return _above_verb(parse, head, depth - 1) if depth > 1 else _HAPPENED
    bare = child(verb, "aux", "nsubj", "auxpass") is None
    if bare and verb.tag_ == head.tag_ and verb.tag_ in ("VB", "VBN", "VBG"):
        return _status(parse, head, depth - 1)
    return _above_verb(parse, head, depth - 1) if depth > 1 else _HAPPENED


def _of_gerund(parse: Parse, verb: Token, depth: int) -> Decision:
    preposition = verb.head
    if preposition.lower_ in ("without", "than", "instead"):
        return Decision("denied", preposition)
    if preposition.head.lower_ == "short" and preposition.lower_ == "of":
        return Decision("denied", preposition.head)
    if preposition.lower_ == "against" and preposition.head.pos_ == "VERB":
        # "decided against charging her"; "warned against": it may be done.
        decided = _effect(parse, preposition.head) == "planned"
        return Decision("denied" if decided else "possible", preposition)
    if preposition.lower_ in words("factual prepositions") or preposition.lower_ in ("for", "by"):
        if preposition.head.pos_ == "VERB" and preposition.lower_ == "by":
            return _status(parse, preposition.head, depth - 1)
        return _HAPPENED
    if preposition.lower_ == "as":
        return _HAPPENED
    return _under(parse, preposition.head, verb, depth)


def _of_modifier(parse: Parse, verb: Token, depth: int) -> Decision:
    noun = verb.head
    if noun.lower_ in ("event", "case") and noun.head.lower_ == "in":
        return Decision("possible", noun)
    denied = _no_phrase(noun) if _lemma(parse, noun) in words("chances") else None
    if denied is not None:
        return Decision("denied", denied)
    subjunctive = verb.tag_ == "VB" and child(verb, "nsubj", "nsubjpass") is not None
    if not _infinitive(verb) and not subjunctive:
        return _HAPPENED
    if noun.dep_ == "ROOT" and _infinitive(verb):
        return Decision("planned", child(verb, "aux", "auxpass"))
    effect = load_status_words().get(("N", _lemma(parse, noun)))
    if effect in ("planned", "possible", "denied"):
        return _with_governor(parse, noun, effect, depth)
    if any(found.lower_ in words("ordinals") for found in noun.children):
        # "was the first to sign": the one who did.
        return _of_verb_status(parse, noun.head, depth) if _is_verb(noun.head) else _HAPPENED
    if noun.pos_ in ("NOUN", "PROPN"):
        return Decision("possible", child(verb, "aux"))
    return _HAPPENED


def _is_verb(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX")


# --- what a governing word does


def _under(parse: Parse, head: Token, dependent: Token, depth: int) -> Decision:
    """Return the status of a clause under `head`."""
    effect = _effect(parse, head)
    infinitive = _infinitive(dependent)
    if head.dep_ in ("relcl", "acl") and _lemma(parse, head.head) == "reason" and not infinitive:
        return _HAPPENED
    if effect == "report":
        return _reported(parse, head, infinitive=infinitive)
    if effect in ("fact", "ongoing"):
        return _transparent(parse, head, depth, effect)
    if effect is not None:
        return _with_governor(parse, head, effect, depth)
    if infinitive:
        # "is to visit"; elsewhere an infinitive says what may yet be.
        return _with_governor(parse, head, "planned" if _is_to(parse, head) else "possible", depth)
    return _transparent(parse, head, depth, "fact") if head.pos_ == "VERB" else _HAPPENED


def _is_to(parse: Parse, verb: Token) -> bool:
    """Tell whether `verb` is the "is" of "is to visit"; "her job is to visit" says no more."""
    own = child(verb, "nsubj", "nsubjpass")
    aim = own is not None and _lemma(parse, own) in words("aims")
    return verb.pos_ == "AUX" and verb.tag_ != "MD" and not aim


def _effect(parse: Parse, head: Token) -> str | None:
    """Return what `head` does to a clause under it, as far as the lexicon knows."""
    part = {"NOUN": "N", "PROPN": "N", "ADJ": "a"}.get(head.pos_, "v")
    effects = load_status_words()
    lemma = _lemma(parse, head)
    return effects.get((part, lemma)) or (
        effects.get(("a", lemma)) if is_passive(head) or head.dep_ in ("acomp", "oprd") else None
    )


def _reported(parse: Parse, verb: Token, *, infinitive: bool) -> Decision:
    """Return the status of what is said: its own, unless the saying is denied or a belief."""
    negation = _negation(verb)
    if negation is not None:
        return Decision("possible", negation)
    open_belief = infinitive and _lemma(parse, verb) in words("beliefs")
    return Decision("possible", verb) if open_belief else _HAPPENED


def _transparent(parse: Parse, head: Token, depth: int, effect: str) -> Decision:
    outer = _status(parse, head, depth - 1)
    if outer.status == "happened" and effect == "ongoing" and _in_progress(head):
        return Decision("ongoing", head)
    return outer


def _with_governor(parse: Parse, governor: Token, effect: str, depth: int) -> Decision:
    outer = _status(parse, governor, depth - 1)
    if effect == "denied":
        if outer.status == "denied":
            return _HAPPENED
        if outer.status in ("planned", "possible"):
            return Decision("possible", outer.cue)
        return Decision("denied", governor)
    if outer.status == "denied":
        settled = effect == "planned" and governor.pos_ not in ("NOUN", "PROPN")
        if settled or _lemma(parse, governor) in words("achieving"):
            return outer
        return Decision("possible", governor)
    if outer.status == "possible":
        return outer
    return Decision("planned" if effect == "planned" else "possible", governor)


def _lemma(parse: Parse, token: Token) -> str:
    lemma = parse.lemma(token).lower()
    for found in token.children:
        if found.dep_ == "prt" and ("n", f"{lemma} {found.lower_}") in load_status_words():
            return f"{lemma} {found.lower_}"
    return lemma


# --- adjectives


def _of_adjective(parse: Parse, adjective: Token, depth: int) -> Decision:
    head = adjective.head
    if adjective.dep_ == "amod":
        return _status(parse, head, depth - 1) if head.pos_ == "NOUN" else _HAPPENED
    negation = next((c for c in adjective.children if c.dep_ == "neg"), None)
    if negation is not None:
        return Decision("denied", negation)
    return _status(parse, head, depth - 1) if head.pos_ in ("VERB", "AUX") else _HAPPENED


# --- nouns


def _of_noun(parse: Parse, noun: Token, depth: int) -> Decision:
    local = _at_noun(parse, noun)
    if local is not None and local.status == "denied":
        return local
    outer = _above_noun(parse, noun, depth)
    if outer.status == "denied":
        return outer
    return local if local is not None else outer


def _at_noun(parse: Parse, noun: Token) -> Decision | None:
    effects = load_status_words()
    for found in noun.children:
        if found.i > noun.i:
            break
        if found.dep_ in ("det", "neg") and found.lower_ in ("no", "neither", "not"):
            return Decision("denied", found)
        effect = effects.get(("m", found.lower_))
        if effect is not None and found.dep_ in ("amod", "compound", "nmod", "advmod"):
            return Decision(_AS_STATUS[effect], found)
    return None


_AS_STATUS: dict[str, Status] = {
    "planned": "planned",
    "possible": "possible",
    "denied": "denied",
    "ongoing": "ongoing",
    "fact": "happened",
}


def _above_noun(parse: Parse, noun: Token, depth: int) -> Decision:
    head = noun.head
    if head is noun:
        return _HAPPENED
    if noun.dep_ == "conj":
        return _above_noun(parse, head, depth - 1) if depth > 1 else _HAPPENED
    if noun.dep_ == "compound":
        effect = load_status_words().get(("N", _lemma(parse, head)))
        if effect in ("planned", "possible", "denied"):
            return _with_governor(parse, head, effect, depth)
        return _above_noun(parse, head, depth - 1) if depth > 1 else _HAPPENED
    if noun.dep_ == "pobj":
        return _of_prepositional(parse, noun, head, depth)
    if noun.dep_ in ("dobj", "nsubjpass", "attr", "dative", "oprd", "nsubj"):
        return _of_argument(parse, noun, head, depth)
    return _HAPPENED


def _of_prepositional(parse: Parse, noun: Token, preposition: Token, depth: int) -> Decision:
    if preposition.lower_ == "without":
        return Decision("denied", preposition)
    if preposition.lower_ in words("factual prepositions"):
        return _HAPPENED
    # "called for A and for B"
    head = preposition.head.head if preposition.dep_ == "conj" else preposition.head
    if _definite(noun) and _lemma(parse, head) in words("presupposing"):
        return _HAPPENED
    if head.pos_ in ("NOUN", "PROPN"):
        effect = load_status_words().get(("N", _lemma(parse, head)))
        if effect in ("planned", "possible", "denied") and preposition.lower_ in words("content"):
            return _with_governor(parse, head, effect, depth)
        return _HAPPENED
    if head.pos_ in ("VERB", "AUX"):
        return _of_argument(parse, noun, head, depth)
    if head.pos_ == "ADJ" and load_status_words().get(("a", _lemma(parse, head))) == "possible":
        return _with_governor(parse, head, "possible", depth)
    return _HAPPENED


def _of_argument(parse: Parse, noun: Token, verb: Token, depth: int) -> Decision:
    if noun.dep_ == "nsubj":
        said = child(verb, "acomp") if verb.pos_ == "AUX" else None
        if said is not None and said.lower_ in words("coming"):
            return _with_governor(parse, said, load_status_words()["a", said.lower_], depth)
        taking_place = _lemma(parse, verb) in words("coming about")
        return _of_verb_status(parse, verb, depth) if taking_place else _HAPPENED
    lemma = _lemma(parse, verb)
    effect = load_status_words().get(("n", lemma))
    if noun.dep_ == "pobj":
        return _after_preposition(parse, noun, verb, effect, depth)
    if lemma in words("presupposing") and _definite(noun):
        return _HAPPENED
    if effect is not None and lemma not in words("only for"):
        return _with_governor(parse, verb, effect, depth)
    if lemma in words("bringing about"):
        return _of_verb_status(parse, verb, depth)
    if _definite(noun):
        return _HAPPENED
    # "may trigger unrest" leaves unrest open; "was not limited to talks" does not deny talks.
    outer = _of_verb_status(parse, verb, depth)
    return outer if outer.status != "denied" else _HAPPENED


def _after_preposition(
    parse: Parse, noun: Token, verb: Token, effect: str | None, depth: int
) -> Decision:
    preposition = noun.head.lower_
    if effect in ("planned", "possible") and preposition in words("content"):
        return _with_governor(parse, verb, effect, depth)
    if preposition in ("in", "under") and verb.lower_ in words("present be"):
        return Decision("ongoing", verb)
    if preposition in ("in", "into") and not _definite(noun):
        return _of_verb_status(parse, verb, depth)
    return _HAPPENED


def _of_verb_status(parse: Parse, verb: Token, depth: int) -> Decision:
    outer = _status(parse, verb, depth - 1)
    return outer if outer.status != "ongoing" else _HAPPENED


def _definite(noun: Token) -> bool:
    found = child(noun, "det", "poss")
    return found is not None and found.lower_ not in ("a", "an", "any", "some", "no", "another")


# --- questions


def _asked(token: Token) -> bool:
    return _last_of_sentence(token).text == "?"


def _asks_why(token: Token) -> bool:
    """Tell whether the question is why: what it asks about is taken as true."""
    return any(found.lower_ == "why" for found in _clause_words(token))


def _clause_words(token: Token) -> list[Token]:
    """Return the words that hang from `token` and from the verbs above it."""
    found = list(token.children)
    for _ in range(_MAX_DEPTH):
        if token.head is token:
            break
        token = token.head
        found += token.children
    return found


def _last_of_sentence(token: Token) -> Token:
    last = token.sent[-1]
    while (last.is_space or last.is_quote) and last.i > token.i:
        last = last.nbor(-1)
    return last
