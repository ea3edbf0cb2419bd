"""The way out to the network: which addresses may be reached, and until when.

The address is checked when the connection is made, on what the name means at that moment, and
the connection goes to the very address that was checked. So a name that means another address
the next time it is asked (DNS rebinding) gains nothing, and a redirect is checked like the
first request.
"""

import socket
import time
from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl

Network = IPv4Network | IPv6Network

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 30.0
_NAT64 = ip_network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """A name means an address that may not be reached; its text names both."""


class LateError(Exception):
    """A document as a whole takes longer than it may."""


class Line(httpx.HTTPTransport):
    """One connection to one host, held until `deadline` (by `time.monotonic`) at the latest."""

    def __init__(self, context: "ssl.SSLContext", allowed: Sequence[Network]) -> None:
        """Take how certificates are checked, and the private networks that may be reached."""
        super().__init__(verify=context)
        self._backend = _CheckedBackend(allowed)
        # httpx has no public way to hand its transport a network of one's own.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=1, network_backend=self._backend
        )

    def until(self, deadline: float) -> None:
        """Let the next request last no longer than `deadline`."""
        self._backend.deadline = deadline


TIMEOUT = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
"""For one step of an exchange, seconds; the whole of it has a deadline of its own."""


def is_reachable(address: IPv4Address | IPv6Address, allowed: Iterable[Network] = ()) -> bool:
    """Return whether a connection may go to `address`: a public one, or one in `allowed`.

    Private, loopback, link-local, shared, reserved and multicast addresses are not public, and
    an IPv6 address that stands for an IPv4 address (mapped, 6to4, Teredo, NAT64) is what that
    address is (IANA special-purpose address registries, RFC 6890).
    """
    if any(address.version == network.version and address in network for network in allowed):
        return True
    inner = _embedded(address)
    if inner is not None:
        return is_reachable(inner, allowed)
    return address.is_global and not address.is_multicast


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _resolved(host: str, port: int, allowed: Sequence[Network]) -> list[str]:
    """Return the addresses a name means now, in the system's order.

    Raises:
        ForbiddenAddressError: one of them may not be reached.
        httpcore.ConnectError: the name means none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"no address for {host}") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not is_reachable(ip_address(address.partition("%")[0]), allowed):
            raise ForbiddenAddressError(f"{host} is {address}, which is not a public address")
    return addresses


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only, and hands out streams that keep the deadline."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._plain = httpcore.SyncBackend()
        self.deadline = float("inf")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in _resolved(host, port, self._allowed):
            left = self.left(timeout)
            try:
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return _TimedStream(stream, self)
        raise last or httpcore.ConnectError(f"no address for {host}")

    def left(self, timeout: float | None) -> float:
        """Return the seconds the next step may take; LateError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise LateError
        return min(left, _READ_SECONDS if timeout is None else timeout)


class _TimedStream(httpcore.NetworkStream):
    """A stream no step of which goes past the deadline, however many bytes it brings."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _CheckedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._backend.left(timeout)
        try:
            return self._stream.read(max_bytes, left)
        except httpcore.ReadTimeout:
            self._backend.left(timeout)  # the deadline passed: that is what is to be told
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: "ssl.SSLContext",
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._backend
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)
