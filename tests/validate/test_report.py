"""What the gate found, for programs and for people."""

import json
from html.parser import HTMLParser

import pytest

from pipeline.validate.findings import Expectation, Finding, Suite
from pipeline.validate.report import validation_html, validation_json

REGEX = "expect_column_values_to_match_regex"
GOOD = Expectation(REGEX, "language", {"regex": "^[a-z]{2}$"}, True, 7, 0, ())
BAD = Expectation(REGEX, "title", {"regex": "<b>"}, False, 7, 2, ("<script>", "x & y"))
SUITES = (Suite("articles", 7, (GOOD, BAD)), Suite("quotes", 1_234, (GOOD,)))
BROKEN = (Finding("quotes", "span", "text", 3, ("q1", "q2")),)


class Page(HTMLParser):
    """Collects the tags left open, what is loaded, and the text."""

    def __init__(self):
        super().__init__()
        self.open, self.loaded, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)
        self.loaded += [
            value for name, value in attrs if name == "src" or (value or "")[:4] == "http"
        ]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize(
    ("suites", "references", "verdict"),
    [
        (SUITES, BROKEN, "✗ 2 rules are broken."),
        ((SUITES[1],), (), "✓ Every rule holds."),
        ((), (), "✓ Every rule holds."),
    ],
    ids=["broken", "whole", "empty"],
)
def test_the_page_is_well_formed_loads_nothing_and_says_the_verdict(suites, references, verdict):
    page = Page()
    page.feed(validation_html(suites, references))
    assert page.open == []
    assert page.loaded == []
    assert verdict in "".join(page.words)


def test_the_page_shows_what_failed_and_how_much_was_checked():
    page = Page()
    page.feed(validation_html(SUITES, BROKEN))
    words = " ".join(page.words)
    for shown in ("<script>, x & y", "1,234", "1 of 2 met", "column values to match regex", "q1"):
        assert shown in words


def test_the_page_escapes_what_the_data_say():
    assert "<script>" not in validation_html(SUITES, BROKEN)


def test_a_long_list_of_allowed_values_is_cut():
    entry = Expectation("expect_x", "type", {"value_set": list("abcdefghij")}, True, 1, 0, ())
    assert "value_set a, b, c, d, e, f and 4 more" in validation_html([Suite("t", 1, (entry,))], ())


def test_the_json_has_every_result_and_the_sums():
    values = json.loads(validation_json(SUITES, BROKEN))
    assert values["success"] is False
    assert values["statistics"] == {
        "expectations": 3,
        "met": 2,
        "missed": 1,
        "broken_references": 1,
        "rows": 1_241,
        "rows_unchanged": 0,
    }
    assert values["suites"][0]["expectations"][1]["examples"] == ["<script>", "x & y"]
    assert values["references"][0]["rule"] == "span"


def test_the_same_results_give_the_same_text():
    assert validation_json(SUITES, BROKEN) == validation_json(list(SUITES), list(BROKEN))
