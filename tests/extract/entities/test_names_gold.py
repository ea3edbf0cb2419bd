"""Names on sentences of our own: weapons, agencies, armed groups, offices (tests/gold/names.jsonl).

Two thirds are for tuning, one third is held back: read its score, not its sentences.
"""

import json
from pathlib import Path

import pytest
from factory import article

from pipeline.extract.entities import find_entities

pytestmark = pytest.mark.model

GOLD = Path(__file__).parents[2] / "gold" / "names.jsonl"
PLACES = {"GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE"}
FLOOR = {"tune": 0.96, "held": 0.96}
"""A little under what was measured when the sentences were written."""


def sentences(split):
    rows = map(json.loads, GOLD.read_text("utf-8").splitlines())
    return [row for row in rows if row["split"] == split]


def spans(items):
    return {(start, end, PLACES.get(kind, kind)) for start, end, kind in items}


@pytest.mark.parametrize("split", ["tune", "held"])
def test_names_and_their_types_on_our_own_sentences(parse, split):
    right = predicted = wanted = 0
    for row in sentences(split):
        gold = spans((m["start"], m["end"], m["type"]) for m in row["mentions"])
        mentions, _ = find_entities(parse(row["text"]), article(row["text"]))
        names = [m for m in mentions if m.kind == "name"]
        found = spans((m.char_start, m.char_end, m.type) for m in names)
        right += len(found & gold)
        predicted += len(found)
        wanted += len(gold)
    f1 = 2 * right / (predicted + wanted)
    assert f1 >= FLOOR[split], f"{f1:.3f}: {right} right of {predicted} found, {wanted} wanted"
