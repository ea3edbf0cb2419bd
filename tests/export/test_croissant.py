"""The release as Croissant metadata."""

import json
from dataclasses import replace

import pytest
import tables

from pipeline.export.croissant import croissant


def test_every_table_is_a_record_set_with_its_columns(release, described):
    _, files = release
    found = {entry["@id"]: entry for entry in described(croissant, files)["recordSet"]}
    assert list(found) == [
        *("articles", "entities", "mentions", "quotes", "events", "event_actors", "quarantine"),
        "changelog-quotes",
    ]
    fields = {field["name"]: field for field in found["quotes"]["field"]}
    assert fields["piece_starts"]["dataType"] == "cr:Int32"
    assert fields["piece_starts"]["repeated"] is True
    assert "repeated" not in fields["char_start"]
    assert found["event_actors"]["key"][1] == {"@id": "event_actors/role"}


def test_each_part_of_a_table_is_a_record_set(release, described):
    _, files = release
    (first,) = [file for file in files if file.table == "mentions"]
    parts = [replace(first, path=f"mentions-0000{n}-of-00002.parquet") for n in range(2)]
    made = described(croissant, parts)
    assert [entry["@id"] for entry in made["recordSet"]] == ["mentions-00000", "mentions-00001"]
    assert [entry["@id"] for entry in made["distribution"]] == [part.path for part in parts]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_mlcroissant_loads_it_and_reads_the_rows(release, described):
    import mlcroissant

    folder, files = release
    path = folder / "croissant.json"
    path.write_text(json.dumps(described(croissant, files)))
    dataset = mlcroissant.Dataset(jsonld=str(path))
    assert list(dataset.metadata.issues.errors) == []
    assert list(dataset.metadata.issues.warnings) == []
    (quote,) = dataset.records("quotes")
    assert quote["quotes/quote_id"] == tables.QUOTE.encode()
    assert len(quote["quotes/piece_starts"]) == 2
    assert len(list(dataset.records("entities"))) == 3
