"""What `onrecord check` of a large release costs: `python -m benchmarks.check RELEASE MEGABYTES`.

Repeats the release in the folder RELEASE, with ids of its own for each copy, until its tables have
about so many megabytes of Parquet (somewhat fewer if it is small: copies of one article side by
side compress well); then times the whole command and prints its peak of memory. For RELEASE
`training/corpus` a release of the corpus's articles is made first: news as varied as real news.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import duckdb

from pipeline.export.release import Versions, finish, release_file
from pipeline.export.tables import write_table
from pipeline.schema import Table, load_dataset, load_tables
from training.corpus_reader import read_corpus

IDS = ("article_id", "mention_id", "quote_id", "event_id", "story_id", "duplicate_of",
       "speaker_mention_id", "attributed_to_quote_id", "event_group_id")  # fmt: skip
"""Columns whose values are another copy's own; entities are those of all copies."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def copy_sql(table: Table, source: Path, copies: int) -> str:
    """SQL for the rows of a table, once a copy; the copy's number goes behind an id's first letter.

    Ids of one copy so stay together in a table sorted by them, as those of other articles would.
    """
    number = " || ".join(f"'{_LETTERS}'[1 + (copy // {32**power}) % 32]" for power in (2, 1, 0))
    columns = []
    for column in table.columns:
        if column in IDS and table.name != "entities":
            columns.append(f"left({column}, 1) || {number} || substr({column}, 5) AS {column}")
        elif column in ("n_mentions", "n_articles"):
            columns.append(f"({column} * {copies})::INT AS {column}")
        else:
            columns.append(f'"{column}"')
    times = 1 if table.name == "entities" else copies
    rows = f"'{source}/{table.name}*.parquet', range({times}) AS r(copy)"
    return f"SELECT {', '.join(columns)} FROM {rows}"


def enlarge(source: Path, folder: Path, copies: int) -> int:
    """Write the release; return its bytes of Parquet."""
    dataset, tables = load_dataset(), load_tables()
    files = []
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        for name in dataset.tables:
            database.execute(f"CREATE VIEW {name} AS {copy_sql(tables[name], source, copies)}")
            for path in write_table(
                database, name, tables[name], folder, stem=name, max_bytes=2**30
            ):
                files.append(release_file(folder, path, table=name))
    finish(
        folder, files, {}, [], previous=None, versions=Versions("0", "0", "0", dataset.version),
        counts={}, pipeline_version="0", now=datetime.now(UTC), sources=[], contact=None,
    )  # fmt: skip
    return sum(file.bytes for file in files)


def corpus_release(corpus: Path, folder: Path) -> Path:
    """Make a release of the annotated corpus's articles in `folder`; return where it lies."""
    with (folder / "corpus.jsonl").open("w", encoding="utf-8") as file:
        for article in read_corpus(corpus):
            record = {"id": article.id, "text": article.text, "language": "en"}
            file.write(json.dumps({**record, "published_at": str(article.published)}) + "\n")
    run = [sys.executable, "-m", "pipeline", "run", folder / "corpus.jsonl", "--out"]
    subprocess.run([*run, folder / "release"], capture_output=True, check=True)
    return folder / "release"


def contents(folder: str) -> str:
    """Say how many rows of each table a release has, and how much text."""
    names = [name for name in load_dataset().tables if name != "quarantine"]
    rows = {
        name: duckdb.sql(f"SELECT count(*) FROM '{folder}/{name}*.parquet'").fetchall()[0][0]
        for name in names
    }
    (chars,) = duckdb.sql(f"SELECT sum(n_chars) FROM '{folder}/articles*.parquet'").fetchall()[0]
    told = ", ".join(f"{count:,} {name}" for name, count in rows.items())
    return f"{told}; {chars / 1e6:.0f} million code points of text"


def main(source: Path, megabytes: int) -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as folder:
        if not (source / "manifest.json").exists():
            source = corpus_release(source, Path(first))
        names = load_dataset().tables
        size = sum(p.stat().st_size for name in names for p in source.glob(f"{name}*.parquet"))
        # In a process of its own: Linux counts a parent's peak of memory as its child's, too.
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            copies = max(1, round(megabytes * 1e6 / size))
            made = apart.submit(enlarge, source, Path(folder), copies).result()
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "pipeline", "check", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            told = process.stdout.read()
            _, _, used = os.wait4(process.pid, 0)
        seconds, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
        print(f"{made / 1e6:.0f} MB of Parquet: {contents(folder)}")
        print(f"{seconds:.1f} s, {cpu:.1f} CPU s, {used.ru_maxrss / 1e3:.0f} MB of memory at most")
        print(told.strip().replace(folder, "the release"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
