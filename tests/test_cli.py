import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.build import Summary
from pipeline.errors import ConfigError, ReleaseError, SourceError, TableError
from pipeline.export.publish import Published

HEAVY = ("prefect", "spacy", "great_expectations", "pyarrow", "duckdb", "pandas", "distributed")


def summary(**counts: int) -> Summary:
    values = dict.fromkeys(Summary.__dataclass_fields__, 0) | counts
    return Summary(**{**values, "release": "v2024.6.0", "out": "data", "seconds": 1.5})


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    """Run a command with `build` replaced by one that returns or raises what it is given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    calls = []

    def run(*arguments: str, outcome=None):
        def build(*positional, **options):
            calls.append((positional, options))
            if isinstance(outcome, Exception):
                raise outcome
            return outcome or summary()

        monkeypatch.setattr("pipeline.build.build", build)
        result = CliRunner().invoke(cli.app, list(arguments))
        return result, calls[-1] if calls else None

    return run


def test_help_is_quick_and_imports_nothing_heavy():
    code = (
        "import sys; from pipeline.cli import app\n"
        "try: app(['--help'])\n"
        f"except SystemExit: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    assert "Usage" in done.stdout


def test_schema_imports_nothing_heavy():
    code = (
        "import sys; from pipeline.cli import app\n"
        "try: app(['schema', 'quotes'])\n"
        f"except SystemExit: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    assert "speaker_name" in done.stdout


def test_run_reads_seeds_and_writes_data_by_default(invoke):
    result, (positional, _) = invoke("run")
    assert result.exit_code == 0
    sources, settings = positional
    assert (sources, settings.out) == (("seeds",), Path("data"))


def test_run_takes_sources_and_out(invoke):
    _, ((sources, settings), options) = invoke("run", "a.txt", "b", "--out", "here", "--full")
    assert (sources, settings.out, options["full"]) == (("a.txt", "b"), Path("here"), True)


@pytest.mark.parametrize(
    ("arguments", "read_apart"),
    [
        ((), False),
        (("--workers", "1"), False),
        (("--workers", "2"), True),
    ],
)
def test_worker_processes_read_too(invoke, arguments, read_apart):
    _, (_, options) = invoke("run", *arguments)
    assert options["read_apart"] is read_apart


def test_json_is_one_object_and_nothing_else(invoke):
    result, _ = invoke("run", "--json", outcome=summary(articles=3))
    values = json.loads(result.stdout)
    assert list(values) == [
        "release", "out", "articles", "mentions", "entities", "quotes", "events", "new",
        "changed", "unchanged", "duplicates", "quarantined", "seconds",
    ]  # fmt: skip
    assert values["articles"] == 3


@pytest.mark.parametrize(
    ("arguments", "outcome", "code"),
    [
        ((), summary(), 0),
        ((), summary(quarantined=2), 0),
        (("--strict",), summary(quarantined=2), 3),
        (("--strict",), summary(), 0),
        ((), TableError("the tables break 1 rules"), 1),
        ((), SourceError("there is no nowhere"), 1),
        ((), ReleaseError("cannot write"), 1),
        ((), ConfigError("out: no"), 2),
        (("--workers", "none"), summary(), 2),
        (("--workers", "0"), summary(), 2),
        (("--config", "missing.toml"), summary(), 2),
        (("--nonsense",), summary(), 2),
    ],
    ids=[
        "done", "quarantined", "strict", "strict-clean", "table", "source", "release", "config",
        "not-a-number", "no-workers", "no-file", "unknown-option",
    ],
)  # fmt: skip
def test_exit_codes(invoke, arguments, outcome, code):
    result, _ = invoke("run", *arguments, outcome=outcome)
    assert result.exit_code == code
    assert "Traceback" not in result.output
    if isinstance(outcome, Exception):
        assert str(outcome) in result.stderr


def test_debug_shows_the_traceback(invoke):
    result, _ = invoke("run", "--debug", outcome=SourceError("there is no nowhere"))
    assert isinstance(result.exception, SourceError)


def test_configuration_comes_from_a_file_and_the_environment(invoke, tmp_path, monkeypatch):
    (tmp_path / "on.toml").write_text('out = "there"\nshard_chars = 5\n')
    monkeypatch.setenv("ONRECORD_SHARD_CHARS", "7")
    _, ((_, settings), _) = invoke("run", "--config", "on.toml")
    assert (settings.out, settings.shard_chars) == (Path("there"), 7)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shard_chars = 0", "shard_chars"),
        ("shard_char = 9", "no such setting; known: out, sources"),
        ("out = ", "is not TOML"),
    ],
    ids=["range", "unknown", "broken"],
)
def test_a_configuration_that_makes_no_sense_is_named(invoke, tmp_path, text, told):
    (tmp_path / "on.toml").write_text(text)
    result, _ = invoke("run", "--config", "on.toml")
    assert result.exit_code == 2
    assert "on.toml" in result.stderr
    assert told in result.stderr


def test_schema_of_an_unknown_table_is_wrong_usage(invoke):
    result, _ = invoke("schema", "nothing")
    assert result.exit_code == 2
    assert "known: articles" in result.stderr


def test_check_of_a_folder_without_a_release_fails(invoke, tmp_path):
    result, _ = invoke("check", str(tmp_path))
    assert result.exit_code == 1
    assert "manifest.json is missing" in result.output


def test_publish_says_what_it_did(invoke, monkeypatch):
    done = Published("v2024.6.0", "s3://bucket/news/v2024.6.0", 20, 1000, 3, 17)
    calls = []
    monkeypatch.setattr(
        "pipeline.build.publish_release", lambda *a, **k: calls.append((a, k)) or done
    )
    result, _ = invoke("publish", "s3://bucket/news", "--out", "there", "--dry-run")
    assert result.exit_code == 0
    assert "3 of 20 files would be uploaded, 17 already there" in result.output
    assert calls[0][0] == (Path("there"), "s3://bucket/news")
    assert calls[0][1]["dry_run"]


def test_publish_refuses_what_is_not_whole(invoke, tmp_path):
    result, _ = invoke("publish", str(tmp_path / "there"), "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "is not whole" in result.stderr
    assert not (tmp_path / "there").exists()


def test_version(invoke):
    result, _ = invoke("--version")
    assert result.output.startswith("onrecord ")
