import pytest

from pipeline.normalise.publishers import publisher_of
from pipeline.normalise.urls import canonical_url, names_one_page, registered_domain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://Example.com/A", "https://example.com/A"),
        ("HTTP://example.com:80", "http://example.com/"),
        ("https://example.com/a?utm_source=x&id=5,6&fbclid=y#top", "https://example.com/a?id=5,6"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("ftp://example.com/a", None),
        ("example.com/a", None),
        ("https://localhost/a", None),
        ("https://127.0.0.1/a", None),
        ("https://exa mple.com", None),
        ("https://[bad", None),
        ("https://example.com:port/", None),
    ],
)
def test_canonical_url(value, expected):
    assert canonical_url(value) == expected


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.bbc.co.uk/x", "bbc.co.uk"),
        ("https://www.themoscowtimes.com/x", "themoscowtimes.com"),
        ("https://a.b.example.de/", "example.de"),
        ("https://www.smh.com.au/", "smh.com.au"),
    ],
)
def test_registered_domain(url, domain):
    assert registered_domain(url) == domain


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.themoscowtimes.com/x", "The Moscow Times"),
        ("https://abcnews.go.com/x", "ABC News"),
        ("https://www.reuters.com/", "Reuters"),
        ("https://unheard.example/", None),
    ],
)
def test_publisher_of(url, name):
    assert publisher_of(url) == name


def test_a_front_page_names_no_article():
    assert not names_one_page("https://example.com/")
    assert names_one_page("https://example.com/?id=5")
