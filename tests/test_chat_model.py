"""The chat with a language model: its draft is shown as one, the checked answer takes its place, and nothing that it
writes becomes more than text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen
from pydantic import PrivateAttr

from assistant import Assistant
from assistant.embedding import Embedder
from assistant.scripted_llm import ScriptedLLM

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, text_of, violations
from tests.test_chat_browser import QUESTION

CONTROL = "Al-Bukamal is under the full control of the Syrian army and its allies, the army command declared."
HOSTILE = [
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "![x](http://evil.example/x.png)",
    "[click](http://evil.example/y)",
    "<a href=http://evil.example>click</a>",
    "<p style='background:url(http://evil.example/z)'>",
    "<form action=http://evil.example><input></form>",
    "</p></div><iframe src=http://evil.example></iframe>",
    "\u202e<b onmouseover=alert(1)>",
    "www.evil.example",
]


class WaitingLLM(ScriptedLLM):
    """A ScriptedLLM that says the first half of its reply, then "and so on", and the rest when it may."""

    _may_go_on: threading.Event = PrivateAttr(default_factory=threading.Event)

    def go_on(self) -> None:
        self._may_go_on.set()

    def wait(self) -> None:
        self._may_go_on.clear()

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        pieces = list(super().stream_complete(prompt, formatted, **kwargs))

        def said() -> CompletionResponseGen:
            yield from pieces[: len(pieces) // 2]
            while not self._may_go_on.wait(0.05):
                yield CompletionResponse(text="", delta=" and so on")
            yield from pieces[len(pieces) // 2 :]

        return said()


@pytest.fixture
def chat_with(sample_index: Path, embedder: Embedder, browser: Browser) -> Iterator[tuple[WaitingLLM, Chat]]:
    hostile = " ".join(f"Hostile {text} {{full control of}}." for text in HOSTILE)
    llm = WaitingLLM(replies=[f"{hostile} {CONTROL[:-1]} {{full control of}}."], size=11)
    with (
        Assistant(sample_index, embedder=embedder, llm=llm) as assistant,
        serving(assistant) as address,
        chatting(browser, address) as chat,
    ):
        yield llm, chat


@needs_chromium
def test_the_draft_is_shown_as_one_and_replaced_and_nothing_in_it_is_more_than_text(
    chat_with: tuple[WaitingLLM, Chat],
) -> None:
    llm, chat = chat_with
    box = chat.page.locator("#question").locator("input, textarea")
    box.fill(QUESTION)
    box.press("Enter")
    draft = chat.page.locator("#t1 .draft")
    expect(draft).to_contain_text("nothing of this is checked yet", timeout=PATIENCE)
    expect(draft).to_contain_text("<script>")
    expect(draft).to_contain_text("[1]")
    expect(draft).not_to_contain_text("evil")
    assert chat.page.locator("#t1 .statement").count() == 0
    box.fill("And al-Qaim?")  # one may go on writing
    chat.page.emulate_media(reduced_motion="reduce")  # the sign that it is writing turns for ever
    assert violations(chat.page) == []
    llm.go_on()
    answer = chat.page.locator("#t1 .answer")
    expect(answer).to_be_visible(timeout=PATIENCE)
    expect(draft).to_have_count(0)
    expect(answer.locator(".statement")).to_have_text([CONTROL])
    expect(box).to_have_value("And al-Qaim?")
    expect(answer.locator(".caveats")).to_contain_text("Left out, because the reports do not support it")
    for forbidden in ("img", "script", "style", "form", "input", "iframe", "a.link", "a[href^=http]"):
        expect(chat.page.locator(f".transcript {forbidden}")).to_have_count(0)
    assert chat.page.evaluate("window.pwned") is None
    answer.locator("#s1-1").click()
    expect(chat.page.locator("#c1-1")).to_be_focused()

    # While the next one is written, what was opened above stays open, and who reads there is left there.
    chat.page.set_viewport_size({"width": 1400, "height": 450})
    llm.wait()
    box.press("Enter")
    draft = chat.page.locator("#t2 .draft")
    expect(draft).to_contain_text("and so on", timeout=PATIENCE)
    details = answer.locator(".caveats details").last
    # As it goes when it is drawn anew in the moment in which it is opened.
    details.evaluate("one => { one.querySelector('summary').click(); one.open = false; }")
    chat.page.evaluate("document.getElementById('transcript').scrollTop = 0")
    written = len(text_of(draft))
    chat.page.wait_for_function(f"document.querySelector('#t2 .draft').textContent.length > {written + 50}")
    expect(details).to_have_attribute("open", "")
    llm.go_on()
    expect(chat.page.locator("#t2 > :is(.answer, .refusal)")).to_be_visible(timeout=PATIENCE)
    expect(draft).to_have_count(0)
    expect(details).to_have_attribute("open", "")
    assert chat.page.evaluate("document.getElementById('transcript').scrollTop") == 0
    details.locator("summary").click()
    expect(details).not_to_have_attribute("open", "")
