import json
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.errors import EmptyArticleError
from pipeline.normalise.page import read_page

PARAGRAPHS = [
    "The town council voted on Monday night to close the old stone bridge to lorries from the first"
    " of May, after engineers found cracks in two of its five arches.",
    "Drivers of heavy goods vehicles will have to take the ring road, which adds twenty minutes"
    " to the way from the quarry to the harbour, the council said in a statement.",
    "“We have waited far too long for this,” said Martha Quill, who has run the bakery at the foot"
    " of the bridge since 1998 and counts the lorries that pass her window.",
    "The quarry, which employs ninety people, called the decision hasty and announced that it would"
    " ask the regional court to set it aside before the spring.",
]
HEADLINE = "Old bridge to close to lorries in May"
LINKED = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": HEADLINE,
    "datePublished": "2021-03-02T23:30:00-05:00",
    "dateModified": "2021-03-03T08:00:00Z",
    "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Organization", "name": "AFP"}],
    "publisher": {"@type": "Organization", "name": "The Harbour Echo"},
    "articleSection": "Town",
    "inLanguage": "en",
}


def page(*, linked=LINKED, head="", header=f"<h1>{HEADLINE}</h1>", between="", end=""):
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    first, *rest = (f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{HEADLINE} | The Harbour Echo</title>{head}'
        f"{script}</head><body><nav><a href='/'>Home</a><a href='/sport'>Sport</a></nav>"
        f"<main><article>{header}{first}{between}{''.join(rest)}{end}</article></main>"
        "<footer><p>About us. Contact. Privacy.</p></footer></body></html>"
    )


def read(content, url="https://www.harbourecho.example/town/bridge"):
    return read_page(content, "r", url=url)


def texts(draft):
    return draft.body.text.split("\n\n")


def test_metadata_from_linked_data():
    draft = read(page())
    assert texts(draft) == PARAGRAPHS
    assert (draft.title, draft.section, draft.language) == (HEADLINE, "Town", "en")
    assert (draft.authors, draft.agency) == (["Ann Lee"], "AFP")
    assert draft.publisher == "The Harbour Echo"
    assert draft.published.instant == datetime(2021, 3, 3, 4, 30, tzinfo=UTC)
    assert draft.published.precision == "second"
    assert draft.modified.instant == datetime(2021, 3, 3, 8, 0, tzinfo=UTC)


def test_every_field_remembers_where_it_was_found():
    head = '<link rel="canonical" href="https://www.harbourecho.example/own">'
    head += '<meta property="article:section" content="Other"><link rel="license" href="CC0">'
    assert read(page(head=head), url=None).found_in == {
        "url": "link canonical",
        "publisher": "json-ld publisher",
        "title": "h1",
        "authors": "json-ld author",
        "agency": "json-ld author",
        "section": "json-ld articleSection",
        "published_at": "json-ld datePublished",
        "modified_at": "json-ld dateModified",
        "language": "html lang",
        "licence": "link license",
    }


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-03T04:30:00Z">'
        '<meta name="author" content="By Ann Lee">',
        '<meta name="dc.date" content="2021-03-03T04:30:00Z">'
        '<meta name="DC.creator" content="Ann Lee">',
    ],
    ids=["opengraph", "dublin-core"],
)
def test_metadata_from_meta_tags(head):
    head += f'<meta property="og:title" content="{HEADLINE}">'
    head += '<meta property="og:site_name" content="Echo">'
    draft = read(page(linked=None, head=head))
    assert (draft.title, draft.authors, draft.publisher) == (HEADLINE, ["Ann Lee"], "Echo")
    assert draft.published.instant == datetime(2021, 3, 3, 4, 30, tzinfo=UTC)


def test_metadata_from_the_visible_page():
    header = (
        f"<h1>{HEADLINE}</h1><p class='byline'>By <a href='/ann'>Ann Lee</a> and Bo Day</p>"
        "<time datetime='2021-03-02T23:30:00-05:00'>2 March</time>"
    )
    draft = read(page(linked=None, header=header))
    assert draft.title == HEADLINE
    assert "Ann Lee" in draft.authors
    assert draft.published.instant == datetime(2021, 3, 3, 4, 30, tzinfo=UTC)
    assert texts(draft) == PARAGRAPHS


