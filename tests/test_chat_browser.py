"""The chat as a person meets it: in Chromium, over HTTP, with the real model and the example reports."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app import make_server
from assistant.assistant import Assistant
from assistant.dates import PartialDate
from assistant.embedding import Embedder
from assistant.errors import SettingsError
from assistant.guard import MAX_BODY
from assistant.records import Report
from assistant.settings import Settings
from assistant.store import forget

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, text_of, texts_of

QUESTION = "who controls Abu Kamal?"
HOSTILE_TITLE = "<img src=x onerror=alert(1)>"
HOSTILE_TEXT = (
    "![x](http://evil.example/x.png) <script>window.pwned=1</script> The militia of *Zarqon* took the village of "
    "Quxburg on Monday, see http://evil.example/y.\n\n"
    "<style>body{background:url(http://evil.example/z)}</style><form action=http://evil.example><input></form>"
)
HOSTILE_QUESTION = "Who took the village of Quxburg?"


@pytest.fixture(scope="module")
def assistant(sample_files: Path, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    data = shutil.copytree(sample_files, tmp_path_factory.mktemp("chat") / "data")
    hostile = Report.make(
        HOSTILE_TEXT,
        title=HOSTILE_TITLE,
        source="<b>evil</b>",
        url="javascript:alert(1)",
        published=PartialDate(2017, 11),
        language="en",
    )
    with Assistant(data, embedder=embedder) as assistant:
        assistant.ingest([hostile])
        yield assistant


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Chat]:
    with chatting(browser, address) as chat:
        yield chat


def expect_shown_source(chat: Chat, turn: int, number: int) -> Locator:
    card = chat.page.locator(f"#c{turn}-{number}")
    expect(card).to_be_in_viewport()
    expect(card).to_contain_class("active")
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_contain_class("active")
    expect(chat.page.locator(".card.active")).to_have_count(1)
    return card


@needs_chromium
class TestInTheBrowser:
    def test_an_answer_quotes_and_its_numbers_lead_to_the_sentence(self, chat: Chat, assistant: Assistant) -> None:
        turn = chat.ask(QUESTION)
        answer = assistant.ask(QUESTION)
        expect(turn.locator(".summary")).to_contain_text("As of")
        shown = turn.locator(".statement")
        expect(shown).to_have_count(len(answer.statements))
        for place, statement in enumerate(answer.statements):
            assert text_of(shown.nth(place)) == statement.text
        for citation in answer.citations:
            turn.locator(f"#s1-{citation.number}").click()
            card = expect_shown_source(chat, 1, citation.number)
            assert text_of(card.locator("mark")) == citation.quote
            around = citation.report.text[citation.passage.start : citation.passage.end]
            assert text_of(card.locator(".passage")) == around

    def test_the_keyboard_alone_will_do(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        focused = "document.activeElement.id"
        for _ in range(30):
            if chat.page.evaluate(focused) == "s1-1":
                break
            chat.page.keyboard.press("Shift+Tab")
        chat.page.keyboard.press("Enter")
        expect_shown_source(chat, 1, 1)
        chat.page.keyboard.press("Tab")
        chat.page.keyboard.press("Enter")
        expect(chat.page.locator("#s1-1")).to_be_focused()

    def test_sources_of_an_earlier_answer_stay_within_reach(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        chat.ask("Wer kontrolliert Abu Kamal?")
        expect(chat.page.locator("#c1-1")).to_be_hidden()
        chat.page.locator("#s1-1").click()
        expect_shown_source(chat, 1, 1)
        chat.page.locator("#s2-1").click()
        expect_shown_source(chat, 2, 1)

    @pytest.mark.parametrize(
        ("question", "language", "direction", "as_of"),
        [("Wer kontrolliert Abu Kamal?", "de", "ltr", "Stand:"), ("من يسيطر على البوكمال؟", "ar", "rtl", "حتى")],
    )
    def test_the_answer_speaks_the_language_of_the_question(
        self, chat: Chat, question: str, language: str, direction: str, as_of: str
    ) -> None:
        answer = chat.ask(question).locator(".answer")
        expect(answer).to_have_attribute("lang", language)
        expect(answer).to_have_css("direction", direction)
        expect(answer.locator(".summary")).to_contain_text(as_of)

    def test_what_the_reports_do_not_say_is_declined(self, chat: Chat) -> None:
        turn = chat.ask("What is the capital of Peru?")
        expect(turn.locator(".refusal .summary")).to_contain_text("The reports do not say")
        expect(turn.get_by_text("Nearest passages, not an answer")).to_be_visible()
        expect(chat.page.locator("#cards").get_by_text("Nearest passages, not an answer")).to_be_visible()
        expect(chat.page.locator("#cards .card")).to_have_count(3)
        expect(chat.page.locator("mark")).to_have_count(0)
        turn.locator("a.cite").first.click()
        expect(chat.page.locator("#c1-h1")).to_be_focused()

    def test_a_follow_up_is_understood_and_shown_and_a_reload_loses_nothing(
        self, chat: Chat, assistant: Assistant
    ) -> None:
        chat.ask("Who took Abu Kamal?")
        turn = chat.ask("And al-Qaim?")
        expect(turn.locator(".understood")).to_have_text("Understood as: Who took al-Qaim?")
        quoted = [citation.quote for citation in assistant.ask("Who took al-Qaim?").citations]
        assert texts_of(turn.locator(".statement")) == quoted
        assert chat.page.locator("#t1 .understood").count() == 0
        with chat.page.expect_request(lambda request: "wer sagt das?" in (request.post_data or "")) as sent:
            again = chat.ask("wer sagt das?")
        open_now = chat.page.locator(".transcript").get_attribute("data-conversation")
        assert open_now is not None
        assert open_now in (sent.value.post_data or "")  # what a server that was restarted goes by
        expect(again.locator(".summary")).to_contain_text("Unabhängige Quellen: ")
        chat.page.reload()
        expect(chat.page.locator(".turn")).to_have_count(3, timeout=PATIENCE)
        expect(chat.page.locator("#t2 .understood")).to_have_text("Understood as: Who took al-Qaim?")
        chat.page.locator("#s2-1").click()
        expect(expect_shown_source(chat, 2, 1).locator("mark")).to_have_text(quoted[0])
        expect(chat.ask("and in December 2017?").locator(".understood")).to_have_text(
            "Understood as: Who took al-Qaim in December 2017?"
        )
        chat.page.get_by_role("button", name="New conversation").click()
        expect(chat.page.locator(".turn")).to_have_count(0)
        assert chat.ask("And Rawa?").locator(".understood").count() == 0

    def test_a_conversation_goes_on_after_the_server_was_started_again(
        self, browser: Browser, assistant: Assistant
    ) -> None:
        with browser.new_context() as context, contextlib.ExitStack() as first:
            page = context.new_page()
            address = first.enter_context(serving(assistant))
            page.goto(f"{address}/de/")
            before = Chat(page, address)
            before.ask("Who took Rawa?")
            port = int(address.rpartition(":")[2])
            first.close()
            box = page.locator("#question").locator("input, textarea")
            box.fill("why?")
            box.press("Enter")
            expect(page.get_by_test_id("toast-body")).to_contain_text("Die Verbindung zum Server ist abgebrochen.")
            expect(page.get_by_test_id("toast-body")).not_to_contain_text("Error")
            with serving(assistant, port) as address:  # the page comes back by itself, with what was written
                expect(page.get_by_test_id("toast-body")).to_have_count(0, timeout=PATIENCE)
                expect(page.locator("#t1 .statement").first).to_be_visible(timeout=PATIENCE)
                expect(box).to_have_value("why?", timeout=PATIENCE)
                assert page.evaluate("sessionStorage.length") == 0
                box.press("Enter")
                expect(page.locator("#t2 .understood")).to_have_text(
                    "Understood as: Why? Who took Rawa?", timeout=PATIENCE
                )

    def test_what_was_forgotten_since_is_told_and_not_shown(self, browser: Browser, tmp_path: Path) -> None:
        secret = Report.make(
            "The garrison of Quxburg fell on Monday. Its commander fled.",
            title="Quxburg",
            source="Whisper",
            published=PartialDate(2017, 11, 9),
            language="en",
        )
        with Assistant(settings=replace(Settings.from_environment(), data=tmp_path / "data")) as own:
            own.ingest([secret])
            with serving(own) as address, chatting(browser, address) as chat:
                expect(chat.ask("Which garrison fell?").locator(".statement").first).to_contain_text("Quxburg")
                forget(own.settings.data, [secret.id])
                chat.page.reload()
                expect(chat.page.locator("#t1 .notes").first).to_contain_text("a report that was forgotten")
                expect(chat.page.locator("body")).not_to_contain_text("Quxburg")

    def test_a_question_that_is_too_long_is_told_so_and_given_back(self, chat: Chat) -> None:
        turn = chat.ask("<b>" * 1_000)
        expect(turn.locator(".problem")).to_contain_text("3000 characters")
        box = chat.page.locator("#question").locator("input, textarea")
        expect(box).to_have_value("<b>" * 1_000)
        box.press("Enter")
        expect(chat.page.locator("#t2 .problem")).to_be_visible()

    def test_a_hostile_report_is_shown_and_does_nothing(self, chat: Chat) -> None:
        chat.ask(HOSTILE_QUESTION)
        card = chat.page.locator("#cards .card", has_text=HOSTILE_TITLE).first
        expect(card).to_be_visible()
        assert text_of(card.locator(".passage")) in HOSTILE_TEXT
        assert chat.page.evaluate("window.pwned") is None
        for forbidden in ("img", "script", "style", "form", "input", "a.link"):
            expect(card.locator(forbidden)).to_have_count(0)
            expect(chat.page.locator(f".transcript {forbidden}")).to_have_count(0)

    def test_markup_that_slipped_through_would_run_nothing(self, browser: Browser, address: str) -> None:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(address)
            expect(page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
            blocked = page.evaluate(
                """() => new Promise(resolve => {
                    document.addEventListener("securitypolicyviolation", event => resolve(event.effectiveDirective));
                    document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="window.pwned=1">');
                })"""
            )
            assert blocked == "script-src-attr"
            assert page.evaluate("window.pwned") is None

    def test_the_browser_keeps_no_question_and_the_page_reports_nothing(self, chat: Chat) -> None:
        chat.ask(QUESTION)
        kept = chat.page.evaluate(
            "async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases()])"
        )
        assert "lagebild-conversation" in kept
        assert "Kamal" not in kept
        config = httpx.get(f"{chat.address}/en/config", trust_env=False).json()
        promised = ("analytics_enabled", "run_history", "show_error", "mcp_server", "pwa")
        assert {name: config[name] for name in promised} == dict.fromkeys(promised, False)
        assert config["max_file_size"] == MAX_BODY

    def test_where_too_many_wait_the_question_stays_and_can_be_asked_again(self, chat: Chat) -> None:
        box = chat.page.locator("#question").locator("input, textarea")
        full = {"detail": "Queue is full. Please try again."}  # what Gradio answers beyond MAX_WAITING
        refused: list[str] = []

        def refuse_once(route: Route) -> None:
            if not refused and QUESTION in (route.request.post_data or ""):  # not what the page asks as it opens
                refused.append(QUESTION)
                route.fulfill(status=503, json=full)
            else:
                route.continue_()

        chat.page.route("**/queue/join*", refuse_once)
        box.fill(QUESTION)
        box.press("Enter")
        expect(chat.page.get_by_text("busy")).to_be_visible()
        expect(box).to_have_value(QUESTION)
        assert any("503" in complaint for complaint in chat.complaints)
        chat.complaints.clear()
        box.press("Enter")
        expect(chat.page.locator("#t1 .statement").first).to_be_visible(timeout=PATIENCE)

    def test_without_an_index_the_page_says_how_to_begin(self, browser: Browser, tmp_path: Path) -> None:
        with (
            Assistant(settings=replace(Settings.from_environment(), data=tmp_path / "none")) as empty,
            serving(empty) as address,
            chatting(browser, address) as chat,
        ):
            expect(chat.page.locator(".masthead")).to_contain_text("lagebild ingest PATH")
            expect(chat.ask(QUESTION).locator(".problem")).to_contain_text("none")


PATHS = ("/", "/health", "/page.css", "/page.js", "/config", "/no-such-page")


@pytest.mark.parametrize("path", PATHS)
def test_every_response_carries_the_security_headers(address: str, path: str) -> None:
    headers = httpx.get(address + path, trust_env=False).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["base-uri"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_scripts_of_the_page_carry_the_nonce_of_its_policy(address: str) -> None:
    first, second = (httpx.get(f"{address}/de/", trust_env=False) for _ in range(2))
    nonce = first.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert nonce not in second.text
    assert first.text.count("<script") == first.text.count(f'<script nonce="{nonce}"') > 0


FOREIGN_HOSTS = (
    *("evil.example", "127.0.0.1.evil.example", "evil.example:7860", "127.0.0.1@evil.example", "", "[::1"),
    *("localhost.evil.example", "evil.localhost", "127.0.0.2", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::]"),
    *(
        "[::ffff:127.0.0.1]",
        "localhost.",
        "127.0.0.1, evil.example",
        "localhost evil.example",
        "evil.example#localhost",
    ),
    *("169.254.169.254", "/", "*"),
)
FOREIGN_ORIGINS = ("http://evil.example", "null", "http://127.0.0.1:1", "http://[::1", "http://127.0.0.1.evil.example")
DOORS = ("/gradio_api/queue/join", "/en/gradio_api/upload", "/api/v1/ask", "/api/v1/reports", "/v1/embeddings")


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_row_13_another_host_is_refused(address: str, host: str) -> None:
    assert httpx.get(f"{address}/health", headers={"Host": host}, trust_env=False).status_code in {400, 421}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_row_13_what_another_site_sends_is_refused(address: str, origin: str, door: str) -> None:
    body = {"question": QUESTION, "title": "Planted", "text": "It was planted.", "input": "x"}
    assert httpx.post(address + door, headers={"Origin": origin}, json=body, trust_env=False).status_code == 403


def test_row_13_there_are_as_many_as_promised() -> None:
    assert len(FOREIGN_HOSTS) + len(FOREIGN_ORIGINS) * len(DOORS) >= 40


@pytest.mark.parametrize("host", ["localhost", "localhost:7860", "127.0.0.1", "[::1]:7860"])
def test_names_of_this_machine_are_answered(address: str, host: str) -> None:
    assert httpx.get(f"{address}/health", headers={"Host": host}, trust_env=False).json()["status"] == "ok"


def test_a_body_that_is_too_large_is_refused(address: str) -> None:
    url = f"{address}/gradio_api/queue/join"
    assert httpx.post(url, content=b" " * (MAX_BODY + 1), trust_env=False).status_code == 413
    assert httpx.post(url, content=iter([b" "]), trust_env=False).status_code == 411


@pytest.mark.parametrize(
    "path", ["upload", "file=/etc/passwd", "proxy=http://evil.example/", "run/reply", "call/reply", "info", "api/reply"]
)
def test_the_other_doors_of_gradio_are_closed(address: str, path: str) -> None:
    for method in ("GET", "POST"):
        assert httpx.request(method, f"{address}/gradio_api/{path}", trust_env=False).status_code == 404


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_a_host_that_others_reach_is_refused(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nobody has to log in"):
        make_server(Assistant(data=tmp_path), host)
