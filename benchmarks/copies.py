"""How well copies are found: `python benchmarks/copies.py [--articles N] [--curve] TEXT ...`.

TEXT is a JSON Lines file of documents with `text` and `licence` (only open ones are used), or a
folder in the format of training/corpus. Of the articles made from it more than half are
copies, each changed in one way and printed by another publisher, with that one's footer:

    headline    the body as it is
    cut 60, 30  the first 60 or 30 % of its words, in half of them the last sentence broken off
    edited      one word in 40 replaced, some neighbouring sentences exchanged
    framed      a dateline before the first sentence, an agency's lines at both ends
    all         cut to 60 %, edited and framed

A copy counts as found when `duplicate_of` names an article of its own family, and as told
rightly when it is marked at all and that is so. `--curve` tries other thresholds.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from resampled import PUBLISHERS, Press, printed, sentences

from pipeline.ids import content_id
from pipeline.records import Article
from pipeline.resolve import Database, duplicates, open_database
from pipeline.schema import load_tables
from pipeline.store import encode

KINDS = ("headline", "cut 60", "cut 30", "edited", "framed", "all")
CURVE = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
BATCH = 10_000


def cut(told: list[list[str]], share: float, chance: Random) -> list[list[str]]:
    left = int(share * sum(map(len, told)))
    kept = []
    for sentence in told:
        if left < len(sentence):
            return [*kept, sentence[:left]] if chance.random() < 0.5 and left > 3 else kept
        kept.append(sentence)
        left -= len(sentence)
    return kept


def edited(told: list[list[str]], press: Press, chance: Random) -> list[list[str]]:
    words = [
        [chance.choice(chance.choice(press.pool)) if chance.random() < 1 / 40 else w for w in s]
        for s in told
    ]
    for place in range(len(words) - 1):
        if chance.random() < 0.1:
            words[place], words[place + 1] = words[place + 1], words[place]
    return words


def framed(told: list[list[str]], chance: Random) -> list[list[str]]:
    town, agency = chance.choice("ABCDEFGH"), chance.choice(("Unite", "Presse", "Central"))
    first = [f"{town}-TOWN", f"({agency})", "-", *told[0]]
    notice = f"This report was produced by {agency} and has not been edited by our staff".split()
    return [notice, first, *told[1:], f"Reporting by {agency} bureau; editing by the desk".split()]


def changed(told: list[list[str]], kind: str, press: Press, chance: Random) -> list[list[str]]:
    match kind:
        case "cut 60":
            return cut(told, 0.6, chance)
        case "cut 30":
            return cut(told, 0.3, chance)
        case "edited":
            return edited(told, press, chance)
        case "framed":
            return framed(told, chance)
        case "all":
            return framed(edited(cut(told, 0.6, chance), press, chance), chance)
    return told


Printed = tuple[str, int, int, list[list[str]], float]


def rows(press: Press, count: int) -> Iterator[Printed]:
    """Yield (kind, story number, publisher, sentences, hours after the original)."""
    chance, made, number = press.chance("copies"), 0, 0
    while made < count:
        told = press.story(number).sentences
        copies = min(int(chance.paretovariate(0.7)) - 1, 60) if chance.random() < 0.5 else 0
        yield "original", number, chance.randrange(PUBLISHERS), told, 0.0
        for _ in range(copies):
            kind = chance.choice(KINDS)
            publisher, hours = chance.randrange(PUBLISHERS), chance.uniform(0.2, 48)
            yield kind, number, publisher, changed(told, kind, press, chance), hours
        made += 1 + copies
        number += 1


def articles(press: Press, count: int) -> Iterator[Article]:
    shown = press.chance("shown")
    for place, (kind, number, publisher, told, hours) in zip(
        range(count), rows(press, count), strict=False
    ):
        text = printed([*told, *press.footer(publisher)], shown)
        values = dict.fromkeys(Article.__slots__)
        values |= {
            "article_id": content_id("a", str(place)),
            "record_id": f"{kind}/{number}",
            "source": "copies",
            "uri": "copies",
            "publisher": f"Publisher {publisher}",
            "authors": [],
            "published_at": press.moment(number, hours=hours),
            "published_precision": "second",
            "language": "en",
            "text": text,
            "paragraph_starts": [],
            "heading_starts": [],
            "n_chars": len(text),
            "n_words": text.count(" "),
            "text_sha256": content_id("t", text),
            "raw_sha256": content_id("t", text),
            "revision": 1,
            "story_id": content_id("a", str(place)),
            "pipeline_version": "benchmark",
        }
        yield Article(**values)


def write(path: Path, texts: list[Path], count: int) -> None:
    press, writer, batch = Press(sentences(texts), seed=1), None, []
    shape = load_tables()["articles"]
    for article in articles(press, count):
        batch.append(article)
        if len(batch) == BATCH:
            writer = writer or pq.ParquetWriter(path, encode(shape, []).schema)
            writer.write_table(encode(shape, batch))
            batch = []
    writer = writer or pq.ParquetWriter(path, encode(shape, []).schema)
    writer.write_table(encode(shape, batch))
    writer.close()


def mark(database: Database, file: Path, where: str = "true") -> tuple[float, float]:
    """Mark the copies of the articles in `file`; return CPU seconds and seconds taken."""
    database.execute("DROP TABLE IF EXISTS articles")
    database.execute(f"CREATE TABLE articles AS FROM '{file}' WHERE {where}")
    cpu, wall = time.process_time(), time.monotonic()
    duplicates.mark_duplicates(database)
    return time.process_time() - cpu, time.monotonic() - wall


def scores(database: Database) -> tuple[dict[str, float], float]:
    """Return recall by kind of change, and precision."""
    told = database.execute(
        """
        SELECT split_part(a.record_id, '/', 1), a.duplicate_of IS NOT NULL,
            split_part(a.record_id, '/', 2) = split_part(o.record_id, '/', 2), count(*)
        FROM articles AS a LEFT JOIN articles AS o ON o.article_id = a.duplicate_of GROUP BY ALL
        """
    ).fetchall()
    all_, right, marked = Counter(), Counter(), 0
    for kind, is_marked, is_right, count in told:
        all_[kind] += count
        right[kind] += count * bool(is_right)
        marked += count * is_marked
    recall = {kind: right[kind] / all_[kind] for kind in KINDS}
    return recall, right.total() / max(marked, 1)


def line(*cells: object) -> None:
    print("| " + " | ".join(f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells) + " |")


def curve(file: Path) -> None:
    line("threshold", *KINDS, "precision")
    for duplicates.MIN_CONTAINED in CURVE:
        with closing(open_database()) as database:
            mark(database, file)
            recall, precision = scores(database)
            line(duplicates.MIN_CONTAINED, *recall.values(), precision)


def measure(folder: Path, file: Path, count: int) -> None:
    with closing(open_database(folder / "resolve.duckdb")) as database:
        cpu, wall = mark(database, file)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"{count} articles: {cpu:.1f} CPU s, {wall:.1f} s, {count / cpu:.0f} a CPU s,", end=" "
        )
        print(f"peak {peak:.2f} GiB", flush=True)
        recall, precision = scores(database)
        line("", *KINDS, "precision")
        line(count, *recall.values(), precision)
        whole = outcome(database)
        mark(database, file, "hash(article_id) % 100 <> 0")
        cpu, wall = mark(database, file)
        print(f"1 % of them new: {cpu:.1f} CPU s, {wall:.1f} s;", end=" ")
        print(f"the same outcome: {outcome(database) == whole};", end=" ")
    print(f"kept {(folder / 'kept.duckdb').stat().st_size / 2**20:.0f} MiB")


def outcome(database: Database) -> list[tuple[str, str]]:
    return database.execute("SELECT article_id, duplicate_of FROM articles ORDER BY 1").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write(given.write, given.texts, given.articles)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "articles.parquet")
        # In a process of its own, so that the memory told below is that of the marking.
        subprocess.run([sys.executable, *sys.argv, "--write", file], check=True)
        if given.curve:
            curve(file)
        else:
            measure(Path(folder), file, given.articles)


if __name__ == "__main__":
    main()
