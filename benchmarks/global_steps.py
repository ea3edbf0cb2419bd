"""What the steps over all articles cost: `benchmarks/global_steps.py [--articles N] TEXT ...`.

Makes the rows of N articles (about as many of each table as news has, a third of the articles
copies, half the mentions of a few famous entities), then times what a run does with all of them:
loading, the global steps and the writing of the tables. TEXT is as in `copies.py`.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pyarrow as pa
from resampled import Press, sentences

from pipeline.export.release import stage_tables
from pipeline.resolve import (
    Database,
    Side,
    allow_loading,
    allow_resolving,
    allow_writing,
    duplicates,
    entities,
    event_groups,
    open_database,
    register_ids,
    stories,
)
from pipeline.schema import arrow_schema, load_dataset, load_tables

POOL = 5000
A_DAY = 380_000
FILE_BYTES = 2**30
RATES = {"mentions": 40, "entities": 12, "quotes": 6, "events": 6, "event_actors": 9}
"""Rows an article of 400 words."""

ARTICLES = """
    SELECT id('a', n, 0) AS article_id, n::VARCHAR AS record_id, 'made' AS source, 'made' AS uri,
        'https://paper' || n % 500 || '.example/' || n AS url, 'Paper ' || n % 500 AS publisher,
        'paper' || n % 500 || '.example' AS publisher_domain, pool[1 + n % len(pool)] AS title,
        make_timestamptz(1709251200000000 + n * 86400000000 // {a_day}) AS published_at,
        'second' AS published_precision, 'en' AS language, text, [0] AS paragraph_starts,
        length(text) AS n_chars, 400 AS n_words, sha256(text) AS text_sha256,
        sha256(text) AS raw_sha256, 1 AS revision, id('a', n, 0) AS story_id,
        '1' AS pipeline_version
    FROM (
        SELECT n, pool, array_to_string(list_transform(range(18), lambda i:
            pool[(1 + hash(family, i) % len(pool))::BIGINT] || ' ' || hex(hash(family, i, 1))),
            '. ') || '. Only in ' || n || '. More news at the foot of paper ' || n % 500 AS text
        FROM (SELECT n, CASE WHEN n % 1000 < 40 THEN n // 1000 * 1000
                             WHEN n % 10 > 6 THEN n - n % 10 + 6 ELSE n END AS family
              FROM range({first}, {last}) AS numbers(n)), pool
    )
"""
SPAN = "k * 50 AS char_start, k * 50 + 9 AS char_end, 'Name ' || e AS text"
SENTENCE = "k * 50 AS sentence_start, k * 50 + 40 AS sentence_end"
ROWS = {
    "mentions": f"id('m', n, k) AS mention_id, {SPAN}, id('e', e, 0) AS entity_id,"
    f" if(k % 3 = 0, 'pronoun', 'name') AS kind, 'PERSON' AS type, {SENTENCE}",
    "entities": "id('e', e, 0) AS entity_id, 'Name ' || e || if(k % 5 = 0, ' Jr', '') AS name,"
    " 'PERSON' AS type, ['N. ' || e] AS aliases, if(e % 3 = 0, 'PER', NULL) AS country,"
    " 4 AS n_mentions, 1 AS n_articles",
    "quotes": f"id('q', n, k) AS quote_id, {SPAN}, 'direct' AS kind, [k] AS piece_starts,"
    " [k] AS piece_ends, 'said' AS cue_text, id('e', e, 0) AS speaker_entity_id,"
    " 'Name ' || e AS speaker_name, 'states' AS attitude, false AS negated, .7 AS confidence",
    "events": "id('v', n, k) AS event_id, 'CONSULT' AS type, 'happened' AS status,"
    " 'CONSULT' AS plover_type, []::VARCHAR[] AS context, 'verbal' AS quad_class,"
    f" 'met' AS trigger_text, 'meet' AS trigger_lemma, {SENTENCE}, 'none' AS date_basis,"
    " id('e', e, 0) AS actor_entity_id, id('e', e + k, 0) AS recipient_entity_id,"
    " id('v', n, k) AS event_group_id, .6 AS confidence",
    "event_actors": f"id('v', n, k * 6 // 9) AS event_id, 'actor' AS role, k AS position, {SPAN},"
    " id('e', e, 0) AS entity_id",
}
"""The columns of each row, of article `n`, row `k` in it and entity `e`; others are empty."""


ROW_GROUP = 4096
"""Rows a group: in a run each shard is a file of its own, with no more of most tables."""


def blank(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "[]"
    return "''" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else "0"


def fill(database: Database, table: str, query: str, file: Path) -> None:
    """Write the rows of `query` to `file`, required columns it lacks as blanks."""
    shape = arrow_schema(load_tables()[table]).remove_metadata()
    given = set(database.sql(query + " LIMIT 0").columns)
    chosen = [
        f"{name if name in given else 'NULL'} AS {name}"
        if name in given or shape.field(name).nullable
        else f"{blank(shape.field(name).type)} AS {name}"
        for name in shape.names
    ]
    database.register("shape", shape.empty_table())
    database.execute(
        f"COPY (SELECT * FROM shape UNION ALL SELECT {', '.join(chosen)} FROM ({query}))"
        f" TO '{file}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def write(folder: Path, texts: list[Path], count: int) -> None:
    press = Press(sentences(texts), seed=2)
    pool = [" ".join(press.sentence(press.chance("pool", n))) for n in range(POOL)]
    with closing(open_database(folder / "made.duckdb")) as database:
        # What is invented here needs more than a run: a pool of texts stands in each row.
        database.execute("SET memory_limit = '2GB'")
        database.register("pool_rows", pa.table({"pool": [pool]}))
        database.execute(
            "CREATE TABLE pool AS FROM pool_rows; CREATE MACRO id(letter, n, k) AS"
            " letter || left(md5(n::VARCHAR || '/' || k::VARCHAR), 16)"
        )
        step = 50_000
        for first in range(0, count, step):
            last = min(first + step, count)
            query = ARTICLES.format(a_day=A_DAY, first=first, last=last)
            fill(database, "articles", query, folder / f"articles-{first:08}.parquet")
        for table, columns in ROWS.items():
            # The third power makes a few entities famous.
            query = f"""
                SELECT {columns}, id('a', n, 0) AS article_id FROM (
                    SELECT n, k, ({count} * pow(hash(n, k % 12) / pow(2, 64), 3))::BIGINT AS e
                    FROM range({count}) AS a(n), range({RATES[table]}) AS b(k))
            """
            fill(database, table, query, folder / f"{table}-0.parquet")
    (folder / "made.duckdb").unlink()


class Peak(threading.Thread):
    """Watches what this process holds in memory."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes = 0

    def run(self) -> None:
        process = psutil.Process(os.getpid())
        while True:
            self.bytes = max(self.bytes, process.memory_info().rss)
            time.sleep(0.05)


def steps(database: Database, made: Path, out: Path) -> dict[str, Callable[[], object]]:
    def load() -> None:
        for table in ("articles", *ROWS):
            database.execute(f"CREATE TABLE {table} AS FROM '{made}/{table}-*.parquet'")
        for table in ("quarantine", "removals"):
            database.register("empty", arrow_schema(load_tables()[table]).empty_table())
            database.execute(f"CREATE TABLE {table} AS FROM empty")
        allow_resolving(database)

    def export() -> None:
        allow_writing(database)
        stage_tables(database, out, max_file_bytes=FILE_BYTES)

    return {
        "load": load,
        "copies": lambda: duplicates.mark_duplicates(database),
        "stories": lambda: stories.mark_stories(database),
        "entities": lambda: entities.merge_entities(database),
        "event groups": lambda: event_groups.group_events(database),
        "registry": lambda: register_ids(database, Side({}, {}), release=1),
        "export": export,
    }


def measure(made: Path, out: Path, count: int) -> None:
    (out / ".work").mkdir(parents=True)
    # As a run does.
    pa.set_memory_pool(pa.system_memory_pool())
    peak = Peak()
    peak.start()
    print(f"| {count} articles | CPU s | s | peak GiB |\n| --- | --- | --- | --- |")
    total = [0.0, 0.0]
    with closing(open_database(out / ".work" / "resolve.duckdb")) as database:
        texts = [str(file) for file in made.glob("articles-*.parquet")]
        allow_loading(database, texts, documents=count)
        for name, step in steps(database, made, out).items():
            cpu, wall, peak.bytes = time.process_time(), time.monotonic(), 0
            step()
            spent = time.process_time() - cpu, time.monotonic() - wall
            total = [a + b for a, b in zip(total, spent, strict=True)]
            print(
                f"| {name} | {spent[0]:.1f} | {spent[1]:.1f} | {peak.bytes / 2**30:.2f} |",
                flush=True,
            )
        told = database.execute(
            "SELECT count(*), count(duplicate_of), count(DISTINCT story_id) FROM articles"
        ).fetchone()
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"| all | {total[0]:.1f} | {total[1]:.1f} | {highest:.2f} |")
    work = sum(file.stat().st_size for file in (out / ".work").glob("*.duckdb"))
    staged = sum(file.stat().st_size for file in (out / ".work" / "staged").rglob("*.parquet"))
    print(f"articles, copies, stories: {told}; databases {work / 2**30:.2f} GiB,", end=" ")
    print(f"release {staged / count:.0f} bytes an article; tables {load_dataset().tables}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write(given.write, given.texts, given.articles)
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made")
        made.mkdir()
        # In a process of its own, so that the memory told below is that of the steps.
        subprocess.run([sys.executable, *sys.argv, "--write", made], check=True)
        measure(made, Path(folder, "out"), given.articles)


if __name__ == "__main__":
    main()
