"""Measures the chat over a data folder: start, memory, and the time of a question. Linux only (reads /proc).

python scripts/measure_chat.py data examples/questions.jsonl
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from assistant import Assistant

DEADLINE = 60  # seconds


def get(url: str) -> bytes | None:
    """The answer's body, or None while there is no server yet."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  an address of this machine
            return bytes(response.read())
    except (urllib.error.URLError, ConnectionError):
        return None


def resident_mb(process: int) -> int:
    """The memory that the process holds, in MB."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("no VmRSS in /proc")


def start(data: str) -> None:
    """Start the chat and print when its page and its model are there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "assistant", "serve", "--data", data, "--port", str(port)]
    began = time.perf_counter()
    with subprocess.Popen(command) as server:  # noqa: S603  our own program
        while get(f"http://127.0.0.1:{port}/") is None and time.perf_counter() - began < DEADLINE:
            time.sleep(0.05)
        print(f"page after {time.perf_counter() - began:.1f} s")
        while time.perf_counter() - began < DEADLINE:
            health = get(f"http://127.0.0.1:{port}/health")
            if health and json.loads(health)["model_loaded"]:
                break
            time.sleep(0.05)
        print(f"model after {time.perf_counter() - began:.1f} s, {resident_mb(server.pid)} MB")
        server.terminate()


def ask(data: str, questions: Path) -> None:
    """Ask all questions once to warm up and once to measure."""
    texts = [json.loads(line)["question"] for line in questions.read_text("utf-8").splitlines()]
    with Assistant(data) as assistant:
        for text in texts:
            assistant.ask(text)
        times = []
        for text in texts:
            began = time.perf_counter()
            assistant.ask(text)
            times.append((time.perf_counter() - began) * 1000)
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"{len(times)} questions: median {median:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    start(sys.argv[1])
    ask(sys.argv[1], Path(sys.argv[2]))
