from pathlib import Path

import pytest

from pipeline.config import Settings, SourceKind, TextPolicy, load_settings
from pipeline.errors import ConfigError

TWO = """
out = "release"

[[source]]
name = "gazette"
location = "gazette/*.html"
licence = "CC BY 4.0"
language = "en"
publisher = "The Callao Gazette"
schedule = "30m"

[[source]]
name = "wire"
kind = "files"
location = "wire.jsonl"
text = "excerpt"

[entities]
tables = ["mine.tsv"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "on.toml"
    file.write_text(text, "utf-8")
    return file


def test_sources_have_what_the_file_gives_them(tmp_path):
    gazette, wire = load_settings(written(tmp_path, TWO)).source
    assert gazette.defaults == {
        "licence": "CC BY 4.0",
        "language": "en",
        "publisher": "The Callao Gazette",
    }
    assert (gazette.text, gazette.schedule) == (TextPolicy.FULL, "30m")
    assert (wire.kind, wire.text, wire.defaults) == (SourceKind.FILES, TextPolicy.EXCERPT, {})


@pytest.mark.parametrize(
    ("text", "named", "expected"),
    [
        ("", [], ("seeds",)),
        (TWO, [], ("gazette", "wire")),
        ("sources = ['wire', 'more/']" + TWO, [], ("wire", "more/")),
        (TWO, ["wire"], ("wire",)),
    ],
    ids=["usual", "all", "settings", "command"],
)
def test_what_is_read_is_what_the_command_names_else_the_settings(tmp_path, text, named, expected):
    assert load_settings(written(tmp_path, text)).chosen(named) == expected


def test_a_source_that_is_not_configured_is_a_location(tmp_path):
    settings = load_settings(written(tmp_path, TWO))
    assert settings.source_named("wire").location == "wire.jsonl"
    other = settings.source_named("wires/")
    assert (other.name, other.location, other.text) == (None, "wires/", TextPolicy.FULL)


def test_the_file_of_the_working_folder_is_read_where_none_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings().out == Path("data")
    Path("onrecord.toml").write_text('out = "there"')
    assert load_settings().out == Path("there")
    assert load_settings(written(tmp_path, "")).out == Path("data")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("out = 'a'\nshard_chars = 0", "on.toml:2: shard_chars: "),
        ("out = 'a'\nshard_char = 0", "on.toml:2: shard_char: no such setting; known: out, "),
        (TWO.replace('"en"', '"eng"'), "on.toml:8: source.language: Value error, expected two"),
        (TWO.replace("excerpt", "some"), "on.toml:16: source.text: "),
        (TWO.replace('"files"', '"fax"'), "on.toml:14: source.kind: "),
        (TWO.replace('name = "wire"\n', ""), "on.toml:12: source.name: Field required"),
        (TWO.replace("wire.jsonl", " "), "on.toml:15: source.location: "),
        (TWO.replace("text =", "texts ="), "on.toml:16: source.texts: no such setting; known"),
        (TWO.replace('"wire"', '"gazette"'), "on.toml:4: source: Value error, more than one"),
        (TWO.replace('"wire"', '"a/b"'), "on.toml:13: source.name: "),
        ("[fetch]\ndelay = 1", "on.toml:2: fetch.delay: no such setting; known: contact, "),
        (
            "[fetch]\nprivate_networks = ['10.0.0.1/8']",
            "on.toml:2: fetch.private_networks: Value error, expected networks like 10.0.0.0/8",
        ),
        (TWO.replace("30m", "often"), "on.toml:10: source.schedule: "),
        (TWO.replace('["mine.tsv"]', "3"), "on.toml:19: entities.tables: "),
        ("\nsource = [{name = 'a'}]", "on.toml:2: source.location: Field required"),
        ("[source]\nname = 'a'", "on.toml:1: source: "),
    ],
    ids=[
        "range", "unknown", "language", "policy", "kind", "no-name", "blank", "unknown-in-source",
        "twice", "a-path", "fetch", "networks", "schedule", "entities", "inline", "not-an-array",
    ],
)  # fmt: skip
def test_a_fault_is_told_by_file_line_and_key(tmp_path, text, told):
    with pytest.raises(ConfigError) as error:
        load_settings(written(tmp_path, text))
    assert told in str(error.value)
    assert str(error.value).startswith(str(tmp_path))


def test_a_fault_of_the_environment_names_no_line(tmp_path, monkeypatch):
    monkeypatch.setenv("ONRECORD_SHARD_CHARS", "0")
    with pytest.raises(ConfigError, match=r"^the environment: shard_chars"):
        load_settings(written(tmp_path, "shard_chars = 7"))


def test_settings_survive_the_way_to_another_process(tmp_path):
    settings = load_settings(written(tmp_path, TWO))
    assert Settings(**settings.model_dump(mode="json")) == settings
