"""What each behaviour of a server comes to."""

import gzip
import itertools
import socket
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from publisher import LOOPBACK, Reply, publishing

from pipeline.config import FetchSettings
from pipeline.errors import DocumentError
from pipeline.ingest.fetch import Fetcher, Validators, fetchable
from pipeline.ingest.robots import Rules

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
EVERYTHING = Rules("", NOW)


@pytest.fixture
def site():
    with publishing() as found:
        found["/robots.txt"] = Reply("", 404)
        yield found


@pytest.fixture
def fetcher(site):
    """`fetcher()` makes one that notes its pauses instead of keeping them."""
    made = []

    def make(max_bytes=100_000, robots=None, now=NOW, **settings):
        pauses = []
        known = {"delay_seconds": 0, "private_networks": [LOOPBACK]}
        found = Fetcher(
            FetchSettings(**{**known, **settings}),
            max_bytes=max_bytes,
            robots={site.url(): EVERYTHING} if robots is None else robots,
            now=lambda: now,
            sleep=lambda seconds: pauses.append(seconds) if seconds else None,
        )
        found.pauses = pauses
        made.append(found)
        return found

    yield make
    for each in made:
        each.close()


def failure(fetcher, url, known=None):
    with pytest.raises(DocumentError) as caught:
        fetcher.fetch(url, known)
    return caught.value.code, caught.value.detail


def test_an_answer_says_where_it_came_from_and_how_to_ask_again(site, fetcher):
    site["/a"] = Reply("", 302, Location="/b#top")
    site["/b"] = Reply(
        "<p>x</p>", kind="text/html; charset=KOI8-R", ETag='"7"', Last_Modified="Mon"
    )
    answer = fetcher(contact="desk@gazette.example").fetch(site.url("/a#part"))
    assert (answer.url, answer.body) == (site.url("/b"), b"<p>x</p>")
    assert (answer.media_type, answer.charset) == ("text/html", "KOI8-R")
    assert answer.validators == Validators('"7"', "Mon")
    agent = site.asked[0][1]["User-Agent"]
    assert agent.startswith("onrecord/")
    assert agent.endswith(" (+desk@gazette.example)")


def test_what_has_not_changed_is_not_sent_again(site, fetcher):
    def conditional(headers):
        fresh = headers["If-None-Match"] == '"7"' and headers["If-Modified-Since"] == "Mon"
        return Reply(b"", 304) if fresh else Reply("x", ETag='"7"', Last_Modified="Mon")

    site["/a"] = conditional
    first = fetcher().fetch(site.url("/a"))
    again = fetcher().fetch(site.url("/a"), first.validators)
    assert (first.body, again.body) == (b"x", None)


def test_not_modified_without_a_question_is_an_error(site, fetcher):
    site["/a"] = Reply(b"", 304)
    assert failure(fetcher(), site.url("/a")) == ("http-error", "304 Not Modified")


def test_too_many_requests_waits_as_long_as_the_server_asks(site, fetcher):
    site["/a"] = [Reply("", 429, Retry_After="7"), Reply("x")]
    asking = fetcher()
    assert asking.fetch(site.url("/a")).body == b"x"
    assert asking.pauses == [7.0]


def test_retry_after_may_be_a_date(site, fetcher):
    until = format_datetime(NOW + timedelta(seconds=30), usegmt=True)
    site["/a"] = [Reply("", 503, Retry_After=until), Reply("x")]
    asking = fetcher()
    assert asking.fetch(site.url("/a")).body == b"x"
    assert asking.pauses == [30.0]


def test_a_server_that_wants_a_long_pause_is_left_alone(site, fetcher):
    site["/a"] = Reply("", 429, Retry_After="3600")
    asking = fetcher()
    told = "429 Too Many Requests, to be asked again later"
    assert failure(asking, site.url("/a")) == ("rate-limited", told)
    again = f"its host is not asked any more: {told}"
    assert failure(asking, site.url("/b")) == ("rate-limited", again)
    assert [path for path, _ in site.asked] == ["/a"]
    assert asking.pauses == []


def test_a_server_error_that_passes_is_waited_for(site, fetcher):
    site["/a"] = [Reply("", 500), Reply("", 502), Reply("x")]
    asking = fetcher()
    assert asking.fetch(site.url("/a")).body == b"x"
    assert len(asking.pauses) == 2
    assert 1 <= asking.pauses[0] <= 2 <= asking.pauses[1] <= 3


def test_a_server_error_that_stays_is_given_up(site, fetcher):
    site["/a"] = Reply("", 500)
    assert failure(fetcher(retries=2), site.url("/a")) == (
        "server-error",
        "500 Internal Server Error",
    )
    assert site.count("/a") == 3


