"""A browser for the tests of the page: a running chat, Chromium, and an open page that hears every complaint."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import httpx
import pytest

from app import make_server
from assistant.assistant import Assistant

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, expect, sync_playwright

# The shell is Chromium without a window's parts: a page opens in two thirds of the time.
_CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
NO_CHROMIUM = "Chromium is not installed: apt-get install chromium"
# Not skipped where all tests are to run (`make test`): there, `launched` fails without it.
needs_chromium = pytest.mark.skipif(CHROMIUM is None and "LAGEBILD_BROWSER" not in os.environ, reason=NO_CHROMIUM)
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
PATIENCE = 60_000  # milliseconds for the first answer, which loads the model
expect.set_options(timeout=20_000)  # milliseconds, for a machine that does much else


@contextlib.contextmanager
def serving(assistant: Assistant, port: int = 0) -> Iterator[str]:
    """A running chat; yields its address. Its socket listens before the server does, so nobody has to poll."""
    listener = socket.create_server(("127.0.0.1", port))
    server = make_server(assistant)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        httpx.get(f"{address}/health", timeout=30, trust_env=False).raise_for_status()
        yield address
    finally:
        server.should_exit = True
        server.force_exit = True  # a browser's open stream would be waited for
        thread.join(timeout=30)
        listener.close()


LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out")
"""What Gradio says of each of its streams when a page is left, or loaded again."""


@dataclass
class Chat:
    """An open page, and what it asked for and complained about."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(LEAVING):
            self.complaints.append(message.text)

    def interrupted(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def ask(self, question: str) -> Locator:
        """Type, press Enter, wait for the answer; its turn."""
        turn = self.page.locator(f"#t{self.page.locator('.turn').count() + 1}")
        box = self.page.locator("#question").locator("input, textarea")
        box.fill(question)
        box.press("Enter")
        expect(turn.locator(".answer, .refusal, .problem")).to_be_visible(timeout=PATIENCE)
        return turn


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """Chromium."""
    if CHROMIUM is None:
        pytest.fail(NO_CHROMIUM, pytrace=False)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@contextlib.contextmanager
def chatting(browser: Browser, address: str, path: str = "/") -> Iterator[Chat]:
    """The page at a path, in a context of its own. It asked nobody else for anything, and did not complain."""
    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        chat = Chat(context.new_page(), address)
        context.on("request", lambda request: chat.requests.append(request.url))
        context.on("weberror", lambda error: chat.complaints.append(f"error: {error.error}"))
        context.on("console", chat.heard)
        context.on("dialog", chat.interrupted)
        chat.page.goto(address + path)
        expect(chat.page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
        yield chat
    foreign = [url for url in chat.requests if not url.startswith((f"{address}/", "data:", "blob:"))]
    assert foreign == []
    assert chat.complaints == [], chat.complaints


@cache
def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page, as it is now, that shuts somebody out."""
    page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def text_of(locator: Locator) -> str:
    """The text as the document has it, with no white space touched."""
    text = locator.evaluate("element => element.textContent")
    assert isinstance(text, str)
    return text


def texts_of(locator: Locator) -> list[str]:
    """The same of all that it finds, in one go: each question to the browser takes some milliseconds."""
    texts = locator.evaluate_all("found => found.map(element => element.textContent)")
    assert all(isinstance(text, str) for text in texts)
    return list(texts)
