"""Builders of test records."""

import dataclasses
import re
from datetime import UTC, datetime
from hashlib import sha256

from pipeline.ids import content_id
from pipeline.records import Article, Entity, Event, Mention, Quote


def paragraph_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(r"\n\n", text))] if text else []


def article(text: str, **fields: object) -> Article:
    """An article in normal form with `text`; any column may be given."""
    values: dict[str, object] = {
        "article_id": content_id("a", text),
        "record_id": "test",
        "source": "tests",
        "uri": "tests/test",
        "url": None,
        "publisher": None,
        "publisher_domain": None,
        "title": None,
        "subtitle": None,
        "authors": [],
        "agency": None,
        "dateline": None,
        "section": None,
        "published_at": datetime(2019, 11, 26, tzinfo=UTC),
        "published_precision": "day",
        "published_day": None,
        "modified_at": None,
        "language": "en",
        "text": text,
        "paragraph_starts": paragraph_starts(text),
        "heading_starts": [],
        "n_chars": len(text),
        "n_words": len(text.split()),
        "text_sha256": sha256(text.encode()).hexdigest(),
        "raw_sha256": sha256(text.encode()).hexdigest(),
        "revision": 1,
        "duplicate_of": None,
        "story_id": content_id("a", text),
        "licence": None,
        "text_policy": "full",
        "retrieved_at": None,
        "found_in": [],
        "pipeline_version": "test",
    }
    values |= fields
    published = values["published_at"]
    if isinstance(published, datetime) and values["published_day"] is None:
        values["published_day"] = published.date()
    return Article(**{**values, "story_id": values["article_id"], **fields})


def entity(entity_id: str, name: str, **fields: object) -> Entity:
    """An entity of one article."""
    values: dict[str, object] = {
        "entity_id": entity_id,
        "name": name,
        "type": "PERSON",
        "aliases": [],
        "wikidata_id": None,
        "wikipedia_title": None,
        "country": None,
        "sector": None,
        "geonames_id": None,
        "latitude": None,
        "longitude": None,
        "description": None,
        "n_mentions": 1,
        "n_articles": 1,
        "first_published_at": datetime(2019, 11, 26, tzinfo=UTC),
        "last_published_at": datetime(2019, 11, 26, tzinfo=UTC),
    }
    return Entity(**{**values, **fields})


def event(event_id: str, article_id: str, **fields: object) -> Event:
    """An event with a known actor and no day of its own."""
    values: dict[str, object] = {name.name: None for name in dataclasses.fields(Event)}
    values |= {
        "event_id": event_id,
        "article_id": article_id,
        "type": "CONSULT",
        "status": "happened",
        "plover_type": "CONSULT",
        "context": [],
        "quad_class": "verbal-cooperation",
        "trigger_text": "met",
        "trigger_lemma": "meet",
        "trigger_start": 0,
        "trigger_end": 3,
        "sentence_start": 0,
        "sentence_end": 3,
        "actor_entity_id": "Q1",
        "date_basis": "none",
        "event_group_id": event_id,
        "confidence": 0.5,
    }
    return Event(**{**values, **fields})


def mention(mention_id: str, entity_id: str, **fields: object) -> Mention:
    """A name at the beginning of article a1."""
    values: dict[str, object] = {
        "mention_id": mention_id,
        "article_id": "a1",
        "entity_id": entity_id,
        "char_start": 0,
        "char_end": 3,
        "text": "Ana",
        "kind": "name",
        "type": "PERSON",
        "sentence_start": 0,
        "sentence_end": 3,
    }
    return Mention(**{**values, **fields})


def quote(quote_id: str, article_id: str, **fields: object) -> Quote:
    """An indirect quote without cue or speaker."""
    values: dict[str, object] = {name.name: None for name in dataclasses.fields(Quote)}
    values |= {
        "quote_id": quote_id,
        "article_id": article_id,
        "char_start": 0,
        "char_end": 3,
        "text": "Yes",
        "kind": "indirect",
        "piece_starts": [0],
        "piece_ends": [3],
        "attitude": "states",
        "negated": False,
        "confidence": 0.5,
    }
    return Quote(**{**values, **fields})
