"""Where a cue's content stands: one small rule a frame of the lexicon.

Each rule takes the tree and the cue's token and returns the tokens of the content as
(first, last) pairs, or nothing.
"""

from collections.abc import Callable
from functools import cache

from pipeline.extract.quotes.lexicon import cues
from pipeline.extract.quotes.speakers import is_passive
from pipeline.extract.quotes.tree import Tree

Ranges = list[tuple[int, int]]
RAISING = "raising"
"""The frame of verbs like "seem", whose subject is no speaker."""


def clause(tree: Tree, cue: int) -> Ranges:
    """A finite clause: "said (that) the deal was off"."""
    found = [child for child in tree.with_dep(cue, "ccomp") if not is_infinitive(tree, child)]
    after = [child for child in found if child > cue]
    chosen = after[0] if after else (found[-1] if found else None)
    return [_own_clause(tree, cue, chosen)] if chosen is not None else []


def person_clause(tree: Tree, cue: int) -> Ranges:
    """A clause after the person told, which the parser may hang on the person."""
    found = clause(tree, cue)
    person = tree.first(cue, "dobj", "dative")
    return found if found or person is None else noun_clause(tree, person)


def _own_clause(tree: Tree, cue: int, verb: int) -> tuple[int, int]:
    """Return the clause without what the cue's own sentence goes on with.

    The parser hangs "…, adding that" and "… but did not say" on the clause reported; a cue
    there that has no subject of its own shares the reporting verb's.
    """
    first, last = subtree(tree, verb)
    for child in tree.children[verb]:
        if child > verb > cue and _resumes(tree, cue, verb, child):
            before = tree.left[child] - 1
            while before > verb and tree.pos[before] in ("PUNCT", "CCONJ"):
                before -= 1
            return first, before
    return first, last


def _resumes(tree: Tree, cue: int, verb: int, child: int) -> bool:
    entries = cues().get(tree.word[child], ())
    if not any(entry.part == "verb" for entry in entries) or tree.first(child, "nsubj") is not None:
        return False
    if tree.dep[child] == "advcl" and tree.tag[child] == "VBG":
        return tree.word[tree.left[child] - 1] == "," or tree.word[tree.left[child]] == ","
    return tree.dep[child] == "conj" and tense(tree, child) == tense(tree, cue) != tense(tree, verb)


def tense(tree: Tree, verb: int) -> str:
    """Return the tag of the finite verb: the first auxiliary, else the verb itself."""
    auxiliary = tree.first(verb, "aux", "auxpass")
    return tree.tag[auxiliary if auxiliary is not None else verb]


def noun_clause(tree: Tree, cue: int) -> Ranges:
    """A clause that tells a noun's content: "the claim that the deal was off"."""
    for child in tree.with_dep(cue, "acl", "ccomp", "relcl"):
        mark = tree.first(child, "mark")
        if mark is not None and tree.word[mark] == "that" and child > cue:
            return [subtree(tree, child)]
    return []


def question(tree: Tree, cue: int) -> Ranges:
    """An indirect question: "asked whether he would stay"."""
    for child in tree.with_dep(cue, "ccomp", "advcl", "pcomp"):
        if child > cue and tree.word[tree.left[child]] in QUESTION_WORDS:
            return [subtree(tree, child)]
    return []


QUESTION_WORDS = frozenset(
    ("whether", "if", "what", "who", "whom", "whose", "why", "how", "when", "where", "which")
)


def infinitive(tree: Tree, cue: int) -> Ranges:
    """An infinitive: "vowed to stay"."""
    for child in tree.with_dep(cue, "xcomp", "ccomp", "acl", "advcl"):
        if child > cue and is_infinitive(tree, child) and _follows(tree, cue, child):
            return [subtree(tree, child)]
    return []


def _follows(tree: Tree, cue: int, child: int) -> bool:
    """Whether an adverbial infinitive stands so near that it completes the cue."""
    return tree.dep[child] != "advcl" or tree.left[child] - cue <= 1


def person_infinitive(tree: Tree, cue: int) -> Ranges:
    """Whom and what: "urged the party to wait"."""
    for child in tree.with_dep(cue, "xcomp", "ccomp", "advcl"):
        if child < cue or not is_infinitive(tree, child):
            continue
        person = _person(tree, cue, child)
        if person is not None and cue < person < child:
            return [(tree.left[person], tree.right[child])]
    return []


def _person(tree: Tree, cue: int, verb: int) -> int | None:
    """Return who is to do it: an object, the subject of the infinitive, or X of "called on X"."""
    found = tree.first(cue, "dobj", "dative")
    if found is None:
        found = tree.first(verb, "nsubj")
    for link in tree.with_dep(cue, "prep"):
        if found is None and tree.word[link] in ("on", "upon"):
            found = tree.first(link, "pobj")
    return found


def gerund(tree: Tree, cue: int) -> Ranges:
    """A gerund: "denied taking money"."""
    for child in tree.with_dep(cue, "xcomp", "ccomp"):
        if child > cue and tree.tag[child] == "VBG":
            return [subtree(tree, child)]
    return []


def predicate(tree: Tree, cue: int) -> Ranges:
    """A name given to something: "called the plan a disgrace"."""
    named = tree.first(cue, "oprd", "attr", "acomp", "xcomp", "ccomp")
    if named is None or named < cue:
        return []
    subject = tree.first(cue, "dobj", "nsubjpass")
    subject = subject if subject is not None else tree.first(named, "nsubj")
    if subject is None or tree.right[subject] >= cue:
        return [(cue + 1, tree.right[named])]
    return [subtree(tree, subject), subtree(tree, named)]


