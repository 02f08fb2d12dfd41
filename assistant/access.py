"""Stands before the doors for programs (/api/v1, /v1, /mcp): who gets in.

A request gets in with one of the keys (`Authorization: Bearer KEY`), or from a page that is logged in: a middleware in
front of everything that asks for a login says so in `scope["user"]`, as Starlette has it. Where there are no keys and
nobody asks for a login, everyone gets in who can reach the server. Knows HTTP; knows nothing of what is behind a door.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Mapping

from starlette.authentication import BaseUser
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.problems import problem

__all__ = ["Access", "admitted"]


class Access:
    """Answers with 401 what does not get in, as `told` words it. Health, at the paths `but`, is for everyone."""

    def __init__(
        self,
        app: ASGIApp,
        keys: Collection[str],
        but: Collection[str] = (),
        told: Callable[[int, str, Mapping[str, str]], Response] = problem,
    ) -> None:
        self._app = app
        self._keys = tuple(keys)
        self._but = frozenset(but)
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] == "http" and _path(scope) not in self._but and not admitted(scope, self._keys):
            refusal = self._told(401, "Send a key: Authorization: Bearer KEY.", {"WWW-Authenticate": "Bearer"})
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _path(scope: Scope) -> str:
    """The path within the application, which may be mounted under another one."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def admitted(scope: Scope, keys: Collection[str]) -> bool:
    """Whether a request gets in: it has a key, or is logged in, or neither is asked for."""
    user: BaseUser | None = scope.get("user")
    if user is None and not keys:
        return True
    return (user is not None and user.is_authenticated) or _has_key(scope, keys)


def _has_key(scope: Scope, keys: Collection[str]) -> bool:
    scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
    # Every key is looked at, each in constant time, so that nothing is told by how long it takes.
    same = [hmac.compare_digest(given.strip().encode("latin-1"), key.encode()) for key in keys]
    return scheme.lower() == "bearer" and any(same)
