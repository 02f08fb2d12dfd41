"""What holds for the whole page, in Chromium: three languages, screen readers, the login."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import httpx
import pytest

from assistant import Assistant, Settings
from assistant.embedding import WordLengthEmbedder
from assistant.passwords import set_password
from assistant.ui.labels import LANGUAGES
from tests.browser import PATIENCE, Chat, chatting, launched, needs_chromium, serving
from tests.helpers import EXAMPLES, ROOT, numbered_report

from playwright.sync_api import Browser, Page, expect  # isort: skip  # tests.browser skips where it is absent

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat over the sample reports, with the real model."""
    with Assistant(tmp_path_factory.mktemp("house") / "data") as assistant:
        assistant.ingest([EXAMPLES])
        with serving(assistant) as address:
            yield address


# -- screen readers


def violations(page: Page) -> list[str]:
    """What axe-core finds that shuts somebody out."""
    page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document)")["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@needs_chromium
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("en", "dark"), ("ar", "light")])
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
        assert chat.page.locator("#transcript :is([aria-live=polite], [role=log])").count() == 0


@needs_chromium
def test_the_first_stop_of_the_keyboard_leads_to_the_question(browser: Browser, samples: str) -> None:
    with chatting(browser, samples, "/de/") as chat:
        skip = chat.page.locator("a.skip")
        skip.focus()
        expect(skip).to_have_text("Zur Frage")
        skip.press("Enter")
        expect(chat.page.locator("#question").locator("input, textarea")).to_be_focused()


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
            page.evaluate(AXE)
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
            page.locator(".out").click()
            expect(page.locator("[name=password]")).to_be_visible()
            page.goto(f"{address}/{language}/")
            expect(page.locator("[name=password]")).to_be_visible()
