"""Events over HTTP as they come (server-sent events, as HTML has them). Knows HTTP, and nothing of what is streamed."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing
from typing import Any

from starlette.responses import StreamingResponse

from assistant.asynchronous import stepwise
from assistant.errors import LagebildError
from assistant.events import Event
from assistant.problems import UNFORESEEN, problem_details, status_of

__all__ = ["EVENT_STREAM", "event_text", "sent", "streamed"]

EVENT_STREAM = "text/event-stream"
"""The media type."""

_log = logging.getLogger("lagebild.rest")


def streamed(events: Generator[Event]) -> StreamingResponse:
    """The events as a response. What goes wrong is the last of them, a `problem` (RFC 9457)."""

    def problem(status: int, detail: str) -> str:
        return event_text("problem", problem_details(status, detail))

    return sent((event_text(name, data) for name, data in events), problem)


def sent(texts: Generator[str], problem: Callable[[int, str], str]) -> StreamingResponse:
    """The texts as a response, each as soon as it is made; `problem` words what goes wrong, of an HTTP status.

    Where the client goes away, the generator is closed, and with it ends what it waits for.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # of proxies that would hold it back
    return StreamingResponse(_sent(texts, problem), media_type=EVENT_STREAM, headers=headers)


def event_text(name: str, data: dict[str, Any]) -> str:
    """One event as it is sent; JSON has no line breaks of its own."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _sent(texts: Generator[str], problem: Callable[[int, str], str]) -> AsyncIterator[str]:
    try:
        async with aclosing(stepwise(texts)) as steps:
            async for text in steps:
                yield text
    except LagebildError as error:
        yield problem(status_of(error), str(error))
    except Exception:  # the edge: the client is told that it is over, and nothing of what is inside
        _log.exception("a question could not be answered")
        yield problem(500, UNFORESEEN)
