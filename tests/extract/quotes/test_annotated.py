"""Spans and a pointer put together: made by hand, a word a piece."""

from types import SimpleNamespace

import numpy as np

from pipeline.extract.decoding import Labelled
from pipeline.extract.quotes.annotated import annotated_parts

SURE = 9.0


def annotation(text, marks, points):
    """`marks` are (words, label); `points` name which of them points at which."""
    words = text.split()
    starts = [len(" ".join(words[:place])) + (place > 0) for place in range(len(words))]
    spans = []
    for marked, label in marks:
        start = text.index(marked)
        first = starts.index(start)
        last = first + len(marked.split())
        spans.append(Labelled(start, start + len(marked), label, 1.0, first, last))
    pointer = np.zeros((len(words), len(words)), np.float32)
    for one, other in points:
        pointer[spans[one].first : spans[one].last, spans[other].first] = SURE
    return SimpleNamespace(
        spans=lambda head: sorted(spans, key=lambda span: span.start),
        pieces=SimpleNamespace(windows=[(0, len(words))]),
        pointers=[pointer],
    )


def found(text, marks, points):
    of = lambda span: span and text[span.start : span.end]  # noqa: E731
    return [
        ([of(piece) for piece in one.pieces], of(one.cue), of(one.speaker), of(one.via))
        for one in annotated_parts(annotation(text, marks, points), text)
    ]


def test_cues_that_point_at_each_other_are_one():
    text = "RIA cited Orlov as saying talks failed"
    marks = [
        ("RIA", "via"),
        ("cited", "cue"),
        ("Orlov", "speaker"),
        ("as saying", "cue"),
        ("talks failed", "content"),
    ]
    points = [(0, 1), (1, 3), (2, 3), (3, 3), (4, 3)]
    assert found(text, marks, points) == [(["talks failed"], "as saying", "Orlov", "RIA")]


def test_cues_with_words_of_their_own_stay_apart():
    text = "Lund welcomed the step and urged Oslo to go on"
    marks = [
        ("Lund", "speaker"),
        ("welcomed", "cue"),
        ("the step", "content"),
        ("urged", "cue"),
        ("to go on", "content"),
    ]
    points = [(0, 1), (1, 3), (2, 1), (3, 3), (4, 3)]
    assert found(text, marks, points) == [
        (["the step"], "welcomed", "Lund", None),
        (["to go on"], "urged", "Lund", None),
    ]


def test_a_medium_of_the_sentence_before_relays_nothing_it_does_not_point_at():
    text = "Talks failed , TASS wrote . Lund denied it"
    marks = [("TASS", "via"), ("Lund", "speaker"), ("denied", "cue"), ("it", "content")]
    apart = [(1, 2), (2, 2), (3, 2)]
    assert found(text, marks, apart) == [(["it"], "denied", "Lund", None)]
    assert found(text, marks, [*apart, (0, 2)]) == [(["it"], "denied", "Lund", "TASS")]
