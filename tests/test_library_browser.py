"""The conversations as a person handles them: in Chromium, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from assistant.assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.settings import Settings
from assistant.store import forget
from assistant.turns import Feedback, Verdict
from assistant.ui.labels import LANGUAGES, label
from assistant.uploads import MAX_UPLOAD

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
from playwright.sync_api import Browser, FilePayload, Route, expect

from tests.browser import PATIENCE, Chat, chatting, needs_chromium, serving, texts_of
from tests.helpers import make_report

HOSTILE = "</bdi></a><img src=x onerror=alert(1)><script>window.pwned=1</script>\"' \u202eevil $title"
QUESTION = "Which town did the army take?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Over three reports, without a model."""
    settings = replace(Settings.from_environment(), data=tmp_path_factory.mktemp("library"))
    with Assistant(settings=settings, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest(
            [
                make_report(),
                make_report("Die Brücke wurde am Montag gesprengt.", title="Brücke", source="Kontext", language="de"),
                make_report("عبرت القافلة النهر.", title="القافلة", source=HOSTILE, language="ar", published="2017-10"),
            ]
        )
        yield assistant


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Chat]:
    with chatting(browser, address) as chat:
        yield chat


@needs_chromium
def test_what_is_printed_is_all_that_was_said_or_the_report_that_is_open(assistant: Assistant, chat: Chat) -> None:
    page = chat.page
    for _ in range(5):
        chat.ask(QUESTION)
    long = make_report("A long line of a report.\n\n" * 200, title="Long")
    assistant.ingest([long])
    page.emulate_media(media="print")
    for width, height in ((1000, 700), (700, 1000)):  # a sheet lies or stands
        page.set_viewport_size({"width": width, "height": height})
        for part in ("gradio-app", "#transcript", "#cards"):
            expect(page.locator(part)).to_have_css("overflow-y", "visible")
        assert page.evaluate("document.documentElement.scrollHeight") > 1000
        for hidden in ("#composer", "#side", "#fold", ".tools", ".feedback"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator("#t5 .statement").first).to_be_visible()
        expect(page.locator(".caveats details p").first).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(f"{chat.address}/en/?r={long.id}")
    expect(page.locator("#report .report-text")).to_be_visible()
    page.emulate_media(media="print")
    whole = "one => [one.scrollHeight - one.clientHeight, one.clientHeight > 3000]"
    assert page.locator("#report").evaluate(whole) == [0, True]
    expect(page.locator(".masthead")).to_be_hidden()
    forget(assistant.settings.data, [long.id])  # the others count reports


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@needs_chromium
class TestConversations:
    def test_have_titles_that_run_as_they_are_read_and_lose_their_end_where_they_are_long(self, chat: Chat) -> None:
        listed = chat.page.locator(".conversations .open").first
        for asked, direction in ((QUESTION, "ltr"), ("من عبر النهر مع القافلة التي وصلت يوم الاثنين؟", "rtl")):
            chat.page.locator("#new").click()
            expect(chat.page.locator(".turn")).to_have_count(0)
            chat.ask(asked)
            expect(listed).to_have_text(asked)
            expect(listed).to_have_css("direction", direction)

    def test_are_listed_renamed_saved_and_opened_again_with_their_citations(
        self, chat: Chat, browser: Browser, address: str, assistant: Assistant
    ) -> None:
        page = chat.page
        chat.ask(QUESTION)
        quotes = texts_of(page.locator("#t1 .statement"))
        assert quotes
        listed = page.locator(".conversations .open")
        expect(listed.first).to_have_text(QUESTION)
        expect(listed.first).to_have_attribute("aria-current", "page")
        expect(page).to_have_url(re.compile(r"\?c=[0-9a-f]{12}$"))
        page.locator(".acts summary").first.click()
        page.get_by_role("button", name="Rename").click()
        page.keyboard.type(HOSTILE)
        page.keyboard.press("Enter")
        expect(listed.first).to_have_text(HOSTILE)
        assert assistant.conversations().summaries()[0].title == HOSTILE
        for name, kind in (("Save as Markdown", "md"), ("Save as JSON", "json")):
            page.locator(".acts summary").first.click()
            with page.expect_download() as download:
                page.get_by_role("link", name=name).click()
            assert download.value.suggested_filename.endswith(f".{kind}")
            saved = download.value.path().read_text("utf-8")
            if kind == "json":
                told = json.loads(saved)
                assert (told["title"], told["turns"][0]["answer"]["citations"][0]["quote"]) == (HOSTILE, quotes[0])
            else:
                assert f"> {quotes[0]}" in saved
            page.keyboard.press("Escape")
            expect(page.locator(".acts[open]")).to_have_count(0)
        page.locator("#new").click()
        expect(page.locator(".turn")).to_have_count(0)
        expect(page).to_have_url(re.compile(r"/en/(\?)?$"))
        listed.first.click()
        expect(page.locator("#t1 .statement").first).to_have_text(quotes[0])
        with browser.new_context() as context:  # who was sent the address, in another language
            other = context.new_page()
            other.goto(page.url.replace("/en/", "/ar/"))
            expect(other.locator("#t1 .statement").first).to_have_text(quotes[0], timeout=PATIENCE)
            other.locator("#s1-1").click()
            expect(other.locator("#c1-1 mark")).to_have_text(quotes[0])
            # A title keeps its direction, so that its beginning is seen, and stands where the page begins.
            expect(other.locator(".conversations .open").first).to_have_css("direction", "ltr")
            expect(other.locator(".conversations .open").first).to_have_css("text-align", "right")
        assert page.evaluate("window.pwned") is None
        expect(page.locator(".conversations :is(img, script)")).to_have_count(0)

    def test_who_goes_on_to_the_question_after_renaming_stays_there(self, chat: Chat) -> None:
        page = chat.page
        chat.ask(QUESTION)
        listed, box = page.locator(".conversations .open"), page.locator("#question").locator("input, textarea")
        page.locator(".acts summary").first.click()
        page.get_by_role("button", name="Rename").click()
        page.keyboard.type("Renamed and left")
        box.click()
        expect(listed.first).to_have_text("Renamed and left")
        page.keyboard.type("Who fled?")
        expect(box).to_have_value("Who fled?")
        page.locator(".acts summary").first.click()
        page.get_by_role("button", name="Rename").click()
        page.keyboard.press("Escape")
        expect(page.locator(".acts summary").first).to_be_focused()

    def test_a_list_that_comes_late_takes_no_title_out_of_the_hand(self, chat: Chat) -> None:
        page = chat.page
        chat.ask(QUESTION)
        expect(page.locator(".conversations [aria-current]")).to_have_count(1)
        held: list[Route] = []
        page.route("**/parts/conversations", lambda route: held.append(route), times=1)  # noqa: PLW0108 -- Playwright sets attributes
        with page.expect_request("**/parts/conversations"):
            chat.ask(QUESTION)
        page.locator(".acts summary").first.click()
        page.get_by_role("button", name="Rename").click()
        page.keyboard.type("Half a ti")
        with page.expect_request_finished(lambda request: request.url.endswith("/parts/conversations")):
            held.pop().continue_()
        page.evaluate("() => new Promise(setTimeout)")
        page.keyboard.type("tle")
        expect(page.locator(".conversations .rename")).to_have_value("Half a title")
        with page.expect_request("**/parts/conversations"):
            page.keyboard.press("Escape")
        expect(page.locator(".conversations .open").first).to_have_text(QUESTION)

    def test_a_list_that_is_drawn_anew_takes_the_focus_from_nobody_and_closes_no_menu(
        self, chat: Chat, assistant: Assistant
    ) -> None:
        page, kept = chat.page, assistant.conversations()
        chat.ask(QUESTION)
        expect(page.locator(".conversations [aria-current]")).to_have_count(1)
        identity = kept.summaries()[0].id
        item = page.locator(f'.conversations li[data-conversation="{identity}"]')
        title, menu = item.locator(".open"), item.locator(".acts")

        @contextmanager
        def renewed(verdict: str, name: str) -> Iterator[None]:
            """The list is asked for as something is said of the answer, and comes after what is done meanwhile."""
            held: list[Route] = []
            page.route("**/parts/conversations", lambda route: held.append(route), times=1)  # noqa: PLW0108 -- Playwright sets attributes
            with page.expect_request("**/parts/conversations"):
                page.locator("#t1 .feedback").get_by_role("button", name=verdict, exact=True).click()
            yield
            kept.rename(identity, name)
            with page.expect_request_finished(lambda request: request.url.endswith("/parts/conversations")):
                held.pop().continue_()

        summary, saved = page.locator("details.listed > summary"), page.locator(".feedback-file a")
        other = assistant.conversation()  # has something to be saved, whatever is said in the first
        other.ask(QUESTION)
        kept.judge(other.id, 1, Feedback(Verdict.RIGHT))
        for name, control in (("One", title), ("Two", summary), ("Three", saved)):
            with renewed("Right", name):  # every other time it is taken back
                control.focus()
            expect(title).to_have_text(name)
            expect(control).to_be_focused()
        with renewed("Right", "Later"):
            menu.locator("summary").click()
        page.evaluate("() => new Promise(setTimeout)")
        expect(menu).to_have_attribute("open", "")
        page.keyboard.press("Escape")
        expect(title).to_have_text("Later")
        expect(menu.locator("summary")).to_be_focused()

    def test_are_deleted_for_good_after_a_question_back(self, chat: Chat, assistant: Assistant) -> None:
        page = chat.page
        chat.ask("Did the zzyzx convoy cross the river?")
        gone = assistant.conversations().summaries()[0].id
        item = page.locator(f'.conversations li[data-conversation="{gone}"]')
        for button in ("Cancel", "Delete for good"):
            item.locator(".acts summary").click()
            item.get_by_role("button", name="Delete").click()
            dialog = page.locator(".conversations dialog")
            expect(dialog).to_contain_text("zzyzx")
            expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
            dialog.get_by_role("button", name=button).click()
            expect(dialog).to_be_hidden()
            if button == "Cancel":
                expect(item).to_have_count(1)
        expect(item).to_have_count(0)
        expect(page.locator(".turn")).to_have_count(0)
        expect(page).to_have_url(re.compile(r"/en/\??$"))
        assert b"zzyzx" not in bytes_of(assistant.settings.data)
        page.goto(f"{chat.address}/en/?c={gone}")
        expect(page.locator(".masthead")).to_be_visible()
        expect(page.locator(".turn")).to_have_count(0)

    @pytest.mark.parametrize(("width", "height"), [(1400, 900), (390, 800)])
    @pytest.mark.parametrize("language", ["en", "ar"])
    def test_the_menu_of_each_is_seen_whole(
        self, browser: Browser, address: str, assistant: Assistant, language: str, width: int, height: int
    ) -> None:
        for _ in range(12 - len(assistant.conversations().summaries())):
            assistant.conversation().ask(QUESTION)
        with chatting(browser, address, f"/{language}/") as chat:
            page = chat.page
            page.set_viewport_size({"width": width, "height": height})
            if width < 1000:
                page.locator(".side-toggle").click()
            listed = page.locator("details.listed")
            expect(listed).to_be_visible()
            listed.evaluate("listed => listed.open = true")
            entries = page.locator(".conversations li")
            for entry in (entries.first, entries.last):
                entry.locator("summary").click()
                parts = entry.locator(".acts > div > *")
                expect(parts).to_have_count(5)
                for part in parts.all():
                    expect(part).to_be_in_viewport(ratio=1)
                assert parts.evaluate_all("""parts => parts.every(part => {
                    const { left, right, top, bottom } = part.getBoundingClientRect();
                    const corners = [[left + 2, top + 2], [right - 2, bottom - 2]];
                    return corners.every(([x, y]) => document.elementFromPoint(x, y) === part);
                })""")

    def test_nothing_is_kept_where_that_is_not_wanted(self, browser: Browser, assistant: Assistant) -> None:
        settings = assistant.settings.forgetful()
        with (
            Assistant(settings=settings, embedder=WordLengthEmbedder()) as forgetful,
            serving(forgetful) as address,
            chatting(browser, address) as chat,
        ):
            expect(chat.page.locator(".conversations .note")).to_contain_text("Nothing is kept")
            chat.ask(QUESTION)
            expect(chat.page.locator(".conversations li")).to_have_count(0)
            assert "c=" not in chat.page.url