def thing(tree: Tree, cue: int) -> Ranges:
    """An object: "denied the charges"; the subject of a passive: "the charges were denied"."""
    found = tree.first(cue, "dobj")
    if found is None and is_passive(tree, cue):
        found = tree.first(cue, "nsubjpass")
    return [subtree(tree, found)] if found is not None else []


def whole_thing(tree: Tree, cue: int) -> Ranges:
    """An object and what follows on it: "backed him over his rival".

    A passive needs somebody who did it: "he was questioned" tells of no question.
    """
    if is_passive(tree, cue) and tree.first(cue, "agent", "dobj") is None:
        return []
    ranges = thing(tree, cue)
    if not ranges or ranges[0][0] < cue:
        return ranges
    first, last = ranges[0]
    for link in tree.with_dep(cue, "prep"):
        if tree.left[link] == last + 1 and tree.word[link] in _LINKS:
            last = tree.right[link]
    return [(first, last)]


def thing_with(*links: str) -> Callable[[Tree, int], Ranges]:
    """Make the rule for an object and what a preposition adds: "accused him of lying"."""

    def rule(tree: Tree, cue: int) -> Ranges:
        objects = thing(tree, cue)
        for link in tree.with_dep(cue, "prep"):
            if tree.word[link] in links and link > cue and objects:
                first, last = objects[0]
                if first < cue:
                    return [objects[0], (link, tree.right[link])]
                return [(first, max(last, tree.right[link]))]
        return []

    return rule


def prepositional(link_word: str) -> Callable[[Tree, int], Ranges]:
    """Make the rule for what follows one preposition: "called for talks"."""

    def rule(tree: Tree, cue: int) -> Ranges:
        for link in tree.with_dep(cue, "prep", "agent"):
            if tree.word[link] == link_word and link > cue and tree.right[link] > link:
                return [(link + 1, _with_infinitive(tree, cue, tree.right[link]))]
        return []

    return rule


def _with_infinitive(tree: Tree, cue: int, last: int) -> int:
    """Go on to what somebody is to do: "called for the army to leave"."""
    for child in tree.with_dep(cue, "xcomp", "ccomp", "advcl"):
        if tree.left[child] == last + 1 and is_infinitive(tree, child):
            return tree.right[child]
    return last


def passive_infinitive(tree: Tree, cue: int) -> Ranges:
    """A belief without a believer: "the vote is expected to be close"."""
    subject = tree.first(cue, "nsubjpass")
    found = infinitive(tree, cue)
    return [subtree(tree, subject), *found] if subject is not None and found else []


def raising(tree: Tree, cue: int) -> Ranges:
    """A look of things: "the plan seems to work", "it appears that the plan works".

    Not so before a cue, which it only weakens: "seemed to suggest".
    """
    subject = tree.first(cue, "nsubj", "expl")
    named = tree.first(cue, "xcomp", "oprd", "acomp", "ccomp", "attr")
    if subject is None or named is None or named < cue or subject > cue:
        return []
    if tree.word[subject] in QUESTION_WORDS or tree.word[subject] == "that":
        return []
    if tree.dep[named] == "xcomp" and tree.word[named] in cues():
        return []
    if tree.dep[named] == "ccomp":
        return [subtree(tree, named)]
    return [subtree(tree, subject), (cue + 1, tree.right[named])]


def is_infinitive(tree: Tree, verb: int) -> bool:
    """Tell whether `verb` has "to" before it."""
    return any(
        tree.word[child] == "to" and tree.dep[child] in ("aux", "mark")
        for child in tree.children[verb]
    )


def subtree(tree: Tree, token: int) -> tuple[int, int]:
    """Return the first and last token under `token`."""
    return tree.left[token], tree.right[token]


_LINKS = (
    *("for", "of", "about", "on", "to", "as", "at"),
    *("in", "against", "with", "upon", "over", "regarding"),
)

_VERB_FRAMES: list[tuple[str, Callable[[Tree, int], Ranges]]] = [
    ("person-clause", person_clause),
    ("clause", clause),
    ("question", question),
    ("person-question", question),
    ("person-to", person_infinitive),
    ("passive-to", passive_infinitive),
    (RAISING, raising),
    ("to", infinitive),
    ("predicate", predicate),
    ("object-as", thing_with("as")),
    ("object-of", thing_with("of")),
    ("object-for", thing_with("for")),
    ("object-to", thing_with("to", "with")),
    ("object-with", thing_with("with", "to")),
    ("object-on", thing_with("on")),
    ("gerund", gerund),
    *[(f"prep:{link}", prepositional(link)) for link in _LINKS],
    ("object", whole_thing),
]
_NOUN_FRAMES = [("clause", noun_clause), ("to", infinitive)]


@cache
def frame_rules(
    part: str, frames: frozenset[str]
) -> list[tuple[str, Callable[[Tree, int], Ranges]]]:
    """Return the rules for a cue of `part` with `frames`, in the order to be tried."""
    rules = _VERB_FRAMES
    if part == "noun":
        rules = [*_NOUN_FRAMES, *(rule for rule in rules if rule[0].startswith("prep:"))]
    return [rule for rule in rules if rule[0] in frames]
