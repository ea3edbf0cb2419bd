"""When and where: the days and the place that belong to an act rather than to its report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from spacy.tokens import Token

from pipeline.extract.events.lexicon import load_status_words, words
from pipeline.extract.events.syntax import child
from pipeline.extract.nlp import Parse
from pipeline.records import Span, Status, Timex

_STEPS = 6


class Calendar:
    """The dated expressions of one article, by the word each hangs from."""

    def __init__(
        self, parse: Parse, times: Sequence[Timex], published_on: date | None = None
    ) -> None:
        """Attach every expression that means days to its predicate."""
        self._parse = parse
        self._published_on = published_on
        self._by_word: dict[int, list[tuple[int, Timex]]] = {}
        for timex in times:
            if timex.date_start is None:
                continue
            tokens = parse.tokens(Span(timex.char_start, timex.char_end))
            if tokens:
                head = _head(tokens)
                for word in _hosts(head):
                    self._by_word.setdefault(word.i, []).append((head.i, timex))

    def of(self, trigger: Token, support: Token | None) -> Timex | None:
        """Return the expression that dates the act at `trigger`: its own, or its clause's."""
        for word in self._clause(trigger, support):
            found = self._by_word.get(word.i)
            if found:
                return min(found, key=lambda entry: abs(entry[0] - trigger.i))[1]
        return self._under(trigger)

    def _under(self, trigger: Token) -> Timex | None:
        """Return the past days that an infinitive takes: "was forced to quit in July"."""
        open_clause = child(trigger, "xcomp") if trigger.pos_ in ("VERB", "AUX") else None
        if open_clause is None or open_clause.tag_ != "VB":
            return None
        effect = load_status_words().get(("v", self._parse.lemma(trigger).lower()))
        if effect not in ("denied", "fact", "possible", None) or not _is_past(trigger):
            return None
        found = self._by_word.get(open_clause.i, [])
        past = [timex for _, timex in found if not in_future(timex, self._published_on)]
        return past[0] if past else None

    def _clause(self, trigger: Token, support: Token | None) -> list[Token]:
        """Return the words whose dates hold for `trigger`, the nearest first."""
        words = [trigger]
        if support is not None:
            words.append(support)
        current = trigger
        for _ in range(_STEPS):
            head = current.head
            if head is current or not self._shares_time(current, head):
                break
            words.append(head)
            current = head
        return words

    def _shares_time(self, token: Token, head: Token) -> bool:
        """Tell whether what dates `head` dates `token` too."""
        if head.pos_ not in ("VERB", "AUX"):
            return token.dep_ in ("pobj", "prep", "conj", "compound") or token.pos_ == "ADP"
        if token.pos_ in ("NOUN", "PROPN", "ADP"):
            return self._reports(head) is False
        if token.dep_ == "conj":
            return False
        effect = load_status_words().get(("v", self._parse.lemma(head).lower()))
        if token.dep_ in ("xcomp", "acomp"):
            return effect in ("fact", "ongoing", "planned", None)
        return token.dep_ == "advcl" and token.tag_ == "VBG"

    def _reports(self, verb: Token) -> bool:
        return load_status_words().get(("v", self._parse.lemma(verb).lower())) == "report"


def _head(tokens: Sequence[Token]) -> Token:
    inside = {token.i for token in tokens}
    for token in tokens:
        if token.head.i not in inside or token.head is token:
            return token
    return tokens[0]


def _hosts(head: Token) -> list[Token]:
    """Return the first noun and the first verb above a dated expression."""
    found: list[Token] = []
    current = head
    for _ in range(_STEPS):
        if current.head is current:
            break
        current = current.head
        if current.pos_ in ("VERB", "AUX", "ADJ"):
            found.append(current)
            break
        if current.pos_ in ("NOUN", "PROPN"):
            found.append(current)
            if current.dep_ in ("nsubj", "pobj") and not _is_occasion(current):
                break
    return found


def _is_past(verb: Token) -> bool:
    return verb.tag_ in ("VBD", "VBN") and not any(c.tag_ == "MD" for c in verb.children)


def is_past(verb: Token) -> bool:
    """Tell whether a verb says itself that it is done: "was shut until May" is no plan."""
    return verb.tag_ == "VBD" or any(
        found.dep_ in ("aux", "auxpass") and found.lower_ in ("was", "were", "has", "had", "have")
        for found in verb.children
    )


def _is_occasion(noun: Token) -> bool:
    """Tell whether a phrase says on what occasion: "during the debate on Monday"."""
    preposition = noun.head
    if noun.dep_ != "pobj" or preposition.head.pos_ not in ("VERB", "AUX"):
        return False
    if preposition.lower_ == "during":
        return True
    return preposition.lower_ in ("at", "on", "in") and noun.lower_ in words("occasions")


@dataclass(frozen=True, slots=True)
class Dating:
    """The columns of an event that say when."""

    text: str | None
    start: date | None
    end: date | None
    precision: str | None
    basis: str


UNDATED = Dating(None, None, None, None, "none")


def dating(timex: Timex | None, status: Status, published_on: date | None) -> Dating:
    """Return when an act took place; what has happened cannot last beyond the publication day."""
    if timex is None or timex.date_start is None:
        return UNDATED
    found = Dating(timex.text, timex.date_start, timex.date_end, timex.precision, timex.basis)
    if status not in ("happened", "ongoing") or published_on is None or found.end is None:
        return found
    clipped = timex.date_start <= published_on < found.end
    return replace(found, end=published_on) if clipped else found


def in_future(timex: Timex | None, published_on: date | None) -> bool:
    """Tell whether an expression means days after publication."""
    if timex is None or timex.date_start is None or published_on is None:
        return False
    return timex.date_start > published_on
