"""The wheel works outside the checkout: schemas and lexicons travel in it."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The wheel's contents in a folder, as an installer lays them out."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("onrecord-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def command(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    # -P and a PYTHONPATH before the environment's own packages: the checkout is not seen.
    return subprocess.run(
        [sys.executable, "-P", "-m", "pipeline", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )


def test_every_schema_and_lexicon_is_in_it(installed):
    expected = {Path("pipeline/schemas") / path.name for path in (ROOT / "schemas").iterdir()}
    for path in (ROOT / "pipeline").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            expected.add(path.relative_to(ROOT))
    missing = [str(path) for path in sorted(expected) if not (installed / path).is_file()]
    assert missing == []


@pytest.mark.model
@pytest.mark.slow
def test_it_runs_where_there_is_no_checkout(installed, tmp_path):
    (tmp_path / "news.txt").write_text("The mayor of Cusco met striking teachers on Friday.")
    done = command(installed, "run", "news.txt", "--out", "release", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"] == 1
    assert (tmp_path / "release" / "articles.parquet").is_file()
    where = "import pipeline.schema as s; print(s.schema_folder())"
    found = subprocess.run(
        [sys.executable, "-P", "-c", where],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == str(installed / "pipeline" / "schemas")
