"""The release in `data/` is what this code makes of `seeds/`."""

from pathlib import Path

import pytest
from quick import Watcher, quick_gate

from pipeline import build as building
from pipeline.config import Settings

ROOT = Path(__file__).parents[1]
REMEDY = "data/ is stale: delete it, run `make run`, and commit it"


@pytest.mark.model
def test_the_committed_tables_are_those_a_run_makes(tmp_path, monkeypatch):
    quick_gate(monkeypatch)
    monkeypatch.chdir(ROOT)
    building.build(["seeds"], Settings(out=tmp_path / "data"), progress=Watcher())
    made = {path.name: path.read_bytes() for path in (tmp_path / "data").glob("*.parquet")}
    committed = {path.name: path.read_bytes() for path in (ROOT / "data").glob("*.parquet")}
    assert made.keys() == committed.keys(), REMEDY
    assert [name for name in sorted(made) if made[name] != committed[name]] == [], REMEDY


def test_the_committed_release_is_whole():
    assert building.check_release(ROOT / "data") == []
