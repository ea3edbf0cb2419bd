"""Schemas: what they must have, and what Arrow makes of them."""

import json
import re
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import schema
from pipeline.errors import SchemaError
from pipeline.schema import (
    arrow_schema,
    check_arrow_schema,
    load_codebook,
    load_dataset,
    load_tables,
    read_frames,
)

TABLES = load_tables()
FIELDS = [(name, field) for name, table in TABLES.items() for field in table.fields]
FIELD_IDS = [f"{name}.{field.name}" for name, field in FIELDS]


def test_the_data_set_lists_every_table_file():
    files = {path.stem for path in schema.schema_folder().glob("*.json")}
    assert set(TABLES) == files - {"plover", "dataset"}


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=FIELD_IDS)
def test_a_field_is_explained(table, field):
    assert field.title
    assert field.description.endswith((".", '"'))
    assert field.example is not None
    assert field.name not in ("start", "end", "date")


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=FIELD_IDS)
def test_an_example_meets_its_constraints(table, field):
    constraints = field.item if field.is_list else field.constraints
    for value in field.example if field.is_list else [field.example]:
        assert value in constraints.get("enum", [value])
        assert re.fullmatch(constraints.get("pattern", ".*"), str(value))
        assert constraints.get("minimum", value) <= value <= constraints.get("maximum", value)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_rules_name_columns_that_exist(table):
    columns = set(table.columns)
    assert set(table.primary_key) <= columns
    assert set(table.sort) <= columns
    assert table.sort
    for key in table.foreign_keys:
        assert set(key.columns) <= columns
        assert set(key.references) <= set(TABLES[key.table].columns)
    for span in table.spans:
        assert {span.start, span.end, span.on} <= columns
        assert span.surface is None or span.surface in columns
        assert {span.text_column, span.on} <= set(TABLES[span.text_table].columns)
    for group in (*table.ordered, *table.together):
        assert set(group) <= columns
    for first in table.firsts:
        assert set(first.columns) <= columns
        assert {*first.columns.values(), *first.where} <= set(TABLES[first.table].columns)


def test_every_pair_of_offsets_is_a_declared_span():
    for table in TABLES.values():
        declared = {(span.start, span.end) for span in table.spans}
        starts = [
            name
            for name in table.columns
            if name.endswith("_start") and name.replace("_start", "_end") in table.columns
            if next(f for f in table.fields if f.name == name).arrow == "int32"
        ]
        assert {(name, name.replace("_start", "_end")) for name in starts} <= declared


def test_codes_in_the_tables_are_those_of_the_codebook():
    codebook = load_codebook()
    events = {field.name: field.values for field in TABLES["events"].fields}
    types = tuple(entry.name for entry in codebook.types)
    modes = tuple(dict.fromkeys(mode for entry in codebook.types for mode in entry.modes))
    assert events["type"] == events["plover_type"] == types
    assert events["mode"] == modes
    assert events["context"] == tuple(codebook.contexts)
    assert events["quad_class"] == codebook.quad_classes
    assert events["status"] == tuple(codebook.statuses)
    for _, field in FIELDS:
        if field.name.endswith("sector"):
            assert field.values == tuple(codebook.sectors)


def test_the_codebook_agrees_with_itself():
    codebook = load_codebook()
    types = {entry.name for entry in codebook.types}
    assert len(types) == 16
    for entry in codebook.types:
        assert entry.quad_class in codebook.quad_classes
        assert entry.score is None or -10 <= entry.score <= 10
    assert {entry.name for entry in codebook.types if entry.score is None} == {"ACCUSE"}
    for kind, statuses in codebook.folding.items():
        assert {kind, *statuses.values()} <= types
        assert set(statuses) <= set(codebook.statuses)


def test_a_planned_deal_is_folded_into_agreement_and_a_plain_one_is_not():
    folding = load_codebook().folding
    assert folding["SUPPORT"] == {"planned": "AGREE"}
    assert "PROTEST" not in folding


def test_the_arrow_schema_carries_types_and_meaning():
    found = arrow_schema(TABLES["quotes"], metadata={"release": "v2026.1.0"})
    start = found.field("char_start")
    assert start.type == pa.int32()
    assert not start.nullable
    assert start.metadata[b"unit"] == b"Unicode code points"
    assert found.field("said_start").type == pa.timestamp("ms")
    assert found.field("piece_starts").type == pa.list_(pa.int32())
    told = json.loads(found.metadata[schema.METADATA_KEY])
    assert told["release"] == "v2026.1.0"
    assert told["columns"]["char_start"]["unit"] == "Unicode code points"


def test_the_same_arguments_give_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        made = arrow_schema(TABLES["events"], metadata={"b": 1, "a": 2})
        pq.write_table(made.empty_table(), tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_schema_read_back_from_parquet_is_the_schema(tmp_path):
    for name, table in TABLES.items():
        pq.write_table(arrow_schema(table).empty_table(), tmp_path / name)
        assert check_arrow_schema(table, pq.read_schema(tmp_path / name)) == []


def test_differences_from_the_schema_are_named():
    table = TABLES["changelog"]
    made = arrow_schema(table)
    narrowed = made.set(0, pa.field("id", pa.int32(), nullable=False)).remove(3)
    assert check_arrow_schema(table, narrowed) == [
        "id string not null is missing",
        "columns list<string> not null is missing",
        "id int32 not null is not in the schema",
    ]
    turned = pa.schema([made.field(1), made.field(0), made.field(2), made.field(3)])
    assert "another order" in check_arrow_schema(table, turned)[0]


def test_frames_are_no_larger_than_asked_for_and_an_empty_file_gives_one(tmp_path):
    path = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"n": list(range(10))}), path)
    assert [len(frame) for frame in read_frames(path, rows=4)] == [4, 4, 2]
    pq.write_table(pa.table({"n": pa.array([], pa.int32())}), path)
    assert [len(frame) for frame in read_frames(path, rows=4)] == [0]


def test_the_version_of_the_schemas_is_semantic():
    assert re.fullmatch(r"\d+\.\d+\.\d+", load_dataset().version)


def test_no_schemas_is_an_error_that_says_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "_HOMES", (tmp_path / "nowhere",))
    with pytest.raises(SchemaError, match="nowhere"):
        schema.schema_folder.__wrapped__()


def test_loading_tables_imports_no_pyarrow():
    code = (
        "import sys; from pipeline.schema import load_tables; load_tables();"
        "sys.exit('pyarrow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
