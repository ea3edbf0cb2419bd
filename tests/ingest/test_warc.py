import gzip
import io
import re
import zlib
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import zstandard
from fastwarc.stream_io import BrotliWriter
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.config import Source
from pipeline.ingest import documents
from pipeline.records import RawDocument, Refusal

HTML = "text/html; charset=utf-8"


def page(words="The harbour board met on Monday."):
    return f"<!DOCTYPE html><html><body><p>{words}</p></body></html>".encode()


class Writer(WARCWriter):
    @classmethod
    def _create_temp_file(cls):
        return io.BytesIO()  # warcio leaves its own open


class Archive:
    """A WARC in memory, and where each of its records begins."""

    def __init__(self, *, packed=True):
        self.buffer, self.starts = io.BytesIO(), []
        self.writer = Writer(self.buffer, gzip=packed, warc_version="1.0")

    def add(
        self,
        payload,
        *,
        url="https://echo.example/a",
        kind=HTML,
        status="200 OK",
        name=None,
        headers=(),
        warc=(),
        record_type="response",
    ):
        fields = [("Content-Type", kind), *headers] if kind else list(headers)
        stated = {"WARC-Date": "2024-05-06T07:08:09Z", **dict(warc)}
        if name:
            stated["WARC-Record-ID"] = f"<{name}>"
        http = StatusAndHeaders(status, fields, protocol="HTTP/1.1")
        self.starts.append(self.buffer.tell())
        record = self.writer.create_warc_record(
            url, record_type, io.BytesIO(payload), http_headers=http, warc_headers_dict=stated
        )
        self.writer.write_record(record)
        return self

    @property
    def data(self):
        return self.buffer.getvalue()


def five(*, packed=True):
    archive = Archive(packed=packed)
    for number in range(5):
        words = "".join(chr(97 + (number * 7 + place * place) % 26) for place in range(400))
        url = f"https://echo.example/{number}"
        archive.add(page(words), url=url, name=f"urn:n:{number}")
    return archive


def read(tmp_path, data, name="CC-NEWS-1.warc.gz", max_bytes=100_000):
    file = tmp_path / name
    file.write_bytes(data if isinstance(data, bytes) else data.data)
    return list(documents(Source(location=str(file)), max_bytes=max_bytes))


def names(found):
    return [each.record_id for each in found if isinstance(each, RawDocument)]


def refused(found):
    return [(each.rule, each.record_id) for each in found if isinstance(each, Refusal)]


def test_a_page_of_an_archive(tmp_path):
    archive = Archive().add(b"robots", record_type="metadata", kind=None)
    archive.add(page(), url="https://echo.example/a?b=1", name="urn:uuid:1")
    [document] = read(tmp_path, archive)
    assert document == RawDocument(
        source="CC-NEWS-1",
        record_id="urn:uuid:1",
        uri=f"{tmp_path.as_posix()}/CC-NEWS-1.warc.gz#{archive.starts[1]}",
        media_type="text/html",
        content=page().decode(),
        raw_sha256=sha256(page()).hexdigest(),
        given={"url": "https://echo.example/a?b=1"},
        retrieved_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.warc", bytes),
        ("a.warc.gz", gzip.compress),
        ("a.warc.zst", zstandard.ZstdCompressor().compress),
        ("download", bytes),
        ("download.gz", gzip.compress),
    ],
)
def test_archives_are_known_by_name_or_content(tmp_path, name, pack):
    assert names(read(tmp_path, pack(five(packed=False).data), name)) == [
        f"urn:n:{number}" for number in range(5)
    ]


def test_an_archive_packed_record_by_record(tmp_path):
    assert len(names(read(tmp_path, five()))) == 5


