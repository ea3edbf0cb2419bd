"""What the README prints runs as printed, in a checkout."""

import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


QUERIES = [line for block in blocks("sql") for line in block.splitlines() if line]


def test_there_is_something_to_run():
    assert len(QUERIES) >= 3
    assert len(blocks("python")) >= 2


@pytest.mark.parametrize("query", QUERIES)
def test_duckdb_lines_give_rows(query, monkeypatch):
    monkeypatch.chdir(ROOT)
    with duckdb.connect() as database:
        assert database.execute(query).fetchall()


@pytest.mark.model
@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.split("\n")[0])
def test_python_lines_print_something(code, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.strip()) > 2


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_two_commands_are_there(command):
    assert command in README
    target = command.removeprefix("make ")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_files_it_links_to_are_there():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert missing == []