@needs_chromium
class TestTheLibrary:
    def test_is_searched_sorted_and_filtered(self, chat: Chat) -> None:
        page = chat.page
        page.get_by_role("tab", name="Library").click()
        titles = page.locator(".reports a.report")
        expect(titles).to_have_count(3)
        expect(titles.last).to_have_text("القافلة")  # the oldest
        expect(titles.first).to_have_attribute("href", re.compile(r"^\?r=[0-9a-f]{16}$"))
        expect(page.locator(".reports")).to_contain_text(HOSTILE)
        page.get_by_role("button", name="Title").click()
        expect(page.locator("th.title")).to_have_attribute("aria-sort", "ascending")
        expect(page.get_by_role("button", name="Title")).to_be_focused()
        expect(titles.first).to_have_text("A town is taken")
        search = page.get_by_label("Search")
        for words, found in (("gespr", "Brücke"), ("levant", "A town is taken"), ("القافلة", "القافلة")):
            search.fill(words)
            expect(titles).to_have_text([found])
        search.fill("zzyzx")
        expect(page.locator(".library .listed")).to_contain_text("No report is like that")
        search.fill("")
        until = page.locator('.library input[name="until"]')
        until.fill("2017-10")
        expect(titles).to_have_text(["القافلة"])
        until.fill("soon")
        expect(page.locator(".library > .status")).to_contain_text(re.compile("This is no date.*soon"))
        for language in LANGUAGES:
            told = httpx.get(f"{chat.address}/{language}/parts/reports", params={"since": "201"}, trust_env=False)
            assert (told.status_code, told.text) == (400, f"{label(language, 'refused_date')} \u2068201\u2069")
        until.fill("")
        page.locator(".library select").select_option("de")
        expect(titles).to_have_text(["Brücke"])
        expect(page.locator(".library :is(img, script, form)")).to_have_count(0)
        assert page.evaluate("window.pwned") is None
        chat.complaints.clear()  # Chromium tells of the answer to "soon", 400

    def test_what_may_be_written_does_not_look_written_and_nothing_lies_on_the_note(self, chat: Chat) -> None:
        chat.page.get_by_role("tab", name="Library").click()
        expect(chat.page.locator("#library table")).to_be_visible()
        colours = "one => [getComputedStyle(one, '::placeholder').color, getComputedStyle(one).color]"
        for field in chat.page.locator(".library .fields input").all():
            suggested, written = field.evaluate(colours)
            assert suggested != written
        choose, note = (chat.page.locator(f".upload {part}").bounding_box() for part in ("label", ".note"))
        assert choose is not None
        assert note is not None
        assert choose["y"] + choose["height"] <= note["y"]

    def test_is_listed_anew_for_who_comes_back(self, chat: Chat, assistant: Assistant) -> None:
        page = chat.page
        page.route("**/en/parts/reports?*", lambda route: route.abort())
        page.get_by_role("tab", name="Library").click()
        expect(page.locator(".library > .status")).to_have_text("The server did not answer as it should. Try again.")
        page.unroute("**/en/parts/reports?*")
        titles = page.locator(".reports a.report")
        page.get_by_role("tab", name="Ask").click()
        page.get_by_role("tab", name="Library").click()
        expect(titles).to_have_count(3)
        expect(page.locator(".library > .status")).to_have_text("")
        smoke = make_report("Smoke rose over the pass.", title="Smoke")
        assistant.ingest([smoke])
        page.get_by_role("tab", name="Ask").click()
        page.get_by_role("tab", name="Library").click()
        expect(titles).to_have_count(4)
        forget(assistant.settings.data, [smoke.id])  # the others count reports
        chat.complaints.clear()  # Chromium tells of what was aborted

    def test_a_report_that_cannot_be_had_is_told_and_closed(self, chat: Chat) -> None:
        page = chat.page
        page.get_by_role("tab", name="Library").click()
        titles, shown = page.locator(".reports a.report"), page.locator("dialog#report")
        answers = iter([None, (502, "<h1>Bad gateway</h1>")])

        def fail(route: Route) -> None:
            answer = next(answers)
            route.abort() if answer is None else route.fulfill(status=answer[0], body=answer[1])

        page.route("**/en/report/**", fail)
        for _ in range(2):
            titles.first.click()
            expect(shown.locator("p")).to_have_text("The server did not answer as it should. Try again.")
            shown.get_by_role("button", name="Close").click()
            expect(shown).to_be_hidden()
        page.unroute("**/en/report/**")
        chat.complaints.clear()  # Chromium tells of both

    def test_what_is_ticked_stays_ticked_as_the_list_is_renewed(self, chat: Chat) -> None:
        page = chat.page
        page.get_by_role("tab", name="Library").click()
        box = page.locator(".reports tr", has_text="Brücke").locator("input")
        box.check()
        page.get_by_role("button", name="Title").click()
        expect(page.locator("th.title")).to_have_attribute("aria-sort", "ascending")
        expect(box).to_be_checked()
        expect(page.get_by_role("button", name="Remove the chosen")).to_be_enabled()

    def test_takes_files_in_that_are_dropped_and_removes_reports_for_good(
        self, chat: Chat, assistant: Assistant
    ) -> None:
        page, data = chat.page, assistant.settings.data
        page.get_by_role("tab", name="Library").click()
        expect(page.locator(".reports")).to_be_visible()
        name, text = "<img src=x onerror=alert(1)>.txt", "The quxburg bridge fell on Monday."
        dropped = page.evaluate_handle(
            """([name, text]) => { const moved = new DataTransfer();
                moved.items.add(new File([text], name));
                moved.items.add(new File(["MZ"], "tool.exe")); return moved; }""",
            [name, text],
        )
        page.dispatch_event(".upload", "drop", {"dataTransfer": dropped})
        results = page.locator(".upload .files li")
        expect(results).to_have_count(2)
        expect(results.first).to_contain_text(name)
        expect(results.first.locator(".result")).to_have_text("added", timeout=PATIENCE)
        expect(results.last.locator(".result")).to_contain_text("refused: tool.exe: ", timeout=PATIENCE)
        expect(page.locator(".upload :is(progress, img)")).to_have_count(0)
        assert not (data / "uploads").exists()
        page.locator(".upload input").set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})
        expect(results.nth(2).locator(".result")).to_have_text("known already", timeout=PATIENCE)
        page.get_by_role("tab", name="Ask").click()
        answer = chat.ask("The quxburg bridge fell on Monday?")  # as long, word by word, as what was uploaded
        expect(answer.locator(".statements")).to_contain_text("The quxburg bridge fell on Monday.")
        page.get_by_role("tab", name="Library").click()
        page.get_by_label("Search").fill("quxburg")
        expect(page.locator(".reports td input")).to_have_count(1)
        page.locator(".reports td input").check()
        page.get_by_role("button", name="Remove the chosen").click()
        page.locator(".library dialog").get_by_role("button", name="Remove for good").click()
        expect(page.locator(".library .listed")).to_contain_text("No report is like that", timeout=PATIENCE)
        assert assistant.status().counts.reports == 3
        assert b"quxburg bridge fell on Monday." not in bytes_of(data)
        assert assistant.conversations().summaries()

    def test_each_file_has_a_bar_that_moves_while_it_is_sent_and_read(self, chat: Chat) -> None:
        page = chat.page
        page.get_by_role("tab", name="Library").click()
        expect(page.locator(".reports")).to_be_visible()
        page.evaluate(
            """() => {
                window.moved = [];
                const files = document.querySelector(".upload .files");
                const noted = () => {
                    for (const entry of files.querySelectorAll("li:has(progress)")) {
                        const bar = entry.querySelector("progress");
                        const told = entry.querySelector(".result").textContent;
                        window.moved.push([bar.getAttribute("aria-label"), bar.value, told]);
                    }
                };
                new MutationObserver(noted).observe(files, { subtree: true, childList: true, attributes: true });
            }"""
        )
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
        network.send("Network.emulateNetworkConditions", slowly)
        first = b"A dam near Zzyzxville broke on Tuesday." + b" " * 400_000
        sent = {"one.txt": first, "two.txt": b"Nobody crossed at Zzyzxville."}
        page.locator(".upload input").set_input_files(
            [FilePayload(name=name, mimeType="text/plain", buffer=text) for name, text in sent.items()]
        )
        results = page.locator(".upload .files .result")
        expect(results).to_have_text(["added", "added"], timeout=PATIENCE)
        moved = [tuple(one) for one in page.evaluate("window.moved")]
        values = {name: [value for of, value, _ in moved if of == name] for name in sent}
        assert all(steps == sorted(steps) and steps[0] == 0 and steps[-1] > 0.5 for steps in values.values())
        assert len({value for value in values["one.txt"] if 0 < value < 0.5}) > 1
        assert {told for of, _, told in moved if of == "one.txt"} >= {"", "sending", "reading"}
        waiting = moved.index(("two.txt", 0, ""))  # one after the other
        assert any(of == "one.txt" and value > 0.5 for of, value, _ in moved[waiting:])

    def test_is_for_looking_only_where_that_is_wanted(self, browser: Browser, assistant: Assistant) -> None:
        settings = replace(assistant.settings, read_only=True)
        with (
            Assistant(settings=settings, embedder=WordLengthEmbedder()) as closed,
            serving(closed) as address,
            chatting(browser, address) as chat,
        ):
            chat.page.get_by_role("tab", name="Library").click()
            expect(chat.page.locator(".library .note")).to_contain_text("read-only")
            expect(chat.page.locator(".reports a.report").first).to_be_visible()
            expect(chat.page.locator(".library :is(.upload, td input, [data-act=remove])")).to_have_count(0)
            one = f"{address}/api/v1/reports"
            new = {"title": "New", "text": "Something happened on Monday."}
            known = httpx.get(one, trust_env=False).json()["reports"][0]["id"]
            assert httpx.post(one, json=new, trust_env=False).status_code == 403
            assert httpx.delete(f"{one}/{known}", trust_env=False).status_code == 403
            assert httpx.put(f"{address}/en/parts/upload?name=a.txt", content=b"x", trust_env=False).status_code == 404
            removal = httpx.post(f"{address}/en/parts/remove", json={"reports": [known]}, trust_env=False)
            assert removal.status_code == 404
            assert closed.report(known) is not None


