"""How sure an answer says it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.abstaining import log_odds
from assistant.confidence import agreement, confidence
from assistant.found import Found, Usual
from assistant.query import understand
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Confidence,
    Hit,
    Passage,
    ScoredSentence,
    Sentence,
)
from assistant.ui.answers import answer_html
from tests.assistant.test_abstaining import TODAY
from tests.helpers import make_report

LEVELS = list(Confidence)


def cited(number: int, text: str, phrase: str = "", *, source: str = "", language: str = "en") -> Citation:
    report = make_report(text, title=f"{number}", source=source or f"Outlet {number}", language=language)
    start = text.find(phrase)
    span = (start, start + len(phrase)) if phrase else None
    return Citation(number, report, 0, len(text), Passage("p", report.id, 0, len(text), 0, 0), phrase=span)


def found(similarity: float) -> Found:
    report = make_report("The army took the town.", title="found")
    sentence = Sentence(report.id, 0, 0, len(report.text))
    hit = Hit(report, Passage("p", report.id, 0, len(report.text), 0, 0), (ScoredSentence(sentence, 0.5),), 0.5)
    vectors = {sentence: np.array([similarity, 0], dtype=np.float32)}
    return Found(
        understand("Who took the town?", None, TODAY),
        np.array([1.0, 0.0], dtype=np.float32),
        (replace(hit, answers=0.9),),
        vectors,
        Usual(mean=0.0, spread=0.1, sentences=100),
    )


def answer(*citations: Citation, caveats: tuple[Caveat, ...] = ()) -> Answer:
    return Answer("Who took the town?", "en", "", citations=citations, caveats=caveats)


PLAIN = cited(1, "The army took the town on Friday.")


@pytest.mark.parametrize(
    ("first", "other", "expected"),
    [
        (("It fell on 9 November.", "9 November", "en"), ("Sie fiel am 9. November.", "9. November", "de"), 1),
        (("The SDF hold it.", "The SDF", "en"), ("It is held by the SDF.", "the SDF", "en"), 1),
        (("It is in al-Mayadin.", "al-Mayadin", "en"), ("وهي في الميادين.", "الميادين", "ar"), 1),
        (("It fell on 9 November.", "9 November", "en"), ("سقطت في 9 تشرين الثاني.", "9 تشرين الثاني", "ar"), 1),
        (("It fell on 9 November.", "9 November", "en"), ("It fell on 9 October.", "9 October", "en"), -1),
        (("It killed 30 men.", "30", "en"), ("It killed 35 men.", "35", "en"), -1),
        (("It fell on 9 November.", "9 November", "en"), ("It fell on 19 November.", "19 November", "en"), -1),
        (("The SDF hold it.", "The SDF", "en"), ("The army holds it.", "The army", "en"), -1),
        (("The SDF hold it.", "The SDF", "en"), ("Nobody holds it.", "", "en"), 0),
        (("The SDF hold it.", "", "en"), ("The army holds it.", "The army", "en"), 0),
    ],
)
def test_sources_agree_whose_phrases_say_the_same(
    first: tuple[str, str, str], other: tuple[str, str, str], expected: int
) -> None:
    pair = [cited(number, text, phrase, language=code) for number, (text, phrase, code) in enumerate((first, other), 1)]
    assert agreement(pair) == expected
    same = [replace(one, report=replace(one.report, source="Outlet")) for one in pair]
    assert agreement(same) == 0, "one source cannot agree with itself"


@settings(deadline=None)
@given(st.floats(-1, 1), st.floats(-1, 1))
def test_what_fits_better_is_never_less_sure(one: float, other: float) -> None:
    worse, better = sorted((found(one), found(other)), key=lambda each: log_odds(each) or 0.0)
    levels = [confidence(each, answer(PLAIN)) for each in (worse, better)]
    assert None not in levels
    ranks = [LEVELS.index(level) for level in levels if level is not None]
    assert ranks == sorted(ranks)


def test_agreement_raises_and_doubt_lowers() -> None:
    first = cited(1, "It fell on 9 November.", "9 November")
    ground = next(
        each for each in map(found, np.linspace(-1, 1, 201)) if confidence(each, answer(first)) is Confidence.MODERATE
    )
    agreeing = cited(2, "Sie fiel am 9. November.", "9. November", language="de")
    other = cited(2, "It fell on 19 November.", "19 November")
    differ = Caveat(CaveatKind.SOURCES_DIFFER, "", (1, 2))
    assert confidence(ground, answer(first, agreeing)) is Confidence.HIGH
    assert confidence(ground, answer(first, other)) is Confidence.LOW
    assert confidence(ground, answer(first, caveats=(differ,))) is Confidence.LOW
    assert confidence(ground, answer(cited(1, "It reportedly fell on 9 November."))) is Confidence.LOW
    denied, corrected = (Caveat(CaveatKind.DENIED, "", numbers) for numbers in ((2,), (1,)))
    elsewhere = cited(2, "The army denied it.")
    assert (
        confidence(ground, answer(first, replace(elsewhere, report=first.report), caveats=(denied,))) is Confidence.LOW
    )
    assert confidence(ground, answer(first, elsewhere, caveats=(denied,))) is Confidence.MODERATE
    planned = Caveat(CaveatKind.PLANNED, "", (1,))
    assert confidence(ground, answer(first, caveats=(planned,))) is Confidence.LOW
    assert confidence(ground, answer(first, caveats=(corrected,))) is Confidence.MODERATE, "it is what was asked for"


def test_a_refusal_is_not_sure_of_anything() -> None:
    assert confidence(found(0.5), answer()) is None


def test_it_is_told_where_it_was_measured(sample: Assistant) -> None:
    said = sample.ask("How many dead had Iranian authorities counted by Monday after the earthquake?")
    assert said.confidence is not None
    assert said.to_dict()["confidence"] == said.confidence.value
    assert f'class="confidence_{said.confidence.value}"' in answer_html(said, 1)
    assert sample.ask("Who won the chess tournament in Oslo?").confidence is None


def test_another_embedding_model_is_not_measured(tiny: Assistant) -> None:
    tiny.ingest([make_report("The army took the town on Friday.")])
    said = tiny.ask("Who took the town?")
    assert said.citations
    assert said.confidence is None
