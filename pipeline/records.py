"""The things the pipeline passes on: plain records, no behaviour beyond what the data means.

`Article` … `EventActor` are rows of the tables in `schemas/`: same names, same order (a test
says so). Offsets are Unicode code points into `Article.text`, half-open, never bytes or tokens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

MentionKind = Literal["name", "nominal", "pronoun"]
EntityType = Literal[
    "PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "LAW", "WORK"
]
QuoteKind = Literal["direct", "indirect", "mixed"]
Attitude = Literal["states", "denies", "asks", "intends", "believes", "evaluates"]
Status = Literal["happened", "ongoing", "planned", "possible", "denied"]
Role = Literal["actor", "recipient"]
TextPolicy = Literal["full", "excerpt", "none"]


class Span(NamedTuple):
    """A half-open range `[start, end)` of code points of `Article.text`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the surface: the words of `text` the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as received, decoded; nothing cleaned yet.

    Attributes:
        source: name of the configured source it came from.
        record_id: the record's own id, else its path below the source.
        uri: where it was read.
        media_type: "text/plain" (a file in the layout of `seeds/`), "text/html", or
            "text/x-clean" (text that is already an article's body).
        content: the document, decoded.
        raw_sha256: SHA-256 of the bytes received, hexadecimal.
        given: what the record says of itself: any of title, subtitle, authors (list of str),
            published_at, modified_at (ISO 8601 strings), publisher, url, language, licence,
            agency, section, dateline. Values are as received, not yet checked.
        defaults: licence, language and publisher of a document that does not say them itself.
        retrieved_at: when it was fetched; `None` for a local file.
        hints: what the feed or sitemap that names it says of it, in the names of `given`; what the
            document says itself may be better.
    """

    source: str
    record_id: str
    uri: str
    media_type: str
    content: str
    raw_sha256: str
    given: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    retrieved_at: datetime | None = None
    hints: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Article:
    """One article in normal form; one row of `articles`."""

    article_id: str
    record_id: str
    source: str
    uri: str
    url: str | None
    publisher: str | None
    publisher_domain: str | None
    title: str | None
    subtitle: str | None
    authors: list[str]
    agency: str | None
    dateline: str | None
    section: str | None
    published_at: datetime | None
    published_precision: str | None
    published_day: date | None
    modified_at: datetime | None
    language: str
    text: str
    paragraph_starts: list[int]
    heading_starts: list[int]
    n_chars: int
    n_words: int
    text_sha256: str
    raw_sha256: str
    revision: int
    duplicate_of: str | None
    story_id: str
    licence: str | None
    text_policy: TextPolicy
    retrieved_at: datetime | None
    found_in: list[str]
    pipeline_version: str


@dataclass(frozen=True, slots=True)
class Mention:
    """One occurrence of an entity in an article; one row of `mentions`."""

    mention_id: str
    article_id: str
    entity_id: str
    char_start: int
    char_end: int
    text: str
    kind: MentionKind
    type: EntityType
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing in the world; one row of `entities`, as one article or as all of them know it."""

    entity_id: str
    name: str
    type: EntityType
    aliases: list[str]
    wikidata_id: str | None
    wikipedia_title: str | None
    country: str | None
    sector: str | None
    geonames_id: int | None
    latitude: float | None
    longitude: float | None
    description: str | None
    n_mentions: int
    n_articles: int
    first_published_at: datetime | None
    last_published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words an article attributes to someone; one row of `quotes`.

    After PARC 3.0 (Pareti, LREC 2016), whose "source" is our `speaker`. The content includes
    its quotation marks; `piece_starts` and `piece_ends` are the parts its cue leaves.
    """

    quote_id: str
    article_id: str
    char_start: int
    char_end: int
    text: str
    kind: QuoteKind
    piece_starts: list[int]
    piece_ends: list[int]
    cue_text: str | None
    cue_lemma: str | None
    cue_start: int | None
    cue_end: int | None
    speaker_text: str | None
    speaker_start: int | None
    speaker_end: int | None
    speaker_mention_id: str | None
    speaker_entity_id: str | None
    speaker_name: str | None
    via_text: str | None
    via_entity_id: str | None
    addressee_text: str | None
    addressee_entity_id: str | None
    said_start: date | None
    said_end: date | None
    attitude: Attitude
    negated: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Event:
    """One act a sentence tells of, with its status and its own time; one row of `events`."""

    event_id: str
    article_id: str
    type: str
    status: Status
    plover_type: str
    mode: str | None
    context: list[str]
    quad_class: str
    trigger_text: str
    trigger_lemma: str
    trigger_start: int
    trigger_end: int
    status_cue_text: str | None
    sentence_start: int
    sentence_end: int
    actor_text: str | None
    recipient_text: str | None
    actor_name: str | None
    recipient_name: str | None
    actor_entity_id: str | None
    recipient_entity_id: str | None
    actor_country: str | None
    recipient_country: str | None
    actor_sector: str | None
    recipient_sector: str | None
    date_text: str | None
    date_start: date | None
    date_end: date | None
    date_precision: str | None
    date_basis: str
    place_text: str | None
    place_entity_id: str | None
    place_country: str | None
    latitude: float | None
    longitude: float | None
    attributed_to_quote_id: str | None
    intensity: float | None
    event_group_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class EventActor:
    """One participant of an event; one row of `event_actors`."""

    event_id: str
    article_id: str
    role: Role
    position: int
    text: str
    char_start: int
    char_end: int
    mention_id: str | None
    entity_id: str | None
    name: str | None
    country: str | None
    sector: str | None


@dataclass(frozen=True, slots=True)
class Timex:
    """A temporal expression, as TIMEX3 has it, and the days it covers (both inclusive).

    Attributes:
        type: DATE, TIME, DURATION or SET.
        value: TIMEX3 value ("2019-12-03", "2020-H1", "P5Y").
        date_start: first day meant; `None` for durations, sets and what cannot be resolved.
        date_end: last day meant, inclusive.
        basis: "explicit" (names its own year), "relative" (read against the publication day or
            another expression) or "none" (no days).
        precision: day, week, month, quarter, half or year; `None` without days.
    """

    char_start: int
    char_end: int
    text: str
    type: Literal["DATE", "TIME", "DURATION", "SET"]
    value: str
    date_start: date | None
    date_end: date | None
    basis: Literal["explicit", "relative", "none"]
    precision: str | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything extracted from one article."""

    mentions: list[Mention]
    entities: list[Entity]
    quotes: list[Quote]
    events: list[Event]
    event_actors: list[EventActor]
    times: list[Timex]


@dataclass(frozen=True, slots=True)
class Removal:
    """One row of `removals`: an article taken out for good, and why."""

    article_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of `quarantine`: a record that was not let in, and why."""

    source: str
    record_id: str
    uri: str
    stage: str
    rule: str
    detail: str
    raw_sha256: str | None
    excerpt: str | None
