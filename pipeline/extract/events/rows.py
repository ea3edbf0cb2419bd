"""From readings of the parse to rows of `events` and `event_actors`."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from spacy.tokens import Token

from pipeline.extract.decoding import log_odds
from pipeline.extract.events.attribution import Quoted
from pipeline.extract.events.codebook import event_type, folded
from pipeline.extract.events.contexts import contexts_of
from pipeline.extract.events.frames import Reader, Reading, is_plural
from pipeline.extract.events.lexicon import words
from pipeline.extract.events.parties import Parties, Party
from pipeline.extract.events.status import Decision, decide
from pipeline.extract.events.syntax import child, prepositional
from pipeline.extract.events.when import Calendar, Dating, dating, in_future, is_past
from pipeline.extract.nlp import Parse
from pipeline.ids import occurrence_ids
from pipeline.records import (
    Article,
    Entity,
    Event,
    EventActor,
    Mention,
    Quote,
    Role,
    Span,
    Timex,
)

_COMMISSIVE = frozenset(("AGREE", "REJECT", "THREATEN"))
_EXPRESSED_BY_DEEDS = frozenset(("ACCUSE", "PROTEST", "REQUEST", "SUPPORT"))
"""Types that are done by the deed they are the purpose of: "blocked the road to protest"."""
_PLACES = frozenset(("GPE", "LOC", "FAC"))
_LOCATIVE = ("in", "at", "near", "outside")

_SURE, _CLEARLY = 0.5, 5
"""How probable harsh words are, and how many times as probable as blows, to be taken for them."""
_UNMARKED = 0.03
"""Probability of an act below which the annotator sees none."""

_INTERCEPT, _OF_TYPE, _OF_STATUS = 0.61, 0.25, 0.11
"""How much the annotator's log odds of an event's type and status tell: a logistic regression on
200 events judged one by one (`docs/judged-events.md`), right in both or not."""


@dataclass(slots=True)
class _Draft:
    """An event on its way to a row."""

    reading: Reading
    decision: Decision
    promised_as: str | None
    actors: list[Party]
    recipients: list[Party]


class Finder:
    """All that is known of one article, asked reading by reading."""

    def __init__(
        self,
        parse: Parse,
        article: Article,
        mentions: Sequence[Mention],
        entities: Sequence[Entity],
        times: Sequence[Timex],
        quotes: Sequence[Quote],
    ) -> None:
        """Index what the other rooms found."""
        self._parse = parse
        self._article = article
        self._parties = Parties(parse, mentions, entities)
        self._reader = Reader(parse, self._parties)
        self._quoted = Quoted(quotes)
        self._published_on: date | None = article.published_day
        self._calendar = Calendar(parse, times, self._published_on)

    def rows(self) -> tuple[list[Event], list[EventActor]]:
        """Return all events with their participants, in the order of the text."""
        drafts = [draft for draft in self._drafts() if self._is_told(draft)]
        ids = occurrence_ids("v", self._article.article_id, map(self._surface, drafts))
        events: list[Event] = []
        actors: list[EventActor] = []
        for draft, event_id in zip(drafts, ids, strict=True):
            events.append(self._event(draft, event_id))
            actors += self._actors(draft, event_id)
        return events, actors

    def _is_told(self, draft: _Draft) -> bool:
        """Tell whether a row says anything: who took part, or where force was used."""
        if draft.decision.status not in ("happened", "ongoing") and self._is_unmarked(draft):
            return False
        if draft.reading.frame.type == "COOPERATE":
            return _takes_two(draft.reading)
        if draft.actors or draft.recipients:
            return True
        return draft.reading.frame.type == "ASSAULT" and self._place(draft) is not None

    def _is_unmarked(self, draft: _Draft) -> bool:
        """Tell whether the annotator sees no act here: in the verb, its noun, a promise above.

        Of such acts, those that nobody says took place were right in one of four when read
        (`docs/judged-events.md`); the lexicon then has the word in another sense.
        """
        told_by = [draft.reading.trigger, *self._reader.taken(draft.reading)]
        if draft.promised_as is not None and draft.decision.cue is not None:
            told_by.append(draft.decision.cue)
        return all(self._probability(token) < _UNMARKED for token in told_by)

    def _probability(self, token: Token, kind: str | None = None) -> float:
        """Return how probable an act, or one of `kind`, is at `token` to the annotator."""
        span = Span(token.idx, token.idx + len(token))
        return self._parse.annotation.probability("acts", span, kind)

    # --- what is told

    def _drafts(self) -> list[_Draft]:
        readings = [self._sensed(reading) for reading in self._reader.readings()]
        decisions = [self._decision(reading) for reading in readings]
        promises: dict[int, Reading] = {}
        for reading, decision in zip(readings, decisions, strict=True):
            promise = self._promise(reading, decision)
            if promise is not None:
                promises[reading.trigger.i] = promise
        spent = {promise.trigger.i for promise in promises.values()}
        return [
            self._draft(reading, decision, promises.get(reading.trigger.i))
            for reading, decision in zip(readings, decisions, strict=True)
            if reading.trigger.i not in spent
        ]

    def _sensed(self, reading: Reading) -> Reading:
        """Return an attack as one of words where the annotator, who reads on, is sure of that."""
        frame, trigger = reading.frame, reading.trigger
        if frame.type != "ASSAULT" or frame.predicate not in words("railing"):
            return reading
        of_words = self._probability(trigger, "ACCUSE")
        if of_words < _SURE or of_words < _CLEARLY * self._probability(trigger, "ASSAULT"):
            return reading
        return replace(reading, frame=replace(frame, type="ACCUSE", mode="disapprove"))

    def _decision(self, reading: Reading) -> Decision:
        """Return what became of an act; a deed done to protest or to demand does so itself."""
        trigger = reading.trigger
        decision = decide(self._parse, trigger)
        if trigger.dep_ not in ("advcl", "xcomp") or reading.frame.type not in _EXPRESSED_BY_DEEDS:
            return decision
        cue = decision.cue
        purpose = cue is not None and cue.head == trigger and cue.tag_ == "TO"
        above = decide(self._parse, trigger.head) if purpose and trigger.tag_ == "VB" else None
        return above if above is not None and above.status == "happened" else decision

    def _promise(self, reading: Reading, decision: Decision) -> Reading | None:
        """Return the promise, refusal or threat whose content this act is.

        PLOVER makes one event of "agreed to withdraw"; so do we, with the act as its type, what
        became of it as its status, and the promise as PLOVER's type.
        """
        if decision.cue is None or decision.cue is reading.trigger:
            return None
        outer = self._reader.reading(decision.cue)
        if outer is None or outer.frame.type not in _COMMISSIVE:
            return None
        opens_clause = any(key in ("x", "c") for test in outer.frame.tests for key in test.keys)
        return outer if opens_clause else None

    def _draft(self, reading: Reading, decision: Decision, promise: Reading | None) -> _Draft:
        actors, recipients = reading.actors, reading.recipients
        if promise is not None:
            actors, recipients = _under_promise(reading, promise)
        timex = self._calendar.of(reading.trigger, reading.support)
        timeless = decision.status == "happened" and not is_past(reading.trigger)
        if timeless and in_future(timex, self._published_on):
            decision = Decision("planned")
        acting = self._named(actors)
        taken = {party.span for party in acting}
        return _Draft(
            reading,
            decision,
            promise.frame.type if promise is not None else None,
            acting,
            [party for party in self._named(recipients) if party.span not in taken],
        )

    def _named(self, heads: Sequence[Token]) -> list[Party]:
        found: dict[Span, Party] = {}
        for head in heads:
            sector = self._reader.who.sector(head)
            for member in self._parties.joined(head) or [head]:
                party = self._parties.party(member, sector)
                found.setdefault(party.span, party)
        return list(found.values())

    def _surface(self, draft: _Draft) -> str:
        return f"{draft.reading.frame.type} {self._trigger(draft).of(self._parse.text)}"

    # --- rows

    def _event(self, draft: _Draft, event_id: str) -> Event:
        reading, decision = draft.reading, draft.decision
        frame = reading.frame
        entry = event_type(frame.type)
        span = self._trigger(draft)
        sentence = _sentence(reading.trigger)
        actor = draft.actors[0] if draft.actors else None
        recipient = draft.recipients[0] if draft.recipients else None
        timex = self._calendar.of(reading.trigger, reading.support)
        when = dating(timex, decision.status, self._published_on)
        place = self._place(draft)
        return Event(
            event_id=event_id,
            article_id=self._article.article_id,
            type=frame.type,
            status=decision.status,
            plover_type=folded(frame.type, decision, draft.promised_as),
            mode=frame.mode,
            context=contexts_of(self._parse, reading),
            quad_class=entry.quad_class,
            trigger_text=span.of(self._parse.text),
            trigger_lemma=frame.predicate.removeprefix("be "),
            trigger_start=span.start,
            trigger_end=span.end,
            status_cue_text=decision.cue.text if decision.cue is not None else None,
            sentence_start=sentence.start,
            sentence_end=sentence.end,
            **_side("actor", actor, self._parse.text),
            **_side("recipient", recipient, self._parse.text),
            **_when(when),
            **self._where(place),
            attributed_to_quote_id=self._quoted.around(span.start),
            intensity=entry.score,
            event_group_id=event_id,
            confidence=self._confidence(draft),
        )

    def _confidence(self, draft: _Draft) -> float:
        """Return how probable it is that type and status are right."""
        trigger, annotation = draft.reading.trigger, self._parse.annotation
        span = Span(trigger.idx, trigger.idx + len(trigger))
        of_type = annotation.probability("acts", span, draft.reading.frame.type)
        of_status = annotation.status(span).get(draft.decision.status, 0.0)
        odds = _INTERCEPT + _OF_TYPE * log_odds(of_type) + _OF_STATUS * log_odds(of_status)
        return round(1 / (1 + math.exp(-odds)), 2)

    def _trigger(self, draft: _Draft) -> Span:
        """Return the span of the predicate, with its particle where that follows at once."""
        token = draft.reading.trigger
        end = token.idx + len(token)
        _, _, second = draft.reading.frame.predicate.partition(" ")
        if token.pos_ == "VERB" and second and token.i + 1 < len(token.doc):
            after = token.nbor(1)
            if after.lower_ == second:
                end = after.idx + len(after)
        return Span(token.idx, end)

    def _place(self, draft: _Draft) -> Token | None:
        reading = draft.reading
        taken = {token.i for token in (*reading.actors, *reading.recipients)}
        hosts = [reading.trigger]
        hosts += [t for t in (reading.support, child(reading.trigger, "dobj")) if t is not None]
        for host in hosts:
            for preposition in _LOCATIVE:
                noun = prepositional(host, preposition)
                if noun is not None and noun.i not in taken and self._is_place(noun):
                    return noun
        return None

    def _is_place(self, noun: Token) -> bool:
        mention = self._parties.mention_at(noun)
        return mention is not None and mention.type in _PLACES

    def _where(self, place: Token | None) -> dict[str, Any]:
        mention = self._parties.mention_at(place) if place is not None else None
        entity = self._parties.entity_at(place) if place is not None else None
        return {
            "place_text": mention.text if mention is not None else None,
            "place_entity_id": entity.entity_id if entity is not None else None,
            "place_country": entity.country if entity is not None else None,
            "latitude": entity.latitude if entity is not None else None,
            "longitude": entity.longitude if entity is not None else None,
        }

    def _actors(self, draft: _Draft, event_id: str) -> Iterator[EventActor]:
        roles: tuple[tuple[Role, list[Party]], ...] = (
            ("actor", draft.actors),
            ("recipient", draft.recipients),
        )
        for role, parties in roles:
            for position, party in enumerate(parties):
                yield EventActor(
                    event_id=event_id,
                    article_id=self._article.article_id,
                    role=role,
                    position=position,
                    text=party.span.of(self._parse.text),
                    char_start=party.span.start,
                    char_end=party.span.end,
                    mention_id=party.mention_id,
                    entity_id=party.entity_id,
                    name=party.name,
                    country=party.country,
                    sector=party.sector,
                )


def _takes_two(reading: Reading) -> bool:
    """Tell whether there is anybody to cooperate with: the codebook has no such act of one."""
    parties = (*reading.actors, *reading.recipients)
    return len(parties) > 1 or any(map(is_plural, parties))


def _under_promise(reading: Reading, promise: Reading) -> tuple[list[Token], list[Token]]:
    """Return the parties of a promised act, filled up from the promise.

    A promise or a refusal is one-sided even where the act would be mutual: who "refused to
    meet" whom.
    """
    actors = reading.actors or promise.actors
    recipients = reading.recipients or [t for t in promise.recipients if t not in actors]
    own = [token for token in actors if token in promise.actors]
    if reading.frame.reciprocal and own:
        return own, [token for token in actors if token not in own]
    return actors, recipients


def _side(role: str, party: Party | None, text: str) -> dict[str, Any]:
    return {
        f"{role}_text": party.span.of(text) if party is not None else None,
        f"{role}_name": party.name if party is not None else None,
        f"{role}_entity_id": party.entity_id if party is not None else None,
        f"{role}_country": party.country if party is not None else None,
        f"{role}_sector": party.sector if party is not None else None,
    }


def _when(when: Dating) -> dict[str, Any]:
    return {
        "date_text": when.text,
        "date_start": when.start,
        "date_end": when.end,
        "date_precision": when.precision,
        "date_basis": when.basis,
    }


def _sentence(token: Token) -> Span:
    sentence = token.sent
    words = sentence.text
    start = sentence.start_char + len(words) - len(words.lstrip())
    return Span(start, sentence.start_char + len(words.rstrip()))
