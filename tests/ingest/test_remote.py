"""Sources on the network, run by run: what is asked for, and what comes of it."""

import gzip
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from publisher import LOOPBACK, Reply, publishing, rss, sitemap, story

from pipeline.config import NamedSource, Settings, Source
from pipeline.errors import SourceError
from pipeline.ingest import documents, fetched
from pipeline.ingest.archive import Archive
from pipeline.records import RawDocument, Refusal

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = "Mon, 06 May 2024 10:00:00 GMT"


@pytest.fixture
def site():
    with publishing() as found:
        for name in "abc":
            found[f"/{name}"] = Reply(story(f"Story {name}"))
        yield found


@pytest.fixture
def run(tmp_path):
    """`run(location, ...)` is one run at `NOW + after`; it returns the documents."""

    def once(*sources, after=timedelta(0), max_documents=1000, retries=0):
        fetch = {
            "delay_seconds": 0,
            "retries": retries,
            "max_documents": max_documents,
            "private_networks": [LOOPBACK],
        }
        settings = Settings(fetch=fetch)
        named = [
            each if isinstance(each, Source) else Source(location=str(each)) for each in sources
        ]
        with fetched(
            named, tmp_path / "fetched", settings, now=lambda: NOW + after, advance=lambda: None
        ) as archive:
            return [
                found
                for place, source in enumerate(named)
                for found in documents(
                    source,
                    max_bytes=settings.max_document_bytes,
                    archive=archive,
                    before=named[:place],
                )
            ]

    return once


def asked(site, *, since=0):
    return [path for path, _ in site.asked[since:] if path != "/robots.txt"]


def ids(site, found):
    return [each.record_id.removeprefix(site.url()) for each in found]


def told(site, found):
    return [
        (each.record_id.removeprefix(site.url()), each.stage, each.rule)
        for each in found
        if isinstance(each, Refusal)
    ]


def feed(site, *names, stamp=MONDAY):
    return Reply(
        rss(*((site.url(f"/{name}"), f"Story {name}", stamp) for name in names)),
        kind="application/rss+xml",
    )


def test_a_page_of_a_feed_is_a_document_with_what_the_feed_says_of_it(site, run):
    site["/feed"] = feed(site, "a")
    (found,) = run(site.url("/feed"))
    assert found.source == site.url("/feed").removeprefix("http://")
    assert found.record_id == found.uri == site.url("/a")
    assert (found.media_type, found.content) == ("text/html", story("Story a"))
    assert found.hints == {
        "title": "Story a",
        "published_at": MONDAY,
        "language": "en",
        "url": site.url("/a"),
    }
    assert found.given == {}
    assert found.retrieved_at == NOW


def test_what_falls_out_of_a_feed_stays(site, run):
    site["/feed"] = [feed(site, "b", "a"), feed(site, "c", "b")]
    assert ids(site, run(site.url("/feed"))) == ["/a", "/b"]
    found = run(site.url("/feed"), after=HOUR)
    assert ids(site, found) == ["/a", "/b", "/c"]
    assert [each.retrieved_at for each in found] == [NOW, NOW, NOW + HOUR]
    assert asked(site) == ["/feed", "/b", "/a", "/feed", "/c"]


def test_a_run_without_network_gives_the_same(site, run):
    site["/feed"] = feed(site, "a", "b", "missing")
    site["/away"] = Reply("", 500)
    before = run(site.url("/feed"), site.url("/away"))
    assert told(site, before) == [
        ("/missing", "fetch", "not-found"),
        ("/away", "fetch", "server-error"),
    ]
    site.stop()
    assert run(site.url("/feed"), site.url("/away"), after=2 * DAY) == before


def test_a_feed_that_has_not_changed_is_not_sent_again(site, run):
    whole = feed(site, "a")
    whole.headers["ETag"] = '"1"'
    answers = []

    def counted(headers):
        answers.append("If-None-Match" in headers)
        return Reply("", 304) if headers.get("If-None-Match") == '"1"' else whole

    site["/feed"] = counted
    first = run(site.url("/feed"))
    assert run(site.url("/feed"), after=HOUR) == first
    assert answers == [False, True]
    assert asked(site) == ["/feed", "/a", "/feed"]


def test_a_page_is_read_anew_when_its_feed_says_it_changed(site, run):
    site["/feed"] = [feed(site, "a"), feed(site, "a", stamp="Mon, 06 May 2024 11:00:00 GMT")]
    site["/a"] = [Reply(story("Story a")), Reply(story("Story a", "Corrected."))]
    run(site.url("/feed"))
    (found,) = run(site.url("/feed"), after=2 * HOUR)
    assert "Corrected." in found.content
    assert found.retrieved_at == NOW + 2 * HOUR
    run(site.url("/feed"), after=9 * DAY)
    assert asked(site) == ["/feed", "/a", "/feed", "/a", "/feed"]


