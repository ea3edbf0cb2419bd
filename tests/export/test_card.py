"""The dataset card."""

from functools import partial

import pytest
import yaml

from pipeline.export.card import CardSource, card
from pipeline.schema import load_dataset


@pytest.fixture
def made(release, described):
    return described(card, release[1])


def test_the_head_is_yaml_with_a_configuration_a_table(made):
    _, head, _ = made.split("---\n", 2)
    values = yaml.safe_load(head)
    assert values["license"] == "other"
    assert values["size_categories"] == ["n<1K"]
    assert [(entry["config_name"], entry["data_files"]) for entry in values["configs"]][3] == (
        "quotes",
        "quotes*.parquet",
    )
    assert [entry["default"] for entry in values["configs"]] == [True, *[False] * 5]


def test_the_card_tells_counts_release_and_rights(made):
    assert "| `mentions` | 3 |" in made
    assert "Release v2026.1.0 of 2026-01-02" in made
    for heading in ("How to open it", "What is collected, and why", "Removal", "Licence"):
        assert f"\n## {heading}\n" in made
    for name in ("Open Event Data Alliance", "GeoNames", "articles.licence"):
        assert name in made


def test_the_card_lists_the_largest_sources_and_counts_the_rest(release, described):
    sources = [CardSource(f"s{n:02}", n, "none", ()) for n in range(1, 53)]
    made = described(partial(card, sources=sources), release[1])
    assert "| `s52` | 52 | not carried | not known |" in made
    assert "`s02`" not in made
    assert "And 2 more." in made


def test_the_lines_to_try_run_as_printed(release, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(release[0])
    examples = load_dataset().examples
    assert len(examples["duckdb"]) == len(examples["pandas"]) == 3
    for line in examples["duckdb"]:
        assert duckdb.sql(line) is not None
    names = {}
    exec("import pandas as pd\n" + "\n".join(examples["pandas"]), names)
    assert len(names["quotes"]) == 1
    assert names["events"].status.tolist() == ["planned"]
