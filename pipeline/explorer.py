"""The explorer page for one release, served on loopback.

The page reads Parquet by byte ranges, which the standard library's file server ignores. Served are
the files that the manifest names and those of the page, and nothing else: an address is looked up,
never joined to a path.
"""

import json
import re
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from pipeline.errors import ConfigError, ReleaseError
from pipeline.export.page import built_page
from pipeline.export.release import MANIFEST, SUMS, Manifest
from pipeline.export.targets.target import INDEX

HOST = "127.0.0.1"
PORT = 8420
"""Where the page is looked for first, so that links to its views last."""

_NOT_BUILT = (
    "the explorer page is not built: run `make explorer` in a checkout (it needs Node.js 20.19 or"
    " newer), or install On Record from a wheel, which brings the page along"
)

_BLOCK = 1 << 20

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
"""One range: nobody asks for more, and who does is sent the whole file, as HTTP allows."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """What is served.

    Attributes:
        release: folder of a release.
        page: folder of the built page.
    """

    release: Path
    page: Path

    def find(self, address: str) -> Path | bytes | None:
        """Return the file or the bytes at an address, as a browser sends it; `None` if nothing.

        The manifest is read each time, so a release that a run has replaced is served as it is now.
        """
        name = unquote(urlsplit(address).path).removeprefix("/") or INDEX
        manifest = Manifest.read(self.release)
        if manifest is None:
            return None
        if name == "latest.json":
            return json.dumps({"release": manifest.release, "path": manifest.release}).encode()
        folder, _, file = name.partition("/")
        if folder == manifest.release:
            return _within(self.release, file, {*manifest.files, MANIFEST, SUMS})
        built = {path.relative_to(self.page).as_posix() for path in self.page.rglob("*")}
        return _within(self.page, name, built)


def _within(folder: Path, name: str, names: set[str]) -> Path | None:
    """Return the file `name`, if it is one of `names` and really lies in `folder`."""
    path = (folder / name).resolve()
    served = name in names and path.is_relative_to(folder.resolve()) and path.is_file()
    return path if served else None


def open_server(folder: Path, *, port: int | None = None) -> ThreadingHTTPServer:
    """Return a server of the release in `folder`, bound and not yet serving.

    Args:
        folder: of the release.
        port: the one to take; `None`: the usual one, or any that is free.

    Raises:
        ReleaseError: `folder` holds no release.
        ConfigError: the page is not built, or the port is taken.
    """
    if Manifest.read(folder) is None:
        raise ReleaseError(f"{folder} holds no release")
    page = built_page()
    if page is None:
        raise ConfigError(_NOT_BUILT)
    handler = partial(_Handler, Site(folder, page))
    try:
        return _Server((HOST, PORT if port is None else port), handler)
    except OSError as error:
        if port is not None:
            raise ConfigError(f"port {port} cannot be had: {error.strerror}") from error
        return _Server((HOST, 0), handler)


def explore(folder: Path, *, port: int | None, browser: bool, tell: Callable[[str], None]) -> None:
    """Serve the release in `folder` until interrupted; errors as `open_server` has them."""
    with open_server(folder, port=port) as server:
        address = f"http://{HOST}:{server.server_port}/"
        tell(f"{folder} is at {address} - Ctrl+C ends it")
        if browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("")


class _Server(ThreadingHTTPServer):
    """A server that takes it calmly when a browser has seen enough."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what went wrong, but not that the other side has hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD, whole or by range."""

    protocol_version = "HTTP/1.1"
    server_version = "OnRecord"
    sys_version = ""
    timeout = 60
    # Head and body are two writes: the second would wait for the other side to confirm the first.
    disable_nagle_algorithm = True
    headers_always: ClassVar[dict[str, str]] = {
        # The next run replaces the release under the same addresses.
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    def __init__(self, site: Site, *arguments: object) -> None:
        self._site = site
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with the file, or the part of it that is asked for."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Answer with what a GET would say of the file."""
        self._answer(body=False)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002
        """Say nothing: a page asks for many ranges."""

    def _answer(self, *, body: bool) -> None:
        if not self._asked_by_name():
            return self._refuse(HTTPStatus.FORBIDDEN)
        try:
            found = self._site.find(self.path)
        except ReleaseError:
            return self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        if found is None:
            return self._refuse(HTTPStatus.NOT_FOUND)
        if isinstance(found, bytes):
            self._head(HTTPStatus.OK, len(found), _TYPES[".json"])
            if body:
                self.wfile.write(found)
            return None
        return self._send_file(found, body=body)

    def _asked_by_name(self) -> bool:
        """Return whether the browser means this machine.

        Another site's name may be made to lead here; its scripts could read a private release.
        """
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        return host in {HOST, "localhost"}

    def _send_file(self, path: Path, *, body: bool) -> None:
        size = path.stat().st_size
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        part = byte_range(*asked.groups(), size=size) if asked else range(size)
        if part is None:
            return self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, size=size)
        status = HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK
        extra = {"Accept-Ranges": "bytes"}
        if asked:
            extra["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        self._head(status, len(part), _TYPES.get(path.suffix, _TEXT), extra)
        return self._send_bytes(path, part) if body else None

    def _send_bytes(self, path: Path, part: range) -> None:
        with path.open("rb") as file:
            file.seek(part.start)
            left = len(part)
            while left and (block := file.read(min(left, _BLOCK))):
                self.wfile.write(block)
                left -= len(block)
        if left:
            # Shorter than it was a moment ago: the connection must not pass for whole.
            self.close_connection = True

    def _head(
        self, status: HTTPStatus, length: int, kind: str, extra: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(length)}
        for name, value in {**headers, **self.headers_always, **(extra or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def _refuse(self, status: HTTPStatus, *, size: int | None = None) -> None:
        extra = {} if size is None else {"Content-Range": f"bytes */{size}"}
        self._head(status, 0, _TEXT, extra)


def byte_range(first: str, last: str, *, size: int) -> range | None:
    """Return the bytes of a file that `bytes=FIRST-LAST` means; `None` if there are none.

    RFC 9110, section 14.1.2: both ends count; without the first, the last LAST bytes.
    """
    if first:
        part = range(int(first), min(int(last) + 1, size) if last else size)
    elif last:
        part = range(max(size - int(last), 0), size)
    else:
        part = range(size)
    return part if part else None