def test_microdata():
    header = (
        f"<h1>{HEADLINE}</h1><span itemprop='author'><span itemprop='name'>Ann Lee</span></span>"
        "<meta itemprop='datePublished' content='2021-03-03T04:30:00Z'>"
    )
    draft = read(page(linked=None, header=header))
    assert draft.authors == ["Ann Lee"]
    assert draft.published.instant == datetime(2021, 3, 3, 4, 30, tzinfo=UTC)


def test_a_graph_with_references_and_slips():
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": "#page", "datePublished": "2020-01-01"},
            {**LINKED, "author": {"@id": "#ann"}, "publisher": {"@id": "#echo"}},
            {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
            {"@type": "Organization", "@id": "#echo", "name": "The Harbour Echo"},
        ]
    }
    script = json.dumps(graph)[:-1] + ",}"
    head = f'<script type="application/ld+json"><!-- {script} --></script>'
    draft = read(page(linked=None, head=head))
    assert (draft.authors, draft.publisher) == (["Ann Lee"], "The Harbour Echo")
    assert draft.published.instant == datetime(2021, 3, 3, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "[[[[]]]]",
        '"x"',
        "null",
        '{"@type": 5, "author": {"name": {"name": []}}}',
        "[" * 5000,
        '{"@type": "Article", "author": ' + "[" * 1200 + "1" + "]" * 1200 + "}",
        '{"@type": "Article", "author": ' + '{"name": ' * 1200 + "1" + "}" * 1201,
    ],
    ids=["cut", "lists", "string", "null", "types", "deep-cut", "deep-lists", "deep-nodes"],
)
def test_linked_data_that_says_nothing_is_passed_over(script):
    head = f'<script type="application/ld+json">{script}</script>'
    assert texts(read(page(linked=None, head=head))) == PARAGRAPHS


@pytest.mark.parametrize(
    ("heading", "stated", "title"),
    [
        (HEADLINE, HEADLINE + " | The Harbour Echo", HEADLINE),
        ("The Harbour Echo", HEADLINE, HEADLINE),
        ("Town: " + HEADLINE, HEADLINE, "Town: " + HEADLINE),
        (HEADLINE, "After the cracks: " + HEADLINE, "After the cracks: " + HEADLINE),
        ("Local news " + HEADLINE, HEADLINE, HEADLINE),
    ],
    ids=["site-behind", "site-as-heading", "kicker-in-heading", "kicker-stated", "section-before"],
)
def test_titles(heading, stated, title):
    head = f'<meta property="og:title" content="{stated}">'
    assert read(page(linked=None, head=head, header=f"<h1>{heading}</h1>")).title == title


def test_the_day_in_the_address_stands_against_a_later_one():
    url = "https://www.harbourecho.example/2019/11/26/bridge"
    draft = read(page(), url=url)
    assert (draft.published.instant, draft.published.precision) == (
        datetime(2019, 11, 26, tzinfo=UTC),
        "day",
    )


def test_a_day_in_words_is_found():
    header = f"<h1>{HEADLINE}</h1><p>Published on 2 March 2021</p>"
    draft = read(page(linked=None, header=header))
    assert draft.published.instant == datetime(2021, 3, 2, tzinfo=UTC)
    assert draft.published.precision == "day"


def dated(moment, **given):
    return read(page(linked={**LINKED, "datePublished": moment}, **given))


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("<time datetime='1 March 2021'>1 March 2021</time>", 1),
        ("<p class='date'>March 1, 2021</p>", 1),
        ("<p class='date'>Last updated March 1, 2021</p>", 2),
        ("<p class='date'>March 1, 2021</p><time>2 March 2021</time>", 2),
        ("<p class='date'>March 3, 2021</p>", 2),
        ("<p class='date'>February 28, 2021</p>", 2),
        ("<a href='/ferry'><time>1 March 2021</time></a>", 2),
    ],
)
def test_what_is_told_in_utc_has_the_day_that_is_printed(printed, day):
    published = dated("2021-03-02T01:25:00Z", header=f"<h1>{HEADLINE}</h1>{printed}").published
    assert published.instant == datetime(2021, 3, 2, 1, 25, tzinfo=UTC)
    assert published.day == date(2021, 3, day)


def test_what_is_told_in_utc_has_the_day_of_the_address():
    linked = {**LINKED, "datePublished": "2021-03-02T16:30:00Z"}
    for name in ("2021/03/03/bridge", "bridge-20210303-p60"):
        draft = read(page(linked=linked), url=f"https://www.harbourecho.example/{name}")
        assert draft.published.day == date(2021, 3, 3)


