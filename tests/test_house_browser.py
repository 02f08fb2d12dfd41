"""What holds for the whole page, in Chromium: three languages, screen readers, the login."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant import Assistant, Settings
from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.passwords import set_password
from assistant.ui.labels import LANGUAGES
from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, violations
from tests.helpers import ROOT, numbered_report

from playwright.sync_api import Browser, Page, expect  # isort: skip  # tests.browser skips where it is absent


@pytest.fixture(scope="module")
def samples(sample_files: Path, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[str]:
    """The address of a chat over the sample reports, with the real model."""
    data = shutil.copytree(sample_files, tmp_path_factory.mktemp("house") / "data")
    with Assistant(data, embedder=embedder) as assistant, serving(assistant) as address:
        yield address


# -- at rest


# How many pictures the page asked for while the last sixty went by.
_COUNT = """
    const frame = window.requestAnimationFrame.bind(window);
    let asked = 0, gone = 0;
    window.requestAnimationFrame = (draw) => ((asked += 1), frame(draw));
    const tick = () => {
        if (++gone % 60 === 0) [window.asked, asked] = [asked, 0];
        frame(tick);
    };
    tick();
"""


@needs_chromium
def test_a_page_at_rest_draws_nothing(browser: Browser, samples: str) -> None:
    """Gradio's loading picture goes on counting after it is gone, at every picture; nobody's battery pays for that."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(_COUNT)
        page.goto(f"{samples}/en/")
        expect(page.locator(".example").first).to_be_visible(timeout=PATIENCE)
        page.wait_for_function("window.asked < 3", timeout=PATIENCE, polling=100)
        Chat(page, samples).ask("who controls Abu Kamal?")
        page.wait_for_function("window.asked < 3", timeout=PATIENCE, polling=100)


# -- screen readers


