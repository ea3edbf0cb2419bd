import pytest
from publisher import rss, sitemap, story

from pipeline.config import Source, SourceKind
from pipeline.ingest.kinds import is_remote, kind_of

A = "https://gazette.example/a"


@pytest.mark.parametrize(
    ("data", "media_type", "kind"),
    [
        (rss((A, "x", "")), "text/html", "feed"),
        ("\n<!-- made by x --><?pi?>" + rss().partition("?>")[2], "text/xml", "feed"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "application/xml", "feed"),
        ("<rdf:RDF xmlns:rdf='x'/>", "", "feed"),
        (sitemap((A, None)), "text/html", "sitemap"),
        ("<sm:urlset xmlns:sm='x'/>", "", "sitemap"),
        ("<!DOCTYPE sitemapindex [<!ELEMENT x (y)>]><sitemapindex/>", "", "sitemap"),
        (story("A new chair"), "", "url"),
        ("<div>A new chair</div>", "text/html", "url"),
        ("<p>words", "application/xhtml+xml", "url"),
        ("words", "text/html", "url"),
        (f"{A}\n", "text/plain", "urls"),
        ("words", "text/plain", None),
        ("<svg/>", "image/svg+xml", None),
        ('{"text": "x"}', "application/json", None),
        ("%PDF-1.7", "application/pdf", None),
    ],
)
def test_content_says_what_it_is(data, media_type, kind):
    found = kind_of(data.encode(), media_type, None)
    assert found == (SourceKind(kind) if kind else None)


def test_a_beginning_of_many_parts_is_read_in_no_time():
    assert kind_of(b"<?a?>" * 12_000 + b"<", "", None) is None
    assert kind_of(b"<!-- a -->" * 6_000 + b"<!doctype [", "", None) is None


def test_a_source_is_remote_by_address_kind_or_lines(tmp_path):
    addresses, words = tmp_path / "list.txt", tmp_path / "words.txt"
    addresses.write_text(f"# mine\n{A}\n" * 2000)
    words.write_text(f"See {A}\n")
    marked = tmp_path / "any.urls"
    marked.write_text("words")
    assert is_remote(Source(location="https://gazette.example/feed"))
    assert is_remote(Source(location=str(addresses)))
    assert is_remote(Source(location=str(marked)))
    assert is_remote(Source(location=str(words), kind="urls"))
    assert not is_remote(Source(location=str(words)))
    assert not is_remote(Source(location=str(addresses), kind="files"))
    assert not is_remote(Source(location=str(tmp_path)))
