"""What is said of answers: kept with its turn, changed, taken back, and gone with whatever it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant, Conversation, Settings
from assistant.embedding import WordLengthEmbedder
from assistant.errors import ConversationError
from assistant.rest import build_api
from assistant.store import delete_conversations, forget, verify
from assistant.store.stored_turns import encode
from assistant.turns import Feedback, Verdict
from tests.assistant.test_forget import traces
from tests.helpers import make_report, numbered_report

SECRET = make_report("Zanzibarbaria fell on Thursday. Colonel Xylophonescu fled across the river.")
SAID = Feedback(Verdict.WRONG_SOURCE, "Qwertzburg's own gazette denies it")
NOTES = ("qwertzburg",)


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([SECRET, *(numbered_report(number) for number in range(4))])
        yield assistant


def asked(assistant: Assistant) -> Conversation:
    """A conversation of two turns, the first of which quotes the secret."""
    talk = assistant.conversation()
    assert SECRET.id in {c.report.id for c in talk.ask("Who fled across the river?").answer.citations}
    talk.ask("Which convoy crossed the river?")
    return talk


verdicts = st.none() | st.builds(Feedback, st.sampled_from(Verdict), st.text(st.characters(exclude_categories=["Cs"])))


@given(st.lists(st.tuples(st.integers(1, 2), verdicts), max_size=6))
@settings(max_examples=10, deadline=None)
def test_the_last_word_counts(assistant: Assistant, said: list[tuple[int, Feedback | None]]) -> None:
    kept = assistant.conversations()
    if not kept.summaries():
        asked(assistant)
    talk = kept.summaries()[0].id
    last: dict[int, Feedback | None] = dict.fromkeys((1, 2))
    for number, one in [(1, None), (2, None), *said]:
        kept.judge(talk, number, one)
        last[number] = one
    assert {turn.number: turn.feedback for turn in assistant.conversation(talk).turns} == last
    assert kept.feedback(talk) == {number: one for number, one in last.items() if one is not None}
    assert kept.judged() == ([talk] if any(last.values()) else [])


def test_it_is_there_after_closing_and_no_part_of_the_stored_answer(assistant: Assistant) -> None:
    talk = asked(assistant)
    assistant.conversations().judge(talk.id, 2, SAID)
    with Assistant(assistant.settings.data, embedder=WordLengthEmbedder()) as again:
        first, second = again.conversation(talk.id).turns
        assert (first.feedback, second.feedback) == (None, SAID)
        assert second.to_dict()["feedback"] == {"verdict": "wrong_source", "note": SAID.note}
        assert SAID.note not in encode(second)
        assert verify(assistant.settings.data).problems == ()


@pytest.mark.parametrize("number", [0, 3, 10**6])
def test_of_a_turn_that_is_not_there_nothing_can_be_said(assistant: Assistant, number: int) -> None:
    talk = asked(assistant)
    for conversation in (talk.id, "nothing"):
        with pytest.raises(ConversationError, match=f"there is no turn {number}"):
            assistant.conversations().judge(conversation, number, SAID)
    assert assistant.conversations().judged() == []


def test_two_who_share_a_conversation_judge_their_own_turns(assistant: Assistant) -> None:
    talk = asked(assistant)
    other = assistant.conversation(talk.id)
    mine = talk.ask("Which convoy crossed the old bridge?")
    theirs = other.ask("Where did its escort go?")
    assert (mine.number, theirs.number) == (3, 4)
    assistant.conversations().judge(talk.id, theirs.number, SAID)
    assert [t.question for t in assistant.conversation(talk.id).turns if t.feedback] == ["Where did its escort go?"]


def test_deleting_the_conversation_deletes_it(assistant: Assistant) -> None:
    data, talk = assistant.settings.data, asked(assistant)
    assistant.conversations().judge(talk.id, 1, SAID)
    assert traces(data, NOTES) != []
    delete_conversations(data, [talk.id])
    assert assistant.conversations().feedback(talk.id) == {}
    assert traces(data, NOTES) == []


def test_forgetting_a_report_takes_notes_on_what_quoted_it(assistant: Assistant) -> None:
    data, talk = assistant.settings.data, asked(assistant)
    assistant.conversations().judge(talk.id, 1, SAID)
    forget(data, [SECRET.id])
    assert assistant.conversations().feedback(talk.id) == {1: Feedback(Verdict.WRONG_SOURCE)}
    assert traces(data, NOTES) == []


# -- the REST door


def test_programs_judge_take_back_and_get_questions(assistant: Assistant) -> None:
    talk = asked(assistant)
    at = f"/conversations/{talk.id}/turns/1/feedback"
    with TestClient(build_api(assistant)) as client:
        assert client.put(at, json=SAID.to_dict()).json() == SAID.to_dict()
        assert client.get(f"/conversations/{talk.id}").json()["turns"][0]["feedback"] == SAID.to_dict()
        (question,) = client.get("/feedback").json()["questions"]
        assert (question["id"], question["kind"], question["note"]) == (f"{talk.id}-1", "wrong_source", SAID.note)
        assert client.delete(at).status_code == 204
        assert client.get("/feedback").json() == {"questions": []}
        for wrong in (
            {"verdict": "maybe"},
            {},
            {"verdict": "right", "note": "x" * 2_001},
            {"verdict": "right", "x": 1},
        ):
            assert client.put(at, json=wrong).status_code == 422
        assert client.put(at.replace("/1/", "/9/"), json={"verdict": "right"}).status_code == 404
    closed = Settings(data=assistant.settings.data, read_only=True)
    with Assistant(settings=closed, embedder=WordLengthEmbedder()) as own, TestClient(build_api(own)) as client:
        assert client.put(at, json={"verdict": "right"}).status_code == 403
        assert client.delete(at).status_code == 403
    assert assistant.conversations().judged() == []
