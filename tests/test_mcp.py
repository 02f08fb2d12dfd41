"""The door for language models' programs, with the real client: over standard input and output, and over HTTP."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from assistant import Assistant
from assistant.dates import Window
from assistant.embedding import WordLengthEmbedder
from assistant.filter import Filter
from assistant.mcp_server import make_mcp_server
from tests.apart import serving_apart

QUESTION = "Who controls Abu Kamal?"


def talk(server: Any, what: Callable[[Client], Awaitable[Any]]) -> Any:
    """Open a client to the server and do something with it."""

    async def connected() -> Any:
        async with Client(server) as client:
            return await what(client)

    return asyncio.run(connected())


def call(server: Any, tool: str, **arguments: object) -> dict[str, Any]:
    """What a tool gives: as data, which has to be what it says as text."""
    found = talk(server, lambda client: client.call_tool(tool, arguments))
    assert not found.is_error, found.content
    assert json.loads(found.content[0].text) == found.structured_content
    return dict(found.structured_content)


@pytest.fixture(scope="module")
def server(sample: Assistant) -> Any:
    return make_mcp_server(sample)


def test_a_model_is_told_what_each_tool_is_for(server: Any) -> None:
    tools = talk(server, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"ask", "search", "read_report", "list_places", "timeline"}
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert all(about.get("description") for about in tool.input_schema["properties"].values())


def test_an_answer_is_the_same_as_at_every_door(server: Any, sample: Assistant) -> None:
    answer = call(server, "ask", question=QUESTION)
    same = sample.ask(QUESTION).to_dict()
    assert answer["citations"] == json.loads(json.dumps(same["citations"]))
    assert answer["statements"] == json.loads(json.dumps(same["statements"]))
    for citation in answer["citations"]:
        report = call(server, "read_report", report_id=citation["report"]["id"], length=20_000)
        assert report["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_refusal_is_said_and_comes_with_the_nearest_passages(server: Any) -> None:
    answer = call(server, "ask", question="How do I bake sourdough bread?")
    assert answer["refusal"] == "not_in_reports"
    assert answer["statements"] == []
    assert answer["hits"]


def test_limits_limit(server: Any, sample: Assistant) -> None:
    found = call(server, "search", question=QUESTION, count=5, until="2017-11-10", languages=["de"])["hits"]
    same = sample.retrieve(QUESTION, 5, Filter.told(until="2017-11-10", languages=["de"]))
    assert [hit["text"] for hit in found] == [hit.text for hit in same]
    assert found
    places = call(server, "search", question="fighting", count=20, places=["راوة"])["hits"]
    assert {hit["report"]["id"] for hit in places} == {
        hit.report.id for hit in sample.retrieve("fighting", 20, Filter(places=frozenset({"Rawa"})))
    }


def test_a_report_is_read_in_pieces(server: Any, sample: Assistant) -> None:
    hit = sample.retrieve(QUESTION, 1)[0]
    pieces = list[str]()
    start: int | None = 0
    while start is not None:
        piece = call(server, "read_report", report_id=hit.report.id, start=start, length=300)
        pieces.append(piece["text"])
        start = piece["next_start"]
    assert "".join(pieces) == hit.report.text
    resource = talk(server, lambda client: client.read_resource(f"report://{hit.report.id}"))
    assert resource.contents[0].text == hit.report.text


def test_the_places_are_those_that_reports_name(server: Any) -> None:
    names = call(server, "list_places", count=5)["names"]
    assert len(names) == 5
    assert [name["reports"] for name in names] == sorted((name["reports"] for name in names), reverse=True)
    assert {name["kind"] for name in call(server, "list_places")["names"]} == {"place", "group"}


def test_a_place_is_followed_through_time(server: Any, sample: Assistant) -> None:
    course = call(server, "timeline", name="البوكمال", since="2017-11-09", count=3)
    same = sample.timeline("Abu Kamal", Window(dt.date(2017, 11, 9)))
    assert course["sentences"] == json.loads(json.dumps([told.to_dict() for told in same[-3:]]))
    assert course["left_out"] == len(same) - 3 > 0


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": " "}, "The question is empty"),
        ("ask", {"question": "Who?", "since": "soon"}, "'soon' is no date"),
        ("read_report", {"report_id": "nothing"}, "There is no report 'nothing'"),
        ("search", {"question": "Who?", "count": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_to_the_model(server: Any, tool: str, arguments: dict[str, object], said: str) -> None:
    found = talk(server, lambda client: client.call_tool(tool, arguments))
    assert found.is_error
    assert said in found.content[0].text


def test_the_chats_server_has_the_same_door(tmp_path: Path) -> None:
    with (
        serving_apart(tmp_path / "data") as address,
        Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as same,
    ):
        found = call(f"{address}/mcp", "search", question="Report number 7.", count=3)
        assert [hit["text"] for hit in found["hits"]] == [hit.text for hit in same.retrieve("Report number 7.", 3)]


def test_a_program_starts_it_and_speaks_over_its_pipes(sample_index: Path) -> None:
    command = "from assistant.cli import main; main()"
    program = StdioServerParameters(
        command=sys.executable, args=["-c", command, "mcp", "--data", str(sample_index)], env=dict(os.environ)
    )

    async def read(client: Client) -> str:
        listed = await client.list_tools()
        found = await client.call_tool("list_places", {"count": 3})
        assert found.structured_content is not None
        return f"{len(listed.tools)} tools, {len(found.structured_content['names'])} names"

    assert talk(program, read) == "5 tools, 3 names"
