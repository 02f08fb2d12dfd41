"""The readers: what each format yields, what is refused and why, and that quotes are exact."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.errors import ReportError
from index.readers import SUFFIXES, Draft, read
from index.readers.decoding import clean, decode
from index.readers.draft import MAX_FILE_BYTES, Unreadable
from index.readers.fields import date_in_name, http_url, language_code, parse_date, split_name

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
EXAMPLES = sorted((ROOT / "examples" / "reports").iterdir())

UNKNOWN = PartialDate()
NOVEMBER = PartialDate(2017, 11)
DAY = PartialDate(2017, 11, 9)

# Three sentences each, in languages that the legacy encodings were made for.
SENTENCES = {
    "de": "Die Armee hat am Donnerstag die Einnahme der Stadt verkündet. Sie sei die letzte Hochburg gewesen, heißt "
    "es. Beobachter bezweifeln das größtenteils; die Kämpfe dauern in den nördlichen Vierteln an.",
    "fr": "L'armée a annoncé jeudi la prise de la ville. C'était le dernier bastion, selon la déclaration. "
    "Les observateurs émettent des réserves : les combats se poursuivent à l'intérieur.",
    "es": "El ejército anunció el jueves la toma de la ciudad. Era el último bastión, según la declaración. "
    "Los observadores dudan y dicen que los combates continúan en los barrios y seguirán mañana.",
    "ru": "Сирийская армия объявила в четверг о взятии города. Он был последним оплотом группировки. "
    "Наблюдатели сообщают, что бои в северных кварталах продолжаются.",
    "ar": "أعلنت القيادة العامة للجيش يوم الخميس السيطرة الكاملة على المدينة. وكانت آخر معاقل التنظيم على الحدود. "
    "وقال مراقبون إن القتال مستمر في الأحياء الشمالية.",
    "zh": "叙利亚军队周四宣布占领该城。该城位于伊拉克边境，是该组织最后的据点。观察人士说，北部街区的战斗仍在继续。",
    "ja": "シリア軍は木曜日、町を制圧したと発表した。この町は国境にあり、組織の最後の拠点だった。"
    "監視団によると、北部の地区では戦闘が続いている。",
}
LEGACY = [
    *(("de", name) for name in ("cp1252", "iso-8859-1", "cp850", "mac_roman")),
    *(("fr", name) for name in ("cp1252", "iso-8859-1", "iso-8859-15")),
    *(("es", name) for name in ("cp1252", "iso-8859-1")),
    *(("ru", name) for name in ("cp1251", "koi8-r", "iso8859-5", "cp866")),
    *(("ar", name) for name in ("cp1256", "iso8859-6")),
    *(("zh", name) for name in ("gb18030", "gb2312")),
    *(("ja", name) for name in ("shift_jis", "euc-jp", "iso2022_jp")),
]

ARTICLE = """<article><h1>Army takes town</h1>
<p>The army command announced the capture of the town on Thursday. It said the last stronghold had fallen.</p>
<p>A monitoring group doubted this &amp; said fighting continued in the north. Nobody could verify the claims.</p>
</article>"""
MENU = "<nav><ul><li><a href='/a'>Home</a></li><li><a href='/b'>News</a></li></ul></nav><footer>Imprint</footer>"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(path: Path) -> Draft:
    (draft,) = read(path)
    assert isinstance(draft, Draft), draft
    return draft


def refusal(path: Path) -> str:
    (error,) = read(path)
    assert isinstance(error, ReportError)
    assert error.origin == os.path.realpath(path)
    return error.reason


def page(head: str = "", body: str = ARTICLE, attributes: str = "") -> str:
    return f"<!DOCTYPE html>\n<html {attributes}><head><title>T</title>{head}</head><body>{body}</body></html>"


# --- reading a path


def test_draft_says_where_it_comes_from(tmp_path: Path) -> None:
    content = "date 2017-11 Der Text."
    path = put(tmp_path, "a.txt", content)
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    draft = one(link)
    assert draft.origin == str(path.resolve())
    assert draft.digest == hashlib.sha256(content.encode()).hexdigest()
    assert draft.encoding == "utf-8"
    assert draft.warnings == ()
    assert one(path) == one(path)


def test_unknown_suffix_names_those_that_can_be_read(tmp_path: Path) -> None:
    reason = refusal(put(tmp_path, "a.doc", "x"))
    assert "'.doc'" in reason
    assert all(suffix in reason for suffix in SUFFIXES)
    assert "''" in refusal(put(tmp_path, "no-suffix", "x"))


@pytest.mark.parametrize("suffix", [".txt", ".text", ".md", ".markdown", ".json", ".jsonl", ".html", ".htm", ".csv"])
def test_suffix_in_any_case(tmp_path: Path, suffix: str) -> None:
    content = json.dumps({"text": "Words."}) if "json" in suffix else page() if "htm" in suffix else "Words."
    content = "text\nWords.\n" if "csv" in suffix else content
    assert one(put(tmp_path, "a" + suffix.upper(), content)).text


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    assert "No such file" in refusal(tmp_path / "absent.txt")
    assert "not a regular file" in refusal(tmp_path / "folder.txt")
    assert "not a regular file" in refusal(tmp_path / "pipe.txt")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", "x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert "Permission denied" in refusal(path)


def test_size_cap(tmp_path: Path) -> None:
    assert one(put(tmp_path, "a.txt", b"a" * MAX_FILE_BYTES)).text
    assert "20 MB" in refusal(put(tmp_path, "b.txt", b"a" * (MAX_FILE_BYTES + 1)))


def test_file_name_that_is_no_utf8_still_gives_storable_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    try:
        path.write_bytes(b"Words.")
    except OSError:
        pytest.skip("this file system takes no such name")
    draft = one(path)
    assert draft.title == "caf\\xe9"
    assert (draft.origin + draft.title).encode()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_sample_report(path: Path) -> None:
    draft = one(path)
    assert draft.warnings == ()
    assert draft.text in path.read_text("utf-8")
    assert draft.language == path.name.split(".")[-2]
    assert draft.source
    assert draft.url
    assert draft.published.year == 2017
    assert path.name.startswith(str(draft.published))


def test_there_are_sample_reports() -> None:
    assert len(EXAMPLES) == 26


def test_real_report() -> None:
    path = SHARED / "reports" / "abu-kamal-2017-11.de.txt"
    if not path.exists():
        pytest.skip("the shared folder is not here")
    draft = one(path)
    assert draft.published == NOVEMBER
    assert draft.language == "de"
    assert draft.title == "abu-kamal-2017-11"
    assert draft.text in path.read_bytes().decode()
    assert draft.text.startswith("Einheiten der irakischen Armee")
    assert draft.warnings == ()


def test_real_json_lines() -> None:
    path = SHARED / "eval" / "fa-kes" / "reports.jsonl"
    if not path.exists():
        pytest.skip("the shared folder is not here")
    drafts = [draft for draft in read(path) if isinstance(draft, Draft)]
    assert len(drafts) == 402
    assert drafts[0].origin == f"{path.resolve()}#1"
    assert drafts[0].published == PartialDate(2017, 4, 5)  # '4/5/17', and its text begins 'Wed 05 Apr 2017'
    assert drafts[0].details["dateline"] == "Wed 05 Apr 2017"
    assert "only the year was kept" in drafts[0].warnings[0]
    assert drafts[1].published == PartialDate(2017, 4, 16)  # '4/16/17'
    assert all(draft.text and draft.title and draft.source for draft in drafts)


# --- decoding


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


# --- fields


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2017", PartialDate(2017)),
        ("2017-11", NOVEMBER),
        (" 2017-11-09 ", DAY),
        ("2017-11-09T10:11:12Z", DAY),
        ("2017-11-09T23:30:00.123+02:00", DAY),
        ("2017-11-09 10:11", DAY),
        ("2017-11-09 10:11:12 +0100", DAY),
        ("2017/11/9", DAY),
        ("2017.11", NOVEMBER),
        ("19/11/2017", PartialDate(2017, 11, 19)),
        ("11/19/2017", PartialDate(2017, 11, 19)),
        ("4/4/2017", PartialDate(2017, 4, 4)),
        ("unknown", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_certain_date(value: str, date: PartialDate) -> None:
    assert parse_date(value) == (date, None)


@pytest.mark.parametrize(
    ("value", "date", "why"),
    [
        ("4/5/2017", PartialDate(2017), "only the year was kept"),
        ("04-05-2017", PartialDate(2017), "only the year was kept"),
        ("9.11.2017", DAY, "day.month.year"),
        ("4/16/17", PartialDate(2017, 4, 16), "taken for 2017"),
        ("4/16/99", PartialDate(1999, 4, 16), "taken for 1999"),
    ],
)
def test_uncertain_date_is_warned_of(value: str, date: PartialDate, why: str) -> None:
    read_as, warning = parse_date(value)
    assert read_as == date
    assert warning is not None
    assert why in warning
    assert value in warning


@pytest.mark.parametrize(
    "value", ["2017-13", "2017-02-30", "0000", "31/31/2017", "30.2.2017", "yesterday", "2017-1", "201711"]
)
def test_impossible_date_is_named(value: str) -> None:
    with pytest.raises(Unreadable, match=value):
        parse_date(value)


@given(st.text(alphabet="0123456789-/.:TZ +", max_size=25) | st.text(max_size=30))
def test_any_date_is_read_or_refused(value: str) -> None:
    try:
        date, _ = parse_date(value)
    except Unreadable:
        return
    assert isinstance(date, PartialDate)


@given(st.dates())
def test_iso_dates_come_back(date: object) -> None:
    assert str(parse_date(str(date))[0]) == str(date)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("EN_us", "en"),
        (" ar ", "ar"),
        ("zh-Hant-TW", "zh"),
        ("iw", "he"),
        ("xx", None),
        ("german", None),
        ("", None),
        (None, None),
    ],
)
def test_language_code(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=c#d", True),
        (" HTTP://example.org ", True),
        ("https://[2001:db8::1]/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://example.org", False),
        ("//example.org/a", False),
        ("https://", False),
        ("https://[broken", False),
        ("https://example.org/a b", False),
        ("https://example.org/\x00", False),
        ('https://example.org/"><script>', False),
        (None, False),
    ],
)
def test_only_http_addresses_are_kept(url: str | None, kept: bool) -> None:
    assert http_url(url) == (url.strip() if kept and url else None)


@pytest.mark.parametrize(
    ("name", "title", "language"),
    [
        ("abu-kamal-2017-11.de.txt", "abu-kamal-2017-11", "de"),
        ("a.txt", "a", None),
        ("a.v2.txt", "a.v2", None),
        ("a.zz.txt", "a.zz", None),
        ("Dr. No.txt", "Dr. No", None),
        (".de.txt", ".de", None),
    ],
)
def test_split_name(name: str, title: str, language: str | None) -> None:
    assert split_name(name) == (title, language)


def test_date_in_name() -> None:
    assert date_in_name("abu-kamal-2017-11.de.txt") == NOVEMBER
    assert date_in_name("2017-11-09-x.md") == DAY
    assert date_in_name("season-2016-17.txt") == UNKNOWN
    assert date_in_name("x-2015-2017.txt") == UNKNOWN
    assert date_in_name("x-12017-11.txt") == UNKNOWN


# --- plain text


@pytest.mark.parametrize(
    ("content", "date", "text"),
    [
        (" date 2017-11 Text runs on.\n\nMore. ", NOVEMBER, "Text runs on.\n\nMore. "),
        ("date 2017-11-09 Text", DAY, "Text"),
        ("DATE: 2017 Text", PartialDate(2017), "Text"),
        ("  Date : 2017-11\r\n\r\nText\r\n", NOVEMBER, "Text\r\n"),
        ("date 2017-11: Text", NOVEMBER, ": Text"),
        ("\ufeffdate 2017-11 Text", NOVEMBER, "Text"),
        (" No marker, date 2017-11 is inside.", UNKNOWN, " No marker, date 2017-11 is inside."),
        ("Date palms grow here.", UNKNOWN, "Date palms grow here."),
        ("date 20171 rifles", UNKNOWN, "date 20171 rifles"),
        ("date2017-11 Text", UNKNOWN, "date2017-11 Text"),
    ],
)
def test_date_marker(tmp_path: Path, content: str, date: PartialDate, text: str) -> None:
    draft = one(put(tmp_path, "a.txt", content))
    assert (draft.published, draft.text, draft.warnings) == (date, text, ())
    assert (draft.title, draft.source, draft.url, draft.language) == ("a", None, None, None)


def test_marker_comes_before_file_name(tmp_path: Path) -> None:
    assert one(put(tmp_path, "2016-01-02.txt", "date 2017-11 Text")).published == NOVEMBER
    assert one(put(tmp_path, "2017-11-09-x.txt", "Text")).published == DAY
    assert one(put(tmp_path, "x.txt", "Text")).published == UNKNOWN


@pytest.mark.parametrize("date", ["2017-13", "2017-02-30", "2017-11-09-10", "0000"])
def test_impossible_marker_is_named(tmp_path: Path, date: str) -> None:
    assert f"'{date}'" in refusal(put(tmp_path, "a.txt", f"date {date} Text"))


def test_ambiguous_marker_keeps_the_year(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.txt", "date 4/5/2017 Text"))
    assert draft.published == PartialDate(2017)
    assert draft.text == "Text"
    assert "only the year" in draft.warnings[0]


def test_text_must_follow_the_marker(tmp_path: Path) -> None:
    assert "no text after the date '2017-11'" in refusal(put(tmp_path, "a.txt", "date 2017-11 \n"))


# --- Markdown


FRONT = "---\ntitle: 'A title'\nsource: Desk\npublished: {}\nlanguage: de-AT\nurl: https://example.org/x\n---\n"


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2017-11-09", DAY),
        ("'2017-11'", NOVEMBER),
        ("2017-11", NOVEMBER),
        ("2017", PartialDate(2017)),
        ("2017-11-09 10:00:00", DAY),
        ("2017-11-09T10:00:00+01:00", DAY),
        ("", UNKNOWN),
        ("null", UNKNOWN),
    ],
)
def test_front_matter(tmp_path: Path, value: str, date: PartialDate) -> None:
    draft = one(put(tmp_path, "a.md", FRONT.format(value) + "\n\n  Body *text*.\n\n---\n\nMore.\n"))
    assert draft.text == "  Body *text*.\n\n---\n\nMore.\n"
    assert (draft.title, draft.source, draft.published) == ("A title", "Desk", date)
    assert (draft.language, draft.url, draft.warnings) == ("de", "https://example.org/x", ())


def test_other_names_and_plain_values(tmp_path: Path) -> None:
    draft = one(
        put(tmp_path, "a.md", "---\ndate: 2017-11\nlang: no\ntitle: 2017\nlink: javascript:x\ntags: [a, b]\n---\nText")
    )
    assert (draft.published, draft.language, draft.title, draft.url) == (NOVEMBER, "no", "2017", None)
    assert "'javascript:x'" in draft.warnings[0]


def test_front_matter_with_other_newlines(tmp_path: Path) -> None:
    for newline in ("\r\n", "\r"):
        draft = one(put(tmp_path, "a.md", "\ufeff---\ntitle: A\n---\n\nText.\nMore.\n".replace("\n", newline)))
        assert (draft.title, draft.text) == ("A", f"Text.{newline}More.{newline}")


@pytest.mark.parametrize(
    ("content", "title", "text"),
    [
        ("Plain body.\n", "note", "Plain body.\n"),
        ("\n\n# The heading #\n\nText", "The heading", "# The heading #\n\nText"),
        ("```\n# no heading\n```\n# One\n", "One", "```\n# no heading\n```\n# One\n"),
        ("## Second\n", "note", "## Second\n"),
        ("---\n---\nText", "note", "Text"),
        ("---\n# only a comment\n...\nText", "note", "Text"),
        ("Text\n---\nnot: front matter\n---\n", "note", "Text\n---\nnot: front matter\n---\n"),
    ],
)
def test_plain_body(tmp_path: Path, content: str, title: str, text: str) -> None:
    draft = one(put(tmp_path, "note.md", content))
    assert (draft.title, draft.text, draft.published) == (title, text, UNKNOWN)


def test_markdown_takes_date_and_language_from_the_name_last(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "x-2016-01-02.en.md", "Text"))
    assert (draft.published, draft.language, draft.title) == (PartialDate(2016, 1, 2), "en", "x-2016-01-02")
    draft = one(put(tmp_path, "x-2016-01-02.en.md", FRONT.format("2017-11") + "Text"))
    assert (draft.published, draft.language) == (NOVEMBER, "de")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ntitle: A\nno end\n", "line 1: the front matter is never closed"),
        ("---\ntitle: A\nsource: 'open\n---\nText", "line 4"),
        ("\n---\ntitle: a: b\n---\nText", "line 3"),
        ("---\n- a\n- b\n---\nText", "must be lines such as"),
        ("---\nJust words\n---\nText", "must be lines such as"),
        ("---\npublished: 2017-13\n---\nText", "'2017-13'"),
        ("---\npublished: 2017-02-30\n---\nText", "'2017-02-30'"),
        ("---\ntitle: [a]\n---\nText", "'title' must be a string, but it is a list"),
        ("---\nsource: {a: b}\n---\nText", "'source' must be a string, but it is a mapping"),
        ("---\ntitle: A\nx: &a b\n---\nText", "line 3: the front matter cannot be read: anchors"),
        ("---\nx: *a\n---\nText", "line 2: the front matter cannot be read: anchors"),
        ("---\nx: !!python/object/apply:os.system ['true']\n---\nText", "tags (!)"),
        ("---\nx: " + "[" * 5000 + "]" * 5000 + "\n---\nText", "deep nesting"),
        ("---\nx: \x1b\n---\nText that is long enough", "special characters"),
        ("---\nx: " + "a" * 70_000 + "\n---\nText", "longer than 64 KB"),
        ("---\ntitle: A\n---\n \n\t\n", "no text after the front matter"),
    ],
)
def test_broken_front_matter_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    assert reason in refusal(put(tmp_path, "a.md", content))


# --- HTML


def test_page(tmp_path: Path) -> None:
    head = (
        "<meta property='og:site_name' content='Levant Desk'><link rel='canonical' href='https://example.org/a'>"
        "<meta property='article:published_time' content='2017-11-09T10:00:00+02:00'>"
    )
    draft = one(put(tmp_path, "a.html", page(head, MENU + ARTICLE, "lang='en-GB'")))
    assert draft.text.split("\n\n")[-2:] == [
        "The army command announced the capture of the town on Thursday. It said the last stronghold had fallen.",
        "A monitoring group doubted this & said fighting continued in the north. Nobody could verify the claims.",
    ]
    assert (draft.title, draft.source, draft.url) == ("Army takes town", "Levant Desk", "https://example.org/a")
    assert (draft.published, draft.language, draft.warnings) == (DAY, "en", ())
    assert "Home" not in draft.text


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2017-11'>",
        "<meta name='date' content='2017-11'>",
        "<meta name='DC.date' content='2017-11'>",
        '<script type=\'application/ld+json\'>{"datePublished": "2017-11"}</script>',
        "<meta itemprop='datePublished' content='2017-11'>",
    ],
)
def test_stated_month_stays_a_month(tmp_path: Path, head: str) -> None:
    draft = one(put(tmp_path, "a.html", page(head)))
    assert (draft.published, draft.warnings) == (NOVEMBER, ())


@pytest.mark.parametrize(
    ("body", "date"),
    [
        ("<time>9 November 2017</time>", DAY),
        ("<time>November 9, 2017</time>", DAY),
        ("<time datetime='2017-11-09'>x</time>", DAY),
        ("<time datetime='2017-11'>x</time>", NOVEMBER),
        ("<p class='date'>11/2017</p>", NOVEMBER),
    ],
)
def test_guessed_date_keeps_what_the_page_says(tmp_path: Path, body: str, date: PartialDate) -> None:
    draft = one(put(tmp_path, "a.html", page("", body + ARTICLE)))
    if draft.published != UNKNOWN:  # htmldate may find less one day, but must never give more
        assert draft.published == date
        assert "guess" in draft.warnings[0]


def test_page_without_a_date(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.html", page()))
    assert (draft.published, draft.source, draft.url, draft.language) == (UNKNOWN, None, None, None)


def test_bad_stated_date_is_left_out_with_a_warning(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.html", page("<meta name='date' content='2017-13-45'>")))
    assert draft.published.day is None
    assert "2017-13-45" in draft.warnings[0]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/a"])
def test_page_keeps_only_http_addresses(tmp_path: Path, href: str) -> None:
    head = f"<link rel='canonical' href='{href}'><meta property='og:url' content='{href}'>"
    assert one(put(tmp_path, "a.html", page(head))).url is None


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "iso-8859-5"])
def test_page_declares_its_encoding(tmp_path: Path, encoding: str) -> None:
    html = page(f"<meta charset={encoding}>", f"<article><p>{SENTENCES['ru']}</p></article>")
    draft = one(put(tmp_path, "a.html", html.encode(encoding)))
    assert draft.text == SENTENCES["ru"]
    assert draft.warnings == ()


def test_declared_encodings_as_browsers_take_them(tmp_path: Path) -> None:
    quotes = "Die Armee sagte: „Wir haben die Stadt“ – so hieß es größtenteils in der Erklärung vom Donnerstag."
    html = page(
        "<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'>",
        f"<article><p>{quotes}</p></article>",
    )
    assert one(put(tmp_path, "a.html", html.encode("cp1252"))).text == quotes
    draft = one(put(tmp_path, "b.html", html.encode()))
    assert draft.text == quotes
    assert "declares 'ISO-8859-1' but is UTF-8" in draft.warnings[0]
    for name in ("rot13", "unicode_escape", "no-such", "utf-7", "undefined"):
        html = page(f"<meta charset='{name}'>", f"<article><p>{quotes}</p></article>")
        assert one(put(tmp_path, "c.html", html.encode())).text == quotes


def test_xhtml(tmp_path: Path) -> None:
    html = '<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de"><head>'
    html += f"<title>T</title></head><body><div><p>{SENTENCES['de']}</p></div></body></html>"
    draft = one(put(tmp_path, "a.xhtml", html))
    assert (draft.text, draft.language) == (SENTENCES["de"], "de")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (page("", MENU), "no main text"),
        (page("", "<script>var x = 1;</script>"), "no main text"),
        (page("", MENU + "<div class='cookie-banner'>We use cookies. <button>OK</button></div>"), "no main text"),
        ("just some words", "not an HTML page"),
        (page("", "<div>" * 100_000 + "Words." + "</div>" * 100_000), "levels deep"),
        (page("", "<b>" * 230 + "Words."), "levels deep"),
        (page("", "<p>word" * 60_000), "elements"),
        (page("", "<p>" + "word " * 2_100_000), "10 MB"),
    ],
)
def test_page_that_cannot_be_read(tmp_path: Path, html: str, reason: str) -> None:
    assert reason in refusal(put(tmp_path, "a.html", html))


# --- JSON


RECORD = {
    "text": "Words.\r\n ",
    "title": "T",
    "published": "2017-11",
    "source": "S",
    "language": "de-AT",
    "url": "https://e.org/",
}


def test_json_record(tmp_path: Path) -> None:
    line = json.dumps(RECORD)
    draft = one(put(tmp_path, "a.jsonl", line + "\n"))
    assert draft.text == "Words.\r\n "
    assert (draft.title, draft.published, draft.source) == ("T", NOVEMBER, "S")
    assert (draft.language, draft.url, draft.warnings) == ("de", "https://e.org/", ())
    assert draft.origin == f"{(tmp_path / 'a.jsonl').resolve()}#1"
    assert draft.digest == hashlib.sha256(line.encode()).hexdigest()


@pytest.mark.parametrize("text", ["text", "content", "body", "article_content"])
@pytest.mark.parametrize("title", ["title", "article_title", "headline"])
@pytest.mark.parametrize("date", ["published", "date", "published_at", "article_date"])
@pytest.mark.parametrize(
    ("source", "language", "url"),
    [("source", "language", "url"), ("outlet", "lang", "link"), ("publisher", "lang", "url")],
)
def test_json_names(tmp_path: Path, text: str, title: str, date: str, source: str, language: str, url: str) -> None:
    record = {text: "W.", title: "T", date: "2017-11-09T01:02:03Z", source: "S", language: "ar", url: "http://e.org"}
    draft = one(put(tmp_path, "a.ndjson", json.dumps(record)))
    found = (draft.text, draft.title, draft.published, draft.source, draft.language, draft.url)
    assert found == ("W.", "T", DAY, "S", "ar", "http://e.org")


def test_bad_lines_do_not_stop_the_others(tmp_path: Path) -> None:
    lines = [
        b'{"text": "first"}',
        b"",
        b'{"text": "broken',
        b'{"text": "caf\xe9"}',
        b'{"title": "no text"}',
        b'{"text": "  "}',
        b'{"text": 5}',
        b'{"text": "w", "title": ["x"]}',
        b'{"text": "w", "date": 20171109}',
        b'{"text": "w", "date": "2017-13"}',
        b'["text"]',
        b"[" * 200_000,
        b'{"text": ' + b"9" * 5000 + b"}",
        '{"text": "last \u2028 one", "title": null}'.encode(),
    ]
    path = put(tmp_path, "a.jsonl", b"\r\n".join(lines))
    found = list(read(path))
    reasons = {int(e.origin.rpartition("#")[2]): e.reason for e in found if isinstance(e, ReportError)}
    assert [d.text for d in found if isinstance(d, Draft)] == ["first", "last \u2028 one"]
    assert [d.origin.rpartition("#")[2] for d in found if isinstance(d, Draft)] == ["1", "14"]
    assert list(reasons) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    assert "not JSON" in reasons[3]
    assert "not UTF-8" in reasons[4]
    assert "there is no text" in reasons[5]
    assert "there is no text" in reasons[6]
    assert reasons[7] == "'text' must be a string, but it is a number"
    assert reasons[8] == "'title' must be a string, but it is a list"
    assert reasons[9] == "'date' must be a string, but it is a number"
    assert "'2017-13'" in reasons[10]
    assert "must be an object" in reasons[11]
    assert "nested too deeply" in reasons[12]
    assert "not JSON that can be read" in reasons[13]


def test_json_file_of_one_or_many(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.json", json.dumps(RECORD, indent=2)))
    assert (draft.text, draft.origin[-2:]) == (RECORD["text"], "#1")
    found = list(read(put(tmp_path, "b.json", json.dumps([RECORD, {"text": 1}, {"text": "W."}]))))
    assert [type(item) for item in found] == [Draft, ReportError, Draft]
    assert [item.origin[-2:] for item in found] == ["#1", "#2", "#3"]
    first, _, third = found
    assert isinstance(first, Draft)
    assert isinstance(third, Draft)
    assert third.title == "b #3"
    assert first.digest != third.digest
    again = next(iter(read(put(tmp_path, "b.json", json.dumps([RECORD])))))
    assert isinstance(again, Draft)
    assert again.digest == first.digest  # a record's digest depends on the record alone


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "list of records is empty"),
        ("[1,\n2", "not JSON"),
        ("[" * 200_000, "nested too deeply"),
        (" \n", "empty"),
        (b"%PDF-1.4", "PDF"),
        (codecs.BOM_UTF16_LE + b"a", "utf-16-le"),
    ],
)
def test_json_file_that_cannot_be_read(tmp_path: Path, content: str | bytes, reason: str) -> None:
    assert reason in refusal(put(tmp_path, "a.json", content))


def test_deep_record_in_a_list_spares_the_others(tmp_path: Path) -> None:
    for depth in (100, 400, 700, 900):
        deep = '{"text": "deep", "x": ' + "[" * depth + "]" * depth + "}"
        found = list(read(put(tmp_path, "a.json", f'[{deep}, {{"text": "W."}}]')))
        assert found
        assert all(isinstance(item, (Draft, ReportError)) for item in found)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    draft = one(put(tmp_path, "a.jsonl", json.dumps({"text": SENTENCES["ar"]}, ensure_ascii=False).encode(encoding)))
    assert draft.text == SENTENCES["ar"]
    assert draft.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]


def test_json_text_that_cannot_be_stored(tmp_path: Path) -> None:
    draft = one(
        put(tmp_path, "a.jsonl", r'{"text": "a\u0000b\ud800c\ud83d\ude00", "title": "\udfffT", "source": "\u0000"}')
    )
    assert (draft.text, draft.title, draft.source) == ("a\ufffdb\ufffdc\U0001f600", "\ufffdT", "\ufffd")


def test_json_address_that_is_left_out(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.jsonl", '{"text": "W.", "url": "javascript:alert(1)"}'))
    assert draft.url is None
    assert "'javascript:alert(1)'" in draft.warnings[0]


# --- properties

words = st.sampled_from(
    ["Abu Kamal", "Abu Kamal", "date", "2017-11", "البوكمال", "城", "😀", "---", "title:", "#", "\r\n", "\n", "\t", " "]
)
texts = st.lists(words | st.text(max_size=8), max_size=30).map("".join)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def drafts_of(name: str, data: bytes) -> list[Draft | ReportError]:
    with tempfile.TemporaryDirectory() as folder:
        return list(read(put(Path(folder), name, data)))


@FEW
@given(texts, st.sampled_from([".txt", ".md"]), st.sampled_from(["", " date 2017-11 ", "---\ntitle: x\n---\n"]))
def test_text_is_a_part_of_the_file(text: str, suffix: str, front: str) -> None:
    content = (front + text).encode("utf-8", "replace")
    assume(not content.startswith(codecs.BOM_UTF8))
    (draft,) = drafts_of("a" + suffix, content)
    if isinstance(draft, ReportError):
        assert draft.reason
        return
    decoded = content.decode()
    assert decoded.endswith(draft.text)
    assert draft.text.strip()
    skipped = decoded[: len(decoded) - len(draft.text)]
    if suffix == ".txt" and not skipped.strip():
        assert skipped == ""  # without a marker nothing at all is dropped


@FEW
@given(texts)
def test_json_text_is_exact(text: str) -> None:
    (draft,) = drafts_of("a.jsonl", json.dumps({"text": text}).encode())
    assert draft.text == clean(text) if isinstance(draft, Draft) else not text.strip()


markup = st.lists(
    st.sampled_from(
        [
            "<html>",
            "<body>",
            "<p>",
            "</p>",
            "<div>",
            "<meta charset=",
            "'",
            '"',
            ">",
            "&#0;",
            "<!--",
            "<![CDATA[",
            "<time datetime=",
            "{",
            "}",
            "[",
            "]",
            '{"text":',
            '"date":',
            ",",
            "---\n",
            "title: ",
            "&a",
            "*a",
            "!!x ",
            "date ",
            "2017-13",
            "- ",
            "x\n",
            "<script type='application/ld+json'>",
            '{"@type":"Article"',
            '"datePublished":"2017"',
            "<article>",
            "<table>",
            "<li>",
            "<meta property='article:published_time' content='",
            "<link rel=canonical href='",
            "http://[",
            "A sentence of words. ",
        ]
    )
    | st.text(max_size=6),
    max_size=40,
).map(lambda parts: "".join(parts).encode("utf-8", "replace"))


@FEW
@given(
    st.binary(max_size=300) | markup | markup.map(lambda data: b"<html><body>" + data),
    st.sampled_from(sorted(SUFFIXES)),
)
def test_any_bytes_give_drafts_or_errors(data: bytes, suffix: str) -> None:
    for item in drafts_of("a" + suffix, data):
        assert isinstance(item, (Draft, ReportError))
        if isinstance(item, Draft):
            assert item.text.strip()
            assert item.title
            assert (item.text + item.title + str(item.warnings)).encode()  # nothing that cannot be stored
