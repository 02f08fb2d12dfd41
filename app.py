"""The chat in the browser and the server that carries it.

Knows Gradio and HTTP; knows nothing of how an answer is found (assistant) or what it looks like (assistant.ui).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import html
import json
import logging
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Collection
from importlib import import_module, resources
from importlib.util import find_spec

import fastapi
import gradio as gr
import httpx
import uvicorn
from gradio import processing_utils
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.assistant import Assistant
from assistant.errors import LagebildError, SettingsError
from assistant.guard import MAX_BODY, Guard, host_name, rewritten
from assistant.login import Login, Trouble
from assistant.openai_api import build_openai_api
from assistant.passwords import Accounts
from assistant.rest import build_api
from assistant.settings import Settings
from assistant.ui.blocks import build_blocks, theme
from assistant.ui.examples import Examples
from assistant.ui.labels import LANGUAGES, direction, label, negotiate
from assistant.ui.login import login_html
from assistant.ui.parts import build_parts
from assistant.ui.report import no_report_html, read_span, report_html
from assistant.uploads import MAX_UPLOAD, Uploads

__all__ = ["Server", "build_app", "make_server", "serve"]

LANGUAGE_COOKIE = "lagebild-language"  # what somebody chose on the page
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DOORS = ("/api/v1", "/v1", "/mcp")  # where a key will do instead of a login

# Everything of Gradio's that the page calls. Its other routes (uploads, a proxy, files, recordings) are not there.
_GRADIO_PATHS = re.compile(r"/(?:(?:assets|static)/.*|theme\.css|config|gradio_api/(?:app_id|(?:queue|heartbeat)/.*))?")
_READING = frozenset({"GET", "HEAD"})  # methods whose requests have no body

# Their names have a hash of what is in them, so a browser need not ask for them again.
_HASHED = re.compile(r"/assets/[\w.-]+-[\w-]{8,}\.\w+")

_PARTS = ("page", "report", "limits", "library", "first", "house", "views", "feedback")
_FILES = (
    *((f"/{part}.css", f"{part}.css", "text/css") for part in _PARTS),
    *((f"/{part}.js", f"{part}.js", "text/javascript") for part in _PARTS),
    ("/favicon.ico", "icon.svg", "image/svg+xml"),
    ("/manifest.json", "manifest.json", "application/manifest+json"),
)

# Seconds that a connection is kept that nothing comes over, longer than clients keep it (httpx: 5, as uvicorn's own).
# Where the server is the first to close it, a request may be on its way, and its client sees the server hang up.
_KEPT = 75
_LEAVE = 2.0  # seconds that the end waits for a model that is being loaded

log = logging.getLogger("lagebild.chat")


def build_app(assistant: Assistant, names: Collection[str] = ()) -> fastapi.FastAPI:
    """The chat as an ASGI application for one assistant, to be reached by these names or by one of this machine.

    `app.state.warm` is an event for whoever loads the model to set; `/health` reports it.
    """
    hosts = LOOPBACK.union(map(host_name, names))
    accounts = Accounts.read(assistant.settings.auth) if assistant.settings.auth is not None else None
    mcp = _mcp(assistant)
    lifespan = mcp.router.lifespan_context if mcp is not None else None
    app = fastapi.FastAPI(title="Lagebild", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.warm = threading.Event()

    @app.get("/health")
    def health() -> JSONResponse:
        return JSONResponse({"status": "ok", "model_loaded": app.state.warm.is_set()})

    app.mount("/api/v1", build_api(assistant))
    app.mount("/v1", build_openai_api(assistant))
    if mcp is not None:
        app.router.routes.extend(mcp.routes)
    for path, file, kind in _FILES:
        app.add_api_route(path, _static(file, kind), methods=["GET"])

    @app.get("/")
    def front(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{_language(request)}/{query}", headers={"Vary": "Accept-Language, Cookie"})

    uploads = Uploads(assistant)
    app.state.examples = Examples(assistant)
    for language in LANGUAGES:
        app.add_api_route(f"/{language}/report/{{report_id:path}}", _report(assistant, language), methods=["GET"])
        app.mount(f"/{language}/parts", build_parts(assistant, uploads, app.state.examples, language))
        _mount_page(app, assistant, language)
    if accounts is not None:
        app.add_middleware(Login, accounts=accounts, page=_login, doors=DOORS, open_to_all={"/health"})
    larger = {f"/{language}/parts/upload": MAX_UPLOAD for language in LANGUAGES}
    pages = {"/", "/login", *(f"/{language}{end}" for language in LANGUAGES for end in ("", "/"))}
    app.add_middleware(Guard, hosts=hosts, larger=larger, pages=pages)
    return app


def _language(request: Request) -> str:
    """The language of the page for whoever asks."""
    return negotiate(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))


def _login(request: Request, trouble: Trouble) -> str:
    return login_html(_language(request), trouble)


def _mount_page(app: fastapi.FastAPI, assistant: Assistant, language: str) -> None:
    """The page in one language, at /LANGUAGE/: whole at its first paint, and with an address to share."""
    gr.mount_gradio_app(
        app,
        build_blocks(assistant, language),
        path=f"/{language}",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=MAX_BODY,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme(),
    )
    mount = next(route for route in app.routes if isinstance(route, Mount) and route.path == f"/{language}")
    mount.app = _OnlyThePage(mount.app, language)


def _mcp(assistant: Assistant) -> Starlette | None:
    """The door for language models' programs at /mcp; None where the package for it is not installed."""
    if find_spec("mcp") is None:
        return None
    from assistant.mcp_server import build_mcp_app

    return build_mcp_app(assistant)


