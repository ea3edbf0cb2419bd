import csv
import re
from datetime import date

import pytest

from pipeline.extract.entities.tables import FOLDER, Forms, load_roles, load_tables, load_words

HAND_MADE = ["places", "organisations", "leaders", "weapons", "peoples", "people", "bodies"]
SECTORS = {
    *("COP", "GOV", "JUD", "LEG", "MIL", "PRM", "PTY", "REB", "SPY", "AGR", "BUS", "CRM", "CVL"),
    *("EDU", "ELI", "JRN", "LAB", "MED", "REF", "OPP", "PRE", "REL", "SOC", "NGO"),
}
INTERNATIONAL = {"UNO", "EUR", "IGO", "NGO", "IMG", "MNC"}


def rows(name):
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("name", HAND_MADE)
def test_every_row_is_well_formed(name):
    countries = {row["alpha3"] for row in rows("states")} | INTERNATIONAL
    for row in rows(name):
        assert None not in row.values(), row
        assert not row["qid"] or re.fullmatch(r"Q[1-9]\d*", row["qid"]), row
        assert not row["country"] or row["country"] in countries, row
        assert not row["sector"] or row["sector"] in SECTORS, row
        assert row["name"] not in row["aliases"].split("|"), row


def test_a_qid_stands_for_one_thing():
    seen = {}
    for name in HAND_MADE:
        for row in rows(name):
            if row["qid"]:
                assert seen.setdefault(row["qid"], row["name"]) == row["name"]


def test_terms_of_office_run_forward():
    for row in rows("leaders"):
        if row["from"] and row["to"]:
            assert date.fromisoformat(row["from"]) < date.fromisoformat(row["to"]), row


@pytest.mark.parametrize(
    ("form", "qid", "country"),
    [
        ("Turkey", "Q43", "TUR"),
        ("U.S.", "Q30", "USA"),
        ("Britain", "Q145", "GBR"),
        ("Moscow", "Q649", "RUS"),
        ("Washington", "Q61", "USA"),
        ("NATO", "Q7184", "IGO"),
        ("Denmark", "Q35", "DNK"),
        ("Kosovo", "Q1246", "KOS"),
        ("Tayyip Erdogan", "Q39259", "TUR"),
    ],
)
def test_a_well_known_name_has_its_identifiers(form, qid, country):
    entry = load_tables().entries(form)[0]
    assert (entry.qid, entry.country) == (qid, country)


def test_a_capital_has_its_place_on_the_map():
    ankara = load_tables().entries("Ankara")[0]
    assert ankara.geonames_id == 323786
    assert (round(ankara.latitude), round(ankara.longitude)) == (40, 33)


def test_a_city_and_a_state_of_one_name_stay_two():
    assert {entry.qid for entry in load_tables().entries("Washington")} >= {"Q61", "Q1223"}


def test_an_office_is_held_from_a_day_to_a_day():
    gul = load_tables().entries("Abdullah Gul")[0]
    assert [term.office for term in gul.terms if term.covers(date(2010, 1, 1))] == ["president"]
    assert not any(term.covers(date(2019, 1, 1)) for term in gul.terms)


def test_demonyms_lead_to_countries():
    demonyms = load_tables().demonyms
    assert demonyms["Turkish"] == demonyms["Turks"] == "TUR"
    assert demonyms["Kurds"] == ""


def test_roles_name_plover_sectors():
    for words in load_roles().values():
        assert set(words.values()) <= SECTORS | {""}


def test_words_are_lists_of_single_words():
    assert all(" " not in word for words in load_words().values() for word in words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In New York City today.", ["New York City"]),
        ("In New Yorkshire today.", []),
        ("A York-based firm.", ["York"]),
        ("The York-Leeds line.", []),
    ],
    ids=["longest", "whole-words", "based", "compound"],
)
def test_forms_are_found_as_whole_words(text, expected):
    forms = Forms([("York", 1), ("New York", 2), ("New York City", 3)])
    assert [text[start:end] for start, end in forms.found(text)] == expected
