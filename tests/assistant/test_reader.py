"""Reading: windows and spans of the real reader, its file and its errors, and any other cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from assistant.errors import ModelError
from assistant.reader import CrossEncoderReader, Reader, Reading, Span, load_reader
from assistant.reader_onnx import READER, build_reader
from assistant.sentences import split_sentences
from assistant.settings import EMBEDDED_READER, Settings
from tests.helpers import hard_texts, make_cross_encoder

QUESTION = "When did the army enter the town of Harim?"
ANSWER = "The army entered Harim on 4 March 2015, after a siege of three weeks."
BESIDE = "Olives are pressed in the villages around it. The harvest was poor that year."


@pytest.fixture(scope="module")
def reader() -> Reader:
    found = load_reader(replace(Settings.from_environment(), reader=EMBEDDED_READER))
    assert found is not None
    return found


def passage(text: str) -> tuple[str, list[Span]]:
    return text, [(sentence.start, sentence.end) for sentence in split_sentences("", text, "en")]


def best(reading: Reading) -> int:
    return max(range(len(reading.support)), key=reading.support.__getitem__)


def test_the_sentence_that_answers_is_found_and_its_phrase_is_the_answer(reader: Reader) -> None:
    text, sentences = passage(f"{BESIDE} {ANSWER}")
    (reading,) = reader.read(QUESTION, [(text, sentences)])
    assert best(reading) == 2
    found = reading.phrases[2]
    assert found is not None
    assert "4 March 2015" in text[slice(*found[0])]


def test_a_passage_that_answers_is_likelier_to_than_one_that_does_not(reader: Reader) -> None:
    with_answer, without = reader.read(QUESTION, [passage(f"{BESIDE} {ANSWER}"), passage(BESIDE)])
    assert with_answer.answers is not None
    assert without.answers is not None
    assert with_answer.answers > without.answers


def test_a_question_in_another_language_finds_the_sentence(reader: Reader) -> None:
    for question in ("Wann rückte die Armee in Harim ein?", "متى دخل الجيش حارم؟", "Когда армия вошла в Харим?"):
        (reading,) = reader.read(question, [passage(f"{BESIDE} {ANSWER}")])
        assert best(reading) == 2, question


@given(text=hard_texts, question=hard_texts)
@example(text="conflict" * 130, question="a")  # it is cut after 1,000 characters, within a word
@example(text="0" * 2_000, question="a")
@example(text="\x7f", question="a")  # nothing that the vocabulary knows
@settings(max_examples=40, deadline=None)
def test_every_sentence_has_a_score_and_its_phrase_lies_inside(reader: Reader, text: str, question: str) -> None:
    _, sentences = passage(text)
    (reading,) = reader.read(question, [(text, sentences)])
    assert len(reading.support) == len(reading.phrases) == len(sentences)
    for (start, end), found in zip(sentences, reading.phrases, strict=True):
        if found is not None:
            assert start <= found[0][0] <= found[0][1] <= end
            assert found[1] <= 0


def test_a_long_passage_is_read_in_windows_to_its_end(reader: Reader) -> None:
    text, sentences = passage(" ".join([BESIDE] * 40 + [ANSWER]))
    (reading,) = reader.read(QUESTION, [(text, sentences)])
    assert best(reading) == len(sentences) - 1


def test_a_sentence_longer_than_any_window_is_read_as_far_as_one_goes(reader: Reader) -> None:
    text = "word " * 3_000
    (reading,) = reader.read(QUESTION, [(text, [(0, len(text) - 1)])])
    assert len(reading.support) == 1


def test_nothing_to_read_gives_nothing(reader: Reader) -> None:
    assert reader.read(QUESTION, []) == []
    assert reader.read(QUESTION, [("", [])])[0].support == ()


def test_a_file_that_is_damaged_or_absent_is_told(tmp_path: Path) -> None:
    damaged = replace(READER, path=tmp_path / "damaged.npz")
    damaged.path.write_bytes(READER.path.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"damaged\.npz: the reader's.*hash.*reader off"):
        build_reader(tmp_path / "cache", damaged)
    with pytest.raises(ModelError, match="cannot be read"):
        build_reader(tmp_path / "cache", replace(READER, path=tmp_path / "absent.npz"))
    assert not list((tmp_path / "cache").rglob("*.onnx"))


def test_what_ships_is_small() -> None:
    assert READER.path.stat().st_size < 20_000_000


def test_no_reader_is_named_by_nothing() -> None:
    assert load_reader(replace(Settings.from_environment(), reader="")) is None


# -- any other cross-encoder


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny untrained cross-encoder that gives one number."""
    return make_cross_encoder(tmp_path_factory.mktemp("cross-encoder"), ["answers"])


def test_any_cross_encoder_can_be_named(cross_encoder: Path) -> None:
    other = load_reader(replace(Settings.from_environment(), reader=str(cross_encoder)))
    assert isinstance(other, CrossEncoderReader)
    passages: Sequence[tuple[str, list[Span]]] = [passage(BESIDE), passage(ANSWER), ("", [])]
    readings = other.read(QUESTION, passages)
    assert [len(reading.support) for reading in readings] == [2, 1, 0]
    assert all(reading.answers is None and set(reading.phrases) <= {None} for reading in readings)


def test_a_name_that_is_no_cross_encoder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot load"):
        load_reader(replace(Settings.from_environment(), reader=str(tmp_path / "nothing")))
