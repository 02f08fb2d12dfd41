"""Sentences: every character in exactly one, and none cut where a reader would not."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.sentences import split_sentences
from index.readers import Draft, read
from tests.helpers import EXAMPLES, LANGUAGES, REAL_REPORT, hard_texts, needs_real_report
from tests.reliability.conftest import runs


def split(text: str, language: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences("r", text, language)]


@given(hard_texts, st.sampled_from(LANGUAGES))
@settings(max_examples=runs(400, 5_000), deadline=None)
@example("12 killed. 12 killed. 12 killed.", "en")
@example("Wait... what?... Yes…", "en")
@example("One.\r\n\r\nTwo.\tThree.\u00a0Four.", "en")
@example("\u200b\n\n\u200b", "en")
@example("A\u2029. \nกองทัพถอย́", "tr")
@example("A\xa0.\uf527. ", "ru")
@example("x" * 1_000_000, "en")
@example("词" * 1_000_000, "zh")
def test_row_09_every_character_that_is_no_space_lies_in_exactly_one_sentence(text: str, language: str) -> None:
    sentences = split_sentences("r", text, language)
    at = 0
    for number, sentence in enumerate(sentences):
        assert (sentence.report_id, sentence.number) == ("r", number)
        assert not text[at : sentence.start].strip()
        assert sentence.start >= at
        quote = text[sentence.start : sentence.end]
        assert quote
        assert quote == quote.strip()
        at = sentence.end
    assert not text[at:].strip()


@given(hard_texts, st.sampled_from(LANGUAGES))
@settings(max_examples=100, deadline=None)
def test_a_sentence_never_crosses_a_blank_line_nor_grows_without_end(text: str, language: str) -> None:
    for quote in split(text, language):
        assert "\n\n" not in quote
        assert len(quote) <= 1_000


@pytest.mark.parametrize("filler", [" ", "\r", "\t", "\u00a0", "\n", " \n", "Gen. ", "a. ", ".", '"'])
def test_a_long_run_of_anything_takes_time_in_proportion(filler: str) -> None:
    text = "Start" + filler * (200_000 // len(filler)) + "end."
    started = time.perf_counter()
    split_sentences("r", text, "en")
    assert time.perf_counter() - started < 5  # measured: below 0.1 s; a quadratic rule takes minutes


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["Es gab Fälle, wo z.B. irakische Luftstreitkräfte IS-Ziele bombardierten.", "Das war so."]),
        ("de", ["Der Irak bzw. al-Qaim ist nicht gesichert.", "Die Grenze bleibt zu."]),
        ("de", ["Die Armee bzw. Teile von ihr zogen ab.", "Andere blieben."]),
        ("de", ["Die Kooperation zwischen den Ländern bzw. Armeen ist kein Geheimnis.", "Sie ist alt."]),
        ("de", ["Das geschah am 9. November.", "Dann kam es anders."]),
        ("de", ["Die 4. Division rückte vor.", "Sie hielt an."]),
        ("de", ["Zweimal, am 9. und am 19. November, fiel die Stadt.", "So hieß es."]),
        ("de", ["Er sagte: „Wir gehen.“", "Dann ging er."]),
        ("en", ["The U.S. Air Force struck the convoy.", "It left."]),
        ("en", ["The U.S. said so.", "Others did not."]),
        ("en", ["A spokesman, Gen. Yahya Rasool, announced it.", "He left."]),
        ("en", ["A Lt. Gen. in the joint command said so.", "He gave no name."]),
        ("en", ["J. R. Smith reported it.", "He was there."]),
        ("en", ["They moved 3.5 km.", "Then they stopped."]),
        ("en", ["“We hold it.”", "Then he hung up."]),
        ("en", ['He said "We hold it."', "Then he hung up."]),
        ("en", ["Wait...", "Really?", "Yes!"]),
        ("ar", ["وصل د. أحمد إلى المدينة.", "ثم غادر."]),
        ("ar", ["هل سقطت المدينة؟", "لم يتأكد ذلك."]),
        ("ru", ["Это было в 2017 г. в Сирии.", "Потом ушли."]),
        ("ru", ["Колонна дошла до р. Евфрат.", "Потом ушли."]),
        ("fr", ["M. Macron a parlé.", "Il est parti."]),
        ("zh", ["军队占领了城市。", "部队撤退了！"]),
        ("zh", ["军队占领了城市。", "12人死亡。", "ISIS被击败。"]),
        ("ja", ["軍は町を占領した。", "12人が死亡した。"]),
        ("ja", ["彼は「行く。3時に行く。」"]),
        ("km", ["កងទ័ពបានចូលទីក្រុង។", "មនុស្ស១២នាក់បានស្លាប់។"]),
        ("en", ["12 killed.", "12 killed.", "12 killed."]),
        ("xx", ["A language without rules is split like English.", "It works."]),
        ("und", ["So is one that nobody could tell.", "It works."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, expected: list[str]) -> None:
    joint = "" if language in {"zh", "ja"} else " "
    assert split(joint.join(expected), language) == expected


def test_paragraphs_end_sentences_that_have_no_full_stop() -> None:
    assert split("A heading\n\nThe text begins.", "en") == ["A heading", "The text begins."]
    assert split("A heading\r\n\r\nThe text begins.", "en") == ["A heading", "The text begins."]
    assert split("A heading\n \t \nThe text begins.", "en") == ["A heading", "The text begins."]


def test_a_text_without_anything_to_read_has_no_sentences() -> None:
    assert split("", "en") == []
    assert split(" \n\t\u00a0\r\n\n", "de") == []


def test_an_endless_sentence_is_cut_at_a_space() -> None:
    text = "wort " * 1_000
    pieces = split(text, "de")
    assert len(pieces) > 1
    assert all(set(piece.split()) == {"wort"} for piece in pieces)


@needs_real_report
def test_the_real_report_has_its_thirteen_sentences() -> None:
    (draft,) = read(REAL_REPORT)
    assert isinstance(draft, Draft)
    sentences = split(draft.text, "de")
    beginnings = [
        *("Einheiten der irakischen Armee", "Dabei kooperieren sie", "Den bisherigen, unbestätigten Angaben"),
        *("Damit rückt die Stadt", "Der irakische Fernsehsender", "Außerdem gab es Bilder", "Ein Pressesprecher"),
        *("Der britisch-irakischen Zeitung", "Die Kooperation zwischen", "Bereits in der Vergangenheit"),
        *("In Bagdad existiert", "Dies geschieht unter", "Denn diese Operation bedroht"),
    ]
    assert len(sentences) == len(beginnings) == 13
    assert all(s.startswith(b) for s, b in zip(sentences, beginnings, strict=True))
    assert all(s.endswith(".") for s in sentences)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_no_sentence_of_the_examples_begins_in_the_middle_of_one(path: str) -> None:
    from pathlib import Path

    (draft,) = read(Path(path))
    assert isinstance(draft, Draft)
    assert draft.language is not None
    for quote in split(draft.text, draft.language):
        assert not quote[0].islower()
        assert quote[0] not in ".,;:)]»”"
        assert quote[-1] in '.?!؟»”“"', quote
        assert len(quote.split()) >= 3, quote
