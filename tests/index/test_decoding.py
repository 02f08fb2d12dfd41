"""Decoding: what bytes say, and how sure that is."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from index.readers.decoding import clean, decode
from index.readers.draft import Unreadable
from tests.index.reading import SENTENCES, put, refusal

LEGACY = [
    *(("de", name) for name in ("cp1252", "iso-8859-1", "cp850", "mac_roman")),
    *(("fr", name) for name in ("cp1252", "iso-8859-1", "iso-8859-15")),
    *(("es", name) for name in ("cp1252", "iso-8859-1")),
    *(("ru", name) for name in ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    *(("ar", name) for name in ("cp1256", "iso8859-6")),
    *(("zh", name) for name in ("gb18030", "gb2312")),
    *(("ja", name) for name in ("shift_jis", "euc-jp", "iso2022_jp")),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("language", SENTENCES)
def test_unicode_is_exact_and_without_warning(language: str, encoding: str) -> None:
    text = SENTENCES[language] + "\r\nUnd \u202bweiter\u202c.\n"
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.warnings == ()


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf16_of_either_order(mark: bytes) -> None:
    encoding = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    decoded = decode(mark + SENTENCES["ar"].encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.warnings) == (SENTENCES["ar"], encoding, ())


@pytest.mark.parametrize(
    ("language", "encoding"), [*LEGACY, ("de", "utf-16-le"), ("ru", "utf-16-be"), ("zh", "utf-16-le")]
)
def test_other_encodings_are_never_silently_wrong(language: str, encoding: str) -> None:
    text = SENTENCES[language]
    try:
        decoded = decode(text.encode(encoding))
    except Unreadable as error:
        told = str(error)
    else:
        told = ""
    if told:
        assert "UTF-8" in told or "binary" in told
        return
    assert decoded.warnings == (f"decoded as {decoded.encoding}, which is a guess; save the file as UTF-8 to be sure",)


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("de", "cp1252"), ("ru", "cp1251"), ("ru", "koi8-r"), ("ar", "cp1256"), ("zh", "gb18030")],
)
def test_common_encodings_are_found(language: str, encoding: str) -> None:
    decoded = decode(SENTENCES[language].encode(encoding))
    assert decoded.text == SENTENCES[language]
    assert decoded.encoding == encoding.replace("-", "_")


def test_what_reads_differently_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"cp1252.*which read differently; save the file as UTF-8"):
        decode(SENTENCES["es"].encode("cp1252"))
    with pytest.raises(Unreadable, match="cannot be told"):
        decode("Die Städte fielen.".encode("cp1252"))


def test_damaged_utf8_is_not_taken_for_something_else() -> None:
    damaged = SENTENCES["de"].encode() + b"\xc3"
    with pytest.raises(Unreadable, match=f"byte {len(damaged) - 1} is not"):
        decode(damaged)
    with pytest.raises(Unreadable, match="mark of utf-8, but byte 4"):
        decode(codecs.BOM_UTF8 + b"a\xff")
    with pytest.raises(Unreadable, match="mark of utf-16-le"):
        decode(codecs.BOM_UTF16_LE + b"a")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (codecs.BOM_UTF16_LE + " \n".encode("utf-16-le"), "empty"),
        ("\u2003\n".encode(), "empty"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"%PDF-1.7 ....", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"some text\0and more of it", "NUL"),
        (codecs.BOM_UTF8 + b"some text\0and more of it", "NUL"),
        (b"\x01\x02\x03\x04 text \x05\x06", "control characters"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    for suffix in (".txt", ".md", ".html"):
        assert reason in refusal(put(tmp_path, "a" + suffix, data))


def test_only_what_cannot_be_stored_is_replaced() -> None:
    assert clean("a\0b\ud800c\u202ed\r\n\ufeff") == "a\ufffdb\ufffdc\u202ed\r\n\ufeff"
    utf16 = "words, \0 and more words".encode("utf-16")
    assert decode(utf16).text == "words, \ufffd and more words"
    lone = codecs.BOM_UTF16_LE + "before ".encode("utf-16-le") + b"\x00\xd8" + " after".encode("utf-16-le")
    assert decode(lone).text == "before \ufffd after"
