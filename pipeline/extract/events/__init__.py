"""Who did what to whom, when and where, and did it happen?"""

from collections.abc import Sequence

from spacy.tokens import Token

from pipeline.extract.events.rows import Finder
from pipeline.extract.events.status import decide
from pipeline.extract.nlp import Parse
from pipeline.records import (
    Article,
    Entity,
    Event,
    EventActor,
    Mention,
    Quote,
    Span,
    Status,
    Timex,
)

__all__ = ["event_statuses", "find_events"]


def find_events(
    parse: Parse,
    article: Article,
    mentions: Sequence[Mention],
    entities: Sequence[Entity],
    times: Sequence[Timex],
    quotes: Sequence[Quote],
) -> tuple[list[Event], list[EventActor]]:
    """Return the events an article tells of and everyone who takes part, in order.

    Types, roles and modes follow the codebook in `schemas/plover.json`; the predicates are in
    `lexicons/events/`. Each event is its own group here; groups are made later.
    """
    return Finder(parse, article, mentions, entities, times, quotes).rows()


def event_statuses(parse: Parse, spans: Sequence[Span]) -> list[Status]:
    """Return, for the predicate at each of `spans`, whether it happened."""
    return [_status_at(parse, span) for span in spans]


def _status_at(parse: Parse, span: Span) -> Status:
    tokens = [token for token in parse.tokens(span) if not token.is_space]
    return decide(parse, _top(tokens)).status if tokens else "happened"


def _top(tokens: Sequence[Token]) -> Token:
    """Return the head of a phrase: the first of `tokens` whose own head lies outside."""
    inside = {token.i for token in tokens}
    for token in tokens:
        if token.head is token or token.head.i not in inside:
            return token
    return tokens[0]
