"""Gradio would download a file that a request names by its address; here nothing of the kind leaves the machine."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import gradio.processing_utils
import httpx
import pytest

import app
from tests.apart import serving_apart

OUTSIDE = "http://huggingface.co/a.png"  # of the names that Gradio trusts, and so asks nobody about
LOCAL = "http://127.0.0.1:9/a.png"  # of an address that is not public, for which Gradio asks dns.google
MARK = {"_type": "gradio.FileData"}


class Proxy(BaseHTTPRequestHandler):
    """Hears whatever would leave the machine, and lets none of it go."""

    heard: ClassVar[list[str]] = []

    def _hear(self) -> None:
        self.heard.append(self.path)
        self.send_error(502)

    do_GET = do_CONNECT = _hear  # noqa: N815  what they have to be called

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def chat(proxy: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Speaks with a server that reaches the world through the proxy alone."""
    folder = tmp_path_factory.mktemp("downloads")
    through = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), proxy)
    with (
        serving_apart(folder / "data", environment=through | {"NO_PROXY": "", "no_proxy": ""}, anew=True) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        yield client


def sent(chat: httpx.Client, question: object, change: tuple[str, str] = ("", ""), **more: object) -> int:
    """Put something in the place of a question, wait until it is worked off, and give the status of the sending."""
    config = chat.get("/en/config").json()
    asks = next(one for one in config["dependencies"] if len(one["inputs"]) > 1)
    session = uuid.uuid4().hex
    data = [question, *[None] * (len(asks["inputs"]) - 1)]
    body = json.dumps({"data": data, "fn_index": asks["id"], "session_hash": session, "trigger_id": None, **more})
    headers = {"Content-Type": "application/json"}
    joined = chat.post("/en/gradio_api/queue/join", content=body.replace(*change), headers=headers)
    if joined.status_code == 200:
        with chat.stream("GET", "/en/gradio_api/queue/data", params={"session_hash": session}) as stream:
            assert any("process_completed" in line for line in stream.iter_lines())
    return joined.status_code


@pytest.mark.parametrize("url", [OUTSIDE, LOCAL])
@pytest.mark.parametrize(
    "wrapped", [lambda file: file, lambda file: [[{"deeper": [file]}]], lambda file: {"value": file, "path": "x"}]
)
def test_a_file_in_the_place_of_a_question_is_refused_and_not_fetched(
    chat: httpx.Client, url: str, wrapped: Any
) -> None:
    Proxy.heard.clear()
    status = sent(chat, wrapped({"path": url, "meta": MARK}))
    assert (status, Proxy.heard) == (400, [])


@pytest.mark.parametrize(
    "change", [("gradio.F", "\\u0067radio.F"), ('"path"', '"p\\u0061th"'), ('"meta"', '"m\\u0065ta"')]
)
def test_no_other_spelling_of_it_gets_through(chat: httpx.Client, change: tuple[str, str]) -> None:
    Proxy.heard.clear()
    status = sent(chat, {"path": OUTSIDE, "meta": MARK}, change)
    assert (status, Proxy.heard) == (400, [])


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"data": NaNN}', b"[" * 100_000, b'{"a": "' + b"\xff" + b'"}'])
def test_what_is_no_json_is_refused_before_gradio_reads_it(chat: httpx.Client, body: bytes) -> None:
    for kind in ("application/json", "text/plain"):
        joined = chat.post("/en/gradio_api/queue/join", content=body, headers={"Content-Type": kind})
        assert joined.status_code == 400
        assert "Only what the page sends" in joined.text


def test_a_question_about_a_file_is_one_like_any_other(chat: httpx.Client) -> None:
    assert sent(chat, json.dumps({"path": OUTSIDE, "meta": MARK})) == 200
    assert sent(chat, "Which convoy crossed the river?") == 200


@pytest.mark.parametrize("url", [OUTSIDE, LOCAL])
def test_what_gradio_downloads_with_reaches_nobody(
    proxy: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.__name__ == "app"  # it takes effect where the module is imported
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    Proxy.heard.clear()
    with pytest.raises(httpx.UnsupportedProtocol, match="Nothing is downloaded"):
        asyncio.run(gradio.processing_utils.async_ssrf_protected_download(url, str(tmp_path)))
    with pytest.raises(httpx.UnsupportedProtocol, match="Nothing is downloaded"):
        gradio.processing_utils.unsafe_download(url, str(tmp_path))
    assert Proxy.heard == []
