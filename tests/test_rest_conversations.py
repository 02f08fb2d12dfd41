"""Conversations over HTTP, and what the server measures and says of itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.conversation import Conversation
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.rest import build_api
from assistant.rest_conversations import Told, Whole
from assistant.store import Catalog
from assistant.ui.examples import Examples
from assistant.ui.parts import build_parts
from assistant.uploads import Uploads
from tests.helpers import make_report
from tests.test_rest_stream import streamed

FIRST, NEXT = "Who took al-Qaim?", "And Rawa?"


@pytest.fixture(scope="module")
def own(sample_files: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = shutil.copytree(sample_files, tmp_path_factory.mktemp("talk") / "data")
    with Assistant(data, embedder=embedder) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def client(own: Assistant) -> Iterator[TestClient]:
    with TestClient(build_api(own)) as client:
        yield client


def test_a_conversation_goes_on_is_read_renamed_exported_and_deleted(client: TestClient, own: Assistant) -> None:
    begun = client.post("/conversations", json={"question": FIRST})
    assert begun.status_code == 201
    first = Told.model_validate(begun.json())
    at = f"/conversations/{first.conversation}"
    assert (first.number, first.kept) == (1, True)
    second = client.post(f"{at}/ask", json={"question": NEXT, "until": "2017-12-31"}).json()
    same = Conversation(own, None)
    same.ask(FIRST)
    expected = same.ask(NEXT).answer.to_dict()
    assert second["number"] == 2
    assert "Rawa" in second["resolved"]
    assert second["answer"]["statements"] == json.loads(json.dumps(expected["statements"]))

    whole = Whole.model_validate(client.get(at).json())
    assert [turn.question for turn in whole.turns] == [FIRST, NEXT]
    renamed = client.patch(at, json={"title": "Al-Qaim"}).json()
    assert (renamed["title"], renamed["turns"]) == ("Al-Qaim", 2)
    assert renamed in client.get("/conversations").json()["conversations"]

    written = client.get(f"{at}/export")
    assert written.headers["content-type"] == "text/markdown; charset=utf-8"
    assert written.text.startswith("# Al\\-Qaim\n") or written.text.startswith("# Al-Qaim\n")
    exported = client.get(f"{at}/export", params={"format": "json"})
    assert "attachment" in exported.headers["content-disposition"]
    assert exported.json() == client.get(at).json()
    for turn in exported.json()["turns"]:
        for citation in turn["answer"]["citations"]:
            report = own.report(citation["report"]["id"])
            assert report is not None
            assert report.text[citation["start"] : citation["end"]] == citation["quote"]

    assert client.delete(at).status_code == 204
    for method, path in (("GET", at), ("DELETE", at), ("GET", f"{at}/export"), ("POST", f"{at}/ask")):
        gone = client.request(method, path, json={"question": NEXT} if method == "POST" else None)
        assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
    with Catalog(own.settings.data / "catalog.sqlite") as catalog:
        assert FIRST.encode() not in catalog.path.read_bytes()


@pytest.mark.parametrize("title", ["", " ", "\0", "\x1b\x9b"])
def test_a_title_of_which_nothing_is_seen_is_refused_by_rest_and_the_page(
    client: TestClient, own: Assistant, title: str
) -> None:
    talk = own.conversation()
    talk.ask(FIRST)
    with TestClient(build_parts(own, Uploads(own), Examples(own), "en")) as page:
        for response in (
            client.patch(f"/conversations/{talk.id}", json={"title": title}),
            page.post(f"/conversations/{talk.id}", json={"title": title}),
        ):
            assert response.status_code == 422
    assert own.conversations().summary(talk.id).title == FIRST


def test_a_turn_is_streamed_and_kept(client: TestClient) -> None:
    *parts, (last, turn) = streamed(client, "/conversations/stream", question=FIRST)
    assert last == "turn"
    assert [data for name, data in parts if name == "statement"] == turn["answer"]["statements"]
    *_, (_, following) = streamed(client, f"/conversations/{turn['conversation']}/ask/stream", question=NEXT)
    assert (following["number"], following["kept"]) == (2, True)
    assert len(client.get(f"/conversations/{turn['conversation']}").json()["turns"]) == 2


def test_the_places_are_where_they_are(client: TestClient, own: Assistant) -> None:
    places = client.get("/places").json()["places"]
    assert [place["entity"] for place in places] == [name.entity for name in own.names() if name.kind == "place"]
    town = next(place for place in places if place["entity"] == "place:174448")
    assert town["country"] == "SY"
    assert abs(town["latitude"] - 34.45) < 0.2
    assert abs(town["longitude"] - 40.92) < 0.2
    assert any(place["latitude"] is None and place["country"] == "IQ" for place in places)  # a country is no point
    assert len(client.get("/places", params={"count": 2}).json()["places"]) == 2


def test_what_is_asked_at_any_door_is_measured(tmp_path: Path) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    with (
        Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant,
        TestClient(build_api(assistant)) as client,
    ):

        def measured() -> dict[str, float]:
            response = client.get("/metrics")
            assert response.headers["content-type"].startswith("text/plain")
            return {
                sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
                for family in text_string_to_metric_families(response.text)
                for sample in family.samples
            }

        assert "lagebild_reports" not in measured()  # there is no index yet
        assistant.ingest([make_report()])
        before = measured()
        assert (before["lagebild_reports"], before["lagebild_sentences"]) == (1, 2)
        asked = [client.post("/ask", json={"question": "Who took the town?"}).json() for _ in range(2)]
        asked.append(assistant.ask("Where is Zzyzx and who holds it?").to_dict())
        asked.append(assistant.conversation().ask("Who fled across the river?").answer.to_dict())
        outcomes = [answer["refusal"] or "answered" for answer in asked]
        after = measured()
        for outcome in set(outcomes):
            assert after[f"lagebild_questions_total[{outcome}]"] == outcomes.count(outcome)
        assert after["lagebild_answer_seconds_count"] == len(asked)
        assert after["lagebild_answer_seconds_sum"] > 0
