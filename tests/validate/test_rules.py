"""Rules of one row: SQL that means what Python's rules mean."""

import re

import duckdb
import pytest

from pipeline.schema import load_tables
from pipeline.validate.rules import re2_pattern

CONSTRAINTS = [
    constraints
    for table in load_tables().values()
    for field in table.fields
    for constraints in (field.constraints, field.item)
]
PATTERNS = sorted({given["pattern"] for given in CONSTRAINTS if "pattern" in given})
BLANKS = "\t\n\x0b\x0c\r\x1c\x1f \x85\xa0\u1680\u2003\u2028\u202f\u3000"
TELLING = [
    "", "a", "É", "😀", "a b", "a\nb", "en", "und", "EN", "eng", "USA", "Q12", "Q0", "a--b", "a-b",
    "0" * 64, "A" * 64, "b" * 17, "ab" + "7" * 16, "a" + "8" * 16, "https://example.org/ü",
    "ftp://example.org", "example.org", "Example.org", "example", "exam ple.org",
    *(f"{blank}a" for blank in BLANKS), *(f"a{blank}" for blank in BLANKS),
    *(f"a{blank}b.c" for blank in BLANKS), *(f"https://a{blank}b" for blank in BLANKS),
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_in_duckdb_what_it_matches_in_python(pattern):
    with duckdb.connect() as database:
        found = database.execute(
            "SELECT list_transform(?::VARCHAR[], lambda x: regexp_full_match(x, ?))",
            [TELLING, re2_pattern(pattern)],
        ).fetchone()[0]
    assert found == [re.fullmatch(pattern, text) is not None for text in TELLING]


def test_every_constraint_of_the_schemas_is_one_that_is_checked():
    known = {"required", "unique", "enum", "pattern", "minimum", "maximum", "minLength"}
    assert {name for given in CONSTRAINTS for name in given} <= known
