"""Measures On Record and writes the table of `docs/performance.md`: `make bench`.

    benchmarks/bench.py [PART ...] [--articles N ...] [--workers N ...] [--rows N] [--text TEXT ...]

PART is one or more of `runs stages start rerun steps peers`; without any, all are measured. What
was measured is kept in `benchmarks/measured.json`, part by part, so that a part can be measured
anew without the others; `runs --articles 20000` adds a row. TEXT is as in `copies.py`: files of
open texts, or a folder of articles as `training/corpus`, which is the default.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from throughput import measure, paragraphs, processor_seconds, write

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_name("measured.json")
PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "images" / "cost.svg"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"

SAMPLE = 120
"""Articles for the parts that need no more."""
ARCHIVE = 100_000_000
NODES, NODE_CORES = 16, 64

Figures = dict[str, Any]


def script(name: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name(name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def onrecord(*arguments: object) -> dict[str, float]:
    """Return clock and processor seconds of a command."""
    began, used = time.monotonic(), processor_seconds()
    command = [Path(sys.executable).with_name("onrecord"), *map(str, arguments)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return {"clock": time.monotonic() - began, "processor": processor_seconds() - used}


def runs(given: argparse.Namespace, before: Any) -> list[Figures]:
    """Return `before` with the rows of the articles and workers asked for measured anew."""
    rows = {(row["articles"], row["workers"]): row for row in before or []}
    for row in measure(given.text, given.articles, given.workers, tell):
        rows[row["articles"], row["workers"]] = row
    return [rows[key] for key in sorted(rows)]


def with_sample(given: argparse.Namespace, job: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "news.jsonl")
        write(source, paragraphs(given.text), SAMPLE)
        return job(source)


def stages(given: argparse.Namespace, _: Any) -> Figures:
    return with_sample(given, lambda source: json.loads(script("stages.py", source)))


def start(given: argparse.Namespace, _: Any) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "data")
        found = {"`onrecord --help`": onrecord("--help")}
        found["`onrecord run seeds`"] = onrecord("run", ROOT / "seeds", "--out", out)
        found["the same again"] = onrecord("run", ROOT / "seeds", "--out", out)
    return found


def rerun(given: argparse.Namespace, _: Any) -> list[str]:
    return script("rerun.py", min(given.articles)).splitlines()


def steps(given: argparse.Namespace, before: Any) -> dict[str, str]:
    told = script("global_steps.py", "--articles", given.rows, *given.text)
    return {**(before or {}), str(given.rows): told}


def peers(given: argparse.Namespace, _: Any) -> Figures:
    return with_sample(given, lambda source: json.loads(script("peers.py", source)))


PARTS: dict[str, Callable[[argparse.Namespace, Any], Any]] = {
    "runs": runs,
    "stages": stages,
    "start": start,
    "rerun": rerun,
    "steps": steps,
    "peers": peers,
}


def tell(line: str) -> None:
    print(line, flush=True)


def runs_table(rows: list[Figures]) -> str:
    head = (
        "| articles | workers | words/s of the processor | of a bare pass | articles/s of the"
        " processor | of the clock | driver, MiB | all, MiB | release, bytes an article |\n"
        "|" + " ---: |" * 9
    )
    return "\n".join([head, *map(_run_row, rows)])


def _run_row(row: Figures) -> str:
    words = row["words"] / row["processor"]
    cells = (
        f"{row['articles']:,}",
        row["workers"],
        f"{words:,.0f}",
        f"{words / row['bare']:.2f}",
        f"{row['articles'] / row['processor']:.2f}",
        f"{row['articles'] / row['clock']:.2f}",
        f"{row['driver_bytes'] / 2**20:,.0f}",
        f"{row['all_bytes'] / 2**20:,.0f}",
        f"{row['release_bytes'] / row['articles']:,.0f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def stages_table(found: Figures) -> str:
    stages, words = found["stages"], found["words"]
    whole = sum(stages.values())
    rows = [
        f"| {name} | {1e6 * seconds / words:.1f} | {seconds / whole:.0%} |"
        for name, seconds in sorted(stages.items(), key=lambda stage: -stage[1])
    ]
    head = "| stage | µs a word | share |\n| --- | ---: | ---: |"
    compared = (
        f"All of it: {words / whole:,.0f} words a processor second, {found['bare'] / whole:.2f} of"
        f" the bare pass ({words / found['bare']:,.0f}), the two taking turns shard by shard."
    )
    return "\n".join([head, *rows]) + f"\n\n{compared}"


def start_table(found: Figures) -> str:
    rows = [
        f"| {name} | {cost['clock']:.1f} s | {cost['processor']:.1f} s |"
        for name, cost in found.items()
    ]
    return "\n".join(["| command | clock | processor |\n| --- | ---: | ---: |", *rows])


def peers_table(found: Figures) -> str:
    rows = [
        f"| {name} | {f'{rate:,.0f}' if rate else 'not installed'} |"
        for name, rate in found.items()
    ]
    return "\n".join(["| who | words/s of the processor |\n| --- | ---: |", *rows])


def sizes(rows: list[Figures]) -> tuple[int, list[tuple[int, float]]]:
    """Return workers, of the longest run those with most sizes, and their (articles, seconds)."""
    longest = max(row["articles"] for row in rows)
    given = sorted(row["workers"] for row in rows if row["articles"] == longest)
    workers = max(given, key=lambda number: sum(row["workers"] == number for row in rows))
    return workers, [(r["articles"], r["processor"]) for r in rows if r["workers"] == workers]


def chart(rows: list[Figures]) -> str:
    """Return an SVG: processor seconds by articles, and the line through the last."""
    workers, points = sizes(rows)
    most, top = max(x for x, _ in points), 1.1 * max(y for _, y in points)
    width, height, left, bottom = 420, 220, 60, 40

    def place(x: float, y: float) -> tuple[float, float]:
        return left + (width - left - 20) * x / most, height - bottom - (height - 60) * y / top

    end = place(*max(points))
    origin = place(0, 0)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        f'<text x="{x - 6:.1f}" y="{y - 8:.1f}" text-anchor="end">{seconds:,.0f} s</text>'
        f'<text x="{x:.1f}" y="{height - 22}" text-anchor="middle">{articles:,}</text>'
        for articles, seconds in points
        for x, y in [place(articles, seconds)]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="11">'
        "<title>Processor seconds of a whole run, by articles</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path d="M{origin[0]:.1f} {origin[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" stroke="#999"'
        ' stroke-dasharray="4 3"/>'
        f'<path d="M{left} 20V{height - bottom}H{width - 20}" fill="none" stroke="#333"/>'
        f'<g fill="#0b5394">{dots}</g>'
        f'<text x="{left}" y="14">processor seconds, workers: {workers}</text>'
        f'<text x="{width - 20}" y="{height - 6}" text-anchor="end">articles</text></svg>\n'
    )


def plan(kept: Figures) -> str:
    """Return a paragraph that plans a hundred million articles from what was measured."""
    # The longest run has the least of starting in it.
    row = max(kept["runs"], key=lambda r: r["articles"])
    seconds, driver = row["processor"] / row["articles"], row["driver"] / row["articles"]
    cores = ARCHIVE * seconds / 3600
    disk = ARCHIVE * row["release_bytes"] / row["articles"] / 2**40
    rows, told = max((int(n), text) for n, text in kept["steps"].items())
    shared = float(re.search(r"\| all \| ([\d.]+)", told)[1]) / rows
    return f"""**100 million articles** of {row["words"] / row["articles"]:.0f} words would take
{cores:,.0f} core hours of cores like these ({seconds:.3f} s an article):
{cores / NODES / NODE_CORES:,.0f} hours on {NODES} machines of {NODE_CORES} cores. The release would
have {disk:.2f} TiB. The driver's own part, reading, handing out, storing and all steps over all
articles, was {1e3 * driver:.1f} ms an article with {row["articles"]:,} of them, so that one driver
keeps about {seconds / driver:,.0f} workers busy. Of that the steps over all articles are
{1e3 * shared:.2f} ms ({shared / seconds:.1%} of an article's cost), measured up to {rows:,}
articles. Names and copies are compared within one release, by one machine: an archive is
therefore planned as releases a month of publication, each with a driver of its own. These are
sums made of the figures above, not a run that was made."""


def generated(kept: Figures) -> str:
    parts = [
        BEGIN,
        "## Measured by make bench",
        f"{kept['machine']}, {kept['date']}. Processor seconds are those of all processes of a"
        " command; on a machine with other things to do they are more than on a quiet one, and"
        " clocks mean little. The bare pass (spaCy's md pipeline with all its components, one"
        " thread) was timed right before and after each run. Articles are paragraphs drawn from"
        " openly licensed text.",
    ]
    if "runs" in kept:
        parts += ["### Whole runs, everything included", runs_table(kept["runs"])]
        parts += ["![Processor seconds by articles](images/cost.svg)"] if _has_chart(kept) else []
    if "stages" in kept:
        parts += ["### A shard, stage by stage", stages_table(kept["stages"])]
    if "start" in kept:
        parts += ["### Starting", start_table(kept["start"])]
    if "rerun" in kept:
        parts += ["### Reruns", "\n".join(f"    {line}" for line in kept["rerun"])]
    for rows, told in kept.get("steps", {}).items():
        *table, last = told.strip().splitlines()
        parts += [f"### The steps over all articles, {int(rows):,} of them (invented rows)"]
        parts += ["\n".join(table), last]
    if "peers" in kept:
        parts += ["### Others on the same text", peers_table(kept["peers"])]
    if "runs" in kept and "steps" in kept:
        parts += ["### An archive", plan(kept)]
    return "\n\n".join([*parts, END]) + "\n"


def _has_chart(kept: Figures) -> bool:
    """Return whether there is more than one point to draw."""
    return bool(kept.get("runs")) and len(sizes(kept["runs"])[1]) > 1


def render(kept: Figures) -> None:
    text = PAGE.read_text("utf-8")
    if BEGIN in text:
        before, _, rest = text.partition(BEGIN)
        after = rest.partition(END)[2].lstrip("\n")
    else:
        before, after = text.rstrip("\n") + "\n\n", ""
    PAGE.write_text(before + generated(kept) + (f"\n{after}" if after else ""), "utf-8")
    if _has_chart(kept):
        CHART.write_text(chart(kept["runs"]), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--text", nargs="+", type=Path, default=[ROOT / "training" / "corpus"])
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 5000, 20_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    kept: Figures = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    for part in given.parts or PARTS:
        kept[part] = PARTS[part](given, kept.get(part))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        kept["machine"] = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}"
        kept["date"] = f"{datetime.now(UTC):%d %B %Y}"
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        render(kept)
    print(generated(kept))


if __name__ == "__main__":
    main()