def test_a_moment_with_its_own_zone_has_the_day_of_that():
    header = f"<h1>{HEADLINE}</h1><p class='date'>March 1, 2021</p>"
    assert dated("2021-03-02T00:30:00-05:00", header=header).published.day == date(2021, 3, 2)


@pytest.mark.parametrize(
    ("head", "hour"),
    [
        # The zone of the linked data is put behind a time in UTC: two others say so.
        (("2021-03-02T20:10:00+00:00", "2021-03-02T13:10:00-07:00"), 20),
        # Two that say the same in the same words may have it from one another.
        (("2021-03-02T20:10:00+00:00", "2021-03-02T20:10:00+00:00"), 27),
        # Another clock is another moment: of a change, say.
        (("2021-03-02T19:10:00+00:00", "2021-03-02T12:10:00-07:00"), 27),
    ],
)
def test_a_wrong_zone_is_seen_by_two_that_know_it(head, hour):
    names = ("article:published_time", "date")
    metas = "".join(
        f'<meta name="{name}" content="{moment}">' for name, moment in zip(names, head, strict=True)
    )
    published = dated("2021-03-02T20:10:00-07:00", head=metas).published
    assert published.instant == datetime(2021, 3, 2, 0, 10, tzinfo=UTC) + timedelta(hours=hour)


def test_a_time_in_a_link_is_of_another_page():
    teaser = "<a href='/ferry'><time class='published' datetime='2021-03-04T10:00Z'>4</time></a>"
    own = "<p class='date'>2 March 2021</p>"
    draft = read(page(linked=None, header=f"<h1>{HEADLINE}</h1>{own}", end=teaser))
    assert draft.published.instant == datetime(2021, 3, 2, tzinfo=UTC)


def test_a_time_in_a_link_to_the_page_itself_is_its_own():
    own = "<a href='#' rel='bookmark'><time datetime='2021-03-02T10:00Z'>2 March</time></a>"
    draft = read(page(linked=None, header=f"<h1>{HEADLINE}</h1>{own}"))
    assert draft.published.instant == datetime(2021, 3, 2, 10, tzinfo=UTC)


def test_the_day_of_a_change_stands_back():
    header = (
        f"<h1>{HEADLINE}</h1><p class='date'>Last updated 4 March 2021</p>"
        "<p class='date'>First printed 2 March 2021, updated 4 March 2021</p>"
    )
    draft = read(page(linked=None, header=header))
    assert draft.published.instant == datetime(2021, 3, 2, tzinfo=UTC)


def test_the_day_in_a_pages_name_stands_where_nothing_else_does():
    content = page(linked=None)
    url = "https://www.harbourecho.example/town/bridge-20210302.html"
    assert read(content, url=url).published.day == date(2021, 3, 2)
    named = content.replace("<body>", '<body id="news20210302_k1">')
    assert read(named).published.day == date(2021, 3, 2)
    number = "https://www.harbourecho.example/town/bridge-20215302.html"
    assert read(content, url=number).published is None
    own = page(linked=None, header=f"<h1>{HEADLINE}</h1><p class='date'>5 March 2021</p>")
    assert read(own, url=url).published.day == date(2021, 3, 5)


def test_the_pages_own_address():
    head = '<link rel="canonical" href="https://www.harbourecho.example/own?utm_source=x">'
    assert read(page(head=head), url=None).url == "https://www.harbourecho.example/own"


def test_what_is_not_the_text_stays_out():
    header = (
        f"<h1>{HEADLINE}</h1><p class='standfirst'>Cracks in two arches worry the engineers</p>"
        "<figure><img src='a.jpg'>"
        "<figcaption>The bridge on Monday. Photo: Bo Day</figcaption></figure>"
    )
    between = "<p><a href='/other'>Read how the ferry lost its captain in a storm</a></p>"
    end = (
        "<p>Sign up for our morning newsletter and never miss a story.</p>"
        "<p>Der Echo-Newsletter informiert Sie jeden Morgen.</p>"
        "<p>Get the Echo delivered to your door every week.</p>"
        "<p>[button link='/kit' size='big']Send us your story[/button]</p>"
        "<h3>Related articles</h3><ul><li><a href='/a'>Ferry loses captain in storm</a></li></ul>"
        "<p>© 2021 The Harbour Echo</p>"
    )
    draft = read(page(header=header, between=between, end=end))
    assert texts(draft) == PARAGRAPHS
    assert draft.subtitle == "Cracks in two arches worry the engineers"


