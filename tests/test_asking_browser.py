"""Asking as impatient people do it: twice at once, and elsewhere before there is an answer. In Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, Request, Route, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving
from tests.helpers import make_report
from tests.test_chat_model import WaitingLLM

pytestmark = needs_chromium

QUESTION = "Which town did the army take?"
ANSWER = "The army took Quxburg on Monday."


@dataclass
class Desk:
    """An open page whose answers are there when the language model may go on."""

    chat: Chat
    llm: WaitingLLM
    assistant: Assistant

    @property
    def line(self) -> Locator:
        return self.chat.page.locator("#question").locator("input, textarea")

    def ask(self, question: str) -> None:
        """Ask, and do not wait for the answer."""
        self.line.fill(question)
        self.line.press("Enter")

    def kept(self) -> list[list[str]]:
        """The questions of all kept conversations that have an answer, the newest conversation first."""
        conversations, reports = self.assistant.conversations(), self.assistant.catalog().reports
        turns = [conversations.turns(one.id, reports) for one in conversations.summaries()]
        return [[turn.question for turn in one if turn.answer.statements] for one in turns]


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    llm = WaitingLLM(replies=["{army took Quxburg}."], size=11)
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder(), llm=llm) as assistant:
        assistant.ingest([make_report(ANSWER)])
        with serving(assistant) as address, chatting(browser, address) as chat:
            yield Desk(chat, llm, assistant)
            llm.go_on()


def asks(request: Request) -> bool:
    return request.url.split("?")[0].endswith("/queue/join") and QUESTION in (request.post_data or "")


def test_enter_and_a_click_at_once_ask_once(desk: Desk) -> None:
    page, held = desk.chat.page, list[Route]()

    def hold(route: Route) -> None:
        if asks(route.request):
            held.append(route)
        else:
            route.continue_()

    page.route("**/queue/join*", hold)
    desk.ask(QUESTION)
    with page.expect_request("**/queue/join*"):
        page.locator("#send").click()
    assert len(held) == 1
    held[0].continue_()
    page.unroute("**/queue/join*")
    expect(page.locator("#t1 .draft")).to_be_visible(timeout=PATIENCE)
    expect(desk.line).to_have_value("")

    # Who writes it again means it, also while the first is being answered.
    desk.line.fill(QUESTION)
    page.locator("#send").press("Enter")
    expect(page.locator("#t2 .waiting, #t2 .draft")).to_be_visible()
    desk.llm.go_on()
    expect(page.locator("#t2 .answer")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".turn")).to_have_count(2)
    assert desk.kept() == [[QUESTION, QUESTION]]


def test_who_begins_anew_before_the_answer_stays_there_and_finds_it_in_the_list(desk: Desk) -> None:
    page = desk.chat.page
    desk.ask(QUESTION)
    expect(page.locator("#t1 .draft")).to_be_visible(timeout=PATIENCE)
    page.locator("#new").press("Enter")
    expect(page.locator(".welcome")).to_be_visible()
    desk.line.fill("Who")  # one may go on writing
    desk.llm.go_on()
    entry = page.locator(".conversations .open")
    expect(entry).to_have_text(QUESTION, timeout=PATIENCE)
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    expect(desk.line).to_have_value("Who")
    assert desk.kept() == [[QUESTION]]

    # Nor does the next one get into the old conversation.
    other = "What did the army take on Monday?"
    desk.ask(other)
    expect(page.locator("#t1 .answer")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".turn")).to_have_count(1)
    assert desk.kept() == [[other], [QUESTION]]
    entry.filter(has_text=QUESTION).press("Enter")
    expect(page.locator("#t1 .question")).to_have_text(QUESTION)
    expect(page.locator("#t1 .answer")).to_be_visible()


def test_what_overtakes_the_click_for_a_new_conversation_stays_in_sight(desk: Desk) -> None:
    page, held = desk.chat.page, list[Route]()
    new = page.evaluate("gradio_config.components.find(one => one.props.elem_id === 'new').id")

    def hold(route: Route) -> None:
        if json.loads(route.request.post_data or "{}").get("trigger_id") == new:
            held.append(route)
        else:
            route.continue_()

    page.route("**/queue/join*", hold)
    with page.expect_request(lambda request: f'"trigger_id":{new},' in (request.post_data or "")):
        page.locator("#new").click()
    desk.llm.go_on()
    desk.chat.ask(QUESTION)
    with page.expect_response("**/queue/join*"):
        held[0].continue_()
    other = "What did the army take on Monday?"
    desk.chat.ask(other)
    expect(page.locator(".turn")).to_have_count(2)
    assert desk.kept() == [[QUESTION, other]]


def test_who_comes_back_before_the_answer_sees_it_come(desk: Desk) -> None:
    page = desk.chat.page
    desk.llm.go_on()
    desk.chat.ask(QUESTION)
    entry = page.locator(".conversations .open")
    expect(entry).to_have_text(QUESTION)
    desk.llm.wait()
    other = "What did the army take on Monday?"
    desk.ask(other)
    expect(page.locator("#t2 .draft")).to_be_visible(timeout=PATIENCE)
    page.locator("#new").press("Enter")
    expect(page.locator(".welcome")).to_be_visible()
    entry.press("Enter")
    expect(page.locator("#t2 .question")).to_have_text(other)
    expect(page.locator("#t2 .draft")).to_be_visible()
    desk.llm.go_on()
    expect(page.locator("#t2 .answer")).to_be_visible(timeout=PATIENCE)
    assert desk.kept() == [[QUESTION, other]]
