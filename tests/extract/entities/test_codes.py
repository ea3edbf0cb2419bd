"""What the tables say is what the schemas allow: one wrong code would stop a release."""

import csv
import json
import re
from pathlib import Path

import pytest

import pipeline.extract
from pipeline.schema import load_codebook, load_tables

FOLDER = Path(pipeline.extract.__file__).parent / "lexicons" / "entities"
TABLES = sorted(FOLDER.glob("*.tsv"))


def rows(path):
    with path.open(encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t")


def strings(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_there_are_tables():
    assert len(TABLES) > 5


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_sectors_and_types_are_those_of_the_schemas(path):
    sectors, fields = load_codebook().sectors, load_tables()["entities"].fields
    types = next(field.values for field in fields if field.name == "type")
    wrong = [
        row
        for row in rows(path)
        if (row.get("sector") and row["sector"] not in sectors)
        or (row.get("type") and row["type"] not in types)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_countries_and_wikidata_ids_have_their_form(path):
    for row in rows(path):
        for column in ("country", "alpha3"):
            assert not row.get(column) or re.fullmatch("[A-Z]{3}", row[column]), row
        for column in ("qid", "wikidata_id"):
            assert not row.get(column) or re.fullmatch(r"Q[1-9]\d*", row[column]), row


def test_sectors_of_roles_are_those_of_the_codebook():
    roles = json.loads((FOLDER / "roles.json").read_text("utf-8"))
    codes = {text for text in strings(roles) if re.fullmatch("[A-Z]{3}", text)}
    assert codes - set(load_codebook().sectors) == set()
    assert codes
