"""Corpus articles as arrays: word pieces, features, and what each head is to say of each.

`python -m training.arrays OUT.npz [--silver FILE] [--only N]` writes them for `training/fit.py`,
which needs nothing of On Record. Marks of the corpus become labels of word pieces; soft labels
of a teacher (`training/silver.py`) are laid beside them.
"""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from pipeline.extract.annotator import load_tokenizer
from pipeline.extract.labels import SPAN_HEADS, STATUSES
from pipeline.extract.nlp import paragraph_spans
from pipeline.extract.windows import Pieces, cut
from pipeline.records import Span
from training.corpus_reader import CorpusArticle, Quote, read_corpus

Labels = npt.NDArray[np.int16]

CORPUS = Path(__file__).parent / "corpus"
UNKNOWN = -100
"""A piece of which nothing is said: it teaches the head nothing."""
LINKS = 4
"""Pieces a teacher's pointer is kept for, the likeliest first."""
_HEADS = (*SPAN_HEADS, "status")


@dataclass(frozen=True, slots=True)
class Taught:
    """An article with what is to be said of it.

    Attributes:
        labels: a head, one label a word piece.
        anchors: a word piece of a quote, the first piece of what holds its parts together.
        relayed: whether a piece is part of a quote that somebody relays, first part to last.
    """

    pieces: Pieces
    labels: dict[str, Labels]
    anchors: npt.NDArray[np.int32]
    relayed: npt.NDArray[np.bool_]


def taught(article: CorpusArticle, tokenizer: Tokenizer) -> Taught:
    """Return the labels of an article."""
    pieces = cut(article.text, paragraph_spans(article.text, article.paragraph_starts), tokenizer)
    types = {entity.id: entity.type for entity in article.entities}
    marks = {
        "names": [(m.span, types[m.entity]) for m in article.mentions if m.kind == "name"],
        "parts": [mark for quote in article.quotes for mark in _parts(quote)],
        "times": [(time.span, time.type) for time in article.times],
        "acts": [(event.trigger, event.type) for event in article.events],
    }
    labels = {head: _labels(pieces, found, SPAN_HEADS[head]) for head, found in marks.items()}
    status = np.full(len(pieces.ids), UNKNOWN, np.int16)
    for event in article.events:
        status[_place(pieces, event.trigger)] = STATUSES.index(event.status)
    labels["status"] = status
    return Taught(
        pieces, labels, _anchors(pieces, article.quotes), _relayed(pieces, article.quotes)
    )


def _parts(quote: Quote) -> Iterable[tuple[Span, str]]:
    roles = {
        "addressee": quote.addressees,
        "content": quote.contents,
        "via": quote.vias,
        "speaker": quote.speakers,
        "cue": quote.cues,
    }
    return ((Span(*span), role) for role, spans in roles.items() for span in spans)


def _labels(pieces: Pieces, marks: Iterable[tuple[Span, str]], kinds: Sequence[str]) -> Labels:
    labels = np.zeros(len(pieces.ids), np.int16)
    for span, kind in marks:
        place = _place(pieces, span)
        labels[place] = 2 + 2 * kinds.index(kind)
        labels[place.start] = 1 + 2 * kinds.index(kind)
    return labels


def _place(pieces: Pieces, span: tuple[int, int]) -> slice:
    first = int(np.searchsorted(pieces.ends, span[0], "right"))
    return slice(first, int(np.searchsorted(pieces.starts, span[1], "left")))


def _anchors(pieces: Pieces, quotes: Iterable[Quote]) -> npt.NDArray[np.int32]:
    """Return, a piece, the first piece of its quote's cue, else of its speaker, else content."""
    anchors = np.full(len(pieces.ids), -1, np.int32)
    for quote in quotes:
        head = next(filter(None, (quote.cues, quote.speakers, quote.vias, quote.contents)))
        anchor = _place(pieces, head[0]).start
        for span, _ in _parts(quote):
            anchors[_place(pieces, span)] = anchor
    return anchors


def _relayed(pieces: Pieces, quotes: Iterable[Quote]) -> npt.NDArray[np.bool_]:
    relayed = np.zeros(len(pieces.ids), np.bool_)
    for quote in quotes:
        if quote.vias:
            spans = [_place(pieces, span) for span, _ in _parts(quote)]
            relayed[min(span.start for span in spans) : max(span.stop for span in spans)] = True
    return relayed


def write_arrays(
    path: Path, articles: Sequence[CorpusArticle], tokenizer: Tokenizer, silver: Path | None
) -> None:
    """Write the arrays of `articles` to `path`, one after the other, with where each begins.

    Raises:
        ValueError: the soft labels were made from another state of an article.
    """
    found = [taught(article, tokenizer) for article in articles]
    sizes = [len(item.pieces.ids) for item in found]
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    windows = [
        (begin + offset, end + offset)
        for item, offset in zip(found, offsets.tolist(), strict=False)
        for begin, end in item.pieces.windows
    ]
    anchors = [
        np.where(item.anchors >= 0, item.anchors + offset, -1)
        for item, offset in zip(found, offsets.tolist(), strict=False)
    ]
    arrays = {
        "ids": np.concatenate([item.pieces.ids for item in found]),
        "features": np.concatenate([item.pieces.features for item in found]),
        "windows": np.array(windows, np.int32),
        "anchors": np.concatenate(anchors),
        "relayed": np.concatenate([item.relayed for item in found]),
        **{head: np.concatenate([item.labels[head] for item in found]) for head in _HEADS},
    }
    if silver is not None:
        arrays |= _silver(silver, articles, sizes, offsets)
    np.savez(path, **arrays)


def _silver(
    path: Path,
    articles: Sequence[CorpusArticle],
    sizes: Sequence[int],
    offsets: npt.NDArray[np.int32],
) -> dict[str, npt.NDArray[np.generic]]:
    rows = {row["article_id"]: row for row in pq.read_table(path).to_pylist()}
    parts, links, weights = [], [], []
    for article, size, offset in zip(articles, sizes, offsets.tolist(), strict=False):
        row = rows.get(article.id)
        if row is None or len(row["links"]) != size * LINKS:
            raise ValueError(f"{path} has no labels of {article.id} as it stands: make them anew")
        parts.append(np.array(row["parts"], np.uint8).reshape(size, -1))
        own = np.array(row["links"], np.int32).reshape(size, LINKS)
        links.append(own + offset)
        weights.append(np.array(row["weights"], np.uint8).reshape(size, LINKS))
    return {
        "silver_parts": np.concatenate(parts),
        "silver_links": np.concatenate(links),
        "silver_weights": np.concatenate(weights),
    }


def main() -> None:
    """Write the arrays the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--silver", type=Path, help="soft labels of a teacher")
    parser.add_argument("--articles", type=int, help="take every k-th article, this many in all")
    given = parser.parse_args()
    articles = read_corpus(CORPUS)
    if given.articles:
        chosen = np.linspace(0, len(articles) - 1, given.articles).round().astype(int)
        articles = [articles[place] for place in chosen]
    write_arrays(given.out, articles, load_tokenizer(), given.silver)


if __name__ == "__main__":
    main()