def test_the_same_bytes_keep_the_time_they_were_got_first(site, run):
    (before,) = run(site.url("/a"))
    (after,) = run(site.url("/a"), after=DAY)
    assert site.count("/a") == 2
    assert before == after


def test_a_page_that_is_gone_stays_as_it_was_read(site, run):
    later = "Mon, 06 May 2024 11:00:00 GMT"
    site["/feed"] = [feed(site, "a"), feed(site, "a", stamp=later)]
    site["/a"] = [Reply(story("Story a")), Reply("", 410)]
    before = run(site.url("/feed"))
    (after,) = run(site.url("/feed"), after=2 * HOUR)
    assert after.content == before[0].content
    assert site.count("/a") == 2
    run(site.url("/feed"), after=9 * HOUR)
    assert site.count("/a") == 2, "asked for again although nothing says it changed"


def test_a_page_that_cannot_be_had_is_asked_for_again_for_a_week(site, run):
    site["/feed"] = feed(site, "x", "y")
    site["/x"], site["/y"] = Reply("", 404), Reply("", 503)
    for after in (timedelta(0), HOUR, DAY, DAY + HOUR, 8 * DAY):
        found = run(site.url("/feed"), after=after)
    assert told(site, found) == [("/y", "fetch", "server-error"), ("/x", "fetch", "not-found")]
    assert site.count("/x") == 2
    assert site.count("/y") == 4
    site["/x"] = Reply(story("Story x"))
    assert told(site, run(site.url("/feed"), after=9 * DAY)) == told(site, found)


def test_a_page_that_comes_back_leaves_the_quarantine(site, run):
    site["/feed"] = feed(site, "a")
    site["/a"] = [Reply("", 500), Reply(story("Story a"))]
    assert told(site, run(site.url("/feed"))) == [("/a", "fetch", "server-error")]
    (found,) = run(site.url("/feed"), after=HOUR)
    assert (found.record_id, found.retrieved_at) == (site.url("/a"), NOW + HOUR)


def test_pages_robots_txt_forbids_are_refused_and_the_others_read(site, run):
    site["/robots.txt"] = Reply("User-agent: *\nDisallow: /b", kind="text/plain")
    site["/feed"] = feed(site, "a", "b")
    refused, page = run(site.url("/feed"))
    assert (refused.rule, refused.detail) == (
        "robots-forbidden",
        f"{site.url()}/robots.txt forbids it",
    )
    assert page.record_id == site.url("/a")
    assert site.count("/b") == 0


def test_a_feed_with_whole_texts_is_read_without_its_pages(site, run):
    text = "".join(f"<p>The harbour board met for the {n}th time.</p>" for n in range(40))
    entry = (
        f"<item><title>Board</title><link>{site.url('/a')}</link>"
        f"<content:encoded><![CDATA[{text}]]></content:encoded></item>"
    )
    site["/feed"] = Reply(rss(entry))
    (found,) = run(site.url("/feed"))
    assert asked(site) == ["/feed"]
    assert text in found.content
    assert found.hints["url"] == site.url("/a")
    assert found.retrieved_at == NOW
    assert run(site.url("/feed"), after=DAY) == [found]


def test_a_news_sitemap_is_read_newest_first_with_its_titles(site, run):
    entry = (
        "<url><loc>{0}</loc><news:news><news:publication><news:name>Gazette</news:name>"
        "<news:language>en</news:language></news:publication><news:publication_date>{1}"
        "</news:publication_date><news:title>{2}</news:title></news:news></url>"
    )
    site["/news.xml"] = Reply(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        " xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
        + entry.format(site.url("/a"), "2024-05-05", "Old")
        + entry.format(site.url("/b"), "2024-05-06", "New")
        + "</urlset>"
    )
    (found,) = run(site.url("/news.xml"), max_documents=1)
    assert found.hints == {
        "title": "New",
        "published_at": "2024-05-06",
        "publisher": "Gazette",
        "language": "en",
        "url": site.url("/b"),
    }
    assert ids(site, run(site.url("/news.xml"), after=HOUR, max_documents=1)) == ["/a", "/b"]


