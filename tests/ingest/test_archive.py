from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from pipeline.config import SourceKind
from pipeline.errors import FetchError, UnreadableDocumentError
from pipeline.ingest.archive import Archive
from pipeline.ingest.fetch import Answer, Validators
from pipeline.ingest.robots import Rules
from pipeline.ingest.urls import Listed

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
A, B = "https://gazette.example/a", "https://gazette.example/b"


@pytest.fixture
def archive(tmp_path):
    with closing(Archive(tmp_path)) as found:
        yield found


def answer(body=b"x", url=A, etag='"1"'):
    return Answer(url, body, "text/html", "utf-8", Validators(etag, None))


def failure(code, url=A):
    return FetchError(url, f"it is {code}", code=code)


def listed(archive, source, *items, faults=()):
    archive.found(source, SourceKind.FEED, [Listed(*item) for item in items], faults, NOW)


def test_bytes_are_kept_under_their_hash_once(archive, tmp_path):
    digest = archive.keep(b"words" * 100)
    assert digest == sha256(b"words" * 100).hexdigest()
    assert archive.keep(b"words" * 100) == digest
    assert archive.kept(digest) == b"words" * 100
    assert [path.name for path in (tmp_path / "raw").rglob("*.*")] == [f"{digest}.zst"]


def test_bytes_that_were_swapped_are_told(archive, tmp_path):
    one, other = archive.keep(b"one"), archive.keep(b"other")
    paths = {path.stem: path for path in (tmp_path / "raw").rglob("*.zst")}
    paths[one].write_bytes(paths[other].read_bytes())
    with pytest.raises(UnreadableDocumentError, match="broken"):
        archive.kept(one)


def test_an_answer_is_remembered_by_the_next_run(archive, tmp_path):
    archive.answered(A, answer(url=B), NOW)
    with closing(Archive(tmp_path)) as again:
        page = again.page(A)
    assert (page.final_url, page.media_type, page.charset) == (B, "text/html", "utf-8")
    assert (page.validators, page.retrieved, page.rule) == (Validators('"1"', None), NOW, None)


def test_other_bytes_have_their_own_time_and_the_same_keep_theirs(archive):
    times = []
    for hours, body in enumerate([b"x", b"x", None, b"y"]):
        archive.answered(A, answer(body), NOW + timedelta(hours=hours))
        times.append(archive.page(A).retrieved)
    assert times == [NOW, NOW, NOW, NOW + timedelta(hours=3)]
    assert (archive.page(A).first_asked, archive.page(A).asked) == (NOW, NOW + timedelta(hours=3))


def test_validators_of_bytes_that_are_lost_are_not_used(archive, tmp_path):
    archive.answered(A, answer(), NOW)
    for path in (tmp_path / "raw").rglob("*.zst"):
        path.unlink()
    assert (archive.page(A).raw_sha256, archive.page(A).validators) == (None, Validators())


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        ("not-found", "server-error", "server-error"),
        ("not-found", "unreachable", "not-found"),
        ("unreachable", "robots-forbidden", "robots-forbidden"),
    ],
)
def test_no_connection_does_not_replace_an_answer(archive, first, second, stands):
    archive.failed(A, failure(first), NOW)
    archive.failed(A, failure(second), LATER)
    page = archive.page(A)
    assert (page.rule, page.detail, page.asked) == (stands, f"it is {stands}", LATER)


def test_a_failure_does_not_replace_bytes(archive):
    archive.answered(A, answer(), NOW)
    archive.failed(A, failure("not-found"), LATER)
    assert (archive.page(A).rule, archive.page(A).retrieved) == (None, NOW)


def test_items_come_oldest_first_and_take_on_what_is_said_last(archive):
    listed(archive, "feed", (B, "2", {"title": "b"}), (A, "1"))
    listed(archive, "feed", ("c", "3"), (B, "4", {"title": "B"}))
    found = list(archive.items("feed"))
    assert [(item.url, item.stamp, item.says) for item in found] == [
        (A, "1", {}),
        (B, "4", {"title": "B"}),
        ("c", "3", {}),
    ]
    listed(archive, "other", (A, "1"))
    assert list(archive.items("other", ["feed"])) == []


def test_a_page_is_read_as_of_what_each_source_said_of_it(archive):
    listed(archive, "feed", (A, "monday"))
    listed(archive, "sitemap", (A, "2024-05-06"))
    archive.answered(A, answer(), NOW)
    listed(archive, "feed", (A, "tuesday"))
    marks = [
        (item.stamp, item.read_stamp)
        for source in ("feed", "sitemap")
        for item in archive.items(source)
    ]
    assert marks == [("tuesday", "monday"), ("2024-05-06", "2024-05-06")]


def test_faults_are_those_found_last_and_of_an_unknown_source_why(archive):
    archive.broken("feed", failure("not-found"))
    assert archive.faults("feed") == [(A, "not-found", "it is not-found")]
    listed(archive, "feed", (A,), faults=[failure("bad-address", "x")])
    archive.broken("feed", failure("server-error"))
    assert archive.faults("feed") == [("x", "bad-address", "it is bad-address")]


def test_rules_of_sites_are_kept(archive, tmp_path):
    archive.robots["https://gazette.example"] = Rules("User-agent: *", NOW)
    with closing(Archive(tmp_path)) as again:
        assert dict(again.robots) == {"https://gazette.example": Rules("User-agent: *", NOW)}
        del again.robots["https://gazette.example"]
        assert len(again.robots) == 0
