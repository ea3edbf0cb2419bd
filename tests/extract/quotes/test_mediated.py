"""Media that are marked and hang on nothing: to which words of their sentence they belong."""

import pytest

from pipeline.extract.quotes.mediated import media_of, whole_medium, with_media, without_wraps
from pipeline.extract.quotes.parts import Parts
from pipeline.extract.quotes.tree import tree_of
from pipeline.records import Span

pytestmark = pytest.mark.model


def span(text, words):
    start = text.index(words)
    return Span(start, start + len(words))


def said(text, content, cue, speaker, via=None):
    return Parts(
        (span(text, content),),
        span(text, cue),
        span(text, speaker),
        "annotated",
        span(text, via) if via else None,
    )


def vias(text, found):
    return [one.via.of(text) if one.via else None for one in found]


def test_a_medium_goes_to_the_nearest_cue_of_its_sentence(parse):
    text = 'Lund denied it. "We stay," Moe posted, and Radio Orlan read it out. Berg agreed to go.'
    found = [
        said(text, "it", "denied", "Lund"),
        said(text, '"We stay,"', "posted", "Moe"),
        said(text, "to go", "agreed", "Berg"),
    ]
    given = with_media(tree_of(parse(text)), found, [span(text, "Radio Orlan")])
    assert vias(text, given) == [None, "Radio Orlan", None]


def test_a_medium_that_speaks_or_is_known_already_is_not_given_again(parse):
    text = "Radio Orlan denied that Lund had said he would go."
    found = [
        said(text, "he would go", "had said", "Lund"),
        said(text, "that Lund had said he would go", "denied", "Radio Orlan"),
    ]
    assert with_media(tree_of(parse(text)), found, [span(text, "Radio Orlan")]) == found


def test_a_medium_behind_a_semicolon_relays_something_else(parse):
    text = "Lund said the dam was safe; Radio Orlan has the tape of the meeting."
    found = [said(text, "the dam was safe", "said", "Lund")]
    assert with_media(tree_of(parse(text)), found, [span(text, "Radio Orlan")]) == found


def test_a_medium_with_a_name_goes_before_a_document_without(parse):
    text = "Lund called the figure brave in a note cited by the Courier."
    found = [said(text, "the figure brave", "called", "Lund", via="a note")]
    given = with_media(tree_of(parse(text)), found, [span(text, "the Courier")])
    assert vias(text, given) == ["the Courier"]


def test_what_stands_behind_two_cues_of_one_speaker_relays_both(parse):
    text = "Lund welcomed the step and urged Oslo to go on, Radio Orlan said."
    found = [
        said(text, "the step", "welcomed", "Lund"),
        said(text, "to go on", "urged", "Lund", via="Radio Orlan"),
    ]
    assert vias(text, with_media(tree_of(parse(text)), found, [])) == ["Radio Orlan"] * 2


def test_what_a_medium_says_that_others_say_is_theirs(parse):
    text = "Lund urged Oslo to go on, Radio Orlan said."
    outer = said(text, "Lund urged Oslo to go on", "said", "Radio Orlan")
    inner = said(text, "to go on", "urged", "Lund")
    tree = tree_of(parse(text))
    rules, marked = without_wraps(tree, [outer], [inner], [span(text, "Radio Orlan")])
    assert rules == []
    assert vias(text, marked) == ["Radio Orlan"]
    assert without_wraps(tree, [outer], [inner], []) == ([outer], [inner])


def test_a_medium_cut_at_its_article_is_its_phrase(parse):
    text = "The woman says so in the account given by the old newspaper."
    tree = tree_of(parse(text))
    start = text.index("the old")
    assert whole_medium(tree, Span(start, start + 3)).of(text) == "the old newspaper"
    assert whole_medium(tree, span(text, "The woman")).of(text) == "The woman"


def test_media_are_what_the_annotator_marks_as_such(parse):
    read = parse("The minister said in remarks carried by Radio Orlan that the dam was safe.")
    found = media_of(tree_of(read), read.annotation)
    assert [one.of(read.text) for one in found] == ["Radio Orlan"]
