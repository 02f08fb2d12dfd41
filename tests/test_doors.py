"""What one can do, all can: each door over the same sample reports, and each thing that one may want of it.

The doors are those that people use, with the real clients, over HTTP where a door has an address (without the page,
which has tests of its own). What each gives is compared with what the assistant itself gives; the rows of this table
are `ANSWERING`, `FINDING` and `STREAMING`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TextIO

import fastapi
import httpx
import openai
import pytest
import uvicorn
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen
from mcp import Client
from mcp_types import CallToolResult
from pydantic import PrivateAttr
from typer.testing import CliRunner

import assistant.assistant as room
from assistant import Answer, Assistant, ConflictQueryEngine, ConflictRetriever, Filter, Settled
from assistant.cli import ask as _commands  # noqa: F401  # with it, all commands are there
from assistant.cli.shared import app as command_line
from assistant.embedding import Embedder
from assistant.errors import QuestionError
from assistant.filter import MAX_VALUES
from assistant.guard import Guard
from assistant.langchain import ConflictLangChainRetriever
from assistant.mcp_server import build_mcp_app, make_mcp_server
from assistant.openai_api import build_openai_api
from assistant.rest import build_api
from assistant.scripted_llm import ScriptedLLM

QUESTION = "Who controlled Abu Kamal in November 2017?"
COUNT = 5
SOURCES = ["Levant Desk", "Anbar Dispatch"]

Limits = Mapping[str, Any]
"""As every door takes them, by the names of REST."""


@dataclass(frozen=True)
class Place:
    """What a door says that an answer or a hit rests on."""

    report: str
    start: int
    end: int
    text: str
    score: float
    why: Mapping[str, float]


def place(of: Mapping[str, Any], text: str = "quote") -> Place:
    """A citation or a hit, as JSON has it."""
    about = of["report"]["id"] if "report" in of else of["id"]
    why = {name: round(value, 6) for name, value in of["why"].items()}
    return Place(about, of["start"], of["end"], of[text], round(of["score"], 6), why)


@contextmanager
def serving(assistant: Assistant) -> Iterator[str]:
    """The doors that have an address, behind their guard; yields it."""
    mcp = build_mcp_app(assistant)
    app = fastapi.FastAPI(lifespan=mcp.router.lifespan_context)
    app.mount("/api/v1", build_api(assistant))
    app.mount("/v1", build_openai_api(assistant))
    app.router.routes.extend(mcp.routes)
    app.add_middleware(Guard, hosts={"127.0.0.1"})
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join(timeout=30)


@dataclass(frozen=True)
class Running:
    """An assistant over the samples, where its server is, and what speaks HTTP with it."""

    assistant: Assistant
    address: str
    http: httpx.Client

    @classmethod
    @contextmanager
    def of(cls, assistant: Assistant) -> Iterator[Running]:
        """Serve it."""
        with serving(assistant) as address, httpx.Client(timeout=60, trust_env=False, verify=False) as http:
            yield cls(assistant, address, http)


@pytest.fixture(scope="module")
def running(sample: Assistant) -> Iterator[Running]:
    with Running.of(sample) as on:
        yield on


@pytest.fixture(autouse=True)
def _one_model(monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> None:
    """Commands run in this process, with the real model that is loaded already."""
    monkeypatch.setattr(room, "load_embedder", lambda _: embedder)


# -- the doors that answer: the citations of an answer


def by_python(on: Running, limits: Limits) -> dict[str, Any]:
    return on.assistant.ask(QUESTION, Filter.told(**limits)).to_dict()


def by_async_python(on: Running, limits: Limits) -> dict[str, Any]:
    return asyncio.run(on.assistant.aask(QUESTION, Filter.told(**limits))).to_dict()


def by_query_engine(on: Running, limits: Limits) -> dict[str, Any]:
    response = ConflictQueryEngine(on.assistant, Filter.told(**limits)).query(QUESTION)
    return dict(response.metadata or {})["answer"]  # type: ignore[no-any-return]


def by_async_query_engine(on: Running, limits: Limits) -> dict[str, Any]:
    response = asyncio.run(ConflictQueryEngine(on.assistant, Filter.told(**limits)).aquery(QUESTION))
    return dict(response.metadata or {})["answer"]  # type: ignore[no-any-return]


def posted(on: Running, path: str, body: Mapping[str, Any]) -> httpx.Response:
    response = on.http.post(f"{on.address}{path}", json=dict(body))
    if response.status_code in {400, 422}:
        raise QuestionError(response.text)
    return response.raise_for_status()


def by_rest(on: Running, limits: Limits) -> dict[str, Any]:
    return dict(posted(on, "/api/v1/ask", {"question": QUESTION, **limits}).json())


def by_events(on: Running, limits: Limits) -> dict[str, Any]:
    *_, last = events_of(posted(on, "/api/v1/ask/stream", {"question": QUESTION, **limits}).iter_lines())
    return dict(last[1])


def by_rest_conversation(on: Running, limits: Limits) -> dict[str, Any]:
    return dict(posted(on, "/api/v1/conversations", {"question": QUESTION, **limits}).json()["answer"])


def openai_client(on: Running) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{on.address}/v1", api_key="none", max_retries=0, http_client=on.http)


MESSAGES: Any = [{"role": "user", "content": QUESTION}]


def by_openai(on: Running, limits: Limits) -> dict[str, Any]:
    ask = openai_client(on).chat.completions.create
    try:
        said = ask(model="lagebild", messages=MESSAGES, extra_body={"lagebild": dict(limits)})
    except openai.BadRequestError as error:
        raise QuestionError(error.message) from error
    annotated = [one.url_citation.model_extra for one in said.choices[0].message.annotations or ()]
    answer: dict[str, Any] = (said.model_extra or {})["lagebild"]
    offsets = [(one["report_id"], one["start"], one["end"], one["quote"]) for one in annotated if one]
    assert offsets == [(c["report"]["id"], c["start"], c["end"], c["quote"]) for c in answer["citations"]]
    return answer


def called(server: Any, tool: str, arguments: Limits, progress: Any = None) -> dict[str, Any]:
    async def connected() -> CallToolResult:
        async with Client(server) as client:
            return await client.call_tool(tool, dict(arguments), progress_callback=progress)

    found = asyncio.run(connected())
    if found.is_error:
        raise QuestionError(str(found.content))
    return dict(found.structured_content or {})


def by_mcp(on: Running, limits: Limits) -> dict[str, Any]:
    return called(make_mcp_server(on.assistant), "ask", {"question": QUESTION, **limits})


def by_mcp_over_http(on: Running, limits: Limits) -> dict[str, Any]:
    return called(f"{on.address}/mcp", "ask", {"question": QUESTION, **limits})


_OPTIONS = {"languages": "language", "sources": "source", "places": "place", "reports": "report"}


def command(on: Running, name: str, limits: Limits, *more: str) -> list[str]:
    """A command line with these limits."""
    given = ((n, v) for n, values in limits.items() for v in ([values] if isinstance(values, str) else values))
    options = [word for name, value in given for word in (f"--{_OPTIONS.get(name, name)}", value)]
    return [name, QUESTION, "--data", str(on.assistant.settings.data), *options, *more]


def ran(words: list[str]) -> str:
    result = CliRunner().invoke(command_line, words)
    if isinstance(result.exception, QuestionError):
        raise result.exception
    assert result.exit_code in {0, 4}, result.exception
    return result.stdout


def by_command(on: Running, limits: Limits) -> dict[str, Any]:
    return dict(json.loads(ran(command(on, "ask", limits, "--json"))))


Answering = Callable[[Running, Limits], dict[str, Any]]
ANSWERING: dict[str, Answering] = {
    "Python": by_python,
    "Python, async": by_async_python,
    "LlamaIndex engine": by_query_engine,
    "LlamaIndex engine, async": by_async_query_engine,
    "REST": by_rest,
    "REST, events": by_events,
    "REST, conversation": by_rest_conversation,
    "OpenAI": by_openai,
    "MCP": by_mcp,
    "MCP over HTTP": by_mcp_over_http,
    "command line": by_command,
}


# -- the doors that find: passages


def hits_of(found: Mapping[str, Any]) -> list[Place]:
    return [place(hit, "text") for hit in found["hits"]]


def hits_by_python(on: Running, limits: Limits) -> list[Place]:
    hits = on.assistant.retrieve(QUESTION, COUNT, Filter.told(**limits))
    return [
        Place(
            hit.report.id,
            hit.passage.start,
            hit.passage.end,
            hit.text,
            round(hit.score, 6),
            {name: round(value, 6) for name, value in hit.why.items()},
        )
        for hit in hits
    ]


def hits_by_async_python(on: Running, limits: Limits) -> list[Place]:
    hits = asyncio.run(on.assistant.aretrieve(QUESTION, COUNT, Filter.told(**limits)))
    assert hits == on.assistant.retrieve(QUESTION, COUNT, Filter.told(**limits))
    return hits_by_python(on, limits)


def nodes(found: list[Any]) -> list[Place]:
    return [
        place(one.node.metadata | {"text": one.text, "score": one.score}, "text")
        for one in found
        if (one.node.start_char_idx, one.node.end_char_idx) == (one.node.metadata["start"], one.node.metadata["end"])
    ]


def hits_by_llama_index(on: Running, limits: Limits) -> list[Place]:
    return nodes(ConflictRetriever(on.assistant, COUNT, Filter.told(**limits)).retrieve(QUESTION))


def hits_by_async_llama_index(on: Running, limits: Limits) -> list[Place]:
    retriever = ConflictRetriever(on.assistant, COUNT, Filter.told(**limits))
    return nodes(asyncio.run(retriever.aretrieve(QUESTION)))


def documents(found: list[Any]) -> list[Place]:
    return [place(one.metadata | {"text": one.page_content}, "text") for one in found]


def hits_by_langchain(on: Running, limits: Limits) -> list[Place]:
    retriever = ConflictLangChainRetriever(assistant=on.assistant, k=COUNT)
    return documents(retriever.invoke(QUESTION, among=Filter.told(**limits)))


def hits_by_async_langchain(on: Running, limits: Limits) -> list[Place]:
    retriever = ConflictLangChainRetriever(assistant=on.assistant, among=Filter.told(**limits))
    return documents(asyncio.run(retriever.ainvoke(QUESTION, k=COUNT)))


def hits_by_rest(on: Running, limits: Limits) -> list[Place]:
    return hits_of(posted(on, "/api/v1/retrieve", {"question": QUESTION, "count": COUNT, **limits}).json())


def hits_by_mcp(on: Running, limits: Limits) -> list[Place]:
    asked = {"question": QUESTION, "count": COUNT, **limits}
    return hits_of(called(make_mcp_server(on.assistant), "search", asked))


def hits_by_command(on: Running, limits: Limits) -> list[Place]:
    return hits_of(json.loads(ran(command(on, "search", limits, "--count", str(COUNT), "--json"))))


FINDING: dict[str, Callable[[Running, Limits], list[Place]]] = {
    "Python": hits_by_python,
    "Python, async": hits_by_async_python,
    "LlamaIndex": hits_by_llama_index,
    "LlamaIndex, async": hits_by_async_llama_index,
    "LangChain": hits_by_langchain,
    "LangChain, async": hits_by_async_langchain,
    "REST": hits_by_rest,
    "MCP": hits_by_mcp,
    "command line": hits_by_command,
}


def cited(ask: Answering, on: Running, limits: Limits) -> list[Place]:
    """What the citations of an answer rest on."""
    return [place(citation) for citation in ask(on, limits)["citations"]]


DOORS: dict[str, Callable[[Running, Limits], list[Place]]] = {
    **{f"{name}: ask": functools.partial(cited, ask) for name, ask in ANSWERING.items()},
    **{f"{name}: find": find for name, find in FINDING.items()},
}
every_door = pytest.mark.parametrize("door", DOORS)
every_answer = pytest.mark.parametrize("door", ANSWERING)


def expected(on: Running, door: str, limits: Limits) -> list[Place]:
    """What the assistant itself gives."""
    return _expected(on, door.endswith("ask"), json.dumps(limits))


@functools.cache
def _expected(on: Running, answers: bool, limits: str) -> list[Place]:
    return cited(by_python, on, json.loads(limits)) if answers else hits_by_python(on, json.loads(limits))


# -- what one can do at each


def limits_by_one(of: Assistant) -> list[dict[str, Any]]:
    """One limit at a time."""
    ids = [report.id for report in of.reports() if report.published.latest is not None][::3]
    return [
        {"since": "2017-11-12"},
        {"since": "2017-12"},
        {"languages": ["de", "ar"]},
        {"sources": SOURCES},
        {"places": ["راوة", "Mayadin"]},
        {"reports": ids},
    ]


@every_door
def test_limits_limit(running: Running, door: str) -> None:
    everything = expected(running, door, {})
    for limits in limits_by_one(running.assistant):
        found = DOORS[door](running, limits)
        assert found == expected(running, door, limits), limits
        assert found != everything, limits


@every_door
def test_what_was_known_as_of_a_day_or_month(running: Running, door: str) -> None:
    for until in ("2017-11-10", "2017-10"):
        found = DOORS[door](running, {"until": until})
        assert found == expected(running, door, {"until": until})
        reports = [running.assistant.report(one.report) for one in found]
        assert reports
        assert all(report and str(report.published)[: len(until)] <= until for report in reports)


@every_door
def test_what_is_no_date_is_told(running: Running, door: str) -> None:
    with pytest.raises(QuestionError, match=r"soon|since"):
        DOORS[door](running, {"since": "soon"})


NETWORKED = [name for name in DOORS if name.startswith(("REST", "OpenAI", "MCP"))]


@pytest.mark.parametrize("door", NETWORKED)
@pytest.mark.parametrize("name", ["languages", "sources", "places", "reports"])
def test_a_list_of_limits_has_an_end(running: Running, door: str, name: str) -> None:
    values = [f"Town {number}" for number in range(MAX_VALUES + 1)]
    with pytest.raises(QuestionError, match=f"{name}(.|\n)*at most {MAX_VALUES} items"):
        DOORS[door](running, {name: values})


@every_door
def test_offsets_and_scores_are_told_and_are_right(running: Running, door: str) -> None:
    found = DOORS[door](running, {})
    assert found == expected(running, door, {})
    assert found
    for one in found:
        report = running.assistant.report(one.report)
        assert report is not None
        assert report.text[one.start : one.end] == one.text
        assert sum(one.why.values()) == pytest.approx(one.score, abs=1e-4)
        assert {"dense", "lexical", "place", "date"} <= one.why.keys()


@every_answer
def test_how_a_question_was_understood_is_told(running: Running, door: str) -> None:
    answer = ANSWERING[door](running, {})
    assert [(part["kind"], part["text"]) for part in answer["parts"]] == [
        ("place", "Abu Kamal"),
        ("time", "in November 2017"),
    ]
    assert (answer["parts"][1]["since"], answer["parts"][1]["until"]) == ("2017-11-01", "2017-11-30")
    same = by_python(running, {})
    assert answer["as_of"] == same["as_of"] is not None
    assert answer["caveats"] == same["caveats"]
    assert answer["statements"] == same["statements"]


def test_the_command_line_explains_to_people_too(running: Running) -> None:
    shown = ran(command(running, "ask", {}, "--explain"))
    assert "place: Abu Kamal\n" in shown
    assert "time: in November 2017 (2017-11-01 - 2017-11-30)\n" in shown
    (first, *_) = running.assistant.ask(QUESTION).citations
    assert f"    {first.score:.2f} = dense {first.why['dense']:.2f}, " in shown
    assert " = dense" not in ran(command(running, "ask", {}))


# -- statements and citations as they become final, one by one

_CONTROL = "Al-Bukamal is under the full control of the Syrian army and its allies, the army command declared"
_FIRST = f"{_CONTROL} {{full control of}}."
_SECOND = "The army command declared full control of Al-Bukamal {full control of}."
_THIRD = "Al-Bukamal is under full control, the army command declared {full control of}."


class PacedLLM(ScriptedLLM):
    """Writes two sentences, and the third when somebody has heard that the first is final; or after a long time."""

    _heard: threading.Event = PrivateAttr(default_factory=threading.Event)
    _in_time: list[bool] = PrivateAttr(default_factory=list)

    def begin(self) -> None:
        self._heard.clear()
        self._in_time.clear()

    def hear(self) -> None:
        self._heard.set()

    @property
    def was_heard(self) -> bool:
        """Whether that was so, each time that it wrote."""
        return bool(self._in_time) and all(self._in_time)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        text = self.complete(prompt, formatted, **kwargs).text
        cut = text.rindex("Al-Bukamal is")

        def pieces() -> CompletionResponseGen:
            yield CompletionResponse(text="", delta=text[:cut])
            self._in_time.append(self._heard.wait(20))
            yield CompletionResponse(text="", delta=text[cut:])

        return pieces()


PACED = PacedLLM(replies=[f"{_FIRST} {_SECOND} {_THIRD}"])


@pytest.fixture(scope="module")
def paced(sample: Assistant) -> Iterator[Running]:
    with Assistant(sample.settings.data, embedder=sample.embedder, llm=PACED) as assistant, Running.of(assistant) as on:
        yield on


def events_of(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events, as a stream of them has them (HTML, "Server-sent events")."""
    while head := next(lines, None):
        name = head.removeprefix("event: ")
        (data,) = takewhile(bool, lines)
        yield name, json.loads(data.removeprefix("data: "))


