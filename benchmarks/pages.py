"""Web pages: each field's accuracy and the pages per second, trafilatura alone beside it.

    python benchmarks/pages.py GOLD/articles [--document]

GOLD/articles holds `index.jsonl` and the pages it names; the scorer `score_articles.py` lies
beside it. Both readers get the same decoded pages in turn, one page after another, so that what
else the machine does falls on both. `--document` puts the table into docs/accuracy.md.
"""

import argparse
import gzip
import importlib.util
import json
import re
import time
from pathlib import Path
from types import ModuleType

from trafilatura import bare_extraction

from pipeline.errors import DocumentError
from pipeline.ingest.encoding import decoded
from pipeline.normalise import normalise
from pipeline.records import RawDocument

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"
MARKS = ("<!-- pages -->", "<!-- /pages -->")
FIELDS = {
    "body_f1": "body, F1",
    "title_norm": "title, blanks and marks aside",
    "authors_f1": "authors, F1",
    "date_day": "day",
    "date_instant": "exact instant",
    "publisher_loose": "publisher, spelling aside",
    "language": "language",
}


def read_gold(folder: Path) -> list[dict]:
    lines = (folder / "index.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def page_of(folder: Path, gold: dict) -> str:
    data = gzip.decompress((folder / gold["file"]).read_bytes())
    return decoded(data, gold["id"], markup=True)


def by_on_record(gold: dict, page: str) -> dict:
    raw = RawDocument("pages", gold["id"], "", "text/html", page, "", {"url": gold["url"]})
    try:
        article = normalise(raw, pipeline_version="", max_chars=10_000_000)
    except DocumentError as error:
        return {"refused": error.code}
    return {
        "title": article.title,
        "authors": article.authors,
        "published_at": article.published_at and article.published_at.isoformat(),
        "publisher": article.publisher,
        "language": article.language,
        "body": article.text,
    }


def by_trafilatura(gold: dict, page: str) -> dict:
    found = bare_extraction(page, url=gold["url"], include_comments=False, with_metadata=True)
    if found is None:
        return {"refused": "nothing"}
    return {
        "title": found.title,
        "authors": (found.author or "").split("; "),
        "published_at": found.date,
        "publisher": found.sitename,
        "language": found.language,
        "body": found.text,
    }


READERS = {"On Record": by_on_record, "trafilatura alone": by_trafilatura}


def read_all(folder: Path, gold: list[dict]) -> tuple[dict[str, list[dict]], dict[str, float]]:
    found: dict[str, list[dict]] = {name: [] for name in READERS}
    seconds = dict.fromkeys(READERS, 0.0)
    for number, row in enumerate(gold):
        page = page_of(folder, row)
        names = list(READERS) if number % 2 else list(reversed(READERS))
        for name in names:
            began = time.process_time()
            prediction = READERS[name](row, page)
            seconds[name] += time.process_time() - began
            found[name].append({"id": row["id"], **prediction})
    return found, seconds


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "score_articles", folder.parent / "score_articles.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(folder: Path, gold: list[dict], found: dict[str, list[dict]]) -> str:
    score = scorer(folder).score
    parts = {
        "English": [row for row in gold if row["language"] == "en"],
        "other": [row for row in gold if row["language"] != "en"],
        "all": gold,
    }
    columns = [(name, part) for name in READERS for part in parts]
    scores = {key: score(parts[key[1]], found[key[0]])[0] for key in columns}
    heads = ["field", *(f"{name}: {part}" for name, part in columns)]
    lines = [heads, ["---"] * len(heads)]
    lines += [
        [told, *(number(scores[key].get(field)) for key in columns)]
        for field, told in FIELDS.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--document", action="store_true")
    arguments = parser.parse_args()
    gold = read_gold(arguments.gold)
    for reader in READERS.values():  # what is loaded at the first use is not timed
        reader(gold[0], page_of(arguments.gold, gold[0]))
    found, seconds = read_all(arguments.gold, gold)
    refused = [f"{row['id']}: {row['refused']}" for row in found["On Record"] if "refused" in row]
    rates = {name: len(gold) / seconds[name] for name in READERS}
    ratio = rates["On Record"] / rates["trafilatura alone"]
    text = (
        f"### Web pages ({len(gold)} pages)\n\n{table(arguments.gold, gold, found)}\n\n"
        f"Pages per second of one core, On Record to trafilatura alone: {ratio:.2f}. "
        f"Refused, and counted as wrong in every field: {len(refused)}."
    )
    print(
        text, *refused, *(f"{name}: {rate:.1f} pages/s" for name, rate in rates.items()), sep="\n"
    )
    if arguments.document:
        begin, end = MARKS
        old = DOCUMENT.read_text("utf-8")
        new = re.sub(
            f"{begin}.*{end}", lambda _: f"{begin}\n\n{text}\n\n{end}", old, flags=re.DOTALL
        )
        DOCUMENT.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
