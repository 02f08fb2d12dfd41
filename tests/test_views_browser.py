"""The timeline and the map beside an answer, in Chromium and with the real model."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import Embedder

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, expect

from tests.browser import Chat, chatting, needs_chromium, serving

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(sample_files: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("views") / "data"
    shutil.copytree(sample_files, data)
    with Assistant(data, embedder=embedder) as assistant, serving(assistant) as address:
        yield address


def tab(chat: Chat, name: str) -> Locator:
    """One of the tabs beside the answer."""
    return chat.page.locator("#views").get_by_role("tab", name=name, exact=True)


def left_of(element: Locator) -> float:
    """Where it begins, in pixels from the left."""
    box = element.bounding_box()
    assert box is not None
    return box["x"]


def test_times_and_places_of_an_answer_lead_to_its_sources_and_follow_the_next(browser: Browser, address: str) -> None:
    with chatting(browser, address, "/en/") as chat:
        page, card = chat.page, chat.page.locator("#c1-2")
        page.evaluate("delete Element.prototype.checkVisibility")  # as in older browsers
        tab(chat, "Timeline").click()
        expect(page.locator("#shown-timeline .empty")).to_be_visible()
        chat.ask("who controls Abu Kamal?")

        # An open view follows the answer.
        items = page.locator(".timeline ol > li")
        expect(items.first).to_contain_text("November 9, 2017")
        items.get_by_role("link", name="[2]").or_(items.locator("a[href='#c1-2']")).first.click()
        expect(tab(chat, "Sources")).to_have_attribute("aria-selected", "true")
        expect(card).to_be_focused()
        expect(card).to_have_class(re.compile(r"\bactive\b"))

        tab(chat, "Map").click()
        point = page.locator(".chart a.point")
        expect(point).to_have_text("Abu Kamal")  # as the reports in English spell it
        expect(page.locator(".chart path.land")).to_be_visible()
        expect(page.locator(".chart .country").filter(has_text="Syria")).to_be_visible()
        point.click()
        expect(page.locator("#c1-1")).to_be_focused()

        tab(chat, "Map").click()
        chat.ask("What happened in Raqqa in October 2017?")
        expect(page.locator(".chart a.point").filter(has_text="Raqqa")).to_have_attribute("href", "#c2-1")
        page.locator("#new").click()
        expect(page.locator("#shown-map .empty")).to_be_visible()

        # Another conversation of as many turns is another one.
        chat.ask("What happened in Raqqa in October 2017?")
        expect(point.filter(has_text="Raqqa")).to_be_visible()
        page.locator("#new").click()
        expect(page.locator(".turn")).to_have_count(0)
        chat.ask("who controls Abu Kamal?")
        expect(point).to_have_text("Abu Kamal")
        page.locator(".conversations .open").nth(1).click()
        expect(point.filter(has_text="Raqqa")).to_be_visible()


def test_on_an_arabic_page_the_line_runs_from_the_right_and_the_map_does_not(browser: Browser, address: str) -> None:
    with chatting(browser, address, "/ar/") as chat:
        page = chat.page
        page.set_viewport_size({"width": 390, "height": 850})
        chat.ask("من يسيطر على البوكمال؟")
        tab(chat, "خط الزمن").click()
        first, last = page.locator(".strip a.mark").first, page.locator(".strip a.mark").last
        expect(last).to_be_visible()
        assert left_of(first) > left_of(last)
        tab(chat, "الخريطة").click()
        names = page.locator(".chart .country")
        syria, iraq = (names.filter(has_text=re.compile(f"^{name}$")) for name in ("سوريا", "العراق"))
        expect(iraq).to_be_visible()
        assert left_of(syria) < left_of(iraq)
        expect(page.locator(".chart a.point")).to_have_text("البوكمال")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_sources_are_printed_with_whichever_view_is_open_beside_them(browser: Browser, address: str) -> None:
    with chatting(browser, address, "/en/") as chat:
        page = chat.page
        chat.ask("who controls Abu Kamal?")
        for name, drawn in (("Timeline", ".timeline"), ("Map", ".map .chart")):
            tab(chat, name).click()
            expect(page.locator(drawn)).to_be_visible()
            page.emulate_media(media="print")
            expect(page.locator("#c1-1")).to_be_visible()
            whole = page.locator(f"#shown-{name.lower()}").bounding_box()
            last = page.locator(drawn).bounding_box()
            assert whole is not None
            assert last is not None
            assert whole["height"] >= last["height"] > 0, "nothing of it is cut off"
            page.emulate_media(media="screen")