def stream_of_events(on: Running, path: str) -> Iterator[str]:
    with on.http.stream("POST", f"{on.address}{path}", json={"question": QUESTION}) as said:
        seen = set[int]()
        for name, data in events_of(said.iter_lines()):
            if name == "citation":
                seen.add(data["number"])
            if name == "statement":
                assert seen.issuperset(data["citations"])
                yield data["text"]


def stream_by_python(on: Running) -> Iterator[str]:
    for said in on.assistant.ask_stream(QUESTION):
        if isinstance(said, Settled):
            assert {citation.number for citation in said.citations} <= set(said.statement.citations)
            yield said.statement.text
        elif isinstance(said, Answer):
            yield said.statements[-1].text  # final with all of it


def stepped(make: Callable[[], AsyncIterator[str]]) -> Iterator[str]:
    """The pieces of an asynchronous iterator, as they come."""
    with asyncio.Runner() as loop:
        pieces = make()
        while (piece := loop.run(anext_of(pieces))) is not None:
            yield piece


async def anext_of(pieces: AsyncIterator[str]) -> str | None:
    return await anext(pieces, None)


def stream_by_async_python(on: Running) -> Iterator[str]:
    async def pieces() -> AsyncIterator[str]:
        async with aclosing(on.assistant.aask_stream(QUESTION)) as stream:
            async for said in stream:
                if isinstance(said, Settled):
                    yield said.statement.text
                elif isinstance(said, Answer):
                    yield said.statements[-1].text

    return stepped(pieces)


