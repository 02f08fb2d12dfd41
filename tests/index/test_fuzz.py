"""Sound files of every format with some bytes changed: only drafts and declared errors, and no parser crashes.

What is packed is changed before it is packed as well: else hardly any change would get beyond a checksum.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.store import Catalog
from index.readers import Draft, RawFile, read
from index.readers.draft import Unreadable
from index.readers.formats import CONTAINERS, READERS, suffix_of
from index.readers.isolation import addresses_in
from index.web.collect import url_list
from tests.index.documents import ARABIC, FIRST, PAGE, RSS, archive, docx, mail, pdf, w, warc, xlsx
from tests.index.test_events import ACLED, UCDP
from tests.reliability.conftest import runs

PAGE_BYTES = PAGE.format(charset="utf-8").encode()
EVENTS = (",".join(UCDP) + "\n" + ",".join(v.replace(",", ";") for v in UCDP.values())).encode()


def _mail() -> bytes:
    message = mail()
    message.set_content(ARABIC)
    message.add_alternative(f"<p>{FIRST}</p>", subtype="html")
    return message.as_bytes()


SOUND: dict[str, bytes] = {
    ".pdf": pdf(FIRST, "Second page.", title="T"),
    ".docx": docx(w(FIRST) + w(ARABIC)),
    ".odt": archive(
        {"content.xml": "<x xmlns:t='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><t:p>Words.</t:p></x>"}
    ),
    ".xlsx": xlsx(S=[["title", "text"], ["T", FIRST]]),
    ".eml": _mail(),
    ".mhtml": b"Content-Type: text/html; charset=utf-8\nContent-Location: https://example.org/\n\n" + PAGE_BYTES,
    ".rss": RSS.format(encoding="utf-8").encode(),
    ".html": PAGE_BYTES,
    ".zip": archive({"a.txt": FIRST, "b.html": PAGE_BYTES}),
    ".csv.gz": gzip.compress(EVENTS),
    ".warc.gz": warc(("https://example.org/a", "200 OK", PAGE_BYTES, "text/html")),
    ".csv": EVENTS,
    ".tsv": ("\t".join(ACLED) + "\n" + "\t".join(ACLED.values())).encode(),
    ".json": b'[{"text": "Words.", "date": "2017-11"}, {"text": "More words.", "title": "T"}]',
    ".txt": f" date 2017-11-09 {ARABIC}".encode("cp1256"),
    ".jsonl": b'{"text": "Words.", "date": "2017-11", "url": "https://example.org"}\n' * 3,
    ".md": b"---\ntitle: T\npublished: 2017-11\n---\nBEIRUT, Nov 9 (Reuters) - Words.\n",
}


def part(of: str, name: str) -> tuple[str, bytes, Callable[[bytes], bytes]]:
    """A part of a sound archive, and what makes the archive with another one in its place."""
    with zipfile.ZipFile(io.BytesIO(SOUND[of])) as packed:
        parts = {own: packed.read(own) for own in packed.namelist()}
    return of, parts[name], lambda other: archive(parts | {name: other})


CHANGED: dict[str, tuple[str, bytes, Callable[[bytes], bytes]]] = {
    **{suffix: (suffix, sound, bytes) for suffix, sound in SOUND.items()},
    "inside .docx": part(".docx", "word/document.xml"),
    "about .docx": part(".docx", "docProps/core.xml"),
    "inside .odt": part(".odt", "content.xml"),
    "inside .xlsx": part(".xlsx", "xl/worksheets/sheet1.xml"),
    "inside .zip": part(".zip", "b.html"),
    "inside .csv.gz": (".csv.gz", EVENTS, gzip.compress),
    "inside .warc.gz": (".warc.gz", gzip.decompress(SOUND[".warc.gz"]), gzip.compress),
    ".warc": (".warc", gzip.decompress(SOUND[".warc.gz"]), bytes),
}
"""What is changed: the kind of file, the sound bytes, and what makes the file of them."""


def changed(sound: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes with some of them replaced: at an offset, so many of them, by others."""
    data = bytearray(sound)
    for place, length, new in changes:
        at = place % (len(data) + 1)
        data[at : at + length] = new
    return bytes(data)


changes = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=6
)


def test_every_reader_is_here() -> None:
    readers = READERS | CONTAINERS
    here = {readers[suffix_of(f"a{suffix}")] for suffix, _, _ in CHANGED.values()}
    assert here == set(readers.values())


