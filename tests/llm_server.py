"""A server on the loopback that speaks OpenAI's protocol, and misbehaves in the ways in which servers do."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from assistant.scripted_llm import ScriptedLLM

STALL = 30.0  # seconds for which a server that hangs says nothing; its client is to be gone by then


@dataclass
class LLMServer:
    """Answers every request with the next of `behaviours`, and the last of them from then on.

    A behaviour is a list of steps: a text is a piece of the reply (see ScriptedLLM for its `{words}`), an int the
    status of an error, "hang" waits for the client to go, "cut" breaks the connection, "endless" repeats the pieces
    before it until the client goes.
    """

    behaviours: list[list[str | int]]
    headers: dict[str, str] = field(default_factory=dict)  # of an error
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)  # the header Authorization of each request
    address: str = ""
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def llm_server(*behaviours: list[str | int], headers: dict[str, str] | None = None) -> Iterator[LLMServer]:
    """A running server; `address` is its base URL."""
    told = LLMServer(list(behaviours), headers or {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            behaviour = told.behaviours[min(len(told.requests), len(told.behaviours) - 1)]
            told.requests.append(asked)
            told.keys.append(self.headers.get("Authorization"))
            try:
                self._behave(behaviour, asked["messages"][-1]["content"])
            except OSError:
                self.close_connection = True

        def _behave(self, behaviour: list[str | int], request: str) -> None:
            if behaviour and isinstance(behaviour[0], int):
                self._fail(behaviour[0])
                return
            if behaviour == ["hang"]:
                told.closing.wait(STALL)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            texts = [str(step) for step in behaviour]
            for place, text in enumerate(texts):
                if text == "hang":
                    told.closing.wait(STALL)
                elif text == "cut":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    raise ConnectionAbortedError
                elif text == "endless":
                    while not told.closing.is_set():
                        for again in texts[:place]:
                            self._say(again, request)
                else:
                    self._say(text, request)
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def _say(self, text: str, request: str) -> None:
            said = ScriptedLLM(replies=[text]).complete(request).text
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "m",
                "choices": [{"index": 0, "delta": {"role": "assistant", "content": said}, "finish_reason": None}],
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()

        def _fail(self, status: int) -> None:
            # A server may quote the key that it does not like; nobody is to see that.
            body = json.dumps({"error": {"message": f"no: {self.headers.get('Authorization')}"}}).encode()
            self.send_response(status)
            for name, value in (told.headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield told
    finally:
        told.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
