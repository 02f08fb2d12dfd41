"""Stands before the chat: which requests are let through, and the security headers on every answer.

Knows HTTP; knows nothing of Gradio but that its page holds scripts, and nothing of reports.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from urllib.parse import urlsplit

import httpx
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import SettingsError

__all__ = ["MAX_BODY", "Guard", "host_name", "rewritten"]

_log = logging.getLogger("lagebild.chat")

MAX_BODY = 1_000_000  # bytes; a question is at most a few thousand characters

_FOREIGN = frozenset({"cross-site", "same-site"})  # what browsers say of requests that a page of another site makes

_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")


def host_name(typed: str) -> str:
    """The name or address of a host as browsers write it, without a port; a SettingsError where it is none.

    >>> host_name("Lage.Example.org:8443"), host_name("bücher.example"), host_name("[::1]")
    ('lage.example.org', 'xn--bcher-kva.example', '::1')
    """
    try:
        return str(ipaddress.ip_address(typed))
    except ValueError:
        pass
    try:
        found = "" if re.search(r"[/?#@\\]", typed) else httpx.URL(f"http://{typed}").raw_host.decode("ascii")
        if ":" in found:
            return str(ipaddress.ip_address(found))
    except (httpx.InvalidURL, ValueError):
        found = ""
    if not _NAME.fullmatch(found):
        raise SettingsError(f"{typed!r} is no name of a host. Write it as lage.example.org.")
    return found.removesuffix(".")


class Guard:
    """Refuses what no browser showing this page would send, and puts the security headers on every answer.

    Scripts run only from our own files or with the nonce of this response, which `<script>` tags of the page get
    here; so markup that slipped through all escaping still runs nothing. Gradio makes functions from the templates
    of gr.HTML, hence 'unsafe-eval', and writes styles into its elements, hence 'unsafe-inline' for them alone.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        larger: Mapping[str, int] | None = None,
        pages: Collection[str] = (),
    ) -> None:
        """`hosts` are as `host_name` gives them. `larger` are the paths at which a body may be larger than MAX_BODY,
        and how large, in bytes. `pages` are those that a link on another site opens.
        """
        self._app = app
        self._pages = frozenset(pages)
        self._larger = dict(larger or {})
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            nonce = secrets.token_urlsafe(16)
            app = self._refusal(scope) or self._app
            sender = _with_headers(send, nonce)
            if scope["path"].endswith("/"):  # a page; to write the nonces, the page has to come uncompressed and whole
                kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
                scope, sender = {**scope, "headers": kept}, _with_nonces(sender, nonce)
            await _answered(app, scope, receive, sender)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _site(f"//{hosts[0]}")[0] not in self._hosts:
            return PlainTextResponse("This server does not answer to that name.", 421)
        if "origin" in headers and _site(headers["origin"])[1] != hosts[0]:
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if _FOREIGN.intersection(headers.getlist("sec-fetch-site")) and not self._opened(scope, headers):
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if "transfer-encoding" in headers:
            return PlainTextResponse("State the Content-Length.", 411)
        length = headers.get("content-length", "0")
        most = self._larger.get(scope["path"], MAX_BODY)
        if not length.isascii() or not length.isdigit() or int(length) > most:
            return PlainTextResponse(f"At most {most} bytes are taken.", 413)
        return None

    def _opened(self, scope: Scope, headers: Headers) -> bool:
        """Whether the person goes to a page of ours, as by a link: the page that sent them there sees nothing of it."""
        shown = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
        return shown and scope["method"] == "GET" and scope["path"] in self._pages


def _site(address: str) -> tuple[str | None, str]:
    """The host of an address, and the host with its port."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None, ""
    return parts.hostname, parts.netloc


async def _answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer; what fails on the way is for the log, and not for strangers."""
    begun = False

    async def noted(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await app(scope, receive, noted)
    except Exception:  # the edge: whatever it is, the server goes on
        _log.exception("a request to %s could not be answered", scope["path"])
        if begun:  # cut off, so that nobody takes what was sent for whole
            raise
        await PlainTextResponse("Something went wrong here. The details are in the server's log.", 500)(
            scope, receive, send
        )


def _with_headers(send: Send, nonce: str) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(
                {
                    "Content-Security-Policy": _POLICY.format(nonce=nonce),
                    "X-Content-Type-Options": "nosniff",
                    "X-Frame-Options": "DENY",
                    "Referrer-Policy": "same-origin",  # with no-referrer, forms of our own would come from nowhere
                    "Cross-Origin-Opener-Policy": "same-origin",
                    "Cross-Origin-Resource-Policy": "same-origin",
                    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
                    "X-Robots-Tag": "noindex",
                }
            )
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return wrapped


def _with_nonces(send: Send, nonce: str) -> Send:
    # Gradio writes "<" inside of its data as an escape, so every "<script" here is its own.
    return rewritten(send, lambda page: page.replace(b"<script", f'<script nonce="{nonce}"'.encode()))


def rewritten(send: Send, change: Callable[[bytes], bytes]) -> Send:
    """Sends another body in the place of one: what `change` makes of it."""
    held: list[Message] = []
    body = bytearray()

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            held.append(message)
            return
        body.extend(message.get("body", b""))
        if message.get("more_body", False):
            return
        changed = change(bytes(body))
        MutableHeaders(scope=held[0])["Content-Length"] = str(len(changed))
        await send(held[0])
        await send({"type": "http.response.body", "body": changed})

    return wrapped
