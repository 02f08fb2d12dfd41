"""Connections that end when the time for an address is over, however slowly its host goes on.

A limit for each answer of a host is none for all of them: a byte before each limit keeps a connection for ever.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

__all__ = ["TimedBackend"]

Left = Callable[[], float]
"""The seconds that are left; an httpcore.TimeoutException where none are."""


class TimedBackend(httpcore.NetworkBackend):
    """Connects as another one does, and lets nothing take longer than is left."""

    def __init__(self, backend: httpcore.NetworkBackend, left: Left) -> None:
        self._backend = backend
        self._left = left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """As the other one does."""
        limit = _shorter(timeout, self._left())
        return _TimedStream(self._backend.connect_tcp(host, port, limit, local_address, socket_options), self._left)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        """As the other one does."""
        return self._backend.connect_unix_socket(path, timeout, socket_options)

    def sleep(self, seconds: float) -> None:
        """As the other one does."""
        self._backend.sleep(seconds)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, left: Left) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _shorter(timeout, self._left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _shorter(timeout, self._left()))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = _shorter(timeout, self._left())
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, limit), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _shorter(timeout: float | None, left: float) -> float:
    return left if timeout is None else min(timeout, left)
