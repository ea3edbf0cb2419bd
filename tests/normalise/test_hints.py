import pytest

from pipeline.normalise import normalise
from pipeline.normalise.characters import body_of
from pipeline.normalise.dates import parsed_moment
from pipeline.normalise.draft import Draft
from pipeline.normalise.hints import take_hints
from pipeline.records import RawDocument


def hinted(draft=None, **hints):
    draft = draft or {}
    found = Draft(body=body_of([("The harbour board met on Monday.", False)]), **draft)
    take_hints(found, hints)
    return found


def moment(value):
    return parsed_moment(value) if value else None


def test_hints_fill_what_the_document_does_not_say():
    found = hinted(
        title="A new chair",
        subtitle="Two boards meet.",
        authors=["Ana Quispe", "Reuters"],
        published_at="Mon, 06 May 2024 10:00:00 MSK",
        modified_at="2024-05-06T12:00:00Z",
        language="en-GB",
        publisher="The Callao Gazette",
        licence="CC BY 4.0",
    )
    assert (found.title, found.subtitle) == ("A new chair", "Two boards meet.")
    assert (found.authors, found.agency) == (["Ana Quispe"], "Reuters")
    assert found.published == moment("2024-05-06T10:00:00+03:00")
    assert found.modified == moment("2024-05-06T12:00:00Z")
    assert (found.language, found.publisher, found.licence) == (
        "en",
        "The Callao Gazette",
        "CC BY 4.0",
    )


def test_what_the_document_says_stands():
    said = {
        "title": "The board has a new chair",
        "subtitle": "It was a long day.",
        "authors": ["Luis Rojas"],
        "modified": moment("2024-05-07"),
        "language": "es",
        "publisher": "La Gaceta",
        "licence": "CC0",
    }
    found = hinted(
        said,
        title="A new chair",
        subtitle="Two boards meet.",
        authors=["Ana Quispe"],
        modified_at="2024-05-06T12:00:00Z",
        language="en",
        publisher="The Callao Gazette",
        licence="CC BY 4.0",
    )
    assert {name: getattr(found, name) for name in said} == said


@pytest.mark.parametrize(
    ("page", "feed", "expected"),
    [
        ("A new chair | The Callao Gazette", "A new chair", "A new chair"),
        ("A new chair - Gazette", "A new chair", "A new chair"),
        ("A new chair for the board", "A new chair", "A new chair for the board"),
        ("Board: A new chair", "A new chair", "Board: A new chair"),
        ("A new chair", "A new chair | Gazette", "A new chair"),
        (None, "A new chair", "A new chair"),
    ],
)
def test_the_pages_title_stands_without_the_sites_name(page, feed, expected):
    assert hinted({"title": page}, title=feed).title == expected


EXACT = "2024-05-06T10:15:00+02:00"


@pytest.mark.parametrize(
    ("page", "feed", "expected"),
    [
        (None, "2024-05-06", "2024-05-06"),
        ("2024-05-06T08:15:30Z", EXACT, "2024-05-06T08:15:30Z"),
        ("2024-05-06", EXACT, EXACT),
        ("2024-05-07", EXACT, EXACT),
        ("2024-05-06T10:15:00", EXACT, EXACT),
        ("2024-05-02", EXACT, "2024-05-02"),
        ("2024-05-06", "2024-05-06T10:15:00", "2024-05-06"),
        ("2024-05-06", "2024-05-07", "2024-05-06"),
        ("2024-05-06", "some time ago", "2024-05-06"),
    ],
    ids=[
        "none",
        "page-exact",
        "day",
        "next-day",
        "no-zone",
        "far",
        "feed-no-zone",
        "both-days",
        "no-date",
    ],
)
def test_the_more_exact_of_two_times_of_one_printing_stands(page, feed, expected):
    assert hinted({"published": moment(page)}, published_at=feed).published == moment(expected)


@pytest.mark.parametrize("summary", ["The harbour board met", "A new chair"])
def test_a_summary_that_says_nothing_more_is_no_standfirst(summary):
    assert hinted({"title": "A new chair"}, subtitle=summary).subtitle is None


def test_hints_that_make_no_sense_are_passed_over():
    found = hinted(title=" ", authors="x", published_at="soon", language="klingon", subtitle=None)
    assert found == Draft(body=found.body)


def test_a_hinted_address_names_the_article_and_what_a_record_says_stands_over_hints():
    raw = RawDocument(
        source="gazette",
        record_id="1",
        uri="x",
        media_type="text/x-clean",
        content="It rained.",
        raw_sha256="",
        given={"title": "Rain"},
        hints={"title": "Snow", "url": "https://www.gazette.example/rain?utm_source=rss"},
    )
    found = normalise(raw, pipeline_version="1", max_chars=100)
    assert (found.title, found.url) == ("Rain", "https://www.gazette.example/rain")
    assert found.publisher_domain == "gazette.example"


def test_the_text_of_a_feed_is_read_like_a_page():
    sentences = [f"The harbour board met for the {number}th time." for number in range(30)]
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    raw = RawDocument(
        source="gazette",
        record_id="1",
        uri="x",
        media_type="text/html",
        content=f"<!DOCTYPE html><html><body><article>{body}</article></body></html>",
        raw_sha256="",
        hints={"title": "A new chair", "authors": ["Ana Quispe"]},
    )
    found = normalise(raw, pipeline_version="1", max_chars=10_000)
    assert found.text == "\n\n".join(sentences)
    assert (found.title, found.authors) == ("A new chair", ["Ana Quispe"])