def test_an_archive_in_a_folder(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(five().data)
    (tmp_path / "b.html").write_bytes(page())
    assert len(list(documents(Source(location=str(tmp_path)), max_bytes=10_000))) == 6


@pytest.mark.parametrize(
    ("words", "codec", "kind", "meta"),
    [
        ("Straße", "utf-8", "text/html; charset=iso-8859-1", ""),
        ("Košice, Žilina", "windows-1250", "text/html; charset=windows-1250", ""),
        ("Москва", "koi8-r", "text/html; charset=KOI8-R", "windows-1251"),
        ("Москва", "windows-1251", "text/html", "windows-1251"),
        ("Москва", "windows-1251", "text/html; charset=utf-8", "windows-1251"),
        ("Встреча прошла в понедельник в порту. " * 5, "windows-1251", "text/html", ""),
    ],
    ids=["utf-8-whatever-is-said", "header", "header-first", "meta", "header-lies", "detected"],
)
def test_the_encoding_of_a_page(tmp_path, words, codec, kind, meta):
    text = f'<html><head><meta charset="{meta}"></head><body><p>{words}</p></body></html>'
    [document] = read(tmp_path, Archive().add(text.encode(codec), kind=kind))
    assert words in document.content


def chunked(data):
    parts = [data[start : start + 20] for start in range(0, len(data), 20)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Kept(io.BytesIO):
    def close(self):
        """Keep what a writer wrote when it closes."""


def brotli(data):
    packed = Kept()
    with BrotliWriter(packed) as writer:
        writer.write(data)
    return packed.getvalue()


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare_deflate),
        ("br", brotli),
        ("zstd", zstandard.ZstdCompressor().compress),
        ("gzip", bytes),
        ("br", bytes),
    ],
)
@pytest.mark.parametrize("transfer", ["chunked", None])
def test_transfer_and_content_encodings_are_undone(tmp_path, encoding, pack, transfer):
    headers = [("Content-Encoding", encoding)]
    payload = pack(page())
    if transfer:
        headers, payload = [*headers, ("Transfer-Encoding", transfer)], chunked(payload)
    [document] = read(tmp_path, Archive().add(payload, headers=headers))
    assert document.content == page().decode()


