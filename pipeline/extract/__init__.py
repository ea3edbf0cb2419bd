"""Article -> mentions, entities, quotes, events and temporal expressions."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched, islice
from pathlib import Path

from pipeline.extract.annotator import MODEL, Annotator
from pipeline.extract.entities import extra_tables, find_entities, resolve_first_person
from pipeline.extract.events import event_statuses, find_events
from pipeline.extract.nlp import Mapper, Parse, Parser
from pipeline.extract.quotes import find_quotes
from pipeline.extract.times import find_times
from pipeline.records import Analysis, Article, Span, Status

__all__ = ["LANGUAGES", "Analyser"]

LANGUAGES = ("en", "und")
"""Articles in other languages keep their row in `articles` and are not read further."""

_AT_ONCE = 8
"""Articles that take a step together: while one step works its code and tables stay in the
processor's caches. One article after the other spends a tenth more on quotes and times."""

_NOTHING = Analysis([], [], [], [], [], [])


class Analyser:
    """All models, loaded once a process."""

    def __init__(
        self,
        *,
        spacy_model: str,
        annotator: Path | None = None,
        entity_tables: Sequence[Path] = (),
    ) -> None:
        """Load the models, and the tables of entities with `entity_tables` added.

        Without a folder `annotator` it is the one that comes with On Record.

        Raises:
            ConfigError: a model is not installed or lacks what the rules read, or a table is not
                one.
        """
        self._parser = Parser(spacy_model, Annotator(annotator or MODEL))
        self._tables = extra_tables(entity_tables)

    def analyses(self, articles: Iterable[Article], *, mapper: Mapper = map) -> Iterator[Analysis]:
        """Yield what each article says, in order; `mapper` may annotate ahead."""
        articles = list(articles)
        read = [article for article in articles if article.language in LANGUAGES]
        sources = ((each.text, each.paragraph_starts) for each in read)
        found = self._together(read, self._parser.parses(sources, mapper=mapper))
        for article in articles:
            yield next(found) if article.language in LANGUAGES else _NOTHING

    def statuses(self, article: Article, spans: Sequence[Span]) -> list[Status]:
        """Return the status of the predicate at each of `spans`."""
        return event_statuses(self._parse(article), spans)

    def _parse(self, article: Article) -> Parse:
        return next(self._parser.parses([(article.text, article.paragraph_starts)]))

    def _together(self, articles: Sequence[Article], parses: Iterator[Parse]) -> Iterator[Analysis]:
        """Yield what each article says, some articles taken through every step together."""
        for some in batched(articles, _AT_ONCE):
            read = list(zip(some, islice(parses, len(some)), strict=True))
            times = [find_times(parse, published_on=one.published_day) for one, parse in read]
            named = [find_entities(parse, one, tables=self._tables) for one, parse in read]
            quoted = [
                find_quotes(parse, one, *names, when)
                for (one, parse), names, when in zip(read, named, times, strict=True)
            ]
            steps = zip(read, times, named, quoted, strict=True)
            for (one, parse), when, names, quotes in steps:
                mentions, entities = resolve_first_person(*names, quotes, parse)
                events, actors = find_events(parse, one, mentions, entities, when, quotes)
                yield Analysis(mentions, entities, quotes, events, actors, when)