def lines_of(texts: Iterator[str]) -> Iterator[str]:
    """The statements among the lines of a text that comes in pieces, without their numbers."""
    rest = ""
    for text in texts:
        *lines, rest = (rest + text).split("\n")
        yield from (line.partition(" [")[0] for line in lines)


def stream_by_query_engine(on: Running) -> Iterator[str]:
    response: Any = ConflictQueryEngine(on.assistant, streaming=True).query(QUESTION)
    yield from lines_of(response.response_gen)
    assert [node.node_id for node in response.source_nodes] == [
        hit.passage.id for hit in on.assistant.retrieve(QUESTION, len(response.source_nodes))
    ]
    assert response.metadata["answer"]["citations"]


def stream_by_async_query_engine(on: Running) -> Iterator[str]:
    async def pieces() -> AsyncIterator[str]:
        response: Any = await ConflictQueryEngine(on.assistant, streaming=True).aquery(QUESTION)
        async for text in response.async_response_gen():
            for line in lines_of(iter([text, ""])):
                yield line
        assert response.source_nodes

    return stepped(pieces)


def stream_by_openai(on: Running) -> Iterator[str]:
    stream: Any = openai_client(on).chat.completions.create(model="lagebild", messages=MESSAGES, stream=True)
    text, annotated = "", list[Any]()
    answer: dict[str, Any] = {}
    for chunk in stream:
        delta = chunk.choices[0].delta
        annotated += (delta.model_extra or {}).get("annotations", [])
        answer = (chunk.model_extra or {}).get("lagebild", answer)
        text += delta.content or ""
        if "\\[1\\]" in (delta.content or "") and not delta.content.strip().startswith("-"):
            yield delta.content.strip().replace("\\", "").partition(" [")[0]
    places = [one["url_citation"] for one in annotated]
    assert [text[one["start_index"] : one["end_index"]] for one in places] == ["\\[1\\]"]
    assert [one["quote"] for one in places] == [one["quote"] for one in answer["citations"]]


