"""The benchmark: its numbers worked out by hand on a small file, and a slice of the real data as a guard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.bench import mixed_xquad, run, xquad
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.errors import SettingsError
from tests.helpers import SHARED, needs_shared

# Words of lengths that tell the two paragraphs apart; the answer stands in the second sentence of the first.
PARAGRAPHS = ("Oxen saw.\n\nHe ran to us. It is so far.", "Extraordinary mathematicians.\n\nIncomprehensible.")


def write(folder: Path, language: str) -> None:
    questions = [
        {"id": "far", "question": "ab cd ef far?", "answers": [{"text": "so far", "answer_start": 30}]},
        {"id": "none", "question": "extraordinary mathematicians?", "answers": [{"text": "Oxen", "answer_start": 0}]},
    ]
    paragraphs = [{"context": PARAGRAPHS[0], "qas": questions}, {"context": PARAGRAPHS[1], "qas": []}]
    (folder / f"xquad.{language}.json").write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), "utf-8")


def test_the_numbers_are_those_that_a_reader_works_out(tmp_path: Path) -> None:
    for language in ("en", "de", "ar", "ru"):
        write(tmp_path, language)
    (row, *others) = run([xquad(tmp_path, "en")], WordLengthEmbedder())
    assert [other.questions for other in others] == ["de", "ar", "ru"]
    assert row.count == 2
    # "far" finds its paragraph and its sentence first; "none" finds the other paragraph first, and its own second.
    assert row.paragraph["Success@1"] == 1 / 2
    assert row.paragraph["Success@3"] == 1
    assert row.paragraph["RR"] == (1 + 1 / 2) / 2
    assert row.sentence["Success@1"] == 1 / 2
    assert row.plain["Success@1"] == 1 / 2
    assert row.p50_ms > 0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"xquad\.en\.json"):
        xquad(tmp_path, "de")


@needs_shared
def test_a_slice_of_xquad_is_found_as_well_as_it_was(embedder: Embedder) -> None:
    folder = SHARED / "eval" / "xquad"
    rows = {(row.collection, row.questions): row for row in run([xquad(folder, "de", 3)], embedder)}
    english = rows["xquad, paragraphs in de", "en"]
    assert english.paragraph["Success@1"] >= 0.88
    assert english.sentence["Success@3"] >= 0.80
    assert english.paragraph["Success@1"] >= english.plain["Success@1"]


@needs_shared
def test_a_collection_in_four_languages_is_searched_better_than_by_plain_vectors(embedder: Embedder) -> None:
    rows = run([mixed_xquad(SHARED / "eval" / "xquad", 2)], embedder)
    ours = sum(row.paragraph["Success@1"] for row in rows) / len(rows)
    plain = sum(row.plain["Success@1"] for row in rows) / len(rows)
    assert ours >= plain + 0.1
