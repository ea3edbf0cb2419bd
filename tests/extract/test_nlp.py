"""Parses come in order, whether or not annotating goes ahead of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipeline.extract import nlp

pytestmark = pytest.mark.model

TEXTS = [f"Minister Ana Quispe met {n} miners in Callao on Monday." for n in range(9)]
SOURCES = [(text, [0]) for text in TEXTS]


def test_annotating_ahead_changes_nothing(parser, monkeypatch):
    monkeypatch.setattr(nlp, "_CHUNK_CHARS", 150)
    plain = list(parser.parses(SOURCES))
    with ThreadPoolExecutor(1) as ahead:
        hurried = list(parser.parses(SOURCES, mapper=ahead.map))
    assert [parse.text for parse in hurried] == TEXTS
    for one, other in zip(plain, hurried, strict=True):
        assert np.array_equal(one.annotation.scores, other.annotation.scores)
        assert one.names == other.names
        assert one.doc.to_json() == other.doc.to_json()


def test_a_batch_is_handed_over_before_the_one_ahead_of_it_is_parsed(parser, monkeypatch):
    monkeypatch.setattr(nlp, "_CHUNK_CHARS", 150)
    handed = []

    def mapper(function, batch):
        handed.append([text for text, _ in batch])
        return map(function, batch)

    next(parser.parses(SOURCES, mapper=mapper))
    assert handed == [TEXTS[:3], TEXTS[3:6]]


def test_texts_are_read_no_further_than_a_batch_ahead(parser, monkeypatch):
    monkeypatch.setattr(nlp, "_CHUNK_CHARS", 150)
    taken = []
    sources = (taken.append(source) or source for source in SOURCES)
    next(parser.parses(sources))
    assert taken == SOURCES[:6]
