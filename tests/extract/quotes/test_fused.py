"""One list of attributions from rules and annotator."""

from itertools import pairwise

import pytest

from pipeline.extract.quotes.fused import fused
from pipeline.extract.quotes.parts import Parts
from pipeline.records import Span

CUE, SPEAKER = Span(90, 94), Span(80, 89)


class Says:
    """An annotator that gives every content the same probability."""

    def __init__(self, probability):
        self._probability = probability

    def probability(self, head, span, label=None):
        return self._probability


def parts(*pieces, construction="verb clause", cue=CUE, speaker=SPEAKER):
    return Parts(tuple(Span(*piece) for piece in pieces), cue, speaker, construction)


def test_where_bounds_differ_the_annotator_has_them_and_the_rule_the_speaker():
    other = parts((10, 70), construction="annotated", speaker=Span(75, 79))
    assert fused([parts((0, 40))], [other], Says(0.9)) == [parts((10, 70))]


def test_bounds_that_hardly_differ_are_the_rules():
    other = parts((2, 41), construction="annotated")
    assert fused([parts((0, 40))], [other], Says(0.9)) == [parts((0, 40))]


def test_no_content_takes_in_its_own_speaker():
    other = parts((10, 85), construction="annotated")
    assert fused([parts((0, 40))], [other], Says(0.9)) == [parts((0, 40))]


def test_the_same_in_quotation_marks_has_the_rules_bounds():
    rule = parts((0, 40), construction="direct after")
    assert fused([rule], [parts((2, 41), construction="annotated")], Says(0.9)) == [rule]


def test_a_speaker_only_the_annotator_knows_is_taken():
    found = fused([parts((0, 40), speaker=None)], [parts((0, 40))], Says(0.9))
    assert [one.speaker for one in found] == [SPEAKER]


@pytest.mark.parametrize("construction", ["adverb", "verb raising", "verb passive-to"])
def test_what_leaves_open_who_says_it_gets_no_speaker_from_nearby(construction):
    rule = parts((0, 40), construction=construction, speaker=None)
    found = fused([rule], [parts((0, 40), construction="annotated")], Says(0.9))
    assert [one.speaker for one in found] == [None]


def test_where_contents_differ_the_annotator_is_believed():
    other = parts((30, 200), construction="annotated")
    assert fused([parts((0, 40))], [other], Says(0.9)) == [other]


def test_quotation_marks_speak_for_the_rule():
    rule = parts((0, 40), construction="direct after")
    assert fused([rule], [parts((30, 200), construction="annotated")], Says(0.9)) == [rule]


@pytest.mark.parametrize(
    ("construction", "probability", "kept"),
    [
        ("verb clause", 0.05, 0),
        ("verb clause", 0.4, 1),
        ("direct before", 0.05, 1),
    ],
)
def test_a_rule_alone_needs_a_word_from_the_annotator(construction, probability, kept):
    rule = parts((0, 40), construction=construction)
    assert len(fused([rule], [], Says(probability))) == kept


@pytest.mark.parametrize(
    ("cue", "speaker", "probability", "kept"),
    [
        (CUE, SPEAKER, 0.85, 1),
        (CUE, SPEAKER, 0.7, 0),
        (CUE, None, 0.85, 0),
        (CUE, None, 0.95, 1),
        (None, None, 0.99, 0),
    ],
)
def test_the_annotator_alone_has_to_be_sure(cue, speaker, probability, kept):
    alone = parts((0, 40), construction="annotated", cue=cue, speaker=speaker)
    assert len(fused([], [alone], Says(probability))) == kept


def test_no_word_is_in_two_contents():
    first, second = parts((0, 40)), parts((30, 70), construction="annotated")
    third = parts((60, 90), construction="annotated")
    found = fused([first], [second, third], Says(0.9))
    pieces = sorted(piece for one in found for piece in one.pieces)
    assert all(left.end <= right.start for left, right in pairwise(pieces))
