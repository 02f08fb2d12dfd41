"""What people say of answers at the REST door: said, taken back, and given as questions to measure with.

Knows HTTP, and the shapes that the door takes and gives for it; knows nothing of what a verdict supports (evaluation).
"""

from __future__ import annotations

from typing import Annotated, Any

import fastapi
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from assistant.assistant import Assistant
from assistant.evaluation.feedback import judged_turns, question_of
from assistant.rest_models import Given
from assistant.rest_routes import Route, problems
from assistant.turns import MAX_NOTE, Feedback, Verdict

__all__ = ["Judged", "feedback_routes"]

Number = Annotated[int, fastapi.Path(ge=1, le=1_000_000, description="The question, counted from 1.")]


class Judged(Given):
    """What somebody said of an answer."""

    verdict: str
    note: str


class Questions(Given):
    """What was said of answers, as questions for `lagebild eval`: each is a line of its file."""

    questions: list[dict[str, Any]]


class Judging(BaseModel):
    """What is said of an answer. `wrong_source`: what it says may hold, but not by what it cites."""

    model_config = ConfigDict(extra="forbid")

    verdict: Annotated[Verdict, Field(examples=["right"])]
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""


def feedback_routes(assistant: Assistant) -> tuple[Route, ...]:
    """The routes of what is said of answers."""

    def keep(conversation: str, number: int, said: Feedback | None) -> None:
        if assistant.settings.read_only:
            raise fastapi.HTTPException(403, "This server is read-only: nothing is said of answers here.")
        assistant.conversations().judge(conversation, number, said)

    def judge(conversation: str, number: Number, judging: Judging) -> dict[str, str]:
        """Say of an answer that it is right or wrong, or that it cites a wrong source."""
        said = Feedback(judging.verdict, judging.note)
        keep(conversation, number, said)
        return said.to_dict()

    def take_back(conversation: str, number: Number) -> Response:
        """Take back what was said of an answer."""
        keep(conversation, number, None)
        return Response(status_code=204)

    def questions() -> dict[str, Any]:
        """What was said of answers, as questions to measure with, where they are questions by themselves."""
        found = (question_of(conversation, turn) for conversation, turn in judged_turns(assistant))
        return {"questions": [question.to_dict() for question in found if question is not None]}

    one = "/conversations/{conversation}/turns/{number}/feedback"
    return (
        (one, "PUT", judge, {"response_model": Judged, "responses": problems(403, 404)}),
        (one, "DELETE", take_back, {"status_code": 204, "responses": problems(403, 404)}),
        ("/feedback", "GET", questions, {"response_model": Questions}),
    )
