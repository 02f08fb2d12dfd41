"""The readers: what a file gives, what is refused and why, and that quotes are exact."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.errors import ReportError
from index.readers import SUFFIXES, Draft, read
from index.readers.decoding import clean
from index.readers.draft import MAX_FILE_BYTES
from tests.helpers import REAL_REPORT, ROOT, SHARED, needs_real_report, needs_shared
from tests.index.reading import NOVEMBER, one, page, put, refusal

EXAMPLES = sorted((ROOT / "examples" / "reports").iterdir())


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


@needs_real_report
def test_real_report() -> None:
    path = REAL_REPORT
    draft = one(path)
    assert draft.published == NOVEMBER
    assert draft.language == "de"
    assert draft.title == "abu-kamal-2017-11"
    assert draft.text in path.read_bytes().decode()
    assert draft.text.startswith("Einheiten der irakischen Armee")
    assert draft.warnings == ()


@needs_shared
def test_real_json_lines() -> None:
    path = SHARED / "eval" / "fa-kes" / "reports.jsonl"
    drafts = [draft for draft in read(path) if isinstance(draft, Draft)]
    assert len(drafts) == 402
    assert drafts[0].origin == f"{path.resolve()}#1"
    assert drafts[0].published == PartialDate(2017, 4, 5)  # '4/5/17', and its text begins 'Wed 05 Apr 2017'
    assert drafts[0].details["dateline"] == "Wed 05 Apr 2017"
    assert "only the year was kept" in drafts[0].warnings[0]
    assert drafts[1].published == PartialDate(2017, 4, 16)  # '4/16/17'
    assert all(draft.text and draft.title and draft.source for draft in drafts)


words = st.sampled_from(
    ["Abu Kamal", "Abu Kamal", "date", "2017-11", "البوكمال", "城", "😀", "---", "title:", "#", "\r\n", "\n", "\t", " "]
)
texts = st.lists(words | st.text(max_size=8), max_size=30).map("".join)
FEW = settings(max_examples=150, deadline=None)


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
