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
from assistant.wording import isolated

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, text_of, texts_of

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
def assistant(sample_files: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("desk") / "data"
    shutil.copytree(sample_files, data)
    with Assistant(data, embedder=embedder) as assistant:
        assistant.ingest([LONG, EVIL])
        yield assistant


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
    assert "".join(texts_of(view.locator(".report-text p"))) == report.text


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
    source = view.locator("a.link")
    expect(source).to_have_attribute("href", cited.report.url or "")
    expect(source).to_have_attribute("rel", "noreferrer noopener nofollow")
    place = f"&r={cited.report.id}&s={cited.start}-{cited.end}"
    expect(page).to_have_url(re.compile(rf"\?c=\w+{place}$"))  # after the conversation
    page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(link).to_be_focused()
    expect(page).not_to_have_url(re.compile("&r="))


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
    quote, title, source = (isolated(text or "") for text in (cited.quote, cited.report.title, cited.report.source))
    assert copied.startswith(f"“{quote}” — {title}, {source}, November 19, 2017, http")
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


def test_what_a_question_was_understood_to_ask_can_be_taken_away(browser: Browser, address: str) -> None:
    with chatting(browser, address) as chat:
        first = chat.ask("Who took Abu Kamal in November 2017?")
        expect(first.locator(".parts")).to_have_text("Place: Abu Kamal×Time: in November 2017×")
        second = chat.ask("And al-Qaim?")
        carried = second.locator(".chip", has_text="carried over Time: in November 2017")
        carried.get_by_role("button", name="Ask again without: in November 2017").press("Enter")
        third = chat.page.locator("#t3")
        expect(third.locator(".question")).to_have_text("Who took al-Qaim?")
        expect(third.locator(".answer")).to_be_visible()
        expect(third.locator(".chip")).to_have_text([re.compile("Place: al-Qaim")])
        expect(third.locator(".understood")).to_have_count(0)  # it stands alone, whatever was asked before
        first.get_by_role("button", name="Ask again without: Abu Kamal").click()
        expect(chat.page.locator("#t4 .question")).to_have_text("Who took in November 2017?")
        expect(chat.page.locator("#t4 .answer, #t4 .refusal")).to_be_visible()
        # After a reload everything is as it was, and each number means what it meant.
        before = chat.page.locator("#t3 .cite").evaluate_all(
            "links => links.map(link => link.closest('li').textContent)"
        )
        chat.page.reload()
        expect(chat.page.locator(".turn")).to_have_count(4, timeout=PATIENCE)
        after = chat.page.locator("#t3 .cite").evaluate_all(
            "links => links.map(link => link.closest('li').textContent)"
        )
        assert after == before != []
        chat.page.locator("#s3-1").click()
        expect(chat.page.locator("#c3-1")).to_be_in_viewport()
        assert text_of(chat.page.locator("#c3-1 mark")) in before[0]
        expect(second.locator(".carried").first).to_be_visible()


def test_caveats_stand_above_the_answer_in_short_and_open_in_full(answered: Chat) -> None:
    turn = answered.page.locator("#t1")
    chips = turn.locator(".caveats summary")
    expect(chips.first).to_contain_text("How sure: ")
    chip = chips.nth(1)
    expect(chip).to_contain_text("Old")
    full = turn.locator(".caveats p").nth(1)
    expect(full).to_be_hidden()
    chip.press("Enter")
    expect(full).to_contain_text("How things stand since then, it does not say")
    order = turn.evaluate(
        "turn => [...turn.querySelectorAll('.parts, .summary, .caveats, .statements')].map(e => e.className)"
    )
    assert order == ["parts", "summary", "caveats", "statements"]


def test_on_a_phone_the_side_is_folded_and_a_number_leads_there_and_back(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/en/", width=390) as page:
        fold = page.get_by_role("button", name="Conversations and limits")
        expect(page.locator("#side")).to_be_hidden()
        fold.press("Enter")
        expect(page.locator("#side")).to_be_visible()
        expect(fold).to_have_attribute("aria-expanded", "true")
        fold.click()
        expect(page.locator("#side")).to_be_hidden()
        turn = Chat(page, address).ask(QUESTION)
        expect(page.locator("#send")).to_be_in_viewport()
        turn.locator("#s1-2").click()
        expect(page.locator("#c1-2 mark")).to_be_in_viewport()
        expect(page.locator("#send")).to_be_in_viewport()
        page.locator("#c1-2").get_by_role("link", name="Back to statement 2").last.click()
        expect(turn.locator("#s1-2")).to_be_focused()
        expect(turn.locator("#s1-2")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.locator("#c1-1 a.report").click()
        expect(page.locator("dialog#report mark")).to_be_in_viewport()


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
        expect(chat.page.locator(".turn img, .turn script")).to_have_count(0)
        card.locator("a.report").click()
        view = chat.page.locator("dialog#report")
        expect(view.locator("h2")).to_contain_text("onerror=alert(1)")
        assert "".join(texts_of(view.locator(".report-text p"))) == EVIL.text
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
