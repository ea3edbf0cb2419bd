"""The explorer page beside published releases."""

import pytest
from published import random_release

from pipeline.export.page import page_folder, published_index
from pipeline.export.publish import publish

INDEX = (
    '<meta name="generator" content="On Record explorer" />'
    '<script type="module" src="./assets/code.js"></script>'
)


@pytest.fixture
def page(tmp_path):
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "code.js").write_text("1")
    return folder


@pytest.fixture
def published(tmp_path, page):
    """Publishes a release with the page; gives the destination and what was told."""
    release = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    told = []

    def run(**options):
        publish(
            release,
            str(tmp_path / "public"),
            **{"dry_run": False, "page": page} | options,
            progress=told.append,
        )
        return tmp_path / "public", told

    return run


def test_the_index_leads_to_the_pages_files(published, page):
    public, _ = published()
    folder = page_folder(page)
    assert f'src="./{folder}/assets/code.js"' in (public / "index.html").read_text()
    assert (public / folder / "assets" / "code.js").read_text() == "1"


def test_publishing_again_changes_nothing(published):
    public, _ = published()
    before = {path: path.stat().st_mtime_ns for path in public.rglob("*")}
    published()
    assert {path: path.stat().st_mtime_ns for path in public.rglob("*")} == before


def test_a_new_page_takes_the_place_of_the_old_one(published, page):
    public, _ = published()
    old = page_folder(page)
    (page / "assets" / "code.js").write_text("2")
    published()
    assert page_folder(page) != old
    assert (public / "index.html").read_bytes() == published_index(page)
    assert (public / old / "assets" / "code.js").read_text() == "1"


def test_somebody_elses_index_stays(published):
    public, _ = published(page=None)
    (public / "index.html").write_text("<h1>Our group</h1>")
    _, told = published()
    assert (public / "index.html").read_text() == "<h1>Our group</h1>"
    assert "index.html there is not On Record's" in told[-1]


def test_a_dry_run_and_a_missing_page_leave_nothing(published):
    public, _ = published(dry_run=True)
    assert not public.exists()
    published(page=None)
    assert not (public / "index.html").exists()
