"""The connection over which a language model is being heard, so that whoever waits can hang up.

A thread that waits for a server cannot be stopped, but its connection can be shut, and then it has nothing to wait for.
Knows sockets and httpx's events; knows nothing of who talks, or of what is said.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

__all__ = ["Line", "heard_over"]

_CONNECTED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Line:
    """The connections that are made while it is open; `connected` is whether there were any. Safe to share between
    threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._hung_up = False
        self.connected = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """From here on, connections that this thread makes are this line's."""
        token = _open.set(self)
        try:
            yield
        finally:
            _open.reset(token)

    def hang_up(self) -> None:
        """Shut all of its connections, and those that are still made."""
        with self._guard:
            self._hung_up = True
            found, self._sockets = self._sockets, []
        for one in found:
            _shut(one)

    def add(self, connection: socket.socket) -> None:
        """One more connection."""
        with self._guard:
            self.connected = True
            if not self._hung_up:
                self._sockets.append(connection)
                return
        _shut(connection)


_open: ContextVar[Line | None] = ContextVar("line", default=None)


def heard_over(request: httpx.Request) -> None:
    """An event hook for the requests of an httpx client: its connections are those of the line that is open.

    The client must keep no connection for the next request, or that one makes none.
    """
    line = _open.get()
    if line is None:
        return

    def traced(event: str, about: Mapping[str, Any]) -> None:
        if event in _CONNECTED:
            line.add(about["return_value"].get_extra_info("socket"))

    request.extensions["trace"] = traced


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        connection.shutdown(socket.SHUT_RDWR)
