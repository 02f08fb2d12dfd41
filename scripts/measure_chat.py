"""Measures the chat over a data folder: start, memory, questions in Python, over REST and in a browser. Linux only.

python scripts/measure_chat.py data examples/questions.jsonl

Needs playwright (the extra `test`); the browser's part is left out without Chromium.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import sync_playwright

from assistant import Assistant

DEADLINE = 60  # seconds
AT_ONCE = 10  # people who ask at the same time
CLIENTS = 50  # programs that retrieve at the same time
MANY = 500  # questions after which the memory is looked at again


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
        before = resident_mb(process)
        for n in range(MANY):
            asked("/ask", questions[n % len(questions)])
        print(f"memory before {MANY} questions {before} MB, after them {resident_mb(process)} MB")


def in_a_browser(address: str, questions: list[str]) -> None:
    """The first paint, and from Enter to the last character."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("in a browser: not measured, Chromium is not there")
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        paints = []
        for _ in range(5):
            page = browser.new_page()
            page.goto(f"{address}/en/")
            page.locator("#question textarea, #question input").first.wait_for()
            script = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            paints.append(float(page.evaluate(script)))
            page.close()
        print(f"first paint in a browser: {', '.join(f'{paint:.0f}' for paint in paints)} ms")
        page = browser.new_page()
        page.goto(f"{address}/en/")
        field = page.locator("#question textarea, #question input").first
        times = []
        for number, question in enumerate(questions, start=1):
            field.fill(question)
            began = time.perf_counter()
            field.press("Enter")
            page.locator(".turn .question", has_text=question).last.wait_for()
            answer = ".turn:last-child :is(.answer, .refusal, .problem)"
            page.locator(answer).wait_for()
            times.append((time.perf_counter() - began) * 1000)
            if number % 20 == 0:  # a conversation of a usual length
                page.reload()
        browser.close()
    print(f"{len(times)} questions in a browser, Enter to the last character: {said(times[1:])}")


def main(data: str, file: Path) -> None:
    """Measure all of it."""
    questions = [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()]
    in_python(data, questions)
    with serving(data) as (address, process):
        over_rest(address, process, questions)
        in_a_browser(address, questions)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
