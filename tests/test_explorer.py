"""The server of the page: ranges, types, and nothing but the release and the page."""

import http.client
import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from published import write_release
from typer.testing import CliRunner

import pipeline.explorer as explorer
from pipeline.cli import app
from pipeline.errors import ConfigError, ReleaseError
from pipeline.explorer import Site, byte_range, open_server


def parquet(numbers: range) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"n": list(numbers)}), buffer)
    return buffer.getvalue()


EVENTS = parquet(range(500))


@pytest.fixture
def page(tmp_path, monkeypatch):
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>page</title>")
    (folder / "assets" / "code.js").write_text("1")
    monkeypatch.setattr(explorer, "built_page", lambda: folder)
    return folder


@pytest.fixture
def release(tmp_path):
    contents = {"events.parquet": EVENTS, "changelog/a b.txt": b"ids", "README.md": b"# Card"}
    return write_release(tmp_path / "release", "v2024.6.0", contents)


@pytest.fixture
def client(page, release) -> Iterator[http.client.HTTPConnection]:
    with open_server(release, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        yield connection
        connection.close()
        server.shutdown()
        thread.join()


def ask(client, path, *, method="GET", **headers):
    client.request(method, path, headers=headers)
    answer = client.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("0", "9", range(10)),
        ("5", "", range(5, 100)),
        ("", "10", range(90, 100)),
        ("90", "500", range(90, 100)),
        ("", "500", range(100)),
        ("100", "", None),
        ("9", "5", None),
        ("", "0", None),
    ],
)
def test_ranges_are_those_of_rfc_9110(first, last, expected):
    assert byte_range(first, last, size=100) == expected


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/", b"<title>page</title>", "text/html; charset=utf-8"),
        ("/assets/code.js", b"1", "text/javascript; charset=utf-8"),
        ("/v2024.6.0/events.parquet", EVENTS, "application/vnd.apache.parquet"),
        ("/v2024.6.0/changelog/a%20b.txt", b"ids", "text/plain; charset=utf-8"),
        ("/v2024.6.0/README.md", b"# Card", "text/plain; charset=utf-8"),
    ],
)
def test_files_come_whole_and_by_their_type(client, path, body, kind):
    answer, got = ask(client, path)
    assert (answer.status, got, answer.headers["Content-Type"]) == (200, body, kind)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_pointer_names_the_release(client):
    _, body = ask(client, "/latest.json")
    assert body == b'{"release": "v2024.6.0", "path": "v2024.6.0"}'


def test_a_part_of_a_file(client):
    answer, body = ask(client, "/v2024.6.0/events.parquet", Range="bytes=300-309")
    assert (answer.status, body) == (206, EVENTS[300:310])
    assert answer.headers["Content-Range"] == f"bytes 300-309/{len(EVENTS)}"


def test_a_part_that_is_not_there(client):
    answer, _ = ask(client, "/v2024.6.0/events.parquet", Range="bytes=9999-")
    assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(EVENTS)}")


def test_ranges_that_are_not_understood_are_ignored(client):
    answer, body = ask(client, "/v2024.6.0/events.parquet", Range="bytes=0-1,5-6")
    assert (answer.status, body) == (200, EVENTS)


def test_head_has_the_size_and_no_body(client):
    answer, body = ask(client, "/v2024.6.0/events.parquet", method="HEAD")
    assert (answer.headers["Content-Length"], body) == (str(len(EVENTS)), b"")


@pytest.mark.parametrize(
    "path",
    [
        "/v2024.6.0/../secret.txt",
        "/v2024.6.0/%2e%2e/secret.txt",
        "/../secret.txt",
        "/v2024.6.0//etc/passwd",
        "/v2024.6.0/.work/store.db",
        "/v2023.1.0/events.parquet",
        "/assets/",
        "/assets/../../secret.txt",
        "/nothing",
    ],
)
def test_nothing_else_is_served(client, release, path):
    (release.parent / "secret.txt").write_text("secret")
    (release / ".work").mkdir()
    (release / ".work" / "store.db").write_text("secret")
    answer, body = ask(client, path)
    assert (answer.status, body) == (404, b"")


def test_a_manifest_or_a_link_leads_nowhere_outside(page, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    release = write_release(tmp_path / "other", "v2024.6.0", {"link.txt": b"secret"})
    manifest = (release / "manifest.json").read_text()
    (release / "manifest.json").write_text(manifest.replace("link.txt", "../secret.txt"))
    assert Site(release, page).find("/v2024.6.0/../secret.txt") is None
    (release / "manifest.json").write_text(manifest)
    (release / "link.txt").unlink()
    (release / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert Site(release, page).find("/v2024.6.0/link.txt") is None


def test_another_sites_name_is_refused(client):
    answer, _ = ask(client, "/v2024.6.0/events.parquet", Host="attacker.example")
    assert answer.status == 403


def test_a_release_that_is_replaced_is_served_as_it_is_now(client, release):
    write_release(release, "v2024.6.1", {"events.parquet": parquet(range(3))})
    _, body = ask(client, "/latest.json")
    assert b"v2024.6.1" in body
    _, body = ask(client, "/v2024.6.1/events.parquet")
    assert body == parquet(range(3))


def test_without_a_release_there_is_nothing_to_serve(page, tmp_path):
    with pytest.raises(ReleaseError, match="holds no release"):
        open_server(tmp_path)


def test_a_port_that_is_taken(page, release, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} cannot be had"):
            open_server(release, port=port)
        monkeypatch.setattr(explorer, "PORT", port)
        with open_server(release) as server:
            assert server.server_port != port


def test_the_command_says_what_to_do_without_the_page(release, monkeypatch):
    monkeypatch.setattr(explorer, "built_page", lambda: None)
    done = CliRunner().invoke(app, ["explore", str(release)])
    assert done.exit_code == 2
    assert "make explorer" in done.stderr


def test_the_lock_of_the_page_names_no_host():
    lock = Path(__file__).parents[1] / "explorer" / "package-lock.json"
    assert "://" not in lock.read_text("utf-8")
