import pytest
from publisher import rss

from pipeline.errors import UnreadableDocumentError
from pipeline.ingest.feed import read_feed

URL = "https://gazette.example/news/feed.xml"
LONG = " ".join(f"The harbour board met for the {number} time on Monday." for number in range(30))


def read(data, **options):
    data = data.encode() if isinstance(data, str) else data
    return read_feed(data, URL, url=URL, **options)


def atom(entry, head=""):
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">'
        f"{head}<entry>{entry}</entry></feed>"
    )


def item(*parts):
    return rss(f"<item><link>https://gazette.example/a</link>{''.join(parts)}</item>")


def content(html):
    return f"<content:encoded><![CDATA[{html}]]></content:encoded>"


def test_an_rss_entry_says_title_date_language_and_summary():
    data = item(
        "<title>Harbour &amp; rail</title><pubDate>Mon, 06 May 2024 10:00:00 MSK</pubDate>"
        "<description>Two boards meet.</description>"
    )
    (entry,) = read(data)
    assert entry.url == "https://gazette.example/a"
    assert entry.stamp == "Mon, 06 May 2024 10:00:00 MSK"
    assert entry.says == {
        "title": "Harbour & rail",
        "subtitle": "Two boards meet.",
        "published_at": "Mon, 06 May 2024 10:00:00 MSK",
        "language": "en",
    }
    assert entry.content is None


def test_an_atom_entry_keeps_all_its_authors():
    (entry,) = read(
        atom(
            "<title type='html'>A &lt;b&gt;new&lt;/b&gt; chair</title><id>urn:1</id>"
            "<link href='../a'/><author><name>Ana Quispe</name></author>"
            "<author><name>Luis Rojas</name></author>"
            "<published>2024-05-06T09:00:00+02:00</published>"
            "<updated>2024-05-06T12:00:00Z</updated>"
        )
    )
    assert entry.url == "https://gazette.example/a"
    assert entry.stamp == "2024-05-06T12:00:00Z"
    assert entry.says == {
        "title": "A new chair",
        "authors": ["Ana Quispe", "Luis Rojas"],
        "published_at": "2024-05-06T09:00:00+02:00",
        "modified_at": "2024-05-06T12:00:00Z",
        "language": "en-GB",
    }


def test_several_creators_of_rss_are_kept_too():
    (entry,) = read(
        item(
            "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Ana Quispe</dc:creator>"
            "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>Luis Rojas</dc:creator>"
        )
    )
    assert entry.says["authors"] == ["Ana Quispe", "Luis Rojas"]


@pytest.mark.parametrize(
    ("html", "is_whole"),
    [
        (f"<p>{LONG}</p>", True),
        (f"<p>{LONG}</p><p>The post A new chair first appeared on Gazette.</p>", True),
        (f"<p>{LONG}</p><p><a href='/a'>Read more</a></p>", False),
        (f"<p>{LONG} And then [&hellip;]</p>", False),
        (f"<p>{LONG} and …</p>", False),
        (f"<p>{LONG}</p><p>Continue reading A new chair at the Gazette</p>", False),
        ("<p>The harbour board met on Monday.</p>", False),
        ("<p><img src='x.jpg'/></p>", False),
        ("", False),
    ],
    ids=["whole", "footer", "more", "brackets", "dots", "continue", "short", "picture", "empty"],
)
def test_a_feed_with_the_whole_text_needs_no_page(html, is_whole):
    (entry,) = read(item("<title>A new chair</title>", content(html)))
    assert (entry.content == html) is is_whole
    assert (entry.content is None) is not is_whole


def test_a_summary_is_never_the_whole_text():
    (entry,) = read(item(f"<description>{LONG}</description>"))
    assert entry.content is None


def test_an_entry_without_a_link_is_its_own_document_however_short():
    data = rss(f"<item><guid isPermaLink='false'>7</guid>{content('<p>It rained.</p>')}</item>")
    (entry,) = read(data)
    assert (entry.url, entry.content) == ("7", "<p>It rained.</p>")


def test_entries_that_name_no_document_are_passed_over():
    data = rss(
        "<item><title>Only a title</title></item>", "<item><link>mailto:x@y.example</link></item>"
    )
    assert read(data) == []


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", "iso-8859-1", None),
        ("utf-8", None, "windows-1251"),
        ("windows-1251", "windows-1251", None),
        ("windows-1251", "utf-8", "windows-1251"),
        ("windows-1251", "windows-1251", "utf-8"),
        ("utf-16", None, None),
    ],
)
def test_feeds_are_read_whatever_is_said_of_their_encoding(encoding, declared, charset):
    title = "В порту выбрали нового председателя правления порта"
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    data = declaration + rss(("/a", title, "")).partition("?>")[2]
    (entry,) = read(data.encode(encoding), charset=charset)
    assert entry.says["title"] == title


def test_entities_of_a_doctype_do_not_grow():
    bomb = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "ha"}">'
        for number in range(9)
    )
    data = (
        f"<?xml version='1.0'?><!DOCTYPE rss [{bomb}]>" + rss(("/a", "&e8;", "")).partition("?>")[2]
    )
    (entry,) = read(data)
    assert len(str(entry.says.get("title", ""))) < 20


def test_files_of_this_machine_are_not_read():
    data = (
        "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
        + rss(("/a", "a &x; b", "")).partition("?>")[2]
    )
    (entry,) = read(data)
    assert "x" in entry.says["title"] or entry.says["title"] == "a b"


def test_a_feed_that_breaks_off_gives_what_it_has():
    data = rss(("/a", "One", ""), ("/b", "Two", ""))
    found = read(data[: data.index("<title>Two")])
    assert [entry.url.rpartition("/")[2] for entry in found] == ["a", "b"]


@pytest.mark.parametrize("data", ["", "plain words", "<html><p>x</p></html>", '{"version": 1}'])
def test_what_is_no_feed_is_refused(data):
    with pytest.raises(UnreadableDocumentError, match="neither RSS nor Atom"):
        read(data)


def test_a_feed_that_is_too_long_is_refused():
    with pytest.raises(UnreadableDocumentError) as caught:
        read(b" " * 10_000_001)
    assert caught.value.code == "document-too-large"


def test_halves_of_surrogate_pairs_are_dropped():
    (entry,) = read(item("<title>A &#xD83D; b</title>"))
    entry.says["title"].encode()
