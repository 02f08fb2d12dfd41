"""The desk as a person works at it: sources, whole reports and citations, in Chromium and with the real model."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant import Assistant, Report
from assistant.dates import PartialDate
from assistant.embedding import Embedder

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, text_of

pytestmark = needs_chromium

QUESTION = "who controls Abu Kamal?"
HOSTILE = "</p></div><img src=x onerror=alert(1)><script>alert(2)</script>\"' onclick=alert(3) \u202e"
LONG = Report.make(
    "\n\n".join(f"Paragraph {number} of the minutes of Quxburg." for number in range(400)),
    title="The minutes",
    source="Archive",
    published=PartialDate(2016),
    language="en",
    details={"page_starts": "0 8000"},
)
EVIL = Report.make(
    f"The bridge of Zarqonia was blown up on Monday {HOSTILE} by nobody. Nothing else is known of the bridge.",
    title=HOSTILE,
    source=HOSTILE,
    url="javascript:alert(4)",
    published=PartialDate(2017, 11),
    language="en",
)


@pytest.fixture(scope="module")
def assistant(sample_index: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(sample_index, data)
    with Assistant(data, embedder=embedder) as assistant:
        assistant.ingest([LONG, EVIL])
        yield assistant


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with serving(assistant) as address:
        yield address


@pytest.fixture(scope="module")
def answered(browser: Browser, address: str) -> Iterator[Chat]:
    """A page with an answer, for tests that leave it as it is."""
    with chatting(browser, address) as chat:
        chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        chat.ask(QUESTION)
        yield chat


@contextlib.contextmanager
def opened(browser: Browser, address: str, width: int = 1400) -> Iterator[Page]:
    """A page in a context of its own, for what a browser itself complains about."""
    with browser.new_context(viewport={"width": width, "height": 850}) as context:
        page = context.new_page()
        page.goto(address)
        expect(page.locator(".masthead")).to_be_visible(timeout=PATIENCE)
        yield page


def expect_whole(view: Locator, report: Report, start: int, end: int) -> None:
    """The report, all of it, with exactly this span marked and in sight."""
    expect(view.locator("mark")).to_be_in_viewport()
    assert text_of(view.locator("mark")) == report.text[start:end]
    assert "".join(text_of(piece) for piece in view.locator(".report-text p").all()) == report.text


def test_a_number_leads_to_the_card_and_the_card_to_the_whole_report(answered: Chat, assistant: Assistant) -> None:
    page, view = answered.page, answered.page.locator("dialog#report")
    cited = assistant.ask(QUESTION).citations[1]
    page.locator("#s1-2").click()
    link = page.locator("#c1-2 a.report")
    link.click()
    expect(view).to_be_visible()
    expect_whole(view, cited.report, cited.start, cited.end)
    expect(view.locator("h2")).to_have_text(cited.report.title)
    expect(view.locator("h2")).to_be_focused()
    about = view.locator(".attribution")
    expect(about).to_contain_text(re.compile(r"2017 · \d+ years old"))
    expect(about).to_contain_text(f"{cited.report.source} · English")
    source = about.locator("a.link")
    expect(source).to_have_attribute("href", cited.report.url or "")
    expect(source).to_have_attribute("rel", "noreferrer noopener nofollow")
    assert page.url.endswith(f"?r={cited.report.id}&s={cited.start}-{cited.end}")
    page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(link).to_be_focused()
    assert "r=" not in page.url


def test_the_keyboard_opens_a_report_and_closes_it(answered: Chat) -> None:
    page, view = answered.page, answered.page.locator("dialog#report")
    page.locator("#s1-1").press("Enter")
    expect(page.locator("#c1-1")).to_be_focused()
    page.locator("#c1-1 a.report").press("Enter")
    expect(view.locator("mark")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(view.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(view).to_be_hidden()


def test_a_citation_is_copied_and_that_is_said(answered: Chat, assistant: Assistant) -> None:
    page, cited = answered.page, assistant.ask(QUESTION).citations[1]
    card = page.locator("#c1-2")
    card.get_by_role("button", name="Copy as citation").click()
    expect(card.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{cited.quote}” — {cited.report.title}, {cited.report.source}, November 19, 2017, http")
    # Where there is no clipboard, as on a page without https, the old way does it.
    page.evaluate("""() => {
        window.kept = navigator.clipboard;
        Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    }""")
    card = page.locator("#c1-3")
    card.get_by_role("button", name="Copy as citation").press("Enter")
    expect(card.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("window.kept.readText()") == card.locator("button.copy").get_attribute("data-text")
    page.evaluate("delete navigator.clipboard")


def test_a_card_tells_age_and_score_and_folds_what_is_not_always_wanted(answered: Chat) -> None:
    card = answered.page.locator("#c1-2")
    expect(card.locator(".age")).to_have_text(re.compile(r"\d+ years old"))
    expect(card.locator(".why dl")).to_be_hidden()
    card.get_by_text("Why this source").press("Enter")
    expect(card.locator(".why dl")).to_contain_text("Meaning, from -1 to 1; 0 is chance")


def test_a_shared_address_opens_the_report_in_the_language_of_the_page(browser: Browser, address: str) -> None:
    start = LONG.text.index("Paragraph 311 of")
    end = start + len("Paragraph 311 of the minutes of Quxburg.")
    for language, close in (("de", "Schließen"), ("ar", "إغلاق")):
        with opened(browser, f"{address}/{language}/?r={LONG.id}&s={start}-{end}") as page:
            view = page.locator("dialog#report")
            expect_whole(view, LONG, start, end)
            expect(view.locator("article")).to_have_css("direction", "rtl" if language == "ar" else "ltr")
            expect(view.locator(".page")).to_have_count(2)
            view.get_by_role("button", name=close).click()
            expect(view).to_be_hidden()


def test_a_hostile_report_is_only_text_wherever_it_is_shown(browser: Browser, address: str) -> None:
    with chatting(browser, address) as chat:
        chat.ask("Who blew up the bridge of Zarqonia?")
        card = chat.page.locator("#cards .card", has_text="Zarqonia").first
        expect(card.locator("h4")).to_contain_text(HOSTILE.strip())
        card.locator("a.report").click()
        view = chat.page.locator("dialog#report")
        expect(view.locator("h2")).to_contain_text("onerror=alert(1)")
        assert "".join(text_of(piece) for piece in view.locator(".report-text p").all()) == EVIL.text
        for place in (card, view):
            for forbidden in ("img", "script", "a.link", "[onclick]", "[onerror]"):
                expect(place.locator(forbidden)).to_have_count(0)
        assert "javascript:" not in (view.locator("button.copy").get_attribute("data-text") or "")


def test_a_report_that_is_gone_is_said_to_be(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/en/?r=<b>nothing</b>&s=1-2") as page:
        expect(page.locator("dialog#report")).to_contain_text("not, or no longer, in the collection")
        page.locator("dialog#report .close").click()
        expect(page.locator("dialog#report")).to_be_hidden()
    for language in ("en", "fr"):
        assert httpx.get(f"{address}/{language}/report/nothing", trust_env=False).status_code == 404