def test_a_host_whose_documents_all_fail_is_not_asked_for_ever(site, fetcher):
    for number in range(9):
        site[f"/{number}"] = Reply("", 500)
    asking = fetcher(retries=0)
    codes = [failure(asking, site.url(f"/{number}"))[0] for number in range(9)]
    assert codes == ["server-error"] * 9
    assert len(site.asked) == 5


def test_a_host_that_only_trickles_is_left_after_a_few_documents(site, fetcher):
    def trickle():
        while True:
            time.sleep(0.05)
            yield b"x"

    for number in range(6):
        site[f"/{number}"] = lambda _: Reply(trickle())
    asking = fetcher(timeout_seconds=0.1)
    codes = [failure(asking, site.url(f"/{number}"))[0] for number in range(6)]
    assert codes == ["fetch-timeout"] * 6
    assert len(site.asked) <= 5


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "not-found"),
        (410, "not-found"),
        (403, "access-denied"),
        (451, "access-denied"),
        (418, "http-error"),
        (204, None),
    ],
)
def test_other_answers_are_final(site, fetcher, status, code):
    site["/a"] = Reply(b"", status)
    if code is None:
        assert fetcher().fetch(site.url("/a")).body == b""
    else:
        assert failure(fetcher(), site.url("/a"))[0] == code
    assert site.count("/a") == 1


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_of_redirects_ends(site, fetcher, length):
    for number in range(length):
        site[f"/{number}"] = Reply("", 301, Location=f"/{(number + 1) % length}")
    assert failure(fetcher(), site.url("/0")) == ("redirect-loop", "redirects in a circle")
    assert len(site.asked) == length


def test_a_chain_of_redirects_without_end_ends(site, fetcher):
    for number in range(20):
        site[f"/{number}"] = Reply("", 307, Location=f"/{number + 1}")
    assert failure(fetcher(), site.url("/0")) == ("redirect-loop", "more than 10 redirects")


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://x.example/", "gopher://x/", "http://a:b@x.example/"]
)
def test_a_redirect_out_of_the_web_is_not_followed(site, fetcher, location):
    site["/a"] = Reply("", 302, Location=location)
    assert failure(fetcher(), site.url("/a"))[0] == "bad-address"


def test_a_body_without_end_is_cut_off(site, fetcher):
    site["/a"] = lambda _: Reply(itertools.repeat(b"x" * 10_000))
    told = "larger than the 100000 bytes one document may have"
    assert failure(fetcher(), site.url("/a")) == ("document-too-large", told)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_not_unpacked(site, fetcher, encoding):
    data = bytes(50_000_000)
    packed = gzip.compress(data, 1) if encoding == "gzip" else zlib.compress(data, 1)
    site["/a"] = Reply(packed, Content_Encoding=encoding)
    asking = fetcher(max_bytes=1_000_000)
    tracemalloc.start()
    try:
        assert failure(asking, site.url("/a"))[0] == "document-too-large"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_trickle_is_cut_off_at_the_deadline_of_the_document(site, fetcher):
    def trickle():
        while True:
            time.sleep(0.05)
            yield b"x"

    site["/a"] = lambda _: Reply(trickle())
    began = time.monotonic()
    told = ("fetch-timeout", "takes longer than 0.5 seconds")
    assert failure(fetcher(timeout_seconds=0.5), site.url("/a")) == told
    assert time.monotonic() - began > 0.4
    assert site.count("/a") == 1


def test_headers_that_trickle_are_cut_off_as_well(fetcher):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        asking = fetcher(timeout_seconds=0.3, robots={url: EVERYTHING})
        assert failure(asking, url)[0] == "fetch-timeout"


def test_a_body_cut_short_is_asked_for_again(site, fetcher):
    site["/a"] = [Reply(iter([b"x"]), Content_Length="10"), Reply("whole")]
    assert fetcher().fetch(site.url("/a")).body == b"whole"


@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        (gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", b"one two"),
        (zlib.compress(b"text"), "deflate", b"text"),
        (zlib.compress(b"text")[2:-4], "deflate", b"text"),
        (gzip.compress(b"text") + bytes(8), "x-gzip", b"text"),
        (b"text", "identity", b"text"),
        (b"", "gzip", b""),
    ],
    ids=["members", "zlib", "bare", "padded", "none", "empty"],
)
def test_compression_is_undone(site, fetcher, body, encoding, expected):
    site["/a"] = Reply(body, Content_Encoding=encoding)
    assert fetcher().fetch(site.url("/a")).body == expected


@pytest.mark.parametrize(
    ("body", "encoding", "detail"),
    [
        (gzip.compress(b"text" * 99)[:-10], "gzip", "compressed data ends too early"),
        (b"no gzip at all", "gzip", "broken compressed data"),
        (b"x", "br", "compressed in a way not asked for: br"),
        (b"x", "gzip, gzip", "compressed in a way not asked for: gzip, gzip"),
    ],
    ids=["cut", "lie", "brotli", "twice"],
)
def test_compression_that_cannot_be_undone_is_an_error(site, fetcher, body, encoding, detail):
    site["/a"] = Reply(body, Content_Encoding=encoding)
    code, told = failure(fetcher(), site.url("/a"))
    assert code == "unreadable"
    assert detail in told


