"""The lexicon holds together: every code is in the codebook, every line can be read."""

import pytest

from pipeline.extract.events.contexts import load_context_words
from pipeline.extract.events.lexicon import (
    load_lexicon,
    load_status_words,
    rows,
    words,
)
from pipeline.records import Status
from pipeline.schema import load_codebook

FRAMES = [
    frame
    for table in (load_lexicon().verbs, load_lexicon().nouns)
    for frames in table.values()
    for frame in frames
]


def test_there_are_more_than_two_thousand_entries():
    assert len({(f.predicate, f.tests) for f in FRAMES}) > 2000


def test_every_type_and_mode_is_in_the_codebook():
    modes = {entry.name: set(entry.modes) for entry in load_codebook().types}
    wrong = [
        frame
        for frame in FRAMES
        if frame.type
        and (frame.type not in modes or (frame.mode and frame.mode not in modes[frame.type]))
    ]
    assert wrong == []


def test_every_type_has_frames():
    assert {frame.type for frame in FRAMES} - {""} == {e.name for e in load_codebook().types}


@pytest.mark.parametrize("table", ["verbs.tsv", "nouns.tsv"])
def test_no_entry_stands_twice(table):
    seen = [(word.strip(), row[1]) for row in rows(table) for word in row[0].split(",")]
    assert sorted(entry for entry in set(seen) if seen.count(entry) > 1) == []


def test_predicates_have_at_most_two_words():
    assert [f.predicate for f in FRAMES if f.predicate.count(" ") > 1] == []


def test_frames_of_a_predicate_come_narrowest_first():
    for frames in load_lexicon().verbs.values():
        weights = [frame.weight for frame in frames]
        assert weights == sorted(weights, reverse=True)


def test_sectors_and_contexts_are_in_the_codebook():
    codebook = load_codebook()
    assert set(load_lexicon().sectors.values()) <= set(codebook.sectors)
    assert set(load_context_words().values()) <= set(codebook.contexts)


def test_status_words_have_known_parts_and_effects():
    parts = {part for part, _ in load_status_words()}
    effects = set(load_status_words().values())
    assert parts == {"v", "n", "a", "N", "m"}
    assert effects <= {*Status.__args__, "fact", "report"}


@pytest.mark.parametrize("name", [row[0] for row in rows("words.tsv")])
def test_no_word_list_is_empty(name):
    assert words(name)
