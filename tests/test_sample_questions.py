"""The sample questions over the sample reports: a floor under what is cited and what is declined."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant import Answer, Assistant
from assistant.evaluation.places import find_places
from assistant.evaluation.questions import read_questions
from assistant.records import Refusal
from tests.helpers import QUESTIONS

ASKED = read_questions(QUESTIONS)
ANSWERABLE = [question for question in ASKED if question.expected]
UNANSWERABLE = [question for question in ASKED if question.refusal]


@pytest.fixture(scope="module")
def answers(sample: Assistant) -> dict[str, Answer]:
    return {question.id: sample.ask(question.question, question.among, question.today) for question in ASKED}


def test_there_are_questions_of_every_kind_in_every_language(sample: Assistant) -> None:
    assert Counter(question.language for question in ASKED) == {"en": 32, "de": 32, "ar": 32}
    assert len(ANSWERABLE) + len(UNANSWERABLE) == len(ASKED)
    assert len(UNANSWERABLE) * 4 == len(ASKED)
    assert sum(question.kind == "time" for question in ASKED) * 4 == len(ASKED)
    assert find_places(sample, ASKED).keys() == {question.id for question in ASKED}  # every quote is in a report


def test_most_answerable_questions_cite_an_expected_sentence(sample: Assistant, answers: dict[str, Answer]) -> None:
    places = find_places(sample, ANSWERABLE)
    missed = [
        question.id
        for question in ANSWERABLE
        if not any(
            place.has(citation.report, (), citation.start, citation.end)
            for place in places[question.id]
            for citation in answers[question.id].citations
        )
    ]
    assert len(ANSWERABLE) - len(missed) >= 45, missed


def test_most_unanswerable_questions_are_declined(answers: dict[str, Answer]) -> None:
    answered = [q.id for q in UNANSWERABLE if answers[q.id].refusal is not Refusal.NOT_IN_REPORTS]
    assert len(UNANSWERABLE) - len(answered) >= 11, answered


@pytest.mark.parametrize("question_id", ["en-13", "de-13", "ar-13"])
def test_the_capital_of_a_far_country_is_declined_with_nearest_passages(
    answers: dict[str, Answer], question_id: str
) -> None:
    answer = answers[question_id]
    assert answer.refusal is Refusal.NOT_IN_REPORTS
    assert answer.citations == ()
    assert answer.hits
    assert answer.language == question_id[:2]