class TestOverHTTP:
    def test_an_upload_has_limits(self, address: str, assistant: Assistant) -> None:
        url = f"{address}/de/parts/upload?name=big.txt"
        with closing(HTTPConnection(address.removeprefix("http://"), timeout=60)) as connection:
            connection.putrequest("PUT", url.removeprefix(address))
            connection.putheader("Content-Length", str(MAX_UPLOAD + 1))
            connection.endheaders()
            assert connection.getresponse().status == 413
        with httpx.Client(trust_env=False) as client:
            assert client.put(url, content=iter([b"x"])).status_code == 411
            assert client.put(url, content=b"x", headers={"Origin": "http://evil.example"}).status_code == 403
        assert not (assistant.settings.data / "uploads").exists()

    def test_a_conversation_that_is_not_there_is_told(self, address: str) -> None:
        for method, path in (("DELETE", ""), ("POST", ""), ("GET", "/export?form=md")):
            response = httpx.request(
                method,
                f"{address}/de/parts/conversations/nothing{path}",
                json={"title": "x"} if method == "POST" else None,
                trust_env=False,
            )
            assert response.status_code == 404
            assert "nothing: there is no such conversation" in response.text

    @pytest.mark.parametrize("title", ["", "   ", "x" * 201, None])
    def test_a_title_that_cannot_be_is_refused(self, address: str, title: str | None) -> None:
        url = f"{address}/de/parts/conversations/nothing"
        assert httpx.post(url, json={"title": title}, trust_env=False).status_code == 422

    def test_another_site_can_do_nothing(self, address: str) -> None:
        for method in ("GET", "POST", "DELETE", "PUT"):
            url = f"{address}/en/parts/conversations/nothing"
            answer = httpx.request(method, url, headers={"Origin": "http://evil.example"}, trust_env=False)
            assert answer.status_code == 403