@pytest.mark.parametrize(
    "between",
    [
        "<p>Read also: <a href='/other'>How the ferry lost its captain</a></p>",
        "<p>Ferries | <a href='/other'>How the ferry lost its captain</a></p>",
        "<ul><li>Storm: <a href='/other'>How the ferry lost its captain</a></li></ul>",
        "<div class='fact-box'><h3>The bridge</h3><p>It dates from 1788.</p></div>",
        "<div class='infobox__text'><p>The bridge was built in 1788 of local stone.</p></div>",
        "<ul class='key-points'><li>The bridge was built in 1788 of local stone.</li></ul>",
        "<span class='visually-hidden'>opens in a new window</span>",
        "<p>|</p>",
    ],
)
def test_pointers_and_boxes_within_the_text_stay_out(between):
    assert texts(read(page(between=between))) == PARAGRAPHS


def test_a_sentence_with_a_link_stays_in():
    said = (
        "The harbour office said in May: <a href='/x'>“No ship will wait for us.”</a> It was wrong."
    )
    assert len(texts(read(page(between=f"<p>{said}</p>")))) == 5


def test_a_quoted_subheading_stays_in_marked():
    draft = read(page(between="<h3>“We have waited”</h3>"))
    assert texts(draft)[1] == "“We have waited”"
    assert draft.body.heading_starts == [len(PARAGRAPHS[0]) + 2]


def test_text_that_only_a_script_would_show():
    markup = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    inner = json.dumps({"props": {"contentHtml": markup}})
    hidden = inner.replace("<", "\\u003c")
    for script in (
        inner,
        hidden,
        *(f"f.push([1, {json.dumps(each)}])" for each in (inner, hidden)),
    ):
        content = f"<html><body><h1>{HEADLINE}</h1><script>{script}</script></body></html>"
        assert texts(read(content)) == PARAGRAPHS


@pytest.mark.parametrize(
    "byline",
    [
        "<div data-testid='x-byline'>By <a href='/newsteam/ann-lee'>Ann Lee</a> Monday 1:10</div>",
        "<address>By Ann Lee</address>",
        "<p>Text: <a href='https://echo.example/author/ann'>Ann Lee</a></p>",
        "<p class='author'>Ann Lee 기자</p>",
    ],
)
def test_bylines_of_a_page(byline):
    draft = read(page(linked=None, header=f"<h1>{HEADLINE}</h1>{byline}"))
    assert draft.authors == ["Ann Lee"]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("<p><em>---- by Ann Lee</em></p>", "Ann Lee"),
        ("<div><span>Ann Lee&nbsp;|</span> <span>05.04.2025 - 10:12</span></div>", "Ann Lee"),
        ("<span>责任编辑: 李安</span>", "李安"),
        ("<p>22 May | <a rel='author' href='/author/max'>max_Power99</a></p>", "max_Power99"),
        ("<div class='author'>Author: <a href='?u=58'>Max99</a> on 2.3.2021</div>", "Max99"),
        ("<span>by</span> <h3><a href='/profile/1'>max201</a></h3>", "max201"),
    ],
    ids=["line", "before-the-day", "signs", "rel", "forum", "profile"],
)
def test_authors_that_no_markup_names_as_people(line, author):
    draft = read(page(linked=None, header=f"<h1>{HEADLINE}</h1>{line}"))
    assert draft.authors == [author]


@pytest.mark.parametrize(
    "line",
    [
        "<p>by bus or by tram</p>",
        "<p>Harbour Road |</p><p>Open daily</p>",
        "<a rel='author' href='/author/desk'>newsroom</a>",
        "<p>Seen by <a href='/profile/1'>max201</a></p>",
        "<aside><p>By Ann Lee</p></aside>",
    ],
    ids=["words", "no-day", "desk", "no-byline", "aside"],
)
def test_lines_that_name_no_author(line):
    assert read(page(linked=None, header=f"<h1>{HEADLINE}</h1>{line}")).authors == []


