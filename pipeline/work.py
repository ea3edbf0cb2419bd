"""One unit of work: a shard of documents or articles to the rows they give.

What a worker process runs. It imports neither DuckDB nor Dask, and spaCy only when there is
something to analyse.
"""

import atexit
import gc
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import __version__
from pipeline.config import Settings
from pipeline.errors import DocumentError, InvalidRecordError
from pipeline.fingerprint import fingerprint
from pipeline.normalise import normalise
from pipeline.records import Analysis, Article, RawDocument, Refusal, Span, Status
from pipeline.schema import load_tables
from pipeline.store import KEY, encode
from pipeline.validate.offsets import check_article
from pipeline.validate.rows import broken_rows, check_surfaces

if TYPE_CHECKING:
    from pipeline.extract import Analyser
    from pipeline.extract.nlp import Mapper

ANALYSED = ("mentions", "entities", "quotes", "events", "event_actors")
"""The tables extraction fills."""

EXTRACT = "extract"
"""The stage that `quarantine` names for an article whose own rows are odd."""

KILLED = "worker-killed"
"""The rule that `quarantine` names for a document that ended its workers, time and again."""

TOO_SLOW = "too-slow"
"""The rule that `quarantine` names for a document whose workers were ended as it took too long."""

_CHARS_A_LIMIT = 150_000
"""Code points that are worked on in about ten seconds, a sixth of what is allowed for them."""
_EXCERPT = 200
"""Code points of a refused document that its quarantine row shows."""

Shard = list[tuple[str, RawDocument | Article]]
"""One unit of work: documents to read, or articles to analyse anew, each with its key."""


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What came of a shard: the keys done and the rows, a stage ("articles", "analyses")."""

    keys: dict[str, list[str]]
    tables: dict[str, dict[str, Any]]
    documents: int


def read_shard(shard: Shard, settings: Settings) -> ShardResult:
    """Read the documents of a shard, without analysing them."""
    read = [(key, _read(item, settings)) for key, item in shard if isinstance(item, RawDocument)]
    articles = [(key, item) for key, item in read if isinstance(item, Article)]
    refused = [(key, item) for key, item in read if isinstance(item, Refusal)]
    tables = {"articles": _article_tables(articles, refused)}
    return ShardResult({"articles": [key for key, _ in read]}, tables, len(shard))


def process_shard(shard: Shard, settings: Settings, *, mapper: "Mapper" = map) -> ShardResult:
    """Read and analyse one shard. Pure but for the models, which stay loaded in the process.

    `mapper` may annotate ahead, see `Parser.parses`.
    """
    read = [
        (key, item if isinstance(item, Article) else _read(item, settings)) for key, item in shard
    ]
    new = [key for key, item in shard if isinstance(item, RawDocument)]
    articles = [(key, item) for key, item in read if isinstance(item, Article)]
    refused = [(key, item) for key, item in read if isinstance(item, Refusal)]
    analyses = dict(_analysed([article for _, article in articles], settings, mapper))
    result = ShardResult({}, {}, len(shard))
    if new:
        kept = [(key, article) for key, article in articles if key in set(new)]
        result.keys["articles"] = new
        result.tables["articles"] = _article_tables(kept, refused)
    if analyses:
        analysed = {analysis_key(article): article for _, article in articles}
        result.keys["analyses"] = list(analyses)
        result.tables["analyses"] = _analysis_tables(analyses, analysed)
    return result


def size_of(item: RawDocument | Article) -> int:
    """Return how long the text of a document or article is, code points."""
    return len(item.content if isinstance(item, RawDocument) else item.text)


def allowed_seconds(shard: Shard, settings: Settings) -> float:
    """Return how many processor seconds a shard may take: see `Settings.document_seconds`."""
    chars = sum(size_of(item) for _, item in shard)
    return settings.document_seconds * (1 + chars / _CHARS_A_LIMIT)


def refused(shard: Shard, rule: str, detail: str) -> ShardResult:
    """Return the result of a shard none of which can be worked on: a refusal for each of it."""
    result = ShardResult({}, {}, len(shard))
    documents = {key: item for key, item in shard if isinstance(item, RawDocument)}
    articles = {key: item for key, item in shard if isinstance(item, Article)}
    if documents:
        rows = [(key, _unread(item, EXTRACT, rule, detail)) for key, item in documents.items()]
        result.keys["articles"] = list(documents)
        result.tables["articles"] = _article_tables([], rows)
    if articles:
        faults = dict.fromkeys(articles, (rule, detail))
        result.keys["analyses"] = list(articles)
        result.tables["analyses"] = _analysis_tables({}, articles, faults)
    return result


def _unread(raw: RawDocument, stage: str, rule: str, detail: str) -> Refusal:
    return Refusal(
        source=raw.source,
        record_id=raw.record_id,
        uri=raw.uri,
        stage=stage,
        rule=rule,
        detail=detail,
        raw_sha256=raw.raw_sha256,
        excerpt=raw.content[:_EXCERPT],
    )


def _read(raw: RawDocument, settings: Settings) -> Article | Refusal:
    try:
        article = normalise(raw, pipeline_version=__version__, max_chars=settings.max_article_chars)
        check_article(article)
    except DocumentError as error:
        refusal = _unread(raw, "normalise", error.code, error.detail)
        return replace(refusal, excerpt=error.excerpt) if error.excerpt else refusal
    return article


def _analysed(
    articles: Sequence[Article], settings: Settings, mapper: "Mapper"
) -> Iterator[tuple[str, Analysis]]:
    keys = [analysis_key(article) for article in articles]
    if articles:
        models = (settings.spacy_model, settings.annotator, settings.entities.tables)
        yield from zip(keys, _analyser(*models).analyses(articles, mapper=mapper), strict=True)


@lru_cache(maxsize=1)
def _analyser(
    spacy_model: str, annotator: Path | None = None, entity_tables: tuple[Path, ...] = ()
) -> "Analyser":
    # spaCy takes seconds to import: a rerun without a new article does without.
    with _kept_for_good():
        from pipeline.extract import Analyser

        return Analyser(spacy_model=spacy_model, annotator=annotator, entity_tables=entity_tables)


@contextmanager
def _kept_for_good() -> Iterator[None]:
    """Spare the garbage collector what is made meanwhile: it lives as long as the process.

    Models are a million objects. To go through them again and again, looking for garbage, took half
    a second of a rerun of 100 articles.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        # At its end the interpreter shall find them, or libraries report a leak.
        atexit.register(gc.unfreeze)
        if was_enabled:
            gc.enable()