@needs_chromium
@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("ar", "light")])
def test_axe_finds_nothing_that_shuts_somebody_out(browser: Browser, samples: str, language: str, scheme: str) -> None:
    with browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{samples}/{language}/")
        expect(page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
        assert violations(page) == []
        chat = Chat(page, samples)
        chat.ask("who controls Abu Kamal?")
        assert violations(page) == []
        chat.ask("What is the capital of Peru?")
        assert violations(page) == []
        page.get_by_role("tab").nth(1).click()
        expect(page.locator("#library table").first).to_be_visible()
        assert violations(page) == []
        report = httpx.get(f"{samples}/api/v1/reports?count=1", trust_env=False).json()["reports"][0]["id"]
        page.goto(f"{samples}/{language}/?r={report}")
        expect(page.locator(".report-view")).to_be_visible()
        assert violations(page) == []


def press_in(page: Page, *selectors: str) -> None:
    for selector in selectors:
        page.locator(selector).first.press("Enter")


@needs_chromium
@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("ar", "light")])
def test_axe_finds_nothing_in_all_that_opens(browser: Browser, samples: str, language: str, scheme: str) -> None:
    with browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{samples}/{language}/?languages=en&since=soon")  # a chip, and what was not understood
        expect(page.locator(".chips .refused")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".example").first).to_be_visible(timeout=PATIENCE)
        assert violations(page) == []
        chat = Chat(page, samples)
        chat.ask("who controls Abu Kamal?")
        page.locator("#t1 [data-verdict=wrong]").press("Enter")
        press_in(page, "#t1 .feedback button.note")
        page.keyboard.type("The town changed hands again.")
        assert violations(page) == []
        page.keyboard.press("Control+Enter")
        expect(page.locator("#t1 .said")).to_be_visible()
        press_in(page, "#t1 .caveats summary", ".card .why summary", ".conversations .acts summary")
        assert violations(page) == []
        press_in(page, '.conversations [data-act="delete"]')
        expect(page.locator(".conversations dialog")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        for view in ("timeline", "map"):
            chat.page.locator(f"#view-{view}-button").click()
            expect(page.locator(f"#shown-{view} .cite").first).to_be_visible()
            assert violations(page) == []
        chat.ask("Who took it? " * 200)
        page.set_viewport_size({"width": 390, "height": 850})
        page.locator(".side-toggle").click()
        assert violations(page) == []
        page.set_viewport_size({"width": 1024, "height": 768})
        page.locator("#library-button").click()
        page.locator(".upload input").set_input_files({"name": "a.exe", "mimeType": "", "buffer": b"MZ"})
        expect(page.locator(".upload .failed")).to_be_visible(timeout=PATIENCE)
        page.locator(".reports td input").first.check()
        assert violations(page) == []
        page.locator("[data-act=remove]").click()
        expect(page.locator(".library dialog")).to_be_visible()
        assert violations(page) == []


@needs_chromium
def test_axe_finds_nothing_where_there_is_nothing(browser: Browser, tmp_path: Path) -> None:
    with Assistant(tmp_path / "none") as empty, serving(empty) as address, chatting(browser, address, "/de/") as chat:
        expect(chat.page.locator(".first.none")).to_be_visible()
        assert "none" not in chat.page.locator(".masthead").inner_text()  # no path of the server, and no English
        assert violations(chat.page) == []
        chat.page.locator("#library-button").click()
        expect(chat.page.locator(".library .listed .note")).to_be_visible()
        assert violations(chat.page) == []


@needs_chromium
def test_an_answer_is_told_once_and_alone(browser: Browser, samples: str) -> None:
    with chatting(browser, samples, "/en/") as chat:
        chat.page.keyboard.press("Tab")
        live = chat.page.locator("[role=status]#told")
        expect(live).to_have_text("")
        chat.ask("who controls Abu Kamal?")
        expect(live).to_contain_text("As of")
        chat.ask("Wer kontrolliert Abu Kamal?")
        expect(live).to_contain_text("Stand:")
        expect(live).not_to_contain_text("As of")
        # Another conversation of as many turns is told as well, and its newest turn brought in sight.
        chat.page.locator("#new").click()
        expect(chat.page.locator(".turn")).to_have_count(0)
        chat.ask("Wer kontrolliert Abu Kamal?")
        chat.ask("who controls Abu Kamal?")
        expect(live).to_contain_text("As of")
        chat.page.set_viewport_size({"width": 1400, "height": 500})
        chat.page.evaluate("document.getElementById('transcript').scrollTop = 0")
        chat.page.locator(".conversations .open").nth(1).click()
        expect(live).to_contain_text("Stand:")
        chat.page.wait_for_function("document.getElementById('transcript').scrollTop > 0")
        assert chat.page.locator("#transcript :is([aria-live=polite], [role=log])").count() == 0


@needs_chromium
def test_the_first_stop_of_the_keyboard_leads_to_the_question(browser: Browser, samples: str) -> None:
    with chatting(browser, samples, "/de/") as chat:
        skip = chat.page.locator("a.skip")
        skip.focus()
        expect(skip).to_have_text("Zur Frage")
        skip.press("Enter")
        expect(chat.page.locator("#question").locator("input, textarea")).to_be_focused()


@needs_chromium
def test_who_skips_to_the_question_before_it_is_there_gets_to_it(browser: Browser, samples: str) -> None:
    early = False
    for _ in range(5):  # now and then both are drawn at once, and nobody can be early
        with browser.new_context() as context:
            page = context.new_page()
            page.add_init_script("""
                new MutationObserver((_, watch) => {
                  const skip = document.querySelector("a.skip");
                  if (!skip) return;
                  watch.disconnect();
                  window.early = !document.querySelector("#question input");
                  skip.focus();
                  skip.click();
                }).observe(document, { childList: true, subtree: true });
            """)
            page.goto(f"{samples}/de/")
            expect(page.locator("#question").locator("input, textarea")).to_be_focused(timeout=PATIENCE)
            early = page.evaluate("window.early")
        if early:
            break
    assert early


@needs_chromium
def test_the_scripts_of_the_page_are_there_before_it_is(samples: str) -> None:
    page = httpx.get(f"{samples}/de/", trust_env=False).text
    scripts = re.findall(r'<script [^>]*src="/(\w+)\.js" data-language="de"', page)
    assert {"page", "house", "library"} <= set(scripts)
    assert len(scripts) == len(set(scripts))


# -- languages


def words_of(page: Page) -> set[str]:
    """Every piece of text of the page, and what it says to those who do not see it."""
    return set(
        page.evaluate(
            """() => {
                const said = new Set();
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const within = walker.currentNode.parentElement;
                    if (within.closest("script, style, bdi, [lang=en], template")) continue;
                    said.add(walker.currentNode.data.trim());
                }
                for (const element of document.querySelectorAll("*"))
                    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"])
                        if (element.getAttribute(name)) said.add(element.getAttribute(name).trim());
                return [...said];
            }"""
        )
    )


@needs_chromium
@pytest.mark.parametrize(
    ("language", "question"), [("de", "Wer kontrolliert Abu Kamal?"), ("ar", "من يسيطر على البوكمال؟")]
)
def test_no_english_word_is_left(browser: Browser, samples: str, language: str, question: str) -> None:
    data = ROOT / "assistant" / "data"
    english, own = (tomllib.loads((data / f"labels.{one}.toml").read_text("utf-8")) for one in ("en", language))
    foreign = {word.lower() for name, word in english.items() if word != own[name]} - {w.lower() for w in own.values()}
    foreign |= {
        "textbox",
        "html",
        "loading",
        "loading...",
        "submit",
        "clear",
        "close",
        "error",
        "more",
        "copy",
        "dropdown",
    }
    with chatting(browser, samples, f"/{language}/") as chat:
        chat.ask(question)
        seen = words_of(chat.page)
        chat.page.get_by_role("tab").nth(1).click()
        expect(chat.page.locator("#library table").first).to_be_visible()
        seen |= words_of(chat.page)
        assert len(seen) > 40
        assert {word for word in seen if word.lower() in foreign} == set()
        if language == "ar":  # pieces of the page in Latin letters: only what is not ours to translate
            latin = {word for word in seen if re.fullmatch(r"[A-Za-z][A-Za-z ,.:'’-]{3,}", word)}
            assert latin <= {"Lagebild", "Deutsch", "English", "Who controls Abu Kamal?", "Wer kontrolliert Abu Kamal?"}
        assert chat.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")


@needs_chromium
@pytest.mark.parametrize("language", ["de", "ar"])
def test_no_english_word_is_seen_while_the_page_comes_up(browser: Browser, samples: str, language: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(
            """window.seen = new Set();
            const look = () => {
                const texts = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
                const how = { opacityProperty: true, visibilityProperty: true };
                while (texts.nextNode())
                    if (texts.currentNode.parentElement.checkVisibility(how)) window.seen.add(texts.currentNode.data);
            };
            new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });"""
        )
        page.goto(f"{samples}/{language}/")
        expect(page.locator(".example").first).to_be_visible(timeout=PATIENCE)
        seen = page.evaluate("[...window.seen]")
        assert len(seen) > 20
        assert [line for line in seen if re.search(r"[Ll]oading|[Pp]rocessing|[Qq]ueue", line)] == []


# -- the login


@needs_chromium
@pytest.mark.parametrize("language", LANGUAGES[:1])
def test_one_logs_in_asks_and_logs_out(browser: Browser, tmp_path: Path, language: str) -> None:
    set_password(tmp_path / "auth", "ada", "a horse, a battery")
    settings = replace(Settings.from_environment(), data=tmp_path / "data", auth=tmp_path / "auth")
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(8)])
        with serving(assistant) as address, browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{address}/{language}/?x=1")
            expect(page.locator("form")).to_be_visible()
            assert violations(page) == []
            page.keyboard.type("ada")
            page.keyboard.press("Tab")
            page.keyboard.type("wrong")
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_be_visible()
            page.locator("[name=name]").fill("ada")
            page.locator("[name=password]").fill("a horse, a battery")
            page.keyboard.press("Enter")
            expect(page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
            assert page.url == f"{address}/{language}/?x=1"
            Chat(page, address).ask("Which convoy crossed the river?")
            assert page.evaluate("document.cookie") == ""
            context.clear_cookies()  # the session has ended
            box = page.locator("#question").locator("input, textarea")
            box.fill("Which of them crossed it again?")
            box.press("Enter")
            page.locator("[name=name]").fill("ada")
            page.locator("[name=password]").fill("a horse, a battery")
            page.keyboard.press("Enter")
            expect(box).to_have_value("Which of them crossed it again?", timeout=PATIENCE)
            assert page.evaluate("sessionStorage.length") == 0
            box.press("Enter")
            expect(page.locator("#t2 .question")).to_have_text("Which of them crossed it again?", timeout=PATIENCE)
            page.locator(".out").click()
            expect(page.locator("[name=password]")).to_be_visible()
            page.goto(f"{address}/{language}/")
            expect(page.locator("[name=password]")).to_be_visible()


@needs_chromium
def test_a_link_on_another_site_opens_the_page_for_who_is_logged_in(browser: Browser, tmp_path: Path) -> None:
    set_password(tmp_path / "auth", "ada", "a horse, a battery")
    settings = replace(Settings.from_environment(), data=tmp_path / "data", auth=tmp_path / "auth")
    with (
        Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant,
        serving(assistant) as address,
        browser.new_context() as context,
    ):
        page = context.new_page()
        wanted = f"{address}/en/?r=no%2Freport"
        mail = f'<a href="{wanted}">The report</a>'
        page.route("http://mail.example/", lambda route: route.fulfill(body=mail, content_type="text/html"))

        def follow() -> None:
            page.goto("http://mail.example/")
            page.get_by_text("The report").click()

        follow()
        page.locator("[name=name]").fill("ada")
        page.locator("[name=password]").fill("a horse, a battery")
        page.keyboard.press("Enter")
        expect(page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
        follow()
        expect(page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
        expect(page).to_have_url(wanted)
        page.go_back()  # what lies between is no station on the way back
        expect(page.get_by_text("The report")).to_be_visible()
