"""Broken feeds, sitemaps and lists: no crash, no hang, every record an article or a refusal.

`FUZZ_EXAMPLES=10000 pytest tests/ingest/test_mutated.py -o timeout=0` tries as many of them.
"""

import gzip
import logging
import os
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publisher import rss, sitemap

from pipeline.config import Source
from pipeline.errors import DocumentError, FetchError
from pipeline.ingest.archive import Archive
from pipeline.ingest.fetch import Answer, Validators
from pipeline.ingest.listings import Limits
from pipeline.ingest.remote import refresh, remote_documents
from pipeline.normalise import normalise
from pipeline.records import Article, RawDocument, Refusal

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "120"))
MAX_SECONDS = 10
NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
ROOT = "https://gazette.example/root"

BODY = "".join(f"<p>The harbour board met for the {number}th time.</p>" for number in range(30))
WHOLE = (
    "<item><title>Board &amp; rail</title><link>https://gazette.example/whole</link>"
    "<pubDate>Mon, 06 May 2024 10:00:00 MSK</pubDate><description>Two boards meet.</description>"
    f"<content:encoded><![CDATA[{BODY}]]></content:encoded></item>"
)
ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Gazette</title>
<entry><title type="html">A &lt;b&gt;new&lt;/b&gt; chair</title><id>urn:1</id><link href="a"/>
<author><name>Ana Quispe</name></author><author><name>Luis Rojas</name></author>
<updated>2024-05-06T10:00:00Z</updated><content type="xhtml"><div
xmlns="http://www.w3.org/1999/xhtml">{BODY}</div></content></entry>
<entry><id>urn:2</id><link href="/b" rel="alternate"/><summary>More.</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><item rdf:about="https://gazette.example/a"><title>A</title>
<link>https://gazette.example/a</link></item></rdf:RDF>"""
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://gazette.example/a</loc>
<news:news><news:publication><news:name>Gazette</news:name></news:publication>
<news:publication_date>2024-05-06</news:publication_date><news:title>A</news:title></news:news>
</url></urlset>"""
SAMPLES = [
    rss(("https://gazette.example/a", "A", "Mon, 06 May 2024 10:00:00 GMT"), WHOLE),
    ATOM,
    RDF,
    NEWS,
    sitemap(("https://gazette.example/a", "2024-05-06"), ("https://gazette.example/b", None)),
    sitemap((f"{ROOT}/1", None), root="sitemapindex", entry="sitemap"),
    "# ours\nhttps://gazette.example/a\nhttps://gazette.example/b\n",
]
TOKENS = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&a;",
    b"&#xD800;",
    b"&#0;",
    b"&#99999999;",
    b"\x00",
    b"\xff\xfe",
    b"\xc3",
    b"\r\n",
    b"<item><link>",
    b"<link>javascript:x</link>",
    b"<link>http://[</link>",
    b"<entry>" * 300,
    b"<div>" * 3000,
    b"</item>",
    b" a='" + b"x" * 5000,
    b"<feed xmlns='http://www.w3.org/2005/Atom'>",
    b"<content type='application/octet-stream' mode='base64'>AAAA</content>",
    b"<updated>0000-99-99T99:99:99+99:99</updated>",
    b"<pubDate>Mon, 99 Foo 99999 99:99:99 +9999999</pubDate>",
    b"<language>\x1b</language>",
    b"<media:content url='x'/><itunes:image href='y'/><georss:point>1 x</georss:point>",
    b"<enclosure length='x'/><gml:posList>1 2 3</gml:posList>",
]


def cut(data, start, size, token):
    return data[:start] + data[start + size :]


def repeat(data, start, size, token):
    return data[: start + size] + data[start:]


def insert(data, start, size, token):
    return data[:start] + token + data[start:]


def replace(data, start, size, token):
    return data[:start] + token + data[start + size :]


def end(data, start, size, token):
    return data[:start]


def swap(data, start, size, token):
    return data[start:] + data[:start]


MUTATION = st.tuples(
    st.sampled_from([cut, repeat, insert, insert, replace, end, swap]),
    st.floats(0, 1),
    st.integers(0, 200),
    st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8)),
)
ENCODINGS = ["utf-8"] * 5 + ["utf-16", "latin-1", "utf-8-sig"]


@st.composite
def mutated(draw):
    """A sample, encoded, with a few mutations."""
    data = draw(st.sampled_from(SAMPLES)).encode(draw(st.sampled_from(ENCODINGS)))
    for change, place, size, token in draw(st.lists(MUTATION, min_size=1, max_size=8)):
        data = change(data, int(place * len(data)), size, token)
    return gzip.compress(data, mtime=0) if draw(st.integers(0, 9)) == 0 else data


class OneAnswer:
    """Answers every question for a source with the same bytes; has no pages."""

    def __init__(self, data, kind, charset):
        self.answer = Answer(ROOT, data, kind, charset, Validators())

    def fetch(self, url, known=None):
        if url.startswith(ROOT):
            return self.answer
        raise FetchError(url, "404 Not Found", code="not-found")


def outcomes(data, kind, charset, folder):
    """Read a source that is `data`; return what became of each record."""
    source = Source(location=ROOT)
    with closing(Archive(folder)) as archive:
        fetcher = OneAnswer(data, kind, charset)
        limits = Limits(1_000_000, 1000)
        refresh([source], archive, fetcher, limits, now=lambda: NOW, fetched=lambda: None)
        found = list(remote_documents(source, archive, max_bytes=1_000_000))
    return [normalised(each) if isinstance(each, RawDocument) else each for each in found]


def normalised(raw):
    try:
        return normalise(raw, pipeline_version="1", max_chars=1_000_000)
    except DocumentError as error:
        return error


@pytest.fixture(autouse=True)
def quiet():
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    data=mutated(),
    kind=st.sampled_from(["application/xml", "text/html", "text/plain", ""]),
    charset=st.sampled_from([None, None, "utf-8", "windows-1251", "x-nonsense", "utf-16"]),
)
def test_whatever_a_source_gives_is_articles_and_refusals(data, kind, charset):
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for found in outcomes(data, kind, charset, Path(folder)):
            assert isinstance(found, Article | Refusal | DocumentError)
            if isinstance(found, Article):
                found.text.encode()
            if isinstance(found, Refusal):
                assert found.rule
                assert found.detail
    assert time.process_time() - began < MAX_SECONDS


def test_the_samples_are_read_when_nothing_is_wrong_with_them(tmp_path):
    counts = []
    for number, sample in enumerate(SAMPLES):
        found = outcomes(sample.encode(), "", None, tmp_path / str(number))
        counts.append([type(each).__name__ for each in found])
    assert counts == [
        ["Article", "Refusal"],
        ["Refusal", "Article"],
        ["Refusal"],
        ["Refusal"],
        ["Refusal", "Refusal"],
        [],
        ["Refusal", "Refusal"],
    ]
