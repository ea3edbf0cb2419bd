"""One address to the bytes behind it: politely, within bounds, and no further than allowed.

Every hop of a redirect is a request like the first: its scheme, its host's robots.txt and the
address its name means are looked at anew.
"""

import re
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib import metadata
from ipaddress import ip_network
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from pipeline.config import FetchSettings
from pipeline.errors import FetchError
from pipeline.ingest.files import too_large
from pipeline.ingest.inflate import Inflated
from pipeline.ingest.network import TIMEOUT, ForbiddenAddressError, LateError, Line
from pipeline.ingest.robots import AGENT, MAX_BYTES, Rules

__all__ = ["FOR_NOW", "Answer", "Fetcher", "Validators", "origin"]

FOR_NOW = frozenset(
    {"unreachable", "fetch-timeout", "rate-limited", "server-error", "robots-unavailable"}
)
"""Rules whose breach may be over by the next run."""

_ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,*/*;q=0.8"
_MAX_HOPS = 10
_MAX_WAIT_SECONDS = 60.0
"""A server that wants a longer pause is not asked again in this run."""
_MAX_FAILURES = 5
"""A host that fails so many documents on end is not asked again in this run."""
_MAX_ADDRESS_CHARS = 4000

_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout)
_MOVED = frozenset({301, 302, 303, 307, 308})
_RULES = {
    **dict.fromkeys((404, 410), "not-found"),
    **dict.fromkeys((401, 402, 403, 407, 451), "access-denied"),
    429: "rate-limited",
    **dict.fromkeys((408, 425), "server-error"),
}
_NO_RULES = frozenset(
    {"not-found", "access-denied", "http-error", "redirect-loop", "unreadable", "bad-address"}
)
"""Answers to the question for a robots.txt that mean there is none (RFC 9309, 2.3.1.3)."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask it by whether a document changed (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave for an address.

    Attributes:
        url: the address that gave it, after all redirects.
        body: its bytes, transfer compression undone; `None` if it has not changed since the
            validators were given.
        media_type: as the server says, lower case, without parameters; "" if it does not.
        charset: as the server says.
        validators: to ask with next time.
    """

    url: str
    body: bytes | None
    media_type: str
    charset: str | None
    validators: Validators


class _PassingError(FetchError):
    """A failure that may be over in a moment; `wait` are the seconds the server asks for."""

    def __init__(self, site: "_Site", url: str, detail: str, code: str, wait: float | None) -> None:
        super().__init__(url, detail, code=code)
        self.site = site
        self.wait = wait


@dataclass(slots=True)
class _Site:
    """One scheme, host and port, as this run knows it.

    Attributes:
        line: the one connection to it.
        lock: held during a request.
        free_at: when the next request may be made, by `time.monotonic`.
        delay_seconds: the pause its robots.txt asks for.
        failures: documents that failed on end.
        gone: why it is not asked any more in this run.
    """

    line: Line
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0
    delay_seconds: float = 0.0
    failures: int = 0
    gone: FetchError | None = None


class Fetcher:
    """Fetches documents; may be used by several threads, each with hosts of its own."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        max_bytes: int,
        robots: MutableMapping[str, Rules],
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the rules of fetching.

        Args:
            settings: pace, patience and what may be reached.
            max_bytes: bytes a document may have, unpacked.
            robots: the rules of sites, kept between runs, by origin.
            now: tells the time, in UTC.
            sleep: waits for so many seconds.
        """
        self._settings = settings
        self._max_bytes = max_bytes
        self._robots = robots
        self._now = now
        self._sleep = sleep
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._agent = f"{AGENT}/{metadata.version('onrecord')}{contact}"
        self._allowed = [ip_network(each) for each in settings.private_networks]
        self._context = httpx.create_ssl_context()
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        for site in self._sites.values():
            site.line.close()

    def fetch(self, url: str, known: Validators | None = None) -> Answer:
        """Return what `url` gives, unless it has not changed since `known` was given.

        Raises:
            FetchError: it gives nothing, or must not be asked; `code` says which.
            UnreadableDocumentError: more bytes than a document may have.
        """
        return self._patiently(fetchable(url), known or Validators(), is_robots=False)

    def _patiently(self, url: str, known: Validators, *, is_robots: bool) -> Answer:
        """Ask again, with growing pauses, where a failure may be over in a moment."""
        trying = Retrying(
            stop=stop_after_attempt(self._settings.retries + 1),
            wait=_pause,
            retry=retry_if_exception(_may_pass_soon),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return trying(self._follow, url, known, is_robots)
        except _PassingError as error:
            site = error.site
            site.failures += 1
            if site.failures >= _MAX_FAILURES or isinstance(error.__cause__, _NO_CONNECTION):
                site.gone = error
            raise FetchError(url, error.detail, code=error.code) from error

    def _follow(self, url: str, known: Validators, is_robots: bool) -> Answer:
        """Return what `url` gives in the end, whatever it redirects to."""
        seen: set[str] = set()
        left = self._settings.timeout_seconds
        here = url
        while here not in seen and len(seen) <= _MAX_HOPS:
            seen.add(here)
            if not is_robots:
                self._see_that_allowed(here)
            answer, took = self._request(here, known, left, is_robots)
            left -= took
            if isinstance(answer, Answer):
                return answer
            here = answer
        detail = "redirects in a circle" if here in seen else f"more than {_MAX_HOPS} redirects"
        raise FetchError(url, detail, code="redirect-loop")

    def _request(
        self, url: str, known: Validators, left: float, is_robots: bool
    ) -> tuple[Answer | str, float]:
        """Ask once; return the answer, or where it redirects to, and the seconds that took."""
        site = self._site(url)
        with site.lock:
            if site.gone:
                detail = f"its host is not asked any more: {site.gone.detail}"
                raise FetchError(url, detail, code=site.gone.code)
            self._sleep(max(0.0, site.free_at - time.monotonic()))
            began = time.monotonic()
            site.line.until(began + left)
            try:
                answer = self._exchange(site, url, known, is_robots)
                site.failures = 0
            finally:
                pause = max(self._settings.delay_seconds, site.delay_seconds)
                site.free_at = time.monotonic() + pause
            return answer, time.monotonic() - began

    def _exchange(self, site: _Site, url: str, known: Validators, is_robots: bool) -> Answer | str:
        """Make one request; turn whatever comes of it into an answer, an address or an error."""
        try:
            request = httpx.Request(
                "GET", url, headers=self._headers(known), extensions={"timeout": TIMEOUT.as_dict()}
            )
            response = site.line.handle_request(request)
            try:
                return self._answer(site, url, known, response, is_robots)
            finally:
                response.close()
        except LateError as error:
            detail = f"takes longer than {self._settings.timeout_seconds:g} seconds"
            raise _PassingError(site, url, detail, "fetch-timeout", None) from error
        except ForbiddenAddressError as error:
            raise FetchError(url, str(error), code="address-forbidden") from error
        except _NO_CONNECTION as error:
            detail = f"no connection: {error}"
            raise _PassingError(site, url, detail, "unreachable", None) from error
        except httpx.TransportError as error:
            detail = f"the connection broke off: {error or type(error).__name__}"
            raise _PassingError(site, url, detail, "unreachable", None) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(url, f"no address: {error}", code="bad-address") from error

    def _answer(
        self, site: _Site, url: str, known: Validators, response: httpx.Response, is_robots: bool
    ) -> Answer | str:
        """Return what a response gives: an answer, or an address it redirects to."""
        status, headers = response.status_code, response.headers
        if status in _MOVED and headers.get("location"):
            return fetchable(urljoin(url, headers["location"]))
        if status == HTTPStatus.NOT_MODIFIED and known != Validators():
            return _described(url, headers)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refused(site, url, response)
        most = MAX_BYTES if is_robots else self._max_bytes
        inflated = Inflated(url, headers.get("content-encoding", ""), most)
        body = inflated.whole(response.iter_raw())
        if inflated.is_cut and not is_robots:
            raise too_large(url, most)
        return replace(_described(url, headers), body=body)

    def _refused(self, site: _Site, url: str, response: httpx.Response) -> FetchError:
        status = response.status_code
        code = _RULES.get(status, "server-error" if status >= 500 else "http-error")
        detail = f"{status} {response.reason_phrase}".strip()
        if code not in FOR_NOW:
            site.failures = 0
            return FetchError(url, detail, code=code)
        wait = self._wanted_pause(response.headers.get("retry-after"))
        if wait is None or wait <= _MAX_WAIT_SECONDS:
            return _PassingError(site, url, detail, code, wait)
        site.gone = FetchError(url, f"{detail}, to be asked again later", code=code)
        return site.gone

    def _wanted_pause(self, value: str | None) -> float | None:
        """Return the seconds of a Retry-After: a number or a date (RFC 9110, 10.2.3)."""
        if value is None:
            return None
        if re.fullmatch(r"\d{1,9}", value.strip()):
            return float(value)
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - self._now()).total_seconds())

    def _headers(self, known: Validators) -> dict[str, str]:
        headers = {
            "User-Agent": self._agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",
        }
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        return headers

    def _see_that_allowed(self, url: str) -> None:
        """Raise FetchError if the site's robots.txt forbids `url`, or cannot be had now."""
        rules = self._rules(url)
        self._site(url).delay_seconds = rules.delay_seconds
        if not rules.allow(url):
            raise FetchError(url, f"{origin(url)}/robots.txt forbids it", code="robots-forbidden")

    def _rules(self, url: str) -> Rules:
        """Return the rules of the site of `url`, at most a day old if they can be had."""
        kept = self._robots.get(origin(url))
        if kept and kept.fresh(self._now()):
            return kept
        address = f"{origin(url)}/robots.txt"
        try:
            text = self._patiently(address, Validators(), is_robots=True).body or b""
        except FetchError as error:
            if error.code in _NO_RULES:
                text = b""
            elif kept:
                return kept
            else:
                raise self._without_rules(url, error) from error
        rules = Rules(text.decode("utf-8", "replace"), self._now())
        self._robots[origin(url)] = rules
        return rules

    def _without_rules(self, url: str, error: FetchError) -> FetchError:
        """Return why `url` is not asked for while its site cannot tell its rules."""
        if error.code in ("unreachable", "address-forbidden"):
            return FetchError(url, error.detail, code=error.code)
        gone = FetchError(url, f"robots.txt: {error.detail}", code="robots-unavailable")
        self._site(url).gone = gone
        return gone

    def _site(self, url: str) -> _Site:
        with self._lock:
            name = origin(url)
            if name not in self._sites:
                self._sites[name] = _Site(Line(self._context, self._allowed))
            return self._sites[name]


def fetchable(url: str) -> str:
    """Return an address as it is asked for: stripped, and without its fragment.

    Raises:
        FetchError: it is no address of http or https, or names a user ("bad-address").
    """
    address = urldefrag(url.strip())[0]
    if len(address) > _MAX_ADDRESS_CHARS:
        raise FetchError(url[:80] + "…", "longer than an address may be", code="bad-address")
    try:
        parts = urlsplit(address)
        _ = parts.port
        httpx.URL(address)
    except (ValueError, httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(url, f"no address: {error}", code="bad-address") from error
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError(url, "expected an http or https address", code="bad-address")
    if parts.username is not None:
        raise FetchError(url, "names a user, who would be published", code="bad-address")
    return address


def origin(url: str) -> str:
    """Return scheme, host and port of an address: what one robots.txt is for (RFC 9309, 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def _may_pass_soon(error: BaseException) -> bool:
    """Return whether to ask again in this run; a document that was too slow will be so again."""
    return isinstance(error, _PassingError) and error.code != "fetch-timeout"


def _described(url: str, headers: httpx.Headers) -> Answer:
    """Return what a server says of its answer, without a body."""
    said = headers.get("content-type", "")
    charset = _CHARSET.search(said)
    return Answer(
        url=url,
        body=None,
        media_type=said.partition(";")[0].strip().lower(),
        charset=charset[1] if charset else None,
        validators=Validators(headers.get("etag"), headers.get("last-modified")),
    )


def _pause(state: RetryCallState) -> float:
    """Return the seconds before the next attempt: as the server asks, else growing by chance."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _PassingError) and error.wait is not None:
        return error.wait
    return wait_exponential_jitter(initial=1, max=_MAX_WAIT_SECONDS)(state)
