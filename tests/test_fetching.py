"""From addresses to a release, and the same release again once nobody answers any more."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from publisher import LOOPBACK, Reply, publishing, rss, story
from quick import Watcher, quick_gate
from typer.testing import CliRunner

from pipeline.build import build
from pipeline.cli import app
from pipeline.config import load_settings

pytestmark = pytest.mark.model

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
QUISPE = "Peru's transport minister Ana Quispe met dock workers in Callao on Monday."
ROJAS = "Chile's president Luis Rojas said on Tuesday that talks would continue until July."


@pytest.fixture
def site():
    with publishing() as found:
        found["/robots.txt"] = Reply("User-agent: *\nDisallow: /private\n", kind="text/plain")
        found["/a"] = Reply(story("Minister meets dock workers", QUISPE, QUISPE[:-1] + " again."))
        found["/b"] = Reply(story("Talks go on", ROJAS, "He gave no date for their end."))
        found["/feed"] = Reply(
            rss(
                (found.url("/a"), "Minister meets dock workers", ""),
                (found.url("/b"), "Talks go on", ""),
                (found.url("/private/c"), "Not for programs", ""),
                (found.url("/lost"), "Lost", ""),
            )
        )
        yield found


@pytest.fixture
def config(site, tmp_path):
    path = tmp_path / "onrecord.toml"
    path.write_text(
        "[[source]]\n"
        f'name = "gazette"\nlocation = "{site.url("/feed")}"\nlicence = "CC BY 4.0"\n'
        f'[fetch]\ndelay_seconds = 0\nretries = 0\nprivate_networks = ["{LOOPBACK}"]\n'
    )
    return path


def tables(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def made(config, out, *sources, after=timedelta(0)):
    settings = load_settings(config, out=out)
    return build(settings.chosen(sources), settings, progress=Watcher(), now=NOW + after)


def test_a_feed_becomes_a_release_that_needs_no_network_to_be_made_again(
    site, config, tmp_path, monkeypatch
):
    quick_gate(monkeypatch)
    summary = made(config, tmp_path / "data")
    assert (summary.articles, summary.quarantined) == (2, 2)
    articles = {
        row["record_id"]: row
        for row in pq.read_table(tmp_path / "data" / "articles.parquet").to_pylist()
    }
    first = articles[site.url("/a")]
    assert first["text"].startswith(QUISPE)
    assert (first["source"], first["licence"]) == ("gazette", "CC BY 4.0")
    assert first["title"] == "Minister meets dock workers"
    assert first["retrieved_at"] == NOW
    quarantine = pq.read_table(tmp_path / "data" / "quarantine.parquet").to_pylist()
    assert sorted((row["record_id"], row["stage"], row["rule"]) for row in quarantine) == [
        (site.url("/lost"), "fetch", "not-found"),
        (site.url("/private/c"), "fetch", "robots-forbidden"),
    ]

    site.stop()
    before = tables(tmp_path / "data")
    again = made(config, tmp_path / "data", after=timedelta(days=3))
    assert (again.release, again.new, again.changed, again.unchanged) == (summary.release, 0, 0, 2)
    assert tables(tmp_path / "data") == before
    shutil.copytree(
        tmp_path / "data" / ".work" / "fetched", tmp_path / "other" / ".work" / "fetched"
    )
    made(config, tmp_path / "other", after=timedelta(days=3))
    assert tables(tmp_path / "other") == before


def test_a_corrected_page_changes_its_article(site, config, tmp_path, monkeypatch):
    quick_gate(monkeypatch)
    made(config, tmp_path / "data")
    site["/b"] = Reply(story("Talks go on", ROJAS, "They are to end in August."))
    summary = made(config, tmp_path / "data", after=timedelta(days=2))
    assert (summary.new, summary.changed, summary.unchanged) == (0, 1, 1)
    assert summary.quarantined == 2


def run(*arguments):
    return CliRunner().invoke(app, ["run", *map(str, arguments)])


def test_an_address_on_the_command_line_that_gives_nothing_fails_with_a_reason(
    site, config, tmp_path
):
    result = run(site.url("/nowhere"), "--out", tmp_path / "data", "--config", config)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (f"onrecord: {site.url('/nowhere')}: 404 Not Found")
    assert tables(tmp_path / "data") == {}


def test_a_private_address_is_refused_unless_the_configuration_allows_it(site, tmp_path):
    result = run(site.url("/a"), "--out", tmp_path / "data")
    assert result.exit_code == 1
    assert "127.0.0.1, which is not a public address" in result.stderr
    assert site.asked == []


def test_one_page_is_a_release_by_the_command(site, config, tmp_path, monkeypatch):
    quick_gate(monkeypatch)
    result = run(site.url("/a"), "--out", tmp_path / "data", "--config", config, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["articles"] == 1
