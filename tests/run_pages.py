"""Runs the commands and the code of pages in one process beside a server, so that the model is loaded once.

python -m tests.run_pages PAGE...    in a folder that holds what the pages speak of; prints a line for each that it ran
"""

from __future__ import annotations

import functools
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from app import make_server
from assistant import Assistant, embedding
from assistant import assistant as room
from assistant.cli.shared import app as command_line

_APART = ("serve", "mcp")  # servers: one is running, the other is started by the page for MCP


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """The language and the text of each block of code."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)


def run(command: str) -> None:
    """A line of a shell, where it is a command of ours (in this process) or a request to the server."""
    words = shlex.split(command)
    if words and words[0] == "curl":
        subprocess.run([*words, "--fail", "--silent", "--output", "out.json"], check=True)
    elif words and words[0] == "lagebild" and words[1] not in _APART:
        code = command_line(words[1:], standalone_mode=False)
        if code:
            raise SystemExit(f"exit code {code}: {command}")


def main(pages: list[str]) -> None:
    """Run everything; what fails stops it, with what was run last on the last line."""
    setattr(room, "load_embedder", functools.cache(embedding.load_embedder))  # noqa: B010  the real one, once
    with Assistant(data="my-data") as served:
        served.ingest(["examples/reports"])
        server = make_server(served, port=0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        for page in pages:
            for language, text in blocks(Path(page).read_text("utf-8").replace("127.0.0.1:7860", f"127.0.0.1:{port}")):
                pieces = text.splitlines() if language == "sh" else [text] if language == "python" else []
                for piece in pieces:
                    print(f"RUN {Path(page).name}: {piece}", flush=True)
                    if language == "sh":
                        run(piece)
                    else:
                        exec(compile(piece, page, "exec"), {"__name__": "__main__"})
        server.should_exit = True
        thread.join()
    print("ALL RUN")


if __name__ == "__main__":
    main(sys.argv[1:])
