"""Which words of a parse tell of an act, and which phrases take part in it.

A `Reading` is one predicate with the frame of the lexicon that fits it and the tokens that fill
its roles. Names, dates and status are added by others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.symbols import ADJ, AUX, NOUN, VERB
from spacy.tokens import Token

from pipeline.extract.events.arguments import Argument, Arguments, clause
from pipeline.extract.events.fit import Fit
from pipeline.extract.events.lexicon import Frame, load_lexicon, words
from pipeline.extract.events.syntax import child, conjuncts, is_passive, subject
from pipeline.extract.events.who import Names, Who, counted
from pipeline.extract.nlp import Parse

_PREDICATES = frozenset((VERB, AUX, NOUN, ADJ))
_SUBJECTS = ("nsubj", "nsubjpass", "aux")
_MUTUAL = frozenset(("CONSULT", "ASSAULT", "COOPERATE"))
"""Types of which a reciprocal act takes two; one side alone may well sign or agree."""
_ADDRESSED = ("REQUEST", "CONCEDE")
_CLAUSE_PARTIES = ("o", "with", "to", "for", "against", "m")


@dataclass(slots=True)
class Reading:
    """One predicate, its frame and the heads of the phrases in its roles.

    Attributes:
        support: the verb a noun leans on ("*held* talks").
    """

    trigger: Token
    frame: Frame
    actors: list[Token]
    recipients: list[Token]
    support: Token | None


class Reader:
    """Reads the acts off one parse; remembers what it found, since clauses point at each other."""

    def __init__(self, parse: Parse, names: Names) -> None:
        """Read `parse` with the lexicon."""
        self._parse = parse
        self._lexicon = load_lexicon()
        self.who = Who(parse, self._lexicon, names)
        self._arguments = Arguments(self.who)
        self._fit = Fit(self.who, self._type_of)
        self._known: dict[int, Reading | None] = {}

    def readings(self) -> Iterator[Reading]:
        """Yield every act, in the order of the text; nouns a verb has taken in are left out."""
        found = [r for token in self._predicates() if (r := self.reading(token)) is not None]
        taken = {noun.i for reading in found for noun in self.taken(reading)}
        for reading in found:
            if reading.trigger.i not in taken:
                yield reading

    def _predicates(self) -> Iterator[Token]:
        """Yield the words that may be predicates by their part of speech."""
        doc = self._parse.doc
        parts = doc.to_array("POS").tolist()
        return (doc[place] for place, part in enumerate(parts) if part in _PREDICATES)

    def reading(self, token: Token) -> Reading | None:
        """Return the act that `token` tells of, if any."""
        if token.pos not in _PREDICATES:
            return None
        if token.i not in self._known:
            self._known[token.i] = None  # a clause that depends on itself has no reading
            self._known[token.i] = self._read(token)
        return self._known[token.i]

    def _type_of(self, token: Token) -> str | None:
        found = self.reading(token)
        return found.frame.type if found is not None else None

    def _read(self, token: Token) -> Reading | None:
        if token.pos == NOUN:
            return self._read_noun(token)
        if token.pos == ADJ:
            return self._first(token, self._frames_of_adjective(token))
        if token.dep_ in ("aux", "auxpass", "amod") or _is_gerund_noun(token):
            # "disputed", "visiting": a quality, told in passing.
            return None
        return self._first(token, self._frames_of_verb(token))

    def _first(self, token: Token, frames: Iterator[Frame]) -> Reading | None:
        """Return the reading of a verb or an adjective by the first frame that fits."""
        argument = self._arguments.of_verb
        for frame in frames:
            if self._fit.frame(token, frame, argument):
                found = self._filled(token, frame, argument, None) if frame.type else None
                return found if found is not None and self._is_done(found) else None
        return None

    def _is_done(self, reading: Reading) -> bool:
        """Tell whether somebody acts: what a plan allows or a figure supports is no act.

        Nobody meets or fights alone.

        Bombs kill, so an ASSAULT may be the doing of a thing.
        """
        frame = reading.frame
        mutual = frame.reciprocal and frame.type in _MUTUAL
        if mutual and not any(test.words for test in frame.tests):
            return len(reading.actors) > 1 or any(map(is_plural, reading.actors))
        if reading.actors or frame.type == "ASSAULT" or "s" not in frame.actors:
            return True
        return self._arguments.of_verb(reading.trigger, "s") is None

    def taken(self, reading: Reading) -> list[Token]:
        """Return the nouns that belong to the reading of a verb ("sign a *deal*")."""
        if reading.trigger.pos_ != "VERB" or reading.frame.type == "THREATEN":
            return []
        keys = [k for t in reading.frame.tests if t.words and not t.absent for k in t.keys]
        found = [self._arguments.of_verb(reading.trigger, key) for key in keys]
        return [noun for token in found if token is not None for noun in conjuncts(token)]

    def _frames_of_verb(self, verb: Token) -> Iterator[Frame]:
        """Yield the frames of a verb: of the verb with its particle, else of the verb alone."""
        lemma = self._parse.lemma(verb).lower()
        seconds = self._lexicon.seconds.get(lemma, frozenset())
        alone = self._lexicon.verbs.get(lemma, ())
        if not seconds and not alone:
            return
        for found in verb.children:
            if found.lower_ in seconds and lemma != "be" and _is_second(found):
                yield from self._lexicon.verbs[f"{lemma} {found.lower_}"]
            if found.dep_ == "prt" or (found.dep_ == "dobj" and _is_reflexive(found)):
                # "end up", "defend himself": not what the verb says by itself.
                alone = ()
        yield from alone

    def _frames_of_adjective(self, adjective: Token) -> Iterator[Frame]:
        if adjective.dep_ in ("acomp", "oprd", "conj"):
            yield from self._lexicon.verbs.get(f"be {adjective.lower_}", ())

    def _read_noun(self, noun: Token) -> Reading | None:
        lemma = self._parse.lemma(noun).lower()
        if lemma not in self._lexicon.noun_heads:
            return None
        if noun.dep_ in ("compound", "amod", "nmod", "npadvmod") or _is_share(noun):
            return None
        argument = self._arguments.of_noun
        for frame in self._frames_of_noun(noun, lemma):
            support = self._arguments.support(noun, joint=frame.reciprocal)
            bare = support is not None and not any(t.words or t.classes for t in frame.tests)
            if bare or self._fit.frame(noun, frame, argument):
                return self._filled(noun, frame, argument, support) if frame.type else None
        return None

    def _frames_of_noun(self, noun: Token, lemma: str) -> Iterator[Frame]:
        for found in noun.children:
            if found.i == noun.i - 1 and found.dep_ in ("compound", "amod"):
                yield from self._lexicon.nouns.get(f"{found.lower_} {lemma}", ())
        yield from self._lexicon.nouns.get(lemma, ())

    def _filled(
        self, trigger: Token, frame: Frame, argument: Argument, support: Token | None
    ) -> Reading:
        every = frame.reciprocal
        actors = self._side(trigger, frame.actors, argument, every=every)
        if frame.type == "PROTEST" and trigger.pos_ == "NOUN":
            # A "protest of farmers" is theirs, one "of his death" is not.
            actors = [token for token in actors if self.who.is_somebody(counted(token))]
        recipients = self._side(trigger, frame.recipients, argument, every=every)
        if every:
            actors = _in_order(actors + recipients) or self._present(trigger)
            recipients = []
        elif support is not None and not recipients and self._arguments.undergoes(support):
            found = subject(support)
            recipients = self.who.parties(found) if found is not None else []
        if not recipients and trigger.pos_ == "VERB":
            recipients = self._told(trigger, frame, argument)
        recipients = [token for token in recipients if token not in actors]
        return Reading(trigger, frame, actors, recipients, support)

    def _told(self, verb: Token, frame: Frame, argument: Argument) -> list[Token]:
        """Return whoever is asked or allowed to act: they can act, whatever their noun."""
        if frame.type not in _ADDRESSED or not any("x" in test.keys for test in frame.tests):
            return []
        found = argument(verb, "o")
        return [found] if found is not None and found.pos_ == "NOUN" else []

    def _present(self, noun: Token) -> list[Token]:
        """Return who met, from "at a meeting ..., X and Y agreed"."""
        if noun.dep_ != "pobj" or noun.head.lower_ not in words("settings"):
            return []
        verb = noun.head.head
        found = subject(verb) if verb.pos_ == "VERB" and not is_passive(verb) else None
        parties = self.who.parties(found) if found is not None else []
        return parties if len(parties) > 1 else []

    def _side(
        self, trigger: Token, keys: Sequence[str], argument: Argument, *, every: bool
    ) -> list[Token]:
        found: list[Token] = []
        for key in keys:
            parties = self._of_key(trigger, key, argument)
            found += [party for party in parties if party not in found]
            if found and not every:
                break
        return found

    def _of_key(self, trigger: Token, key: str, argument: Argument) -> list[Token]:
        if key == "x":
            return self._of_clause(trigger)
        if key == "a":
            return self._of_aims(trigger)
        token = argument(trigger, key)
        if token is None or (key == "s" and self._is_cause(token)):
            return []
        return self.who.parties(token)

    def _is_cause(self, token: Token) -> bool:
        """Tell whether a subject is a rule or a course of things, whoever's it is."""
        return token.pos_ == "NOUN" and self._parse.lemma(token).lower() in words("causes")

    def _of_clause(self, trigger: Token) -> list[Token]:
        """Return whom the clause under `trigger` is done to ("agreed to free X")."""
        inner = clause(trigger, "x") or clause(trigger, "c")
        if inner is None:
            return []
        reading = self.reading(inner)
        if reading is not None and reading.recipients:
            return reading.recipients
        if reading is not None and reading.frame.reciprocal:
            own = self._of_key(trigger, "s", self._arguments.of_verb)
            return [token for token in reading.actors if token not in own]
        return self._side(inner, _CLAUSE_PARTIES, self._arguments.of_verb, every=False)

    def _of_aims(self, trigger: Token) -> list[Token]:
        """Return at whom a protest is aimed: the recipients of what it demands or decries."""
        for found in trigger.children:
            inner = child(found, "pobj", "pcomp") if found.lower_ == "in" else None
            aim = inner if inner is not None else found
            if aim.dep_ in ("advcl", "xcomp", "pobj", "pcomp") and aim.i > trigger.i:
                reading = self.reading(aim)
                if reading is not None and reading.recipients:
                    return reading.recipients
        return []


def is_plural(token: Token) -> bool:
    """Tell whether a phrase means more than one by its head."""
    return token.tag_ in ("NNS", "NNPS") or token.lower_ in ("they", "we")


def _is_gerund_noun(token: Token) -> bool:
    """Tell whether a participle stands where only a noun can: "their *standing* with voters"."""
    return token.dep_ in ("dobj", "pobj") and child(token, "poss", "det") is not None


def _is_second(word: Token) -> bool:
    """Tell whether a word goes with its verb: "called *on* Friday" is not "call on"."""
    noun = child(word, "pobj") if word.dep_ == "prep" else None
    of_time = noun is not None and noun.lower_ in words("calendar")
    return not of_time and word.dep_ not in _SUBJECTS


def _is_share(noun: Token) -> bool:
    """Tell whether a noun is measured in hundredths of the public: "38 percent *support*"."""
    if noun.lower_ not in words("shared out"):
        return False
    return any(found.lower_ in ("percent", "%", "points") for found in noun.children)


def _is_reflexive(token: Token) -> bool:
    return token.lower_ in words("reflexive")


def _in_order(tokens: list[Token]) -> list[Token]:
    return sorted({token.i: token for token in tokens}.values(), key=lambda token: token.i)
