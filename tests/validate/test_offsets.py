"""The gate before extraction."""

from dataclasses import replace

import pytest
from factory import article

from pipeline.errors import InvalidRecordError
from pipeline.validate.offsets import check_article

TEXT = "The envoy left on Monday.\n\nTalks\n\nThey go on, he said."


@pytest.mark.parametrize(
    "text",
    [TEXT, "Word.", "Çà et là: “naïve”, 東京, 👩‍🚀.", "A line\nand another.", "می‌روم"],
    ids=["paragraphs", "one-word", "unicode", "line-end", "joiner"],
)
def test_an_article_in_normal_form_is_let_in(text):
    check_article(article(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cafe\u0301 closed.", "not-nfc"),
        ("Two  blanks.", "blanks"),
        ("A tab\there.", "blanks"),
        ("A no-break\u00a0space.", "blanks"),
        ("Old Mac\rline.", "blanks"),
        ("Blank at \nthe end of a line.", "blanks"),
        ("Too far.\n\n\nApart.", "blanks"),
        (" Indented.", "outer-blanks"),
        ("Trailing.\n", "outer-blanks"),
        ("Zero\u200bwidth.", "invisible"),
        ("Soft\u00adhyphen.", "invisible"),
        ("Bell\x07.", "invisible"),
        ("Half a pair \ud83d.", "invisible"),
        ("", "count"),
    ],
)
def test_a_text_out_of_normal_form_is_refused(text, code):
    with pytest.raises(InvalidRecordError) as caught:
        check_article(replace(article("Fit."), text=text))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("fields", "code", "shown"),
    [
        ({"title": None, "language": None}, "missing-value", "language"),
        ({"language": "english"}, "pattern", "language"),
        ({"article_id": "Article 1"}, "pattern", "article_id"),
        ({"title": "Two\nlines"}, "pattern", "title"),
        ({"authors": ["Ada Holm", " "]}, "pattern", "authors"),
        ({"authors": "Ada Holm"}, "wrong-type", "authors"),
        ({"published_at": "2019-11-26"}, "wrong-type", "published_at"),
        ({"published_precision": "hour"}, "not-in-list", "hour"),
        ({"published_precision": None}, "together", "published_precision"),
        ({"url": "ftp://example.org/a"}, "pattern", "url"),
        ({"revision": 0}, "too-small", "revision"),
        ({"heading_starts": [3]}, "subset", "heading_starts has 3"),
        ({"paragraph_starts": [0, 5]}, "paragraphs", "3 paragraphs"),
        ({"n_chars": 5}, "count", "n_chars is 5, expected 54"),
        ({"n_words": 5}, "count", "n_words"),
        ({"text_sha256": "0" * 64}, "hash", "text_sha256"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_column_that_breaks_its_rule_is_named(fields, code, shown):
    with pytest.raises(InvalidRecordError) as caught:
        check_article(article(TEXT, **fields))
    assert caught.value.code == code
    assert shown in caught.value.detail


def test_a_refusal_shows_what_it_is_about():
    record = article("Two  blanks. " * 100, record_id="odd.txt")
    with pytest.raises(InvalidRecordError) as caught:
        check_article(record)
    assert caught.value.document == "odd.txt"
    assert caught.value.raw_sha256 == record.raw_sha256
    assert caught.value.excerpt.startswith("Two  blanks.")
    assert len(caught.value.excerpt) == 200
    assert len(caught.value.detail) < 200
