import pytest
from publisher import sitemap

from pipeline.errors import UnreadableDocumentError
from pipeline.ingest.sitemap import read_sitemap
from pipeline.ingest.urls import Listed

A, B = "https://gazette.example/a", "https://gazette.example/b"


def read(data):
    return read_sitemap(data.encode() if isinstance(data, str) else data, "map")


def test_a_sitemap_names_documents_and_when_they_changed():
    found = read(sitemap((A, "2024-05-06"), (B, None)))
    assert found.documents == [Listed(A, "2024-05-06"), Listed(B)]
    assert found.sitemaps == []


def test_an_index_names_sitemaps():
    found = read(sitemap((A, "2024-05-06"), root="sitemapindex", entry="sitemap"))
    assert (found.documents, found.sitemaps) == ([], [Listed(A, "2024-05-06")])


def test_a_news_sitemap_says_title_date_publisher_and_language():
    data = f"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
      xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
      <loc>{A}?x=1&amp;y=2</loc>
      <image:image><image:loc>https://gazette.example/a.jpg</image:loc></image:image>
      <news:news>
        <news:publication><news:name>The Callao Gazette</news:name>
          <news:language>en</news:language></news:publication>
        <news:publication_date>2024-05-06T10:00:00+02:00</news:publication_date>
        <news:title>Harbour &amp; rail</news:title>
      </news:news></url></urlset>"""
    (entry,) = read(data).documents
    assert entry.url == f"{A}?x=1&y=2"
    assert entry.stamp == "2024-05-06T10:00:00+02:00"
    assert entry.says == {
        "title": "Harbour & rail",
        "published_at": "2024-05-06T10:00:00+02:00",
        "publisher": "The Callao Gazette",
        "language": "en",
    }


def test_a_wrong_or_missing_namespace_is_no_matter():
    data = f"<urlset xmlns='http://maps.example/0.84'><url><loc> {A} </loc></url></urlset>"
    assert read(data).documents == [Listed(A)]
    assert read(f"<urlset><url><loc><![CDATA[{A}]]></loc></url></urlset>").documents == [Listed(A)]


def test_a_sitemap_that_breaks_off_gives_no_half_address():
    data = sitemap((A, None), (B, None))
    cut = data[: data.index(B) + len(B) - 1]
    assert read(cut).documents == [Listed(A)]


def test_entries_without_an_address_are_passed_over():
    assert read("<urlset><url><lastmod>2024</lastmod></url><url/></urlset>").documents == []


def test_entities_do_not_grow():
    bomb = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "ha"}">'
        for number in range(9)
    )
    assert read(f"<!DOCTYPE u [{bomb}]><urlset><url><loc>&e8;</loc></url></urlset>").documents == []


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("&#xE9;&#38;", "é&"),
        ("&#xD800;", "\ufffd"),
        ("&#0;&#999999999999;", "\ufffd\ufffd"),
        ("&#x&#xD800;D800;", None),
        ("&#xD&#xD800;800;", None),
    ],
)
def test_references_to_no_character_crash_nothing(written, read_as):
    (found,) = read(f"<urlset><url><loc>{A}{written}</loc></url></urlset>").documents
    assert found.url.startswith(A)
    assert read_as is None or found.url == A + read_as


@pytest.mark.parametrize("data", ["", "plain words"])
def test_what_is_no_xml_is_refused(data):
    with pytest.raises(UnreadableDocumentError):
        read(data)


def test_no_more_than_a_sitemap_may_name_is_read():
    data = sitemap(*((f"{A}{number}", None) for number in range(50_002)))
    assert len(read(data).documents) == 50_000