@pytest.mark.parametrize("suffix", SOUND)
def test_sound_file_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(SOUND[suffix])
    assert any(isinstance(item, Draft) for item in read(path))


@pytest.mark.parametrize("name", CHANGED)
@settings(max_examples=runs(30, 2_000), deadline=None, print_blob=True)
@given(changes=changes)
def test_changed_file_gives_drafts_or_errors(name: str, changes: list[tuple[int, int, bytes]]) -> None:
    suffix, sound, packed = CHANGED[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(packed(changed(sound, changes)))
        expect_drafts_or_errors(path)


MAPPING = b"""text = ["a", "d"]
title = "d"
key = "e"
records = "f.g"
delimiter = ";"
dates = "day first"
[fixed]
source = "Desk"
"""
MAPPED = {
    ".csv": b"a;d;e\nWords.;T;1\n",
    ".jsonl": b'{"a": "Words.", "d": "T", "e": 1}\n',
    ".json": b'{"f": {"g": [{"a": "Words.", "d": "T", "e": 1}]}}',
}


@settings(max_examples=runs(30, 2_000), deadline=None, print_blob=True)
@given(changes=changes, suffix=st.sampled_from(sorted(MAPPED)))
def test_changed_mapping_gives_drafts_or_errors(changes: list[tuple[int, int, bytes]], suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(MAPPED[suffix])
        path.with_name(path.name + ".toml").write_bytes(MAPPING)
        assert [type(item) for item in read(path)] == [Draft]
        path.with_name(path.name + ".toml").write_bytes(changed(MAPPING, changes))
        expect_drafts_or_errors(path)


ASTRAY = ("crashed", "astray", "longer than")


def expect_drafts_or_errors(path: Path) -> None:
    for item in read(path):
        if isinstance(item, Draft):
            assert item.text.strip()
            assert item.title
            assert (item.text + item.title + "".join(item.details.values())).encode()
        else:
            assert item.origin.startswith(str(path.resolve()))
            assert not any(word in item.reason for word in ASTRAY)


SITEMAP = b"<?xml version='1.0' encoding='utf-8'?>\n<urlset><url><loc>http://example.org/a</loc></url></urlset>"


@settings(max_examples=runs(60, 5_000), deadline=None, print_blob=True)
@given(changes=changes)
@example([(0, 1_000, b"<urlset><url><loc>http://[::1</loc></url></urlset>")])
@example([(0, 0, b"\x1f\x8b\0")])
def test_changed_sitemap_names_pages_is_none_or_says_why_not(changes: list[tuple[int, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = RawFile.at(Path(folder) / "sitemap.xml")
        file.path.write_bytes(SITEMAP)
        assert addresses_in(file) == ["http://example.org/a"]
        one = changed(SITEMAP, changes)
        for data in (one, gzip.compress(one), changed(gzip.compress(SITEMAP), changes)):
            file.path.write_bytes(data)
            found, said = None, ""
            try:
                found = addresses_in(RawFile.at(file.path))
            except Unreadable as error:
                said = str(error)
            assert not said or data.startswith(b"\x1f\x8b")
            assert not any(word in said for word in ASTRAY)
            assert found is None or all(url.strip() == url for url in found)


@given(st.text())
def test_any_list_of_addresses_is_read(text: str) -> None:
    assert all(address.strip() == address != "" for address in url_list(text))


def test_one_of_each_goes_into_the_index_with_what_is_known_of_it(tmp_path: Path, tiny: Assistant) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for suffix, data in SOUND.items():
        (folder / f"a{suffix}").write_bytes(data)
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    result = tiny.ingest([folder])
    assert [error.origin.rpartition("#")[2] for error in result.refused] == ["empty"]  # an entry of the feed
    again = tiny.ingest([folder])
    assert again.added == again.replaced == []
    assert len(again.unchanged) == len(result.added)
    with Catalog(tiny.settings.data / "catalog.sqlite") as catalog:
        reports = list(catalog.reports().values())
    (document,) = (report for report in reports if "page_starts" in report.details)
    assert document.details["page_starts"].startswith("0 ")
    event = next(report for report in reports if report.source == "UCDP GED")
    assert event.details["latitude"] == "35.763369"
    assert event.details["deaths_high"] == "5"
