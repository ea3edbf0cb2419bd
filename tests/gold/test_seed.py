"""The seed article as a person reads it: `seed.json` was written by hand before any rule."""

import json
from pathlib import Path

import pytest

from pipeline.config import Settings, Source
from pipeline.extract import Analyser
from pipeline.ingest import documents
from pipeline.normalise import normalise

pytestmark = pytest.mark.model

READING = json.loads((Path(__file__).parent / "seed.json").read_text("utf-8"))
SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def article():
    (raw,) = documents(Source(location=str(SEEDS)), max_bytes=10**6)
    return normalise(raw, pipeline_version="test", max_chars=10**6)


@pytest.fixture(scope="module")
def found(article):
    return next(Analyser(spacy_model=Settings().spacy_model).analyses([article]))


@pytest.fixture(scope="module")
def names(found):
    return {entity.entity_id: entity.name for entity in found.entities}


def by_start(found, text, starts):
    rows = [quote for quote in found.quotes if quote.text.startswith(starts)]
    assert len(rows) == 1, f"{len(rows)} quotes start with {starts!r}"
    return rows[0]


def days(row, start, end):
    return [str(value)[:10] for value in (getattr(row, start), getattr(row, end)) if value]


def test_article(article):
    expected = READING["article"]
    for name in ("title", "publisher", "publisher_domain", "agency", "authors", "language", "url"):
        assert getattr(article, name) == expected[name], name
    assert article.published_at.date().isoformat() == expected["published_at"]
    assert article.published_precision == expected["published_precision"]
    assert article.text.startswith(expected["first_words"])
    assert article.text.endswith(expected["last_words"])
    headings = [article.text[start:].split("\n")[0] for start in article.heading_starts]
    assert headings == expected["headings"]
    assert [words for words in expected["absent"] if words in article.text] == []


@pytest.mark.parametrize(
    ("type_", "surface"),
    [(type_, surface) for type_, surfaces in READING["types"].items() for surface in surfaces],
)
def test_a_name_has_one_type_everywhere(found, type_, surface):
    types = {mention.type for mention in found.mentions if mention.text == surface}
    assert types == {type_}


@pytest.mark.parametrize("surfaces", READING["one_entity"], ids="/".join)
def test_mentions_of_one_thing_are_one_entity(found, surfaces):
    ids = {mention.entity_id for mention in found.mentions if mention.text in surfaces}
    assert len(ids) == 1


def test_there_are_seventeen_quotes(found):
    assert len(found.quotes) == len(READING["quotes"]) == 17


@pytest.mark.parametrize("expected", READING["quotes"], ids=lambda quote: quote["starts"])
def test_quote(found, article, names, expected):
    quote = by_start(found, article.text, expected["starts"])
    assert quote.kind == expected["kind"]
    assert quote.negated == expected.get("negated", False)
    assert len(quote.piece_starts) == expected.get("pieces", 1)
    assert days(quote, "said_start", "said_end") == expected.get("said", [])
    assert quote.via_text == expected.get("via")
    if "speaker" in expected:
        assert quote.speaker_name == expected["speaker"]
        assert names[quote.speaker_entity_id] == expected["speaker"]
    if "speaker_text" in expected:
        assert quote.speaker_text == expected["speaker_text"]
    if "addressee" in expected:
        assert quote.addressee_text.startswith(expected["addressee"])


def event_named(found, text, expected):
    near = text.find(expected["near"]) if "near" in expected else None
    rows = [
        event
        for event in found.events
        if event.trigger_text.split()[0] == expected["trigger"]
        and (near is None or near <= event.trigger_start < near + len(expected["near"]))
    ]
    assert len(rows) == 1, f"{len(rows)} events {expected['trigger']!r}"
    return rows[0]


@pytest.mark.parametrize(
    "expected", READING["events"], ids=lambda event: event.get("near", event["trigger"])
)
def test_event(found, article, names, expected):
    event = event_named(found, article.text, expected)
    assert event.status == expected["status"]
    assert event.type == expected.get("type", event.type)
    assert days(event, "date_start", "date_end") == expected.get("date", [])
    assert event.actor_country == expected.get("actor_country", event.actor_country)
    assert event.recipient_country == expected.get("recipient_country", event.recipient_country)
    assert event.place_country == expected.get("place_country", event.place_country)
    if "actor" in expected:
        assert event.actor_name == expected["actor"]
    if "recipient" in expected:
        assert event.recipient_name == expected["recipient"]
    if "actors" in expected:
        rows = [a for a in found.event_actors if (a.event_id, a.role) == (event.event_id, "actor")]
        assert {names[row.entity_id] for row in rows} == set(expected["actors"])


def test_every_span_is_its_text(found, article):
    for mention in found.mentions:
        assert article.text[mention.char_start : mention.char_end] == mention.text
    for quote in found.quotes:
        assert article.text[quote.char_start : quote.char_end] == quote.text
    for event in found.events:
        assert article.text[event.trigger_start : event.trigger_end] == event.trigger_text
    for time in found.times:
        assert article.text[time.char_start : time.char_end] == time.text