def make_server(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860, names: Collection[str] = ()) -> Server:
    """A server for the chat that is not running yet.

    It answers requests to `host`, to `names` and to the names of this machine. What is no name of a host is a
    SettingsError, and so is one by which others can reach it where nobody has to log in.
    """
    others = sorted({host_name(name) for name in (host, *names)} - LOOPBACK)
    if others and assistant.settings.auth is None:
        raise SettingsError(
            f"{others[0]}: whoever can reach the chat there could read the reports, and remove them, because nobody has"
            " to log in. Ask for a login (lagebild password NAME FILE, then --auth FILE), or stay on 127.0.0.1 and"
            f" forward the port (ssh -L {port}:...)."
        )
    app = build_app(assistant, {host, *names})
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # who asks is who connects; a header could be written by anybody
        timeout_keep_alive=_KEPT,
    )
    return Server(config, assistant, app.state.warm, app.state.examples)


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 7860, names: Collection[str] = ()) -> None:
    """Run the chat until it is interrupted. The page is there at once; the model is loaded meanwhile."""
    with Assistant(settings=settings) as assistant:
        _ = assistant.llm  # one that cannot be made is told now, and not to whoever asks first
        server = make_server(assistant, host, port, names)
        try:
            server.run()
        except KeyboardInterrupt:
            _leave(server, 128 + signal.SIGINT)
            raise
        _leave(server, 0)  # a signal that this process was told to ignore ends a server, too


def _leave(server: Server, code: int) -> None:
    """End the process at once while the model is being loaded.

    Python would end around a library that is at work in a thread, which aborts it. Nothing is lost: what is being made
    for the cache gets its name when it is whole.
    """
    if server.is_loading:
        sys.stdout.flush()
        os._exit(code)


# -- the server


class Server(uvicorn.Server):
    """Loads the model once it listens, so that nobody waits for the page."""

    def __init__(self, config: uvicorn.Config, assistant: Assistant, warm: threading.Event, examples: Examples) -> None:
        super().__init__(config)
        self._assistant = assistant
        self._warm = warm
        self._examples = examples
        self._warming: threading.Thread | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then load the model in a thread of its own."""
        await super().startup(sockets)
        self._warming = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
        self._warming.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, and give the model a moment to be loaded."""
        await super().shutdown(sockets)
        if self._warming is not None:
            await asyncio.to_thread(self._warming.join, _LEAVE)

    @property
    def is_loading(self) -> bool:
        """Whether the model is being loaded."""
        return self._warming is not None and self._warming.is_alive()

    def _warm_up(self) -> None:
        try:
            if find_spec("matplotlib"):  # Gradio imports it at a page's first event, and all others wait for that
                import_module("matplotlib.pyplot")
            self._assistant.warm()
            if self._assistant.status().counts.reports:
                self._warm.set()
                for language in LANGUAGES:  # so that a first visit need not wait for them
                    self._examples.of(language)
        except LagebildError as error:
            log.warning("%s", error)
        except Exception:  # it would be lost with the thread; the first question meets it again and says so
            log.exception("the model could not be loaded")