def _article_tables(
    articles: Sequence[tuple[str, Article]], refused: Sequence[tuple[str, Refusal]]
) -> dict[str, Any]:
    tables = load_tables()
    rows = [article for _, article in articles]
    keys = {KEY: [key for key, _ in articles], "analysis": [analysis_key(row) for row in rows]}
    return {
        "articles": encode(tables["articles"], rows, **keys),
        "quarantine": encode(
            tables["quarantine"], [row for _, row in refused], **{KEY: [key for key, _ in refused]}
        ),
    }


def _analysis_tables(
    analyses: Mapping[str, Analysis],
    articles: Mapping[str, Article],
    lost: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """Return the rows found, by table; an article with an odd one, or `lost`, becomes a refusal."""
    tables = load_tables()
    encoded = {}
    for name in ANALYSED:
        rows = [(key, row) for key, found in analyses.items() for row in getattr(found, name)]
        encoded[name] = encode(
            tables[name], [row for _, row in rows], **{KEY: [key for key, _ in rows]}
        )
    refused = {
        key: _refusal(articles[key], rule, detail)
        for key, (rule, detail) in (lost or _faults(analyses, articles, encoded)).items()
    }
    if refused:
        encoded = {name: _without(rows, list(refused)) for name, rows in encoded.items()}
    quarantine = encode(tables["quarantine"], list(refused.values()), **{KEY: list(refused)})
    return {**encoded, "quarantine": quarantine}


def _faults(
    analyses: Mapping[str, Analysis], articles: Mapping[str, Article], encoded: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """Return the first rule broken and what was seen, by the key of the article it concerns."""
    found: dict[str, tuple[str, str]] = {}
    for name in ANALYSED:
        table = load_tables()[name]
        for place, rule, detail in broken_rows(table, encoded[name]):
            found.setdefault(encoded[name][KEY][place].as_py(), (rule, detail))
        for key, analysis in analyses.items():
            try:
                check_surfaces(articles[key], table, getattr(analysis, name))
            except InvalidRecordError as error:
                found.setdefault(key, (error.code, error.detail))
    return found


def _refusal(article: Article, rule: str, detail: str) -> Refusal:
    return Refusal(
        source=article.source,
        record_id=article.record_id,
        uri=article.uri,
        stage=EXTRACT,
        rule=rule,
        detail=detail,
        raw_sha256=article.raw_sha256,
        excerpt=article.text[:_EXCERPT],
    )


def _without(rows: Any, keys: list[str]) -> Any:  # noqa: ANN401 -- a table of Arrow
    """Return the rows of all other keys."""
    return rows.filter(pc.invert(pc.is_in(rows[KEY], pa.array(keys, pa.string()))))


def analysis_key(article: Article) -> str:
    """Return a hash of everything of an article that extraction reads."""
    return fingerprint(
        article.article_id,
        article.text_sha256,
        article.title,
        article.published_at,
        article.published_day,
        article.language,
        article.publisher,
        article.agency,
        article.heading_starts,
    )


def analyse_one(
    text: str, *, title: str | None, published_at: datetime | None, language: str
) -> Analysis:
    """See `pipeline.analyse`."""
    article = _bare_article(text, title=title, published_at=published_at, language=language)
    return next(_analyser(Settings().spacy_model).analyses([article]))


def statuses_of(text: str, spans: Sequence[tuple[int, int]]) -> list[Status]:
    """See `pipeline.event_status`."""
    article = _bare_article(text, title=None, published_at=None, language="en")
    analyser = _analyser(Settings().spacy_model)
    return analyser.statuses(article, [Span(start, end) for start, end in spans])


def _bare_article(
    text: str, *, title: str | None, published_at: datetime | None, language: str
) -> Article:
    """Return an article of just a text, kept as it stands, so that offsets are the caller's own.

    Paragraphs are set apart by blank lines; where there are none, each line is one.
    """
    given = {"title": title, "language": language}
    raw = RawDocument("text", "text", "text", "text/x-clean", text, "", given)
    article = normalise(raw, pipeline_version=__version__, max_chars=sys.maxsize)
    gaps = list(re.finditer(r"\s*\n\s*\n\s*", text)) or list(re.finditer(r"\s*\n\s*", text))
    starts = [0, *(gap.end() for gap in gaps if gap.start() > 0 and gap.end() < len(text))]
    return replace(
        article,
        text=text,
        paragraph_starts=starts,
        published_at=published_at,
        published_day=published_at.date() if published_at else None,
    )
