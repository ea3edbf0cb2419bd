from hashlib import sha256
from sys import getsizeof

from pipeline.ingest.digests import Digests


def digest(number):
    return sha256(b"%d" % number).digest()


def test_a_digest_is_new_once():
    seen = Digests()
    assert [seen.add(digest(n)) for n in range(5000)] == [True] * 5000
    assert [seen.add(digest(n)) for n in range(5000)] == [False] * 5000


def test_digests_whose_places_collide_stay_apart():
    seen = Digests()
    same_place = [(n << 40).to_bytes(8, "little") for n in range(1, 600)]
    assert all(seen.add(each) for each in same_place)
    assert not any(seen.add(each) for each in same_place)


def test_a_digest_of_nothing_but_zeros_is_one_too():
    seen = Digests()
    assert [seen.add(bytes(32)), seen.add(bytes(32))] == [True, False]


def test_no_more_than_32_bytes_are_held_for_each():
    seen = Digests()
    for number in range(10_000):
        seen.add(digest(number))
    assert getsizeof(seen._places) <= 32 * 10_000 + 100
