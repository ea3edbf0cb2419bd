"""Reading WARC archives: `python benchmarks/warc.py [RECORDS] [WORDS]`.

Writes an archive of invented pages to a temporary folder, packed record by record as Common Crawl
packs them, and reads it twice: in a bare loop of fastwarc that takes each response's bytes, and as
`onrecord run` reads it in its first pass (everything but the parsing of HTML). Tells records and
CPU seconds of each, and the memory held after each tenth of the second.
"""

import gzip
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipeline.config import Source
from pipeline.ingest import documents
from pipeline.records import RawDocument

SYLLABLES = ("ka", "lo", "mi", "ra", "te", "su", "no", "ve", "pi", "da", "en", "or", "il", "ut")
TENTHS = 10


def vocabulary(chance: random.Random) -> list[str]:
    return ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(5000)]


def page(number: int, words: int, known: list[str], chance: random.Random) -> bytes:
    text = chance.choices(known, k=words)
    parts = [" ".join(text[start : start + 40]) for start in range(0, words, 40)]
    body = "".join(f"<p>{part.capitalize()}, señor.</p>\n" for part in parts)
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in text[:60])
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Page {number}</title></head>"
        f"<body><nav><ul>{menu}</ul></nav><article>{body}</article></body></html>"
    ).encode()


def record(kind: str, number: int, block: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{number}>\r\n"
        f"WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: https://echo.example/{number}\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=1)


def write(path: Path, count: int, words: int) -> None:
    chance = random.Random(7)
    known = vocabulary(chance)
    with path.open("wb") as file:
        for number in range(count):
            asked = f"GET /{number} HTTP/1.1\r\nHost: echo.example\r\n\r\n".encode()
            file.write(record("request", number, asked))
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            file.write(record("response", number, answer + page(number, words, known, chance)))


def bare(path: Path) -> Iterator[int]:
    for found in ArchiveIterator(str(path), record_types=WarcRecordType.response):
        yield len(found.reader.read())


def first_pass(path: Path) -> Iterator[int]:
    for found in documents(Source(location=str(path)), max_bytes=50_000_000):
        assert isinstance(found, RawDocument), found
        yield len(found.content)


def told(name: str, items: Iterator[int], count: int) -> float:
    process, memory = psutil.Process(), []
    began, characters = time.process_time(), 0
    for number, size in enumerate(items, start=1):
        characters += size
        if number % max(1, count // TENTHS) == 0:
            memory.append(process.memory_info().rss // 2**20)
    seconds = time.process_time() - began
    print(f"{name}: {number} records, {characters / 1e6:.0f} M characters, {seconds:.1f} CPU s,")
    print(f"  {number / seconds:.0f} records/s; MiB held after each tenth: {memory}")
    return seconds


def main(count: int = 50_000, words: int = 1200) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.warc.gz"
        write(path, count, words)
        print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
        loop = told("bare fastwarc loop", bare(path), count)
        ours = told("first pass of a run", first_pass(path), count)
        print(f"ratio {loop / ours:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
