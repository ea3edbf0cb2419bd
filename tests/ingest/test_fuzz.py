"""Mutated pages and archives: each becomes articles and refusals, soon.

`FUZZ_EXAMPLES=10000 pytest tests/ingest/test_fuzz.py -o timeout=0` tries as many of each.
"""

import gzip
import json
import os
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config import Settings, Source
from pipeline.ingest import documents
from pipeline.records import Article, RawDocument, Refusal
from pipeline.work import _read

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
MAX_SECONDS = 10
SETTINGS = Settings()

SENTENCES = (
    "The town council voted on Monday night to close the old stone bridge to lorries.",
    "Engineers had found cracks in two of its five arches, said Martha Quill of the bakery.",
    "“We have waited far too long for this,” she said; the quarry called the decision hasty.",
)
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {
            "@type": "NewsArticle",
            "headline": "Old bridge to close",
            "datePublished": "2021-03-02T23:30:00-05:00",
            "author": [{"@type": "Person", "name": "Ann Lee"}],
            "articleBody": " ".join(SENTENCES),
        }
    ],
}
PAGE = (
    "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Old bridge | Echo</title>"
    '<meta property="og:title" content="Old bridge to close">'
    '<meta property="article:published_time" content="2021-03-03T04:30:00Z">'
    f'<script type="application/ld+json">{json.dumps(LINKED)}</script></head><body>'
    "<nav><a href='/'>Home</a></nav><article><h1>Old bridge to close</h1>"
    "<p class='byline'>By <a rel='author' href='/author/ann'>Ann Lee</a></p>"
    "<time datetime='2021-03-02'>2 March 2021</time>"
    + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES * 2)
    + "<h2>Why now?</h2><p>Nobody knew.</p><ul><li>Read more: <a href='/x'>Ferry lost</a></li></ul>"
    "</article><aside>Related</aside><footer>© Echo</footer></body></html>"
).encode()


def record(number: int, payload: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + payload
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:n:{number}>\r\n"
        f"WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: https://echo.example/{number}\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


RECORDS = [record(number, PAGE.replace(b"bridge", b"quay %d" % number)) for number in range(4)]
ARCHIVES = {"plain": b"".join(RECORDS), "packed": b"".join(map(gzip.compress, RECORDS))}
PIECES = (
    *(b"<", b">", b"</article>", b"</html>", b"<p>", b"<h1>", b"<!--", b"-->", b"\x00", b"\xff"),
    *(b'<script type="application/ld+json">', b"</script>", b'{"@graph":[{"author":', b"[" * 2000),
    *(b"<div>" * 2000, b"<b>" * 2000, b"&#0;", b"&#x110000;", b"<base href='x'>", b"<table><tr>"),
    *(b"<meta charset=utf-16>", b"<time datetime='9999-99-99'>", b"x" * 50_000, b'"' * 3000),
    *(b"\xf0\x9f\x98", b"\xef\xbb\xbf", b"\xff\xfe", b"<svg><math>", b"<plaintext>", b"\r\n\r\n"),
    *(b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"Content-Length: 99999999999\r\n", b"HTTP/1.1 200 OK\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: br\r\n", b"WARC-Type: response\r\n"),
)
"""What breaks readers, to be put anywhere."""


@st.composite
def mutated(draw, original: bytes) -> bytes:
    """Bytes in which a few stretches are gone, doubled, moved or replaced."""
    data = original
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 1, 5, 40, 300, 3000])))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        change = draw(st.sampled_from(["insert", "replace", "delete", "double", "cut"]))
        data = {
            "insert": data[:start] + piece + data[start:],
            "replace": data[:start] + piece + data[end:],
            "delete": data[:start] + data[end:],
            "double": data[:end] + data[start:],
            "cut": data[:end],
        }[change]
    return data


def results(path) -> list[Article | Refusal]:
    """Everything a file becomes, within the time one file may take."""
    began = time.process_time()
    found = list(documents(Source(location=str(path)), max_bytes=10_000_000))
    done = [_read(each, SETTINGS) if isinstance(each, RawDocument) else each for each in found]
    assert time.process_time() - began < MAX_SECONDS
    return done


ONCE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@ONCE
@given(mutated(PAGE))
def test_a_mutated_page_is_an_article_or_a_refusal(tmp_path, data):
    path = tmp_path / "page.html"
    path.write_bytes(data)
    [result] = results(path)
    assert isinstance(result, Article | Refusal)


@ONCE
@given(st.sampled_from(sorted(ARCHIVES)).flatmap(lambda name: mutated(ARCHIVES[name])))
def test_a_mutated_archive_is_articles_and_refusals(tmp_path, data):
    path = tmp_path / "pages.warc"
    path.write_bytes(data)
    found = results(path)
    assert found
    assert all(isinstance(each, Article | Refusal) for each in found)
    assert all(each.detail and each.rule for each in found if isinstance(each, Refusal))


def test_an_untouched_page_and_archive_are_articles(tmp_path):
    (tmp_path / "page.html").write_bytes(PAGE)
    assert [each.title for each in results(tmp_path / "page.html")] == ["Old bridge to close"]
    for name, data in ARCHIVES.items():
        path = tmp_path / f"{name}.warc"
        path.write_bytes(data)
        assert [type(each) for each in results(path)] == [Article] * 4
