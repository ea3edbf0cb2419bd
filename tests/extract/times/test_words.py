"""Words as the grammar of time expressions sees them."""

import pytest

from pipeline.extract.times.words import words


@pytest.mark.parametrize(
    ("text", "term", "value"),
    [
        ("twenty-four", "number", 24),
        ("two hundred and ten", "number", 210),
        ("nineteen ninety-six", "year", 1996),
        ("two thousand", "year", 2000),
        ("1996", "year", 1996),
        ("1,996", "number", 1996),
        ("2.5", "decimal", "2.5"),
        ("2 1/2", "decimal", "2.5"),
        ("21st", "ordinal", 21),
        ("1990s", "decade", 199),
        ("’90s", "decade", 9),
        ("nineties", "decade", 9),
        ("Nov.", "month", 11),
        ("Nov", "short_month", 11),
        ("May", "month", 5),
        ("may", "other", 0),
        ("march", "other", 0),
        ("Sat.", "weekday", 5),
        ("Sat", "other", 0),
        ("p.m.", "ampm", "p"),
        ("o’clock", "oclock", 0),
        ("Q3", "numbered_quarter", 3),
        ("3Q", "numbered_quarter", 3),
        ("FY2019", "fy", 2019),
        ("New Year’s Eve", "holiday", "12-31"),
        ("a couple of", "number", 2),
    ],
)
def test_one_word(text, term, value):
    (word,) = words(text)
    assert (word.term, word.value) == (term, value)
    assert (word.start, word.end) == (0, len(text))


def test_separate_numbers_stay_apart():
    assert [word.value for word in words("five six-year terms")][:2] == [5, 6]


def test_a_blank_line_is_a_break():
    assert [word.term for word in words("July\n\nMay")] == ["month", "break", "month"]
