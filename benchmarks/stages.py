"""What each stage of a shard costs: processor seconds, for `bench.py`.

Run as `benchmarks/stages.py FILE`; prints one JSON object: stage -> seconds, and "words".
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pipeline.extract as extraction
from pipeline import work
from pipeline.build import _document_key, _shards
from pipeline.config import Settings, Source
from pipeline.extract.annotator import Annotator
from pipeline.extract.nlp import Parser
from pipeline.ingest import documents

WATCHED: dict[str, tuple[Any, str]] = {
    "normalising": (work, "_read"),
    "the annotator": (Annotator, "annotate"),
    "times": (extraction, "find_times"),
    "entities": (extraction, "find_entities"),
    "quotes": (extraction, "find_quotes"),
    "events": (extraction, "find_events"),
    "rows to Arrow, and their checks": (work, "_analysis_tables"),
}
"""Functions by what they do; none of them calls another, but the parse holds the annotator."""


def watch(owner: Any, name: str, spent: dict[str, float], stage: str) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        began = time.process_time()
        try:
            return real(*arguments, **options)
        finally:
            spent[stage] = spent.get(stage, 0) + time.process_time() - began

    setattr(owner, name, timed)


def watch_parses(spent: dict[str, float]) -> None:
    """Time `Parser.parses`, a generator, up to each of its results."""
    real = Parser.parses

    def timed(self: Parser, articles: Any) -> Any:
        parses = real(self, articles)
        while True:
            began = time.process_time()
            parse = next(parses, None)
            spent["parse"] = spent.get("parse", 0) + time.process_time() - began
            if parse is None:
                return
            yield parse

    Parser.parses = timed  # type: ignore[method-assign]


def main(path: Path) -> None:
    spent: dict[str, float] = {}
    settings = Settings()
    began = time.process_time()
    found = list(documents(Source(location=str(path)), max_bytes=settings.max_document_bytes))
    shards = list(_shards([(_document_key(each), each) for each in found], settings.shard_chars))
    reading = time.process_time() - began
    work.process_shard(shards[0][:5], settings)
    for stage, (owner, name) in WATCHED.items():
        watch(owner, name, spent, stage)
    watch_parses(spent)
    began = time.process_time()
    for shard in shards:
        work.process_shard(shard, settings)
    whole = time.process_time() - began
    spent["parse"] -= spent["the annotator"]
    spent["the rest"] = whole - sum(spent.values())
    words = sum(len(each.content.split()) for each in found)
    print(json.dumps({"reading": reading, **spent, "words": words}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
