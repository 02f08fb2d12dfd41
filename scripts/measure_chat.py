"""Measures the chat over a data folder: start, memory, questions in Python, over REST and in a browser. Linux only.

    python -m scripts.measure_chat data examples/questions.jsonl
    python -m scripts.measure_chat large --eval ../shared/eval [--sentences 10000]

With --eval, `large` is made first, once, of so many real sentences (some minutes), and asked about them in four
languages. Needs playwright (the extra `test`); the browser's part is left out without Chromium.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from assistant import Assistant
from assistant.bench.data import paragraphs, questions_about
from tests.browser import CHROMIUM, CHROMIUM_ARGUMENTS

DEADLINE = 60  # seconds
AT_ONCE = 10  # people who ask at the same time
CLIENTS = 50  # programs that retrieve at the same time
MANY = 500  # questions after which the memory is looked at again
ASKED = 100  # questions about a folder that was made
_ANSWER = ".turn:last-child :is(.answer:not(.draft), .refusal, .problem)"
_FIELD = "#question textarea, #question input"

# Notes when Enter was pressed, when the answer was there, and how long each key waited for the next picture.
_WATCH = """() => {
    const measured = (window.measured = { keys: [], took: 0 });
    const turns = () => document.querySelectorAll(".turn").length;
    document.addEventListener("keydown", (event) => {
        const pressed = performance.now();
        if (event.key === "Enter") Object.assign(measured, { pressed, took: null, turns: turns() });
        requestAnimationFrame(() => setTimeout(() => measured.keys.push(performance.now() - pressed)));
    }, true);
    new MutationObserver(() => {
        if (measured.took !== null || turns() <= measured.turns) return;
        if (document.querySelector("ANSWER")) measured.took = performance.now() - measured.pressed;
    }).observe(document, { childList: true, subtree: true });
}""".replace("ANSWER", _ANSWER)


def resident_mb(process: int) -> int:
    """The memory that the process holds, in MB."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("no VmRSS in /proc")


def said(milliseconds: list[float]) -> str:
    """The median and what 95 of 100 stay under."""
    p95 = statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]
    return f"median {statistics.median(milliseconds):.0f} ms, p95 {p95:.0f} ms"