def stream_by_mcp(server: Any) -> Iterator[str]:
    """The progress of a call of a tool, which another thread makes."""
    heard: list[str] = []
    came = threading.Condition()

    async def progress(done: float, total: float | None, message: str | None) -> None:
        with came:
            heard.append(message or "")
            came.notify()

    answers: list[dict[str, Any]] = []
    calling = threading.Thread(target=lambda: answers.append(called(server, "ask", {"question": QUESTION}, progress)))
    calling.start()
    with came:
        assert came.wait_for(lambda: heard, 15)
    yield heard[0]
    calling.join()
    yield from heard[1:]
    yield answers[0]["statements"][-1]["text"]


@contextmanager
def piped() -> Iterator[tuple[TextIO, TextIO]]:
    """Two ends of a pipe: to read from, and to write to."""
    source, sink = os.pipe()
    with os.fdopen(source) as reader, os.fdopen(sink, "w") as writer:
        yield reader, writer


def stream_by_command(on: Running) -> Iterator[str]:
    words = command(on, "ask", {}, "--stream", "--json", "--llm", f"{__name__}:PACED")
    with piped() as (reader, writer):

        def run() -> None:
            with contextlib.redirect_stdout(writer):
                command_line(words, standalone_mode=False)
            writer.close()

        running = threading.Thread(target=run)
        running.start()
        for line in reader:
            event = json.loads(line)
            if event["event"] == "statement":
                yield event["data"]["text"]
        running.join()


