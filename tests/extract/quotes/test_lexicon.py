import csv
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

import pipeline
from pipeline.extract.quotes.frames import frame_rules
from pipeline.extract.quotes.lexicon import cues, words
from pipeline.extract.quotes.rows import confidences
from pipeline.records import Attitude

FOLDER = Path(pipeline.__file__).parent / "extract" / "lexicons" / "quotes"


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_entry_makes_sense():
    for row in rows("cues.tsv"):
        frames = frozenset(row["frames"].split())
        known = {frame for frame, _ in frame_rules(row["part"], frames)} | {"quote"}
        assert frames <= known, row
        assert frames, row
        assert row["attitude"] in get_args(Attitude), row


def test_the_lexicon_is_wide():
    entries = rows("cues.tsv")
    assert len(entries) >= 300
    keys = [(row["cue"], row["part"]) for row in entries]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("denies", "deny"),
        ("denied", "deny"),
        ("told", "tell"),
        ("urging", "urge"),
        ("vowed", "vow"),
        ("admitting", "admit"),
        ("claims", "claim"),
        ("wrote", "write"),
        ("discusses", "discuss"),
        ("theories", "theory"),
    ],
)
def test_forms_lead_to_their_entry(form, lemma):
    assert lemma in {cue.lemma for cue in cues()[form]}


def test_longer_entries_come_first():
    lengths = [len(cue.particles) for cue in cues()["pointed"]]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == 1


def test_unknown_list_is_empty():
    assert words("no such list") == frozenset()


def test_confidences_are_probabilities():
    assert all(0 < value < 1 for value in confidences().values())
    for cue in chain.from_iterable(cues().values()):
        for frame, _ in frame_rules(cue.part, cue.frames):
            assert f"{cue.part} {frame}" in confidences()
