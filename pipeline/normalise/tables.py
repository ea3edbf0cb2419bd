"""The tables of this room, in `data/`: publishers, agencies, words of bylines, languages.

Each is a JSON object; its `about` says what the other fields mean and where they come from.
"""

import json
from functools import cache
from pathlib import Path
from typing import cast

_FOLDER = Path(__file__).parent / "data"


@cache
def load_table(name: str) -> dict[str, object]:
    """Return the table in `data/<name>.json`."""
    return cast("dict[str, object]", json.loads((_FOLDER / f"{name}.json").read_text("utf-8")))


@cache
def load_words(name: str, field: str) -> frozenset[str]:
    """Return a field of a table that is a list of words, as a set."""
    return frozenset(cast("list[str]", load_table(name)[field]))


@cache
def load_mapping(name: str, field: str) -> dict[str, str]:
    """Return a field of a table that maps strings to strings."""
    return cast("dict[str, str]", load_table(name)[field])
