"""A release as large as many articles make it: `python benchmarks/big_release.py DIR [ARTICLES]`.

The rows are invented and mean nothing, but are as many, as long and as varied as those of news: the
tables have their real sizes. They are written by the same code that writes any release. To measure
the explorer page on it: `node explorer/browser/measure.mjs DIR`.
"""

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipeline.export.release import Versions, finish, release_file
from pipeline.export.tables import write_table
from pipeline.schema import Table, load_dataset, load_tables

ENTITIES = 120_000
WORDS_AN_ARTICLE = 450
ROWS_AN_ARTICLE = {"mentions": 45, "quotes": 8, "events": 12, "event_actors": 18}

TYPES = (
    "['AGREE', 'SUPPORT', 'CONSULT', 'AID', 'SANCTION', 'ACCUSE', 'THREATEN', 'COERCE', 'ASSAULT']"
)
STATUSES = "['happened', 'happened', 'happened', 'ongoing', 'planned', 'possible', 'denied']"
DAY = "TIMESTAMP '2015-01-01' + to_days((hash(i, 'day') % 3650)::int)"

MACROS = f"""
CREATE MACRO chance(i, salt) AS (hash(i, salt) % 1000000) / 1000000.0;
-- A few are everywhere, most are rare.
CREATE MACRO entity(i, salt) AS 'Q' || floor(exp(chance(i, salt) * ln({ENTITIES})))::int;
CREATE MACRO name_of(q) AS 'Name ' || upper(md5(q)[1:5]);
CREATE MACRO key(letter, i) AS letter || md5(letter || i)[1:16];
CREATE MACRO pick(list, i, salt) AS list[1 + (hash(i, salt) % len(list))::int];
CREATE MACRO prose(i, words) AS
    list_aggregate(list_transform(range(words), lambda n: pick(getvariable('words'), i, n)),
                   'string_agg', ' ');
SET VARIABLE words = (SELECT list(md5(i::text)[1:(2 + i % 8)]) FROM range(30000) AS t(i));
"""

