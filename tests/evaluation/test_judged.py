"""What people said of answers, as questions: `lagebild eval` runs on them, and they expect no more than was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.evaluation.asking import ask_all
from assistant.evaluation.feedback import judged_turns, question_of
from assistant.evaluation.judges import choose_judge
from assistant.evaluation.questions import Question, read_questions, to_lines
from assistant.filter import Filter
from assistant.store import forget
from assistant.turns import Carried, CarriedKind, Feedback, Turn, Verdict, Wish
from tests.helpers import make_report, numbered_report

NOTE = 'as on the map\n"2017"\u2028</script> \u202e'
QUESTION = "Which convoy crossed the river?"
AMONG = Filter.told("2017-11", "2017-11-30", ["en"], ["Levant Desk"])


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(4)])
        yield assistant


def judged(assistant: Assistant, verdict: Verdict, question: str = QUESTION, among: Filter = AMONG) -> Turn:
    """A question in a conversation of its own, whose answer somebody judged."""
    talk = assistant.conversation()
    talk.ask(question, among)
    assistant.conversations().judge(talk.id, 1, Feedback(verdict, NOTE))
    (turn,) = assistant.conversation(talk.id).turns
    return turn


def questions_of(assistant: Assistant) -> list[Question]:
    found = [question_of(conversation, turn) for conversation, turn in judged_turns(assistant)]
    return [question for question in found if question is not None]


def test_a_right_answer_is_expected_again_and_eval_finds_it(assistant: Assistant, tmp_path: Path) -> None:
    turn = judged(assistant, Verdict.RIGHT)
    judged(assistant, Verdict.RIGHT)  # the same question a second time: both are measured
    file = tmp_path / "feedback.jsonl"
    file.write_text(to_lines(questions_of(assistant)), "utf-8")
    first, second = asked = read_questions(file)
    assert first.id != second.id
    assert (first.question, first.among, first.kind, first.note) == (QUESTION, AMONG, "right", NOTE.strip())
    assert [(one.report, one.quote) for one in first.expected] == [
        (citation.report.id, citation.quote) for citation in turn.answer.citations
    ]
    for result in ask_all(assistant, asked, choose_judge("check", assistant)):
        assert (result.values["cited"], result.values["decided right"], result.values["report hit@1"]) == (1, 1, 1)


def test_declining_that_was_right_is_expected_again(assistant: Assistant) -> None:
    turn = judged(assistant, Verdict.RIGHT, among=Filter.told("2031"))
    assert turn.answer.refusal is not None
    (question,) = asked = questions_of(assistant)
    assert (question.refusal, question.expected) == (True, ())
    (result,) = ask_all(assistant, asked, choose_judge("check", assistant))
    assert result.values["declined"] == 1


@pytest.mark.parametrize("verdict", [Verdict.WRONG, Verdict.WRONG_SOURCE])
@pytest.mark.parametrize("among", [AMONG, Filter.told("2031")], ids=["answered", "declined"])
def test_what_was_wrong_says_nothing_of_what_would_be_right(
    assistant: Assistant, verdict: Verdict, among: Filter
) -> None:
    judged(assistant, verdict, among=among)
    (question,) = asked = questions_of(assistant)
    assert (question.kind, question.expected, question.refusal, question.note) == (verdict, (), False, NOTE.strip())
    (result,) = ask_all(assistant, asked, choose_judge("check", assistant))
    assert "decided right" not in result.values


def test_what_is_no_question_by_itself_is_left_out(assistant: Assistant) -> None:
    turn = judged(assistant, Verdict.RIGHT)
    assert question_of("c", turn) is not None
    for wish in (Wish.MORE, Wish.SOURCES, Wish.CONFIRMATION):
        assert question_of("c", replace(turn, understood=replace(turn.understood, wish=wish))) is None
    for among in (Filter(reports=frozenset({"a"})), Filter(without=frozenset({"a"}))):
        assert question_of("c", replace(turn, among=among)) is None
    assert question_of("c", replace(turn, feedback=None)) is None


def test_a_follow_up_stands_alone_and_is_asked_on_its_day(assistant: Assistant) -> None:
    turn = judged(assistant, Verdict.RIGHT, among=Filter())
    carried = (Carried(CarriedKind.SUBJECT, "which convoy crossed"),)
    understood = replace(turn.understood, question="Which convoy crossed the old bridge?", carried=carried)
    asked = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
    question = question_of("c", replace(turn, question="And the old bridge?", understood=understood, asked=asked))
    assert question is not None
    assert (question.question, question.today) == ("Which convoy crossed the old bridge?", dt.date(2026, 3, 4))


def test_what_it_cited_and_is_gone_is_not_expected(assistant: Assistant) -> None:
    assistant.ingest([make_report("Unheardofia fell.")])
    turn = judged(assistant, Verdict.RIGHT)
    cited = {citation.report.id for citation in turn.answer.citations}
    forget(assistant.settings.data, cited)
    (question,) = asked = questions_of(assistant)
    assert (question.expected, question.refusal, question.kind) == ((), False, "right")
    assert "decided right" not in next(ask_all(assistant, asked, choose_judge("check", assistant))).values
