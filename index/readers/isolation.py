"""Runs readers of foreign formats in a process of their own (worker.py), with limits of time, memory and output.

A crash, a hang or a bomb there becomes a ReportError that names the file, and the batch goes on. The process serves
one file after another, and a new one is started where one has come to an end. It knows no format.
"""

from __future__ import annotations

import atexit
import json
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import ReportError
from assistant.process import started
from index.readers.draft import Draft, RawFile, Unreadable
from index.readers.worker import draft_from, file_to_dict

__all__ = ["LIMITS", "Limits", "addresses_in", "read_isolated", "unpack_isolated"]

_ADVICE = "if it is a sound file, save its text as a .txt file"
_LONGEST = 64_000_000  # bytes of a message: a draft, or a piece of what is unpacked


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take. Each is far above what a report needs, and far below what harms.

    `seconds` of computing for each report or part, and `waiting` of the clock; `megabytes` of memory. An archive may
    hold so many `members`, unpack to so many `unpacked` bytes, and, beyond `small` bytes, to `ratio` times its size.
    """

    seconds: int = 60
    waiting: int = 180
    megabytes: int = 1_500
    members: int = 20_000
    unpacked: int = 4_000_000_000
    small: int = 100_000_000
    ratio: int = 100


LIMITS = Limits()


class _Ended(Exception):
    """Why the worker can do no more for this file."""


def read_isolated(module: str, file: RawFile, limits: Limits = LIMITS) -> Iterator[Draft | ReportError]:
    """What the reader in this module makes of a file; a ReportError in place of what the worker could not do."""
    with _Worker.at_work(limits) as worker:
        try:
            worker.ask(module, file)
            while (message := worker.answer()) is not None:
                kind, value = message
                yield draft_from(value) if kind == "draft" else ReportError(value["origin"], value["reason"])
        except _Ended as ended:
            yield ReportError(file.origin, str(ended))


def unpack_isolated(
    module: str, file: RawFile, read: Callable[[RawFile], Iterator[Draft | ReportError]], limits: Limits = LIMITS
) -> Iterator[Draft | ReportError]:
    """What `read` makes of each part of an archive, which lies in a temporary file for that time."""
    packed = max(file.path.stat().st_size, 1)
    with _Worker.at_work(limits) as worker:
        try:
            worker.ask(module, file)
            unpacked = members = 0
            while (message := worker.answer()) is not None:
                kind, value = message
                if kind == "error":
                    yield ReportError(value["origin"], value["reason"])
                    continue
                members += 1
                if members > limits.members:
                    raise _Ended(f"it holds more than {limits.members} files; unpack it")
                origin = f"{file.origin}#{value['place']}" if value["place"] else file.origin
                with tempfile.NamedTemporaryFile(prefix="lagebild-") as stream:
                    while isinstance(part := worker.receive(), bytes):
                        unpacked += len(part)
                        if unpacked > limits.unpacked or (unpacked > limits.small and unpacked > limits.ratio * packed):
                            raise _Ended(
                                f"it unpacks to more than {unpacked // 1_000_000} MB, {unpacked // packed} times its "
                                "size: it may be made to harm. Unpack it, if you trust it"
                            )
                        stream.write(part)
                    stream.flush()
                    if part[0] == "broken":
                        yield ReportError(origin, part[1])
                        continue
                    member = replace(file, name=value["name"], origin=origin, path=Path(stream.name), **value["about"])
                    yield from read(member)
        except _Ended as ended:
            yield ReportError(file.origin, str(ended))


def addresses_in(file: RawFile, limits: Limits = LIMITS) -> list[str] | None:
    """The addresses that a sitemap names; None where the file is none. Unreadable says what the worker could not do."""
    found: list[str] | None = None
    with _Worker.at_work(limits) as worker:
        try:
            worker.ask("index.readers.sitemap", file)
            while (message := worker.answer()) is not None:
                found = message[1]
        except _Ended as ended:
            raise Unreadable(str(ended)) from None
    return found


class _Worker:
    """One worker process, and the ways to and from it."""

    _idle: list[_Worker] = []  # noqa: RUF012
    _guard = threading.Lock()

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.busy = False
        self._here, self._process = started("index.readers.worker", limits.seconds, limits.megabytes)

    @classmethod
    def at_work(cls, limits: Limits) -> _Worker:
        """One that is free, or a new one; to be used as a context manager."""
        with cls._guard:
            free = next((worker for worker in cls._idle if worker.limits == limits), None)
            if free is not None:
                cls._idle.remove(free)
        if free is not None and free._process.poll() is not None:  # ended from outside while it had nothing to do
            free.close()
            return cls(limits)
        return free or cls(limits)

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self.busy:  # it was left in the middle of a file, or has come to an end
            self.close()
            return
        with self._guard:
            self._idle.append(self)

    def ask(self, module: str, file: RawFile) -> None:
        """Let it read a file."""
        self.busy = True
        try:
            self._here.send_bytes(json.dumps({"module": module, "file": file_to_dict(file)}).encode())
        except OSError:
            raise _Ended(self._why()) from None

    def answer(self) -> tuple[str, Any] | None:
        """The next draft, error or member; None at the end. _Ended where there is no more to come."""
        message = self.receive()
        if isinstance(message, bytes):
            raise _Ended(f"the program that reads it went astray; {_ADVICE}")
        kind, value = message
        if kind == "done":
            self.busy = False
            return None
        if kind == "unreadable":
            self.busy = False
            raise _Ended(value)
        if kind == "out of memory":
            raise _Ended(f"reading it takes more than {self.limits.megabytes} MB of memory; {_ADVICE}")
        return kind, value

    def receive(self) -> bytes | tuple[str, Any]:
        """The next message: bytes of a member, or a kind with its value. _Ended where none comes."""
        try:
            if not self._here.poll(self.limits.waiting):
                raise _Ended(f"reading it takes longer than {self.limits.waiting} s; {_ADVICE}")
            message = self._here.recv_bytes(_LONGEST)
        except (EOFError, ConnectionError):
            raise _Ended(self._why()) from None
        except OSError:  # what recv_bytes raises for a longer one
            raise _Ended(f"it gives more than {_LONGEST // 1_000_000} MB of text at once; {_ADVICE}") from None
        if message.startswith(b"+"):
            return message[1:]
        kind, value = json.loads(message)
        return kind, value

    def _why(self) -> str:
        """Why the process is gone."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if code == -signal.SIGXCPU:
            return f"reading it takes more than {self.limits.seconds} s of computing; {_ADVICE}"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the program that reads it crashed ({how}); {_ADVICE}"

    def close(self) -> None:
        """End the process."""
        self._here.close()
        self._process.kill()
        self._process.wait()

    @classmethod
    def close_idle(cls) -> None:
        """End all processes that wait for work."""
        with cls._guard:
            while cls._idle:
                cls._idle.pop().close()


atexit.register(_Worker.close_idle)
