"""Conversations at the REST door: begun, gone on with, listed, read, renamed, exported, deleted for good.

Knows HTTP, and the shapes that the door takes and gives for them; knows nothing of how a follow-up is understood.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any, Literal

import fastapi
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.events import Event, events
from assistant.rest_examples import MARKDOWN
from assistant.rest_feedback import Judged
from assistant.rest_models import SOMETHING, Answered, Asked, Given, ReportAbout
from assistant.rest_routes import Route, problems, streaming
from assistant.store import delete_conversations
from assistant.streaming import streamed
from assistant.transcript import read, to_dict, to_markdown

__all__ = ["conversation_routes"]


class About(Given):
    """A conversation, as a list of them shows it; `started` is in UTC."""

    id: str
    title: str
    started: str
    turns: int


class Listed(Given):
    """Conversations, the newest first."""

    conversations: list[About]


class CarriedOver(Given):
    """What a question takes over from the one before, in the words in which it was asked there."""

    kind: str
    text: str


class Understanding(Given):
    """A question as it was understood: it stands alone. `wish` is what it wants of the conversation."""

    question: str
    wish: str
    carried: list[CarriedOver]


class LostCitation(Given):
    """A citation whose report is there no more; `quote` and `report` are null where it was forgotten."""

    number: int
    quote: str | None
    report: ReportAbout | None


class Turned(Given):
    """A question, how it was understood, and its answer. `resolved` is the question so that it stands alone, null where
    it did. `lost` are citations of reports that are there no more; `feedback` is null where nobody said anything of the
    answer."""

    number: int
    question: str
    asked: str
    resolved: str | None
    understood: Understanding
    answer: Answered
    lost: list[LostCitation]
    feedback: Judged | None


class Told(Turned):
    """The same, with the id of its conversation; `kept` is whether that is kept."""

    conversation: str
    kept: bool


class Whole(Given):
    """A conversation with its turns."""

    id: str
    title: str
    turns: list[Turned]


class Titled(BaseModel):
    """Another title."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(pattern=SOMETHING, max_length=500, examples=["Abu Kamal, November"])]


def conversation_routes(assistant: Assistant) -> tuple[Route, ...]:
    """The routes of conversations."""

    def known(conversation: str) -> Conversation:
        assistant.conversations().summary(conversation)
        return assistant.conversation(conversation)

    def told_in(conversation: Conversation, asked: Asked) -> Generator[Event]:
        for name, data in events(conversation.ask_stream(asked.question, asked.among())):
            about = {"conversation": conversation.id, "kept": conversation.kept} if name == "turn" else {}
            yield name, data | about

    def asked_in(conversation: Conversation, asked: Asked) -> dict[str, Any]:
        *_, (_, turn) = told_in(conversation, asked)
        return turn

    def listed() -> dict[str, Any]:
        """The conversations that are kept, the newest first."""
        return {"conversations": [one.to_dict() for one in assistant.conversations().summaries()]}

    def begin(asked: Asked) -> dict[str, Any]:
        """Begin a conversation with a question."""
        return asked_in(assistant.conversation(), asked)

    def begin_streaming(asked: Asked) -> StreamingResponse:
        """The same as events (see /ask/stream), of which the last is `turn`."""
        return streamed(told_in(assistant.conversation(), asked))

    def go_on(conversation: str, asked: Asked) -> dict[str, Any]:
        """Ask within a conversation: a question may lean on the ones before."""
        return asked_in(known(conversation), asked)

    def go_on_streaming(conversation: str, asked: Asked) -> StreamingResponse:
        """The same as events (see /ask/stream), of which the last is `turn`."""
        return streamed(told_in(known(conversation), asked))

    def whole(conversation: str) -> dict[str, Any]:
        """A conversation with all of its turns, and the reports that there are now."""
        return to_dict(conversation, *read(assistant, conversation))

    def rename(conversation: str, titled: Titled) -> dict[str, Any]:
        """Give a conversation another title; the first is its first question."""
        kept = assistant.conversations()
        kept.rename(conversation, titled.title)
        return kept.summary(conversation).to_dict()

    def export(
        conversation: str,
        form: Annotated[Literal["md", "json"], fastapi.Query(alias="format", description="Markdown or JSON.")] = "md",
    ) -> Response:
        """A conversation as a file, each quotation with its source, date and address."""
        title, turns = read(assistant, conversation)
        file = {"Content-Disposition": f'attachment; filename="conversation.{form}"'}
        if form == "json":
            return JSONResponse(to_dict(conversation, title, turns), headers=file)
        return Response(to_markdown(title, turns), media_type="text/markdown; charset=utf-8", headers=file)

    def delete(conversation: str) -> Response:
        """Delete a conversation for good: no byte of it stays in the data folder."""
        found = assistant.conversations().summary(conversation)
        delete_conversations(assistant.settings.data, [found.id])
        return Response(status_code=204)

    one = "/conversations/{conversation}"
    shown = {"schema": {"type": "string"}, "example": MARKDOWN}
    files = {200: {"content": {"text/markdown": shown, "application/json": {}}}}
    return (
        ("/conversations", "GET", listed, {"response_model": Listed}),
        ("/conversations", "POST", begin, {"response_model": Told, "status_code": 201}),
        ("/conversations/stream", "POST", begin_streaming, streaming()),
        (one, "GET", whole, {"response_model": Whole, "responses": problems(404)}),
        (one, "PATCH", rename, {"response_model": About, "responses": problems(404)}),
        (one, "DELETE", delete, {"status_code": 204, "responses": problems(404, 409)}),
        (f"{one}/ask", "POST", go_on, {"response_model": Told, "responses": problems(404)}),
        (f"{one}/ask/stream", "POST", go_on_streaming, streaming(404)),
        (f"{one}/export", "GET", export, {"response_class": Response, "responses": files | problems(404)}),
    )
