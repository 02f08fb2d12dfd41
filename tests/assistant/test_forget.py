"""Forgetting: not a word of a forgotten report is in any file; everything else is still there."""

from __future__ import annotations

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import IndexLockedError
from assistant.records import Report
from assistant.store import Catalog, delete_conversations, forget, verify, writer_lock
from assistant.store.forget import unfinished
from tests.helpers import make_report, numbered_report

SECRET = make_report(
    "Zanzibarbaria fell on Thursday. Colonel Xylophonescu fled across the river, people said.",
    title="Quagmirestan",
    source="Whistleblowerblatt",
    url="https://example.org/unmistakable",
)
WORDS = ("zanzibarbaria", "xylophonescu", "quagmirestan", "whistleblowerblatt", "unmistakable", SECRET.text[:30])


def traces(data: Path, words: tuple[str, ...] = WORDS) -> list[str]:
    """Where one of the words is in the bytes of a file, in any case and in UTF-8 or UTF-16."""
    found = []
    for path in sorted(data.rglob("*")):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [
                f"{word} in {path.relative_to(data)}"
                for word in words
                for encoded in (word.lower().encode(), word.lower().encode("utf-16-le"))
                if encoded in content
            ]
    return found


def vectors_of(report: Report) -> list[bytes]:
    embedded = WordLengthEmbedder().embed_passages([report.text, *re.findall(r"\S[^.]*\.", report.text)])
    return [vector.astype("<f4").tobytes() for vector in embedded]


def filled(data: Path, extra: int) -> Path:
    """The secret among others, taken in together and one by one, and replaced, so that it is in many places."""
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([SECRET, *(numbered_report(number) for number in range(extra))])
        for number in range(extra, extra + 3):
            assistant.ingest([numbered_report(number)])
    return data


@pytest.mark.parametrize("extra", [1, 40])
def test_no_byte_of_a_forgotten_report_is_left(tmp_path: Path, extra: int) -> None:
    data = filled(tmp_path / "data", extra)
    assert len({trace.split(" in ")[0] for trace in traces(data)}) == len(WORDS)
    with Catalog(data / "catalog.sqlite") as reader:  # stays open, as a server's does
        assert reader.counts().reports == extra + 4
        assert forget(data, [SECRET.id]) == [f"memory:{SECRET.id}"]
        assert traces(data) == []
        assert reader.counts().reports == extra + 3
    others = {vector for number in range(extra + 3) for vector in vectors_of(numbered_report(number))}
    for path in data.rglob("*"):
        if path.is_file():
            assert not any(v in path.read_bytes() for v in vectors_of(SECRET) if v not in others), path
    assert verify(data).problems == ()
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assert len({hit.report.id for hit in assistant.retrieve("Who fled Zanzibarbaria?", 500)}) == extra + 3


def test_the_log_of_a_writer_that_was_killed_is_emptied_too(tmp_path: Path) -> None:
    data = filled(tmp_path / "data", 2)
    with Catalog(data / "catalog.sqlite") as catalog:  # while it is open, what is written stays in the log
        catalog.remove_origin(f"memory:{SECRET.id}")
        log = (data / "catalog.sqlite-wal").read_bytes()
        copy = Path(shutil.copytree(data, tmp_path / "copy"))
    assert log
    assert traces(copy) != []
    forget(copy, [numbered_report(0).id])
    assert traces(copy) == []


def test_what_was_stopped_is_finished_by_the_next_one(tmp_path: Path) -> None:
    data = filled(tmp_path / "data", 5)
    with Catalog(data / "catalog.sqlite") as catalog:
        (data / "forgetting").touch()
        catalog.remove_reports([SECRET.id])  # and here it was killed
    assert traces(data) != []
    assert "lagebild forget" in verify(data).steps
    assert forget(data, []) == []
    assert traces(data) == []
    assert verify(data).problems == ()
    assert unfinished(data) == []


def test_what_a_killed_restoring_or_a_damaged_catalog_left_behind_is_forgotten_too(tmp_path: Path) -> None:
    data = filled(tmp_path / "data", 3)
    for left in (".lagebild-0123/catalog.sqlite", "damaged-catalog.sqlite", "damaged-catalog.sqlite-wal"):
        (data / left).parent.mkdir(exist_ok=True)
        (data / left).write_text(SECRET.text, "utf-8")
    forget(data, [SECRET.id])
    assert traces(data) == []
    assert verify(data).problems == ()


def test_conversations_deleted_at_the_same_time_are_all_gone(tmp_path: Path) -> None:
    data = filled(tmp_path / "data", 2)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda number: delete_conversations(data, [f"unknown {number}"]), range(4)))
    assert counts == [0] * 4
    assert unfinished(data) == []


def test_a_deletion_that_finds_another_at_work_is_finished_by_the_next_forgetting(tmp_path: Path) -> None:
    data = filled(tmp_path / "data", 2)
    with writer_lock(data, "a test"), pytest.raises(IndexLockedError, match="lagebild forget"):
        delete_conversations(data, ["unknown"])
    assert "lagebild forget" in verify(data).steps
    forget(data, [])
    assert verify(data).problems == ()


def test_a_report_with_several_origins_goes_with_all_of_them(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(" date 2017-11-09 Zanzibarbaria fell. It was quiet.", "utf-8")
    data = tmp_path / "data"
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([tmp_path / "a.txt"])
        assistant.ingest([tmp_path / "b.txt"])
        assistant.ingest([numbered_report(1)])
    with Catalog(data / "catalog.sqlite") as catalog:
        ids = [report.id for report in catalog.reports().values() if "Zanzibarbaria" in report.text]
    assert forget(data, ids) == sorted(str((tmp_path / name).resolve()) for name in ("a.txt", "b.txt"))
    assert traces(data) == []


def test_a_forgotten_report_comes_back_with_its_file_although_that_has_not_changed(tmp_path: Path) -> None:
    file, data = tmp_path / "a.jsonl", tmp_path / "data"
    file.write_text('{"text": "One convoy. It left."}\n{"text": "Another convoy. It stayed."}\n', "utf-8")
    os.utime(file, (1, 1))
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([file])
        with Catalog(data / "catalog.sqlite") as catalog:
            forget(data, catalog.report_ids()[:1])
        result = assistant.ingest([file])
    assert (len(result.added), len(result.unchanged)) == (1, 1)


def test_unknown_ids_change_nothing(tmp_path: Path) -> None:
    data = filled(tmp_path / "data", 1)
    assert forget(data, []) == []
    assert forget(data, ["0123456789abcdef"]) == []
    assert verify(data).counts.reports == 5
