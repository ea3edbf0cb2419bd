"""What a rerun costs: `python benchmarks/rerun.py [ARTICLES]`.

Writes invented articles to a temporary folder and times whole `onrecord run` commands: the first
run, a second one with nothing changed, a third with one article in a hundred changed. Processor
time is that of the command and every process it started.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLACES = ("Callao", "Arica", "Tacna", "Sucre", "Oruro", "Salta", "Cusco", "Iquique")
PEOPLE = ("Ana Quispe", "Luis Rojas", "Marta Ibarra", "Pedro Salas", "Elena Duarte")
ACTS = ("met miners", "signed a trade agreement", "visited the port", "rejected the plan")
SENTENCES = (
    "Minister {who} {act} in {place} on {day}, officials said.",
    '"We will not give up the {n} jobs at the harbour," {who} told reporters in {place}.',
    "Talks with the union would go on until July, according to {who}.",
    "{who} said {n} families in {place} had not yet been paid for their land.",
    "Some {n} teachers marched through {place} last week to demand higher wages.",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def article(number: int, version: int) -> str:
    chance = random.Random(number * 1000 + version)
    parts = [
        chance.choice(SENTENCES).format(
            who=chance.choice(PEOPLE),
            act=chance.choice(ACTS),
            place=chance.choice(PLACES),
            day=chance.choice(DAYS),
            n=chance.randrange(20, 90_000),
        )
        for _ in range(8)
    ]
    return "\n\n".join(" ".join(parts[start : start + 2]) for start in range(0, 8, 2))


def write(path: Path, count: int, changed: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            version = int(changed > 0 and number % (count // changed) == 0)
            record = {
                "id": str(number),
                "text": article(number, version),
                "published_at": f"2024-05-{number % 28 + 1:02d}",
                "language": "en",
            }
            file.write(json.dumps(record) + "\n")


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(source: Path, out: Path) -> tuple[float, float, dict]:
    began, used = time.monotonic(), cpu_seconds()
    done = subprocess.run(
        [Path(sys.executable).with_name("onrecord"), "run", source, "--out", out, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return time.monotonic() - began, cpu_seconds() - used, json.loads(done.stdout)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "news.jsonl"), Path(folder, "data")
        first = None
        for name, changed in (("first", 0), ("unchanged", 0), ("1 % changed", count // 100)):
            write(source, count, changed)
            *costs, counts = run(source, out)
            first = first or costs
            (wall, wall_share), (cpu, cpu_share) = (
                (cost, cost / of) for cost, of in zip(costs, first, strict=True)
            )
            told = {key: counts[key] for key in ("articles", "new", "changed", "unchanged")}
            print(f"{name}: {wall:.1f} s, {wall_share:.1%} of the first; {told}")
            print(f"    processor: {cpu:.1f} s, {cpu_share:.1%} of the first")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