def _report(assistant: Assistant, language: str) -> Callable[[str, str], Response]:
    """A report as a piece of the page in this language, which the page shows; `s` is the sentence to mark in it."""

    def report(report_id: str, s: str = "") -> Response:
        try:
            found = assistant.report(report_id)
        except LagebildError as error:
            return HTMLResponse(no_report_html(str(error), language), 503)
        if found is None:
            return HTMLResponse(no_report_html(None, language), 404)
        today = dt.datetime.now().astimezone().date()
        shown = report_html(found, read_span(s, found), language, today)
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    return report


def _static(name: str, kind: str) -> Callable[[], Response]:
    content = resources.files("assistant").joinpath("data").joinpath(name).read_bytes()
    return lambda: Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})


class _NoDownloads(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """Gets nothing. Gradio downloads with it the files that a request names by their addresses."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.UnsupportedProtocol("Nothing is downloaded.", request=request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


# With one, it does not ask others about names either. Gradio's own type is None, as it is there before it is used.
processing_utils.async_transport = _NoDownloads()  # type: ignore[assignment]
processing_utils.sync_client = httpx.Client(transport=_NoDownloads())


class _OnlyThePage:
    """Lets through to Gradio what its page needs. Its uploads, files, proxy and other doors are answered with 404.

    A body that names a file is refused, because Gradio would fetch it from wherever it is. The page sends none.
    """

    def __init__(self, app: ASGIApp, language: str) -> None:
        self._app = app
        self._spoken = f'lang="{language}" dir="{direction(language)}"'.encode()
        names = ("more_tabs", "lost_title", "lost", "unanswered", "close")
        words = {name: html.escape(label(language, name)) for name in names}
        told = " ".join(f'data-{name.replace("_", "-")}="{word}"' for name, word in words.items())
        said = f'data-language="{language}" data-direction="{direction(language)}" {told}'
        self._look = "".join(
            f'<link rel="stylesheet" href="/{part}.css"><script src="/{part}.js" {said} defer></script>'
            for part in _PARTS
        ).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or not _GRADIO_PATHS.fullmatch(path):
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return
        if scope["method"] not in _READING:
            try:
                body = await Request(scope, receive).body()
            except ClientDisconnect:
                return
            if _names_a_file(body):
                await PlainTextResponse("Only what the page sends is taken.", 400)(scope, receive, send)
                return
            receive = _again(body, receive)
        sender = _kept(send) if _HASHED.fullmatch(path) else send
        if path in ("", "/"):
            sender = rewritten(send, self._begun)
        await self._app(scope, receive, sender)

    def _begun(self, page: bytes) -> bytes:
        """Gradio's page, in its language, and with its looks and scripts from the first paint on.

        What Gradio is told of a `head` it adds only once it runs, and then the page is there before its scripts are.
        """
        return page.replace(b'lang="en"', self._spoken, 1).replace(b"</head>", self._look + b"</head>", 1)


def _names_a_file(body: bytes) -> bool:
    """Whether there is anywhere in it what Gradio takes for a file, or it is no JSON, read as Gradio reads it."""
    try:
        left = [json.loads(body)]
    except (ValueError, RecursionError):
        return True
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if {"path", "meta"} <= value.keys():
                return True
            left += value.values()
        elif isinstance(value, list):
            left += value
    return False


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, and then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def wrapped() -> Message:
        return waiting.pop() if waiting else await receive()

    return wrapped


def _kept(send: Send) -> Send:
    """Has the browser keep what is there."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["Cache-Control"] = "private, max-age=31536000, immutable"
        await send(message)

    return wrapped


if __name__ == "__main__":
    from assistant.cli import main

    main(["serve", *sys.argv[1:]])
