"""Processes of their own, forked from one that has imported everything: no seconds go for imports each time."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from starlette.routing import Mount

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from tests.helpers import numbered_report

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(["tests.warm"])
NEW = get_context("spawn")


def paths_of(app: object, under: str = "") -> list[tuple[str, str]]:
    """Every method and path that an application answers, also what is mounted in it or wrapped by a middleware."""
    while not hasattr(app, "routes"):
        app = app._app if hasattr(app, "_app") else app.app  # type: ignore[attr-defined]
    found = []
    for route in app.routes:
        if not hasattr(route, "path"):  # a router that was included as it is
            found += paths_of(route.original_router, under + route.include_context.prefix)
            continue
        path = under + re.sub(r"\{\w+(:\w+)?\}", "x", route.path)
        if isinstance(route, Mount):
            found += paths_of(route.app, path)
        else:
            found += [(method, path) for method in sorted(getattr(route, "methods", None) or {"GET"})]
    return found


def _serve(data: Path, names: Sequence[str], environment: Mapping[str, str], told: Connection) -> None:
    os.environ.update(environment)
    from app import make_server

    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(30)])
        server = make_server(assistant, names=names)
        Path(f"{data}.paths").write_text(json.dumps(paths_of(server.config.app)), "utf-8")
        listener = socket.create_server(("127.0.0.1", 0))
        told.send(listener.getsockname()[1])
        server.run(sockets=[listener])


@contextmanager
def serving_apart(
    data: Path, *names: str, environment: Mapping[str, str] | None = None, anew: bool = False
) -> Iterator[str]:
    """The address of a chat in a process of its own, over thirty reports that are embedded by the lengths of words.

    `names` are names that it answers to; beside the data folder, as DATA.paths, is what `paths_of` says of it. `anew`
    is for an environment that matters when something is imported.
    """
    listening, told = FORKED.Pipe(duplex=False)
    server = (NEW if anew else FORKED).Process(target=_serve, args=(data, names, environment or {}, told), daemon=True)
    server.start()
    told.close()  # so that the end of the server is heard
    try:
        address = f"http://127.0.0.1:{listening.recv()}"
        httpx.get(f"{address}/health", timeout=60, trust_env=False).raise_for_status()
        yield address
    finally:
        server.kill()
        server.join()
