"""Normalise: a document as received to an article in normal form."""

from collections.abc import Mapping
from hashlib import sha256

from pipeline.errors import EmptyArticleError, InvalidRecordError
from pipeline.ids import content_id
from pipeline.normalise.bylines import authors_and_agency
from pipeline.normalise.characters import body_of, clean_line, paragraphs, subheadings
from pipeline.normalise.dates import Moment, parsed_moment
from pipeline.normalise.draft import Draft
from pipeline.normalise.hints import take_hints
from pipeline.normalise.language import UNKNOWN, detected_language, language_code
from pipeline.normalise.layout import read_layout
from pipeline.normalise.publishers import publisher_of
from pipeline.normalise.urls import canonical_url, names_one_page, registered_domain
from pipeline.records import Article, RawDocument

__all__ = ["normalise"]

_EXCERPT_CHARS = 200


def normalise(raw: RawDocument, *, pipeline_version: str, max_chars: int) -> Article:
    """Return the article a document holds, its text in the contract's normal form.

    What the record says of itself stands; the rest is read from the document, and what that does
    not say is what the feed or sitemap says of it, then the defaults of its source. `revision`,
    `duplicate_of` and `story_id` are those of an article that stands alone; its text is whole.

    Raises:
        EmptyArticleError: no text is left ("empty-article"), a page has no article
            ("no-article"), one that is never finished ("live-blog") or too little ("paywall").
        InvalidRecordError: the text has more than `max_chars` code points ("article-too-long"),
            or the record gives a "bad-date", a "bad-url" or an "unknown-language".
    """
    try:
        draft = _draft(raw)
        take_hints(draft, raw.hints)
        draft = _with_given(draft, raw)
        _check_body(draft, raw.record_id, max_chars)
    except (EmptyArticleError, InvalidRecordError) as error:
        error.excerpt, error.raw_sha256 = raw.content[:_EXCERPT_CHARS], raw.raw_sha256
        raise
    return _article(draft, raw, pipeline_version)


def _draft(raw: RawDocument) -> Draft:
    if raw.media_type == "text/html":
        # trafilatura and htmldate take half a second to import; text files do without.
        from pipeline.normalise.page import read_page

        return read_page(raw.content, raw.record_id, url=_given_url(raw))
    if raw.media_type == "text/x-clean":
        return Draft(body=body_of(subheadings(paragraphs(raw.content))))
    return read_layout(raw.content)


def _check_body(draft: Draft, document: str, max_chars: int) -> None:
    text = draft.body.text
    if not text:
        raise EmptyArticleError(document, "no text is left")
    if len(text) > max_chars:
        detail = f"{len(text)} code points, at most {max_chars} are allowed"
        raise InvalidRecordError(document, detail, code="article-too-long")


def _with_given(draft: Draft, raw: RawDocument) -> Draft:
    """Put what the record says of itself over what was read from the document."""
    given = raw.given
    for column in ("title", "subtitle", "dateline", "section", "publisher", "licence"):
        setattr(draft, column, _line(given, column) or getattr(draft, column))
    draft.url = _given_url(raw) or (canonical_url(draft.url) if draft.url else None)
    draft.published = _given_moment(raw, "published_at") or draft.published
    draft.modified = _given_moment(raw, "modified_at") or draft.modified
    draft.language = _given_language(raw) or draft.language
    draft.publisher = draft.publisher or (publisher_of(draft.url) if draft.url else None)
    _give_authors(draft, given)
    for column in ("licence", "language", "publisher"):
        setattr(draft, column, getattr(draft, column) or _line(raw.defaults, column))
    draft.language = draft.language or detected_language(draft.body.text)
    return draft


def _give_authors(draft: Draft, given: Mapping[str, object]) -> None:
    written = given.get("authors")
    agency = None
    if isinstance(written, list):
        people, agency = authors_and_agency(written)
        draft.authors = people or draft.authors
    draft.agency = _line(given, "agency") or agency or draft.agency


def _line(given: Mapping[str, object], column: str) -> str | None:
    value = given.get(column)
    return (clean_line(value) or None) if isinstance(value, str) else None


def _given_url(raw: RawDocument) -> str | None:
    value = _line(raw.given, "url")
    if value is None:
        return canonical_url(_line(raw.hints, "url") or "")
    url = canonical_url(value)
    if url is None:
        detail = f"url: expected an http or https address, got {value[:_EXCERPT_CHARS]!r}"
        raise InvalidRecordError(raw.record_id, detail, code="bad-url")
    return url


def _given_moment(raw: RawDocument, column: str) -> Moment | None:
    value = _line(raw.given, column)
    moment = parsed_moment(value) if value else None
    if value and moment is None:
        detail = f"{column}: expected a date like 2019-11-26, got {value[:_EXCERPT_CHARS]!r}"
        raise InvalidRecordError(raw.record_id, detail, code="bad-date")
    return moment


def _given_language(raw: RawDocument) -> str | None:
    value = _line(raw.given, "language")
    if value is None or value.lower() == UNKNOWN:
        return None
    code = language_code(value)
    if code is None:
        detail = f"language: expected an ISO 639-1 code like en, got {value[:_EXCERPT_CHARS]!r}"
        raise InvalidRecordError(raw.record_id, detail, code="unknown-language")
    return code


def _article(draft: Draft, raw: RawDocument, pipeline_version: str) -> Article:
    own_url = draft.url if draft.url and names_one_page(draft.url) else None
    key = ("url", own_url) if own_url else ("record", raw.source, raw.record_id)
    article_id, text = content_id("a", *key), draft.body.text
    return Article(
        article_id=article_id,
        record_id=raw.record_id,
        source=raw.source,
        uri=raw.uri,
        url=draft.url,
        publisher=draft.publisher,
        publisher_domain=registered_domain(draft.url) if draft.url else None,
        title=draft.title,
        subtitle=draft.subtitle,
        authors=draft.authors,
        agency=draft.agency,
        dateline=draft.dateline,
        section=draft.section,
        published_at=draft.published.instant if draft.published else None,
        published_precision=draft.published.precision if draft.published else None,
        published_day=draft.published.day if draft.published else None,
        modified_at=draft.modified.instant if draft.modified else None,
        language=draft.language or UNKNOWN,
        text=text,
        paragraph_starts=draft.body.paragraph_starts,
        heading_starts=draft.body.heading_starts,
        n_chars=len(text),
        n_words=len(text.split()),
        text_sha256=sha256(text.encode("utf-8")).hexdigest(),
        raw_sha256=raw.raw_sha256,
        revision=1,
        duplicate_of=None,
        story_id=article_id,
        licence=draft.licence,
        text_policy="full",
        retrieved_at=raw.retrieved_at,
        found_in=[
            f"{column}: {place}"
            for column, place in draft.found_in.items()
            if not raw.given.get(column)
        ],
        pipeline_version=pipeline_version,
    )
