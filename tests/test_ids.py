from base64 import b32encode
from hashlib import sha256

from pipeline.ids import content_id, occurrence_ids


def test_an_id_is_a_letter_and_sixteen_characters_that_never_change():
    assert content_id("a", "url", "https://example.org/1") == "avj7m6sz7qayhnzvq"
    assert len(content_id("a", "x")) == 17


def test_an_id_is_base_32_of_the_hash():
    for number in range(300):
        digest = sha256(f"x\x00{number}".encode()).digest()[:10]
        assert content_id("q", "x", str(number)) == f"q{b32encode(digest).decode().lower()}"


def test_parts_are_kept_apart():
    assert content_id("a", "xy", "z") != content_id("a", "x", "yz")


def test_the_same_words_get_ids_by_their_turn():
    first = list(occurrence_ids("m", "a1", ["Lima", "Quito", "Lima"]))
    assert len(set(first)) == 3
    inserted = list(occurrence_ids("m", "a1", ["Bogota", "Lima", "Quito", "Lima"]))
    assert inserted[1:] == first
    assert set(occurrence_ids("m", "a2", ["Lima"])).isdisjoint(first)
