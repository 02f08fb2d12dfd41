"""The benchmark: its numbers worked out by hand on small files, and a slice of the real data as a guard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from assistant import Settings
from assistant.bench import speed
from assistant.bench.data import (
    Collection,
    collections,
    mixed_xquad,
    numbered,
    paragraphs,
    recombined,
    sentences_of,
    without_number,
    xquad,
)
from assistant.bench.peers import PEERS
from assistant.bench.quality import OURS, READ, measure
from assistant.bench.speed import Piecewise
from assistant.bench.table import quality_table, speed_table
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.errors import SettingsError
from assistant.reader import Reading, Span
from assistant.remembering import Remembering
from tests.command import run
from tests.helpers import SHARED, CountingEmbedder, needs_shared

OTHERS = ("el", "es", "hi", "ro", "th", "tr", "vi", "zh")
# Words of lengths that tell the two paragraphs apart; the answer stands in the second sentence of the first.
PARAGRAPHS = ("Oxen saw.\n\nHe ran to us. It is so far.", "Extraordinary mathematicians.\n\nIncomprehensible.")
FAR = {"id": "far", "question": "ab cd ef far?", "answers": [{"text": "so far", "answer_start": 30}]}
NONE = {"id": "none", "question": "extraordinary mathematicians?", "answers": [{"text": "Oxen", "answer_start": 0}]}


def asked_in(collection: Collection, *languages: str) -> Collection:
    """The same with the questions of these languages alone."""
    return replace(collection, questions={language: collection.questions[language] for language in languages})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All the sets, with two small paragraphs in each."""
    data = {
        "data": [
            {"paragraphs": [{"context": PARAGRAPHS[0], "qas": [FAR, NONE]}, {"context": PARAGRAPHS[1], "qas": []}]}
        ]
    }
    for name in ("xquad", "mlqa-de", "tydiqa", "ntrex"):
        (tmp_path / name).mkdir()
    for language in ("en", "de", "ar", "ru", *OTHERS):
        (tmp_path / "xquad" / f"xquad.{language}.json").write_text(json.dumps(data), "utf-8")
    for language in ("english", "arabic", "russian"):
        (tmp_path / "tydiqa" / f"{language}_tydiqa_dev.json").write_text(json.dumps(data), "utf-8")
    rows = [
        {"context": PARAGRAPHS[n], "question": q["question"], "answers": {"answer_start": [30 - 30 * n], "text": ["x"]}}
        for n, q in enumerate((FAR, NONE))
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "mlqa-de" / "mlqa_de_dev.converted.jsonl").write_text(lines, "utf-8")
    for language in ("src.eng", "ref.deu", "ref.arb", "ref.rus", "ref.ukr"):
        text = "We saw it. He ran.\nExtraordinary mathematicians.\n"
        (tmp_path / "ntrex" / f"newstest2019-{language}.txt").write_text(text, "utf-8")
    return tmp_path


def test_the_numbers_are_those_that_a_reader_works_out(folder: Path) -> None:
    rows = list(measure([xquad(folder / "xquad", "en")], WordLengthEmbedder(), ["LlamaIndex"]))
    assert [(row.system, row.questions) for row in rows] == [
        (system, language) for system in (OURS, "LlamaIndex") for language in ("en", "de", "ar", "ru")
    ]
    ours, plain = rows[0], rows[4]
    assert ours.count == 2
    # "far" finds its paragraph and its sentence first; "none" finds the other paragraph first, and its own second.
    for row in (ours, plain):
        assert row.paragraph["Success@1"] == 1 / 2
        assert row.paragraph["Success@3"] == 1
        assert row.paragraph["RR"] == (1 + 1 / 2) / 2
        assert row.sentence["Success@1"] == 1 / 2
    assert ours.paragraph["nDCG@10"] == pytest.approx((1 + 1 / np.log2(3)) / 2)


