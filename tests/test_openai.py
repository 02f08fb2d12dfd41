"""The door for programs that speak OpenAI's API, with the real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.conversation import Conversation
from assistant.markdown import as_markdown
from assistant.openai_api import PASSAGE_MODEL, QUERY_MODEL, build_openai_api
from assistant.records import Answer
from assistant.scripted_llm import ScriptedLLM
from tests.apart import serving_apart

QUESTION = "Who controls Abu Kamal?"


@pytest.fixture(scope="module")
def client(sample: Assistant) -> Iterator[openai.OpenAI]:
    http: Any
    with TestClient(build_openai_api(sample)) as http:
        yield openai.OpenAI(base_url="http://testserver", api_key="none", http_client=http, max_retries=0)


def test_an_answer_comes_with_its_citations(client: openai.OpenAI, sample: Assistant) -> None:
    messages: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    message = client.chat.completions.create(model="lagebild", messages=messages).choices[0].message
    answer = sample.ask(QUESTION)
    assert message.content == as_markdown(answer).text
    assert message.annotations is not None
    assert len(message.annotations) == len(answer.citations) > 0
    for annotation, citation in zip(message.annotations, answer.citations, strict=True):
        cited = annotation.url_citation
        assert message.content[cited.start_index : cited.end_index] == f"\\[{citation.number}\\]"
        assert (cited.title, cited.url) == (citation.report.title, citation.report.url)
        extra = cited.model_extra or {}
        report = sample.report(extra["report_id"])
        assert report is not None
        assert report.text[extra["start"] : extra["end"]] == extra["quote"] == citation.quote


def test_streamed_it_is_the_same(client: openai.OpenAI, sample: Assistant) -> None:
    question: Any = {"role": "user", "content": [{"type": "text", "text": QUESTION}]}
    stream: Any = client.chat.completions.create(model="lagebild", messages=[question], stream=True)
    chunks = [chunk.choices[0] for chunk in stream]
    assert "".join(chunk.delta.content or "" for chunk in chunks) == as_markdown(sample.ask(QUESTION)).text
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]
    annotated = [chunk.delta.model_extra["annotations"] for chunk in chunks if chunk.delta.model_extra]
    assert len(annotated[0]) == len(sample.ask(QUESTION).citations)


def test_a_question_may_lean_on_the_ones_before(client: openai.OpenAI, sample: Assistant) -> None:
    messages: Any = [
        {"role": "user", "content": "Who took al-Qaim?"},
        {"role": "assistant", "content": "..."},
        {"role": "user", "content": "And Rawa?"},
    ]
    message = client.chat.completions.create(model="lagebild", messages=messages).choices[0].message
    conversation = Conversation(sample, None)
    conversation.ask("Who took al-Qaim?")
    assert message.content == as_markdown(conversation.ask("And Rawa?").answer).text
    assert "Rawa" in message.content


def test_the_questions_before_are_not_answered_again(sample: Assistant) -> None:
    asked = ["Who took al-Qaim?", "And when?", "Who controls Rawa?", "Who took Raqqa?"]
    llm, told = ScriptedLLM(replies=["It was taken."]), list[Answer]()
    messages = [{"role": "user", "content": question} for question in asked]
    with (
        Assistant(sample.settings.data, embedder=sample.embedder, llm=llm) as assistant,
        TestClient(build_openai_api(assistant)) as http,
    ):
        assistant.on_answer(lambda answer, _: told.append(answer))
        reply = http.post("/chat/completions", json={"model": "lagebild", "messages": messages})
    assert reply.status_code == 200
    assert [answer.question for answer in told] == asked[-1:]
    assert sum("Raqqa" in request for request in llm.requests) == len(llm.requests)


@pytest.mark.parametrize(
    "odd",
    ["x" * 3_000, " ", None, [{"type": "image_url", "image_url": {"url": "data:,"}}]],
    ids=["long", "empty", "none", "image"],
)
def test_of_the_messages_only_the_last_has_to_be_a_question(
    client: openai.OpenAI, sample: Assistant, odd: object
) -> None:
    said: Any = {"role": "user", "content": "Who took al-Qaim?"}, *[{"role": "user", "content": odd}] * 3
    messages: Any = [*said, {"role": "user", "content": "And Rawa?"}]
    message = client.chat.completions.create(model="lagebild", messages=messages).choices[0].message
    conversation = Conversation(sample, None)
    conversation.ask("Who took al-Qaim?")
    assert message.content == as_markdown(conversation.ask("And Rawa?").answer).text
    with pytest.raises(openai.BadRequestError, match="The question"):
        client.chat.completions.create(model="lagebild", messages=list(said))


def test_embeddings_are_those_of_the_index(client: openai.OpenAI, sample: Assistant) -> None:
    texts = ["The town was taken.", "المدينة"]
    given = client.embeddings.create(model=PASSAGE_MODEL, input=texts)  # the client asks for base64
    assert np.allclose([one.embedding for one in given.data], sample.embedder.embed_passages(texts), atol=1e-6)
    asked = client.embeddings.create(model=QUERY_MODEL, input=QUESTION, encoding_format="float")
    assert np.allclose(asked.data[0].embedding, sample.embedder.embed_queries([QUESTION])[0], atol=1e-6)
    assert {model.id for model in client.models.list()} == {"lagebild", QUERY_MODEL, PASSAGE_MODEL}


def test_what_is_wrong_is_said_as_the_client_expects(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="The question is empty"):
        client.chat.completions.create(model="lagebild", messages=[])
    with pytest.raises(openai.BadRequestError, match="lagebild-query"):
        client.embeddings.create(model="text-embedding-3-small", input="x")


def test_errors_that_no_route_raises_have_its_shape_too(sample: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(build_openai_api(sample), raise_server_exceptions=False) as http:
        refused = http.put("/models")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
        monkeypatch.setattr(Assistant, "embedder", property(lambda _: 1 / 0))
        broken = http.post("/embeddings", json={"input": "x"})
    assert (broken.status_code, broken.json()["error"]["type"]) == (500, "server_error")
    assert "division" not in broken.text


def test_the_chats_server_has_it(tmp_path: Path) -> None:
    with serving_apart(tmp_path / "data") as address:
        client = openai.OpenAI(base_url=f"{address}/v1", api_key="none")
        question: Any = {"role": "user", "content": "What does report number 7 say?"}
        answer = client.chat.completions.create(model="lagebild", messages=[question])
        assert answer.choices[0].message.content
