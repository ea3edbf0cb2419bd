"""Windows: what the annotator reads of a text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.annotator import load_tokenizer
from pipeline.extract.nlp import paragraph_spans
from pipeline.extract.windows import FEATURES, MAX_PIECES, cut
from pipeline.records import Span

TOKENIZER = load_tokenizer()


def pieces_of(*paragraphs: str):
    text = "\n\n".join(paragraphs)
    starts = [0]
    for paragraph in paragraphs[:-1]:
        starts.append(starts[-1] + len(paragraph) + 2)
    return text, cut(text, paragraph_spans(text, starts), TOKENIZER)


def test_pieces_point_at_their_words():
    text, pieces = pieces_of("Zürich’s envoy, 🙂 she said.", "Nothing more.")
    words = [text[s:e] for s, e in zip(pieces.starts, pieces.ends, strict=True)]
    assert words == [
        *("Zürich", "’", "s", "envoy", ",", "🙂", "she", "said", "."),
        *("Nothing", "more", "."),
    ]
    assert not pieces.continues.any()


def test_a_word_in_pieces_goes_on():
    text, pieces = pieces_of("Rosoboronexport signed.")
    assert pieces.continues[1 : pieces.continues.sum() + 1].all()
    assert text[pieces.starts[0] : pieces.ends[pieces.continues.sum()]] == "Rosoboronexport"


@pytest.mark.parametrize(
    ("text", "place", "shape"),
    [
        ("the", 0, 0),
        ("A vote", 0, 1),
        ("NATO", 0, 2),
        ("Kenya", 0, 3),
        ("2019", 0, 4),
        ("...", 0, 6),
    ],
)
def test_shapes(text, place, shape):
    assert pieces_of(text)[1].features[place] // 16 == shape


def test_features_tell_lines_blanks_quotation_and_title_case():
    _, pieces = pieces_of("Envoy Leaves Northern Capital", 'She said "no" twice.')
    flags = [
        (int(row) // 8 % 2, int(row) // 4 % 2, int(row) // 2 % 2, int(row) % 2)
        for row in pieces.features
    ]
    assert flags[0] == (1, 1, 0, 1)
    assert flags[1] == (0, 1, 0, 1)
    first = 4
    assert flags[first] == (1, 1, 0, 0)
    assert flags[first + 3] == (0, 0, 1, 0)  # no
    assert flags[first + 5] == (0, 1, 0, 0)  # twice


def test_windows_are_whole_paragraphs_where_they_fit():
    _, pieces = pieces_of("one " * 100, "two " * 100, "three " * 30)
    assert pieces.windows == [(0, 100), (100, 230)]


def test_a_line_that_announces_stays_with_what_it_announces():
    _, pieces = pieces_of("one " * 100, "She said:", "two " * 100)
    assert pieces.windows == [(0, 100), (100, 203)]


def test_a_long_paragraph_is_cut_at_sentences():
    _, pieces = pieces_of("It rained all day. " * 60)
    assert all(end - begin <= MAX_PIECES for begin, end in pieces.windows)
    assert all(begin % 5 == 0 for begin, _ in pieces.windows)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), max_size=6))
def test_windows_cover_every_piece_of_any_text_once(paragraphs):
    text = "\n\n".join(paragraphs)
    spans, place = [], 0
    for paragraph in paragraphs:
        end = place + len(paragraph)
        if paragraph.strip():
            spans.append(Span(place, end))
        place = end + 2
    pieces = cut(text, spans, TOKENIZER)
    covered = [piece for begin, end in pieces.windows for piece in range(begin, end)]
    assert covered == list(range(len(pieces.ids)))
    assert all(0 < end - begin <= MAX_PIECES for begin, end in pieces.windows)
    assert ((pieces.features >= 0) & (pieces.features < FEATURES)).all()
    assert (np.diff(pieces.starts) >= 0).all()
