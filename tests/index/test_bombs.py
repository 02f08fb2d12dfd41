"""Bombs: files that are made to unpack, grow or run without end. Row 10: at least 40.

Each is read within the limits of time, memory and output, to a ReportError or to a report of bounded size; nothing is
left behind, and a good file is read after it.
"""

from __future__ import annotations

import gzip
import io
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import ReportError
from index.readers import Draft, Limits, read
from tests.index.documents import archive, docx, pdf, w, xlsx
from tests.reliability.conftest import runs

LIMITS = Limits(seconds=runs(2, 5), waiting=60, megabytes=1_000, members=100, unpacked=60_000_000, small=5_000_000)
UNPACKED = runs(100, 400)  # megabytes, against the 60 that are allowed
MEGABYTE = 1_000_000
MAX_TEXT = 30 * MEGABYTE  # characters of all reports of one file
WORDS = b"The army took the town. "


def zeros(megabytes: int, byte: bytes = b"\0") -> bytes:
    """So many megabytes, packed by zlib without ever being in memory as a whole."""
    packer = zlib.compressobj(9)
    block = byte * MEGABYTE
    return b"".join([packer.compress(block) for _ in range(megabytes)] + [packer.flush()])


def gzipped(megabytes: int, byte: bytes = b" ") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = byte * (MEGABYTE // len(byte))
    return b"".join([packer.compress(block) for _ in range(megabytes)] + [packer.flush()])


def zipped(name: str, content: bytes, count: int = 1, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as packed:
        for number in range(count):
            packed.writestr(f"{number}{name}", content)
    return data.getvalue()


def understated(name: str, content: bytes) -> bytes:
    """A ZIP archive that says its file is one byte large."""
    data = bytearray(zipped(name, content))
    central = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, central + 24, 1)
    struct.pack_into("<I", data, 22, 1)
    return bytes(data)


def overlapping(content: bytes, count: int) -> bytes:
    """A ZIP archive of many names for the same packed bytes."""
    one = zipped(".txt", content)
    central, end = one.rfind(b"PK\x01\x02"), one.rfind(b"PK\x05\x06")
    local, entry = one[:central], one[central:end]
    entries = b"".join(
        entry[:46].replace(b"", b"", 0) + f"{number % 10}.txt".encode() + entry[46 + 5 :] for number in range(count)
    )
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), len(local), 0)
    return local + entries + tail


def pdf_stream(filters: str, data: bytes, extra: str = "") -> bytes:
    """A PDF whose one page has this content."""
    document = pdf("x")
    start = document.index(b"4 0 obj")
    end = document.index(b"endobj", start)
    head = f"4 0 obj\n<< /Length {len(data)} /Filter {filters} {extra}>>\nstream\n".encode()
    return document[:start] + head + data + b"\nendstream\n" + document[end:]


def pdf_with(old: bytes, new: bytes) -> bytes:
    document = pdf("Some words of a page.")
    assert old in document
    return document.replace(old, new)


def html(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"
)
LAUGH = "<x>&a11;</x>"
HEADERS = gzip.compress(b"WARC/1.0\r\n")
JSON_LD = "<script type='application/ld+json'>"
ODT_SPACES = (
    "<t:p xmlns:t='urn:oasis:names:tc:opendocument:xmlns:text:1.0'>" + "<t:s t:c='999999999'/>" * 100_000 + "</t:p>"
)
SHEET = (
    b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><dimension ref='A1:XFD1048576'/>"
    b"<sheetData><row r='1048576'><c r='XFD1048576' t='inlineStr'><is><t>x</t></is></c></row></sheetData></worksheet>"
)
RSS = "<rss version='2.0'><channel><title>T</title>{}</channel></rss>"
ATTACHED = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"

BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    # gzip
    "gzip of spaces": ("a.txt.gz", lambda: gzipped(UNPACKED)),
    "gzip of zeros as a table": ("a.csv.gz", lambda: gzipped(UNPACKED, b"\0")),
    "gzip of one line without end": ("a.jsonl.gz", lambda: gzipped(UNPACKED, b"x")),
    "gzip of a page": ("a.html.gz", lambda: gzipped(UNPACKED, b"<p>")),
    "gzip of many parts": ("a.txt.gz", lambda: gzip.compress(b" " * 50_000) * (20 * UNPACKED)),
    "gzip of sentences": ("a.txt.gz", lambda: gzipped(UNPACKED, WORDS)),
    "gzip inside of gzip": ("a.txt.gz", lambda: gzip.compress(gzipped(UNPACKED))),
    "gzip of a PDF": ("a.pdf.gz", lambda: gzipped(UNPACKED, b"%PDF-1.7\n")),
    "gzip of an empty row": ("a.csv.gz", lambda: gzip.compress(b"text,title\n") + gzipped(UNPACKED, b",\n")),
    "web archive whose page unpacks": (
        "a.warc.gz",
        lambda: gzip.compress(
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://e.org/\r\nContent-Type: application/http\r\n"
            b"Content-Length: %d\r\n\r\n" % (len(bomb := gzipped(UNPACKED)) + 66)
            + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + bomb + b"\r\n\r\n"
        ),
    ),
    "web archive of one header without end": ("a.warc.gz", lambda: HEADERS + gzipped(UNPACKED, b"A: b\r\n")),
    # zip
    "zip of spaces": ("a.zip", lambda: zipped(".txt", b" " * 50 * MEGABYTE)),
    "zip of sentences": ("a.zip", lambda: zipped(".txt", WORDS * 3 * MEGABYTE)),
    "zip of many large files": ("a.zip", lambda: zipped(".txt", (WORDS + os.urandom(40).hex().encode()) * 40_000, 40)),
    "zip of too many files": ("a.zip", lambda: zipped(".txt", b"Words.", 300)),
    "zip that understates": ("a.zip", lambda: understated(".txt", b" " * 50 * MEGABYTE)),
    "zip of overlapping files": ("a.zip", lambda: overlapping(WORDS * 40_000, 200)),
    "zip inside of zip": ("a.zip", lambda: zipped(".zip", zipped(".txt", b" " * 50 * MEGABYTE))),
    "zip by bzip2": ("a.zip", lambda: zipped(".txt", b" " * 50 * MEGABYTE, method=zipfile.ZIP_BZIP2)),
    "zip by lzma": ("a.zip", lambda: zipped(".txt", b" " * 50 * MEGABYTE, method=zipfile.ZIP_LZMA)),
    "zip of a table": ("a.zip", lambda: zipped(".csv", b"text\n" + b"x" * 50 * MEGABYTE)),
    # documents that are ZIP archives
    "docx of spaces": ("a.docx", lambda: docx(w(" " * 120 * MEGABYTE))),
    "docx of empty paragraphs": ("a.docx", lambda: docx("<w:p/>" * 8 * MEGABYTE)),
    "docx of entities": ("a.docx", lambda: archive({"word/document.xml": LAUGHS + LAUGH})),
    "docx of late entities": ("a.docx", lambda: archive({"word/document.xml": " " * 2000 + LAUGHS + LAUGH})),
    "docx that is deep": ("a.docx", lambda: docx("<w:p>" * 100_000)),
    "odt of spaces": ("a.odt", lambda: archive({"content.xml": ODT_SPACES})),
    "xlsx of one string": ("a.xlsx", lambda: xlsx_with("xl/worksheets/sheet1.xml", b"x" * 20 * MEGABYTE)),
    "xlsx of entities": ("a.xlsx", lambda: xlsx_with("xl/sharedStrings.xml", (LAUGHS + LAUGH).encode())),
    "xlsx that claims to be large": ("a.xlsx", lambda: xlsx_with("xl/worksheets/sheet1.xml", SHEET)),
    # PDF
    "pdf of zeros": ("a.pdf", lambda: pdf_stream("/FlateDecode", zeros(300))),
    "pdf packed twice": ("a.pdf", lambda: pdf_stream("[/FlateDecode /FlateDecode]", zlib.compress(zeros(1_000)))),
    "pdf of operators": ("a.pdf", lambda: pdf_stream("/FlateDecode", zlib.compress(b"q " * 10 * MEGABYTE))),
    "pdf of endless text": ("a.pdf", lambda: pdf_stream("/FlateDecode", zlib.compress(b"BT (a) Tj ET " * MEGABYTE))),
    "pdf of runs": ("a.pdf", lambda: pdf_stream("/RunLengthDecode", b"\x81x" * 2 * MEGABYTE)),
    "pdf of hexadecimal": ("a.pdf", lambda: pdf_stream("[/ASCIIHexDecode /FlateDecode]", zeros(100).hex().encode())),
    "pdf whose pages go in a circle": ("a.pdf", lambda: pdf_with(b"/Kids [5 0 R]", b"/Kids [2 0 R]")),
    "pdf that claims many pages": ("a.pdf", lambda: pdf_with(b"/Count 1", b"/Count 999999999")),
    "pdf of the same page often": ("a.pdf", lambda: pdf_with(b"/Kids [5 0 R]", b"/Kids [" + b"5 0 R " * 50_000 + b"]")),
    "pdf that is deep": ("a.pdf", lambda: pdf_with(b"/Kids [5 0 R]", b"/Kids " + b"[" * 50_000)),
    "pdf whose table goes in a circle": ("a.pdf", lambda: pdf_with(b"/Root 1 0 R", b"/Root 1 0 R /Prev 15")),
    "pdf of numbers": ("a.pdf", lambda: pdf_stream("/FlateDecode", zlib.compress(b"9" * 30 * MEGABYTE))),
    # HTML
    "html that is deep": ("a.html", lambda: html("<div>" * 500_000)),
    "html of links": ("a.html", lambda: html("<a href=x>y</a>" * 400_000)),
    "html of one long text": ("a.html", lambda: html("x" * 15 * MEGABYTE)),
    "html of attributes": ("a.html", lambda: html("<p " + " ".join(f"a{n}=1" for n in range(500_000)) + ">words</p>")),
    "html of entities": ("a.html", lambda: html("&amp;" * 1_500_000)),
    "html of open comments": ("a.html", lambda: html("<!--" * 1_000_000)),
    "html of open tags": ("a.html", lambda: html("<" * 5_000_000)),
    "xhtml of entities": ("a.xhtml", lambda: LAUGHS.encode() + b"<html><body><p>&a11;</p></body></html>"),
    "html of tables in tables": ("a.html", lambda: html("<table><tr><td>" * 20_000)),
    "html of metadata": ("a.html", lambda: html("<p>words</p>", JSON_LD + "{" * 2_000_000)),
    "html of spaces": ("a.html", lambda: html("<p>a" + " " * 9_000_000 + "b</p>")),
    "html of dates": ("a.html", lambda: html("<p>" + "2017-11-09 " * 500_000 + "</p>")),
    # mails and feeds
    "mail that is deep": ("a.eml", lambda: b"Subject: x\n" + b"".join(ATTACHED % (n, n) for n in range(20_000))),
    "mail of headers": ("a.eml", lambda: b"".join(b"X-%d: y\n" % n for n in range(500_000)) + b"\nWords."),
    "mail of one header": ("a.eml", lambda: b"Subject: " + b"=?utf-8?q?a?= " * 500_000 + b"\n\nWords."),
    "mail to many": ("a.eml", lambda: b"From: " + b"a@b.c, " * 300_000 + b"\n\nWords."),
    "mail of pages": ("a.eml", lambda: b"Subject: x\nContent-Type: text/html\n\n" + b"<div>" * 1_000_000),
    "feed of entities": ("a.rss", lambda: LAUGHS.encode() + RSS.format("<item><title>&a11;</title></item>").encode()),
    "feed of entries": ("a.rss", lambda: RSS.format("<item><title>x</title></item>" * 300_000).encode()),
    "feed that is deep": ("a.xml", lambda: RSS.format("<item>" * 300_000).encode()),
}  # fmt: skip


def xlsx_with(part: str, content: bytes) -> bytes:
    """A table with one of its parts replaced."""
    sound = zipfile.ZipFile(io.BytesIO(xlsx(S=[["text"], ["Words."]])))
    return archive({name: sound.read(name) for name in sound.namelist()} | {part: content})


def test_row_10_there_are_as_many_bombs_as_promised() -> None:
    assert len(BOMBS) >= 40


@pytest.mark.parametrize("name", BOMBS)
def test_row_10_bomb_is_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    file_name, build = BOMBS[name]
    path = tmp_path / file_name
    path.write_bytes(build())
    characters = errors = 0
    for item in read(path, limits=LIMITS):
        if isinstance(item, Draft):
            characters += len(item.text)
        else:
            assert isinstance(item, ReportError)
            assert str(path.resolve()) in item.origin
            assert item.reason
            errors += 1
    assert characters <= MAX_TEXT
    assert errors or characters
    assert list(spool.iterdir()) == []
    good = tmp_path / "good.docx"
    good.write_bytes(docx(w("The army took the town.")))
    (draft,) = read(good, limits=LIMITS)
    assert isinstance(draft, Draft)
