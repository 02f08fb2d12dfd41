"""Questions to measure with: what is asked, and what is expected of the answer. One JSON object a line.

    {"question": "Who took al-Qaim?", "expected": [{"quote": "Iraqi forces took al-Qaim on Friday, 3 November"}]}
    {"question": "Wer kontrollierte Abu Kamal?", "as_of": "2017-11-10", "expected": [{"report": "1110-kamal.md"}]}
    {"question": "What is the capital of Peru?", "refusal": true}

This module knows the format and what can be told of a line by itself; it knows neither reports nor answers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.dates import PartialDate
from assistant.errors import EvaluationError, QuestionError
from assistant.filter import Filter
from assistant.language import detect_language

__all__ = ["Expected", "Question", "read_questions", "to_lines", "write_questions"]

_SHOWN = 80  # characters of what is wrong


class Expected(BaseModel):
    """Something that answers. With a `quote`, the sentence or sentences of a report that have it; else a whole report.

    `quote` is as the report has it, but for white space. `report` is a report's id, or the name of the file that it
    came from; without it, the quote counts in every report that has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    quote: str = ""
    report: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.quote or self.report):
            raise ValueError("give a quote, a report, or both")
        return self


class Question(BaseModel):
    """A question with its limits, and what is expected of its answer.

    `expected` are the places that answer it: one of them is enough. `refusal` is whether the reports do not say, so
    that declining is right. With neither, only its citations and its time are measured. `expected_date` is the date
    that the answer has to carry (`Answer.as_of`).

    `since` and `as_of` (or `until`, which is the same) limit the reports to those published in that time, and
    `languages`, `sources` and `places` as in `Filter`. `today` is the day on which it is asked, for "last week".

    `language` is that of the question, told from it where it is left out; `kind` is any word to sort figures by;
    `note` is for people. `id` tells questions apart, and finds the same one in another run; left out, it is made of
    what is asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    question: Annotated[str, Field(min_length=1)]
    id: str = ""
    language: str = ""
    kind: str = ""
    expected: tuple[Expected, ...] = ()
    refusal: bool = False
    expected_date: str = ""
    since: str = ""
    as_of: str = ""
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    today: dt.date | None = None
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        given = dict(given)
        if "until" in given:
            if "as_of" in given:
                raise ValueError("as_of and until are the same: give one of them")
            given["as_of"] = given.pop("until")
        text = given.get("question")
        if isinstance(text, str):
            given["language"] = given.get("language") or detect_language(text)
            given["id"] = given.get("id") or _id_of(given)
        return given

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.refusal and self.expected:
            raise ValueError("it expects a refusal and an answer: leave out refusal or expected")
        if self.expected_date and not self.expected:
            raise ValueError("expected_date without expected: say what the answer rests on")
        if self.expected_date:
            PartialDate.parse(self.expected_date)
        try:
            _ = self.among
        except QuestionError as error:
            raise ValueError(str(error).replace("until:", "as_of:").replace("from:", "since:")) from None
        return self

    @property
    def among(self) -> Filter:
        """The reports that the answer may come from."""
        return Filter.told(self.since, self.as_of, self.languages, self.sources, self.places)

    def to_dict(self) -> dict[str, Any]:
        """What makes it, without what is left at its default: a line of the file."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _id_of(given: dict[str, Any]) -> str:
    """An id made of what is asked and of its limits, so that it stays when what is expected is corrected."""
    names = ("question", "since", "as_of", "languages", "sources", "places", "today")
    asked = json.dumps([str(given.get(name) or "") for name in names], ensure_ascii=False)
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:8]


def read_questions(path: Path) -> list[Question]:
    """The questions of a file of JSON lines (UTF-8); empty lines are skipped.

    An EvaluationError names every line that cannot be used, and what is wrong with it.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")  # a quote may have other ends of lines in it
    except OSError as error:
        raise EvaluationError(
            f"{path}: this file cannot be read ({error.strerror}). Name a file of questions."
        ) from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path}: this file is not in UTF-8 (byte {error.start}). Save it in UTF-8.") from error
    questions: list[Question] = []
    at: dict[str, int] = {}
    wrong = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = Question.model_validate_json(line)
        except ValidationError as error:
            wrong += [f"line {number}: {_told(problem)}" for problem in error.errors()]
            continue
        if question.id in at:
            wrong.append(f"line {number}: it has the id {question.id!r} of line {at[question.id]}. Give it another id")
            continue
        at[question.id] = number
        questions.append(question)
    if wrong:
        raise EvaluationError(
            f"{path}: these lines cannot be used. Correct them; docs/evaluation.md has the format.\n" + "\n".join(wrong)
        )
    if not questions:
        raise EvaluationError(
            f"{path}: there is no question in it. Write one a line; docs/evaluation.md has the format."
        )
    return questions


def write_questions(questions: Iterable[Question], path: Path) -> None:
    """Write a file that `read_questions` reads back as the same questions."""
    path.write_text(to_lines(questions), "utf-8")


def to_lines(questions: Iterable[Question]) -> str:
    """What stands in such a file."""
    return "".join(json.dumps(question.to_dict(), ensure_ascii=False) + "\n" for question in questions)


def _told(problem: Any) -> str:
    """What pydantic found wrong, in a line: where, what, and the value."""
    where = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        fields = Question.model_fields if len(problem["loc"]) == 1 else Expected.model_fields
        message = f"there is no such field; there are {', '.join(fields)}"
    value = repr(problem["input"])
    shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return f"{where}: {message} ({shown})" if where else f"{message} ({shown})"
