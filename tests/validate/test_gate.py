"""The gate's two ends: the run and the process with great-expectations in it."""

import subprocess
import sys
import time

import pytest
import tables

from pipeline.errors import ReleaseError, TableError
from pipeline.validate import gate
from pipeline.validate.findings import Expectation, Finding, Suite
from pipeline.validate.gate import Findings, start_gate


def suite(*, success: bool) -> Suite:
    entry = Expectation("expect_column_values_to_not_be_null", "name", {}, success, 3, 1, ("x",))
    return Suite("entities", 3, (entry,))


@pytest.mark.slow
def test_the_process_finds_what_is_broken_and_both_ends_agree(tmp_path):
    content = tables.rows()
    content["mentions"][0]["kind"] = "nickname"
    content["mentions"][1]["text"] = "Suðland"
    files = tables.write(tmp_path, content)
    with start_gate() as opened:
        opened.begin({**files, "changelog": []})
        found = opened.findings(tmp_path, unchanged={"events": 7}, withheld=None)
    assert not found.success
    assert {entry.table: entry.unchanged for entry in found.suites if entry.unchanged} == {
        "events": 7
    }
    assert [(finding.table, finding.rule) for finding in found.references] == [
        ("mentions", "not-in-list"),
        ("mentions", "span"),
    ]
    assert [entry.table for entry in found.suites] == [
        *("articles", "entities", "mentions", "quotes", "events", "event_actors", "quarantine")
    ]
    with pytest.raises(TableError, match=r"mentions\.kind .*: nickname") as caught:
        found.raise_if_any()
    assert "3 rules" in str(caught.value)


def test_a_gate_nobody_asked_is_closed_at_once():
    began = time.monotonic()
    with start_gate() as opened:
        process = opened._process
    assert process.poll() is not None
    assert time.monotonic() - began < 5


def test_a_process_that_dies_is_an_error_with_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "_RUNNER", "pipeline.no_such_module")
    files = tables.write(tmp_path, tables.rows())
    with start_gate() as opened, pytest.raises(ReleaseError, match="No module named"):
        opened.begin(files)
        opened.findings(tmp_path, unchanged={}, withheld=None)


def test_findings_that_are_none_let_a_release_pass():
    found = Findings((suite(success=True),), ())
    assert found.success
    found.raise_if_any()
    assert set(found.documents()) == {"validation.json", "validation.html"}


def test_a_long_list_of_broken_rules_is_cut():
    broken = tuple(Finding("events", "span", f"c{n}", 1, ("e1",)) for n in range(12))
    with pytest.raises(TableError) as caught:
        Findings((suite(success=False),), broken).raise_if_any()
    lines = str(caught.value).splitlines()
    assert lines[0] == "the tables break 13 rules, so nothing is published:"
    assert lines[-1] == "- and 3 more"


def test_starting_a_gate_imports_no_great_expectations():
    code = (
        "import sys; import pipeline.validate.gate;"
        "sys.exit(any(name in sys.modules for name in ('great_expectations', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
