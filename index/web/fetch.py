"""Fetches one address into a file: with limits of time, size and redirects, within robots.txt, and at a polite rate.

Knows addresses and HTTP; knows nothing of what the bytes mean.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import urljoin

import httpcore
from protego import Protego

from index.web.addresses import GuardedBackend, checked_url
from index.web.deadline import TimedBackend
from index.web.errors import FetchError

__all__ = ["AGENT", "FetchLimits", "Fetched", "Fetcher"]

AGENT = "Lagebild"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_ROBOTS = 500_000  # bytes; RFC 9309 asks for at least so many
_GZIP = b"\x1f"  # how a member begins
_SMALL = 1_000_000  # bytes, below which any ratio of packing is harmless


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """`seconds` for an address with all of its redirects but without the pauses, `waiting` for each answer of a host,
    `size` in bytes after unpacking, `ratio` to the bytes before, `pause` in seconds between two requests to a host."""

    seconds: float = 60
    waiting: float = 15
    size: int = 50_000_000
    ratio: int = 100
    redirects: int = 5
    pause: float = 1.0
    longest_pause: float = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the address that it came from after redirects, and its type, in the words of the host."""

    url: str
    content_type: str


class Fetcher:
    """Fetches addresses one after another. A context manager; not to be shared between threads."""

    def __init__(
        self,
        backend: httpcore.NetworkBackend | None = None,
        limits: FetchLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`backend` decides what may be connected to; by default the public internet."""
        self._limits = limits or FetchLimits()
        timed = TimedBackend(backend or GuardedBackend(), self._left)
        self._pool = httpcore.ConnectionPool(network_backend=timed, max_keepalive_connections=4)
        self._clock, self._sleep = clock, sleep
        self._deadline = 0.0  # of the address that is being fetched
        self._next: dict[bytes, float] = {}  # when a host may be asked again
        self._robots: dict[tuple[bytes, bytes, int], Protego] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def fetch(self, url: str, into: IO[bytes]) -> Fetched:
        """Write what lies at the address into a file. FetchError where it cannot or may not be fetched."""
        self._deadline = self._clock() + self._limits.seconds
        for _ in range(self._limits.redirects + 1):
            target = checked_url(url)
            rules = self._rules(target)
            if not rules.can_fetch(url, AGENT):
                raise FetchError(f"{url}: robots.txt of this host asks not to fetch it")
            with self._answer(target, rules.crawl_delay(AGENT)) as answer:
                onward = _header(answer, b"location")
                if answer.status in _REDIRECTS and onward:
                    url = _joined(url, onward)
                    continue
                if answer.status != 200:
                    raise FetchError(f"{url}: the host answers with status {answer.status}")
                for piece in self._body(answer, self._limits.size):
                    _write(into, piece)
                return Fetched(url, _header(answer, b"content-type") or "application/octet-stream")
        raise FetchError(f"{url}: more than {self._limits.redirects} redirects")

    def _left(self) -> float:
        """The seconds that are left for the address."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout(f"it takes longer than {self._limits.seconds:.0f} s")
        return left

    def _rules(self, target: httpcore.URL) -> Protego:
        """What robots.txt of the host asks for: nothing where there is none, to stay away where it cannot be told."""
        key = (target.scheme, target.host, target.port or 0)
        if key not in self._robots:
            self._robots[key] = Protego.parse(self._robots_txt(target))
        return self._robots[key]

    def _robots_txt(self, target: httpcore.URL) -> str:
        place = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=b"/robots.txt")
        for _ in range(self._limits.redirects + 1):
            with self._answer(place, None) as answer:
                onward = _header(answer, b"location")
                if answer.status in _REDIRECTS and onward:
                    place = checked_url(_joined(_text(place), onward))
                    continue
                if answer.status == 200:
                    found = b"".join(self._body(answer, _MAX_ROBOTS, cut=True))
                    return found.decode("utf-8", "replace")
                return "User-agent: *\nDisallow: /" if answer.status >= 500 else ""
        return ""

    @contextmanager
    def _answer(self, target: httpcore.URL, delay: float | None) -> Iterator[httpcore.Response]:
        """The answer to a request, its body still to come, after the pause that politeness asks for."""
        limits = self._limits
        pause = min(max(limits.pause, delay or 0), limits.longest_pause)
        wait = self._next.get(target.host, 0) - self._clock()
        if wait > 0:
            self._sleep(wait)
            self._deadline += wait
        self._next[target.host] = self._clock() + pause
        host = b"[%b]" % target.host if b":" in target.host else target.host
        name = host + (b":%d" % target.port if target.port else b"")
        headers = [(b"Host", name), (b"User-Agent", AGENT.encode()), (b"Accept-Encoding", b"gzip"), (b"Accept", b"*/*")]
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), limits.waiting)
        try:
            with self._pool.stream("GET", target, headers=headers, extensions={"timeout": timeout}) as answer:
                yield answer
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            raise FetchError(f"{_text(target)}: the host does not answer as it should ({error!r})"[:300]) from error

    def _body(self, answer: httpcore.Response, size: int, *, cut: bool = False) -> Iterator[bytes]:
        """The body, unpacked. FetchError where it is too large, breaks off, or is packed in an unknown way.

        With `cut` it ends at `size` instead.
        """
        packing = (_header(answer, b"content-encoding") or "identity").strip().lower()
        if packing not in ("identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"the host packs what it sends as {packing[:40]!r}, which was not asked for")
        unpacker = None if packing == "identity" else _Unpacker()
        packed = unpacked = 0
        for piece in answer.iter_stream():
            packed += len(piece)
            for part in [piece] if unpacker is None else unpacker.parts(piece):
                unpacked += len(part)
                if cut and unpacked > size:
                    yield part[: len(part) - (unpacked - size)]
                    return
                if unpacked > size:
                    raise FetchError(_too_large(size))
                if unpacked > _SMALL and unpacked > self._limits.ratio * packed:
                    raise FetchError(f"it unpacks to {unpacked // packed} times its size: it may be made to harm")
                yield part
            if unpacker is not None and unpacker.over:
                return
            if packed > size:  # and yet unpacks to less: it is full of nothing
                raise FetchError(_too_large(size))
        if packed and unpacker is not None and not unpacker.whole:
            raise FetchError("what the host sends breaks off within what is packed")


def _write(into: IO[bytes], piece: bytes) -> None:
    """What goes wrong here is not the fault of the host."""
    try:
        into.write(piece)
    except OSError as error:
        raise FetchError(f"it cannot be written to the disk here ({error.strerror})") from error


class _Unpacker:
    """Unpacks gzip, in one member or several, or zlib. What follows and is not packed is passed over."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(47)
        self.over = False

    @property
    def whole(self) -> bool:
        """Whether nothing more has to come."""
        return self._member.eof

    def parts(self, piece: bytes) -> Iterator[bytes]:
        """A piece unpacked, in parts of at most 256 KB."""
        try:
            while piece and not self.over:
                if self._member.eof and piece[:1] != _GZIP:
                    self.over = True
                    return
                if self._member.eof:
                    self._member = zlib.decompressobj(47)
                yield self._member.decompress(piece, 256 * 1024)
                piece = self._member.unconsumed_tail or self._member.unused_data
        except zlib.error as error:
            raise FetchError(f"what the host sends is damaged ({error})") from error


def _too_large(size: int) -> str:
    return f"it is larger than {size // 1_000_000} MB"


def _joined(url: str, onward: str) -> str:
    """Where a redirect leads."""
    try:
        return urljoin(url, onward)
    except ValueError as error:
        raise FetchError(f"{url}: it redirects to {onward[:100]!r}, which is no address ({error})") from error


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), None)


def _text(url: httpcore.URL) -> str:
    port = f":{url.port}" if url.port else ""
    host = url.host.decode("ascii")
    return f"{url.scheme.decode()}://{f'[{host}]' if ':' in host else host}{port}{url.target.decode('ascii')}"
