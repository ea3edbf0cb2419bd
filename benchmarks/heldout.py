"""Who said it, through whom: our own held-out articles, which no model has seen.

    python -m benchmarks.heldout

`training/heldout`, `heldout2` and `heldout3` have ten styles each, and writers, that
`training/corpus` had not when they were written; errors of the first two were read for rules, of
the third none. A quote is found if
its content and one of ours share half of the characters of each; a speaker or relay is right if
it shares a word with the one marked, small words aside.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline import analyse
from pipeline.records import Quote
from training.corpus_reader import CorpusArticle, read_corpus
from training.corpus_reader import Quote as Marked

TRAINING = Path(__file__).parents[1] / "training"
SETS = ("heldout", "heldout2", "heldout3")
_WORD = re.compile(r"\w+")
_SMALL = frozenset(
    ["the", "a", "an", "of", "and", "in", "for", "to", "s", "his", "her", "its", "their"]
)


def words(text: str | None) -> set[str]:
    return {word.lower() for word in _WORD.findall(text or "")}


def agree(found: str | None, marked: Sequence[str]) -> bool:
    """Tell whether both are nothing, or share a word that says something."""
    wanted = {word for text in marked for word in words(text)}
    if not wanted or not found:
        return not wanted and not found
    telling = wanted - _SMALL or wanted
    return bool(telling & words(found))


def best(marked: Marked, quotes: Sequence[Quote]) -> Quote | None:
    own = {place for span in marked.contents for place in range(*span)}
    for quote in quotes:
        pieces = zip(quote.piece_starts, quote.piece_ends, strict=True)
        theirs = {place for start, end in pieces for place in range(start, end)}
        shared = len(own & theirs)
        if 2 * shared >= len(own) and 2 * shared >= len(theirs):
            return quote
    return None


def pairs(
    articles: Sequence[CorpusArticle],
) -> Iterator[tuple[CorpusArticle, Marked, Quote | None]]:
    for article in articles:
        published = datetime(*article.published.timetuple()[:3], tzinfo=UTC)
        quotes = analyse(article.text, published_at=published).quotes
        for marked in article.quotes:
            yield article, marked, best(marked, quotes)


def counted(articles: Sequence[CorpusArticle]) -> Counter[str]:
    """Return how many quotes there are, are found, and have each part right."""
    counts: Counter[str] = Counter()
    for article, marked, quote in pairs(articles):
        kind = "relayed" if marked.vias and marked.speakers else "other"
        counts[f"{kind} all"] += 1
        if quote is None:
            continue
        counts[f"{kind} found"] += 1
        said = [span.of(article.text) for span in marked.speakers or marked.vias]
        speaker = agree(quote.speaker_text or quote.via_text, said)
        via = agree(quote.via_text, [span.of(article.text) for span in marked.vias])
        told = agree(quote.addressee_text, [span.of(article.text) for span in marked.addressees])
        counts[f"{kind} speaker"] += speaker
        counts[f"{kind} via"] += via
        counts[f"{kind} both"] += speaker and via
        counts[f"{kind} addressee"] += told
    return counts


def main() -> None:
    for name in SETS:
        counts = counted(read_corpus(TRAINING / name))
        for kind in ("relayed", "other"):
            total, found = counts[f"{kind} all"], counts[f"{kind} found"]
            parts = ("speaker", "via", "both", "addressee")
            shares = ", ".join(f"{part} {counts[f'{kind} {part}'] / found:.3f}" for part in parts)
            print(f"{name}, {kind}: {total} quotes, {found} found; of these right: {shares}")


if __name__ == "__main__":
    main()
