"""Fetching: public addresses only, at every hop, within limits and robots.txt.

Row 11: to a private, loopback, metadata, mapped or rebinding address, or by a redirect to one, no connection is made;
at least 150. Names are looked up in a table, and what is let through is connected to a server on loopback, which notes
it.
"""

from __future__ import annotations

import gzip
import io
import itertools

import httpcore
import pytest

from index.web.addresses import GuardedBackend, is_public
from index.web.errors import FetchError
from index.web.fetch import Fetcher, FetchLimits
from tests.index.documents import FIRST
from tests.index.web import PUBLIC, Web

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
