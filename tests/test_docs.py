"""What the documentation prints runs as printed, and what it links to is there."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RUN = ("index.md", "tables.md", "recipes.md")


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page, block)
        for page in RUN
        for block in re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)
    ]


QUERIES = [(page, line) for page, block in blocks("sql") for line in block.splitlines() if line]


@pytest.mark.parametrize(("page", "query"), QUERIES)
def test_queries_give_rows(page, query, monkeypatch):
    monkeypatch.chdir(ROOT)
    with duckdb.connect() as database:
        assert database.execute(query).fetchall(), page


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_code_prints_something(page, code, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(code, page, "exec"), {})
    assert len(capsys.readouterr().out.strip()) > 2


def test_there_are_recipes_in_all_three():
    code = "".join(block for _, block in blocks("python"))
    assert len(QUERIES) >= 10
    assert all(f"import {library}" in code for library in ("pandas", "polars"))


def notebook(name: str, monkeypatch) -> dict:
    monkeypatch.setenv("ONRECORD_DATA", str(ROOT / "data"))
    spec = importlib.util.spec_from_file_location(name, DOCS / "notebooks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, names = module.app.run()
    return dict(names)


def test_the_notebook_on_threats_finds_that_of_the_seed(monkeypatch):
    threats, outcome, sentences = notebook("threats", monkeypatch)["answer"]
    assert "SANCTION" in threats["with_what"].to_list()
    assert outcome["told_as_not_done"].sum() >= 1
    assert sentences["sentence"].str.contains("warned of possible U.S. sanctions").any()


def test_the_notebook_on_quotes_finds_the_chain_of_the_seed(monkeypatch):
    names = notebook("quoted", monkeypatch)
    chain = names["chain"]
    assert ((chain.via_text == "RIA") & (chain.speaker == "Alexander Mikheev")).any()
    assert len(names["not_said"]) >= 1


def pages() -> list[Path]:
    return sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.relative_to(DOCS).as_posix())
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    missing = [
        link
        for link in (link.split("#")[0] for link in links)
        # `make site` puts the explorer there.
        if link and not link.startswith(("https://", "http://", "explore/"))
        if not (page.parent / link).exists()
    ]
    assert missing == []


def test_the_site_has_every_page():
    def listed(entries) -> list[str]:
        return [
            page
            for entry in entries
            for value in entry.values()
            for page in ([value] if isinstance(value, str) else listed(value))
        ]

    nav = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    assert sorted(listed(nav)) == sorted(path.relative_to(DOCS).as_posix() for path in pages())


def test_limits_are_those_of_the_card():
    dataset = json.loads((ROOT / "schemas" / "dataset.json").read_text("utf-8"))
    page = (DOCS / "limits.md").read_text("utf-8")
    assert [text for text in dataset["limits"] if f"- {text}" not in page] == []
    assert all(text in page for text in (*dataset["purpose"], dataset["removal"]))
