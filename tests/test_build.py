import contextlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import quick
from quick import Watcher

from pipeline import build as building
from pipeline import executors, resolve, work
from pipeline.build import build, check_release, diff_releases
from pipeline.config import Settings
from pipeline.errors import ConfigError, ReleaseError, SourceError, TableError
from pipeline.executors import executor
from pipeline.records import Article, RawDocument, Removal

pytestmark = pytest.mark.model

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
STORIES = {
    "harbour": "Peru's transport minister Ana Quispe met dock workers in Callao on Monday.\n\n"
    '"We will not privatise the port," she said.',
    "mine": "Chile has not yet imposed sanctions on the mining company Andes Cobre.\n\n"
    "President Luis Rojas told reporters on Tuesday that talks would continue until July.",
    "march": "Thousands of teachers marched through Lima last week, police said.",
}


def write_stories(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    lines = [
        json.dumps({"id": name, "text": text, "published_at": "2024-05-08", "language": "en"})
        for name, text in texts.items()
    ]
    (folder / "stories.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def made(source: Path, out: Path, **options):
    watcher = Watcher()
    options = {"progress": watcher, "now": NOW, **options}
    return build([str(source)], Settings(out=out), **options), watcher


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def revisions(folder: Path) -> dict[str, int]:
    rows = pq.read_table(folder / "articles.parquet").to_pylist()
    return {row["record_id"]: row["revision"] for row in rows}


def without_revisions(parquet: bytes) -> list[dict]:
    return pq.read_table(pa.BufferReader(parquet)).drop_columns("revision").to_pylist()


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A checked release of three stories, made once; copy before changing."""
    root = tmp_path_factory.mktemp("release")
    write_stories(root / "news", **STORIES)
    with contextlib.chdir(root):
        summary, _ = made(Path("news"), root / "data")
    return root, summary


@pytest.fixture
def copied(release, tmp_path, monkeypatch):
    """A copy of the release and its source; the working folder, as `uri` is a relative path."""
    root = tmp_path / "copy"
    shutil.copytree(release[0], root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def quick_gate(monkeypatch):
    quick.quick_gate(monkeypatch)


def test_a_release_has_rows_in_every_table_and_is_whole(release):
    root, summary = release
    assert (summary.articles, summary.new, summary.quarantined) == (3, 3, 0)
    assert summary.release == "v2024.6.0"
    for name in ("articles", "entities", "mentions", "quotes", "events", "event_actors"):
        assert pq.read_metadata(root / "data" / f"{name}.parquet").num_rows > 0, name
    assert check_release(root / "data") == []


def test_a_second_run_does_nothing(copied, quick_gate):
    before = tables(copied / "data")
    summary, watcher = made(Path("news"), copied / "data")
    assert (summary.new, summary.changed, summary.unchanged) == (0, 0, 3)
    assert summary.release == "v2024.6.0"
    assert watcher.totals == {"reading": 0, "extracting": 0}
    assert tables(copied / "data") == before


def test_a_rerun_reads_just_what_changed_and_says_so(copied, quick_gate):
    changed = {**STORIES, "march": STORIES["march"].replace("teachers", "nurses")}
    del changed["harbour"]
    changed["new"] = "Bolivia and Peru signed a border agreement in La Paz on 3 May."
    write_stories(Path("news"), **changed)
    summary, watcher = made(Path("news"), copied / "data")
    assert watcher.totals["extracting"] == 2
    assert (summary.new, summary.changed, summary.unchanged) == (1, 1, 1)
    assert summary.release == "v2024.6.1"
    log = pq.read_table(copied / "data" / "changelog" / "articles.parquet").to_pylist()
    assert sorted((row["change"], row["cause"]) for row in log) == [
        ("added", "source"),
        ("changed", "source"),
        ("removed", "source"),
    ]
    assert {"text", "raw_sha256", "revision"} <= set(
        next(r for r in log if r["change"] == "changed")["columns"]
    )
    made(Path("news"), copied / "fresh")
    assert revisions(copied / "data") == {"march": 2, "mine": 1, "new": 1}
    assert set(revisions(copied / "fresh").values()) == {1}
    kept, fresh = tables(copied / "data"), tables(copied / "fresh")
    for made_of in (kept, fresh):
        made_of["articles.parquet"] = without_revisions(made_of["articles.parquet"])
    assert fresh == kept
    assert check_release(copied / "data") == []


def test_a_small_rerun_starts_no_processes_and_analyses_just_what_is_new(
    copied, quick_gate, monkeypatch
):
    def refused(*_):
        raise AssertionError("worker processes are started for one article")

    monkeypatch.setattr(executors, "_on_local_cluster", refused)
    seen = []

    def watched(shards, settings):
        for shard in shards:
            seen.append([type(item) for _, item in shard])
            with executor(settings, workers=None, cluster=None) as execute:
                yield from execute([shard], settings)

    changed = {**STORIES, "march": STORIES["march"].replace("teachers", "nurses")}
    write_stories(Path("news"), **changed)
    summary, _ = made(Path("news"), copied / "data", execute=watched)
    assert (summary.changed, summary.unchanged) == (1, 2)
    # One that is read already: the store's rows are loaded while it is analysed.
    assert seen == [[Article]]


def test_much_that_is_new_is_read_where_it_is_analysed(tmp_path, quick_gate):
    seen = []

    def watched(shards, settings):
        for shard in shards:
            seen.extend(type(item) for _, item in shard)
            yield quick.read_shard(shard, settings)

    news = write_stories(tmp_path / "news", **STORIES)
    settings = Settings(out=tmp_path / "data", shard_chars=100)
    build([str(news)], settings, execute=watched, progress=Watcher(), now=NOW)
    assert seen == [RawDocument] * 3


def test_a_text_that_goes_back_is_a_new_revision_with_its_old_ids(copied, quick_gate):
    before = tables(copied / "data")
    for march, revision in ((STORIES["march"].replace("Lima", "Cusco"), 2), (STORIES["march"], 3)):
        write_stories(Path("news"), **{**STORIES, "march": march})
        made(Path("news"), copied / "data")
        assert revisions(copied / "data") == {"harbour": 1, "march": revision, "mine": 1}
        log = pq.read_table(copied / "data" / "changelog" / "articles.parquet").to_pylist()
        assert [(row["change"], {"text", "revision"} <= set(row["columns"])) for row in log] == [
            ("changed", True)
        ]
    after = tables(copied / "data")
    for name in before.keys() - {"articles.parquet"}:
        assert after[name] == before[name], name


def test_a_release_is_the_same_where_memory_was_short_at_first(
    copied, quick_gate, monkeypatch, caplog
):
    monkeypatch.setattr(resolve, "_LEAST_MEMORY", 3 << 20)
    made(Path("news"), copied / "again")
    assert "begins again with more memory" in caplog.text
    assert tables(copied / "again") == tables(copied / "data")


def test_an_article_taken_out_stays_out(copied, quick_gate):
    articles = pq.read_table(copied / "data" / "articles.parquet").to_pylist()
    gone = next(row["article_id"] for row in articles if row["record_id"] == "harbour")
    summary, _ = made(Path("news"), copied / "data", remove=Removal(gone, "withdrawn"))
    assert summary.articles == 2
    again = {**STORIES, "more": "It rained in Quito on Sunday."}
    write_stories(Path("news"), **again)
    summary, _ = made(Path("news"), copied / "data", full=True)
    assert summary.articles == 3
    left = pq.read_table(copied / "data" / "removals.parquet").to_pylist()
    assert left == [{"article_id": gone, "reason": "withdrawn"}]
    for name in ("articles", "mentions", "quotes", "events", "event_actors"):
        table = pq.read_table(copied / "data" / f"{name}.parquet")
        assert gone not in table["article_id"].to_pylist(), name
    assert "Quispe" not in "".join(
        path.read_bytes().decode("latin-1") for path in (copied / "data").glob("*.parquet")
    )
    assert check_release(copied / "data") == []


def test_a_release_carries_of_a_text_what_its_source_allows(copied, quick_gate):
    write_stories(Path("wire"), wire="Ecuador's president Eva Mora rejected the offer on Friday.")
    named = {"name": "wire", "location": "wire", "licence": "all rights reserved"}
    told = {}
    for policy in ("full", "none", "excerpt"):
        settings = Settings(
            out=copied / "data", source=[{**named, "text": policy}], excerpt_chars=20,
            contact="desk@example.org",
        )  # fmt: skip
        build(["wire", "news"], settings, progress=Watcher(), now=NOW)
        assert check_release(copied / "data") == []
        rows = pq.read_table(copied / "data" / "articles.parquet").to_pylist()
        told[policy] = next(row for row in rows if row["source"] == "wire")["text"]
        assert {row["text_policy"] for row in rows if row["source"] != "wire"} == {"full"}
        events = pq.read_table(copied / "data" / "events.parquet").to_pylist()
        assert "rejected" in {row["trigger_text"] for row in events}
    assert told == {
        "full": "Ecuador's president Eva Mora rejected the offer on Friday.",
        "none": "",
        "excerpt": "Ecuador's president",
    }
    log = pq.read_table(copied / "data" / "changelog" / "articles.parquet").to_pylist()
    assert [(row["cause"], row["columns"]) for row in log] == [("source", ["text", "text_policy"])]
    card = (copied / "data" / "README.md").read_text("utf-8")
    assert "| `wire` | 1 | its beginning | all rights reserved |" in card
    assert "Ask: desk@example.org" in card


def test_an_article_that_is_not_there_cannot_be_taken_out(copied, quick_gate):
    with pytest.raises(ReleaseError, match="no article aaaaaaaaaaaaaaaaa"):
        made(Path("news"), copied / "data", remove=Removal("a" * 17, "withdrawn"))


def test_a_table_of_ones_own_names_what_the_text_tells_of(copied, quick_gate):
    Path("own.tsv").write_text(
        "type\tname\taliases\tqid\twikipedia\tcountry\tsector\nORG\tAndes Cobre\t\t\t\tCHL\tBUS\n"
    )
    settings = Settings(out=copied / "data", entities={"tables": ["own.tsv"]})
    build(["news"], settings, progress=Watcher(), now=NOW)
    rows = pq.read_table(copied / "data" / "entities.parquet").to_pylist()
    (own,) = [row for row in rows if row["name"] == "Andes Cobre"]
    assert (own["type"], own["country"], own["sector"]) == ("ORG", "CHL", "BUS")
    log = pq.read_table(copied / "data" / "changelog" / "entities.parquet").to_pylist()
    assert {row["cause"] for row in log} == {"code"}


def test_a_table_of_ones_own_that_is_not_there_is_named(copied, quick_gate):
    settings = Settings(out=copied / "data", entities={"tables": ["mine.tsv"]})
    with pytest.raises(ConfigError, match=r"mine\.tsv"):
        build(["news"], settings, progress=Watcher(), now=NOW)


def test_diff_counts_rows_by_table_change_and_cause(copied, quick_gate):
    shutil.copytree(copied / "data", copied / "old")
    write_stories(Path("news"), **{name: STORIES[name] for name in ("mine", "march")})
    made(Path("news"), copied / "data")
    changes = diff_releases(copied / "old", copied / "data")
    assert ("articles", "removed", "source", 1) in changes
    assert ("quotes", "removed", "source", 1) in changes


def test_workers_and_one_process_make_the_same_bytes_also_when_one_is_killed(
    release, tmp_path, quick_gate, monkeypatch
):
    monkeypatch.chdir(release[0])
    settings = Settings(out=tmp_path / "data", shard_chars=100)
    killed = []

    def kill_one(shards, settings):
        for result in execute(shards, settings):
            if not killed:
                killed.append(_a_worker())
                killed[0].kill()
            yield result

    with executor(settings, workers=2, cluster=None) as execute:
        build(["news"], settings, execute=kill_one, progress=Watcher(), now=NOW)
    assert killed
    assert tables(tmp_path / "data") == tables(release[0] / "data")


def _a_worker() -> psutil.Process:
    """A Dask worker among our children: they are started by Python's spawn."""
    children = psutil.Process().children(recursive=True)
    return next(child for child in children if "spawn_main" in " ".join(child.cmdline()))


@pytest.mark.parametrize("name", ["quotes.parquet", "changelog/registry.parquet"])
def test_a_run_mends_a_release_with_a_file_missing(copied, quick_gate, name):
    before = tables(copied / "data")
    (copied / "data" / name).unlink()
    summary, _ = made(Path("news"), copied / "data")
    assert summary.articles == 3
    assert tables(copied / "data") == before
    assert check_release(copied / "data") == []


@pytest.mark.parametrize("held", [0, 10**6], ids=["read twice", "held"])
def test_full_forgets_what_was_computed(copied, quick_gate, monkeypatch, held):
    monkeypatch.setattr(building, "_HELD_CHARS", held)
    (copied / "data" / "manifest.json").unlink()
    for path in (copied / "data").iterdir():
        if path.name != ".work":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    _, watcher = made(Path("news"), copied / "data", full=True)
    assert watcher.totals["extracting"] == 3


def test_bad_records_are_quarantined_and_the_rest_goes_on(tmp_path, quick_gate):
    news = tmp_path / "news"
    write_stories(news, **STORIES)
    (news / "empty.txt").write_bytes(b"")
    (news / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (news / "latin.txt").write_bytes("Señor Peña visited Málaga on Sunday.".encode("latin-1"))
    good = {"id": "good", "text": "The mayor of Cusco resigned on Friday.", "language": "en"}
    lines = [
        json.dumps(good),
        '{"id": "broken", "text": ',
        json.dumps({"id": "no text"}),
        json.dumps({"id": "no date", "text": "It rained.", "published_at": "the day after"}),
        json.dumps({"id": "no language", "text": "It rained.", "language": "Klingon"}),
        json.dumps({"id": "long", "text": "word " * 4_000_000}),
    ]
    (news / "more.jsonl").write_text("\n".join(lines), "utf-8")
    summary, _ = made(news, tmp_path / "data")
    rows = pq.read_table(tmp_path / "data" / "quarantine.parquet").to_pylist()
    rules = {row["record_id"].split("#")[0]: row["rule"] for row in rows}
    assert summary.articles == 5
    assert summary.quarantined == len(rows) == 7
    assert rules["empty.txt"] == "empty-article"
    assert rules["binary.txt"] == "unreadable"
    assert rules["no date"] == "bad-date"
    assert rules["no language"] == "unknown-language"
    assert all(row["detail"] and row["uri"] for row in rows)
    texts = pq.read_table(tmp_path / "data" / "articles.parquet")["text"].to_pylist()
    assert "Señor Peña visited Málaga on Sunday." in texts
    assert check_release(tmp_path / "data") == []


def odd_in(monkeypatch, *words: str) -> None:
    """Let extraction give a sector nobody knows to every entity of articles with these words."""
    real = work._analysed

    def analysed(articles, *given):
        for (key, found), article in zip(real(articles, *given), articles, strict=True):
            if any(word in article.text for word in words):
                entities = [replace(entity, sector="NGO") for entity in found.entities]
                found = replace(found, entities=entities)
            yield key, found

    monkeypatch.setattr(work, "_analysed", analysed)


def test_one_article_with_an_odd_row_among_many_is_refused_and_told(
    tmp_path, quick_gate, monkeypatch, caplog
):
    odd_in(monkeypatch, "Quispe")
    many = {f"n{n}": f"It rained {n} times in Quito." for n in range(99)}
    news = write_stories(tmp_path / "news", harbour=STORIES["harbour"], **many)
    summary, _ = made(news, tmp_path / "data")
    assert (summary.articles, summary.quarantined) == (99, 1)
    (row,) = pq.read_table(tmp_path / "data" / "quarantine.parquet").to_pylist()
    assert (row["record_id"], row["stage"], row["rule"]) == ("harbour", "extract", "not-in-list")
    assert row["detail"] == "entities.sector is 'NGO'"
    assert "1 of 100 articles gave rows that break their schema" in caplog.text
    assert check_release(tmp_path / "data") == []
    write_stories(news, harbour=STORIES["harbour"], **many, more="It snowed in Quito.")
    _, watcher = made(news, tmp_path / "data")
    assert watcher.totals["extracting"] == 1, "what was refused is known, too"


def test_many_odd_rows_are_a_fault_of_the_code_and_stop_the_release(
    copied, quick_gate, monkeypatch
):
    odd_in(monkeypatch, "Quispe")
    before = tables(copied / "data")
    write_stories(Path("news"), **STORIES, more="It rained in Quito on Sunday.")
    with pytest.raises(TableError, match=r"1 of 4 articles .* harbour: not-in-list, entities\.sec"):
        made(Path("news"), copied / "data", full=True)
    assert tables(copied / "data") == before


def test_two_records_of_one_url_are_one_article(tmp_path, quick_gate):
    news = tmp_path / "news"
    news.mkdir()
    record = {"url": "https://example.org/a", "text": "It rained in Quito.", "language": "en"}
    lines = [json.dumps({**record, "id": "one"}), json.dumps({**record, "id": "two"})]
    (news / "a.jsonl").write_text("\n".join(lines), "utf-8")
    summary, _ = made(news, tmp_path / "data")
    assert (summary.articles, summary.quarantined) == (1, 1)
    (row,) = pq.read_table(tmp_path / "data" / "quarantine.parquet").to_pylist()
    assert (row["record_id"], row["rule"]) == ("two", "repeated-url")


@pytest.mark.parametrize("source", ["missing", "empty"])
def test_a_source_without_articles_is_an_error(tmp_path, quick_gate, source):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=source):
        made(tmp_path / source, tmp_path / "data")
    assert not (tmp_path / "data" / "manifest.json").exists()


def test_a_folder_with_other_peoples_files_is_refused(tmp_path, quick_gate):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.docx").write_text("years of work")
    with pytest.raises(ReleaseError, match=r"thesis\.docx"):
        made(write_stories(tmp_path / "news", **STORIES), tmp_path / "data")


def test_tables_that_break_a_rule_leave_the_release_as_it_was(copied, quick_gate, monkeypatch):
    before = tables(copied / "data")
    real = building.resolve_all

    def corrupt(database):
        real(database)
        database.execute("UPDATE mentions SET text = 'other words'")

    monkeypatch.setattr(building, "resolve_all", corrupt)
    write_stories(Path("news"), **STORIES, extra="It rained in Quito on Sunday.")
    with pytest.raises(TableError, match=r"mentions.*span"):
        made(Path("news"), copied / "data")
    assert tables(copied / "data") == before
    assert check_release(copied / "data") == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: (data / "quotes.parquet").unlink(), "quotes.parquet is missing"),
        (lambda data: (data / "views.sql").write_text("SELECT 1"), "views.sql"),
        (lambda data: (data / "events.parquet").write_bytes(b"PAR1"), "events.parquet"),
        (lambda data: (data / "manifest.json").unlink(), "manifest.json"),
    ],
    ids=["missing", "edited", "cut", "no-manifest"],
)
def test_check_names_what_is_not_whole(copied, damage, message):
    damage(copied / "data")
    assert any(message in line for line in check_release(copied / "data"))


def test_the_views_open_in_duckdb(release, monkeypatch):
    monkeypatch.chdir(release[0] / "data")
    with duckdb.connect() as database:
        database.execute(Path("views.sql").read_text("utf-8"))
        assert database.execute("SELECT count(*) FROM evidence").fetchone()[0] > 0
        assert database.execute("SELECT count(*) FROM dyads").fetchone()[0] >= 0
