import csv
import re
from datetime import date

import pytest

from pipeline.errors import ConfigError
from pipeline.extract.entities.tables import (
    FOLDER,
    Forms,
    extra_tables,
    load_roles,
    load_tables,
    load_titles,
    load_words,
    plain,
)

HAND_MADE = [
    *("places", "organisations", "leaders", "weapons", "peoples", "people", "bodies", "parties"),
]
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
        ("Bosnia", "Q225", "BIH"),
        ("Emirates", "Q878", "ARE"),
        ("UAE", "Q878", "ARE"),
        ("Sichuan", "Q19770", "CHN"),
        ("Ontario", "Q1904", "CAN"),
        ("Donetsk", None, "UKR"),
        ("Chechnya", "Q5187", "RUS"),
    ],
)
def test_a_well_known_name_has_its_identifiers(form, qid, country):
    entry = load_tables().entries(form)[0]
    assert (entry.qid, entry.country) == (qid, country)


def test_a_capital_has_its_place_on_the_map():
    ankara = load_tables().entries("Ankara")[0]
    assert ankara.geonames_id == 323786
    assert (round(ankara.latitude), round(ankara.longitude)) == (40, 33)


def test_a_town_of_the_united_states_has_its_page():
    assert {e.wikipedia for e in load_tables().entries("Peoria")} >= {"Peoria, Illinois"}


def test_a_province_called_like_its_city_is_no_row_of_its_own():
    assert [entry.qid for entry in load_tables().entries("Shanghai")] == ["Q8686"]


@pytest.mark.parametrize("name", ["Victoria", "Acre"])
def test_a_region_with_the_name_of_something_else_is_weak(name):
    assert not any(e.strong for e in load_tables().entries(name) if e.kind == "subdivision")


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


def test_titles_are_of_several_words_in_lower_case_and_in_order():
    titles = (FOLDER / "titles.txt").read_text("utf-8").splitlines()
    assert titles == sorted(load_titles())
    assert all(" " in title and title == title.lower() for title in titles)


def test_every_university_has_a_country_of_the_tables():
    codes = {row["alpha3"] for row in rows("states")}
    found = rows("universities")
    assert {row["country"] for row in found} <= codes
    assert len({row["name"] for row in found}) == len(found)


def test_a_body_is_known_without_the_words_often_left_out():
    assert plain("University of Texas at Arlington") == plain("University of Texas-Arlington")
    assert [b.country for b in load_tables().bodies["Skidmore College"]] == ["USA"]


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


COLUMNS = "type\tname\taliases\tqid\twikipedia\tcountry\tsector"


def table(folder, *lines):
    path = folder / "own.tsv"
    path.write_text("\n".join([COLUMNS, *lines, ""]), "utf-8")
    return path


def test_a_table_of_ones_own_is_added(tmp_path):
    path = table(tmp_path, "ORG\tHarbour Workers League\tHWL\t\t\tKEN\tLAB")
    tables = extra_tables([path])
    assert [entry.sector for entry in tables.entries("HWL")] == ["LAB"]
    assert tables.entries("Kenya") == load_tables().entries("Kenya")


def test_a_row_of_ones_own_comes_first(tmp_path):
    path = table(tmp_path, "GPE\tBosnia\tBosnia and Herzegovina\t\t\tBIH\tGOV")
    bosnia = extra_tables([path]).entries("Bosnia")[0]
    assert (bosnia.name, bosnia.sector, bosnia.qid) == ("Bosnia", "GOV", "Q225")


def test_a_row_of_ones_own_stands_for_the_one_by_hand(tmp_path):
    path = table(tmp_path, "ORG\tReuters\t\t\t\tGBR\tBUS")
    assert [entry.sector for entry in extra_tables([path]).entries("Reuters")] == ["BUS"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ORG\tHarbour League", "line 2: no aliases"),
        ("BODY\tHarbour League\t\t\t\t\t", "'BODY' is no type"),
        ("ORG\tHarbour League\t\tHarbour\t\t\t", "'Harbour' is no Wikidata QID"),
    ],
    ids=["columns", "type", "qid"],
)
def test_a_table_that_cannot_be_right_is_refused(tmp_path, line, message):
    with pytest.raises(ConfigError, match=message):
        extra_tables([table(tmp_path, line)])
