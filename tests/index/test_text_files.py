"""Plain text and Markdown: markers, front matter, and what is left of the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dates import PartialDate
from tests.index.reading import DAY, NOVEMBER, UNKNOWN, one, put, refusal


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
