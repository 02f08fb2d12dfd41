"""The limits of a question in Chromium: set by mouse and by keyboard, kept in the address, and harmless in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from assistant.assistant import Assistant
from assistant.dates import PartialDate
from assistant.embedding import Embedder
from assistant.records import Report

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, Locator, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium

pytestmark = needs_chromium
QUESTION = "Who controls Abu Kamal?"
HOSTILE = "</label><img src=x onerror=alert(1)><script>window.pwned=1</script>\"' ${x} {{y}}"


@pytest.fixture(scope="module")
def assistant(sample_files: Path, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    data = shutil.copytree(sample_files, tmp_path_factory.mktemp("limits") / "data")
    hostile = Report.make(
        "The militia took the village of Quxburg.",
        title="Quxburg",
        source=HOSTILE,
        published=PartialDate(2018, 2),
        language="fr",
    )
    with Assistant(data, embedder=embedder) as assistant:
        assistant.ingest([hostile])
        yield assistant


@pytest.fixture(scope="module")
def shared(browser: Browser, address: str) -> Iterator[Chat]:
    """One page for all tests that need no other address."""
    with chatting(browser, address) as chat:
        expect(chat.page.locator("#limit-places .option").first).to_be_visible(timeout=PATIENCE)
        yield chat


@pytest.fixture
def chat(shared: Chat) -> Iterator[Chat]:
    yield shared
    if shared.page.locator(".chips .clear").count():
        shared.page.locator(".chips .clear").click()
    expect(chips(shared)).to_have_count(0)


def chips(chat: Chat) -> Locator:
    return chat.page.locator(".chips button[data-name]")


def expect_address(chat: Chat, **values: list[str]) -> None:
    """That the address says this and nothing else, now or soon."""
    # Beside `c`, the conversation that is open.
    chat.page.wait_for_url(lambda url: {k: v for k, v in parse_qs(urlsplit(url).query).items() if k != "c"} == values)


def find(chat: Chat, name: str, text: str) -> Locator:
    """What is found where one searches for a source or a place."""
    chat.page.locator(f"#limit-{name}").locator("input[type=text], textarea").fill(text)
    found = chat.page.locator(f"#limit-{name} .options")
    expect(found).to_have_attribute("data-search", text)
    return found.locator(".option")


def change_something(chat: Chat) -> None:
    """Anywhere on the page, as an answer does that arrives."""
    chat.page.evaluate("document.body.append(document.createComment(''))")


class TestChoosing:
    def test_the_side_counts_the_reports(self, chat: Chat, assistant: Assistant) -> None:
        facets = assistant.catalog().facets()
        bars = chat.page.locator(".histogram i")
        expect(bars).to_have_count(6)  # from September 2017 to February 2018
        assert bars.nth(2).get_attribute("title") == f"November 2017 · {facets.months['2017-11']}"
        expect(chat.page.locator("#limit-languages .option").first).to_have_text(f"English{facets.languages['en']}")
        expect(chat.page.locator("#limit-sources .option")).to_have_count(len(facets.sources))
        assert chat.page.locator("#limit-places .option .count").first.text_content() == str(
            next(iter(facets.places.values()))[1]
        )

    def test_a_question_is_limited_and_the_limits_are_shown(self, chat: Chat) -> None:
        chat.page.locator("#limit-until").fill("2017-11-10")
        expect(find(chat, "places", "Zarqon")).to_have_count(0)
        chat.page.keyboard.press("Enter")  # what nothing is found for is taken as it is written
        chat.page.get_by_role("checkbox", name="English").check()
        expect(chips(chat)).to_have_text(["until: November 10, 2017×", "Language: English×", "Place: Zarqon×"])
        chips(chat).last.click()
        find(chat, "places", "البوكمال").locator("input").check()
        expect(chips(chat)).to_have_count(3)
        turn = chat.ask(QUESTION)
        expect(turn.locator(".answer")).to_be_visible()
        expect(turn.locator(".limits")).to_contain_text(
            "until: November 10, 2017 · languages: English · places: Ālbū Kamāl"
        )
        for stated in turn.locator("time").all():
            assert (stated.get_attribute("datetime") or "") <= "2017-11-10"

    def test_a_limit_that_is_no_date_is_told_so(self, chat: Chat) -> None:
        chat.page.locator("#limit-since").fill("yesterday")
        chat.page.locator("#limit-since").press("Tab")
        expect(chat.page.locator(".chips .refused")).to_contain_text("This is no date")
        expect(chat.page.locator(".chips .refused bdi")).to_have_text("yesterday")
        expect_address(chat)
        chat.page.locator("#limit-since").fill("2017-11")
        chat.page.locator("#limit-since").press("Tab")
        expect(chips(chat)).to_have_text(["from: November 2017×"])

    def test_the_window_is_set_by_the_keyboard_alone(self, chat: Chat) -> None:
        since, until = (chat.page.locator(f".slides input[name={end}]") for end in ("since", "until"))
        since.focus()
        since.press("ArrowRight")
        since.press("ArrowRight")
        until.focus()
        until.press("ArrowLeft")
        expect(chips(chat)).to_have_text(["from: November 2017×", "until: January 2018×"])
        expect(since).to_have_attribute("aria-valuetext", "November 2017")
        expect(chat.page.locator("#limit-since")).to_have_value("2017-11")
        expect(chat.page.locator(".histogram i.in")).to_have_count(3)
        until.press("Home")  # the one that is moved stops at the other
        expect(chips(chat).last).to_have_text("until: September 2017×")

    def test_the_window_is_drawn_over_the_bars(self, chat: Chat) -> None:
        boxes = [bar.bounding_box() for bar in chat.page.locator(".histogram i").all()]
        start, end = boxes[1], boxes[3]
        assert start is not None
        assert end is not None
        chat.page.mouse.move(end["x"] + 3, end["y"] + 20)
        chat.page.mouse.down()
        chat.page.mouse.move(start["x"] + 3, start["y"] + 20)
        change_something(chat)
        assert chat.page.locator(".histogram i.in").count() == 3
        chat.page.mouse.up()
        expect(chips(chat)).to_have_text(["from: October 2017×", "until: December 2017×"])

    def test_a_slider_stays_in_the_hand_while_the_page_changes(self, chat: Chat) -> None:
        since = chat.page.locator(".slides input[name=since]")
        box = since.bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        chat.page.mouse.move(box["x"] + 8, y)
        chat.page.mouse.down()
        chat.page.mouse.move(box["x"] + box["width"] / 2, y)
        moved = since.input_value()
        assert moved in {"2", "3"}
        change_something(chat)
        assert since.input_value() == moved
        chat.page.mouse.move(box["x"] + 8, y)
        chat.page.mouse.up()  # where it was: nothing is changed by it
        expect(chips(chat)).to_have_count(0)
        expect(since).to_have_value("0")

    def test_a_hostile_source_is_found_ticked_and_does_nothing(self, chat: Chat) -> None:
        found = find(chat, "sources", "onerror")
        expect(found.locator("bdi")).to_have_text(HOSTILE)
        found.locator("input").check()
        expect(chips(chat).locator("bdi")).to_have_text(HOSTILE)
        expect_address(chat, sources=[HOSTILE])
        expect(chat.ask("Who took Quxburg?").locator(".statement").first).to_contain_text("Quxburg")
        assert chat.page.evaluate("window.pwned") is None
        expect(chat.page.locator("#side img, #chips img, #side script, #chips script")).to_have_count(0)

    def test_a_box_is_ticked_for_what_it_stands_for(self, chat: Chat) -> None:
        find(chat, "sources", "Levant Desk").locator("input").check()
        expect(chips(chat)).to_have_count(1)
        chat.page.evaluate(
            """() => {
                const list = document.querySelector("#limit-sources .options");
                const look = () => (window.ticked = list.querySelector("input").checked);
                new MutationObserver(() => setTimeout(look)).observe(list, { attributeFilter: ["data-search"] });
            }"""
        )
        expect(find(chat, "sources", "Steppe Ledger").locator("bdi")).to_have_text("Steppe Ledger")  # in the same place
        chat.page.wait_for_function("window.ticked !== undefined")
        assert chat.page.evaluate("window.ticked") is False
        expect(find(chat, "sources", "Levant Desk").locator("input")).to_be_checked()

    def test_chips_go_one_by_one_and_all_at_once(self, chat: Chat) -> None:
        chat.page.evaluate(  # as in older browsers
            "() => { const old = URLSearchParams.prototype.delete;"
            " URLSearchParams.prototype.delete = function (name) { old.call(this, name); }; }"
        )
        for name in ("English", "German", "Arabic"):
            chat.page.get_by_role("checkbox", name=name).check()
        expect(chips(chat)).to_have_count(3)
        chips(chat).nth(1).press("Enter")
        expect(chips(chat)).to_have_text(["Language: English×", "Language: Arabic×"])
        expect(chat.page.get_by_role("checkbox", name="German")).not_to_be_checked()
        expect_address(chat, languages=["en", "ar"])
        chat.page.locator(".chips .clear").click()
        expect(chips(chat)).to_have_count(0)
        expect_address(chat)


class TestAnAddress:
    def test_it_brings_its_limits_and_keeps_the_rest(self, browser: Browser, address: str) -> None:
        query = f"x=1&since=2017-11&languages=de&sources=Levant+Desk&places={quote('البوكمال')}"
        with chatting(browser, address, f"/en/?{query}") as chat:
            expect(chips(chat)).to_have_count(4, timeout=PATIENCE)
            expect(chat.page.get_by_role("checkbox", name="German")).to_be_checked()
            expect(chat.page.get_by_role("checkbox", name="Levant Desk")).to_be_checked()
            expect(chat.page.locator("#limit-since")).to_have_value("2017-11")
            kept = {"x": ["1"], "sources": ["Levant Desk"], "places": ["البوكمال"]}
            expect_address(chat, since=["2017-11"], languages=["de"], **kept)
            chat.page.get_by_role("checkbox", name="Levant Desk").uncheck()
            chat.page.get_by_role("checkbox", name="German").uncheck()
            expect(chips(chat)).to_have_count(2)
            turn = chat.ask(QUESTION)
            expect(turn.locator(".limits")).to_have_text("from: November 1, 2017 · places: البوكمال")
            chat.page.get_by_role("link", name="العربية").click()
            expect(chips(chat)).to_have_count(2, timeout=PATIENCE)
            expect(chips(chat).first).to_contain_text("نوفمبر 2017")
            first, last = (chat.page.locator(".histogram i").nth(n).bounding_box() for n in (0, -1))
            assert first is not None
            assert last is not None
            assert first["x"] > last["x"]  # time runs as the script does

    def test_a_hostile_one_is_refused_with_a_message(self, browser: Browser, address: str) -> None:
        names = ("since", "until", "languages", "sources", "places")
        query = (
            "&".join(f"{name}={quote(HOSTILE)}" for name in names)
            + "&places=%00&languages=%ff%fe&since[]=1&"
            + "a" * 2000
        )
        with chatting(browser, address, f"/en/?{query}") as chat:
            refused = chat.page.locator(".chips .refused li")
            expect(refused).to_have_count(4, timeout=PATIENCE)
            expect(refused.nth(0)).to_contain_text("This is no date. Write it as 2017, 2017-11 or 2017-11-09: </label>")
            expect(chips(chat).first.locator("bdi")).to_have_text(HOSTILE)  # there is such a source
            assert chat.page.evaluate("window.pwned") is None
            expect(chat.page.locator("#side img, #chips img, #chips script")).to_have_count(0)
            expect(chat.ask(QUESTION).locator(".answer, .refusal")).to_be_visible()
            chat.page.locator(".chips .clear").click()
            expect(chips(chat)).to_have_count(0)
            expect(chat.ask(QUESTION).locator(".answer")).to_be_visible()

    def test_a_narrow_page_has_the_limits_behind_a_button(self, browser: Browser, address: str) -> None:
        with chatting(browser, address, "/ar/?languages=de") as chat:
            chat.page.set_viewport_size({"width": 390, "height": 800})
            opener = chat.page.locator(".side-toggle")
            expect(chips(chat)).to_have_count(1, timeout=PATIENCE)
            expect(chat.page.locator("#limits")).to_be_hidden()
            opener.press("Enter")
            expect(opener).to_have_attribute("aria-expanded", "true")
            expect(chat.page.locator("#limit-languages input[value=de]")).to_be_checked()
            assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            opener.press("Enter")
            expect(chat.page.locator("#limits")).to_be_hidden()

    def test_new_reports_are_counted_by_the_next_page(
        self, browser: Browser, address: str, assistant: Assistant
    ) -> None:
        assistant.ingest([Report.make("A later report.", title="Later", published=PartialDate(2018, 4))])
        with chatting(browser, address) as chat:
            expect(chat.page.locator(".histogram i")).to_have_count(8, timeout=PATIENCE)
            # Whatever else the page asks for as it opens has come, so that closing it breaks nothing off.
            expect(chat.page.locator("#limit-places .option").first).to_be_visible()
