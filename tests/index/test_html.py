"""Pages: what stands in them, from when they are, and how they are encoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dates import PartialDate
from tests.index.reading import ARTICLE, DAY, MENU, NOVEMBER, SENTENCES, UNKNOWN, one, page, put, refusal


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
