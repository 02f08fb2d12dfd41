"""What is kept of a report beside its text: how its date was found, its dateline, where and when it was saved."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.dates import PartialDate
from index.readers import Draft, read
from index.readers.dateline import find_dateline

DAY = PartialDate(2017, 11, 9)
BODY = "The army command announced the capture of the town on Thursday. Nobody could verify the claim."
ARTICLE = (
    f"<article><h1>Army takes town</h1><p>{BODY}</p><p>A monitoring group doubted what had been said.</p></article>"
)


def draft_of(folder: Path, name: str, content: str | bytes) -> Draft:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (draft,) = read(path)
    assert isinstance(draft, Draft), draft
    return draft


def page(head: str, body: str = ARTICLE, before: str = "") -> str:
    return f"<!DOCTYPE html>\n<html>{before}<head><title>T</title>{head}</head><body>{body}</body></html>"


# --- datelines


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("BEIRUT, Nov 9 (Reuters) - ", None),
        ("BEIRUT (Reuters) - ", None),
        ("(Reuters) - ", None),
        ("Deir al-Zor, Syria (Reuters) - ", None),
        ("Damaskus (dpa) - ", None),
        ("Bagdad/Mossul (dpa/AFP) – ", None),
        ("DAMASCUS, SANA – ", None),
        ("WASHINGTON (AP) — ", None),
        ("دمشق-سانا\n", None),
        ("دمشق (رويترز) - ", None),
        ("بغداد/ واع - ", None),
        ("ДАМАСК, 9 ноября. /ТАСС/. ", None),
        ("МОСКВА, 9 ноя — РИА Новости. ", None),
        ("Islamabad, May 12 - ", None),
        ("Aleppo, 9 November 2017 — ", DAY),
        ("ALEPPO, November 9, 2017 (AFP) - ", DAY),
        ("Abu Kamal, 9. November 2017 (dpa) – ", DAY),
        ("Kyiv, 9.11.2017: ", DAY),
        ("بيروت، 9 نوفمبر 2017 (أ ف ب) - ", DAY),
        ("Дамаск, 9 ноября 2017 (Интерфакс) - ", DAY),
    ],
)
def test_a_dateline_is_kept_beside_the_text(tmp_path: Path, line: str, date: PartialDate | None) -> None:
    draft = draft_of(tmp_path, "a.txt", line + BODY)
    assert draft.text == BODY
    assert draft.details["dateline"] == line.strip().rstrip("-–—:.").strip()
    assert draft.published == (date or PartialDate())
    assert draft.details.get("published_from") == ("dateline" if date else None)


@pytest.mark.parametrize(
    "stamp",
    [
        "9 November 2017",
        "Published November 9, 2017",
        "Date of publication 9 November 2017",
        "Thursday 9 November 2017 18:14",
        "9 November 2017 -",
        "Thu Nov 9 2017",
        "Last updated at Nov 9 2017 -",
        "Veröffentlicht am 9. November 2017",
        "2017-11-09",
        "9 ноября 2017",
        "9 نوفمبر 2017",
    ],
)
@pytest.mark.parametrize("gap", [" ", "\n\n"])
def test_a_date_in_front_is_kept_beside_the_text(tmp_path: Path, stamp: str, gap: str) -> None:
    draft = draft_of(tmp_path, "2017-12-24.txt", stamp + gap + BODY)
    assert draft.text == BODY
    assert (draft.details["dateline"].rstrip(" -"), draft.published) == (stamp.rstrip(" -"), DAY)
    assert draft.details["published_from"] == "dateline"


def test_a_dateline_after_a_heading(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, "a.md", f"# Army takes town\n\nBEIRUT (AP) — {BODY}\n")
    assert draft.text == f"# Army takes town\n\n{BODY}\n"
    draft = draft_of(tmp_path, "a.html", page("", ARTICLE.replace(BODY, "BEIRUT (AP) — " + BODY)))
    assert draft.details["dateline"] == "BEIRUT (AP)"
    assert "BEIRUT" not in draft.text
    assert BODY in draft.text


@pytest.mark.parametrize(
    "text",
    [
        "On Thursday, 9 November 2017 — The army took the town.",
        "Am Donnerstag, 9. November 2017 - Die Armee nahm die Stadt.",
        "The army (SAA) - backed by Russia - took the town.",
        "The Army (SAA) - An elite unit took the town.",
        "ISIS - The group said so.",
        "In Aleppo (AP) - The army.",
        "He said: The army took the town.",
        "Moscow: The army took the town.",
        "Army takes town - Reuters",
        "The article was in Reuters - The army.",
        "AFP",
        "Reuters: The army.",
        "BEIRUT (Reuters) - and the army took the town.",
        "May 12 Brigade - The army.",
        "Killed: Ahmad, May 12 times - he said.",
        "9 November 2017 was the day on which the town fell.",
        "9 November The army took the town.",
        "31 November 2017 The army took the town.",
        "In 9 November 2017 The army took the town.",
    ],
)
def test_what_is_not_surely_a_dateline_stays(tmp_path: Path, text: str) -> None:
    draft = draft_of(tmp_path, "a.txt", text)
    assert draft.text == text
    assert "dateline" not in draft.details


@given(st.text(max_size=60), st.sampled_from(["", "BEIRUT (Reuters) - ", "Kyiv, 9.11.2017: ", "دمشق-سانا\n", "AP, "]))
def test_a_dateline_lies_in_the_text_before_a_sentence(text: str, line: str) -> None:
    text = line + text
    found = find_dateline(text)
    if found is not None:
        assert 0 <= found.start < found.end <= found.behind < len(text)
        assert text[found.start : found.end].strip()
        assert text[found.behind :].strip()


# --- how the date was found


def test_the_order_is_metadata_then_dateline_then_file_name(tmp_path: Path) -> None:
    line = "Aleppo, 9 November 2017 — "
    name = "2017-12-24-report"
    stated = draft_of(tmp_path, f"{name}.md", f"---\npublished: 2018-01\n---\n{line}{BODY}")
    assert (str(stated.published), stated.details["published_from"]) == ("2018-01", "metadata")
    lined = draft_of(tmp_path, f"{name}.md", line + BODY)
    assert (lined.published, lined.details["published_from"]) == (DAY, "dateline")
    named = draft_of(tmp_path, f"{name}.md", BODY)
    assert (str(named.published), named.details["published_from"]) == ("2017-12-24", "file name")
    marked = draft_of(tmp_path, f"{name}.txt", f" date 2018-01 {line}{BODY}")
    assert (str(marked.published), marked.details["published_from"]) == ("2018-01", "date marker")
    assert marked.details["dateline"] == "Aleppo, 9 November 2017"
    nothing = draft_of(tmp_path, "a.md", BODY)
    assert (str(nothing.published), "published_from" in nothing.details) == ("unknown", False)


def test_a_dateline_says_more_exactly_what_the_metadata_says_vaguely(tmp_path: Path) -> None:
    for vague in ("2017", "2017-11"):
        record = {"text": f"Aleppo, 9 November 2017 — {BODY}", "date": vague}
        draft = draft_of(tmp_path, "a.jsonl", json.dumps(record))
        assert draft.published == DAY
        assert draft.details["published_from"] == "metadata, dateline"
    for other in ("2017-10", "2017-11-10", "2016"):
        draft = draft_of(tmp_path, "a.jsonl", json.dumps(record | {"date": other}))
        assert (str(draft.published), draft.details["published_from"]) == (other, "metadata")


def test_a_page_says_or_lets_guess_its_date(tmp_path: Path) -> None:
    stated = draft_of(tmp_path, "2017-12-24.html", page("<meta name='date' content='2017-11'>"))
    assert (str(stated.published), stated.details["published_from"]) == ("2017-11", "metadata")
    guessed = draft_of(tmp_path, "2017-12-24.html", page("", "<time>9 November 2017</time>" + ARTICLE))
    assert (guessed.published, guessed.details["published_from"]) == (DAY, "guess")
    named = draft_of(tmp_path, "2017-12-24.html", page(""))
    assert (str(named.published), named.details["published_from"]) == ("2017-12-24", "file name")


def test_a_file_of_several_records_has_no_date_to_give_them(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, "2017-12-24.jsonl", json.dumps({"text": BODY}))
    assert (str(draft.published), "published_from" in draft.details) == ("unknown", False)


# --- bytes and encoding


def test_hash_and_encoding_and_how_sure(tmp_path: Path) -> None:
    for name, data, encoding, how in [
        ("a.txt", BODY.encode(), "utf-8", "strict UTF-8"),
        ("a.txt", BODY.encode("utf-16"), "utf-16-le", "byte order mark"),
        ("a.txt", "Сирийская армия объявила в четверг о взятии города.".encode("cp1251"), "cp1251", "guess"),
        (
            "a.html",
            page("<meta charset=koi8-r>", f"<p>{'Сирийская армия. ' * 9}</p>").encode("koi8-r"),
            "koi8-r",
            "declared",
        ),
    ]:
        details = draft_of(tmp_path, name, data).details
        assert (details["encoding"], details["encoding_from"]) == (encoding, how)
        assert details["sha256"] == hashlib.sha256(data).hexdigest()


# --- author, archive, saving


def test_author_and_archive_of_a_record(tmp_path: Path) -> None:
    record = {"text": BODY, "author": "A. B.", "archive_url": "https://archive.ph/x", "retrieved": "2018-01-02"}
    details = draft_of(tmp_path, "a.jsonl", json.dumps(record)).details
    assert (details["author"], details["archive_url"], details["retrieved"]) == (
        "A. B.",
        "https://archive.ph/x",
        "2018-01-02",
    )
    draft = draft_of(tmp_path, "b.jsonl", json.dumps(record | {"archive_url": "javascript:x"}))
    assert "archive_url" not in draft.details
    assert "'javascript:x'" in draft.warnings[0]


def test_author_of_a_page(tmp_path: Path) -> None:
    assert draft_of(tmp_path, "a.html", page("<meta name='author' content='Jane Doe'>")).details["author"] == "Jane Doe"


@pytest.mark.parametrize(
    ("comment", "url", "retrieved"),
    [
        ("<!-- saved from url=(0021)https://example.org/a -->", "https://example.org/a", None),
        (
            "<!--\n Page saved with SingleFile \n url: https://example.org/b?c=d \n saved date: Thu Nov 09 2017 "
            "10:00:00 GMT+0200 (Eastern European Standard Time)\n-->",
            "https://example.org/b?c=d",
            "2017-11-09",
        ),
        ("<!-- saved from url=(0014)about:internet -->", None, None),
    ],
)
def test_where_and_when_a_page_was_saved(tmp_path: Path, comment: str, url: str | None, retrieved: str | None) -> None:
    draft = draft_of(tmp_path, "a.html", page("", before=comment))
    assert (draft.url, draft.details.get("retrieved")) == (url, retrieved)


def test_a_page_from_the_wayback_machine(tmp_path: Path) -> None:
    copy = "https://web.archive.org/web/20171110102030/https://example.org/a"
    draft = draft_of(tmp_path, "a.html", page(f"<link rel='canonical' href='{copy}'>"))
    assert draft.url == "https://example.org/a"
    assert (draft.details["archive_url"], draft.details["retrieved"]) == (copy, "2017-11-10")


def test_images_inside_of_a_page_do_not_make_it_too_large(tmp_path: Path) -> None:
    image = "data:image/png;base64," + "iVBORw0KGgo" * 1_500_000
    draft = draft_of(tmp_path, "a.html", page("", f"<img src='{image}'>" + ARTICLE))
    assert BODY in draft.text


# --- relative dates


def test_a_relative_date_is_resolved_by_the_day_of_the_report_and_stored_beside_its_sentence(
    tmp_path: Path, tiny: Assistant
) -> None:
    path = tmp_path / "2017-11-12.de.txt"
    path.write_text("Die Armee rückte vor. Die Stadt fiel gestern. Am Mittwoch begann der Angriff.", "utf-8")
    (origin,) = tiny.ingest([path]).added
    catalog = tiny.catalog()
    (report_id,) = catalog.reports_from([origin])
    indexed = catalog.indexed(report_id)
    assert indexed is not None
    said = {
        path.read_text("utf-8")[mention.start : mention.end]: (mention.name, sentence.number)
        for sentence in indexed.sentences
        for mention in indexed.mentions
        if mention.date is not None and sentence.start <= mention.start < sentence.end
    }
    assert said == {"gestern": ("2017-11-11", 1), "Mittwoch": ("2017-11-08", 2)}
