"""Rows of one article that break their schema."""

import pytest
from factory import article, entity, event, mention, quote

from pipeline.errors import InvalidRecordError
from pipeline.schema import load_tables
from pipeline.store import encode
from pipeline.validate.rows import broken_rows, check_surfaces

TABLES = load_tables()
ID = "a" * 17


def breaks(table, *rows):
    return list(broken_rows(TABLES[table], encode(TABLES[table], rows)))


def test_rows_that_keep_their_schema_are_none():
    found = entity("Q1", "Ana", sector=None, aliases=["A."])
    assert breaks("entities", found) == []
    assert breaks("entities") == []


@pytest.mark.parametrize(
    ("table", "row", "rule", "detail"),
    [
        ("entities", entity("Q1", "Ana", sector="NGO"), "not-in-list", "sector is 'NGO'"),
        ("entities", entity("Q0", "Ana"), "pattern", "entity_id is 'Q0'"),
        ("entities", entity("Q1", "Ana\n"), "pattern", "name is 'Ana\\n'"),
        ("entities", entity("Q1", "\xa0Ana"), "pattern", "name is '\\xa0Ana'"),
        ("entities", entity("Q1", "Ana", latitude=91.0), "too-large", "latitude is 91.0"),
        ("entities", entity("Q1", "Ana", n_mentions=-1), "too-small", "n_mentions is -1"),
        ("entities", entity("Q1", "Ana", aliases=["A", ""]), "too-short", "aliases is ''"),
        ("entities", entity("Q1", None), "missing-value", "name is missing"),
        ("events", event(ID, ID, context=["war"]), "not-in-list", "context is 'war'"),
        ("quotes", quote(ID, ID, confidence=float("nan")), "too-small", "confidence is nan"),
    ],
)
def test_a_broken_rule_names_row_rule_and_value(table, row, rule, detail):
    good = {"entities": entity("Q2", "Luis"), "events": event("v" + "b" * 16, ID),
            "quotes": quote("q" + "b" * 16, ID)}[table]  # fmt: skip
    found = [(place, code, seen) for place, code, seen in breaks(table, good, row) if place]
    assert (1, rule, f"{table}.{detail}") in found


def test_a_surface_that_is_not_the_text_is_refused():
    text = article("Ana met Luis.")
    check_surfaces(text, TABLES["mentions"], [mention("m1", "Q1")])
    with pytest.raises(InvalidRecordError, match=r"mentions.text: 'ana' is not at 0:3") as caught:
        check_surfaces(text, TABLES["mentions"], [mention("m1", "Q1", text="ana")])
    assert caught.value.code == "span"
