"""Which addresses may be connected to: public ones, on the open internet, and no others.

A name in a report, or a redirect, may point at this machine, at a router, or at the metadata service of a cloud. So
each connection is made to an address that was checked, and to no other: names are looked up here, once, and nothing
looks them up again in between.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import httpcore

from index.web.errors import FetchError

__all__ = ["GuardedBackend", "Resolver", "checked_url", "is_public", "look_up"]

Resolver = Callable[[str, int], list[str]]
"""The IP addresses, as text, of a host name and port. Raises OSError where there are none."""

# Special-purpose blocks of the IANA registries, and addresses at which clouds serve metadata.
_CLOSED_4 = [
    ipaddress.IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
    )
]
_OPEN_6 = ipaddress.IPv6Network("2000::/3")  # all that is global unicast; mapped and translated addresses are outside
_CLOSED_6 = [
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )  # 2002: 6to4, 2001: Teredo
]
_MAX_URL = 2_000


def is_public(address: str) -> bool:
    """Whether this is the address of a host on the open internet; False also for what is no IP address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in block for block in _CLOSED_4)
    return ip.scope_id is None and ip in _OPEN_6 and not any(ip in block for block in _CLOSED_6)


def look_up(host: str, port: int) -> list[str]:
    """The addresses that the system knows for a name."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def checked_url(url: str) -> httpcore.URL:
    """The address in its parts; FetchError where it is not http or https, names no host, or carries a password."""
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise FetchError(
            f"{url[:100]!r} is no address that can be fetched: it is too long, or has characters to be escaped"
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchError(f"{url[:100]!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise FetchError(f"{url[:100]!r} is not http or https, and nothing else is fetched")
    if not host or "@" in parts.netloc or "%" in host:
        raise FetchError(f"{url[:100]!r} names no host, or a user; only public addresses are fetched")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return httpcore.URL(scheme=parts.scheme, host=host, port=port, target=target)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects httpcore to public addresses only; the name in a certificate is checked as ever."""

    def __init__(self, resolver: Resolver = look_up, backend: httpcore.NetworkBackend | None = None) -> None:
        """`backend` makes the connections, to IP addresses that were checked."""
        self._resolver = resolver
        self._backend = backend or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host. FetchError where one of its addresses is not public."""
        try:
            addresses = self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchError(f"the name {host!r} is not known ({error})") from error
        for address in addresses:
            if not is_public(address):
                raise FetchError(f"{host!r} is at {address}, which is not on the public internet; it is not fetched")
        if not addresses:
            raise FetchError(f"the name {host!r} is not known")
        return self._backend.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise FetchError("a socket of this machine is not on the public internet")

    def sleep(self, seconds: float) -> None:
        """Between attempts."""
        self._backend.sleep(seconds)
