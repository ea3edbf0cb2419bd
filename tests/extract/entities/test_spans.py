import pytest

from pipeline.extract.entities.names import Name
from pipeline.extract.entities.spans import (
    acronyms,
    designators,
    headlines,
    model_names,
    trimmed,
    without_adjective,
    without_headline_guesses,
    without_joint,
    without_officer,
    without_title,
)
from pipeline.extract.entities.tables import load_tables
from pipeline.extract.nlp import NameSpan


def marked(text, *names):
    """Names as a model would give them."""
    return [
        NameSpan(text.index(name), text.index(name) + len(name), label, 1.0)
        for name, label in names
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two S-400s and an F-35 flew.", ["S-400", "F-35"]),
        ("A Su-57, a MiG-29 and a Tu-22M3.", ["Su-57", "MiG-29", "Tu-22M3"]),
        ("The MQ-9 and Kh-101 were seen.", ["MQ-9", "Kh-101"]),
        ("A Boeing 737 MAX landed.", ["Boeing 737 MAX"]),
        ("The G-20 met as COVID-19 spread along the I-95.", []),
        ("He holds an H-1B visa and saw a PG-13 film.", []),
        ("Flight QF-12 was late.", []),
        ("A 2-1 win.", []),
        ("The USS Finch (DDG 70) sailed.", ["DDG 70"]),
    ],
    ids=[
        "plural",
        "russian",
        "missiles",
        "airliner",
        "no-weapon",
        "visa",
        "flight",
        "score",
        "hull",
    ],
)
def test_weapons_are_found_by_their_designators(text, expected):
    assert [name.text for name in designators(text, load_tables())] == expected


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("the Senate's", "Senate"),
        ("“Orla Finch”", "Orla Finch"),
        ("[Orla Finch](#)", "Orla Finch"),
        ("**Orla Finch**", "Orla Finch"),
        ("The Hague", "The Hague"),
        ("U.S.", "U.S."),
        ("Acme Inc.", "Acme Inc."),
        ("Orla Finch.", "Orla Finch"),
        ("McDonald's", "McDonald's"),
    ],
)
def test_names_are_trimmed(surface, expected):
    text = f"{surface} "
    span = trimmed(text, 0, len(surface), load_tables())
    assert text[span.start : span.end] == expected


def test_a_name_never_crosses_a_line():
    text = "Reported by Orla Finch\n\nParis is calm."
    names = list(model_names(marked(text, ("Orla Finch\n\nParis", "PERSON")), text, load_tables()))
    assert [name.text for name in names] == ["Orla Finch", "Paris"]


@pytest.mark.parametrize(
    ("surface", "expected"),
    [
        ("Foreign Minister Orla Finch", "Orla Finch"),
        ("former Gen. Orla Finch", "former Gen. Orla Finch"),
        ("Lt. Col. Orla Finch", "Orla Finch"),
        ("Pope Francis", "Pope Francis"),
    ],
)
def test_titles_are_no_part_of_a_name(surface, expected):
    name = Name(0, len(surface), surface, "PERSON")
    without_title(name, surface, load_tables())
    assert name.text == expected


@pytest.mark.parametrize(
    ("text", "marked_name", "label", "expected"),
    [
        ("Group F — Belgium won.", "Group F — Belgium", "ORG", ["Group F"]),
        ("The Mill League (founded 1901) met.", "Mill League (founded", "ORG", ["Mill League"]),
        ("Belgium 3 Panama 0", "Belgium 3", "GPE", ["Belgium"]),
        ("He met the Class of 09 in Apollo 11.", "Apollo 11", "PRODUCT", ["Apollo 11"]),
        ("It cost US$ 20,000.", "US", "GPE", []),
        ("The US spent $ 20,000.", "US", "GPE", ["US"]),
    ],
    ids=["dash", "open-bracket", "score", "number", "dollars", "state"],
)
def test_a_name_ends_where_another_thing_begins(text, marked_name, label, expected):
    names = model_names(marked(text, (marked_name, label)), text, load_tables())
    assert [name.text for name in names] == expected


@pytest.mark.parametrize(
    ("trim", "surface", "expected"),
    [
        (without_adjective, "united Germany", "Germany"),
        (without_adjective, "van Gogh", "van Gogh"),
        (without_officer, "State Department Spokesperson", "State Department"),
        (without_officer, "Joint Chiefs", "Joint Chiefs"),
        (without_joint, "Orla Finch Image", "Orla Finch"),
        (without_joint, "Orla Finch and", "Orla Finch"),
    ],
    ids=["adjective", "particle", "officer", "no-officer", "caption", "and"],
)
def test_what_belongs_to_the_words_beside_is_taken_off(trim, surface, expected):
    name = Name(0, len(surface), surface, "ORG")
    trim(name, surface)
    assert name.text == expected


HEADLINE = "Ministers Weigh New Missile Deal With Orla Finch"
BODY = "The ministers will weigh a new deal on a missile on Friday, Orla Finch said."


def test_a_headline_makes_no_names_of_common_words():
    text = f"{HEADLINE}\n\n{BODY}"
    names = list(
        model_names(
            marked(text, ("New Missile Deal", "ORG"), ("Orla Finch", "PERSON")), text, load_tables()
        )
    )
    assert [name.text for name in without_headline_guesses(names, text, load_tables())] == [
        "Orla Finch"
    ]


def test_only_lines_full_of_capitals_are_headlines():
    text = f"{HEADLINE}\n\n{BODY}"
    assert [line.of(text) for line in headlines(text)] == [HEADLINE]


@pytest.mark.parametrize(
    ("text", "name", "full", "short"),
    [
        ("The Harbour Workers League (HWL) met.", "Harbour Workers League", None, "HWL"),
        ("The Front for Harbour Work (FHW) met.", "Harbour Work", "Front for Harbour Work", "FHW"),
        ("The Harbour Workers League [HWL] met.", "Harbour Workers League", None, "HWL"),
        ("The Harbour Workers League (founded 1901) met.", "Harbour Workers League", None, None),
    ],
    ids=["initials", "grows-left", "square", "no-acronym"],
)
def test_acronyms_in_brackets_belong_to_the_name_before(text, name, full, short):
    start = text.index(name)
    names = [Name(start, start + len(name), name, "ORG")]
    found = list(acronyms(names, text))
    assert [pair[1].text for pair in found] == ([short] if short else [])
    if found:
        assert found[0][0].text == (full or name)
