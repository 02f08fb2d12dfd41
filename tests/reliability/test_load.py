"""The last rows: a question of 50 MB, many clients at once, and no network at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import pytest

from app import make_server
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from tests.apart import FORKED, serving_apart
from tests.helpers import EXAMPLES
from tests.reliability.conftest import runs

CLIENTS = 50


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running chat over reports that are embedded by the lengths of their words."""
    with serving_apart(tmp_path_factory.mktemp("load") / "data") as address:
        yield address


def ask(client: httpx.Client, question: str) -> str:
    """Ask as the page does: join the queue, and read the stream until the answer is complete."""
    config = client.get("/en/config").json()
    asks = next(d for d in config["dependencies"] if len(d["inputs"]) > 1)  # the question, then what goes with it
    session = uuid.uuid4().hex
    data = [question, *[None] * (len(asks["inputs"]) - 1)]
    body = {"data": data, "fn_index": asks["id"], "session_hash": session, "trigger_id": None}
    joined = client.post("/en/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return f"status {joined.status_code}"
    with client.stream("GET", "/en/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                message = json.loads(line[5:])
                if message["msg"] == "process_completed":
                    return str(message["msg"]) if message["success"] else "failed"
    return "cut off"


def test_row_18_a_question_of_50_mb_is_refused_and_health_goes_on_answering(address: str) -> None:
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        body = json.dumps({"data": ["x" * 50_000_000, None], "fn_index": 0, "session_hash": "a"})
        try:
            status = client.post("/en/gradio_api/queue/join", content=body).status_code
        except httpx.WriteError:  # it hung up before all had been sent
            status = 413
        assert status == 413
        assert client.get("/health").json()["status"] == "ok"


def test_row_18_fifty_clients_ask_and_health_goes_on_answering(address: str) -> None:
    until = time.monotonic() + runs(3, 60)
    slowest, outcomes = 0.0, dict[str, int]()
    guard = threading.Lock()

    def one(_: int) -> None:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            while time.monotonic() < until:
                outcome = ask(client, "Which convoy crossed the river?")
                with guard:
                    outcomes[outcome] = outcomes.get(outcome, 0) + 1

    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [pool.submit(one, number) for number in range(CLIENTS)]
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            while time.monotonic() < until:
                started = time.perf_counter()
                assert client.get("/health").status_code == 200
                slowest = max(slowest, time.perf_counter() - started)
        for future in asking:
            future.result()
    print(f"{outcomes}, health at most {slowest:.2f} s")
    assert outcomes.get("process_completed", 0) > 0
    assert outcomes.keys() <= {"process_completed", "status 503"}  # the queue is full, and says so


def _tell_how_long_it_keeps(data: Path, told: Connection) -> None:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        told.send(make_server(assistant).config.timeout_keep_alive)


def test_row_18_a_server_keeps_a_connection_for_longer_than_clients_do(tmp_path: Path) -> None:
    tells, told = FORKED.Pipe(duplex=False)
    server = FORKED.Process(target=_tell_how_long_it_keeps, args=(tmp_path, told))  # a server leaves loops behind
    server.start()
    told.close()
    theirs = httpx.Limits().keepalive_expiry
    assert theirs is not None
    assert tells.recv() > 2 * theirs  # or it hangs up while a busy client is about to ask
    server.join()


_WITHOUT_NETWORK = """
import sys

def deny(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        raise SystemExit(f"it tried to connect: {event} {arguments}")

sys.addaudithook(deny)
from assistant.cli import main
main()
"""


def test_row_19_ingest_and_ask_try_no_connection(tmp_path: Path) -> None:
    report = EXAMPLES / "2017-11-17-rawa-retaken.en.md"
    for arguments in (["ingest", str(report)], ["ask", "Who took Rawa?"], ["verify"]):
        done = subprocess.run(
            [sys.executable, "-c", _WITHOUT_NETWORK, *arguments, "--data", str(tmp_path / "data")],
            capture_output=True,
            text=True,
            check=False,
            env={name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"},
        )
        assert done.returncode == 0, done.stdout + done.stderr
