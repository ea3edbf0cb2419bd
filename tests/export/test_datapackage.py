"""The release as a Frictionless Data Package."""

import json
from dataclasses import replace

import pytest

from pipeline.export.datapackage import datapackage
from pipeline.export.files import ReleaseFile


def test_resources_have_size_hash_and_schema(release, described):
    folder, files = release
    package = described(datapackage, files)
    found = {resource["name"]: resource for resource in package["resources"]}
    assert list(found)[-1] == "changelog-quotes"
    quotes = found["quotes"]
    assert quotes["bytes"] == (folder / "quotes.parquet").stat().st_size
    assert quotes["rows"] == 1
    assert len(quotes["hash"]) == len("sha256:") + 64
    assert quotes["schema"]["primaryKey"] == ["quote_id"]
    assert found["changelog-quotes"]["schema"]["fields"][0]["name"] == "id"


def test_files_that_are_no_tables_are_passed_over(release, described):
    _, files = release
    page = ReleaseFile("validation.html", None, None, 1, "0" * 64)
    assert described(datapackage, [*files, page]) == described(datapackage, files)


def test_a_table_in_parts_is_one_resource(release, described):
    _, files = release
    (first,) = [file for file in files if file.table == "mentions"]
    parts = [replace(first, path=f"mentions-0000{n}-of-00002.parquet") for n in range(2)]
    (resource,) = described(datapackage, parts)["resources"]
    assert resource["path"] == parts[0].path
    assert resource["extrapaths"] == [parts[1].path]
    assert resource["rows"] == 6
    assert list(resource["hashes"]) == [part.path for part in parts]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_frictionless_accepts_the_descriptor(release, described):
    from frictionless import Package

    folder, files = release
    descriptor = described(datapackage, files)
    assert Package.validate_descriptor(descriptor).flatten(["message"]) == []
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    package = Package(str(folder / "datapackage.json"))
    events = package.get_resource("events").schema
    assert events.get_field("type").constraints["required"]
    assert [key["reference"]["resource"] for key in events.foreign_keys][:2] == [
        "articles",
        "entities",
    ]
