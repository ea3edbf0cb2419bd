"""What `onrecord check` of a large release costs: `python benchmarks/check.py RELEASE MEGABYTES`.

Repeats the release in the folder RELEASE, with ids of its own for each copy, until its tables have
about so many megabytes of Parquet; then times the whole command and prints its peak of memory.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipeline.export.release import Versions, finish, release_file
from pipeline.export.tables import write_table
from pipeline.schema import Table, load_dataset, load_tables

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


def main(source: Path, megabytes: int) -> None:
    names = load_dataset().tables
    size = sum(path.stat().st_size for name in names for path in source.glob(f"{name}*.parquet"))
    with tempfile.TemporaryDirectory() as folder:
        made = enlarge(source, Path(folder), max(1, round(megabytes * 1e6 / size)))
        (rows,) = duckdb.sql(f"SELECT count(*) FROM '{folder}/articles*.parquet'").fetchall()
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "check", folder], capture_output=True, text=True
        )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        seconds, peak = time.monotonic() - began, used.ru_maxrss / 1e3
        print(f"{made / 1e6:.0f} MB of Parquet, {rows[0]:,} articles")
        print(f"{seconds:.1f} s, {cpu:.1f} CPU s, {peak:.0f} MB of memory at most")
        print(done.stdout.strip().replace(folder, "the release"), done.stderr.strip())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