@pytest.mark.parametrize("peer", PEERS)
def test_every_peer_finds_what_is_the_same_word_for_word(folder: Path, tmp_path: Path, peer: str) -> None:
    system = PEERS[peer](WordLengthEmbedder(), tmp_path / "peer")
    system.add({"first": "ab cd ef.", "second": "Extraordinary mathematicians.", "third": "Four four."})
    found = system.search("Extraordinary mathematicians.", 3)
    assert max(found, key=found.__getitem__) == "second"
    assert set(found) <= {"first", "second", "third"}


class NotingReader:
    """Finds no answer anywhere, and notes what it was asked."""

    identity = "noting"

    def __init__(self) -> None:
        self.asked = set[str]()

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        self.asked.add(question)
        return [Reading((-9.0,) * len(sentences), (None,) * len(sentences)) for _, sentences in passages]


def test_the_reader_is_asked_what_it_was_not_trained_on_and_nothing_else(folder: Path) -> None:
    paragraphs = [
        {
            "context": f"Article {n}. It is so far.",
            "qas": [{"id": str(n), "question": f"How far {n}?", "answers": [{"text": "so far", "answer_start": 18}]}],
        }
        for n in range(18)
    ]
    for language in ("en", "de", "ar", "ru"):
        data = {"data": [{"paragraphs": [paragraph]} for paragraph in paragraphs]}
        (folder / "xquad" / f"xquad.{language}.json").write_text(json.dumps(data), "utf-8")
    assert not xquad(folder / "xquad", "en", 16).unread
    reader = NotingReader()
    rows = list(measure([xquad(folder / "xquad", "en")], WordLengthEmbedder(), [], reader))
    counted = {(row.system, row.questions): row.count for row in rows}
    for language in ("en", "de", "ar", "ru"):
        assert counted[OURS, language] == 18
        assert counted[OURS, f"{language}, last 2"] == counted[READ, f"{language}, last 2"] == 2
        assert (READ, language) not in counted
    assert reader.asked == {"How far 16?", "How far 17?"}


def test_every_set_is_read(folder: Path) -> None:
    found = {collection.name: collection for collection in collections(folder)}
    assert list(found) == [
        *("xquad, en", "xquad, de", "xquad, ar", "xquad, ru", "xquad, 4 languages", "mlqa, de"),
        *("tydiqa, ar", "tydiqa, ru", "tydiqa, en", "ntrex sentences, en"),
        *(f"xquad, {language}" for language in OTHERS),
    ]
    for collection in found.values():
        ids = {report.id for report in collection.reports}
        assert len(ids) == len(collection.reports) == (1 if "tydiqa" in collection.name else 2)
        for questions in collection.questions.values():
            assert len(questions) == 2
            assert {question.report_id for question in questions} <= ids
    mixed = found["xquad, 4 languages"]
    assert [report.language for report in mixed.reports] == ["en", "de"]
    assert set(found["ntrex sentences, en"].questions) == {"de", "ar", "ru", "uk"}
    assert set(found["xquad, th"].questions) == {"en", "th"}


def test_a_translated_sentence_is_right_wherever_in_its_report(folder: Path) -> None:
    rows = measure(collections(folder, ["ntrex"]), WordLengthEmbedder(), [])
    assert [row.sentence["Success@1"] for row in rows] == [1, 1, 1, 1]


def test_texts_are_embedded_once() -> None:
    counting = CountingEmbedder()
    embedder = Remembering(counting)
    first = embedder.embed_passages(["one", "three", "one"])
    again = embedder.embed_passages(["three", "one"])
    assert counting.texts == 2
    assert np.array_equal(first, np.stack([again[1], again[0], again[1]]))
    assert embedder.embed_queries([]).shape == (0, 12)


def test_a_text_of_known_pieces_is_their_mean_and_any_other_is_embedded() -> None:
    model = WordLengthEmbedder()
    known = dict(zip(("a", "four"), model.embed_passages(["a", "four"]), strict=True))
    both, one, other = Piecewise(model, known).embed_passages(["a\n\nfour", "four", "a\n\nthree"])
    assert both[0] == both[3] == pytest.approx(2**-0.5)
    assert one[3] == 1
    assert other[4] == pytest.approx(2**-0.5)


