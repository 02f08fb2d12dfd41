"""The REST door: by itself, and inside of the chat's server."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from assistant import Assistant, Settings
from assistant.dates import Window
from assistant.embedding import WordLengthEmbedder
from assistant.filter import Filter
from assistant.plain_data import hit_to_dict
from assistant.rest import build_api
from assistant.rest_examples import EXAMPLES
from assistant.rest_models import Answered, Day
from tests.apart import serving_apart
from tests.helpers import numbered_report
from tests.reliability.conftest import SOAK, runs

QUESTION = "Who controls Abu Kamal?"
REPORT = {"text": "The bridge at Quxburg was blown up on Monday.", "title": "Bridge", "published": "2017-11"}


@pytest.fixture(scope="module")
def sampled(sample: Assistant) -> Iterator[TestClient]:
    with TestClient(build_api(sample)) as client:
        yield client


@pytest.fixture
def client(tiny: Assistant) -> Iterator[TestClient]:
    with TestClient(build_api(tiny)) as client:
        yield client


def as_json(value: object) -> object:
    return json.loads(json.dumps(value))


def test_an_answer_is_the_same_as_at_every_door(sampled: TestClient, sample: Assistant) -> None:
    answer = sampled.post("/ask", json={"question": QUESTION}).json()
    same = sample.ask(QUESTION).to_dict()
    for given in (answer, same):
        given["provenance"].pop("ms")
    assert answer == as_json(same)
    assert Answered.model_validate(answer).citations[0].quote == answer["citations"][0]["quote"]
    for citation in answer["citations"]:
        report = sampled.get(f"/reports/{citation['report']['id']}").json()
        assert report["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_refusal_is_an_answer_too(sampled: TestClient) -> None:
    response = sampled.post("/ask", json={"question": "How do I bake sourdough bread?"})
    assert response.status_code == 200
    assert response.json()["refusal"] == "not_in_reports"


def test_limits_limit(sampled: TestClient, sample: Assistant) -> None:
    limits = {"until": "2017-11-10", "languages": ["de"]}
    hits = sampled.post("/retrieve", json={"question": QUESTION, "count": 3} | limits).json()["hits"]
    same = sample.retrieve(QUESTION, 3, Filter.told(until="2017-11-10", languages=["de"]))
    assert hits == as_json([hit_to_dict(hit) for hit in same])
    assert hits


def test_a_place_is_followed_through_time(sampled: TestClient, sample: Assistant) -> None:
    course = sampled.get("/timeline", params={"name": "البوكمال", "until": "2017-11", "count": 2}).json()
    same = sample.timeline("Abu Kamal", Window(None, dt.date(2017, 11, 30)))
    assert course == as_json({"sentences": [told.to_dict() for told in same[-2:]], "left_out": len(same) - 2})


def test_reports_come_in_pages(sampled: TestClient, sample: Assistant) -> None:
    found = list[str]()
    after: str | None = ""
    while after is not None:
        page = sampled.get("/reports", params={"count": 7, "after": after}).json()
        found += [report["id"] for report in page["reports"]]
        after = page["next"]
    assert found == [report.id for report in sample.reports()]
    assert len(found) == sampled.get("/status").json()["reports"] > 14


def test_a_report_comes_and_goes(client: TestClient) -> None:
    assert client.post("/ask", json={"question": "Who?"}).status_code == 503
    added = client.post("/reports", json=REPORT)
    assert (added.status_code, added.json()["added"]) == (201, True)
    assert client.post("/reports", json=REPORT).json() == {"id": added.json()["id"], "added": False}
    kept = client.get(f"/reports/{added.json()['id']}").json()
    assert {name: kept[name] for name in REPORT} == REPORT
    assert kept["language"] == "en"
    assert client.delete(f"/reports/{kept['id']}").status_code == 204
    assert client.get(f"/reports/{kept['id']}").status_code == 404
    assert client.get("/status").json()["reports"] == 0


def test_a_setting_that_means_nothing_is_the_servers_fault(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", llm="nowhere")
    with (
        Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant,
        TestClient(build_api(assistant)) as client,
    ):
        client.post("/reports", json=REPORT).raise_for_status()
        problem = client.post("/ask", json={"question": "What was blown up at Quxburg?"}).json()
    assert (problem["status"], problem["title"]) == (500, "Internal Server Error")
    assert "llm is 'nowhere'" in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/ask", {"question": " "}, 422, "body.question"),
        ("POST", "/ask", {"question": "Who?", "since": "2017-02-29"}, 422, "body.since: '2017-02-29' is no date"),
        ("POST", "/ask", {"question": "Who?", "since": "soon"}, 422, "write it as 2017-11-09, 2017-11 or 2017"),
        ("POST", "/ask", {"question": "Who?", "untill": "2017"}, 422, "body.untill"),
        ("POST", "/reports", REPORT | {"published": "2017-02-29"}, 422, "body.published"),
        ("POST", "/reports", REPORT | {"url": "https://example.org/a\x85b"}, 422, "body.url"),
        ("POST", "/ask", {"question": "x" * 3_000}, 400, "more than 2000"),
        ("POST", "/reports", REPORT | {"text": "half a character: \ud800"}, 422, ""),
        ("POST", "/reports", REPORT | {"text": " \n\u3000"}, 422, "there is no text"),
        ("GET", "/reports/none", None, 404, "There is no report 'none'"),
        ("DELETE", "/reports/none", None, 404, "There is no report 'none'"),
        ("GET", "/nothing", None, 404, ""),
        ("PUT", "/ask", None, 405, ""),
    ],
)
def test_what_is_wrong_is_told_as_problem_details(
    client: TestClient, method: str, path: str, body: object, status: int, said: str
) -> None:
    client.post("/reports", json=REPORT).raise_for_status()
    content = json.dumps(body) if body is not None else None
    response = client.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (response.status_code, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert said in problem["detail"]


def test_what_nobody_thought_of_is_told_as_problem_details(tiny: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assistant, "status", lambda _: 1 / 0)
    with TestClient(build_api(tiny), raise_server_exceptions=False) as client:
        response = client.get("/status")
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in response.text


def test_every_route_is_shown_by_an_example_that_is_one(tiny: Assistant) -> None:
    api = build_api(tiny)
    models = {(method, route.path): route.response_model for route in routes(api) for method in route.methods or ()}
    for path, methods in api.openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], path
            answers = [found for status, found in operation["responses"].items() if status < "300"]
            (content,) = [one for found in answers for one in found.get("content", {"": None}).values()][:1]
            assert content is None or "example" in content, path
            model = models[method.upper(), path]
            if model is not None:
                assert content is not None
                model.model_validate(content["example"], strict=True)
            if "requestBody" in operation:
                name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                body = api.openapi()["components"]["schemas"][name]
                assert all("examples" in body["properties"][field] for field in body["required"]), name


def test_the_examples_are_what_the_sample_reports_give(sampled: TestClient) -> None:
    report = EXAMPLES["GET", "/reports/{report_id}"]
    limits = {"question": QUESTION, "reports": [report["id"]], "until": "2017-11-20"}
    given = {
        ("POST", "/ask"): sampled.post("/ask", json=limits),
        ("POST", "/retrieve"): sampled.post("/retrieve", json=limits),
        ("GET", "/reports/{report_id}"): sampled.get(f"/reports/{report['id']}"),
        ("GET", "/names"): sampled.get("/names"),
        ("GET", "/places"): sampled.get("/places"),
        ("GET", "/timeline"): sampled.get("/timeline?name=Abu+Kamal&until=2017-11-19&count=1"),
        ("GET", "/status"): sampled.get("/status"),
    }
    for route, response in given.items():
        assert_shortened(EXAMPLES[route], response.json(), str(route))


def assert_shortened(short: object, whole: object, where: str) -> None:
    """That what is there is the same, but for who asked and when, and for what the processor makes of a score."""
    if isinstance(short, dict):
        assert isinstance(whole, dict)
        for key in short.keys() - {"ms", "data", "score", "why"}:
            assert_shortened(short[key], whole[key], f"{where} {key}")
    elif isinstance(short, list):
        assert isinstance(whole, list)
        for number, one in enumerate(short):
            assert_shortened(one, whole[number], f"{where} {number}")
    else:
        assert whole == short or (where.endswith("text") and str(whole).startswith(str(short))), where


def routes(api: FastAPI) -> list[APIRoute]:
    return [route for route in api.routes if isinstance(route, APIRoute)]


def test_the_chats_server_has_it_behind_its_guard(tmp_path: Path) -> None:
    with (
        serving_apart(tmp_path / "data") as address,
        httpx.Client(base_url=f"{address}/api/v1", timeout=60, trust_env=False) as client,
    ):
        assert client.get("/status").json()["reports"] == 30
        assert client.post("/retrieve", json={"question": "Report number 7."}).json()["hits"]
        asked = client.post("/ask", json={"question": QUESTION}, headers={"Origin": "http://evil.example"})
        assert asked.status_code == 403


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What the OpenAPI document promises, about a server with five reports."""
    with Assistant(tmp_path_factory.mktemp("rest") / "data", embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(5)])
        yield schemathesis.openapi.from_asgi("/openapi.json", build_api(assistant))


@pytest.mark.parametrize("year", [1000, 1900, 2000, 2016, 2017, 7391, 9996])
def test_the_document_knows_which_days_there_are(year: int) -> None:
    pattern = TypeAdapter(Day).json_schema()["pattern"]
    for month, day in itertools.product(range(14), range(33)):
        with contextlib.suppress(ValueError):
            assert re.search(pattern, str(dt.date(year, month, day)))
            continue
        assert not re.search(pattern, f"{year}-{month:02}-{day:02}")


def test_row_14_the_server_keeps_to_its_document(document: Any) -> None:
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) == 25
    for operation in operations:

        @hypothesis.settings(
            max_examples=runs(10, 500),
            deadline=None,
            derandomize=not SOAK,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate()

        holds()
