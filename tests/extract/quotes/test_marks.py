import pytest

from pipeline.extract.marks import quoted_stretches
from pipeline.records import Span


def stretches(text):
    paragraphs, start = [], 0
    for paragraph in text.split("\n\n"):
        paragraphs.append(Span(start, start + len(paragraph)))
        start += len(paragraph) + 2
    return [text[quoted.start : quoted.end] for quoted in quoted_stretches(text, paragraphs)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We sail at dawn," he said.', ['"We sail at dawn,"']),
        ("“We sail,” he said. “At dawn.”", ["“We sail,”", "“At dawn.”"]),
        ("«Nous partons,» he said.", ["«Nous partons,»"]),
        ("``We sail,'' he said.", ["``We sail,''"]),
        ("''We sail,'' he said. ''Now.''", ["''We sail,''", "''Now.''"]),
        ("He said ‘we sail’ and left.", ["‘we sail’"]),
        ("He said 'it's over,' and left.", ["'it's over,'"]),
        ("“He called it ‘a joke’ twice,” she said.", ["“He called it ‘a joke’ twice,”"]),
        ("The sailors' pay and the '90s ships.", []),
        ("It doesn't matter what Jones' crew did.", []),
        ("“First part.\n\n“Second part,” he said.", ["“First part.", "“Second part,”"]),
        ('A mark" left over.\n\nNothing here.', []),
        ('A 6" board and a 9" nail.', []),
    ],
    ids=[
        "straight",
        "curly",
        "guillemets",
        "typewriter",
        "two-apostrophes",
        "single-curly",
        "single-straight",
        "nested",
        "elision-and-plural",
        "apostrophes",
        "reopened",
        "stray",
        "inches",
    ],
)
def test_quoted_stretches(text, expected):
    assert stretches(text) == expected


def test_an_open_stretch_says_so():
    text = "“First part.\n\n“Second part,” he said."
    paragraphs = [Span(0, 12), Span(14, len(text))]
    assert [quoted.closed for quoted in quoted_stretches(text, paragraphs)] == [False, True]
