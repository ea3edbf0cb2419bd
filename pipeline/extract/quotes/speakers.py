"""Who does the saying: the subject of a cue, with its title and apposition."""

from pipeline.extract.quotes.lexicon import words
from pipeline.extract.quotes.tree import Tree
from pipeline.records import Span

_MAX_STEPS = 8
"""Chains of raising and coordinated verbs longer than this are parser errors."""
FINITE = frozenset(("VBD", "VBZ", "VBP"))
_PERFECT = frozenset(("has", "have", "had", "having", "'ve", "'s", "'d"))
CITING = frozenset(("citing", "quoting"))
"""Words whose object is who said it."""
_TRAILING = frozenset(",;:.—–-")


def speaker_token(tree: Tree, cue: int) -> int | None:
    """Return the head of the speaker phrase of the verb, noun or adjective `cue`."""
    if tree.pos[cue] in ("NOUN", "PROPN"):
        return _noun_speaker(tree, cue)
    return _verb_speaker(tree, cue)


def phrase(tree: Tree, head: int) -> Span:
    """Return the phrase of `head`, punctuation at its end left off."""
    first, last = tree.left[head], tree.right[head]
    while last > head and (tree.word[last] in _TRAILING or tree.pos[last] == "SPACE"):
        last -= 1
    while first < head and tree.pos[first] in ("PUNCT", "SPACE", "CCONJ"):
        first += 1
    return tree.span(first, last)


def is_passive(tree: Tree, verb: int) -> bool:
    """Tell whether `verb` is a passive: its subject is not who says it."""
    if tree.first(verb, "auxpass", "nsubjpass") is not None:
        return True
    return tree.tag[verb] == "VBN" and not any(
        tree.word[child] in _PERFECT for child in tree.with_dep(verb, "aux")
    )


def _verb_speaker(tree: Tree, cue: int) -> int | None:
    verb = cue
    for _ in range(_MAX_STEPS):
        relayed = _relayed_speaker(tree, verb)
        if relayed is not None:
            return relayed
        if verb == cue and is_passive(tree, verb) and tree.dep[verb] != "conj":
            return _agent(tree, verb)
        subject = tree.first(verb, "nsubj", "csubj", "nsubjpass")
        if subject is not None:
            return subject
        governor = _governor(tree, verb)
        if governor is None:
            return None
        if tree.pos[governor] in ("NOUN", "PROPN", "PRON"):
            if tree.word[governor] in words("document") and tree.dep[governor] == "dobj":
                verb = tree.head[governor]
                continue
            apart = tree.tag[cue] in FINITE or _after_comma(tree, verb)
            if not apart or (verb == cue and tree.tag[cue] in FINITE):
                return governor
            governor = _clause_above(tree, governor)
        verb = governor
    return None


def _after_comma(tree: Tree, verb: int) -> bool:
    """Whether a participle is set off (", adding"): it goes with the clause, not the noun."""
    before = min(tree.left[verb], verb) - 1
    return tree.tag[verb] == "VBG" and before >= 0 and tree.word[before] == ","


def _clause_above(tree: Tree, noun: int) -> int:
    """Return the verb of the clause `noun` is in: a finite verb does not go on a participle."""
    while tree.pos[noun] not in ("VERB", "AUX") and tree.head[noun] != noun:
        noun = tree.head[noun]
    return noun


def _governor(tree: Tree, verb: int) -> int | None:
    """Return the word whose subject, or which itself, says what a verb without subject says."""
    head, label = tree.head[verb], tree.dep[verb]
    if head == verb:
        return None
    if label == "pcomp":
        head = tree.head[head]
        return _clause_of_link(tree, head)
    if label in ("conj", "xcomp", "advcl", "acl", "dep", "ccomp", "parataxis", "acomp", "attr"):
        return head
    return None


def _clause_of_link(tree: Tree, head: int) -> int | None:
    """Return the verb of "left after saying", of "took heat for saying", or an owner."""
    if tree.pos[head] in ("VERB", "AUX"):
        return head
    owner = tree.first(head, "poss")
    return tree.head[head] if owner is None and tree.dep[head] == "dobj" else owner


def _agent(tree: Tree, verb: int) -> int | None:
    by = tree.first(verb, "agent")
    return tree.first(by, "pobj") if by is not None else None


def _relayed_speaker(tree: Tree, verb: int) -> int | None:
    """Return X of "cited X as saying" and of "X was cited as saying"."""
    relay = relay_verb(tree, verb)
    if relay is None:
        return None
    if is_passive(tree, relay):
        return tree.first(relay, "nsubjpass", "nsubj")
    return tree.first(relay, "dobj", "nsubjpass")


def relay_verb(tree: Tree, verb: int) -> int | None:
    """Return the verb V of "V X as saying", if `verb` is that "saying"."""
    link = tree.head[verb]
    if tree.word[link] != "as" or tree.dep[verb] not in ("pcomp", "advcl"):
        return None
    relay = tree.head[link]
    while tree.pos[relay] not in ("VERB", "AUX") and tree.head[relay] != relay:
        relay = tree.head[relay]
    return relay if tree.word[relay] in words("relay") else None


def relayed_verb(tree: Tree, relay: int) -> int | None:
    """Return the "saying" of "cited X as saying", given "cited"."""
    if tree.word[relay] not in words("relay"):
        return None
    for link in tree.with_dep(relay, "prep"):
        if tree.word[link] == "as":
            return tree.first(link, "pcomp")
    return None


def cites_person(tree: Tree, token: int) -> bool:
    """Tell whether `token` is the "citing" of "citing officials": the officials speak, then."""
    if tree.word[token] not in CITING:
        return False
    cited = tree.first(token, "dobj")
    return cited is not None and (tree.pos[cited] == "PROPN" or tree.word[cited] in words("crowd"))


def _noun_speaker(tree: Tree, noun: int) -> int | None:
    """Return the owner ("her claim"), the agent ("a claim by Jones"), or who makes the claim."""
    owner = tree.first(noun, "poss")
    if owner is not None:
        maker = _maker(tree, noun) if tree.pos[owner] == "PRON" else None
        return owner if maker is None else maker
    for link in tree.with_dep(noun, "prep"):
        if tree.word[link] in ("by", "from"):
            return tree.first(link, "pobj")
    return _maker(tree, noun) if tree.word[tree.head[noun]] in words("light") else None


def _maker(tree: Tree, noun: int) -> int | None:
    """Return the subject of the verb that has `noun` for its object: "voiced her doubts"."""
    verb = tree.head[noun]
    return _verb_speaker(tree, verb) if tree.dep[noun] == "dobj" else None
