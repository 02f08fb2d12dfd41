"""Fetching: public addresses only, at every hop, within limits and robots.txt.

Row 11: to a private, loopback, metadata, mapped or rebinding address, or by a redirect to one, no connection is made;
at least 150. Names are looked up in a table, and what is let through is connected to a server on loopback, which notes
it.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import itertools
import os
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpcore
import pytest
from warcio.archiveiterator import ArchiveIterator

from assistant.embedding import WordLengthEmbedder
from assistant.errors import ReportError
from assistant.store import Catalog, forget
from assistant.store.forget import FETCHED
from index.build import IngestResult, ingest
from index.readers import Draft, read
from index.web.addresses import GuardedBackend, is_public
from index.web.collect import collect, url_list
from index.web.errors import FetchError
from index.web.fetch import Fetcher, FetchLimits
from tests.index.documents import FIRST, PAGE, RSS, pdf

PUBLIC = "93.184.216.34"
HOSTILE_ADDRESSES = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255"),
    *("127.0.0.1", "127.0.0.53", "127.1.2.3", "127.255.255.255", "169.254.0.1", "169.254.169.254", "169.254.170.2"),
    *("172.16.0.1", "172.17.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.0.192", "192.0.2.1"),
    *("192.88.99.1", "192.168.0.1", "192.168.1.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7"),
    *("203.0.113.9", "224.0.0.1", "224.0.0.251", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:192.168.1.1", "::ffff:100.64.0.1", "::ffff:0:127.0.0.1", f"::ffff:{PUBLIC}", "64:ff9b::7f00:1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:4136:e378::1"),
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1"),
    *("2002:a00:1::", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fd12:3456:789a::1"),
    *("fe80::1", "fe80::1%eth0", "fe80::a9fe:a9fe", "febf::1", "fec0::1", "ff00::1", "ff02::1", "ff05::2", "1::"),
    *("2620:4f:8000::1", "not an address", ""),
    *("100.64.1.1", "169.254.169.253", "169.254.169.123", "192.0.0.8", "192.52.193.1", "192.175.48.1", "192.31.196.1"),
    *("10.96.0.1", "172.20.10.1", "198.18.0.255", "2001:3::1", "2001:4:112::1", "::ffff:0.0.0.0", "::ffff:224.0.0.1"),
    *("fd00:100::1", "fe80::5efe:7f00:1", "2002:e000:1::", "ff01::1", "0:0:0:0:0:ffff:7f00:1", "::ffff:a9fe:a9fe"),
]
HOSTILE_URLS = [
    *(
        "file:///etc/passwd",
        "ftp://example.org/a",
        "gopher://example.org/_x",
        "dict://example.org:2628/d",
        "data:text/html,x",
    ),
    *(
        "javascript:alert(1)",
        "jar:http://example.org!/",
        "ldap://example.org",
        "smb://example.org/a",
        "ws://example.org/",
    ),
    *("unix:///var/run/docker.sock", "mailto:a@example.org", "view-source:http://example.org/", "//example.org/a"),
    *(
        "example.org",
        "http:example.org",
        "http:///a",
        "http://",
        "https://?a",
        "http://#a",
        "",
        " ",
        "http://[::1",
        "http://]",
    ),
    *("http://user@example.org/", "http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http://a b/"),
    *(
        "http://example.org\\@127.0.0.1/",
        "http://example.org/\r\nHost: x",
        "http://example.org/\x00",
        "http://example.org/\t",
    ),
    *("http://①②⑦.⓪.⓪.①/", "http://exämple.org/", "http://127.0.0.1%2f.example.org/", "http://[fe80::1%25eth0]/"),
    *(
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://example.org:-1/",
        "http://example.org/" + "a" * 3_000,
    ),
]
# How programs of old write an address, all of them this machine or its neighbours.
HOSTILE_HOSTS = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0"),
    *("10.1", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "192.168.257", "[::1]", "[::ffff:127.0.0.1]"),
    *("[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[fd00:ec2::254]", "[64:ff9b::169.254.169.254]"),
]


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


@pytest.fixture
def web() -> Iterator[Web]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Web(server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- addresses


def test_row_11_there_are_as_many_as_promised() -> None:
    assert len({*HOSTILE_ADDRESSES, *HOSTILE_URLS, *HOSTILE_HOSTS}) >= 150


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_row_11_name_of_an_address_that_is_not_public(web: Web, address: str) -> None:
    web.names["evil.org"] = [address]
    web.names["mixed.org"] = [PUBLIC, address]
    for host in ("evil.org", "mixed.org"):
        with pytest.raises(FetchError, match="not on the public internet"):
            web.get(f"http://{host}/")
    assert web.detour.connected == []


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_row_11_host_that_is_this_machine_in_other_words(web: Web, host: str) -> None:
    with pytest.raises(FetchError, match="not on the public internet"):
        web.get(f"http://{host}/")
    assert web.detour.connected == []


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_row_11_what_is_no_address_to_fetch(web: Web, url: str) -> None:
    with pytest.raises(FetchError):
        web.get(url)
    assert web.detour.connected == []
    assert web.lookups == []


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_row_11_redirect_to_a_name_of_an_address_that_is_not_public(web: Web, address: str) -> None:
    web.names["evil.org"] = [address]
    web.server.page("/", status=302, Location="http://evil.org/")
    with pytest.raises(FetchError, match="not on the public internet"):
        web.get("http://example.org/")
    assert set(web.detour.connected) == {PUBLIC}
    assert web.server.asked == ["/robots.txt", "/"]


@pytest.mark.parametrize(
    "target",
    [
        *(f"http://{host}/" for host in HOSTILE_HOSTS),
        *(url for url in HOSTILE_URLS if "://" in url and url.isprintable() and url.isascii()),
    ],
)
def test_row_11_redirect_to_what_is_not_fetched(web: Web, target: str) -> None:
    web.server.page("/", status=301, Location=target)
    with pytest.raises(FetchError):
        web.get("http://example.org/")
    assert set(web.detour.connected) == {PUBLIC}


def test_row_11_name_that_changes_its_address_between_two_looks(web: Web) -> None:
    looks = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    web.server.page("/robots.txt", status=404, Connection="close")
    web.server.page("/", "secret")
    backend = GuardedBackend(lambda host, port: next(looks), web.detour)
    with Fetcher(backend, None, web._clock, web._sleep) as fetcher, pytest.raises(FetchError, match=r"127\.0\.0\.1"):
        fetcher.fetch("http://rebind.org/", io.BytesIO())
    assert web.detour.connected == [PUBLIC]
    assert web.server.asked == ["/robots.txt"]


def test_name_that_is_not_known(web: Web) -> None:
    web.names["empty.org"] = []
    for host in ("unknown.org", "empty.org"):
        with pytest.raises(FetchError, match="not known"):
            web.get(f"http://{host}/")


def test_robots_txt_that_redirects_inside(web: Web) -> None:
    web.server.page("/robots.txt", status=302, Location="http://127.0.0.1/robots.txt")
    with pytest.raises(FetchError, match="not on the public internet"):
        web.get("http://example.org/")
    assert set(web.detour.connected) == {PUBLIC}


# --- fetching


def test_fetch_follows_redirects(web: Web) -> None:
    web.server.page("/a", status=302, Location="b?c=d#e")
    web.server.page("/b?c=d", status=307, Location="http://other.org/f")
    web.server.page("/f", "found", Content_Type="text/html; charset=windows-1251")
    with web.fetcher() as fetcher:
        fetched = fetcher.fetch("http://example.org/a", into := io.BytesIO())
    assert into.getvalue() == b"found"
    assert (fetched.url, fetched.content_type) == ("http://other.org/f", "text/html; charset=windows-1251")


def test_redirects_have_an_end(web: Web) -> None:
    web.server.page("/", status=302, Location="/")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        web.get("http://example.org/")
    assert len(web.server.asked) == 7


@pytest.mark.parametrize("status", [204, 400, 403, 404, 410, 429, 500, 503])
def test_other_answers(web: Web, status: int) -> None:
    web.server.page("/", status=status)
    with pytest.raises(FetchError, match=str(status)):
        web.get("http://example.org/")


def test_size_is_capped(web: Web) -> None:
    web.server.page("/", b"x" * 200_001)
    assert len(web.get("http://example.org/", FetchLimits(size=200_001))) == 200_001
    with pytest.raises(FetchError, match="larger than"):
        web.get("http://example.org/", FetchLimits(size=200_000))


def test_packing_is_undone_and_capped(web: Web) -> None:
    web.server.page("/", gzip.compress(FIRST.encode()), Content_Encoding="gzip")
    assert web.get("http://example.org/") == FIRST.encode()
    web.server.page("/", gzip.compress(b" " * 40_000_000), Content_Encoding="gzip")
    with pytest.raises(FetchError, match="times its size"):
        web.get("http://example.org/")
    web.server.page("/", b"xxxx", Content_Encoding="br")
    with pytest.raises(FetchError, match="'br'"):
        web.get("http://example.org/")
    web.server.page("/", b"xxxx", Content_Encoding="gzip")
    with pytest.raises(FetchError, match="damaged"):
        web.get("http://example.org/")


def test_what_is_packed_in_several_members_is_unpacked_to_its_end(web: Web) -> None:
    members = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    for trailer in (b"", bytes(100_000), b"<!-- cached -->"):
        web.server.page("/", members + trailer, Content_Encoding="gzip")
        assert web.get("http://example.org/") == b"one two"
    web.server.page("/", b"", Content_Encoding="gzip")
    assert web.get("http://example.org/") == b""
    for cut in (members[:-5], members[:15], members + members[:1]):
        web.server.page("/", cut, Content_Encoding="gzip")
        with pytest.raises(FetchError, match="breaks off"):
            web.get("http://example.org/")
    web.server.page("/", gzip.compress(b"") * 20_000, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than"):
        web.get("http://example.org/", FetchLimits(size=100_000))


def test_time_is_capped(web: Web) -> None:
    web.server.page("/", b"x" * 1_000_000)
    web.tick = 10.0
    with pytest.raises(FetchError, match="longer than"):
        web.get("http://example.org/", FetchLimits(seconds=60))


class Dripping(httpcore.NetworkBackend, httpcore.NetworkStream):
    """A host that sends a byte of an answer that never ends just before each wait for one would be over."""

    def __init__(self, web: Web, start: bytes, more: bytes) -> None:
        self.web = web
        self.bytes = itertools.chain(start, itertools.cycle(more))

    def connect_tcp(self, *_: object, **__: object) -> httpcore.NetworkStream:
        return self

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        self.web.now += 0.9 * timeout
        return bytes([next(self.bytes)])

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass

    def close(self) -> None:
        pass

    def get_extra_info(self, info: str) -> None:
        return None


@pytest.mark.parametrize("start", ["", "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"], ids=["head", "body"])
def test_a_host_that_drips_is_left_when_the_time_is_over(web: Web, start: str) -> None:
    backend = GuardedBackend(lambda host, port: [PUBLIC], Dripping(web, start.encode(), b"HTTP/1.1 200 OK\r\nA: a"))
    fetching = Fetcher(backend, FetchLimits(waiting=1), web._clock, web._sleep)
    with fetching as fetcher, pytest.raises(FetchError, match="longer than 60 s"):
        fetcher.fetch("http://example.org/", io.BytesIO())
    assert web.now == pytest.approx(60, abs=1)


def test_host_that_breaks_off(web: Web) -> None:
    web.server.page("/", b"x", Content_Length="100", Connection="close")
    with pytest.raises(FetchError, match="does not answer as it should"):
        web.get("http://example.org/")


def test_robots_txt_is_respected(web: Web) -> None:
    web.server.page("/robots.txt", "User-agent: *\nDisallow: /private\nDisallow: /*.php$\n")
    for path in ("/", "/private/a", "/x.php"):
        web.server.page(path, "words")
    assert web.get("http://example.org/") == b"words"
    for path in ("/private/a", "/x.php"):
        with pytest.raises(FetchError, match=r"robots\.txt"):
            web.get(f"http://example.org{path}")
    assert "/private/a" not in web.server.asked


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
def test_robots_txt_that_is_not_there(web: Web, status: int, allowed: bool) -> None:
    web.server.page("/robots.txt", status=status)
    web.server.page("/", "words")
    if allowed:
        assert web.get("http://example.org/") == b"words"
    else:
        with pytest.raises(FetchError, match=r"robots\.txt"):
            web.get("http://example.org/")


def test_requests_to_a_host_keep_their_distance(web: Web) -> None:
    web.server.page("/robots.txt", "User-agent: *\nCrawl-delay: 7\n")
    for path in ("/a", "/b"):
        web.server.page(path, "words")
    with web.fetcher() as fetcher:
        for url in ("http://example.org/a", "http://example.org/b", "http://other.org/a"):
            fetcher.fetch(url, io.BytesIO())
    assert web.pauses == [1.0, 7.0, 1.0]
    assert web.server.asked == ["/robots.txt", "/a", "/b", "/robots.txt", "/a"]


def test_pauses_do_not_count_as_time_that_an_address_takes(web: Web) -> None:
    web.server.page("/robots.txt", "User-agent: *\nCrawl-delay: 30\n")
    web.server.page("/a", status=302, Location="/b")
    web.server.page("/b", status=302, Location="/c")
    web.server.page("/c", "words")
    with web.fetcher() as fetcher:
        for _ in range(2):
            fetcher.fetch("http://example.org/a", io.BytesIO())
    assert web.pauses == [1.0, *[30.0] * 5]


# --- keeping and reading what was fetched

NOW = dt.datetime(2017, 11, 10, 8, tzinfo=dt.UTC)


def collected(web: Web, folder: Path, *urls: str) -> list[Path | ReportError]:
    with web.fetcher() as fetcher:
        return list(collect(urls, folder, fetcher, lambda: NOW))


def reports(web: Web, folder: Path, url: str) -> list[Draft | ReportError]:
    found: list[Draft | ReportError] = []
    for item in collected(web, folder, url):
        found += [item] if isinstance(item, ReportError) else read(item)
    return found


def test_page_is_kept_with_its_address_and_day(web: Web, tmp_path: Path) -> None:
    web.server.page("/a", status=302, Location="/b")
    page = PAGE.format(charset="utf-8").replace("<meta charset='utf-8'>", "").replace("Army", "Armée")
    web.server.page("/b", page.encode("cp1252"), Content_Type="text/html; charset=windows-1252")
    (draft,) = reports(web, tmp_path / "data" / "fetched", "http://example.org/a")
    assert isinstance(draft, Draft)
    assert FIRST in draft.text
    assert (draft.title, draft.url, draft.details["retrieved"]) == (
        "Armée takes town",
        "http://example.org/b",
        "2017-11-10",
    )
    assert draft.details["encoding_from"] == "declared"
    (file,) = (tmp_path / "data" / "fetched").iterdir()
    assert draft.origin == f"{file.resolve()}#http://example.org/b"
    assert file.stat().st_mode & 0o077 == file.parent.stat().st_mode & 0o077 == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_page_that_is_fetched_again_replaces_its_file(web: Web, tmp_path: Path) -> None:
    web.server.page("/a", FIRST)
    first = collected(web, tmp_path, "http://example.org/a")
    web.server.page("/a", "Something else.")
    second = collected(web, tmp_path, "http://example.org/a", "http://example.org/gone")
    assert first == second[:1]
    assert isinstance(second[1], ReportError)
    assert isinstance(first[0], Path)
    (draft,) = read(first[0])
    assert isinstance(draft, Draft)
    assert draft.text == "Something else."
    assert list(tmp_path.iterdir()) == [first[0]]


def test_other_formats_by_their_type_or_name(web: Web, tmp_path: Path) -> None:
    web.server.page("/get?id=1", pdf(FIRST), Content_Type="application/pdf")
    web.server.page("/2017-11-09.en.txt", FIRST, Content_Type="text/plain; charset=utf-8")
    web.server.page("/lines.jsonl", '{"text": "Words."}', Content_Type="application/octet-stream")
    web.server.page("/words", "Сирийская армия.".encode("koi8-r"), Content_Type="text/plain; charset=koi8-r")
    texts = {"get?id=1": FIRST, "2017-11-09.en.txt": FIRST, "lines.jsonl": "Words.", "words": "Сирийская армия."}
    for url, text in texts.items():
        (draft,) = reports(web, tmp_path, f"http://example.org/{url}")
        assert isinstance(draft, Draft), draft
        assert draft.text == text
        assert f"#http://example.org/{url}" in draft.origin
    web.server.page("/image", b"\x89PNG", Content_Type="image/png")
    (error,) = reports(web, tmp_path, "http://example.org/image")
    assert isinstance(error, ReportError)


def test_feed_by_its_address(web: Web, tmp_path: Path) -> None:
    web.server.page("/feed", RSS.format(encoding="utf-8"), Content_Type="application/rss+xml")
    web.server.page("/feed.xml", RSS.format(encoding="utf-8"), Content_Type="text/xml")
    for url in ("feed", "feed.xml"):
        found = reports(web, tmp_path, f"http://example.org/{url}")
        assert [type(item) for item in found] == [Draft, Draft, ReportError, Draft]
        assert found[0].origin.rpartition("@")[0].endswith(".feed.warc.gz#one")


def feed(*numbers: int, edited: int = 0) -> str:
    """A feed with these entries; of one of them another version."""
    entries = (
        f"<item><guid>{number}</guid><title>Convoy {number}</title><pubDate>Thu, 09 Nov 2017 08:00:00 GMT</pubDate>"
        f"<description>Convoy {number} {'left' if number != edited else 'never left'}.</description></item>"
        for number in numbers
    )
    return f"<rss version='2.0'><channel><title>Desk</title>{''.join(entries)}</channel></rss>"


def entries(path: Path | ReportError) -> dict[str, str]:
    """The texts that are read of it, by the ids of the entries."""
    assert isinstance(path, Path), path
    found = list(read(path))
    assert len({item.origin for item in found}) == len(found)
    return {item.origin.rpartition("#")[2]: item.text for item in found if isinstance(item, Draft)}


def test_entries_stay_when_the_feed_has_moved_on(web: Web, tmp_path: Path) -> None:
    folder, data = tmp_path / "fetched", tmp_path / "data"
    outcomes, path = [], Path()
    for body in (feed(2, 1), feed(3, 2, edited=2), feed(5, 4), feed(5, 4)):
        web.server.page("/feed", body, Content_Type="application/rss+xml")
        (found,) = collected(web, folder, "http://example.org/feed")
        assert isinstance(found, Path)
        path = found
        done = ingest([path], data, WordLengthEmbedder)
        outcomes.append((len(done.added), len(done.replaced), len(done.unchanged), done.removed, done.refused))
    assert outcomes == [(2, 0, 0, [], []), (1, 1, 1, [], []), (2, 0, 3, [], []), (0, 0, 5, [], [])]
    os.utime(path, (1_500_000_000, 1_500_000_000))  # read again
    for place in (path, folder):
        again = ingest([place], data, lambda: pytest.fail("the model was asked for"))
        assert (len(again.unchanged), again.vanished) == (5, [])
    texts = {str(n): f"Convoy {n} {'left' if n != 2 else 'never left'}." for n in range(1, 6)}
    assert entries(path) == texts
    with Catalog(data / "catalog.sqlite") as catalog:
        assert sorted(report.text for report in catalog.reports().values()) == sorted(texts.values())


def unpacked(folder: Path) -> bytes:
    """All bytes below a folder, those of packed archives unpacked."""
    return b"".join(
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    )


def report_of(data: Path, text: str) -> str:
    with Catalog(data / "catalog.sqlite") as catalog:
        (found,) = (report.id for report in catalog.reports().values() if text in report.text)
    return found


def test_a_forgotten_entry_is_in_no_version_of_its_feed_and_the_others_stay(web: Web, tmp_path: Path) -> None:
    data = tmp_path / "data"

    def fetched(body: str) -> IngestResult:
        web.server.page("/feed", body, Content_Type="application/rss+xml")
        (path,) = collected(web, data / FETCHED, "http://example.org/feed")
        assert isinstance(path, Path)
        return ingest([path], data, WordLengthEmbedder)

    for body in (feed(1), feed(3, 2), feed(4, 2, edited=2), feed(5)):
        fetched(body)
    assert b"Convoy 2 left" in unpacked(data)
    data = data.rename(tmp_path / "elsewhere")  # whose origins tell the path that was
    (data / FETCHED / ".killed.warc.gz").write_bytes(gzip.compress(b"Convoy 2"))
    forget(data, [report_of(data, "Convoy 2")])
    assert b"Convoy 2" not in unpacked(data)
    (archive,) = (data / FETCHED).iterdir()
    assert entries(archive).keys() == {"1", "5"}
    data = data.rename(tmp_path / "data")
    again = fetched(feed(6))
    assert ([one.rpartition("#")[2] for one in again.added], again.removed) == (["6"], [])
    with Catalog(data / "catalog.sqlite") as catalog:
        numbers = sorted(report.text.split()[1] for report in catalog.reports().values())
        assert numbers == ["1", "3", "4", "5", "6"]
        forget(data, catalog.report_ids())
    assert list((data / FETCHED).iterdir()) == []


def test_a_forgotten_page_is_kept_no_more(web: Web, tmp_path: Path) -> None:
    data = tmp_path / "data"
    web.server.page("/a", FIRST)
    web.server.page("/b", "Something else happened.")
    first, second = collected(web, data / FETCHED, "http://example.org/a", "http://example.org/b")
    assert isinstance(first, Path)
    assert isinstance(second, Path)
    ingest([first, second], data, WordLengthEmbedder)
    forget(data, [report_of(data, FIRST)])
    assert FIRST.encode() not in unpacked(data)
    assert list((data / FETCHED).iterdir()) == [second]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html><body><p>We are working on it.</p></body></html>", "text/html"),
        ("<html><body><p>We are working on it.</p></body></html>", "application/rss+xml"),
        (feed(), "application/rss+xml"),
        ("", "text/plain"),
    ],
    ids=["page", "page that says it is a feed", "feed without entries", "nothing"],
)
def test_a_page_in_the_place_of_a_feed_takes_the_place_of_nothing(
    web: Web, tmp_path: Path, body: str, kind: str
) -> None:
    web.server.page("/feed", feed(2, 1), Content_Type="application/rss+xml")
    (path,) = collected(web, tmp_path, "http://example.org/feed")
    web.server.page("/feed", body, Content_Type=kind)
    (error,) = collected(web, tmp_path, "http://example.org/feed")
    assert isinstance(error, ReportError)
    assert error.origin == "http://example.org/feed"
    assert "it was a feed" in error.reason
    assert str(path) in error.reason
    assert list(tmp_path.iterdir()) == [path]
    assert entries(path).keys() == {"1", "2"}
    web.server.page("/feed", feed(4, 3), Content_Type="application/rss+xml")
    assert collected(web, tmp_path, "http://example.org/feed") == [path]
    assert entries(path).keys() == {"1", "2", "3", "4"}


def test_entries_are_the_same_when_their_feed_has_another_address(web: Web, tmp_path: Path) -> None:
    web.server.page("/feed", feed(2, 1), Content_Type="application/rss+xml")
    collected(web, tmp_path, "http://example.org/feed")
    web.server.page("/feed", status=301, Location="http://other.org/rss.xml")
    web.server.page("/rss.xml", feed(3, 2), Content_Type="text/xml")
    (path,) = collected(web, tmp_path, "http://example.org/feed")
    assert entries(path).keys() == {"1", "2", "3"}


def test_the_file_of_a_feed_grows_with_what_it_says_and_not_with_each_fetch(web: Web, tmp_path: Path) -> None:
    for last in range(4, 21):
        web.server.page(
            "/feed", feed(*range(last, last - 4, -1), edited=10 if last == 13 else 0), Content_Type="text/xml"
        )
        (path,) = collected(web, tmp_path, "http://example.org/feed")
    assert entries(path) == {str(n): f"Convoy {n} {'left' if n != 10 else 'never left'}." for n in range(1, 21)}
    assert isinstance(path, Path)
    before = path.read_bytes()
    with path.open("rb") as stream:
        assert len(list(ArchiveIterator(stream))) <= 8  # each has four entries
    collected(web, tmp_path, "http://example.org/feed")
    assert path.read_bytes() == before


def test_sitemap_by_its_address(web: Web, tmp_path: Path) -> None:
    site = "<{0} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{1}</{0}>"
    index = "<sitemap><loc>http://example.org/one.xml</loc></sitemap>"
    urls = "<url><loc> http://example.org/a </loc></url><url><loc>http://127.0.0.1/b</loc></url>"
    urls += "<url><loc>http://example.org/gone</loc></url><url><loc>http://example.org/sitemap.xml</loc></url>"
    web.server.page("/sitemap.xml", site.format("sitemapindex", index), Content_Type="application/xml")
    web.server.page("/one.xml", site.format("urlset", urls), Content_Type="text/xml; charset=utf-8")
    web.server.page("/a", PAGE.format(charset="utf-8"), Content_Type="text/html")
    elsewhere, page, gone = reports(web, tmp_path, "http://example.org/sitemap.xml")
    assert isinstance(elsewhere, ReportError)
    assert "1 of the pages" in elsewhere.reason
    assert "http://127.0.0.1/b" in elsewhere.reason
    assert isinstance(page, Draft)
    assert page.url == "http://example.org/a"
    assert isinstance(gone, ReportError)
    assert "404" in gone.reason
    assert set(web.detour.connected) == {PUBLIC}


def test_the_host_of_a_sitemap_may_be_spelt_in_other_ways(web: Web, tmp_path: Path) -> None:
    names = ("EXAMPLE.org/a", "example.org:80/b", "example.org:8080/c", "www.example.org/d")
    urls = "".join(f"<url><loc>http://{name}</loc></url>" for name in names)
    web.server.page("/sitemap.xml", f"<urlset>{urls}</urlset>", Content_Type="application/xml")
    for path in "ab":
        web.server.page(f"/{path}", f"Convoy {path} left.")
    elsewhere, *pages = reports(web, tmp_path, "http://Example.org/sitemap.xml")
    assert isinstance(elsewhere, ReportError)
    assert "2 of the pages" in elsewhere.reason
    assert [page.text for page in pages if isinstance(page, Draft)] == ["Convoy a left.", "Convoy b left."]


def test_what_is_no_address_in_a_sitemap_is_passed_over(web: Web, tmp_path: Path) -> None:
    urls = "<url><loc>http://[::1</loc></url><url><loc/></url><url><loc>http://example.org/a</loc></url>"
    web.server.page("/sitemap.xml", f"<urlset>{urls}</urlset>", Content_Type="application/xml")
    web.server.page("/a", PAGE.format(charset="utf-8"), Content_Type="text/html")
    (page,) = reports(web, tmp_path, "http://example.org/sitemap.xml")
    assert isinstance(page, Draft)


def test_sitemap_that_is_packed(web: Web, tmp_path: Path) -> None:
    site = gzip.compress(b"<urlset><url><loc>http://example.org/a</loc></url></urlset>")
    web.server.page("/sitemap.xml.gz", site, Content_Type="application/gzip")
    web.server.page("/a", PAGE.format(charset="utf-8"), Content_Type="text/html")
    (page,) = reports(web, tmp_path, "http://example.org/sitemap.xml.gz")
    assert isinstance(page, Draft)


def test_sitemap_that_is_made_to_harm_is_an_error_for_its_address(web: Web, tmp_path: Path) -> None:
    web.server.page("/bomb.xml.gz", gzip.compress(b" " * 51_000_000), Content_Type="application/x-gzip")
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    web.server.page(
        "/laughs.xml",
        f"<!DOCTYPE urlset [<!ENTITY e0 'ha'>{entities}]><urlset><url><loc>&e11;</loc></url></urlset>",
        Content_Type="application/xml",
    )
    (bomb,) = reports(web, tmp_path, "http://example.org/bomb.xml.gz")
    assert isinstance(bomb, ReportError)
    assert "more than 50 MB" in bomb.reason
    (laughs,) = reports(web, tmp_path, "http://example.org/laughs.xml")
    assert isinstance(laughs, ReportError)


def test_what_cannot_be_fetched_is_an_error_for_its_address(web: Web, tmp_path: Path) -> None:
    (error,) = collected(web, tmp_path / "fetched", "http://127.0.0.1/")
    assert isinstance(error, ReportError)
    assert error.origin == "http://127.0.0.1/"
    assert "not on the public internet" in error.reason
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_is_an_error_for_each_address_and_no_fault_of_the_host(
    web: Web, tmp_path: Path
) -> None:
    for path in ("/a", "/b"):
        web.server.page(path, FIRST)
    (kept,) = collected(web, tmp_path, "http://example.org/b")
    assert isinstance(kept, Path)
    kept.unlink()
    kept.mkdir()  # in whose place no file can be put
    folder = tmp_path / "file"
    folder.touch()
    b, a = (*collected(web, tmp_path, "http://example.org/b"), *collected(web, folder, "http://example.org/a"))
    for error in (b, a):
        assert isinstance(error, ReportError)
        assert "cannot be kept" in error.reason
    assert {path for path in tmp_path.iterdir() if path.suffix == ".gz"} == {kept}
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - closed below
    with full, web.fetcher() as fetcher, pytest.raises(FetchError, match="disk here"):
        fetcher.fetch("http://example.org/a", full)


def test_url_list() -> None:
    text = "\ufeff# my pages\nhttps://example.org/a\n\n  https://example.org/b  \r\nhttps://example.org/a\n"
    assert url_list(text) == ["https://example.org/a", "https://example.org/b"]