@contextlib.contextmanager
def serving(data: str) -> Iterator[tuple[str, int]]:
    """A chat of its own process: its address and process id. Prints when its page and its model are there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "assistant", "serve", "--data", data, "--port", str(port), "--forgetful"]
    began = time.perf_counter()
    with subprocess.Popen(command) as server, httpx.Client(base_url=address, trust_env=False) as client:  # noqa: S603
        try:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    client.get("/en/")
                    break
                time.sleep(0.05)
            print(f"page after {time.perf_counter() - began:.1f} s")
            while time.perf_counter() - began < DEADLINE and not client.get("/health").json()["model_loaded"]:
                time.sleep(0.05)
            print(f"model after {time.perf_counter() - began:.1f} s, {resident_mb(server.pid)} MB")
            yield address, server.pid
        finally:
            server.terminate()


def in_python(data: str, questions: list[str]) -> None:
    """Ask all questions once to warm up and once to measure."""
    with Assistant(data) as assistant:
        for question in questions:
            assistant.ask(question)
        times = []
        for question in questions:
            began = time.perf_counter()
            assistant.ask(question)
            times.append((time.perf_counter() - began) * 1000)
    print(f"{len(times)} questions in Python: {said(times)}")


def over_rest(address: str, process: int, questions: list[str]) -> None:
    """What a request adds to the answer's own time, many at once, and the memory after many."""
    limits = httpx.Limits(max_connections=CLIENTS)
    with httpx.Client(base_url=f"{address}/api/v1", trust_env=False, timeout=DEADLINE, limits=limits) as client:

        def asked(path: str, question: str) -> tuple[float, Any]:
            began = time.perf_counter()
            answer = client.post(path, json={"question": question}).raise_for_status().json()
            return (time.perf_counter() - began) * 1000, answer

        for question in questions:
            asked("/ask", question)
        took = [asked("/ask", question) for question in questions]
        over = [total - float(answer["provenance"]["ms"]) for total, answer in took]
        print(f"over REST: {said([total for total, _ in took])}; beside the answer's own time: {said(over)}")
        for count, path in ((AT_ONCE, "/ask"), (CLIENTS, "/retrieve")):
            some = [questions[n % len(questions)] for n in range(count)]
            with ThreadPoolExecutor(count) as people:
                times = [total for total, _ in people.map(asked, [path] * count, some)]
            print(f"{count} at once, {path}: all answered, {said(times)}, the last after {max(times):.0f} ms")
        held = [resident_mb(process)]
        for n in range(1, MANY + 1):
            asked("/ask", questions[n % len(questions)])
            if n % (MANY // 5) == 0:
                held.append(resident_mb(process))
        print(f"memory over {MANY} questions, a look at every {MANY // 5}: {', '.join(map(str, held))} MB")


def in_a_browser(address: str, questions: list[str]) -> None:
    """The first paint, and from Enter to the last character."""
    if CHROMIUM is None:
        print("in a browser: not measured, Chromium is not there")
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        paints = []
        for _ in range(5):
            page = opened(browser, address)
            script = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            paints.append(float(page.evaluate(script)))
            page.close()
        print(f"first paint in a browser: {', '.join(f'{paint:.0f}' for paint in paints)} ms")
        page = opened(browser, address)
        times = []
        for number, question in enumerate(questions, start=1):
            ask(page, question)
            times.append(took(page))
            if number % 20 == 0:  # a conversation of a usual length
                page.reload()
                watch(page)
        print(
            f"{len(times)} questions in a browser, Enter to the last character: {said(times)}, at most {max(times):.0f}"
        )
        page.evaluate("measured.keys = []")
        with page.expect_request(lambda request: request.url.partition("?")[0].endswith("/queue/join")) as sent:
            ask(page, questions[0])
        join, event = sent.value.url, sent.value.post_data_json
        page.locator(_FIELD).first.press_sequentially("written while the answer is on its way", delay=20)
        took(page)
        print(f"keys while an answer is on its way, until they are drawn: {said(page.evaluate('measured.keys'))}")
        people = [opened(browser, address) for _ in range(AT_ONCE)]
        for person, question in zip(people, questions, strict=False):
            ask(person, question)
        waits = [took(person) for person in people]
        print(f"{AT_ONCE} people at once in a browser: {said(waits)}, the last after {max(waits):.0f} ms")
        browser.close()
    waits = elsewhere(join, event, questions[:AT_ONCE])
    print(f"{AT_ONCE} people whose browsers are elsewhere: {said(waits)}, the last after {max(waits):.0f} ms")


def elsewhere(join: str, event: Any, questions: list[str]) -> list[float]:
    """Milliseconds until each has all of an answer that the page would draw, all asked at once.

    Ten browsers take as much of two cores as ten answers do. So this sends what a page sends (`join` and `event` are
    what one sent), and reads what it reads, without drawing it.
    """
    ready = Barrier(len(questions))

    def waited(question: str) -> float:
        session = uuid4().hex
        with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
            ready.wait()
            began = time.perf_counter()
            own = {**event, "data": [question, *event["data"][1:]], "session_hash": session}
            client.post(join, json=own).raise_for_status()
            url = httpx.URL(join).copy_with(path=httpx.URL(join).path.replace("/join", "/data"))
            with client.stream("GET", url, params={"session_hash": session}) as told:
                for line in told.iter_lines():
                    message = json.loads(line.removeprefix("data:") or "{}")
                    if message.get("msg") == "process_completed":
                        if not message["success"]:
                            raise RuntimeError(message)
                        return (time.perf_counter() - began) * 1000
        raise RuntimeError(f"the stream ended without an answer to {question!r}")

    with ThreadPoolExecutor(len(questions)) as people:
        return list(people.map(waited, questions))


def opened(browser: Browser, address: str) -> Page:
    """A new page that is ready to be asked."""
    page = browser.new_page()
    page.goto(f"{address}/en/")
    watch(page)
    return page


def watch(page: Page) -> None:
    """Note from now on what is measured."""
    page.locator(_FIELD).first.wait_for()
    page.evaluate(_WATCH)


def ask(page: Page, question: str) -> None:
    """Write a question and press Enter."""
    field = page.locator(_FIELD).first
    field.fill(question)
    field.press("Enter")


def took(page: Page) -> float:
    """Milliseconds from Enter to the last character of the answer, waited for."""
    return float(page.wait_for_function("measured.took", timeout=DEADLINE * 1000).json_value())


def made(data: str, folder: Path, sentences: int) -> list[str]:
    """Make the data folder of real sentences, unless it is there; questions about them."""
    with Assistant(data) as assistant:
        if not (Path(data) / "catalog.sqlite").exists():
            assistant.ingest(paragraphs(folder, sentences))
        counts = assistant.status().counts
        print(f"{counts.reports} reports, {counts.sentences} sentences", flush=True)
    return questions_about(folder, ASKED)


def main() -> None:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("questions", type=Path, nargs="?", default=Path("examples/questions.jsonl"))
    parser.add_argument("--eval", type=Path, help="the folder that holds xquad/, mlqa-de/, tydiqa/")
    parser.add_argument("--sentences", type=int, default=10_000)
    given = parser.parse_args()
    if given.eval is not None:
        questions = made(given.data, given.eval, given.sentences)
    else:
        questions = [json.loads(line)["question"] for line in given.questions.read_text("utf-8").splitlines()]
    in_python(given.data, questions)
    with serving(given.data) as (address, process):
        over_rest(address, process, questions)
        in_a_browser(address, questions)


if __name__ == "__main__":
    main()
