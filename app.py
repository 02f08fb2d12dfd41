"""The chat in the browser and the server that carries it: takes a question, hands the answer on as HTML.

Knows Gradio and HTTP; knows nothing of how an answer is found (assistant) or what it looks like (assistant.page).
"""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.util import find_spec

import fastapi
import gradio as gr
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant import page
from assistant.assistant import Assistant
from assistant.errors import LagebildError, SettingsError
from assistant.guard import MAX_BODY, Guard
from assistant.openai_api import build_openai_api
from assistant.rest import build_api
from assistant.session import LANGUAGE, Session
from assistant.settings import Settings

__all__ = ["build_app", "make_server", "serve"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FORGET_AFTER = 24 * 3600  # seconds after which an idle conversation leaves the memory
MAX_WAITING = 64  # questions in the queue; further ones are refused
AT_ONCE = 2  # questions answered at the same time: the model keeps two cores busy
EXAMPLES = ("Who controls Abu Kamal?", "Wer kontrolliert Abu Kamal?", "من يسيطر على البوكمال؟")

# Everything of Gradio's that the page calls. Its other routes (uploads, a proxy, files, recordings) are not there.
_GRADIO_PATHS = re.compile(r"/(?:(?:assets|static)/.*|theme\.css|config|gradio_api/(?:queue|heartbeat)/.*)?")

_FILES = (
    ("/page.css", "page.css", "text/css"),
    ("/page.js", "page.js", "text/javascript"),
    ("/favicon.ico", "icon.svg", "image/svg+xml"),
    ("/manifest.json", "manifest.json", "application/manifest+json"),
)

# What a question can be limited to, in the order of `Filter.written`, with the hint in each empty field.
LIMITS = (
    ("since", "day_hint"),
    ("until", "day_hint"),
    ("languages", "languages_hint"),
    ("only_sources", "sources_hint"),
    ("places", "places_hint"),
)

log = logging.getLogger("lagebild.chat")


def build_app(assistant: Assistant, host: str = "127.0.0.1") -> fastapi.FastAPI:
    """The chat as an ASGI application for one assistant, to be reached as `host` or by a name of this machine.

    `app.state.warm` is an event for whoever loads the model to set; `/health` reports it.
    """
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

    gr.mount_gradio_app(
        app,
        _blocks(assistant),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=MAX_BODY,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=_theme(),
        head='<link rel="stylesheet" href="/page.css"><script src="/page.js" defer></script>',
    )
    mount = next(route for route in app.routes if isinstance(route, Mount) and route.path == "")
    mount.app = _OnlyThePage(mount.app)
    app.add_middleware(Guard, hosts=LOOPBACK | {host})
    return app


def _mcp(assistant: Assistant) -> Starlette | None:
    """The door for language models' programs at /mcp; None where the package for it is not installed."""
    if find_spec("mcp") is None:
        return None
    from assistant.mcp_server import build_mcp_app

    return build_mcp_app(assistant)


def make_server(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860) -> uvicorn.Server:
    """A server for the chat that is not running yet; a host that others can reach is a SettingsError."""
    if host not in LOOPBACK:
        raise SettingsError(
            f"host is {host}. The chat has no login yet, so everyone who can reach that address could read the"
            f" reports. It listens on 127.0.0.1 only; to use it from elsewhere, forward the port (ssh -L {port}:...)."
        )
    app = build_app(assistant, host)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False)
    return _Server(config, assistant, app.state.warm)


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Run the chat until it is interrupted. The page is there at once; the model is loaded meanwhile."""
    with Assistant(settings=settings) as assistant:
        _ = assistant.llm  # one that cannot be made is told now, and not to whoever asks first
        make_server(assistant, host, port).run()


# -- the page


def _blocks(assistant: Assistant) -> gr.Blocks:
    def header() -> str:
        try:
            return page.header_html(assistant.status(), None, LANGUAGE)
        except LagebildError as error:
            return page.header_html(None, str(error), LANGUAGE)

    def reply(
        question: str, session: Session | None, *limits: str | None
    ) -> Iterator[tuple[str, str, Session, str, str]]:
        session = session or Session(assistant)
        if not question.strip():
            yield *session.html(), session, "", session.kept
            return
        for transcript, cards in session.ask(question, limits):
            yield transcript, cards, session, "", session.kept

    def reopen(conversation: object) -> tuple[str, str, Session]:
        known = conversation if isinstance(conversation, str) and assistant.settings.keep else ""
        session = Session(assistant, known or None)
        return *session.html(), session

    def begin() -> tuple[str, str, Session, str, str]:
        session = Session(assistant)
        return *session.html(), session, "", session.kept

    blocks: gr.Blocks
    with gr.Blocks(title="Lagebild", analytics_enabled=False, fill_width=True) as blocks:
        # gr.HTML and not gr.Chatbot, whose text is Markdown: a quote has to stand here as it stands in its report.
        gr.HTML(header, js_on_load=None, apply_default_css=False, elem_id="header")
        transcript, sources = Session(assistant).html()
        session = gr.State(None, time_to_live=FORGET_AFTER)
        # Which conversation the browser had open, so that a reload or a restart of the server goes on with it.
        known = gr.BrowserState("", storage_key="lagebild-conversation", secret="lagebild")  # noqa: S106  # it hides nothing but a random id
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="chat"):
                chat = gr.HTML(transcript, js_on_load=None, apply_default_css=False, elem_id="transcript")
                with gr.Row(elem_id="examples"):
                    examples = [gr.Button(example, size="sm", elem_classes="example") for example in EXAMPLES]
                with gr.Row(elem_id="composer"):
                    question = gr.Textbox(
                        placeholder=page.label(LANGUAGE, "placeholder"),
                        label=page.label(LANGUAGE, "send"),
                        show_label=False,
                        container=False,
                        max_lines=1,
                        autofocus=True,
                        elem_id="question",
                        html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                    )
                    send = gr.Button(page.label(LANGUAGE, "send"), variant="primary", elem_id="send")
                    new = gr.Button(page.label(LANGUAGE, "new_conversation"), elem_id="new")
                with gr.Accordion(page.label(LANGUAGE, "limits"), open=False, elem_id="limits"), gr.Row():
                    limits = [
                        gr.Textbox(
                            label=page.label(LANGUAGE, name),
                            placeholder=page.label(LANGUAGE, hint),
                            max_lines=1,
                            min_width=120,
                            elem_id=f"limit-{name}",
                            html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                        )
                        for name, hint in LIMITS
                    ]
            with gr.Column(elem_id="sources"):
                cards = gr.HTML(sources, js_on_load=None, apply_default_css=False, elem_id="cards")
        outputs = [chat, cards, session, question, known]
        # Private: the page calls these, and there is no API besides it.
        for trigger, asked in [(question.submit, question), (send.click, question), *((b.click, b) for b in examples)]:
            trigger(reply, [asked, session, *limits], outputs, show_progress="hidden", api_visibility="private")
        new.click(begin, None, outputs, show_progress="hidden", api_visibility="private")
        blocks.load(reopen, [known], outputs[:3], show_progress="hidden", api_visibility="private")
    blocks.queue(max_size=MAX_WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return blocks


def _theme() -> gr.themes.Base:
    # Names of fonts on the reader's machine; Gradio's own themes ship or fetch theirs.
    return gr.themes.Base(
        primary_hue="slate",
        neutral_hue="stone",
        radius_size="sm",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )


# -- the server


class _Server(uvicorn.Server):
    """Loads the model once it listens, so that nobody waits for the page."""

    def __init__(self, config: uvicorn.Config, assistant: Assistant, warm: threading.Event) -> None:
        super().__init__(config)
        self._assistant = assistant
        self._warm = warm

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def _warm_up(self) -> None:
        try:
            self._assistant.warm()
            if self._assistant.status().counts.reports:
                self._warm.set()
        except LagebildError as error:
            log.warning("%s", error)
        except Exception:  # it would be lost with the thread; the first question meets it again and says so
            log.exception("the model could not be loaded")


def _static(name: str, kind: str) -> Callable[[], Response]:
    content = resources.files("assistant").joinpath("data").joinpath(name).read_bytes()
    return lambda: Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})


class _OnlyThePage:
    """Lets through to Gradio what its page needs. Its uploads, files, proxy and other doors are answered with 404."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] == "http" and _GRADIO_PATHS.fullmatch(scope["path"])
        await (self._app if known else PlainTextResponse("Not found", 404))(scope, receive, send)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    serve(Settings.from_environment())