def test_the_publisher_may_stand_in_the_title_if_the_address_bears_it_out():
    content = page(linked=None).replace("| The Harbour Echo<", "| Harbour Echo<")
    draft = read(content, "https://www.harbourtimes.example/town/bridge")
    assert (draft.publisher, draft.found_in["publisher"]) == ("Harbour Echo", "title")
    assert read(content, "https://www.gazette.example/town/bridge").publisher is None


def test_the_name_below_the_last_sentence_is_the_author():
    draft = read(page(linked=None, end="<p>Ann Lee</p>"))
    assert (draft.authors, texts(draft)) == (["Ann Lee"], PARAGRAPHS)
    assert draft.found_in["authors"] == "text"
    assert read(page(linked=None, end="<p>ends in the harbour</p>")).authors == []


def test_works_cited_are_not_the_article():
    cited = (
        "<div itemprop='citation'><meta itemprop='author' content='Bo Day'>"
        "<meta itemprop='datePublished' content='1988-01-01'></div>"
    )
    head = '<meta name="author" content="Ann Lee"><meta name="date" content="2021-03-03">'
    draft = read(page(linked=None, head=head, end=cited))
    assert draft.authors == ["Ann Lee"]
    assert draft.published.instant == datetime(2021, 3, 3, tzinfo=UTC)


def test_subheadings_stay_in_marked():
    draft = read(page(between="<h2>Why now?</h2>"))
    assert texts(draft)[:2] == [PARAGRAPHS[0], "Why now?"]
    assert draft.body.heading_starts == [len(PARAGRAPHS[0]) + 2]


def test_a_headline_repeated_in_the_body_stays_out():
    draft = read(page(header=f"<header><h1>{HEADLINE}</h1></header><p>{HEADLINE}</p>"))
    assert texts(draft) == PARAGRAPHS


def test_a_site_of_one_keeps_its_author():
    linked = {**LINKED, "author": {"@type": "Person", "name": "Ann Lee"}}
    head = '<meta property="og:site_name" content="Ann Lee">'
    assert read(page(linked=linked, head=head)).authors == ["Ann Lee"]
    linked = {**LINKED, "author": {"@type": "Organization", "name": "The Harbour Echo"}}
    assert read(page(linked=linked)).authors == []


def test_a_live_blog_is_refused():
    with pytest.raises(EmptyArticleError) as caught:
        read(page(linked={**LINKED, "@type": ["LiveBlogPosting"]}))
    assert caught.value.code == "live-blog"


SHORT = f"<html><head>{{}}</head><body><article><p>{PARAGRAPHS[0]}</p></article></body></html>"


@pytest.mark.parametrize(
    ("content", "url", "code", "told"),
    [
        (page(linked={"@type": "CollectionPage"}), "https://e.example/world", "no-article", "Coll"),
        (page(linked={"@type": "SearchResultsPage"}), "https://e.example/?q", "no-article", "Sear"),
        (page(linked=None), "https://e.example/", "no-article", "front page"),
        (
            page(linked=None, header="<h1>Page not found</h1>"),
            "https://e.example/a",
            "no-article",
            "not found",
        ),
        (
            page(linked=None, end="<div itemtype='http://schema.org/LiveBlogPosting'></div>"),
            "https://e.example/a",
            "live-blog",
            "no end",
        ),
        (
            SHORT.format(
                '<script type="application/ld+json">{"@type": "NewsArticle",'
                ' "isAccessibleForFree": false}</script>'
            ),
            "https://e.example/a",
            "paywall",
            "characters stand before the paywall",
        ),
        (
            SHORT.format('<meta property="og:type" content="video.other">'),
            "https://e.example/a",
            "no-article",
            "a film",
        ),
    ],
    ids=["section", "search", "front", "404", "live", "paywall", "film"],
)
def test_pages_without_an_article_are_told_apart(content, url, code, told):
    with pytest.raises(EmptyArticleError) as caught:
        read(content, url)
    assert caught.value.code == code
    assert told in caught.value.detail


def test_an_article_about_a_page_not_found_is_one():
    header = "<h1>Page not found in the old harbour book</h1>"
    assert texts(read(page(header=header))) == PARAGRAPHS
    assert len(texts(read(SHORT.format("")))) == 1


@pytest.mark.parametrize("content", ["", "<", "just words", "<html><body></body></html>"])
def test_a_page_without_an_article_is_refused(content):
    with pytest.raises(EmptyArticleError) as caught:
        read(content)
    assert caught.value.code == "no-article"
