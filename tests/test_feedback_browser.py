"""What somebody says of an answer, as it is said on the page: in Chromium, over HTTP, without a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.evaluation.questions import Question
from assistant.settings import Settings
from assistant.turns import Feedback, Verdict

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, text_of, texts_of
from tests.helpers import make_report, numbered_report

QUESTION = "Which town did the army take?"
HOSTILE = "</p></div><img src=x onerror=alert(1)><script>window.pwned=1</script>\"' \u202e$note\n\tsecond line"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = replace(Settings.from_environment(), data=tmp_path_factory.mktemp("feedback"))
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([make_report(), *(numbered_report(number) for number in range(3))])
        yield assistant


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Chat]:
    with chatting(browser, address, "/en/") as chat:
        yield chat


def expect_chosen(page: Page, turn: int, verdict: str | None) -> None:
    chosen = page.locator(f"#t{turn} .feedback [aria-pressed=true]")
    if verdict is None:
        expect(chosen).to_have_count(0)
    else:
        expect(chosen).to_have_attribute("data-verdict", verdict)


@needs_chromium
def test_an_answer_is_judged_by_keyboard_and_the_verdict_stays(
    chat: Chat, browser: Browser, address: str, assistant: Assistant
) -> None:
    page = chat.page
    row = chat.ask(QUESTION).get_by_role("group", name="Is this answer right?")
    expect(row.get_by_role("button")).to_have_text(["Right", "Wrong", "Wrong source"])
    row.get_by_role("button", name="Right").focus()
    page.keyboard.press("Space")
    expect_chosen(page, 1, "right")
    expect(row.get_by_role("button", name="Right")).to_be_focused()
    page.keyboard.press("Tab")  # changed
    page.keyboard.press("Enter")
    expect_chosen(page, 1, "wrong")
    row.get_by_role("button", name="Add a note").press("Enter")
    dialog = page.locator("dialog.feedback-note")
    expect(dialog.get_by_label("What is right or wrong about this answer")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row.get_by_role("button", name="Add a note")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.insert_text(HOSTILE)
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(row.get_by_role("button", name="Change the note")).to_be_focused()
    assert text_of(row.locator(".said")) == HOSTILE
    row.get_by_role("button", name="Wrong source").press("Enter")  # changed, and the note is kept
    expect_chosen(page, 1, "wrong_source")
    identity = assistant.conversations().summaries()[0].id
    assert assistant.conversations().feedback(identity) == {1: Feedback(Verdict.WRONG_SOURCE, HOSTILE)}
    chat.ask("Which convoy crossed the river?")  # all answers are drawn anew
    for again in ("asked on", "reloaded"):
        expect_chosen(page, 1, "wrong_source")
        expect_chosen(page, 2, None)
        assert text_of(row.locator(".said")) == HOSTILE
        if again == "asked on":
            page.reload()
            expect(page.locator(".turn")).to_have_count(2, timeout=PATIENCE)
    with browser.new_context() as context:  # reopened by another, in another language
        other = context.new_page()
        other.goto(f"{address}/ar/?c={identity}")
        expect_chosen(other, 1, "wrong_source")
        expect(other.locator("#t1 .feedback")).to_have_css("direction", "rtl")
        expect(other.locator("#t1 .feedback [aria-pressed=true]")).to_have_text("المصدر خاطئ")
    assert page.evaluate("window.pwned") is None
    assert page.locator(".feedback :is(img, script)").count() == 0


@needs_chromium
def test_a_late_answer_of_the_server_leaves_the_focus_where_one_has_gone(chat: Chat) -> None:
    page = chat.page
    for _ in range(2):
        chat.ask(QUESTION)
    held: list[Route] = []
    page.route("**/parts/**", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright sets attributes
    with page.expect_request("**/parts/**"):
        page.locator("#t1").get_by_role("button", name="Right").press("Enter")
    elsewhere = page.locator("#t2").get_by_role("button", name="Wrong", exact=True)
    elsewhere.focus()
    held.pop().continue_()
    expect_chosen(page, 1, "right")
    expect(elsewhere).to_be_focused()


@needs_chromium
def test_a_note_that_could_not_be_saved_is_still_there_to_be_saved(chat: Chat) -> None:
    page = chat.page
    row = chat.ask(QUESTION).locator(".feedback")
    row.get_by_role("button", name="Right").press("Enter")
    page.route("**/feedback", lambda route: route.abort())
    row.get_by_role("button", name="Add a note").press("Enter")
    page.keyboard.type("It was Rawa.")
    page.keyboard.press("Control+Enter")
    expect(row.locator(".status")).to_have_text("The server did not answer as it should. Try again.")
    page.unroute("**/feedback")
    row.get_by_role("button", name="Add a note").press("Enter")
    expect(page.locator("dialog.feedback-note textarea")).to_have_value("It was Rawa.")
    page.keyboard.press("Control+Enter")
    expect(row.locator(".said")).to_have_text("It was Rawa.")
    chat.complaints.clear()  # Chromium tells of the request that failed


@needs_chromium
def test_what_was_said_is_saved_as_questions_and_taken_back(chat: Chat, assistant: Assistant) -> None:
    page, kept = chat.page, assistant.conversations()
    first = chat.ask(QUESTION).locator(".feedback")
    identity = kept.summaries()[0].id
    kept.judge(identity, 1, Feedback(Verdict.WRONG_SOURCE, HOSTILE))
    second = chat.ask("Which convoy crossed the river?").locator(".feedback")
    second.get_by_role("button", name="Right").press("Enter")
    expect_chosen(page, 2, "right")
    saved = page.get_by_role("link", name="Save what was said of answers")
    with page.expect_download() as download:
        saved.press("Enter")
    assert download.value.suggested_filename == "lagebild-feedback.jsonl"
    lines = download.value.path().read_text("utf-8").splitlines()
    asked = {one.id: one for one in map(Question.model_validate_json, lines)}
    wrong, right = asked[f"{identity}-1"], asked[f"{identity}-2"]
    assert (wrong.question, wrong.kind, wrong.expected, wrong.note) == (QUESTION, "wrong_source", (), HOSTILE)
    assert right.kind == "right"
    assert [one.quote for one in right.expected] == texts_of(page.locator("#t2 .statement"))
    second.locator("[aria-pressed=true]").press("Enter")
    expect_chosen(page, 2, None)
    first.locator("[aria-pressed=true]").press("Enter")  # what has a note goes only by a word more
    page.locator("dialog.feedback-note").get_by_role("button", name="Take back, with the note").press("Enter")
    expect_chosen(page, 1, None)
    expect(first.get_by_role("button", name="Wrong source")).to_be_focused()
    assert kept.feedback(identity) == {}


@needs_chromium
def test_a_read_only_server_shows_what_was_said_and_takes_nothing(browser: Browser, assistant: Assistant) -> None:
    talk = assistant.conversation()
    talk.ask(QUESTION)
    talk.ask("Who fled across the river?")
    assistant.conversations().judge(talk.id, 1, Feedback(Verdict.WRONG, HOSTILE))
    settings = replace(assistant.settings, read_only=True)
    with (
        Assistant(settings=settings, embedder=WordLengthEmbedder()) as closed,
        serving(closed) as address,
        chatting(browser, address, f"/de/?c={talk.id}") as chat,
    ):
        said = chat.page.locator("#t1 .feedback")
        expect(said).to_contain_text("Stimmt diese Antwort? Falsch", timeout=PATIENCE)
        assert text_of(said.locator(".said")) == HOSTILE
        expect(chat.page.locator("#t2")).to_be_visible()
        expect(chat.page.locator(".feedback button, #t2 .feedback")).to_have_count(0)
        one = f"{address}/de/parts/conversations/{talk.id}/turns/1/feedback"
        assert httpx.put(one, json={"verdict": "right"}, trust_env=False).status_code == 404
        assert httpx.delete(one, trust_env=False).status_code == 404
        saved = httpx.get(f"{address}/de/parts/feedback", trust_env=False).text
        assert {"kind": "wrong", "id": f"{talk.id}-1"}.items() <= json.loads(saved.splitlines()[0]).items()
    assert assistant.conversations().feedback(talk.id) == {1: Feedback(Verdict.WRONG, HOSTILE)}


def test_what_cannot_be_said_is_refused(address: str, assistant: Assistant) -> None:
    talk = assistant.conversation()
    talk.ask(QUESTION)
    at = f"{address}/en/parts/conversations/{talk.id}/turns"
    wrong = [
        {},
        {"verdict": "maybe"},
        {"verdict": "right", "note": "x" * 2_001},
        {"verdict": "right", "note": "\ud800"},
    ]
    with httpx.Client(trust_env=False) as client:
        for body in wrong:
            headers = {"Content-Type": "application/json"}
            assert client.put(f"{at}/1/feedback", content=json.dumps(body), headers=headers).status_code == 422
        for number in ("0", "x", "9" * 30):
            assert client.put(f"{at}/{number}/feedback", json={"verdict": "right"}).status_code == 422
        assert client.put(f"{at}/2/feedback", json={"verdict": "right"}).status_code == 404
        foreign = {"Origin": "http://evil.example"}
        assert client.put(f"{at}/1/feedback", json={"verdict": "right"}, headers=foreign).status_code == 403
    assert assistant.conversations().feedback(talk.id) == {}


@needs_chromium
def test_an_answer_without_sources_has_no_wrong_one(browser: Browser, tmp_path: Path) -> None:
    settings = replace(Settings.from_environment(), data=tmp_path / "data")
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([make_report()])
        with serving(assistant) as address, chatting(browser, address, "/en/") as chat:
            row = chat.ask("What is the capital of Peru?").locator(".feedback")
            expect(chat.page.locator("#t1 .refusal")).to_be_visible()
            expect(row.get_by_role("button")).to_have_text(["Right", "Wrong"])
            row.get_by_role("button", name="Wrong").click()  # and the row is made anew
            expect(row.get_by_role("button")).to_have_text(["Right", "Wrong", "Add a note"])
