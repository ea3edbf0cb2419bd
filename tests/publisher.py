"""A publisher on loopback: a web server whose pages a test writes, one behaviour a path."""

import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOOPBACK = "127.0.0.0/8"


class Reply:
    """One answer: what a path gives; `body` may be chunks that are sent as they come."""

    def __init__(self, body=b"", status=200, kind="text/html", **headers):
        self.body = body.encode() if isinstance(body, str) else body
        self.status = status
        self.headers = {
            "Content-Type": kind,
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }


class Publisher:
    """The paths of a site: a reply, several in turn (the last stays), or a function of the request.

    `asked` has the path and headers of every request, in order.
    """

    def __init__(self):
        self.paths = {}
        self.asked = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()

    def __setitem__(self, path, reply):
        self.paths[path] = reply

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}{path}"

    def count(self, path):
        return sum(asked == path for asked, _ in self.asked)

    def reply(self, path, headers) -> Reply:
        found = self.paths.get(path, Reply("gone", 404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return found(headers) if isinstance(found, Callable) else found

    @contextmanager
    def counted(self):
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1


@contextmanager
def publishing(context=None):
    """Yield a publisher that answers until the block ends, by TLS with a `context`."""
    site = Publisher()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            site.asked.append((self.path, dict(self.headers)))
            # Whoever asks may hang up at any moment; many tests are about that.
            with site.counted(), suppress(OSError):
                self._send(site.reply(self.path, self.headers))

        def _send(self, reply):
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            whole = isinstance(reply.body, bytes)
            if whole:
                self.send_header("Content-Length", str(len(reply.body)))
            else:
                self.send_header("Connection", "close")
            self.close_connection = not whole
            self.end_headers()
            for chunk in [reply.body] if whole else reply.body:
                self.wfile.write(chunk)
                self.wfile.flush()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def stop():
        server.shutdown()
        thread.join()
        server.server_close()

    site.stop = stop
    try:
        yield site
    finally:
        stop()


def story(title, *sentences, head="", published="2024-05-06T10:00:00Z"):
    """A page with one article of invented sentences."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences or (title + " again.",))
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>{title}</title>{head}"
        f'<meta property="article:published_time" content="{published}"></head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def rss(*items, language="en"):
    """A feed of `(link, title, pubDate)` or of whole items."""
    form = "<item><link>{}</link><title>{}</title><pubDate>{}</pubDate></item>"
    written = "".join(item if isinstance(item, str) else form.format(*item) for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>The Callao Gazette</title><language>{language}</language>{written}</channel></rss>"
    )


def sitemap(*urls, root="urlset", entry="url"):
    """A sitemap of `(loc, lastmod)`."""
    written = "".join(
        f"<{entry}><loc>{loc}</loc>{f'<lastmod>{stamp}</lastmod>' if stamp else ''}</{entry}>"
        for loc, stamp in urls
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><{root} xmlns="{space}">{written}</{root}>'
