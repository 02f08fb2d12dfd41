"""Answers as they become final, over HTTP: what is streamed, in which order, and when it stops."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen

from assistant import Assistant
from assistant.embedding import Vectors, WordLengthEmbedder
from assistant.rest import build_api
from assistant.scripted_llm import ScriptedLLM
from tests.helpers import make_report

QUESTION = "Who controls Abu Kamal?"
TEXT = "The army took the town on Thursday. Residents fled across the river."


def streamed(client: TestClient, path: str, **body: object) -> list[tuple[str, dict[str, Any]]]:
    """The events that a path gives, read as the standard says."""
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in response.text.split("\n\n")[:-1]:
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.fixture(scope="module")
def sampled(sample: Assistant) -> Iterator[TestClient]:
    with TestClient(build_api(sample)) as client:
        yield client


def test_each_part_is_final_and_none_rests_on_what_is_still_to_come(sampled: TestClient) -> None:
    found = streamed(sampled, "/ask/stream", question=QUESTION, until="2017-11-30")
    *parts, (last, answer) = found
    assert last == "answer"
    assert [data for name, data in parts if name == "statement"] == answer["statements"] != []
    cited = [data for name, data in parts if name == "citation"]
    assert sorted(cited, key=lambda citation: int(citation["number"])) == answer["citations"]
    seen = set[int]()
    for name, data in parts:
        if name == "citation":
            seen.add(data["number"])
        else:
            assert seen.issuperset(data["citations"])
    whole = sampled.post("/ask", json={"question": QUESTION, "until": "2017-11-30"}).json()
    for given in (answer, whole):
        given["provenance"].pop("ms")
    assert answer == whole
    assert answer["as_of"] <= "2017-11-30"


def test_a_draft_is_told_apart_from_what_was_checked(sample: Assistant) -> None:
    llm = ScriptedLLM(replies=["The army holds all of Al-Bukamal {full control}. Aliens hold Rawa."], size=7)
    with (
        Assistant(sample.settings.data, embedder=sample.embedder, llm=llm) as assistant,
        TestClient(build_api(assistant)) as client,
    ):
        found = streamed(client, "/ask/stream", question=QUESTION)
    drafted = "".join(data["text"] for name, data in found if name == "draft")
    assert "Aliens hold Rawa" in drafted
    names = [name for name, _ in found]
    assert names.index("statement") > len(names) - 1 - names[::-1].index("draft")
    assert not any("Aliens" in data["text"] for name, data in found if name == "statement")


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/ask/stream", {"question": "x" * 3_000}, 400, "more than 2000"),
        ("/conversations/stream", {"question": "x" * 3_000}, 400, "more than 2000"),
    ],
)
def test_what_goes_wrong_is_the_last_event(
    tiny: Assistant, path: str, body: dict[str, str], status: int, said: str
) -> None:
    tiny.ingest([make_report(TEXT)])
    with TestClient(build_api(tiny)) as client:
        ((name, problem),) = streamed(client, path, **body)
    assert (name, problem["status"], problem["type"]) == ("problem", status, "about:blank")
    assert said in problem["detail"]


class Broken(WordLengthEmbedder):
    """Fails at questions, as nothing should."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("the inside of the server")


def test_what_nobody_foresaw_is_told_without_its_inside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Assistant(tmp_path / "data", embedder=Broken()) as assistant, TestClient(build_api(assistant)) as client:
        assistant.ingest([make_report(TEXT)])
        ((name, problem),) = streamed(client, "/ask/stream", question=QUESTION)
    assert (name, problem["status"]) == ("problem", 500)
    assert "the inside" not in json.dumps(problem)
    assert "the inside" in caplog.text  # but the log has it


class Endless(ScriptedLLM):
    """Writes until nobody listens any more, and says then that it stopped."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def pieces() -> CompletionResponseGen:
            try:
                while True:
                    time.sleep(0.005)
                    yield CompletionResponse(text="", delta="word ")
            finally:
                STOPPED.set()

        return pieces()


class Silent(ScriptedLLM):
    """Says nothing for as long as somebody waits."""

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def pieces() -> CompletionResponseGen:
            RELEASED.wait(30)
            yield CompletionResponse(text="", delta="at last")

        return pieces()


STOPPED, RELEASED = threading.Event(), threading.Event()


@pytest.mark.parametrize("llm", [Endless(replies=[""]), Silent(replies=[""])], ids=["writing", "waiting"])
def test_when_the_client_goes_the_work_ends(sample: Assistant, llm: ScriptedLLM) -> None:
    begun = asyncio.Event()
    sent = list[bytes]()
    body = json.dumps({"question": QUESTION}).encode()
    asked = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in asked:
            return message
        await begun.wait()  # until the first piece is there
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            sent.append(message["body"])
            begun.set()

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "method": "POST",
        "path": "/ask/stream",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    with Assistant(sample.settings.data, embedder=sample.embedder, llm=llm) as assistant:
        api = build_api(assistant)
        started = time.monotonic()
        asyncio.run(asyncio.wait_for(api(scope, receive, send), 25))
    RELEASED.set()
    assert b"event: draft" in sent[0]
    assert not any(b"event: answer" in one for one in sent)
    if isinstance(llm, Endless):
        assert STOPPED.wait(10)
    else:
        assert time.monotonic() - started < 25  # it did not wait for the model, which would have taken longer
