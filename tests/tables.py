"""A small release whose tables agree with each other, for tests of gates and descriptors."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from factory import article

from pipeline.schema import arrow_schema, load_tables

TEXT = (
    "Norland will send ships to Sudland in May, the minister said.\n\n"
    "“We keep our word,” Ada Færgemand said, “and we keep it on time.”"
)
DAY = datetime(2020, 5, 1)  # noqa: DTZ001 -- days have no zone
INSTANT = datetime(2020, 3, 2, tzinfo=UTC)
NORLAND, SUDLAND, ADA = ("e" + char * 16 for char in "bcd")
ARTICLE, EVENT, QUOTE, GROUP = "a" * 17, "v" + "b" * 16, "q" + "b" * 16, "g" + "b" * 16
FIRST_MENTION, SECOND_MENTION, THIRD_MENTION = ("m" + char * 16 for char in "bcd")


def span(surface: str) -> dict[str, object]:
    start = TEXT.index(surface)
    return {"char_start": start, "char_end": start + len(surface), "text": surface}


def sentence() -> dict[str, object]:
    return {"sentence_start": 0, "sentence_end": TEXT.index("\n")}


def rows() -> dict[str, list[dict[str, object]]]:
    """Rows of every table, fresh for each test to spoil."""
    record = article(
        TEXT, article_id=ARTICLE, story_id=ARTICLE, title="Ships in May", published_day=DAY
    )
    second = TEXT.index("“We")
    quote = {
        "quote_id": QUOTE,
        "article_id": ARTICLE,
        **span(TEXT[second:]),
        "kind": "direct",
        "piece_starts": [second, TEXT.index("“and")],
        "piece_ends": [TEXT.index(" Ada"), len(TEXT)],
        **renamed("cue", span("said,")),
        **renamed("speaker", span("Ada Færgemand")),
        "speaker_mention_id": THIRD_MENTION,
        "speaker_entity_id": ADA,
        "speaker_name": "Ada Færgemand",
        "attitude": "states",
        "negated": False,
        "confidence": 0.5,
    }
    event = {
        "event_id": EVENT,
        "article_id": ARTICLE,
        "type": "AID",
        "status": "planned",
        "plover_type": "AGREE",
        "context": ["military"],
        "quad_class": "material-cooperation",
        **renamed("trigger", span("send")),
        "trigger_lemma": "send",
        **sentence(),
        "actor_text": "Norland",
        "recipient_text": "Sudland",
        "actor_entity_id": NORLAND,
        "recipient_entity_id": SUDLAND,
        "date_text": "in May",
        "date_start": DAY,
        "date_end": DAY.replace(day=31),
        "date_precision": "month",
        "date_basis": "relative",
        "intensity": 10.0,
        "event_group_id": GROUP,
        "confidence": 0.25,
    }
    return {
        "articles": [{name: getattr(record, name) for name in record.__slots__}],
        "entities": [
            entity(NORLAND, "Norland", "GPE"),
            entity(SUDLAND, "Sudland", "GPE"),
            entity(ADA, "Ada Færgemand", "PERSON"),
        ],
        "mentions": [
            mention(FIRST_MENTION, NORLAND, "Norland", "GPE"),
            mention(SECOND_MENTION, SUDLAND, "Sudland", "GPE"),
            {
                **mention(THIRD_MENTION, ADA, "Ada Færgemand", "PERSON"),
                "sentence_start": second,
                "sentence_end": len(TEXT),
            },
        ],
        "quotes": [quote],
        "events": [event],
        "event_actors": [
            actor("actor", "Norland", NORLAND),
            actor("recipient", "Sudland", SUDLAND),
        ],
        "quarantine": [
            {
                "source": "tests",
                "record_id": "odd.txt",
                "uri": "tests/odd.txt",
                "stage": "ingest",
                "rule": "unreadable",
                "detail": "not UTF-8 at byte 3",
            }
        ],
    }


def renamed(prefix: str, place: dict[str, object]) -> dict[str, object]:
    return {f"{prefix}_{name.removeprefix('char_')}": value for name, value in place.items()}


def entity(entity_id: str, name: str, kind: str) -> dict[str, object]:
    return {
        "entity_id": entity_id,
        "name": name,
        "type": kind,
        "aliases": [],
        "n_mentions": 1,
        "n_articles": 1,
        "first_published_at": INSTANT,
        "last_published_at": INSTANT,
    }


def mention(mention_id: str, entity_id: str, surface: str, kind: str) -> dict[str, object]:
    return {
        "mention_id": mention_id,
        "article_id": ARTICLE,
        "entity_id": entity_id,
        **span(surface),
        "kind": "name",
        "type": kind,
        **sentence(),
    }


def actor(role: str, surface: str, entity_id: str) -> dict[str, object]:
    return {
        "event_id": EVENT,
        "article_id": ARTICLE,
        "role": role,
        "position": 0,
        **span(surface),
        "entity_id": entity_id,
    }


def write(folder: Path, content: dict[str, list[dict[str, object]]]) -> dict[str, list[Path]]:
    """Write the tables into `folder`; return their files by table."""
    tables = load_tables()
    files = {}
    for name, entries in content.items():
        schema = arrow_schema(tables[name])
        complete = [dict.fromkeys(schema.names) | entry for entry in entries]
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(complete, schema=schema), path)
        files[name] = [path]
    return files