STREAMING: dict[str, Callable[[Running], Iterator[str]]] = {
    "Python": stream_by_python,
    "Python, async": stream_by_async_python,
    "LlamaIndex engine": stream_by_query_engine,
    "LlamaIndex engine, async": stream_by_async_query_engine,
    "REST": functools.partial(stream_of_events, path="/api/v1/ask/stream"),
    "REST, conversation": functools.partial(stream_of_events, path="/api/v1/conversations/stream"),
    "OpenAI": stream_by_openai,
    "MCP": lambda on: stream_by_mcp(make_mcp_server(on.assistant)),
    "MCP over HTTP": lambda on: stream_by_mcp(f"{on.address}/mcp"),
    "command line": stream_by_command,
}


@pytest.mark.parametrize("door", STREAMING)
def test_a_statement_is_there_before_the_next_ones_are_written(paced: Running, door: str) -> None:
    PACED.begin()
    told = []
    for statement in STREAMING[door](paced):
        told.append(statement)
        PACED.hear()
    assert PACED.was_heard  # else it was all told at once, when the model had grown tired of waiting
    written = [sentence.partition(" {")[0] + "." for sentence in (_FIRST, _SECOND, _THIRD)]
    assert [one.rstrip(".") for one in told if one] == [one.rstrip(".") for one in written]
