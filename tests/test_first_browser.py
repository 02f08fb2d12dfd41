"""What a first visit is told: in Chromium, over HTTP, with the real model and the example reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.settings import Settings
from assistant.ui.examples import Examples
from assistant.ui.first import examples_html
from assistant.ui.labels import LANGUAGES

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, expect

from tests.browser import PATIENCE, chatting, needs_chromium, serving
from tests.helpers import make_report

ASKS_FOR = {"en": "Abu Kamal", "de": "Abu Kamal", "ar": "البوكمال"}


@needs_chromium
class TestFirstVisit:
    def test_tells_what_is_indexed_and_asks_an_example(self, browser: Browser, sample: Assistant) -> None:
        with serving(sample) as address:
            for language, place in ASKS_FOR.items():
                with chatting(browser, address, f"/{language}/") as chat:
                    first = chat.page.locator(".first")
                    expect(first.locator("dd").first).to_have_text("26")
                    expect(first.locator("dd").nth(1)).to_contain_text("2017")
                    examples = first.locator("button.example")
                    expect(examples).to_have_count(3, timeout=PATIENCE)
                    expect(examples.first).to_contain_text(place)
                    expect(first).to_have_css("direction", "rtl" if language == "ar" else "ltr")
                    if language == "ar":
                        question = examples.first.inner_text()
                        examples.first.focus()
                        chat.page.keyboard.press("Enter")
                        expect(chat.page.locator("#t1 .answer")).to_be_visible(timeout=PATIENCE)
                        expect(chat.page.locator("#t1 .question")).to_have_text(question)
                        expect(first).to_be_hidden()
                        chat.page.locator("#new").click()
                        expect(examples).to_have_count(3)
                        expect(first).to_be_visible()

    def test_of_an_empty_collection_shows_how_to_add_reports_until_there_are_some(
        self, browser: Browser, tmp_path: Path
    ) -> None:
        own = replace(Settings.from_environment(), data=tmp_path / "data")
        with (
            Assistant(settings=own, embedder=WordLengthEmbedder()) as assistant,
            serving(assistant) as address,
            chatting(browser, address, "/en/") as chat,
        ):
            expect(chat.page.locator(".first.none li").first).to_contain_text("library")
            expect(chat.page.locator(".first.none code")).to_have_text("lagebild ingest PATH")
            assistant.ingest([make_report("The army took Raqqa on Monday.")])
            chat.page.get_by_role("button", name="Open the library").press("Enter")
            expect(chat.page.locator(".library .upload")).to_be_visible()
            chat.page.get_by_role("tab", name="Ask").click()
            expect(chat.page.locator(".first dd").first).to_have_text("1")


def test_every_example_is_answered_and_made_anew_when_the_collection_changes(tmp_path: Path) -> None:
    with Assistant(tmp_path / "data") as assistant:
        assistant.ingest([make_report("The army took Abu Kamal from the militia on Monday.", published="2017-10-09")])
        examples = Examples(assistant)
        made = {language: examples.of(language) for language in LANGUAGES}
        for questions in made.values():
            assert questions
            for question in questions:
                assert assistant.ask(question).refusal is None, question
        assert "Who controls Abu Kamal?" in made["en"]
        assert examples.of("en") is made["en"]
        for number in range(2):
            assistant.ingest(
                [make_report(f"The army took Mosul from the militia. It was the {number}th day.", title=str(number))]
            )
        assert examples.of("en")[0] == "Who controls Mosul?"


def test_reports_that_name_nothing_have_no_false_examples(tmp_path: Path) -> None:
    own = replace(Settings.from_environment(), data=tmp_path / "data")
    with Assistant(settings=own, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([make_report("It was quiet.", published=None)])
        assert Examples(assistant).of("en") == ()


@pytest.mark.parametrize("hostile", ["</button><script>x</script>", '" autofocus onfocus="x', "\u202e&amp;"])
def test_an_example_is_shown_as_it_stands(hostile: str) -> None:
    from bs4 import BeautifulSoup

    button = BeautifulSoup(examples_html([hostile], "en"), "html.parser").find("button")
    assert button is not None
    assert set(button.attrs) == {"type", "class", "dir", "data-ask"}
    assert button["data-ask"] == button.get_text() == hostile


DATES = st.one_of(
    st.none(),
    st.integers(1000, 2020).map(str),
    st.tuples(st.integers(2010, 2012), st.integers(1, 12)).map(lambda at: f"{at[0]}-{at[1]:02d}"),
    st.dates(dt.date(2010, 1, 1), dt.date(2012, 12, 31)).map(str),
    st.dates(dt.date(2010, 1, 1), dt.date(2012, 12, 31)).map(lambda day: f"{day}/{day + dt.timedelta(days=9)}"),
)


@settings(max_examples=15, deadline=None)
@given(told=st.lists(st.tuples(DATES, st.sampled_from(("en", "de", "ar", "fr"))), min_size=1, max_size=6))
def test_the_status_is_counted_as_the_reports_are(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str | None, str]]
) -> None:
    own = replace(Settings.from_environment(), data=tmp_path_factory.mktemp("status"))
    with Assistant(settings=own, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest(
            [
                make_report(f"It was quiet in week {number}.", title=str(number), published=date, language=language)
                for number, (date, language) in enumerate(told)
            ]
        )
        reports = assistant.reports()
        dates = sorted((one.published for one in reports if one.published != PartialDate()), key=lambda d: d.recency)
        languages = [one.language for one in reports]
        status = assistant.status()
        assert status.counts.reports == len(reports) == len(told)
        assert status.languages == {code: languages.count(code) for code in languages}
        assert list(status.languages.items()) == sorted(status.languages.items(), key=lambda one: (-one[1], one[0]))
        assert (status.oldest, status.newest) == ((dates[0], dates[-1]) if dates else (None, None))