def test_nobody_there(fetcher):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    asking = fetcher(retries=1, robots={url: EVERYTHING})
    code, detail = failure(asking, url)
    assert code == "unreachable"
    assert detail.startswith("no connection: ")
    assert len(asking.pauses) == 1
    assert failure(asking, f"{url}/b")[0] == "unreachable"
    assert len(asking.pauses) == 1, "a host that is away is asked once a run"


def test_a_host_is_asked_for_one_document_at_a_time_with_a_pause(site, fetcher):
    site["/a"], site["/b"] = Reply("a"), Reply("b")
    asking = fetcher(
        delay_seconds=4, robots={site.url(): Rules("User-agent: *\nCrawl-delay: 9", NOW)}
    )
    asking.fetch(site.url("/a"))
    asking.fetch(site.url("/b"))
    assert len(asking.pauses) == 1
    assert 8 < asking.pauses[0] <= 9


ROBOTS = "User-agent: *\nDisallow: /private\n\nUser-agent: otherbot\nDisallow: /\n"


def test_robots_txt_is_obeyed_and_asked_for_once(site, fetcher):
    site["/robots.txt"] = Reply(ROBOTS, kind="text/plain")
    site["/a"], site["/private/b"] = Reply("a"), Reply("b")
    site["/c"] = Reply("", 301, Location="/private/b")
    rules = {}
    asking = fetcher(robots=rules)
    forbidden = ("robots-forbidden", f"{site.url()}/robots.txt forbids it")
    assert asking.fetch(site.url("/a")).body == b"a"
    assert failure(asking, site.url("/private/b")) == forbidden
    assert failure(asking, site.url("/c")) == forbidden
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a", "/c"]
    assert rules[site.url()] == Rules(ROBOTS, NOW)


def test_robots_txt_is_asked_for_anew_after_a_day(site, fetcher):
    site["/robots.txt"] = Reply("User-agent: onrecord\nDisallow: /", kind="text/plain")
    site["/a"] = Reply("a")
    rules = {site.url(): EVERYTHING}
    day, hour = timedelta(days=1), timedelta(hours=1)
    assert fetcher(robots=rules, now=NOW + day - hour).fetch(site.url("/a")).body == b"a"
    asking = fetcher(robots=rules, now=NOW + day)
    assert failure(asking, site.url("/a"))[0] == "robots-forbidden"


def test_a_site_that_cannot_say_its_rules_is_not_read(site, fetcher):
    site["/robots.txt"] = Reply("", 503)
    site["/a"] = Reply("a")
    asking = fetcher(retries=1, robots={})
    told = ("robots-unavailable", "robots.txt: 503 Service Unavailable")
    assert failure(asking, site.url("/a")) == told
    assert failure(asking, site.url("/a"))[0] == "robots-unavailable"
    assert [path for path, _ in site.asked] == ["/robots.txt"] * 2


def test_old_rules_hold_while_a_site_cannot_say_new_ones(site, fetcher):
    site["/robots.txt"] = Reply("", 503)
    site["/a"] = Reply("a")
    asking = fetcher(retries=0, robots={site.url(): EVERYTHING}, now=NOW + timedelta(days=9))
    assert asking.fetch(site.url("/a")).body == b"a"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418])
def test_a_site_without_rules_may_be_read(site, fetcher, status):
    site["/robots.txt"] = Reply(ROBOTS, status)
    site["/private/b"] = Reply("b")
    assert fetcher(robots={}).fetch(site.url("/private/b")).body == b"b"


def test_only_the_beginning_of_endless_rules_is_read(site, fetcher):
    site["/robots.txt"] = lambda _: Reply(
        itertools.chain([b"User-agent: *\nDisallow: /x\n"], itertools.repeat(b"#" * 9999 + b"\n"))
    )
    site["/a"] = Reply("a")
    asking = fetcher(robots={})
    assert asking.fetch(site.url("/a")).body == b"a"
    assert failure(asking, site.url("/x"))[0] == "robots-forbidden"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/passwd",
        "//a.example",
        "http://",
        "http://[",
        "javascript:x",
        "http://a.example:99999/",
        "https://user:word@a.example/",
        "http://a.example/" + "x" * 5000,
    ],
)
def test_what_is_no_address_of_the_web_is_not_asked(url):
    with pytest.raises(DocumentError) as caught:
        fetchable(url)
    assert caught.value.code == "bad-address"


def test_an_address_is_asked_without_its_fragment():
    assert fetchable(" https://a.example/x?y=1#z ") == "https://a.example/x?y=1"
