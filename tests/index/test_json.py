"""JSON and JSON lines: a record, its names, and bad lines beside good ones."""

from __future__ import annotations

import codecs
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.embedding import WordLengthEmbedder
from assistant.errors import ReportError
from assistant.plain_data import report_to_export
from assistant.records import Report
from index.build import ingest
from index.readers import Draft, read
from tests.index.reading import DAY, NOVEMBER, SENTENCES, one, put, refusal

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
        first, second = read(put(tmp_path, "a.json", f'[{deep}, {{"text": "W."}}]'))
        assert isinstance(first, Draft) or "nested too deeply" in first.reason
        assert isinstance(second, Draft)
        assert second.text == "W."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    draft = one(put(tmp_path, "a.jsonl", json.dumps({"text": SENTENCES["ar"]}, ensure_ascii=False).encode(encoding)))
    assert draft.text == SENTENCES["ar"]
    assert draft.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_json_lines_of_any_unicode_with_a_mark(tmp_path: Path, encoding: str) -> None:
    lines = [
        json.dumps({"text": text}, ensure_ascii=False) for text in (SENTENCES["ar"], "\u0a0a \u0d0d", SENTENCES["zh"])
    ]
    path = put(tmp_path, "a.jsonl", f"\ufeff{lines[0]}\r\n\n{lines[1]}\n{{broken\n{lines[2]}\n".encode(encoding))
    found = list(read(path))
    assert [item.text for item in found if isinstance(item, Draft)] == [
        SENTENCES["ar"],
        "\u0a0a \u0d0d",
        SENTENCES["zh"],
    ]
    assert {item.encoding for item in found if isinstance(item, Draft)} == {encoding}
    assert [item.origin.rpartition("#")[2] for item in found] == ["1", "3", "4", "5"]


def test_json_text_that_cannot_be_stored(tmp_path: Path) -> None:
    draft = one(
        put(tmp_path, "a.jsonl", r'{"text": "a\u0000b\ud800c\ud83d\ude00", "title": "\udfffT", "source": "\u0000"}')
    )
    assert (draft.text, draft.title, draft.source) == ("a\ufffdb\ufffdc\U0001f600", "\ufffdT", "\ufffd")


def test_json_address_that_is_left_out(tmp_path: Path) -> None:
    draft = one(put(tmp_path, "a.jsonl", '{"text": "W.", "url": "javascript:alert(1)"}'))
    assert draft.url is None
    assert "'javascript:alert(1)'" in draft.warnings[0]


@pytest.mark.parametrize("where", ["text", "title", "source", "details"])
def test_an_exported_line_with_half_a_character_is_refused_and_the_others_come_in(tmp_path: Path, where: str) -> None:
    half: dict[str, Any] = {"details": {"author": "\ud800"}} if where == "details" else {where: "half: \ud800"}
    values: dict[str, Any] = {"text": "The army took it.", "title": "T"} | half
    exported = report_to_export(Report.make(values.pop("text"), title=values.pop("title"), **values))
    path = put(tmp_path, "a.jsonl", f'{json.dumps(exported)}\n{{"text": "Nobody confirmed it."}}\n')
    for _ in range(2):
        result = ingest([path], tmp_path / "data", WordLengthEmbedder)
        (refused,) = result.refused
        assert refused.origin.endswith("a.jsonl#1")
        assert "half a character" in refused.reason
        assert [origin[-2:] for origin in result.added + result.unchanged] == ["#2"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_key_that_no_store_can_keep_is_refused_and_the_others_come_in(tmp_path: Path, name: str) -> None:
    records = [r'{"id": "\ud83d", "text": "A."}', r'{"id": "\u0000", "text": "B."}', '{"id": "x", "text": "C."}']
    content = "\n".join(records) if name == "a.jsonl" else f"[{','.join(records)}]"
    folder = tmp_path / "reports"
    folder.mkdir()
    path = put(folder, name, content)
    put(folder, f"{name}.toml", 'text = "text"\nkey = "id"')
    for _ in range(2):
        result = ingest([folder], tmp_path / "data", WordLengthEmbedder)
        (refused,) = result.refused
        assert refused.origin == f"{path.resolve()}#1"
        assert r"its key '\ud83d'" in refused.reason
        assert [origin.rpartition("#")[2] for origin in result.added + result.unchanged] == ["\ufffd", "x"]