def test_an_index_of_packed_sitemaps_is_followed(site, run):
    parts = [(site.url("/1.xml.gz"), "2024-05-05"), (site.url("/2.xml.gz"), "2024-05-06")]
    site["/map"] = Reply(sitemap(*parts, root="sitemapindex", entry="sitemap"))
    for number, name in ((1, "a"), (2, "b")):
        packed = gzip.compress(sitemap((site.url(f"/{name}"), "2024-05-05")).encode(), mtime=0)
        site[f"/{number}.xml.gz"] = Reply(packed, kind="application/x-gzip")
    found = run(site.url("/map"))
    assert sorted(ids(site, found)) == ["/a", "/b"]
    assert asked(site)[:3] == ["/map", "/2.xml.gz", "/1.xml.gz"]


def test_an_index_is_read_only_until_a_run_has_enough_to_do(site, run):
    parts = [(site.url(f"/{number}.xml"), f"2024-05-0{number}") for number in (1, 2, 3)]
    site["/map"] = Reply(sitemap(*parts, root="sitemapindex", entry="sitemap"))
    for number, name in zip((1, 2, 3), "abc", strict=True):
        site[f"/{number}.xml"] = Reply(sitemap((site.url(f"/{name}"), None)))
    run(site.url("/map"), max_documents=1)
    assert asked(site) == ["/map", "/3.xml", "/c"]
    run(site.url("/map"), max_documents=1, after=HOUR)
    assert asked(site, since=site.asked.index(site.asked[-1]))[-1] == "/b"


def test_an_index_that_names_itself_ends(site, run):
    site["/map"] = Reply(sitemap((site.url("/map"), None), root="sitemapindex", entry="sitemap"))
    assert run(site.url("/map")) == []
    assert asked(site) == ["/map"]


def test_a_part_of_an_index_that_is_missing_is_told(site, run):
    parts = [(site.url("/1.xml"), None), (site.url("/2.xml"), None)]
    site["/map"] = Reply(sitemap(*parts, root="sitemapindex", entry="sitemap"))
    site["/2.xml"] = Reply(sitemap((site.url("/a"), None)))
    found = run(site.url("/map"))
    assert told(site, found) == [("/1.xml", "fetch", "not-found")]
    assert ids(site, found) == ["/1.xml", "/a"]


def test_a_list_is_what_it_says_now(site, run, tmp_path):
    addresses = tmp_path / "ours.txt"
    addresses.write_text(f"# ours\n{site.url('/a')}\n{site.url('/b')}#part\n")
    found = run(addresses)
    assert {each.source for each in found} == {"ours"}
    assert sorted(ids(site, found)) == ["/a", "/b"]
    addresses.write_text(f"{site.url('/b')}\n{site.url('/c')}\n")
    assert sorted(ids(site, run(addresses, after=HOUR))) == ["/b", "/c"]
    assert site.count("/b") == 1


def test_a_list_may_be_an_address_itself(site, run):
    site["/list"] = Reply(f"{site.url('/a')}\n", kind="text/plain")
    assert ids(site, run(site.url("/list"))) == ["/a"]


def test_a_line_of_a_list_that_is_no_address_is_told(site, run, tmp_path):
    addresses = tmp_path / "ours.urls"
    addresses.write_text(f"{site.url('/a')}\nnonsense\n")
    found = run(addresses)
    assert told(site, found) == [("nonsense", "fetch", "bad-address")]
    assert ids(site, found) == ["nonsense", "/a"]


def test_pages_of_a_list_are_asked_for_again_once_a_day_for_a_week(site, run, tmp_path):
    addresses = tmp_path / "ours.urls"
    addresses.write_text(site.url("/a"))
    for hours in range(0, 24 * 10, 12):
        run(addresses, after=hours * HOUR)
    assert site.count("/a") == 7


def test_a_list_that_is_not_there_is_an_error(run, tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        run(Source(location=str(tmp_path / "nowhere.urls"), kind="urls"))


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        (Reply(b"%PDF-1.7 \x00", kind="application/pdf"), "unsupported-format"),
        (Reply(rss(("/x", "x", ""))), "unsupported-format"),
        (Reply('{"a": 1}', kind="application/json"), "unsupported-format"),
        (Reply(" \n", kind="text/html"), "empty-article"),
        (Reply(b"<p>\x89PNG" + bytes(range(256)) * 9, kind="text/html"), "unreadable"),
    ],
    ids=["pdf", "feed", "json", "blank", "noise"],
)
def test_what_is_no_page_is_refused_with_its_bytes(site, run, tmp_path, reply, rule):
    site["/x"] = reply
    addresses = tmp_path / "ours.urls"
    addresses.write_text(site.url("/x"))
    (refusal,) = run(addresses)
    assert (refusal.stage, refusal.rule) == ("ingest", rule)
    with closing(Archive(tmp_path / "fetched")) as archive:
        kept = archive.kept(refusal.raw_sha256)
    assert kept == reply.body


