"""A web for tests of fetching: one server on loopback, whatever the address, with names, a clock and pauses that the
test holds."""

from __future__ import annotations

import io
import socket
import sys
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore

from index.web.addresses import GuardedBackend
from index.web.fetch import Fetcher, FetchLimits

PUBLIC = "93.184.216.34"


def look_up(names: dict[str, list[str]], host: str) -> list[str]:
    """The table's addresses; for numbers what the system makes of them, which needs no network."""
    if host in names:
        return names[host]
    if ":" in host:
        return [host]
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        raise socket.gaierror(f"no such name: {host}") from None


class Server(ThreadingHTTPServer):
    """Answers paths by a table of status, headers and body, and notes what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        assert isinstance(sys.exception(), ConnectionError)  # whoever asked has gone

    def page(self, path: str, body: str | bytes = b"", status: int = 200, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append(self.path)
        status, headers, body = self.server.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in ({"Content-Type": "text/plain", "Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


class Detour(httpcore.NetworkBackend):
    """Connects to the test's server, whatever the address, and notes the address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connected: list[str] = []
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append(host)
        return self._backend.connect_tcp("127.0.0.1", self.port, timeout)


class Web:
    """A fetcher whose names, server, clock and pauses the test holds."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.detour = Detour(server.server_address[1])
        self.names = {"example.org": [PUBLIC], "other.org": [PUBLIC]}
        self.lookups: list[str] = []
        self.now = 0.0
        self.tick = 0.0
        self.pauses: list[float] = []

    def _look_up(self, host: str, port: int) -> list[str]:
        self.lookups.append(host)
        return look_up(self.names, host)

    def _clock(self) -> float:
        self.now += self.tick
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def fetcher(self, limits: FetchLimits | None = None) -> Fetcher:
        return Fetcher(GuardedBackend(self._look_up, self.detour), limits, self._clock, self._sleep)

    def get(self, url: str, limits: FetchLimits | None = None) -> bytes:
        with self.fetcher(limits) as fetcher:
            into = io.BytesIO()
            fetcher.fetch(url, into)
            return into.getvalue()
