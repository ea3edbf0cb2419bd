from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from pipeline.errors import DocumentError
from pipeline.normalise import normalise
from pipeline.records import RawDocument

BODY = "The harbour board met on Monday.\n\nIt chose a new chair."


def raw(content=BODY, media_type="text/x-clean", **given):
    return RawDocument("s", "r", "s/r", media_type, content, "0" * 64, given)


def read(document, max_chars=10_000):
    return normalise(document, pipeline_version="1", max_chars=max_chars)


def test_a_clean_text_comes_through_as_it_is():
    article = read(raw())
    assert article.text == BODY
    assert (article.paragraph_starts, article.heading_starts) == ([0, 34], [])
    assert (article.n_chars, article.n_words) == (len(BODY), 11)
    assert article.text_sha256 == sha256(BODY.encode()).hexdigest()
    assert (article.revision, article.duplicate_of, article.story_id) == (
        1,
        None,
        article.article_id,
    )
    assert (article.language, article.source, article.record_id, article.uri) == (
        "en",
        "s",
        "r",
        "s/r",
    )


def test_a_clean_text_keeps_what_looks_like_a_header():
    text = "A title\n\nBy Ann Lee\n\nMOSCOW (Reuters) - " + BODY
    assert read(raw(text)).text == text


def test_what_is_given_stands():
    article = read(
        raw(
            title=" A  title ",
            authors=["Ann Lee, AFP"],
            published_at="2020-01-02T03:04:05+02:00",
            modified_at="2020-01",
            publisher="The Paper",
            url="https://www.themoscowtimes.com/a?utm_source=x",
            language="EN-us",
            licence="CC-BY-4.0",
            section="World",
            dateline="LONDON",
            subtitle="More",
        )
    )
    assert (article.title, article.subtitle, article.section) == ("A title", "More", "World")
    assert (article.authors, article.agency) == (["Ann Lee"], "AFP")
    assert article.published_at == datetime(2020, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert article.published_precision == "second"
    assert article.modified_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert (article.publisher, article.publisher_domain) == ("The Paper", "themoscowtimes.com")
    assert article.url == "https://www.themoscowtimes.com/a"
    assert (article.language, article.licence, article.dateline) == ("en", "CC-BY-4.0", "LONDON")


def test_the_sources_defaults_hold_where_neither_record_nor_document_says_it():
    defaults = {"licence": "CC0", "language": "es", "publisher": "The Gazette"}
    bare = read(replace(raw(), defaults=defaults))
    assert (bare.licence, bare.language, bare.publisher) == ("CC0", "es", "The Gazette")
    given = {"licence": "CC BY 4.0", "language": "en", "publisher": "The Post"}
    own = read(replace(raw(**given), defaults=defaults))
    assert (own.licence, own.language, own.publisher) == ("CC BY 4.0", "en", "The Post")
    page = (
        f'<html lang="fr"><body><article><h1>Le port</h1><p>{BODY * 9}</p></article></body></html>'
    )
    assert read(replace(raw(page, "text/html"), defaults=defaults)).language == "fr"


def test_the_publisher_comes_from_the_address_where_it_is_not_given():
    assert read(raw(url="https://www.reuters.com/a")).publisher == "Reuters"


def test_the_same_address_is_the_same_article_wherever_it_was_read():
    one = read(raw(url="https://example.com/a#x"))
    other = read(replace(raw(url="https://EXAMPLE.com/a?utm_source=y"), source="t", record_id="q"))
    assert one.article_id == other.article_id


def test_a_front_page_is_no_articles_address():
    one = read(raw(url="https://example.com/"))
    other = read(replace(raw(url="https://example.com/"), record_id="q"))
    assert one.article_id != other.article_id


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (raw(" \n\u200b"), "empty-article"),
        (raw("Title\n\nBy Ann Lee\n", "text/plain"), "empty-article"),
        (raw(published_at="2019-02-30"), "bad-date"),
        (raw(modified_at="soon"), "bad-date"),
        (raw(language="klingon"), "unknown-language"),
        (raw(url="not an address"), "bad-url"),
        (raw("word " * 3000), "article-too-long"),
        (
            raw("<html><body><nav><a href='/a'>Home</a></nav></body></html>", "text/html"),
            "no-article",
        ),
        (raw("<", "text/html"), "no-article"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_article_is_refused_with_a_reason(document, code):
    with pytest.raises(DocumentError) as caught:
        read(document)
    assert caught.value.code == code
    assert caught.value.document == "r"
    assert caught.value.raw_sha256 == "0" * 64
    assert caught.value.excerpt == document.content[:200]


def test_an_unknown_language_may_be_given_as_such():
    assert read(raw(language="und")).language == "en"