COLUMNS: dict[str, dict[str, str]] = {
    "articles": {
        "article_id": "key('a', i)",
        "record_id": "i::text",
        "source": "'invented'",
        "uri": "'invented/' || i",
        "publisher": "'Paper ' || (hash(i, 'p') % 40)",
        "title": "prose(i + 1000000, 9)",
        "authors": "[]",
        "published_at": f"{DAY}",
        "published_precision": "'day'",
        "language": "'en'",
        "text": f"prose(i, {WORDS_AN_ARTICLE})",
        "paragraph_starts": "[0]",
        "heading_starts": "[]",
        "n_chars": "2500",
        "n_words": f"{WORDS_AN_ARTICLE}",
        "text_policy": "'full'",
        "text_sha256": "sha256(i::text)",
        "raw_sha256": "sha256(i::text)",
        "revision": "1",
        "story_id": "key('a', i)",
        "pipeline_version": "'0.1.0'",
    },
    "entities": {
        "entity_id": "'Q' || (i + 1)",
        "name": "name_of('Q' || (i + 1))",
        "type": "pick(['PERSON', 'ORG', 'GPE'], i, 't')",
        "aliases": "[]",
        "n_mentions": "1",
        "n_articles": "1",
    },
    "mentions": {
        "mention_id": "key('m', i)",
        "article_id": "key('a', i // 45)",
        "entity_id": "entity(i, 'm')",
        "char_start": "i % 45 * 50",
        "char_end": "i % 45 * 50 + 9",
        "text": "name_of(entity(i, 'm'))",
        "kind": "pick(['name', 'name', 'nominal', 'pronoun'], i, 'k')",
        "type": "pick(['PERSON', 'ORG', 'GPE'], i, 't')",
        "sentence_start": "i % 45 * 50",
        "sentence_end": "i % 45 * 50 + 49",
    },
    "quotes": {
        "quote_id": "key('q', i)",
        "article_id": "key('a', i // 8)",
        "char_start": "i % 8 * 250",
        "char_end": "i % 8 * 250 + 120",
        "text": "prose(i + 2000000, 18)",
        "kind": "pick(['direct', 'indirect', 'mixed'], i, 'k')",
        "piece_starts": "[i % 8 * 250]",
        "piece_ends": "[i % 8 * 250 + 120]",
        "cue_text": "'said'",
        "cue_lemma": "'say'",
        "speaker_text": "name_of(entity(i, 's'))",
        "speaker_entity_id": "entity(i, 's')",
        "speaker_name": "name_of(entity(i, 's'))",
        "attitude": "'states'",
        "negated": "false",
        "confidence": "round(chance(i, 'c'), 2)",
    },
    "events": {
        "event_id": "key('v', i)",
        "article_id": "key('a', i // 12)",
        "type": f"pick({TYPES}, i, 't')",
        "status": f"pick({STATUSES}, i, 's')",
        "plover_type": f"pick({TYPES}, i, 't')",
        "context": "[]",
        "quad_class": "'verbal-cooperation'",
        "trigger_text": "prose(i + 3000000, 1)",
        "trigger_lemma": "prose(i + 3000000, 1)",
        "trigger_start": "i % 12 * 200",
        "trigger_end": "i % 12 * 200 + 7",
        "sentence_start": "i % 12 * 200",
        "sentence_end": "i % 12 * 200 + 150",
        "actor_text": "name_of(entity(i, 'a'))",
        "actor_name": "name_of(entity(i, 'a'))",
        "actor_entity_id": "entity(i, 'a')",
        "recipient_text": "name_of(entity(i, 'r'))",
        "recipient_name": "name_of(entity(i, 'r'))",
        "recipient_entity_id": "entity(i, 'r')",
        "date_start": f"CASE WHEN i % 3 = 0 THEN {DAY} END",
        "date_end": f"CASE WHEN i % 3 = 0 THEN {DAY} END",
        "date_basis": "'relative'",
        "place_text": "CASE WHEN i % 10 = 0 THEN 'Place ' || (hash(i, 'l') % 300) END",
        "latitude": "CASE WHEN i % 10 = 0 THEN (hash(i, 'l') % 300)::int / 2.5 - 50 END",
        "longitude": "CASE WHEN i % 10 = 0 THEN (hash(i, 'l') % 300)::int * 7 % 360 - 180 END",
        "event_group_id": "key('g', i)",
        "confidence": "round(chance(i, 'c'), 2)",
    },
    "event_actors": {
        "event_id": "key('v', i * 2 // 3)",
        "article_id": "key('a', i // 18)",
        "role": "pick(['actor', 'recipient'], i, 'x')",
        "position": "0",
        "text": "name_of(entity(i, 'a'))",
        "char_start": "i % 18 * 100",
        "char_end": "i % 18 * 100 + 9",
        "entity_id": "entity(i, 'a')",
    },
    "quarantine": {},
}


def rows_of(table: Table, count: int) -> str:
    """Return a query for `count` rows; columns that are not invented are null, or empty lists."""
    invented = COLUMNS[table.name]
    columns = ", ".join(
        f"{invented.get(field.name, '[]' if field.arrow.startswith('list') else 'NULL')}"
        f" AS {field.name}"
        for field in table.fields
    )
    return f"(SELECT {columns} FROM range({count}) AS t(i))"


def main(folder: Path, articles: int) -> None:
    folder.mkdir(parents=True)
    dataset, tables = load_dataset(), load_tables()
    sizes = {"articles": articles, "entities": ENTITIES, "quarantine": 0} | {
        name: articles * rows for name, rows in ROWS_AN_ARTICLE.items()
    }
    files = []
    with closing(duckdb.connect()) as database:
        database.execute(MACROS)
        for name, count in sizes.items():
            table = tables[name]
            for path in write_table(
                database, rows_of(table, count), table, folder, stem=name, max_bytes=1 << 30
            ):
                files.append(release_file(folder, path, table=name))
                print(f"{path.name}: {count:,} rows, {path.stat().st_size:,} bytes", flush=True)
    finish(
        folder,
        files,
        {
            "validation.json": json.dumps(
                {
                    "success": True,
                    "statistics": {
                        "expectations": 0,
                        "met": 0,
                        "missed": 0,
                        "broken_references": 0,
                    },
                }
            ),
            "validation.html": "",
        },
        [],
        previous=None,
        versions=Versions("0" * 24, "0" * 24, "none", dataset.version),
        counts=sizes,
        pipeline_version="0.1.0",
        now=datetime.now(UTC),
        sources=[],
        contact=None,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50_000)