@pytest.mark.parametrize(
    ("archive", "rule", "told"),
    [
        (Archive().add(page(), status="404 Not Found"), "http-status", "HTTP status 404"),
        (Archive().add(page(), status="abc"), "http-status", "HTTP status none"),
        (Archive().add(b"\x89PNG", kind="image/png"), "unsupported-format", "image/png"),
        (Archive().add(b"{}", kind=None), "unsupported-format", "no content type"),
        (Archive().add(b"\x89PNG" + bytes(50)), "unreadable", "a PNG image"),
        (Archive().add(b" \n"), "empty-article", "the page is empty"),
        (Archive().add(page("x" * 3000)), "document-too-large", "larger than the 2000"),
        (
            Archive().add(
                gzip.compress(page("x" * 90_000)), headers=[("Content-Encoding", "gzip")]
            ),
            "document-too-large",
            "larger than the 2000",
        ),
        (
            Archive().add(page(), warc=[("WARC-Truncated", "length")]),
            "truncated-record",
            "cut it off (length)",
        ),
        (
            Archive().add(gzip.compress(page())[:-12], headers=[("Content-Encoding", "gzip")]),
            "truncated-record",
            "ends too early",
        ),
        (
            Archive().add(chunked(page())[:-30], headers=[("Transfer-Encoding", "chunked")]),
            "truncated-record",
            "chunks are broken",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_page_is_refused_with_its_place(tmp_path, archive, rule, told):
    [refusal] = read(tmp_path, archive, max_bytes=2000)
    assert (refusal.rule, refusal.stage, refusal.source) == (rule, "ingest", "CC-NEWS-1")
    assert refusal.detail.startswith("byte 0, https://echo.example/a: ")
    assert told in refusal.detail


def test_a_page_without_content_type_is_one_by_its_beginning(tmp_path):
    assert len(names(read(tmp_path, Archive().add(page(), kind=None)))) == 1


def test_the_same_page_stored_twice_is_read_once(tmp_path):
    archive = Archive().add(page(), name="urn:n:1")
    archive.add(page(), url="https://echo.example/b", name="urn:n:2").add(page("Other."))
    found = read(tmp_path, archive)
    assert names(found)[0] == "urn:n:1"
    assert len(names(found)) == 2
    assert refused(found) == [("repeated-page", "urn:n:2")]


def test_two_captures_of_one_address_are_two_documents(tmp_path):
    archive = Archive().add(page("Old."), name="urn:n:1").add(page("New."), name="urn:n:2")
    assert names(read(tmp_path, archive)) == ["urn:n:1", "urn:n:2"]


def test_a_record_without_id_is_called_by_its_page(tmp_path):
    data = re.sub(rb"WARC-Record-ID: \S+\r\n", b"", Archive(packed=False).add(page()).data)
    [document] = read(tmp_path, data, "a.warc")
    assert document.record_id == f"a.warc#{sha256(page()).hexdigest()[:12]}"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("<https://echo.example/a>", "https://echo.example/a"),
        ("https://echo.example/a b", "https://echo.example/a%20b"),
        ("dns:echo.example", None),
    ],
)
def test_addresses_as_crawlers_write_them(tmp_path, written, read_as):
    [document] = read(tmp_path, Archive().add(page(), url=written))
    assert document.given.get("url") == read_as


def test_a_record_without_a_date_has_none(tmp_path):
    data = re.sub(rb"WARC-Date: \S+", b"WARC-Date: soon", Archive(packed=False).add(page()).data)
    [document] = read(tmp_path, data, "a.warc")
    assert document.retrieved_at is None


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_garbage_between_records_costs_none_of_them(tmp_path, packed):
    archive = five(packed=packed)
    cut = archive.starts[3]
    data = archive.data[:cut] + b"some other bytes\n" * 3 + archive.data[cut:]
    found = read(tmp_path, data, "a.warc.gz")
    assert names(found) == [f"urn:n:{number}" for number in range(5)]
    assert [rule for rule, _ in refused(found)] == ["broken-record"]


def test_a_record_that_cannot_be_unpacked_costs_only_itself(tmp_path):
    archive = five()
    data = bytearray(archive.data)
    data[archive.starts[2] + 150 : archive.starts[2] + 190] = bytes(40)
    found = read(tmp_path, bytes(data))
    assert names(found) == ["urn:n:0", "urn:n:1", "urn:n:3", "urn:n:4"]
    [refusal] = [each for each in found if isinstance(each, Refusal)]
    assert refusal.rule == "broken-record"
    assert f"byte {archive.starts[2]}" in refusal.detail


def test_a_length_that_swallows_the_next_record_costs_only_itself(tmp_path):
    archive = five(packed=False)
    start, end = archive.starts[1:3]
    long = re.sub(rb"Content-Length: (\d+)", rb"Content-Length: 9\1", archive.data[start:end])
    found = read(tmp_path, archive.data[:start] + long + archive.data[end:], "a.warc")
    assert names(found) == ["urn:n:0", "urn:n:2", "urn:n:3", "urn:n:4"]
    assert refused(found) == [("broken-record", "urn:n:1")]


def test_a_length_that_is_none_costs_only_its_record(tmp_path):
    archive = five(packed=False)
    start, end = archive.starts[1:3]
    none = re.sub(rb"Content-Length: \d+", b"Content-Length: abc", archive.data[start:end])
    found = read(tmp_path, archive.data[:start] + none + archive.data[end:], "a.warc")
    assert names(found) == ["urn:n:0", "urn:n:2", "urn:n:3", "urn:n:4"]
    assert refused(found) == [("broken-record", "urn:n:1")]


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_an_archive_cut_off_in_its_last_record(tmp_path, packed):
    data = five(packed=packed).data[:-120]
    found = read(tmp_path, data, "a.warc.gz")
    assert names(found) == [f"urn:n:{number}" for number in range(4)]
    assert [rule for rule, _ in refused(found)] == ["broken-record"]


def test_what_only_bears_the_name_is_refused_once(tmp_path):
    found = read(tmp_path, b"nothing to see\n" * 100, "a.warc")
    assert refused(found) == [("broken-record", "a.warc#0")]
    assert refused(read(tmp_path, b"", "a.warc")) == [("empty-article", "a.warc")]


def test_reading_again_gives_the_same(tmp_path):
    assert read(tmp_path, five()) == read(tmp_path, five())
