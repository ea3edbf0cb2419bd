"""Sources in a bucket: what lies there is read as what lies on a disk."""

import gzip
import json
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import stores

from pipeline.config import Source
from pipeline.errors import ConfigError, SourceError
from pipeline.ingest import documents
from pipeline.ingest.objects import matches, one_object
from pipeline.records import RawDocument

TEXT = "Dock workers met the minister in Callao."


def _parquet() -> bytes:
    written = BytesIO()
    pq.write_table(pa.table({"id": ["p"], "text": [TEXT]}), written)
    return written.getvalue()


FILES = {
    "news/2024/one.txt": TEXT.encode(),
    "news/2024/two.jsonl.gz": gzip.compress(json.dumps({"id": "j", "text": TEXT}).encode()),
    "news/2025/three.parquet": _parquet(),
    "news/2025/.hidden/four.txt": TEXT.encode(),
    "news/README.md": b"What this is.",
    "newspapers/five.txt": TEXT.encode(),
}


@pytest.fixture(scope="module")
def bucket():
    with stores.serving() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name, value in stores.environment(endpoint).items():
            patch.setenv(name, value)
        client = stores.client(endpoint)
        client.create_bucket(Bucket="press")
        for key, data in FILES.items():
            client.put_object(Bucket="press", Key=key, Body=data)
        yield client


def read(location: str) -> list:
    return list(documents(Source(location=location), max_bytes=10_000))


@pytest.mark.parametrize(
    ("location", "names"),
    [
        ("s3://press/news", ["2024/one.txt", "j", "p"]),
        ("s3://press/news/", ["2024/one.txt", "j", "p"]),
        ("s3://press/news/2024/one.txt", ["one.txt"]),
        ("s3://press/news/*/*.txt", ["2024/one.txt"]),
        ("s3://press/new*/*.txt", ["newspapers/five.txt"]),
        ("s3://press/news/**/*.parquet", ["p"]),
        ("s3://press", ["news/2024/one.txt", "j", "p", "newspapers/five.txt"]),
    ],
)
def test_a_file_a_folder_and_a_glob_name_what_they_name_on_a_disk(
    bucket, location, names, tmp_path, monkeypatch
):
    found = read(location)
    assert [each.record_id for each in found] == names
    assert all(each.uri.startswith("s3://press/") for each in found)
    # The same tree on a disk gives the same documents, but for where they lie.
    root = tmp_path / "press"
    for key, data in FILES.items():
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.chdir(tmp_path)
    told = [(each.source, each.record_id, each.content) for each in found]
    on_disk = read(location.removeprefix("s3://"))
    assert told == [(each.source, each.record_id, each.content) for each in on_disk]


def test_a_file_that_changes_while_it_is_read_is_refused(bucket):
    bucket.put_object(Bucket="press", Key="moving/a.txt", Body=TEXT.encode())
    listed = one_object("s3://press/moving/a.txt")
    bucket.put_object(Bucket="press", Key="moving/a.txt", Body=b"Another text of other length.")
    with pytest.raises(OSError, match="changed while it was read"):
        listed.open().read()


@pytest.mark.parametrize(
    ("location", "error", "told"),
    [
        ("s3://press/nowhere", SourceError, "no file to read there"),
        ("s3://no-such-bucket/news", SourceError, "there is no such bucket"),
        ("s3://Key:Secret@press/news", ConfigError, "an address on S3 is"),
    ],
)
def test_what_is_not_there_is_named(bucket, location, error, told):
    with pytest.raises(error, match=told) as caught:
        read(location)
    assert "Secret" not in str(caught.value)


def test_a_large_object_is_read_in_ranges_anywhere(bucket):
    data = bytes(range(256)) * 40_000
    bucket.put_object(Bucket="press", Key="large/x.bin", Body=data)
    with one_object("s3://press/large/x.bin").open() as file:
        assert file.read(10) == data[:10]
        file.seek(-7, 2)
        assert file.read() == data[-7:]
        file.seek(5_000_000)
        assert file.read(9) == data[5_000_000:5_000_009]


@pytest.mark.parametrize(
    ("path", "pattern", "meets"),
    [
        ("a/b.txt", "a/*.txt", True),
        ("a/b/c.txt", "a/*.txt", False),
        ("a/b/c.txt", "**/*.txt", True),
        ("c.txt", "**/c.txt", True),
        ("a/c.txt", "a/**", True),
        ("b/c.txt", "a/**", False),
    ],
)
def test_globs_go_part_by_part(path, pattern, meets):
    assert matches(path.split("/"), pattern.split("/")) is meets


def test_a_document_of_a_bucket_is_a_raw_document(bucket):
    (found,) = read("s3://press/news/2024/one.txt")
    assert isinstance(found, RawDocument)
    assert (found.source, found.content) == ("2024", TEXT)
