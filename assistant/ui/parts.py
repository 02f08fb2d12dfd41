"""What the page fetches by itself, under /LANGUAGE/parts: pieces of HTML, downloads, and what is done to them.

Knows HTTP and the look of the pieces; knows nothing of Gradio. Other sites are kept out before it is asked (guard.py).
An error is a line of plain text, for the page to show; most are in English, whatever the page is in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import fastapi
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from assistant.assistant import Assistant
from assistant.errors import LagebildError, QuestionError
from assistant.evaluation.feedback import judged_turns, question_of
from assistant.evaluation.questions import to_lines
from assistant.filter import Filter
from assistant.problems import status_of
from assistant.store import delete_conversations, forget
from assistant.store.listing import Column, Listed, Wanted, list_reports
from assistant.transcript import read, to_json, to_markdown
from assistant.turns import MAX_NOTE, SOMETHING, Feedback, Verdict
from assistant.ui.conversations import conversations_html
from assistant.ui.examples import Examples
from assistant.ui.feedback import feedback_html
from assistant.ui.first import examples_html, first_html
from assistant.ui.labels import label
from assistant.ui.reports import PAGE_SIZE, library_html, listed_html
from assistant.uploads import MAX_UPLOAD, Uploads, harmless
from assistant.wording import isolated

__all__ = ["build_parts", "has_index"]

MAX_TITLE = 200  # characters
_SHOWN = 500  # conversations


class Title(BaseModel):
    """What a conversation is to be called."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, Field(pattern=SOMETHING, max_length=MAX_TITLE)]


