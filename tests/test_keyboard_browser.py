"""All of the page without a mouse, in Chromium: every stop can be seen, and after every act the focus is somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.settings import Settings

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium
from tests.helpers import make_report, numbered_report

pytestmark = needs_chromium

QUESTION = "Which convoy came to Rawa in November 2017?"
STOPS = 150  # of the keyboard on the whole page, at most

# What has the focus, and why that cannot be seen; "" where it can. A slider shows it at its thumb (limits.css).
_SEEN = """() => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    if (at === document.body) return "";
    const name = `${at.tagName} ${at.id} ${at.className} ${at.textContent.slice(0, 40)}`;
    const marks = [at, at.closest("label.plain")].filter(Boolean).map((one) => getComputedStyle(one));
    const marked = marks.some((one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0);
    if (!marked && at.type !== "range") return `no mark: ${name}`;
    const seen = at.closest("label.plain")?.getBoundingClientRect() ?? box;
    if (seen.width < 2 || seen.height < 2) return `no size: ${name}`;
    if (seen.bottom < 1 || seen.top > innerHeight - 1 || seen.right < 1 || seen.left > innerWidth - 1)
        return `out of sight: ${name}`;
    return "";
}"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    settings = replace(Settings.from_environment(), data=tmp_path_factory.mktemp("keyboard"))
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest(
            [
                make_report("A convoy came to Rawa on Monday. It left the town again.", title="Rawa", source="Zeitung"),
                make_report("Die Brücke wurde gesprengt.", title="Brücke", language="de", published="2017-10"),
                *(numbered_report(number) for number in range(3)),
            ]
        )
        yield assistant


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Chat]:
    with chatting(browser, address, "/en/") as chat:
        yield chat


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press a key until this has the focus; each stop on the way can be seen."""
    expect(wanted).to_be_attached()
    for _ in range(STOPS):
        page.keyboard.press(key)
        assert page.evaluate(_SEEN) == ""
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not get to {wanted}")


def ask(page: Page, question: str = QUESTION) -> None:
    """Ask as who has just opened the page: the focus is in the line already."""
    expect(page.locator("#question").locator("input, textarea")).to_be_focused()
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    expect(page.locator("#t1 .answer")).to_be_visible(timeout=PATIENCE)


def test_every_stop_on_the_desk_can_be_seen_and_leads_on(chat: Chat) -> None:
    page = chat.page
    ask(page)
    page.locator("a.skip").focus()
    tab_to(page, page.locator("#send"))
    for view in ("Timeline", "Map"):
        tab = page.locator("#views").get_by_role("tab", name=view)
        tab_to(page, tab)
        page.keyboard.press("Enter")
        expect(tab).to_have_attribute("aria-selected", "true")
    page.locator("#send").focus()
    stops = 0
    while page.evaluate("document.activeElement !== document.body") and stops < STOPS:
        page.keyboard.press("Tab")
        assert page.evaluate(_SEEN) == ""
        stops += 1
    assert stops < STOPS


def test_a_number_its_card_and_the_report_and_back(chat: Chat) -> None:
    page, view = chat.page, chat.page.locator("dialog#report")
    ask(page)
    tab_to(page, page.locator("#s1-1"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#c1-1")).to_be_focused()
    for close in ("Escape", "Enter"):
        opener = page.locator("#c1-1 a.report")
        if close == "Escape":
            tab_to(page, opener)
        expect(opener).to_be_focused()
        page.keyboard.press("Enter")
        expect(view.locator("h2")).to_be_focused()
        if close == "Enter":
            tab_to(page, view.locator("button.close"))
        page.keyboard.press(close)
        expect(view).to_be_hidden()
    expect(opener).to_be_focused()
    tab_to(page, page.locator("#c1-1 a.back").first, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#s1-1")).to_be_focused()
    tab_to(page, page.locator("#t1 .feedback [data-verdict=right]"))
    page.keyboard.press("Space")
    expect(page.locator("#t1 .feedback [data-verdict=right]")).to_have_attribute("aria-pressed", "true")
    tab_to(page, page.locator("#t1 .drop").first, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#t2 :is(.answer, .refusal)")).to_be_visible()


def test_limits_are_set_shown_and_taken_away(chat: Chat) -> None:
    page = chat.page
    expect(page.locator("#question").locator("input, textarea")).to_be_focused()
    german = page.locator("#limit-languages input[value=de]")
    tab_to(page, german, "Shift+Tab")
    page.keyboard.press("Space")
    chips = page.locator("#chips button")
    expect(chips.first).to_be_visible()
    assert "languages=de" in page.url
    tab_to(page, chips.first)
    page.keyboard.press("Enter")
    expect(chips).to_have_count(0)
    assert "languages" not in page.url
    assert page.evaluate("document.activeElement !== document.body")


def test_conversations_are_renamed_opened_and_deleted(chat: Chat) -> None:
    page, dialog = chat.page, chat.page.locator(".conversations dialog")
    ask(page)
    item = page.locator(".conversations li").first
    more = item.locator(".acts summary")
    tab_to(page, more, "Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, item.get_by_role("button", name="Rename"))
    page.keyboard.press("Enter")
    page.keyboard.type("Rawa in November")
    page.keyboard.press("Enter")
    expect(item.locator(".open")).to_have_text("Rawa in November")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    tab_to(page, page.locator("#new"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(0)
    tab_to(page, item.locator(".open"))
    page.keyboard.press("Enter")
    expect(page.locator("#t1")).to_be_visible()
    expect(page.locator("#question").locator("input, textarea")).to_be_focused()
    for answer in ("Cancel", "Delete for good"):
        tab_to(page, more, "Shift+Tab")
        page.keyboard.press("Enter")
        tab_to(page, item.get_by_role("button", name="Delete"))
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        if answer == "Cancel":
            page.keyboard.press("Enter")
            expect(dialog).to_be_hidden()
            expect(more).to_be_focused()
            page.keyboard.press("Tab")
        else:
            tab_to(page, dialog.get_by_role("button", name=answer), "Shift+Tab")
            page.keyboard.press("Enter")
            expect(dialog).to_be_hidden()
    expect(page.locator(".conversations").get_by_role("link", name="Rawa in November", exact=True)).to_have_count(0)
    expect(page.locator("#new")).to_be_focused()


def test_who_is_elsewhere_before_the_question_is_there_stays_there(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script("""
            new MutationObserver((_, watch) => {
              const tab = document.querySelectorAll("#rooms [role=tab]")[1];
              if (!tab) return;
              watch.disconnect();
              window.early = !document.querySelector("#question input");
              tab.focus();
            }).observe(document, { childList: true, subtree: true });
        """)
        page.goto(f"{address}/en/")
        expect(page.locator("#question").locator("input, textarea")).to_be_attached(timeout=PATIENCE)
        page.keyboard.press("Enter")
        expect(page.locator(".reports a.report").first).to_be_visible()
        expect(page.get_by_role("tab", name="Library")).to_be_focused()
        assert page.evaluate("window.early")


def test_the_library_is_sorted_searched_and_emptied(chat: Chat, assistant: Assistant) -> None:
    page, view = chat.page, chat.page.locator("dialog#report")
    tab_to(page, page.get_by_role("tab", name="Library"), "Shift+Tab")
    page.keyboard.press("Enter")
    titles = page.locator(".reports a.report")
    expect(titles).to_have_count(5)
    tab_to(page, page.get_by_role("button", name="Title"))
    page.keyboard.press("Enter")
    expect(titles.first).to_have_text("Brücke")
    expect(page.get_by_role("button", name="Title")).to_be_focused()
    tab_to(page, titles.first)
    page.keyboard.press("Enter")
    expect(view.locator("h2")).to_have_text("Brücke")
    page.keyboard.press("Escape")
    expect(titles.first).to_be_focused()
    tab_to(page, page.get_by_label("Search"), "Shift+Tab")
    page.keyboard.type("Convoy 2")
    expect(titles).to_have_count(1)
    tab_to(page, page.locator(".reports td input"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Remove the chosen"))
    page.keyboard.press("Enter")
    dialog = page.locator(".library dialog")
    tab_to(page, dialog.get_by_role("button", name="Remove for good"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".library .listed")).to_contain_text("No report is like that", timeout=PATIENCE)
    expect(page.get_by_label("Search")).to_be_focused()
    assert assistant.status().counts.reports == 4


def test_the_language_is_changed_and_the_address_is_kept(chat: Chat) -> None:
    page = chat.page
    page.goto(f"{chat.address}/en/?since=2017-10&languages=en&sources=Levant+Desk")
    ask(page, "Which convoy crossed the river?")
    expect(page).to_have_url(re.compile(r"c=[0-9a-f]{12}"))
    kept = page.url.partition("?")[2]
    statements = page.locator("#t1 .statement").all_inner_texts()
    for language, side in (("de", "left"), ("ar", "right")):
        link = page.locator(f".languages a[hreflang={language}]")
        tab_to(page, link, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/{language}/\?"))
        expect(page.locator("#t1 .statement").first).to_be_visible(timeout=PATIENCE)
        assert page.locator("#t1 .statement").all_inner_texts() == statements
        expect(page.locator("#chips button")).to_have_count(4)
        assert sorted(page.url.partition("?")[2].split("&")) == sorted(kept.split("&"))
        expect(page.locator("#question").locator("input, textarea")).to_be_focused()
        # Mirrored, and not only written from the other side: the conversations, the chat, the sources.
        columns = [page.locator(name).bounding_box() for name in ("#side", "#chat", "#sources")]
        places = [box["x"] for box in columns if box is not None]
        assert places == sorted(places, reverse=side == "right")
        assert len(set(places)) == 3
