"""Documents, mails, saved pages, feeds, tables and archives: what each yields, and what is refused and why."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import re
import time
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from assistant.errors import ReportError
from index.readers import Draft, read
from index.readers.formats import is_readable
from index.readers.markup import text_of
from index.readers.pdf import _joined, _text, _warnings
from tests.index.documents import (
    ARABIC,
    FIRST,
    PAGE,
    RSS,
    SECOND,
    WORD,
    archive,
    docx,
    mail,
    pdf,
    w,
    warc,
    xlsx,
)
from tests.index.reading import one, put, refusal
from tests.index.test_events import UCDP

# --- PDF


def test_pdf_with_its_pages(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "2017-11-09-report.pdf", pdf(FIRST, SECOND, title="The report")))
    assert draft.text == f"{FIRST}\n\n{SECOND}"
    assert (draft.title, draft.details["author"]) == ("The report", "A. Reporter")
    starts = [int(start) for start in draft.details["page_starts"].split()]
    assert starts == [0, len(FIRST) + 2]
    assert (str(draft.published), draft.details["published_from"]) == ("2017-11-09", "file name")


def test_pages_begin_where_they_are_said_to_after_a_dateline_is_gone(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.pdf", pdf("BEIRUT, 9 November 2017 - " + FIRST, SECOND)))
    start = int(draft.details["page_starts"].split()[1])
    assert draft.text[start:] == SECOND
    assert draft.details["page_starts"].split()[0] == "0"
    assert str(draft.published) == "2017-11-09"


def test_words_and_sentences_go_on_over_lines_and_pages(tmp_path: Path) -> None:
    draft = one(
        put(tmp_path, "a.pdf", pdf("The strong-\nhold had fallen, the\ncommand of al-\nQaim", "said on Thursday."))
    )
    assert draft.text == "The stronghold had fallen, the\ncommand of al-Qaim\nsaid on Thursday."


def test_paragraphs_and_headings_of_a_page(tmp_path: Path) -> None:
    lines = [
        "Army takes town",
        "The army command announced the capture of the town on Thursday, and it",
        "said that the last stronghold of the group, which had held it for",
        "years, had fallen.",
        "A monitoring group doubted this. It said that fighting continued in the",
        "North and in",
        "Deir al-Zor, where nobody could verify any of the claims that were made.",
    ]
    draft = one(put(tmp_path, "a.pdf", pdf("\n".join(lines))))
    assert draft.text.split("\n\n") == [lines[0], "\n".join(lines[1:4]), "\n".join(lines[4:])]


def test_running_titles_are_left_out(tmp_path: Path) -> None:
    pages = [f"Daily report {n}\nBody of page {n} has words.\nMore {n}.\nAnd more.\nPage {n} of 4" for n in range(1, 5)]
    draft = one(put(tmp_path, "a.pdf", pdf(*pages)))
    assert "Daily report" not in draft.text
    assert "of 4" not in draft.text
    assert all(f"Body of page {n} has words." in draft.text for n in range(1, 5))
    two = one(put(tmp_path, "b.pdf", pdf(*pages[:2])))
    assert "Daily report 1" in two.text  # of two pages nothing can be said


def test_scanned_pdf_is_refused_as_such(tmp_path: Path) -> None:
    assert "scanned" in refusal(put(tmp_path, "a.pdf", pdf("x", "y", image=True)))
    draft = one(put(tmp_path, "b.pdf", pdf(FIRST, "")))
    assert draft.warnings == ("without text, and left out: page 2",)


def test_shapes_of_letters_become_letters() -> None:
    assert _text("Luftangriﬀe geﬂogen") == "Luftangriffe geflogen"
    assert _text("اﻟﻘﻴﺎدة اﻟﻌﺎﻣﺔ") == "القيادة العامة"
    assert _text("½ ™ ² stay") == "½ ™ ² stay"


def test_numbers_in_lines_from_right_to_left_are_warned_of() -> None:
    assert list(_warnings("قتل 12 شخصا.", [])) != []
    assert list(_warnings("قتل شخص.\nTwelve, 12.", [])) == []


def test_the_time_for_a_pdf_grows_with_its_text_and_not_with_its_square() -> None:
    began = time.process_time()
    assert list(_warnings("ق" * 60_000 + "\n" + "a" * 60_000, [])) == []
    text, starts = _joined(["Words without a point. " * 100] * 1_000)
    assert (len(starts), text[starts[-1] :][:5]) == (1_000, "Words")
    assert time.process_time() - began < 3


def test_pdf_that_is_none(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, "a.pdf", "just words"))
    assert refusal(put(tmp_path, "b.pdf", pdf(FIRST)[:200]))


# --- office


def test_docx(tmp_path: Path) -> None:
    table = f"<w:tbl><w:tr><w:tc>{w('Cell one.')}</w:tc><w:tc>{w('Cell two.')}</w:tc></w:tr></w:tbl>"
    box = f"<mc:AlternateContent><mc:Choice>{w('In a box.')}</mc:Choice><mc:Fallback>{w('In a box.')}</mc:Fallback>"
    body = (
        "<w:p><w:r><w:t>Der erste</w:t></w:r><w:r><w:tab/><w:t>Satz</w:t><w:br/><w:t>geht weiter.</w:t></w:r>"
        "<w:del><w:r><w:delText>Deleted.</w:delText></w:r></w:del><w:ins><w:r><w:t> Neu.</w:t></w:r></w:ins></w:p>"
        f"{table}<w:p><w:r>{box}</mc:AlternateContent></w:r><w:r><w:t>Around it.</w:t></w:r></w:p>{w(ARABIC)}"
    )
    notes = f"<w:footnotes {WORD}><w:footnote>{w('A note.')}</w:footnote></w:footnotes>"
    draft = one(put(tmp_path, "a.de.docx", docx(body, footnotes=notes)))
    assert draft.text.split("\n\n") == [
        *("Der erste\tSatz\ngeht weiter. Neu.", "Cell one.", "Cell two.", "Around it.", "In a box.", ARABIC, "A note.")
    ]
    assert (draft.title, draft.details["author"], draft.language) == ("The title", "A. Reporter", "de")


def test_odt(tmp_path: Path) -> None:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    content = (
        f"<office:document-content {names}><office:body><office:text><text:tracked-changes><text:p>Gone.</text:p>"
        "</text:tracked-changes><text:h>Heading</text:h><text:p>One<text:s text:c='2'/>two<text:tab/>"
        "<text:span>three</text:span> four<text:line-break/>five.<office:annotation><text:p>Remark.</text:p>"
        f"</office:annotation></text:p><text:list><text:list-item><text:p>{ARABIC}</text:p></text:list-item></text:list>"
        "</office:text></office:body></office:document-content>"
    )
    about = "<office:meta><dc:title>The title</dc:title></office:meta>"
    meta = f"<office:document-meta {names}>{about}</office:document-meta>"
    draft = one(put(tmp_path, "a.odt", archive({"content.xml": content, "meta.xml": meta})))
    assert draft.text == f"Heading\n\nOne  two\tthree four\nfive.\n\n{ARABIC}"
    assert draft.title == "The title"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0 old", "old document (.doc)"),
        (docx(w(FIRST))[:100], "damaged"),
        (archive({"a.txt": FIRST}), "no document"),
        (docx(""), "no text"),
        (docx("<w:p>"), "is damaged"),
        (archive({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>'}), "document type"),
    ],
    ids=["old", "cut", "other", "empty", "open tag", "document type"],  # an archive has the time of day in it
)
def test_documents_that_cannot_be_read(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in refusal(put(tmp_path, "a.docx", data))


# --- mail


def test_mail(tmp_path: Path) -> None:
    message = mail(Archived_At="<https://lists.example.org/1>")
    message.set_content(FIRST)
    message.add_alternative(f"<p>{FIRST}</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="lage.pdf")
    draft = one(put(tmp_path, "a.eml", message.as_bytes()))
    assert draft.text == FIRST
    assert (draft.title, str(draft.published)) == ("Army takes town", "2017-11-09")
    assert draft.details["author"] == "Desk <desk@example.org>"
    assert draft.details["archive_url"] == "https://lists.example.org/1"
    assert draft.details["attachments"] == "lage.pdf"
    assert draft.warnings == ("attachments, not read: lage.pdf",)


def test_the_body_that_says_most(tmp_path: Path) -> None:
    message = mail()
    message.set_content("See the HTML version.")
    message.add_alternative(f"<style>p {{}}</style><h1>Title</h1><p>{FIRST}<br>{SECOND}</p>", subtype="html")
    assert one(put(tmp_path, "a.eml", message.as_bytes())).text == f"Title\n\n{FIRST}\n\n{SECOND}"


def test_a_body_that_begins_with_an_xml_declaration(tmp_path: Path) -> None:
    page = f'<?xml version="1.0" encoding="utf-8"?>\n<html><body><p>{ARABIC}</p></body></html>'
    message = mail()
    message.set_content(page, subtype="html")
    assert one(put(tmp_path, "a.eml", message.as_bytes())).text == ARABIC
    item = f"<item><title>Only a title</title><description><![CDATA[{page}]]></description></item>"
    assert one(put(tmp_path, "a.rss", f"<rss version='2.0'><channel>{item}</channel></rss>")).text == ARABIC


def test_mail_in_other_encodings(tmp_path: Path) -> None:
    message = mail()
    message.set_content(ARABIC, charset="windows-1256", cte="base64")
    draft = one(put(tmp_path, "a.eml", message.as_bytes()))
    assert (draft.text, draft.encoding, draft.details["encoding_from"]) == (ARABIC, "cp1256", "declared")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "no headers"), (b"Subject: x\n\n", "no text"), (b"Subject: x\nContent-Type: image/png\n\nxx", "no text")],
)
def test_mails_that_say_nothing(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in refusal(put(tmp_path, "a.eml", data))


# --- saved pages


def test_mhtml(tmp_path: Path) -> None:
    page = PAGE.format(charset="utf-8").replace(SECOND, ARABIC)
    message = EmailMessage()
    message["Snapshot-Content-Location"] = "https://example.org/a"
    message["Date"] = "Fri, 10 Nov 2017 08:00:00 -0000"
    message.make_related()
    part = EmailMessage()
    part.set_content(page, subtype="html", cte="quoted-printable")
    message.attach(part)
    draft = one(put(tmp_path, "a.mhtml", message.as_bytes()))
    assert FIRST in draft.text
    assert ARABIC in draft.text
    assert "Home" not in draft.text
    assert (draft.url, draft.details["retrieved"], draft.title) == (
        "https://example.org/a",
        "2017-11-10",
        "Army takes town",
    )
    assert str(draft.published) == "unknown"  # the day of saving is not that of publication
    assert "no page" in refusal(put(tmp_path, "b.mht", "Subject: x\n\nwords"))


# --- feeds


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_rss(tmp_path: Path, encoding: str) -> None:
    found = list(read(put(tmp_path, "a.rss", RSS.format(encoding=encoding).encode(encoding))))
    first, second, third, fourth = found
    assert isinstance(first, Draft)
    assert first.text == f"{FIRST}\n\n{SECOND}"
    assert (first.title, first.source, first.language) == ("Army & town", "Levant Desk", "en")
    assert (first.url, str(first.published), first.details["author"]) == (
        "https://example.org/1",
        "2017-11-09",
        "A. Reporter",
    )
    assert first.origin.rpartition("@")[0].endswith("a.rss#one")
    assert isinstance(second, Draft)
    assert second.text == second.title == f"Only a title: {ARABIC}"
    assert second.url is None
    assert isinstance(third, ReportError)
    assert "neither a text nor a title" in third.reason
    assert isinstance(fourth, Draft)
    assert "'yesterday'" in fourth.warnings[0]
    assert fourth.origin.rpartition("@")[0].endswith("a.rss#one")
    assert len({item.origin for item in found}) == 4


@pytest.mark.parametrize("name", ["a.xml", "a.atom"])
def test_atom(tmp_path: Path, name: str) -> None:
    entry = (
        "<entry><id>urn:1</id><title>T</title><link href='https://example.org/1'/><published>2017-11-09T10:00:00Z</published>"
        f"<updated>2018-01-01T00:00:00Z</updated><content type='html'>&lt;p&gt;{FIRST}&lt;/p&gt;</content></entry>"
    )
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Desk</title>{entry}</feed>"
    draft = one(put(tmp_path, name, feed))
    assert (draft.text, str(draft.published), draft.source) == (FIRST, "2017-11-09", "Desk")


@pytest.mark.parametrize("guid", ["", "<guid>https://example.org/</guid>"], ids=["no id", "one id for all"])
def test_an_entry_without_an_id_of_its_own_stays_the_same_when_the_feed_moves_on(tmp_path: Path, guid: str) -> None:
    def origins(*numbers: int) -> list[str]:
        entries = (f"<item><title>Convoy {number}</title>{guid}</item>" for number in numbers)
        feed = f"<rss version='2.0'><channel><title>Desk</title>{''.join(entries)}</channel></rss>"
        return [item.origin for item in read(put(tmp_path, "a.rss", feed))]

    before, after = origins(2, 1), origins(3, 2, 2)
    assert after[1:] == before[:1]
    assert len({*before, *after}) == 3


@pytest.mark.parametrize(
    ("home", "link"),
    [
        ("https://example.org/", "https://example.org"),
        ("http://www.example.org/news", "https://example.org/news/"),
        ("", "https://example.org/"),
        ("https://example.com/", "https://example.org"),
    ],
)
def test_the_address_of_a_feed_or_of_a_front_page_tells_no_entry_from_the_next_one(
    tmp_path: Path, home: str, link: str
) -> None:
    def origin(title: str, link: str) -> str:
        channel = f"<link>{home}</link><item><title>{title}</title><link>{link}</link></item>"
        return one(put(tmp_path, "a.rss", f"<rss version='2.0'><channel>{channel}</channel></rss>")).origin

    assert origin("Convoy 1", link) != origin("Convoy 2", link)
    assert origin("Convoy 1", link) == origin("Convoy 1", link)
    assert origin("Convoy 1", f"{link}/1") == origin("Convoy one", f"{link}/1")
    assert origin("Convoy 1", f"{link}?p=1") == origin("Convoy one", f"{link}?p=1")


def test_a_key_without_end_is_told_in_short(tmp_path: Path) -> None:
    entries = "".join(f"<item><title>Convoy</title><guid>{'#' * size}</guid></item>" for size in (500, 501, 20_000))
    sound, *long = read(put(tmp_path, "a.rss", f"<rss version='2.0'><channel>{entries}</channel></rss>"))
    assert sound.origin.endswith("a.rss#" + "#" * 500)
    assert [len(item.origin) for item in long] == [len(sound.origin)] * 2
    assert len({sound.origin, *(item.origin for item in long)}) == 3


def test_what_is_no_feed(tmp_path: Path) -> None:
    assert "no feed" in refusal(put(tmp_path, "a.xml", "<config><a>words</a></config>"))


def test_a_feed_that_is_the_path_of_another_file_does_not_open_it(tmp_path: Path) -> None:
    other = put(tmp_path, "b.rss", RSS.format(encoding="utf-8"))
    assert "no feed" in refusal(put(tmp_path, "a.rss", str(other)))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain & simple", "plain & simple"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>One</p> two<br/>three", "One\n\ntwo\n\nthree"),
        ("<div>a<span>b</span>c</div><!-- no --><style>x</style><p style='display:none'>hidden</p>tail", "abc\n\ntail"),
        ("AT&amp;T", "AT&T"),
        ('<?xml version="1.0" encoding="utf-8"?><html><body><p>One</p></body></html>', "One"),
        ("\ufeff\n<?xml version='1.0' encoding='UTF-8' ?>\n<!DOCTYPE html><p>One</p>", "One"),
        ('<?xml version="1.0"?>One', "One"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2"),
        ("", ""),
    ],
)
def test_text_of_markup(markup: str, text: str) -> None:
    assert text_of(markup) == text


def test_the_time_for_markup_does_not_grow_with_the_square_of_the_space_before_it() -> None:
    began = time.process_time()
    assert text_of(" " * 60_000 + "<p>One</p>") == "One"
    assert time.process_time() - began < 1


# --- spreadsheets


def test_xlsx(tmp_path: Path) -> None:
    day = dt.datetime(2017, 11, 9)  # noqa: DTZ001 - as spreadsheets have it
    rows: list[list[object]] = [
        ["title", "text", "date", None],
        ["T", FIRST, day],
        [None, None],
        [5, ARABIC, "2017-11"],
    ]
    first, second = read(put(tmp_path, "a.xlsx", xlsx(Reports=rows)))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.text, str(first.published), first.origin[-2:]) == (FIRST, "2017-11-09", "#2")
    assert (second.text, second.title, str(second.published), second.origin[-2:]) == (ARABIC, "5", "2017-11", "#4")


def test_xlsx_with_several_sheets_and_a_mapping(tmp_path: Path) -> None:
    data = xlsx(Notes=[["about"], ["x"]], Events=[list(UCDP), list(UCDP.values())])
    notes, event = read(put(tmp_path, "a.xlsx", data))
    assert isinstance(notes, ReportError)
    assert "sheet 'Notes'" in notes.reason
    assert isinstance(event, Draft)
    assert event.source == "UCDP GED"
    assert event.origin.endswith("#214797")
    put(tmp_path, "a.xlsx.toml", 'text = "about"\nsheet = "Notes"')
    assert one(tmp_path / "a.xlsx").text == "x"
    put(tmp_path, "a.xlsx.toml", 'text = "about"\nsheet = "None"')
    assert "'Notes', 'Events'" in refusal(tmp_path / "a.xlsx")


@pytest.mark.parametrize("stated", ["A1", "A1:B2", "A1:XFD1048576", None])
def test_all_of_a_sheet_is_read_whatever_size_it_says_it_has(tmp_path: Path, stated: str | None) -> None:
    rows: list[list[object]] = [["title", "text", "date"], ["T", FIRST], [], [None, SECOND, "2017-11"], ["U", ARABIC]]
    dimension = b'<dimension ref="%s"/>' % stated.encode() if stated is not None else b""
    with zipfile.ZipFile(io.BytesIO(xlsx(Reports=rows))) as book:
        parts = {name: re.sub(rb"<dimension[^>]*>", dimension, book.read(name)) for name in book.namelist()}
    found = list(read(put(tmp_path, "a.xlsx", archive(dict(parts)))))
    assert [(item.text, item.origin[-2:]) for item in found if isinstance(item, Draft)] == [
        (FIRST, "#2"),
        (SECOND, "#4"),
        (ARABIC, "#5"),
    ]
    assert len(found) == 3


def test_a_number_without_end_ends_no_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [["text", "deaths"], [FIRST, 4321], [SECOND, 3.0]]
    with zipfile.ZipFile(io.BytesIO(xlsx(Reports=rows))) as book:
        parts = {name: book.read(name).replace(b">4321<", b">1E999<") for name in book.namelist()}
    found = list(read(put(tmp_path, "a.xlsx", archive(dict(parts)))))
    assert [item.text for item in found if isinstance(item, Draft)] == [FIRST, SECOND]


def test_xlsx_that_is_none(tmp_path: Path) -> None:
    assert "old table (.xls)" in refusal(put(tmp_path, "a.xlsx", b"\xd0\xcf\x11\xe0"))
    assert refusal(put(tmp_path, "b.xlsx", archive({"a": "b"})))


# --- archives


def test_zip(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "a/one.txt": "date 2017-11 " + FIRST,
        "a/two.md": "---\ntitle: Two\n---\n" + SECOND,
        "bad.jsonl": json.dumps({"text": FIRST}) + "\n{",
        "events.csv": ",".join(UCDP) + "\n" + ",".join('"' + v.replace('"', '""') + '"' for v in UCDP.values()),
        "page.html": PAGE.format(charset="utf-8"),
        "photo.jpg": b"\xff\xd8",
        ".hidden.txt": "x",
        "__MACOSX/one.txt": "x",
        "inner.zip": archive({"x.txt": "x"}),
        "packed.txt.gz": gzip.compress(FIRST.encode()),
    }
    path = put(tmp_path, "all.zip", archive(dict(parts)))
    found = {item.origin.removeprefix(str(path.resolve()) + "#"): item for item in read(path)}
    assert list(found) == [
        *("a/one.txt", "a/two.md", "bad.jsonl#1", "bad.jsonl#2", "events.csv#214797", "page.html", "inner.zip"),
        "packed.txt.gz",
    ]
    texts = {name: item.text for name, item in found.items() if isinstance(item, Draft)}
    assert texts["a/one.txt"] == FIRST
    assert texts["a/two.md"] == SECOND
    assert FIRST in texts["page.html"]
    refused = {name: item.reason for name, item in found.items() if isinstance(item, ReportError)}
    assert list(refused) == ["bad.jsonl#2", "inner.zip", "packed.txt.gz"]
    assert "archive inside of an archive" in refused["inner.zip"]


def test_names_in_an_archive_are_no_paths(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    parts = {
        "../escaped.txt": "One.",
        "/etc/escaped.txt": "Two.",
        "a\\..\\b.txt": "Three.",
        "x" * 300 + ".txt": "Four.",
    }
    found = list(read(put(inside, "a.zip", archive(dict(parts)))))
    assert [item.text for item in found if isinstance(item, Draft)] == ["One.", "Two.", "Three.", "Four."]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "in"]
    assert not Path("/etc/escaped.txt").exists()


def test_the_same_name_twice_in_an_archive(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("a.txt", "One.")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("a.txt", "Two.")
    first, second = read(put(tmp_path, "a.zip", data.getvalue()))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.text, first.origin[-5:]) == ("One.", "a.txt")
    assert (second.text, second.origin[-7:]) == ("Two.", "a.txt@2")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "damaged"), (archive({}), "no report"), (archive({"a.jpg": "x"}), "no report"), (b"PK\x03\x04", "damaged")],
)
def test_archives_that_hold_nothing(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in refusal(put(tmp_path, "a.zip", data))


def test_a_damaged_part_does_not_stop_the_others(tmp_path: Path) -> None:
    data = bytearray(archive({"a.txt": FIRST * 50, "b.txt": SECOND}))
    data[60] ^= 0xFF
    bad, good = read(put(tmp_path, "a.zip", bytes(data)))
    assert isinstance(bad, ReportError)
    assert bad.origin.endswith("#a.txt")
    assert isinstance(good, Draft)


def test_gzip(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "2017-11-09.en.txt.gz", gzip.compress(FIRST.encode())))
    assert (draft.text, draft.language, str(draft.published)) == (FIRST, "en", "2017-11-09")
    assert draft.origin == str((tmp_path / "2017-11-09.en.txt.gz").resolve())
    lines = gzip.compress(b'{"text": "One."}\n{"text": "Two."}')
    found = list(read(put(tmp_path, "a.jsonl.gz", lines)))
    assert [item.origin.rpartition("/")[2] for item in found] == ["a.jsonl.gz#1", "a.jsonl.gz#2"]
    assert "'.tar'" in refusal(put(tmp_path, "a.tar.gz", lines))
    assert "unpacked" in refusal(put(tmp_path, "b.txt.gz", lines[:30]))
    assert "unpacked" in refusal(put(tmp_path, "c.txt.gz", "no gzip"))


def test_what_is_readable() -> None:
    assert all(map(is_readable, ("a.TXT", "a.csv.gz", "a.warc.gz", "a.Zip", "a.tar.html")))
    assert not any(map(is_readable, ("a", "a.gz", "a.tar.gz", "a.zip.gz", "a.exe", "txt")))


def test_warc(tmp_path: Path) -> None:
    arabic = PAGE.format(charset="utf-8").replace(SECOND, ARABIC)
    data = warc(
        ("https://example.org/a", "200 OK", PAGE.format(charset="utf-8").encode(), "text/html"),
        (
            "https://example.org/b",
            "200 OK",
            arabic.replace("<meta charset='utf-8'>", "").encode("cp1256"),
            "text/html; charset=windows-1256",
        ),
        ("https://example.org/gone", "404 Not Found", PAGE.encode(), "text/html"),
        ("https://example.org/c.png", "200 OK", b"\x89PNG", "image/png"),
        ("https://example.org/menu", "200 OK", b"<html><body><script>var x = 1;</script></body></html>", "text/html"),
        ("https://example.org/d", "200 OK", SECOND.encode(), "text/plain"),
        ("https://example.org/a", "200 OK", PAGE.format(charset="utf-8").encode(), "text/html"),
    )
    path = put(tmp_path, "a.warc.gz", data)
    first, second, menu, text, again = read(path)
    assert isinstance(first, Draft)
    assert FIRST in first.text
    assert (first.url, first.details["retrieved"]) == ("https://example.org/a", "2017-11-10")
    assert first.origin == f"{path.resolve()}#https://example.org/a"
    assert isinstance(second, Draft)
    assert ARABIC in second.text
    assert isinstance(menu, ReportError)
    assert menu.origin.endswith("#https://example.org/menu")
    assert isinstance(text, Draft)
    assert text.text == SECOND
    assert again.origin.endswith("#https://example.org/a@7")
    assert "no web archive" in refusal(put(tmp_path, "b.warc", "just words\n\n"))


def test_no_page_of_a_web_archive_stands_for_another_whatever_its_address(tmp_path: Path) -> None:
    urls = [f"https://example.org/{name}" for name in ("a", "a@2", "a", "#" * 2_000)]
    pages = [(url, "200 OK", f"Page {number}.".encode(), "text/plain") for number, url in enumerate(urls)]
    found = list(read(put(tmp_path, "a.warc.gz", warc(*pages))))
    assert [item.text for item in found if isinstance(item, Draft)] == [f"Page {n}." for n in range(4)]
    assert len({item.origin for item in found}) == 4
    assert len(found[3].origin) < 1_000


def test_a_page_in_the_archive_of_a_feed_is_told(tmp_path: Path) -> None:
    page = ("https://example.org/a", "200 OK", PAGE.format(charset="utf-8").encode(), "text/html")
    feed = ("https://example.org/f", "200 OK", RSS.format(encoding="utf-8").encode(), "application/rss+xml")
    assert "left out: 1" in refusal(put(tmp_path, "a.feed.warc.gz", warc(page)))
    *entries, error = read(put(tmp_path, "b.feed.warc.gz", warc(page, feed, page)))
    assert len(entries) == 4
    assert isinstance(error, ReportError)
    assert "left out: 2" in error.reason
