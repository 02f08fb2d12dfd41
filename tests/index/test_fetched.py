"""What was fetched: kept with its address and day, read as what it is, and gone when it is forgotten."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from assistant.embedding import WordLengthEmbedder
from assistant.errors import ReportError
from assistant.store import Catalog, forget
from assistant.store.forget import FETCHED
from index.build import IngestResult, ingest
from index.readers import Draft, read
from index.web.collect import collect, url_list
from index.web.errors import FetchError
from tests.index.documents import FIRST, PAGE, RSS, pdf
from tests.index.web import PUBLIC, Web

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