@pytest.mark.parametrize(
    ("encoding", "served"),
    [
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("windows-1251", "text/html; charset=windows-1251"),
        ("utf-16", "text/html; charset=utf-8"),
        ("windows-1251", "text/html; charset=utf-8"),
    ],
)
def test_a_server_that_lies_about_the_encoding_does_no_harm(site, run, encoding, served):
    text = story("В порту выбрали председателя", head='<meta charset="windows-1251">')
    site["/a"] = Reply(text.encode(encoding), kind=served)
    (found,) = run(site.url("/a"))
    assert "<h1>В порту выбрали председателя</h1>" in found.content


def test_a_text_that_is_served_as_such_is_a_document(site, run):
    site["/a"] = Reply("A new chair\n\nThe board met.", kind="text/plain")
    (found,) = run(site.url("/a"))
    assert (found.media_type, found.content) == ("text/plain", "A new chair\n\nThe board met.")


def test_a_source_of_which_nothing_was_ever_got_is_told_beside_others(site, run):
    found = run(site.url("/nowhere"), site.url("/a"))
    assert told(site, found) == [("/nowhere", "fetch", "not-found")]
    assert ids(site, found) == ["/nowhere", "/a"]


def test_a_run_of_which_nothing_can_be_got_fails(site, run):
    with pytest.raises(SourceError, match="404 Not Found"):
        run(site.url("/nowhere"))


def test_a_feed_that_turns_into_a_page_is_not_believed(site, run):
    site["/feed"] = [feed(site, "a"), Reply(story("We are mending our site"))]
    before = run(site.url("/feed"))
    assert run(site.url("/feed"), after=HOUR) == before


def test_a_kind_that_is_configured_is_not_guessed(site, run):
    site["/feed"] = Reply(rss((site.url("/a"), "x", "")))
    source = NamedSource(
        name="gazette", location=site.url("/feed"), kind="feed", licence="CC BY 4.0"
    )
    (found,) = run(source)
    assert (found.source, found.defaults) == ("gazette", {"licence": "CC BY 4.0"})
    with pytest.raises(SourceError, match="neither RSS nor Atom"):
        run(Source(location=site.url("/a"), kind="feed"))


def test_a_page_two_sources_name_is_read_for_the_first(site, run):
    site["/one"], site["/two"] = feed(site, "a", "b"), feed(site, "b", "c")
    found = run(site.url("/one"), site.url("/two"))
    assert [(each.source[-3:], each.record_id[-1]) for each in found] == [
        ("one", "b"),
        ("one", "a"),
        ("two", "c"),
    ]
    assert site.count("/b") == 1


def test_a_redirected_page_has_the_address_it_is_at(site, run):
    site["/go"] = Reply("", 301, Location="/a")
    (found,) = run(site.url("/go"))
    assert (found.record_id, found.hints["url"]) == (site.url("/go"), site.url("/a"))


def test_bytes_that_are_lost_are_fetched_again_and_broken_ones_told(site, run, tmp_path):
    (found,) = run(site.url("/a"))
    (path,) = (tmp_path / "fetched" / "raw").rglob("*.zst")
    path.unlink()
    assert run(site.url("/a"), after=HOUR)[0].content == found.content
    path.write_bytes(b"nothing")
    site["/a"] = Reply("", 500)
    (refusal,) = run(site.url("/a"), after=2 * HOUR)
    assert (refusal.rule, refusal.stage) == ("unreadable", "ingest")
    path.unlink()
    assert told(site, run(site.url("/a"), after=3 * HOUR)) == [("/a", "fetch", "unreadable")]


def test_one_host_is_asked_for_one_document_at_a_time(site, run):
    names = [str(number) for number in range(12)]
    for name in names:
        site[f"/{name}"] = Reply(story(f"Story {name}"))
    site["/robots.txt"] = Reply("", kind="text/plain")
    site["/one"], site["/two"] = feed(site, *names[:6]), feed(site, *names[6:])
    assert len(run(site.url("/one"), site.url("/two"))) == 12
    assert site.most_at_once == 1


def test_local_sources_go_with_remote_ones(site, run, tmp_path):
    (tmp_path / "articles.jsonl").write_text(json.dumps({"text": "It rained."}))
    found = run(site.url("/nowhere"), tmp_path / "articles.jsonl")
    assert [type(each) for each in found] == [Refusal, RawDocument]
