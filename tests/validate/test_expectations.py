"""Schemas as great-expectations suites, run on a small release and on spoilt copies of it."""

import os
import sys

import pytest
import tables

from pipeline.schema import load_tables

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def expectations():
    from pipeline.validate import expectations

    return expectations


def missed(expectations, folder, content, only=None):
    files = {
        name: [str(path) for path in paths]
        for name, paths in tables.write(folder, content).items()
        if only in (None, name)
    }
    return [
        (suite.table, entry.column, entry.kind, entry.unexpected, entry.examples)
        for suite in expectations.Validator().validate(files, data_docs=None)
        for entry in suite.expectations
        if not entry.success
    ]


def test_a_whole_release_meets_every_expectation(expectations, tmp_path):
    assert missed(expectations, tmp_path, tables.rows()) == []


@pytest.mark.parametrize(
    ("table", "row", "values", "column", "kind", "example"),
    [
        ("articles", 0, {"language": "EN"}, "language", "match_regex", "EN"),
        ("mentions", 0, {"type": "THING"}, "type", "in_set", "THING"),
        ("mentions", 0, {"char_start": -1}, "char_start", "between", "-1"),
        ("mentions", 0, {"text": ""}, "text", "lengths", ""),
        (
            "mentions",
            1,
            {"mention_id": tables.FIRST_MENTION},
            "mention_id",
            "unique",
            tables.FIRST_MENTION,
        ),
        ("quotes", 0, {"confidence": 1.5}, "confidence", "between", "1.5"),
        ("quotes", 0, {"piece_ends": [82]}, "piece_starts, piece_ends", "in_set", "False"),
        ("events", 0, {"context": ["war"]}, "context", "in_set", "False"),
        ("events", 0, {"date_precision": None}, "date_start", "in_set", "False"),
        ("events", 0, {"date_start": tables.DAY.replace(year=2030)}, "date_end", "greater", "2030"),
        ("event_actors", 1, {"role": "actor"}, "event_id, role, position", "compound", "actor"),
    ],
)
def test_a_broken_rule_is_found(expectations, tmp_path, table, row, values, column, kind, example):
    content = tables.rows()
    content[table][row].update(values)
    found = [
        entry
        for entry in missed(expectations, tmp_path, content, only=table)
        if column in entry[1] and kind in entry[2]
    ]
    assert len(found) == 1
    assert found[0][3] >= 1
    assert any(example in shown for shown in found[0][4])


def test_results_are_added_up_over_frames(expectations, tmp_path, monkeypatch):
    monkeypatch.setattr(expectations, "_FRAME_ROWS", 2)
    content = tables.rows()
    content["mentions"][0]["type"] = content["mentions"][2]["type"] = "THING"
    found = missed(expectations, tmp_path, content, only="mentions")
    assert [entry[3:] for entry in found] == [(2, ("THING", "THING"))]


def test_a_suite_has_an_expectation_for_every_constraint(expectations):
    for checks in expectations.Validator()._checks:
        required = {field.name for field in checks.table.fields if field.required}
        told = {
            entry.column
            for entry in checks.expected.expectations
            if type(entry).__name__ == "ExpectColumnValuesToNotBeNull"
        }
        assert told == required


def test_data_docs_are_built_on_request(expectations, tmp_path):
    files = tables.write(tmp_path, tables.rows())
    docs = tmp_path / "docs"
    expectations.Validator().validate({"quarantine": [str(files["quarantine"][0])]}, data_docs=docs)
    assert (docs / "index.html").is_file()
    assert list((docs / "validations").rglob("*.html"))


def test_all_tables_are_told_of_in_order_although_half_are_looked_at_apart(expectations, tmp_path):
    content = tables.rows()
    content["articles"][0]["language"] = "EN"
    content["mentions"][0]["type"] = "THING"
    files = {
        name: [str(path) for path in paths]
        for name, paths in tables.write(tmp_path, content).items()
    }
    suites = expectations.Validator().validate(files, data_docs=None)
    assert [suite.table for suite in suites] == [name for name in load_tables() if name in files]
    assert [suite.table for suite in suites if not suite.success] == ["articles", "mentions"]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_fork_that_dies_is_no_success(expectations, tmp_path, monkeypatch):
    here = os.getpid()

    class Dies(expectations._Checks):
        def suite(self, files):
            if os.getpid() != here:
                os._exit(1)
            return super().suite(files)

    monkeypatch.setattr(expectations, "_Checks", Dies)
    files = {
        name: [str(path) for path in paths]
        for name, paths in tables.write(tmp_path, tables.rows()).items()
    }
    with pytest.raises(RuntimeError, match="fork"):
        expectations.Validator().validate(files, data_docs=None)