class Said(BaseModel):
    """What is said of an answer."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    verdict: Verdict
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""


class Chosen(BaseModel):
    """The reports that are to go, by their ids."""

    model_config = ConfigDict(extra="forbid")

    reports: Annotated[list[str], Field(min_length=1, max_length=500)]


_Turn = Annotated[int, fastapi.Path(ge=1, le=1_000_000)]
_Text = Annotated[str, fastapi.Query(max_length=MAX_TITLE)]


def build_parts(assistant: Assistant, uploads: Uploads, examples: Examples, language: str) -> fastapi.FastAPI:
    """The pieces of the page in one language as an application of its own, to be mounted under /LANGUAGE/parts."""
    parts = fastapi.FastAPI(title="Lagebild", docs_url=None, redoc_url=None, openapi_url=None)
    parts.add_exception_handler(LagebildError, _told)
    parts.add_exception_handler(RequestValidationError, _invalid(language))
    routes = (
        _first_routes(assistant, examples, language)
        + _conversation_routes(assistant, language)
        + _feedback_routes(assistant, language)
        + _library_routes(assistant, language)
    )
    if not assistant.settings.read_only:
        routes += _adding_and_removing(assistant, uploads)
    for method, path, function in routes:
        parts.add_api_route(path, function, methods=[method])
    return parts


_Route = tuple[str, str, Callable[..., Any]]


def has_index(assistant: Assistant) -> bool:
    """Whether there is an index; without one, there is nothing to be asked of it."""
    return (assistant.settings.data / "catalog.sqlite").exists()


def _first_routes(assistant: Assistant, examples: Examples, language: str) -> tuple[_Route, ...]:
    def first() -> Response:
        status = assistant.status() if has_index(assistant) else None
        return HTMLResponse(first_html(status, language, writable=not assistant.settings.read_only))

    def asked() -> Response:  # apart, because it waits for the model
        return HTMLResponse(examples_html(examples.of(language) if has_index(assistant) else (), language))

    return (("GET", "/first", first), ("GET", "/examples", asked))


def _conversation_routes(assistant: Assistant, language: str) -> tuple[_Route, ...]:
    def listed() -> Response:
        kept = assistant.settings.keep
        # Without an index there is nowhere to keep them yet.
        there = kept and has_index(assistant)
        found = assistant.conversations().summaries()[:_SHOWN] if there else []
        judged = there and bool(assistant.conversations().judged())
        return HTMLResponse(conversations_html(found, kept=kept, judged=judged, language=language))

    def rename(conversation: str, wanted: Title) -> Response:
        assistant.conversations().summary(conversation)
        assistant.conversations().rename(conversation, wanted.title)
        return listed()

    def delete(conversation: str) -> Response:
        assistant.conversations().summary(conversation)
        delete_conversations(assistant.settings.data, [conversation])
        return listed()

    def export(conversation: str, form: Literal["md", "json"]) -> Response:
        title, turns = read(assistant, conversation)
        if form == "md":
            return _download(to_markdown(title, turns), f"{conversation}.md", "text/markdown")
        return _download(to_json(conversation, title, turns), f"{conversation}.json", "application/json")

    one = "/conversations/{conversation}"
    return (
        ("GET", "/conversations", listed),
        ("POST", one, rename),
        ("DELETE", one, delete),
        ("GET", f"{one}/export", export),
    )


def _feedback_routes(assistant: Assistant, language: str) -> tuple[_Route, ...]:
    def file() -> Response:
        """What was said of answers, for lagebild eval."""
        found = (question_of(conversation, turn) for conversation, turn in judged_turns(assistant))
        return _download(to_lines(one for one in found if one is not None), "feedback.jsonl", "application/jsonl")

    def judge(conversation: str, number: _Turn, said: Said) -> Response:
        return judged(conversation, number, Feedback(said.verdict, said.note))

    def take_back(conversation: str, number: _Turn) -> Response:
        return judged(conversation, number, None)

    def judged(conversation: str, number: int, said: Feedback | None) -> Response:
        kept = assistant.conversations()
        kept.judge(conversation, number, said)
        turns = kept.turns(conversation, assistant.catalog().reports)
        cited = any(turn.answer.citations for turn in turns if turn.number == number)
        return HTMLResponse(feedback_html(conversation, number, said, cited=cited, writable=True, language=language))

    one = "/conversations/{conversation}/turns/{number}/feedback"
    writing: tuple[_Route, ...] = (("PUT", one, judge), ("DELETE", one, take_back))
    return (("GET", "/feedback", file), *(() if assistant.settings.read_only else writing))


def _library_routes(assistant: Assistant, language: str) -> tuple[_Route, ...]:
    writable = not assistant.settings.read_only

    def library() -> Response:
        return HTMLResponse(library_html(writable=writable, max_bytes=MAX_UPLOAD, language=language))

    def reports(
        text: _Text = "",
        source: _Text = "",
        speech: Annotated[str, fastapi.Query(alias="language", max_length=20)] = "",
        since: _Text = "",
        until: _Text = "",
        column: Column = "date",
        ascending: bool = False,
        page: Annotated[int, fastapi.Query(ge=0, le=1_000_000)] = 0,
    ) -> Response:
        for written in (since, until):
            try:
                Filter.told(written)
            except QuestionError:  # told while it is being typed, and so in the language of the page
                return PlainTextResponse(f"{label(language, 'refused_date')} {isolated(written)}", 400)
        days = Filter.told(since, until)
        wanted = Wanted(_clean(text), speech, _clean(source), days.since, days.until, column, ascending, page)
        listed = list_reports(assistant.catalog(), wanted, PAGE_SIZE) if has_index(assistant) else Listed((), 0, {})
        return HTMLResponse(listed_html(listed, wanted, writable=writable, language=language))

    return (("GET", "/library", library), ("GET", "/reports", reports))


def _adding_and_removing(assistant: Assistant, uploads: Uploads) -> tuple[_Route, ...]:
    def remove(chosen: Chosen) -> Response:
        forget(assistant.settings.data, chosen.reports)
        return PlainTextResponse("")

    async def upload(request: fastapi.Request, name: Annotated[str, fastapi.Query(max_length=1_000)]) -> Response:
        place = await run_in_threadpool(uploads.place)
        try:
            file = place / harmless(name)
            with file.open("xb") as stream:
                async for chunk in request.stream():
                    await run_in_threadpool(stream.write, chunk)
        except BaseException:  # above all, whoever sends may hang up
            uploads.discard(place)
            raise
        return StreamingResponse(_lines(uploads, file), media_type="application/x-ndjson")

    return (("POST", "/remove", remove), ("PUT", "/upload", upload))


def _lines(uploads: Uploads, file: Path) -> Iterator[str]:
    for told in uploads.take_in(file):
        yield json.dumps(told, ensure_ascii=False) + "\n"


def _clean(text: str) -> str:
    """Without what cannot be looked for: half characters."""
    return text.encode("utf-8", "ignore").decode().replace("\0", " ").strip()


def _download(content: str, name: str, kind: str) -> Response:
    """A file to keep; `name` is made of letters, digits and a dot."""
    headers = {"Content-Disposition": f'attachment; filename="lagebild-{name}"', "Cache-Control": "no-store"}
    return Response(content.encode(), media_type=f"{kind}; charset=utf-8", headers=headers)


# -- errors


def _told(_: fastapi.Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), status_of(error))


def _invalid(language: str) -> Callable[[fastapi.Request, Exception], Response]:
    def told(_: fastapi.Request, error: Exception) -> Response:
        return PlainTextResponse(label(language, "not_understood"), 422)

    return told
