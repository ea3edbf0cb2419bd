"""Who passes it on: the medium that stands beside cue and speaker, one sentence each."""

import pytest
from factory import article

from pipeline.extract.quotes import find_quotes

pytestmark = pytest.mark.model

RELAYED = {
    "remarks-carried-by": (
        "The minister said in remarks carried by Radio Orlan that the dam was safe.",
        ("The minister", "Radio Orlan"),
    ),
    "fronted": (
        "In comments published by the Morning Tide, the bishop accused the army of lying.",
        ("the bishop", "the Morning Tide"),
    ),
    "cited-by": (
        "A defence official, cited by Kestrel Television, doubted that the force exists.",
        ("A defence official", "Kestrel Television"),
    ),
    "video-aired-by": (
        "In a video aired by two channels the captain said he had surrendered.",
        ("the captain", "two channels"),
    ),
    "second-according-to": (
        "The envoy said the truce would hold, according to the Interfax news agency.",
        ("The envoy", "the Interfax news agency"),
    ),
    "reported-by-to-have": (
        "Governor Mara Lund was reported by the Courier to have told miners that pay would rise.",
        ("Governor Mara Lund", "the Courier"),
    ),
    "aired-declaring": (
        "State television aired an officer declaring that nobody had died.",
        ("an officer", "State television"),
    ),
    "citing-first": (
        "Citing officials, the agency added that two ships had turned back.",
        ("officials", "the agency"),
    ),
}
ALONE = {
    "told": "The minister told Radio Orlan that the dam was safe.",
    "clause-of-its-own": (
        "The board quit, the Courier reported; the chairman denied that he had known of it."
    ),
    "which-defended": (
        "Counting was slow, according to the commission, which defended its decision to stop."
    ),
    "day": "The plan was called a disgrace in a letter shared 400 times by Thursday.",
    "in-passing": "Radio Orlan reported on the talks, which the mayor said would go on.",
    "other-man": "The mayor said that the governor had said that taxes would rise.",
}


def quotes_of(parse, text):
    return find_quotes(parse(text), article(text), [], [], [])


@pytest.mark.parametrize(("text", "wanted"), RELAYED.values(), ids=RELAYED)
def test_medium_beside_the_cue(parse, text, wanted):
    found = [(quote.speaker_text, quote.via_text) for quote in quotes_of(parse, text)]
    assert found[0] == wanted


@pytest.mark.parametrize("text", ALONE.values(), ids=ALONE)
def test_no_medium_where_none_relays(parse, text):
    quotes = quotes_of(parse, text)
    assert quotes
    assert [quote.via_text for quote in quotes if quote.via_text] == []
