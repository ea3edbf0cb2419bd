"""Sixty sentences of nested reporting, written for On Record: who spoke, through whom, to whom."""

import json
from pathlib import Path

import pytest
from factory import article

from pipeline.extract.quotes import find_quotes

pytestmark = pytest.mark.model

GOLD = Path(__file__).parents[2] / "gold" / "chains.jsonl"
FLOOR = 0.95
"""Measured: 1.0 speaker, 1.0 via, 0.98 addressee."""


@pytest.fixture(scope="module")
def pairs(parse):
    sentences = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    assert len(sentences) == 60
    rows = []
    for sentence in sentences:
        text = sentence["text"]
        rows.append((sentence, find_quotes(parse(text), article(text), [], [], [])))
    return rows


@pytest.mark.parametrize("part", ["speaker", "via", "addressee"])
def test_parts_of_the_chain(pairs, part):
    there = [(sentence, rows) for sentence, rows in pairs if sentence[part] is not None]
    right = [
        sentence
        for sentence, rows in there
        if rows and getattr(rows[0], f"{part}_text") == sentence[part]
    ]
    assert len(right) >= FLOOR * len(there)


@pytest.mark.parametrize("part", ["via", "addressee"])
def test_no_chain_where_there_is_none(pairs, part):
    without = [rows for sentence, rows in pairs if sentence[part] is None]
    invented = [rows for rows in without if rows and getattr(rows[0], f"{part}_text")]
    assert len(invented) <= (1 - FLOOR) * len(without)
