"""The door for programs that speak OpenAI's API, under /v1 of the chat's server: chat completions and embeddings.

Open WebUI, LibreChat or the `openai` client can point at it. What they get is the assistant's answer:
statements as Markdown, citations as annotations and in a list at the end. What that API has no name for is under
`lagebild`: limits in a request, and all of the answer in a response. Knows that API's shapes; knows nothing of how an
answer is found.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import chain
from typing import Annotated, Any, Literal

import fastapi
import numpy as np
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, StreamingResponse

from assistant.access import Access
from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.errors import LagebildError
from assistant.filter import Filter
from assistant.markdown import BREAK, as_markdown, statement_markdown
from assistant.problems import UNFORESEEN, status_of
from assistant.records import Answer, Citation, Settled
from assistant.rest_models import Limits
from assistant.streaming import sent
from assistant.turns import Turn

__all__ = ["CHAT_MODEL", "PASSAGE_MODEL", "QUERY_MODEL", "build_openai_api"]

CHAT_MODEL = "lagebild"
QUERY_MODEL, PASSAGE_MODEL = "lagebild-query", "lagebild-passage"
"""Embeddings of questions and of texts: the embedded model tells them apart, OpenAI's API does not."""

MAX_INPUTS = 256
_CONTEXT = 3  # questions before the last one that it may lean on


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class _Completion(BaseModel):
    model_config = ConfigDict(extra="allow")  # temperature and the like mean nothing here

    model: str = CHAT_MODEL
    messages: list[_Message]
    stream: bool = False
    lagebild: Limits = Limits()


class _Embedding(BaseModel):
    model_config = ConfigDict(extra="allow")

    model: Literal["lagebild-query", "lagebild-passage"] = "lagebild-passage"
    input: str | Annotated[list[str], Field(min_length=1, max_length=MAX_INPUTS)]
    encoding_format: Literal["float", "base64"] = "float"


def build_openai_api(assistant: Assistant) -> fastapi.FastAPI:
    """The door as an application of its own, to be mounted under /v1."""
    api = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    api.add_middleware(Access, keys=assistant.settings.api_keys, told=_error)
    api.add_exception_handler(LagebildError, _told)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _refused)
    api.add_exception_handler(Exception, _unforeseen)

    @api.get("/models")
    def models() -> dict[str, Any]:
        owned = {"object": "model", "created": 0, "owned_by": "lagebild"}
        return {"object": "list", "data": [{"id": name} | owned for name in (CHAT_MODEL, QUERY_MODEL, PASSAGE_MODEL)]}

    @api.post("/chat/completions", response_model=None)
    def complete(asked: _Completion) -> dict[str, Any] | StreamingResponse:
        questions = [message.text for message in asked.messages if message.role == "user"]
        said = _said(assistant, questions, asked.lagebild.among())
        about = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": CHAT_MODEL}
        if asked.stream:
            first = next(said)  # what is wrong with a question is told before anything is sent
            return sent(_chunks(chain([first], said), about), lambda status, text: _data(_error_of(status, text)))
        *_, turn = said
        assert isinstance(turn, Turn)  # noqa: S101  what every stream ends with
        answer = turn.answer
        message = {"role": "assistant", "content": as_markdown(answer).text, "annotations": _annotations(answer)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        done = {"object": "chat.completion", "choices": [choice], "usage": _NO_TOKENS, "lagebild": answer.to_dict()}
        return about | done

    @api.post("/embeddings")
    def embed(asked: _Embedding) -> dict[str, Any]:
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        embedder = assistant.embedder
        vectors = (embedder.embed_queries if asked.model == QUERY_MODEL else embedder.embed_passages)(texts)
        data = [
            {"object": "embedding", "index": index, "embedding": _encoded(vector, asked.encoding_format)}
            for index, vector in enumerate(vectors)
        ]
        return {"object": "list", "data": data, "model": asked.model, "usage": {"prompt_tokens": 0, "total_tokens": 0}}

    return api


def _said(assistant: Assistant, questions: Sequence[str], among: Filter) -> Generator[str | Settled | Turn]:
    """The answer to the last question, which may lean on the few before it. Nothing of it is kept."""
    conversation = Conversation(assistant, None)
    *before, last = questions or [""]
    for question in [one for one in before if assistant.can_be_asked(one)][-_CONTEXT:]:
        conversation.recall(question, among)
    yield from conversation.ask_stream(last, among)


_NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}  # nobody pays for tokens here


def _chunks(said: Iterable[str | Settled | Turn], about: dict[str, Any]) -> Generator[str]:
    """The answer piece by piece, each of them final; the annotations and all else with the last. A draft is not told,
    but while there is one, empty texts are made, so that whoever waits can leave."""

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _data(about | {"object": "chat.completion.chunk", "choices": [choice]} | more)

    yield chunk({"role": "assistant", "content": ""})
    citations: list[Citation] = []
    told = 0
    for piece in said:
        match piece:
            case str():
                yield ""
            case Settled():
                citations += piece.citations
                text = statement_markdown(piece.statement, citations, "en").text
                yield chunk({"content": BREAK + text if told else text})
                told += 1
            case Turn():
                for place, text in enumerate(as_markdown(piece.answer, told).paragraphs[told:], start=told):
                    yield chunk({"content": BREAK + text if place else text})
                yield chunk({"annotations": _annotations(piece.answer, told)})
                yield chunk({}, "stop", lagebild=piece.answer.to_dict())
    yield "data: [DONE]\n\n"


def _data(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


def _annotations(answer: Answer, first: int = 0) -> list[dict[str, Any]]:
    """For each citation where its number stands, and what it cites: OpenAI's fields, and the quote with its offsets.

    `first` is as in `as_markdown`.
    """
    places = as_markdown(answer, first).places
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "url": citation.report.url or "",
                "title": citation.report.title,
                "start_index": places[citation.number][0],
                "end_index": places[citation.number][1],
                "quote": citation.quote,
                "report_id": citation.report.id,
                "start": citation.start,
                "end": citation.end,
                "source": citation.report.source,
                "published": str(citation.report.published),
            },
        }
        for citation in answer.citations
        if citation.number in places
    ]


def _encoded(vector: np.ndarray[Any, np.dtype[np.float32]], how: str) -> list[float] | str:
    if how == "float":
        return [float(value) for value in vector]
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode("ascii")


# -- errors, as OpenAI's clients read them


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(_error_of(status, message), status, headers)


def _error_of(status: int, message: str) -> dict[str, Any]:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def _told(_: fastapi.Request, error: Exception) -> JSONResponse:
    return _error(status_of(error), str(error))


def _unforeseen(_: fastapi.Request, error: Exception) -> JSONResponse:
    return _error(500, UNFORESEEN)


def _refused(_: fastapi.Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  what it is registered for
    return _error(error.status_code, error.detail, error.headers)


def _invalid(_: fastapi.Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  what it is registered for
    return _error(400, "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()))
