"""The format of the questions to measure with: read back as written, and every bad line named with what is wrong."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import EvaluationError
from assistant.evaluation.questions import Expected, Question, read_questions, write_questions

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: bool(text.strip())
)
expectations = st.one_of(
    st.builds(Expected, quote=words), st.builds(Expected, report=words), st.builds(Expected, quote=words, report=words)
)
questions = st.builds(
    Question,
    question=words,
    language=st.just("en"),
    kind=words,
    since=st.sampled_from(["", "2017", "2017-11"]),
    as_of=st.sampled_from(["", "2017-11-09"]),
    today=st.none() | st.dates(),
    places=st.lists(words, max_size=2).map(tuple),
    expected=st.lists(expectations, max_size=3).map(tuple),
)


@given(st.lists(questions, min_size=1, max_size=4, unique_by=lambda question: question.id))
@settings(max_examples=60)
def test_questions_are_read_as_they_were_written(tmp_path: Path, asked: list[Question]) -> None:
    path = tmp_path / "questions.jsonl"
    write_questions(asked, path)
    assert read_questions(path) == asked


def test_what_is_left_out_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '\ufeff{"question": "Wer nahm al-Kaim ein?", "until": "2017-11", "today": "2017-12-01"}\r\n\n', "utf-8"
    )
    (question,) = read_questions(path)
    assert (question.language, question.as_of, question.today) == ("de", "2017-11", dt.date(2017, 12, 1))
    assert question.among.until == dt.date(2017, 11, 30)
    assert len(question.id) == 8
    same = Question(question="Wer nahm al-Kaim ein?", as_of="2017-11", today=dt.date(2017, 12, 1), refusal=True)
    assert same.id == question.id  # what is expected is no part of it
    assert Question(question="Wer nahm al-Kaim ein?").id != question.id


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"question": "Who?", ', "line 2: Invalid JSON"),
        ("[1]", "line 2: Input should be an object ([1])"),
        ('{"kind": "fact"}', "line 2: question: Field required"),
        ('{"question": " "}', "line 2: question: String should have at least 1 character"),
        ('{"question": "Who?", "answer": "He"}', "line 2: answer: there is no such field; there are question,"),
        ('{"question": "Who?", "expected": [{"text": "He."}]}', "line 2: expected.0.text: there is no such field"),
        ('{"question": "Who?", "expected": [{}]}', "line 2: expected.0: give a quote, a report, or both"),
        ('{"question": "Who?", "expected": "He."}', "line 2: expected: Input should be a valid array ('He.')"),
        ('{"question": "Who?", "refusal": true, "expected": [{"quote": "He."}]}', "line 2: it expects a refusal and"),
        ('{"question": "Who?", "since": "last week"}', "line 2: since: 'last week' is no date"),
        ('{"question": "Who?", "as_of": "2017-13"}', "line 2: as_of: '2017-13' is no date"),
        ('{"question": "Who?", "as_of": "2017", "until": "2017"}', "line 2: as_of and until are the same"),
        ('{"question": "Who?", "today": "soon"}', "line 2: today: Input should be a valid date"),
        ('{"question": "Who?", "expected_date": "2017"}', "line 2: expected_date without expected"),
        ('{"question": "Is it one?"}', "line 2: it has the id"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_with_its_number_and_what_is_wrong(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f'{{"question": "Is it one?"}}\n{line}\n{{"question": "Is it two?", "x": 1}}\n', "utf-8")
    with pytest.raises(EvaluationError) as raised:
        read_questions(path)
    assert told in str(raised.value)
    assert "line 3: x: there is no such field" in str(raised.value)  # all of them at once
    assert str(path) in str(raised.value)


def test_a_file_that_is_no_file_of_questions_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n \n", "utf-8")
    with pytest.raises(EvaluationError, match="no question"):
        read_questions(tmp_path / "empty.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(json.dumps({"question": "Übergang"}, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(EvaluationError, match="UTF-8"):
        read_questions(tmp_path / "latin.jsonl")
