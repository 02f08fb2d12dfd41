"""Waits for a language model, but not for ever: limits of time, and one more try where it can help.

Knows clocks and threads; knows nothing of what is written.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.errors import LLMError
from assistant.line import Line

__all__ = ["Patience"]

_PULSE = 0.5  # seconds after which a piece is made of nothing, so that whoever reads can stop
_PAUSE = 0.5  # seconds before the second try
_LONGEST_PAUSE = 5.0  # a server that asks for more is not asked again


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait for the first piece, and for everything, both from the start."""

    first: float
    total: float

    def stream(self, start: Callable[[], Iterator[str]]) -> Iterator[str]:
        """The pieces of the iterator that `start` makes, as they come, and empty ones while nothing does; an LLMError
        "slow" where a limit is passed.

        Where it fails before it said anything, because nobody was there or too many were, it is started once more. On
        what is given up, the line is hung up: its connections are shut. What has none goes on in a thread of its own
        until its next piece, and ends there.
        """
        begun = time.monotonic()
        spoken = False
        for last in (False, True):
            try:
                for piece in self._timed(start, begun):
                    spoken = spoken or bool(piece)
                    yield piece
            except LLMError as error:
                pause = _pause(error)
                if spoken or last or pause is None or time.monotonic() + pause > begun + self.first:
                    raise
                time.sleep(pause)
            else:
                return

    def _timed(self, start: Callable[[], Iterator[str]], begun: float) -> Iterator[str]:
        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        given_up = threading.Event()
        line = Line()

        def read() -> None:
            try:
                with line.open():
                    for piece in start():
                        if given_up.is_set() and not line.connected:
                            return
                        pieces.put(piece)  # what was hung up has a few more, and then an error that closes it
                pieces.put(None)
            except BaseException as error:  # raised again where somebody waits for the pieces
                pieces.put(error)

        threading.Thread(target=read, name="language-model", daemon=True).start()
        deadline = begun + min(self.first, self.total)
        try:
            while True:
                try:
                    piece = pieces.get(timeout=min(_PULSE, max(0.0, deadline - time.monotonic())))
                except queue.Empty:
                    if time.monotonic() >= deadline:
                        raise LLMError("slow") from None
                    yield ""
                    continue
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise piece
                deadline = begun + self.total
                if time.monotonic() > deadline:
                    raise LLMError("slow")
                yield piece
        finally:
            line.hang_up()
            given_up.set()


def _pause(error: LLMError) -> float | None:
    """The seconds to wait before a second try; None where it would not help."""
    if error.reason not in {"down", "quota"} or (error.reason == "quota" and error.wait is None):
        return None
    pause = _PAUSE if error.wait is None else error.wait
    return pause if pause <= _LONGEST_PAUSE else None
