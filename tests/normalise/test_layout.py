from pathlib import Path

import pytest

from pipeline.normalise.layout import read_layout

SEED = Path(__file__).parents[2] / "seeds" / "000_744b32cb9cf5273c.txt"
BODY = "The council voted to close the old bridge to lorries from the first of May onwards."


def test_the_seed():
    draft = read_layout(SEED.read_text("utf-8"))
    assert draft.title == "Russia Hopes to Sign New S-400 Missile Deal With Turkey Next Year"
    assert (draft.authors, draft.agency) == ([], "Reuters")
    assert (draft.published.instant.date().isoformat(), draft.published.precision) == (
        "2019-11-26",
        "day",
    )
    assert draft.url.endswith("-next-year-a68321")
    assert draft.body.text.startswith("Russia hopes to seal a deal")
    assert draft.body.text.endswith("existing fleet of F-16 jets.")
    assert [draft.body.text[start:].split("\n")[0] for start in draft.body.heading_starts] == [
        'Issue "related to NATO"'
    ]
    assert len(draft.body.paragraph_starts) == 18
    assert not any(
        word in draft.body.text for word in ("mil.ru", "By [", "riginal url", "November 26")
    )


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        BODY + "\n\n" + BODY,
        "He left.",
        "By Tuesday the river had risen.\n\n" + BODY,
        "Headline only",
    ],
    ids=["one", "two", "sentence", "by-sentence", "line"],
)
def test_a_file_of_paragraphs_keeps_them_all(text):
    draft = read_layout(text)
    assert (draft.body.text, draft.title, draft.authors) == (text, None, [])


@pytest.mark.parametrize(
    ("header", "title", "authors", "day"),
    [
        ("Bridge to close\n\n", "Bridge to close", [], None),
        ("# Bridge to close #\n", "Bridge to close", [], None),
        (
            "Will the bridge close?\nBy Ann Lee and Bo Day\n\n",
            "Will the bridge close?",
            ["Ann Lee", "Bo Day"],
            None,
        ),
        ("**Bridge to close**\n\nApril 2, 2020\n\n", "Bridge to close", [], "2020-04-02"),
        (
            "Bridge to close\n\nBy Ann Lee\nPublished: 2 April 2020\nUpdated: 3 April 2020\n\n",
            "Bridge to close",
            ["Ann Lee"],
            "2020-04-02",
        ),
        (
            "Bridge to close\n\nPhoto: Bo Day / Reuters\n\n[Reuters](#) / [AP](#)\n\n",
            "Bridge to close",
            [],
            None,
        ),
    ],
    ids=["plain", "markdown", "question", "bold", "dates", "credits"],
)
def test_headers(header, title, authors, day):
    draft = read_layout(header + BODY)
    assert (draft.title, draft.authors, draft.body.text) == (title, authors, BODY)
    assert (draft.published.instant.date().isoformat() if draft.published else None) == day


@pytest.mark.parametrize(
    ("stamp", "place", "agency"),
    [
        ("MOSCOW (Reuters) - ", "MOSCOW", "Reuters"),
        ("MOSCOW, Nov 26 (Reuters) – ", "MOSCOW", "Reuters"),
        ("LOME, Togo (AP) — ", "LOME, Togo", "Associated Press"),
        ("(AFP) - ", None, "AFP"),
        ("NAIROBI — ", "NAIROBI", None),
    ],
)
def test_dateline_stamps(stamp, place, agency):
    draft = read_layout(stamp + BODY)
    assert (draft.dateline, draft.agency, draft.body.text) == (place, agency, BODY)


@pytest.mark.parametrize(
    "text",
    [
        "NATO - the alliance of thirty states - met on Monday.",
        "The mayor (Labour) - a former teacher - resigned.",
        "“STOP - it is enough,” she said.",
    ],
)
def test_what_is_no_dateline_stays(text):
    assert read_layout(text).body.text == text


def test_markdown_is_reduced_to_words():
    text = "It was **very** _late_, [the mayor](https://example.com) said of 2*3*4 and a_b_c."
    assert read_layout(text).body.text == "It was very late, the mayor said of 2*3*4 and a_b_c."


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["[a](", "*a ", "[", "![a](b(", "A (b\n", "<http://", "| "])
def test_endless_markdown_takes_no_endless_time(piece):
    assert read_layout(piece * 50_000).body.text


def test_markdown_headings_in_the_body_are_subheadings():
    draft = read_layout(f"{BODY}\n\n## What now?\n\n{BODY}\n\n---\n\n{BODY}")
    assert [draft.body.text[start:].split("\n")[0] for start in draft.body.heading_starts] == [
        "What now?"
    ]
    assert "---" not in draft.body.text
