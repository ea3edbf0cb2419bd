"""The data dictionary."""

from pathlib import Path

import pytest

from pipeline.export.dictionary import dictionary
from pipeline.schema import load_dataset, load_tables

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


@pytest.fixture(scope="module")
def made():
    return dictionary(load_dataset(), load_tables())


def test_the_dictionary_in_docs_is_this_one(made):
    assert DOCUMENT.read_text("utf-8") == made, (
        "docs/data-dictionary.md is stale; write it anew with"
        " pipeline.export.dictionary.dictionary(load_dataset(), load_tables())"
    )


def test_every_column_is_told_once_a_table(made):
    for table in load_tables().values():
        section = made.split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert section.count(f"\n| `{column}` |") == 1


def test_units_values_keys_and_references_are_told(made):
    for shown in (
        "Unit: Unicode code points.",
        "One of `direct`, `indirect`, `mixed`.",
        "One of 25 codes, see the codebook below.",
        "Refers to `articles.article_id`.",
        "Key: `event_id`, `role`, `position`.",
        "| `SANCTION` | material-conflict | -6 | required |",
        "| `ACCUSE` | verbal-conflict |  | optional |",
        "| `RETREAT` | planned | `CONCEDE` |",
        "CC BY-SA 4.0",
    ):
        assert shown in made


def test_every_row_of_a_table_has_as_many_cells_as_its_head(made):
    for block in made.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in lines}) <= 1