def test_a_known_piece_with_a_number_lies_near_to_it_and_not_on_it() -> None:
    model = WordLengthEmbedder()
    known = dict(zip(("four",), model.embed_passages(["four"]), strict=True))
    bare, first, second = Piecewise(model, known).embed_passages(["four", "four 1", "four 2"])
    assert 0.98 < bare @ first < 1
    assert not np.array_equal(first, second)
    assert Piecewise(model, known).embed_passages([]).shape == (0, model.dimensions)


def test_large_data_is_of_real_sentences_and_the_same_every_time(folder: Path) -> None:
    reports = recombined(folder, 50, 100)
    real = {report.text[s.start : s.end] for report in paragraphs(folder, 100) for s in sentences_of(report)}
    pieces = [piece for report in reports for piece in report.text.split("\n\n")]
    assert len({report.id for report in reports}) == 10
    for report in reports:
        assert [report.text[s.start : s.end] for s in sentences_of(report)] == report.text.split("\n\n")
    assert {of[0] for of in map(without_number, pieces) if of is not None} <= real
    assert [of[1] for of in map(without_number, pieces) if of is not None] == list(range(50))
    assert reports == recombined(folder, 50, 100)


@given(st.text(), st.integers(0, 10**7))
def test_the_number_of_a_sentence_can_be_told_from_the_rest(sentence: str, number: int) -> None:
    assert without_number(numbered(sentence, number)) == (sentence, number)


def test_speed_is_measured_in_processes_of_their_own(folder: Path, embedder: Embedder) -> None:
    rows = list(speed.measure(folder, [5], Settings.from_environment(), [OURS], questions=10))
    (row,) = rows
    assert (row.system, row.sentences, row.reports) == (OURS, 6, 2)
    assert row.sentences_per_second == pytest.approx(row.sentences / row.seconds)
    assert 0 < row.question.p50 <= row.question.p95
    assert set(row.filtered) == {"one language", "one outlet of twenty"}
    assert row.peak_mb > 100  # a Python with the model in it, whatever the machine
    shown = Console(width=180, record=True, quiet=True)
    shown.print(speed_table(rows))
    shown.print(quality_table(measure([xquad(folder / "xquad", "en")], WordLengthEmbedder(), [])))


def test_a_file_for_the_figures_that_cannot_be_written_is_told_before_the_run(folder: Path, tmp_path: Path) -> None:
    done = run("bench", folder, "--only", "xquad", "--json", tmp_path / "missing" / "file")
    assert (done.returncode, done.stdout) == (1, "")
    assert "this file cannot be written (No such file or directory)" in done.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"xquad\.en\.json"):
        xquad(tmp_path, "de")


def test_a_set_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'xqud'"):
        list(collections(tmp_path, ["xqud"]))


@needs_shared
def test_a_slice_of_xquad_is_found_as_well_as_it_was(embedder: Embedder) -> None:
    slice_ = asked_in(xquad(SHARED / "eval" / "xquad", "de", 3), "en")
    english = {row.system: row for row in measure([slice_], embedder, ["LlamaIndex"])}
    assert english[OURS].paragraph["Success@1"] >= 0.88
    assert english[OURS].sentence["Success@3"] >= 0.80
    assert english[OURS].paragraph["Success@1"] >= english["LlamaIndex"].paragraph["Success@1"]


@needs_shared
def test_a_collection_in_four_languages_is_searched_better_than_by_plain_vectors(embedder: Embedder) -> None:
    mixed = asked_in(mixed_xquad(SHARED / "eval" / "xquad", 2), "en", "ar")
    rows = list(measure([mixed], embedder, ["LlamaIndex"]))
    ours, plain = ([row.paragraph["Success@1"] for row in rows if row.system == name] for name in (OURS, "LlamaIndex"))
    assert sum(ours) / len(ours) >= sum(plain) / len(plain) + 0.1
