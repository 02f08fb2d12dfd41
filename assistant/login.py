"""Stands before everything: who has not logged in gets nothing but the page to log in.

The doors for programs take a key instead (access.py): there, who has none of both is told so by the door itself. A
session is a random number in a cookie; what is kept of it is in memory alone, so that a restart ends them all. Knows
HTTP; knows nothing of what is behind it.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import math
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, quote

from starlette.authentication import BaseUser, SimpleUser, UnauthenticatedUser
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.lockout import Lockout
from assistant.passwords import Accounts

__all__ = ["IDLE", "LASTING", "Login", "Trouble"]

IDLE, LASTING = 12 * 3600.0, 7 * 24 * 3600.0
"""Seconds after which a session ends: without a request, and in any case."""

_COOKIE = "lagebild-session"
_LOGIN, _LOGOUT = "/login", "/logout"
_MAX_FORM = 8_000  # bytes

Trouble = tuple[Literal["wrong", "wait"], int] | None
"""Why somebody did not get in, and for how many seconds there is no use in trying again."""

PageOf = Callable[[Request, Trouble], str]
"""Makes the page to log in, as HTML."""


@dataclass(slots=True)
class _Session:
    name: str
    begun: float
    seen: float


class Login:
    """Lets those through who are logged in, and says to the rest of the application who they are (`scope["user"]`).

    `doors` are paths that have locks of their own: requests get there in any case, and `scope["user"]` says that
    nobody is logged in. `open_to_all` are paths that tell nothing.
    """

    def __init__(
        self,
        app: ASGIApp,
        accounts: Accounts,
        page: PageOf,
        doors: Collection[str] = (),
        open_to_all: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._accounts = accounts
        self._page = page
        self._doors = tuple(doors)
        self._open = frozenset(open_to_all)
        self._clock = clock
        self._lockout = Lockout(clock)
        self._sessions: dict[bytes, _Session] = {}
        self._one_check = asyncio.Semaphore(1)  # each takes memory and a core for a while

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        session = self._session(request)
        path = scope["path"]
        if path == _LOGIN:
            response = await self._log_in(request, session)
        elif path == _LOGOUT and request.method == "POST":
            self._sessions.pop(_key(request), None)
            response = _leave(RedirectResponse(_LOGIN, 303))
        elif session is not None or path in self._open or any(_within(path, door) for door in self._doors):
            user: BaseUser = SimpleUser(session.name) if session is not None else UnauthenticatedUser()
            await self._app({**scope, "user": user}, receive, send)
            return
        elif request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            wanted = path + (f"?{request.url.query}" if request.url.query else "")
            response = _to_login(request, f"{_LOGIN}?next={quote(wanted, safe='')}")
        else:
            response = PlainTextResponse("Log in first.", 401)
        await response(scope, receive, send)

    async def _log_in(self, request: Request, session: _Session | None) -> Response:
        if request.method in {"GET", "HEAD"}:
            wanted = request.query_params.get("next")
            if session is not None and wanted is not None:
                return RedirectResponse(_here(wanted), 303)
            return HTMLResponse(self._page(request, None))
        if request.method != "POST":
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "GET, POST"})
        name, password = await _typed(request)
        keys = (f"address {_network(request)}", f"name {name}")
        seconds = self._lockout.attempt(*keys)
        if seconds > 0:
            whole = math.ceil(seconds)
            return HTMLResponse(self._page(request, ("wait", whole)), 429, {"Retry-After": str(whole)})
        async with self._one_check:
            known = await asyncio.to_thread(self._accounts.admit, name, password)
        if not known:
            return HTMLResponse(self._page(request, ("wrong", 0)), 401)
        self._lockout.succeeded(*keys)
        return self._enter(request, name)

    def _enter(self, request: Request, name: str) -> Response:
        now = self._clock()
        self._sessions = {key: one for key, one in self._sessions.items() if _lives(one, now)}
        self._sessions.pop(_key(request), None)
        token = secrets.token_urlsafe(32)
        self._sessions[_hash(token)] = _Session(name, now, now)
        response = RedirectResponse(_here(request.query_params.get("next", "")), 303)
        response.set_cookie(_COOKIE, token, max_age=int(LASTING), httponly=True, samesite="strict")
        return response

    def _session(self, request: Request) -> _Session | None:
        session = self._sessions.get(_key(request))
        now = self._clock()
        if session is None or not _lives(session, now):
            return None
        session.seen = now
        return session


def _lives(session: _Session, now: float) -> bool:
    return now < session.seen + IDLE and now < session.begun + LASTING


def _hash(token: str) -> bytes:
    """What is kept of a token: it is looked up by this, and not compared character by character."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _key(request: Request) -> bytes:
    return _hash(request.cookies.get(_COOKIE, ""))


def _to_login(request: Request, login: str) -> Response:
    """Send whoever seems not to be logged in to the page for that, from where those who are get on at once.

    A browser keeps back the cookie when a link on another site was followed, also at redirects, and sends it once a
    page of our own goes on. The login itself sends nobody on without the cookie, so nobody goes round in circles.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(headers={"Refresh": f"0; url={login}"})
    return RedirectResponse(login, 303)


def _leave(response: Response) -> Response:
    response.delete_cookie(_COOKIE, httponly=True, samesite="strict")
    return response


def _within(path: str, door: str) -> bool:
    return path == door or path.startswith(f"{door}/")


def _here(wanted: str) -> str:
    """Where to go after the login: a place on this server, whatever the address says."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", _LOGIN, _LOGOUT)) and "\\" not in wanted
    return wanted if inside and wanted.isprintable() else "/"


async def _typed(request: Request) -> tuple[str, str]:
    """The name and the password of the form; empty where there is none that could be right."""
    if int(request.headers.get("content-length", "0")) > _MAX_FORM:
        return "", ""
    try:
        fields = parse_qs((await request.body()).decode("utf-8"), max_num_fields=4)
    except ValueError:
        return "", ""
    return fields.get("name", [""])[0].strip(), fields.get("password", [""])[0]


def _network(request: Request) -> str:
    """Whose attempts count together: an address, or the network of one in IPv6, where everybody has many."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
