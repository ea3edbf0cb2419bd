import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.characters import body_of, clean_line, paragraphs, subheadings

ODD = (
    "\u00a0\u2003\u200b\u200d\ufeff\u00ad\u2028\u2029\u0085\u0300\u0301é☀❤\ufe0f\U0001f3fd"
    "\ud800\x00\x1f\x0b\x0c\t\r\n . a b"
)
TEXTS = st.text() | st.text(alphabet=ODD)


def normal(text):
    return body_of(subheadings(paragraphs(text))).text


@given(TEXTS)
def test_the_normal_form_of_the_normal_form_is_itself(text):
    assert normal(normal(text)) == normal(text)


@given(TEXTS)
def test_the_normal_form_keeps_what_is_visible(text):
    text = "".join(char for char in text if unicodedata.category(char) != "Cs")
    invisible = ("Cc", "Cf", "Zs", "Zl", "Zp")

    def visible(value):
        return [char for char in value if unicodedata.category(char) not in invisible]

    # Composing may only happen once what stood between the characters is gone.
    assert visible(normal(text)) == visible(
        unicodedata.normalize("NFC", "".join(visible(text)))
    ) or (
        unicodedata.normalize("NFD", "".join(visible(normal(text))))
        == unicodedata.normalize("NFD", "".join(visible(text)))
    )


@given(TEXTS)
def test_starts_point_at_paragraphs(text):
    body = body_of(subheadings(paragraphs(text)))
    ends = [start - 2 for start in body.paragraph_starts[1:]] + [len(body.text)]
    pieces = [body.text[start:end] for start, end in zip(body.paragraph_starts, ends, strict=False)]
    assert "\n\n".join(pieces) == body.text
    assert all(piece and "\n" not in piece and piece == piece.strip(" ") for piece in pieces)
    assert set(body.heading_starts) <= set(body.paragraph_starts)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a\u00a0b  c\td", "a b c d"),
        ("so\u00adft\u200b hy\ufeffphen", "soft hyphen"),
        ("cafe\u0301", "café"),
        ("a\r\nb", "a b"),
        ("\u202ex\u202c", "x"),
        ("👩\u200d🚀 up", "👩\u200d🚀 up"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("می\u200cخواهم", "میخواهم"),
        ("a\u200db", "ab"),
        ("x\x00y\ud83dz", "xyz"),
        ("\u0600\u0661", "\u0600\u0661"),
    ],
    ids=[
        "blanks",
        "invisible",
        "composed",
        "line-end",
        "direction",
        "joined-emoji",
        "emoji-style",
        "non-joiner",
        "stray-joiner",
        "controls",
        "visible-sign",
    ],
)
def test_one_line(given, expected):
    assert clean_line(given) == expected


WRAPPED = (
    "The ferry company said on Monday that it would cut its winter\n"
    "timetable by a third because fuel had become too dear and too few\n"
    "passengers crossed the sound before noon."
)
LISTED = "The board met on Monday.\nIt chose a chair.\nIt then adjourned until the spring."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\n\n\n  \nTwo.", ["One.", "Two."]),
        (LISTED, LISTED.split("\n")),
        ("First.\n\n" + LISTED, ["First.", *LISTED.split("\n")]),
        ("First.\n\n" + WRAPPED, ["First.", WRAPPED.replace("\n", " ")]),
        ("A short line\nA much longer line that says more than the one before it.", None),
        ("One.\u2029Two.\u2028Three.", ["One.", "Two.", "Three."]),
        (" \n\u200b\n", []),
    ],
    ids=["blank-lines", "lines", "lines-in-block", "wrapped", "two-lines", "separators", "nothing"],
)
def test_paragraphs(text, expected):
    assert paragraphs(text) == (text.split("\n") if expected is None else expected)


BODY = "The council voted to close the old bridge to lorries from the first of May onwards."


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("What the engineers found", True),
        ('A crossing "past its time"', True),
        ("2019: the year of the flood", True),
        ("The mayor resigned.", False),
        ("Why now?", False),
        ("- close the bridge", False),
        ("1. Close the bridge", False),
        ("among other things", False),
        ("The reasons:", False),
        ("* * *", False),
    ],
)
def test_subheadings(line, is_heading):
    marks = dict(subheadings([BODY, line, BODY + " Again."]))
    assert marks[line] is is_heading


def test_a_line_before_no_paragraph_is_no_subheading():
    assert not any(mark for _, mark in subheadings([BODY, "One line", "Another line"]))
