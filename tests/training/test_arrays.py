"""Marks of the corpus as labels of word pieces."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.extract.annotator import load_tokenizer
from pipeline.extract.labels import NAMES, PARTS, SPAN_HEADS, STATUSES
from training.arrays import LINKS, UNKNOWN, taught, write_arrays
from training.corpus_reader import read_corpus

ARTICLE = """=== wire-ap-t01-01
style: wire-ap
house: us
published: 2024-03-06
title: [k:G Kenya] [!REJECT:k rejects] loan
{1s Minister [a:P Ann Otieno]} {1c told} {1a [:O NTV]} on [=< Monday] {1 that no deal was
""".replace("was\n", "was near}.\n")


@pytest.fixture
def article(tmp_path):
    (tmp_path / "wire-ap").mkdir()
    (tmp_path / "wire-ap" / "t01.txt").write_text(ARTICLE, "utf-8")
    return read_corpus(tmp_path)[0]


def words_with(article, item, labels):
    pieces = item.pieces
    return [
        (article.text[pieces.starts[place] : pieces.ends[place]], int(label))
        for place, label in enumerate(labels)
        if label > 0
    ]


def test_marks_begin_and_go_on(article):
    item = taught(article, load_tokenizer())
    person, organisation = 1 + 2 * NAMES.index("PERSON"), 1 + 2 * NAMES.index("ORG")
    names = dict(words_with(article, item, item.labels["names"]))
    assert names["Kenya"] == 1 + 2 * NAMES.index("GPE")
    assert names["Ann"] == person
    assert {names["NT"], names["V"]} == {organisation, organisation + 1}
    parts = dict(words_with(article, item, item.labels["parts"]))
    assert parts["Minister"] == 1 + 2 * PARTS.index("speaker")
    assert parts["Ann"] == 2 + 2 * PARTS.index("speaker")
    assert parts["that"] == 1 + 2 * PARTS.index("content")


def test_status_is_known_of_acts_alone(article):
    item = taught(article, load_tokenizer())
    known = item.labels["status"] != UNKNOWN
    assert known.sum() == 1
    assert STATUSES[item.labels["status"][known][0]] == "happened"


def test_parts_of_a_quote_point_at_its_cue(article):
    item = taught(article, load_tokenizer())
    cue = int(np.flatnonzero(item.labels["parts"] == 1 + 2 * PARTS.index("cue"))[0])
    quote = item.anchors >= 0
    assert (item.anchors[quote] == cue).all()
    assert quote.sum() > len(SPAN_HEADS)


def test_soft_labels_of_another_text_are_refused(article, tmp_path):
    silver = tmp_path / "silver.parquet"
    row = {"article_id": article.id, "parts": [0] * 7, "links": [0] * LINKS, "weights": [0] * LINKS}
    pq.write_table(pa.Table.from_pylist([row]), silver)
    with pytest.raises(ValueError, match="make them anew"):
        write_arrays(tmp_path / "out.npz", [article], load_tokenizer(), silver)
