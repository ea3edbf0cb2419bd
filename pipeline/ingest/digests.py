"""Which contents an archive has had: a set of hashes in little memory."""

from array import array

_KEY_BYTES = 8
"""Kept of each hash: among a million pages two that differ share it once in 37 million archives."""
_FEWEST_PLACES = 1024


class Digests:
    """Hashes seen so far, 16 to 32 bytes each; a set of `bytes` takes about a hundred.

    An open hash table: a key stands at the first free place from the one it names.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._places = array("Q", bytes(_KEY_BYTES * _FEWEST_PLACES))
        self._count = 0

    def add(self, digest: bytes) -> bool:
        """Add a hash; return whether it is new."""
        key = int.from_bytes(digest[:_KEY_BYTES], "little") or 1
        place = _place_of(self._places, key)
        if self._places[place] == key:
            return False
        self._places[place] = key
        self._count += 1
        if 2 * self._count > len(self._places):
            self._grow()
        return True

    def _grow(self) -> None:
        places = array("Q", bytes(2 * _KEY_BYTES * len(self._places)))
        for key in self._places:
            if key:
                places[_place_of(places, key)] = key
        self._places = places


def _place_of(places: "array[int]", key: int) -> int:
    """Return where `key` stands in a table whose size is a power of two, or may be put."""
    last = len(places) - 1
    place = key & last
    while places[place] not in (0, key):
        place = (place + 1) & last
    return place
